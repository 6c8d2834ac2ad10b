package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

// TestInRepository: files are named as seen from the top of the repository,
// but for those outside of it, and where there is none.
func TestInRepository(t *testing.T) {
	top := t.TempDir()
	if resolved, err := filepath.EvalSymlinks(top); err == nil {
		top = resolved
	}
	project := filepath.Join(top, "services", "billing")
	if err := os.MkdirAll(project, 0o755); err != nil {
		t.Fatal(err)
	}
	files := func(root string) string {
		var out []string
		var findings []Finding
		for _, file := range []string{"a.sql", "", "../shared/b.sql", filepath.ToSlash(project) + "/c.sql", "../../../d.sql"} {
			findings = append(findings, Finding{leak, model.Position{File: file}, "m", ""})
		}
		for _, f := range InRepository(root, findings) {
			out = append(out, f.Pos.File)
		}
		if findings[0].Pos.File != "a.sql" {
			t.Error("the findings themselves were changed")
		}
		return strings.Join(out, ",")
	}
	asTheyAre := "a.sql,,../shared/b.sql," + filepath.ToSlash(project) + "/c.sql,../../../d.sql"
	if got := files(project); got != asTheyAre {
		t.Errorf("outside of git: %s", got)
	}
	if err := os.WriteFile(filepath.Join(top, ".git"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const want = "services/billing/a.sql,,services/shared/b.sql,services/billing/c.sql,../../../d.sql"
	if got := files(project); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Chdir(project)
	if got := files("."); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := os.Symlink(project, filepath.Join(top, "link")); err == nil {
		if got := files(filepath.Join(top, "link")); got != want {
			t.Errorf("by way of a link: got %s, want %s", got, want)
		}
	}
}

func TestPlaced(t *testing.T) {
	placed := Placed("atlas.hcl", []Finding{{Rule: leak}, {leak, model.Position{File: "a.sql", Line: 2}, "", ""}})
	if placed[0].Pos.File != "atlas.hcl" || placed[1].Pos.File != "a.sql" {
		t.Errorf("got %v", placed)
	}
}

// TestHelpURI: the documentation is that of the module, in the version that
// found something.
func TestHelpURI(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module := strings.TrimPrefix(strings.SplitN(string(mod), "\n", 2)[0], "module ")
	for version, ref := range map[string]string{"(devel)": "main", "v1.2.3": "v1.2.3", "v0.0.0-20260101000000-abcdef": "main", "v1.2.3+dirty": "main"} {
		if got, want := leak.HelpURI(version), "https://"+module+"/blob/"+ref+"/docs/lint.md#rh001"; got != want {
			t.Errorf("%s: got %s, want %s", version, got, want)
		}
	}
}
