package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/pipeline"
)

// TestIsolationTestCatchesEveryPredicate removes each tenant predicate, and
// each test for deleted rows, from the statements generated for the base
// schema, one at a time: the generated isolation test must fail every time.
func TestIsolationTestCatchesEveryPredicate(t *testing.T) {
	n := survey(t, filepath.Join("..", ".."), func(name string) bool {
		return !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "rowhouse_")
	})
	if n < 115 {
		t.Errorf("only %d mutants: the generated statements have changed their form", n)
	}
}

// TestIsolationTestCatchesDeletedInvitations does so with the statements about
// invitations where all that they look at marks deleted rows.
func TestIsolationTestCatchesDeletedInvitations(t *testing.T) {
	root := t.TempDir()
	base := filepath.Join("..", "..")
	if err := os.CopyFS(filepath.Join(root, "schema"), os.DirFS(filepath.Join(base, "schema"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sqlc.yaml", "go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(base, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, name), text)
	}
	var deleted string
	for _, table := range []string{"invitation", "member", "organization", "team", "team_member", `"user"`} {
		deleted += "ALTER TABLE " + table + " ADD COLUMN deleted_at INTEGER;\n" +
			"ALTER TABLE " + table + " ADD COLUMN deletion_id TEXT;\n"
	}
	write(t, filepath.Join(root, "schema", "zz_deleted.sql"), []byte(deleted))
	n := survey(t, root, func(name string) bool { return name == "gen_invitation.go" })
	if n < 28 {
		t.Errorf("only %d mutants: the generated statements have changed their form", n)
	}
}

// survey generates the package of the project at root and returns how many
// mutants there are of the statements in some of its files. It fails for each
// that survives the generated isolation test.
func survey(t *testing.T, root string, isMutated func(name string) bool) int {
	t.Helper()
	project, err := config.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	target := project.Targets[0]
	target.Queries = nil // what is generated from the schema alone
	generated, err := pipeline.Generate(context.Background(), root, target)
	if err != nil {
		t.Fatal(err)
	}
	files := generated.Package

	folder := t.TempDir()
	var mutants []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		if isMutated(name) {
			text, mutants = mutable(t, name, text, mutants)
		}
		write(t, filepath.Join(folder, name), text)
	}
	write(t, filepath.Join(folder, "mutated.go"), []byte(mutatedSource))
	module(t, root, folder)

	test := filepath.Join(folder, "isolation.test")
	if out, err := goTool(folder, "test", "-c", "-o", test, "."); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := isolationRun(test, -1); err != nil {
		t.Fatalf("without a mutant: %v\n%s", err, out)
	}
	for i, mutant := range mutants {
		if out, err := isolationRun(test, i); err == nil {
			t.Errorf("the isolation test passes with %s\n%s", mutant, out)
		}
	}
	t.Logf("%d mutants", len(mutants))
	return len(mutants)
}

// predicates find what keeps a statement within the tenant, or an invitation
// with those whom it is to, and what to put in its place.
var predicates = []struct {
	find    *regexp.Regexp
	replace string
}{
	{regexp.MustCompile(`\b(\w+\.)?organization_id = \?1`), "TRUE"},
	{regexp.MustCompile(`\b(\w+\.)?deleted_at IS NULL`), "TRUE"},
	{regexp.MustCompile(`\b(member\.user_id|team\.id) = (\?\d|\{0\}|"input\."\.value ->> \d|team_member\.team_id|named\.value)`), "TRUE"},
	{regexp.MustCompile(`\b(team_member\.)?\bteam_id IN \([^)]*\)`), "TRUE"},
	{regexp.MustCompile(`\blower\((user|invitation)\.email\) = (\?2|lower\(invitation\.email\))`), "TRUE"},
	{regexp.MustCompile(`\binvitation\.email IN \(user\.email, lower\(user\.email\)\)`), "TRUE"},
	{regexp.MustCompile(`\b(user|invitation)\.id = (\?\d|member\.user_id)`), "TRUE"},
	{regexp.MustCompile(`\bteam_member\.(team_id = team\.id|user_id = \?3)`), "TRUE"},
	{regexp.MustCompile(`(?s)\A\s*SELECT 1\b.*\bid = \?1\z`), "SELECT 1"},
}

// mutable makes the statements of a file ones that an environment variable
// can replace by mutants, and adds a description of each mutant to the list.
func mutable(t *testing.T, name string, text []byte, mutants []string) ([]byte, []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var edits []edit
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		before := len(mutants)
		ast.Inspect(general, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			statement, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			variants := mutate(statement)
			if len(variants) == 0 {
				return true
			}
			call := fmt.Sprintf("mutated(%d, %q", len(mutants), statement)
			for _, variant := range variants {
				call += fmt.Sprintf(", %q", variant)
				mutants = append(mutants, fmt.Sprintf("%s: %s", name, variant))
			}
			edits = append(edits, edit{files.Position(literal.Pos()).Offset, literal.Value, call + ")"})
			return true
		})
		if len(mutants) > before && general.Tok == token.CONST {
			edits = append(edits, edit{files.Position(general.Pos()).Offset, "const", "var"})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.offset - a.offset })
	for _, e := range edits {
		text = slices.Concat(text[:e.offset], []byte(e.new), text[e.offset+len(e.old):])
	}
	return text, mutants
}

type edit struct {
	offset   int
	old, new string
}

// mutate returns the statement without each of its predicates in turn.
func mutate(statement string) []string {
	var variants []string
	for _, p := range predicates {
		for _, place := range p.find.FindAllStringIndex(statement, -1) {
			variants = append(variants, statement[:place[0]]+p.replace+statement[place[1]:])
		}
	}
	return variants
}

const mutatedSource = `package gen

import (
	"os"
	"strconv"
)

// mutated returns the statement, or the mutant that the environment asks for.
func mutated(first int, statement string, mutants ...string) string {
	n, err := strconv.Atoi(os.Getenv("MUTANT"))
	if err == nil && n >= first && n < first+len(mutants) {
		return mutants[n-first]
	}
	return statement
}
`

func isolationRun(test string, mutant int) ([]byte, error) {
	cmd := exec.Command(test, "-test.run", "TestIsolation")
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(mutant))
	return cmd.CombinedOutput()
}

// module makes the folder a module with the SQLite driver of this one.
func module(t *testing.T, root, folder string) {
	t.Helper()
	own, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const driver = "github.com/mattn/go-sqlite3 "
	var version string
	for line := range strings.Lines(string(own)) {
		if _, after, found := strings.Cut(line, driver); found {
			version, _, _ = strings.Cut(strings.TrimSpace(after), " ")
		}
	}
	write(t, filepath.Join(folder, "go.mod"), fmt.Appendf(nil, "module gen\n\ngo 1.24\n\nrequire %s%s\n", driver, version))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "go.sum"), sums)
}

func goTool(folder string, args ...string) ([]byte, error) {
	var out bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &out
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	err := cmd.Run()
	return out.Bytes(), err
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
