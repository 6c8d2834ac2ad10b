package lint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// git runs git in a folder.
func git(t *testing.T, root string, args ...string) {
	t.Helper()
	args = append([]string{"-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)
	if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// TestLintBase: what a git ref has is not looked at, unless it was edited or
// removed since, and what comes before it is reported.
func TestLintBase(t *testing.T) {
	p := lintProject(t, []txtar.File{
		{Name: "migrations/1_a.sql", Data: []byte("CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);\n")},
		{Name: "migrations/3_b.sql", Data: []byte("ALTER TABLE a DROP COLUMN x;\n")},
		{Name: "migrations/5_c.sql", Data: []byte("CREATE TABLE c (id INTEGER);\n")},
	})
	git(t, p.Root, "init", "-q", "-b", "main")
	git(t, p.Root, "add", ".")
	git(t, p.Root, "commit", "-q", "-m", "base")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(p.Root, "migrations", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string) {
		t.Helper()
		if err := p.Directory.WriteSum(); err != nil {
			t.Fatal(err)
		}
		findings, err := Run(t.Context(), p, Options{Base: "main"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%s: %s %s", f.Pos, f.Rule.Code, f.Message))
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
		}
	}
	check("")
	write("6_d.sql", "DROP TABLE c;\n")
	check(`migrations/6_d.sql:1:1: DS102 dropping table "c"`)

	// The ref goes on alone: what it has got is not missing here.
	git(t, p.Root, "checkout", "-q", "-b", "work")
	git(t, p.Root, "add", ".")
	git(t, p.Root, "commit", "-q", "-m", "work")
	git(t, p.Root, "checkout", "-q", "main")
	write("7_e.sql", "CREATE TABLE e (id INTEGER);\n")
	git(t, p.Root, "add", ".")
	git(t, p.Root, "commit", "-q", "-m", "more")
	git(t, p.Root, "checkout", "-q", "work")
	check(`migrations/6_d.sql: RH418 the migration comes before 7_e.sql, which main has: rowhouse migrate apply refuses it where that is applied
migrations/6_d.sql:1:1: DS102 dropping table "c"`)
	git(t, p.Root, "checkout", "-q", "-f", "main")

	write("3_b.sql", "ALTER TABLE a DROP COLUMN y;\n")
	check(`migrations/3_b.sql: RH403 the migration was edited since main, where others may have applied it
migrations/3_b.sql:1:1: DS103 dropping non-virtual column "y"`)
	git(t, p.Root, "checkout", "-q", "-f", "main")
	if err := os.Rename(filepath.Join(p.Root, "migrations", "3_b.sql"), filepath.Join(p.Root, "migrations", "4_b.sql")); err != nil {
		t.Fatal(err)
	}
	check(`migrations/3_b.sql: RH403 the migration was removed or renamed since main, where others may have applied it
migrations/4_b.sql: RH418 the migration comes before 7_e.sql, which main has: rowhouse migrate apply refuses it where that is applied
migrations/4_b.sql:1:1: DS103 dropping non-virtual column "x"`)
}

// TestLintBaseIsNew: a ref may have no migrations at all; one that is no ref,
// or would be an option, is an error.
func TestLintBaseIsNew(t *testing.T) {
	p := lintProject(t, []txtar.File{{Name: "migrations/1_a.sql", Data: []byte("CREATE TABLE a (id INTEGER);\n")}})
	git(t, p.Root, "init", "-q", "-b", "main")
	git(t, p.Root, "add", "atlas.hcl")
	git(t, p.Root, "commit", "-q", "-m", "base")
	if findings, err := Run(t.Context(), p, Options{Base: "main"}); err != nil || len(findings) != 0 {
		t.Errorf("got %v, %v", findings, err)
	}
	for _, ref := range []string{"nowhere", "--output=x"} {
		if _, err := Run(t.Context(), p, Options{Base: ref}); err == nil {
			t.Errorf("%s is taken for a ref", ref)
		}
	}
}
