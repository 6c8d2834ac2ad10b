package emit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"mvdan.cc/gofumpt/format"

	"github.com/rowhouse/rowhouse"
	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/emit"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/plan"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden generates a package from the schema of each testdata/*.txtar,
// compares it with what the archive wants, then builds, vets and runs all of
// them, each with its archive's test, on a real database.
//
// An archive holds
//
//	schema/*.sql     the schema; with a file named base, after the schema of this repository
//	options.json     options of sqlc.yaml, where they differ from the defaults
//	queries.json     queries as sqlc would have analysed them
//	*_test.go        a test that uses the package golden/NAME/gen; open_test.go is added
//	want/FILE        what the generated FILE has to be
//
// go test ./internal/emit -update writes the want/ files anew.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	module := newModule(t)
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			g := readGolden(t, name)
			files := g.generate(t)
			checkFiles(t, files)
			if again := g.generate(t); !sameFiles(files, again) {
				t.Error("two runs differ")
			}
			g.compare(t, files)
			module.add(t, g, files)
		})
	}
	if t.Failed() {
		return
	}
	t.Run("vet", func(t *testing.T) { module.run(t, "go", "vet", "./...") })
	t.Run("run", func(t *testing.T) { module.run(t, "go", "test", "./...") })
}

// A schema without Better Auth's table of rate limits has no method for it.
func TestNoRateLimit(t *testing.T) {
	files := readGolden(t, "testdata/keys.txtar").generate(t)
	if files["gen_limit.go"] != nil || bytes.Contains(files["gen.go"], []byte("RateLimit")) {
		t.Error("RateLimit is generated")
	}
}

// golden is one archive.
type golden struct {
	name, file string
	archive    *txtar.Archive
}

func readGolden(t *testing.T, file string) *golden {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return &golden{strings.TrimSuffix(filepath.Base(file), ".txtar"), file, archive}
}

// text returns a file of the archive, nil where it has none of that name.
func (g *golden) text(name string) []byte {
	for _, file := range g.archive.Files {
		if file.Name == name {
			return file.Data
		}
	}
	return nil
}

// schema returns the files of the schema in the order in which they replay.
func (g *golden) schema(t *testing.T) []atlas.File {
	t.Helper()
	var files []atlas.File
	if g.text("base") != nil {
		entries, err := rowhouse.Base.ReadDir("schema")
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			text, err := rowhouse.Base.ReadFile("schema/" + entry.Name())
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, atlas.File{Name: "schema/" + entry.Name(), Text: string(text)})
		}
	}
	for _, file := range g.archive.Files {
		if strings.HasPrefix(file.Name, "schema/") {
			files = append(files, atlas.File{Name: file.Name, Text: string(file.Data)})
		}
	}
	slices.SortFunc(files, func(a, b atlas.File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

// auditLog is the file of the audit log.
const auditLog = "schema/audit_log.sql"

// auditLogText renders the audit log.
func auditLogText(t *testing.T, log *plan.AuditLog) []byte {
	t.Helper()
	text, err := emit.AuditLog(log)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (g *golden) generate(t *testing.T) map[string][]byte {
	t.Helper()
	options, err := config.ParseOptions(g.text("options.json"))
	if err != nil {
		t.Fatal(err)
	}
	sql := g.schema(t)
	if len(options.AuditLog) > 0 {
		tables := auditLogText(t, plan.NewAuditLog(options, "TEXT"))
		sql = append([]atlas.File{{Name: auditLog, Text: string(tables)}}, sql...)
	}
	schema, err := atlas.Replay(context.Background(), sql)
	if err != nil {
		t.Fatal(err)
	}
	owners, problems := tenancy.Classify(schema, options)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	planned, err := plan.New(plan.Input{Schema: schema, Owners: owners, Queries: g.queries(t), Options: options})
	if err != nil {
		t.Fatal(err)
	}
	files, err := emit.Files(planned)
	if err != nil {
		t.Fatal(err)
	}
	if planned.AuditLog != nil {
		files[auditLog] = auditLogText(t, planned.AuditLog)
	}
	return files
}

func (g *golden) queries(t *testing.T) []*model.Query {
	t.Helper()
	text := g.text("queries.json")
	if text == nil {
		return nil
	}
	var queries []*model.Query
	if err := json.Unmarshal(text, &queries); err != nil {
		t.Fatal(err)
	}
	return queries
}

// compare checks the files that the archive wants, or writes them anew.
func (g *golden) compare(t *testing.T, files map[string][]byte) {
	t.Helper()
	for i, file := range g.archive.Files {
		name, wanted := strings.CutPrefix(file.Name, "want/")
		if !wanted {
			continue
		}
		switch got := files[name]; {
		case got == nil:
			t.Errorf("%s is not generated", name)
		case *update:
			g.archive.Files[i].Data = got
		case !bytes.Equal(got, file.Data):
			t.Errorf("%s differs; go test ./internal/emit -update, and read the diff\ngot:\n%s", name, got)
		}
	}
	if *update {
		if err := os.WriteFile(g.file, txtar.Format(g.archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func sameFiles(a, b map[string][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for name, text := range a {
		if !bytes.Equal(text, b[name]) {
			return false
		}
	}
	return true
}

// fileNames are what a generated file may be called: in lower case, so that
// no two become one on any file system, and ending so that no part of a
// table's name reads as a build constraint (_windows.go, _test.go). The
// isolation test is meant to be one.
var (
	fileNames     = regexp.MustCompile(`^(gen|gen_audit|gen_invitation|gen_limit|gen_role|gen_tenant|rowhouse_[a-z]+|[\p{Ll}\p{Lo}\p{Nd}_]+_(table|query))\.go$`)
	testFileNames = []string{"isolation_test.go", "rowhouse_isolation_test.go"}
)

// checkFiles checks what holds of every generated file: its name, its header,
// its format, and that it imports nothing outside the standard library.
func checkFiles(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		if name == auditLog {
			continue
		}
		isTest := slices.Contains(testFileNames, name)
		if !fileNames.MatchString(name) && !isTest {
			t.Errorf("%s is no good name for a file", name)
		}
		if !bytes.HasPrefix(text, []byte(emit.Header+"\n")) {
			t.Errorf("%s does not begin with the header", name)
		}
		formatted, err := format.Source(text, format.Options{LangVersion: "go1.24"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(formatted, text) && !strings.HasPrefix(name, "rowhouse_") {
			t.Errorf("%s is not in canonical format", name)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") && !isTest {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// module is the Go module in which the generated packages are run.
type module struct{ folder string }

func newModule(t *testing.T) *module {
	t.Helper()
	m := &module{t.TempDir()}
	own, err := rowhouse.Base.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	driver := regexp.MustCompile(`github\.com/mattn/go-sqlite3 \S+`).Find(own)
	sums, err := rowhouse.Base.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, "go.mod", fmt.Appendf(nil, "module golden\n\ngo 1.24\n\nrequire %s\n", driver))
	m.write(t, "go.sum", sums)
	return m
}

func (m *module) write(t *testing.T, name string, text []byte) {
	t.Helper()
	name = filepath.Join(m.folder, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// add adds the generated package, its schema and its tests.
func (m *module) add(t *testing.T, g *golden, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		if name == auditLog {
			continue
		}
		m.write(t, filepath.Join(g.name, "gen", name), text)
	}
	var schema []byte
	for _, file := range g.schema(t) {
		schema = append(schema, file.Text...)
	}
	m.write(t, filepath.Join(g.name, "schema.sql"), append(schema, files[auditLog]...))
	open, err := os.ReadFile("testdata/open.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, filepath.Join(g.name, "open_test.go"), bytes.ReplaceAll(open, []byte("NAME"), []byte(g.name)))
	for _, file := range g.archive.Files {
		if strings.HasSuffix(file.Name, "_test.go") {
			m.write(t, filepath.Join(g.name, file.Name), file.Data)
		}
	}
}

// run runs a command of the go tool in the module, without the network.
func (m *module) run(t *testing.T, name string, args ...string) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = m.folder
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
