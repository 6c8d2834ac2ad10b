package rowhouse_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rowhouse/rowhouse"

// TestPipelineIsTheLayout holds the packages to the direction in which data
// flows: a package knows nothing of those downstream of it, and each outside
// library has one package that talks to it.
func TestPipelineIsTheLayout(t *testing.T) {
	may := map[string][]string{ // package → packages of this module that it may import
		".":                            {},
		"cmd/rowhouse":                 {"internal/atlas", "internal/config", "internal/database", "internal/emit", "internal/lint", "internal/migrate", "internal/migrate/drift", "internal/migrate/export", "internal/migrate/lint", "internal/migrate/plan", "internal/migrate/verify", "internal/model", "internal/output", "internal/pipeline", "internal/prove", "internal/report", "internal/spell", "internal/sqlc", "internal/starter", "internal/tenancy", "internal/version"},
		"gen":                          {},
		"internal/atlas":               {"internal/database", "internal/model", "internal/spell"},
		"internal/cache":               {},
		"internal/config":              {"internal/model", "internal/spell"},
		"internal/database":            {},
		"internal/emit":                {"internal/model", "internal/plan", "internal/runtime"},
		"internal/lint":                {"internal/config", "internal/model", "internal/report", "internal/spell", "internal/sqlite", "internal/tenancy"},
		"internal/migrate":             {"internal/atlas", "internal/cache", "internal/database", "internal/migrate/plan", "internal/migrate/rows", "internal/migrate/sqltext", "internal/model", "internal/spell", "internal/version"},
		"internal/migrate/d1":          {"internal/atlas", "internal/migrate/plan", "internal/migrate/sqltext", "internal/model"},
		"internal/migrate/drift":       {"internal/atlas", "internal/database", "internal/migrate", "internal/migrate/lint", "internal/migrate/plan", "internal/migrate/rows", "internal/model", "internal/report"},
		"internal/migrate/export":      {"internal/atlas", "internal/migrate", "internal/migrate/d1", "internal/migrate/plan", "internal/migrate/sqltext", "internal/migrate/transaction", "internal/model"},
		"internal/migrate/lint":        {"internal/atlas", "internal/config", "internal/database", "internal/migrate", "internal/migrate/d1", "internal/migrate/plan", "internal/migrate/sqltext", "internal/migrate/transaction", "internal/model", "internal/report", "internal/spell", "internal/tenancy"},
		"internal/migrate/migratetest": {"internal/atlas", "internal/database", "internal/migrate/sqltext"},
		"internal/migrate/plan":        {"internal/atlas", "internal/database", "internal/migrate/sqltext", "internal/migrate/transaction", "internal/model", "internal/spell", "internal/sqlite"},
		"internal/migrate/rows":        {"internal/database", "internal/migrate/plan", "internal/migrate/sqltext", "internal/model"},
		"internal/migrate/sqltext":     {"internal/model", "internal/sqlite"},
		"internal/migrate/transaction": {"internal/atlas", "internal/migrate/sqltext", "internal/model"},
		"internal/migrate/verify":      {"internal/atlas", "internal/migrate", "internal/migrate/drift", "internal/migrate/lint", "internal/migrate/plan", "internal/migrate/transaction", "internal/model", "internal/report"},
		"internal/model":               {},
		"internal/output":              {},
		"internal/pipeline":            {"internal/atlas", "internal/cache", "internal/config", "internal/emit", "internal/model", "internal/plan", "internal/prove", "internal/sqlc", "internal/sqlite", "internal/tenancy", "internal/typing", "internal/version"},
		"internal/plan":                {"internal/config", "internal/model", "internal/runtime", "internal/spell", "internal/sqlite", "internal/tenancy"},
		"internal/prove":               {"internal/config", "internal/model", "internal/tenancy", "internal/sqlite"},
		"internal/report":              {"internal/model", "internal/version"},
		"internal/runtime":             {},
		"internal/spell":               {},
		"internal/sqlc":                {"internal/config", "internal/model", "internal/sqlc/onedriver"},
		"internal/sqlite":              {},
		"internal/sqlc/onedriver":      {},
		"internal/starter":             {".", "templates"},
		"internal/tenancy":             {"internal/config", "internal/model"},
		"internal/typing":              {"internal/model", "internal/sqlite"},
		"internal/version":             {},
		"templates":                    {},
	}
	only := map[string]string{ // outside module → the one package that may import it
		"ariga.io/atlas":              "internal/atlas",
		"github.com/dave/jennifer":    "internal/emit",
		"github.com/mattn/go-sqlite3": "internal/database",
		"github.com/sqlc-dev/sqlc":    "internal/sqlc",
		"github.com/spf13/cobra":      "cmd/rowhouse",
	}
	standardOnly := []string{"gen", "internal/runtime"}

	for pkg, imports := range importsOf(t) {
		allowed, known := may[pkg]
		if !known {
			t.Errorf("package %s is new: say in this test what it may import", pkg)
		}
		for _, imported := range imports {
			inner, isOurs := strings.CutPrefix(imported, module)
			inner = strings.TrimPrefix(inner, "/")
			if inner == "" {
				inner = "."
			}
			if isOurs && !slices.Contains(allowed, inner) {
				t.Errorf("package %s imports %s, against the direction of the pipeline", pkg, inner)
			}
			for outside, owner := range only {
				if strings.HasPrefix(imported, outside) && pkg != owner {
					t.Errorf("package %s imports %s, which is for %s alone", pkg, imported, owner)
				}
			}
			if slices.Contains(standardOnly, pkg) && strings.Contains(imported, ".") {
				t.Errorf("package %s imports %s; it may use the standard library alone", pkg, imported)
			}
		}
	}
}

// importsOf returns what the files of every package import, but for tests.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "bench" || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(name))
		imports[pkg] = append(imports[pkg], []string{}...)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[pkg] = append(imports[pkg], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
