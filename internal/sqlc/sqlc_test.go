package sqlc

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

var update = flag.Bool("update", false, "rewrite the file want of testdata/*.txtar")

// TestMain makes the test binary its own child, as cmd/rowhouse does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		os.Exit(Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// TestAnalyze compares what becomes of each project in testdata with the file
// "want" beside it: its queries, or all its problems.
func TestAnalyze(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			root, want := unpack(t, archive)
			got := outcome(t, root)
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got != string(want.Data) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want.Data)
			}
		})
	}
}

// unpack writes an archive's files, and returns the one named "want".
func unpack(t *testing.T, archive *txtar.Archive) (root string, want *txtar.File) {
	t.Helper()
	root = t.TempDir()
	for i := range archive.Files {
		file := &archive.Files[i]
		if file.Name == "want" {
			want = file
			continue
		}
		writeFile(t, root, file.Name, string(file.Data))
	}
	if want == nil {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
		want = &archive.Files[len(archive.Files)-1]
	}
	return root, want
}

func writeFile(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var target = config.Target{Engine: "sqlite", Schema: []string{"schema"}, Queries: []string{"queries"}, Out: "gen"}

// outcome analyses a project and has a real SQLite prepare the result.
func outcome(t *testing.T, root string) string {
	t.Helper()
	queries, err := Analyze(t.Context(), root, target, schemaOf(t, root))
	if err != nil {
		return err.Error() + "\n"
	}
	if _, refused := Guard(queries, preparer(t, root)); len(refused) > 0 {
		return refused.Err().Error() + "\n"
	}
	var out strings.Builder
	for _, q := range queries {
		dump(&out, q)
	}
	return out.String()
}

func preparer(t *testing.T, root string) func(string) error {
	t.Helper()
	db := openDB(t, root)
	return func(text string) error {
		stmt, err := db.Prepare(text)
		if err == nil {
			err = stmt.Close()
		}
		return err
	}
}

// schemaOf returns the files of the project's schema.
func schemaOf(t *testing.T, root string) []model.File {
	t.Helper()
	files, _, err := readQueryFiles(root, []string{"schema"})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// openDB returns a database with the project's schema.
func openDB(t *testing.T, root string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	for _, file := range schemaOf(t, root) {
		if _, err := db.Exec(file.Text); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func dump(out *strings.Builder, q *model.Query) {
	fmt.Fprintf(out, "%s: %s %s\n", q.Pos, q.Name, q.Cmd)
	for _, comment := range q.Comments {
		fmt.Fprintf(out, "  // %s\n", comment)
	}
	fmt.Fprintf(out, "  %s\n", strings.ReplaceAll(q.Text, "\n", "\n  "))
	for _, p := range q.Params {
		fmt.Fprintf(out, "  ?%d %s%s%s\n", p.Number, p.Name, map[bool]string{true: " list"}[p.Slice], map[bool]string{true: " optional"}[p.Optional])
	}
	for _, c := range q.Columns {
		fmt.Fprintf(out, "  → %s%s\n", c.Name, map[bool]string{true: " embeds " + c.Embed}[c.Embed != ""])
	}
	if q.InsertInto != "" {
		fmt.Fprintf(out, "  inserts into %s\n", q.InsertInto)
	}
}
