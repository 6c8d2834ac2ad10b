package pipeline_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/pipeline"
	"github.com/rowhouse/rowhouse/internal/sqlc"
)

// TestMain makes the test binary its own child, as cmd/rowhouse does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sqlc.ChildCommand {
		os.Exit(sqlc.Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

var queryTarget = config.Target{
	Engine: "sqlite", Schema: []string{"schema"}, Queries: []string{"queries"}, Out: "gen", Options: config.Default(),
}

// TestQueriesRun generates one package from the queries of all files in
// testdata/queries, and runs the tests that stand beside them.
func TestQueriesRun(t *testing.T) {
	t.Parallel()
	root, folder := t.TempDir(), t.TempDir()
	for _, name := range archives(t, "testdata/queries/*.txtar") {
		for _, file := range parse(t, name).Files {
			switch {
			case file.Name == "queries.sql":
				project(t, root, "queries/"+strings.TrimSuffix(filepath.Base(name), ".txtar")+".sql", file.Data)
			case strings.HasSuffix(file.Name, "_test.go"):
				project(t, folder, file.Name, file.Data)
			default:
				project(t, root, file.Name, file.Data)
				project(t, folder, filepath.Base(file.Name), file.Data)
			}
		}
	}
	generated, err := pipeline.Generate(t.Context(), root, queryTarget)
	if err != nil {
		t.Fatal(err)
	}
	files := generated.Package
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "_query.go") && !strings.HasPrefix(name, "rowhouse_") {
			typed(t, name, string(files[name]))
		}
		if !strings.HasSuffix(name, "isolation_test.go") {
			project(t, folder, name, files[name])
		}
	}
	module(t, filepath.Join("..", ".."), folder)
	if out, err := goTool(folder, "test", "."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fieldLists is what a function looks like that lists the fields of a row, to
// scan into: of all that is generated for queries, it alone may be of any type.
const fieldLists = "(address any) []any {"

// untyped finds what has no type.
var untyped = regexp.MustCompile(`interface\{\}|[^\]]\bany\b`)

func typed(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.Replace(line, fieldLists, "", 1)
		if !strings.HasPrefix(strings.TrimSpace(line), "//") && untyped.MatchString(line) {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// TestQueriesRejected compares the problems of each project in
// testdata/queries/rejected with its file "want".
func TestQueriesRejected(t *testing.T) {
	for _, name := range archives(t, "testdata/queries/rejected/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			world := parse(t, "testdata/queries/world.txtar")
			project(t, root, world.Files[0].Name, world.Files[0].Data)
			var want string
			for _, file := range parse(t, name).Files {
				if file.Name == "want" {
					want = string(file.Data)
					continue
				}
				project(t, root, file.Name, file.Data)
			}
			_, err := pipeline.Generate(t.Context(), root, queryTarget)
			if err == nil {
				t.Fatal("it is not rejected")
			}
			if got := err.Error() + "\n"; got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func archives(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatal("no files like", pattern, err)
	}
	return names
}

func parse(t *testing.T, name string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// project writes a file of a project.
func project(t *testing.T, root, name string, text []byte) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, path, text)
}
