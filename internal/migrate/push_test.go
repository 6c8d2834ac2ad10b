package migrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// pushProject makes a project without migrations.
func pushProject(t *testing.T, schema string) *Project {
	t.Helper()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "atlas.hcl"), liveConfig)
	writeFile(t, filepath.Join(root, "schema", "all.sql"), schema)
	return openProject(t, root)
}

// push brings the project's database to a new schema.
func push(t *testing.T, p *Project, schema string, options PushOptions) error {
	t.Helper()
	writeFile(t, filepath.Join(p.Root, "schema", "all.sql"), schema)
	planned, err := p.PlanPush(t.Context(), p.Env.URL, options)
	if err != nil {
		return err
	}
	return planned.Run(t.Context())
}

func mustPush(t *testing.T, p *Project, schema string) {
	t.Helper()
	if err := push(t, p, schema, PushOptions{}); err != nil {
		t.Fatal(err)
	}
}

// TestPush goes through every change that plans are tested with: afterwards
// there is no drift, and nothing left to push.
func TestPush(t *testing.T) {
	for _, test := range features {
		t.Run(test.name, func(t *testing.T) {
			p := pushProject(t, test.before)
			mustPush(t, p, test.before)
			execLive(t, p, "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO d1_migrations (name) VALUES ('x')")
			mustPush(t, p, test.after)
			if drift := mustDrift(t, p); len(drift.Findings) > 0 || drift.Source != "schema files" {
				t.Errorf("the database still differs from the %s:\n%s", drift.Source, drift.found())
			}
			again, err := p.PlanPush(t.Context(), p.Env.URL, PushOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !again.Empty() {
				t.Errorf("there is still to push\n%s", again.SQL())
			}
			if got := texts(t, live(t, p), "SELECT name FROM d1_migrations"); !slices.Equal(got, []string{"x"}) {
				t.Errorf("the table of a tool has %q", got)
			}
		})
	}
}

// TestPushKeepsRows: parents are rebuilt under their children, and under
// tables of others that reference them.
func TestPushKeepsRows(t *testing.T) {
	const before = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);\nCREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	execLive(t, p, "CREATE TABLE schema_migrations (p INT REFERENCES p ON DELETE CASCADE)",
		"INSERT INTO p VALUES (1, 'x'), (2, NULL)", "INSERT INTO c VALUES (1), (2), (2)", "INSERT INTO schema_migrations VALUES (2)")
	mustPush(t, p, "CREATE TABLE p (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb TEXT CHECK (b <> ''));\nCREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);\n")
	got := texts(t, live(t, p), "SELECT quote(b) FROM p UNION ALL SELECT p FROM c UNION ALL SELECT p FROM schema_migrations")
	if want := []string{"'x'", "NULL", "1", "2", "2", "2"}; !slices.Equal(got, want) {
		t.Errorf("rows afterwards: %q, want %q", got, want)
	}
}

// TestPushLosses: what holds data is dropped only on demand, and what is
// written between the plan and the run counts.
func TestPushLosses(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT);\nCREATE TABLE u (x BLOB);\n"
	const after = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	writeFile(t, filepath.Join(p.Root, "schema", "all.sql"), after)
	planned, err := p.PlanPush(t.Context(), p.Env.URL, PushOptions{})
	if err != nil || planned.Refusal() != nil {
		t.Fatalf("empty tables: %v, %v", err, planned.Refusal())
	}
	execLive(t, p, "INSERT INTO t VALUES (1, 1, 'x'), (2, 2, NULL)", "INSERT INTO u VALUES (x'00'), (NULL)")
	const want = "table u with its 2 rows would be dropped; keep that elsewhere first, or lose it with --allow-loss\n" +
		"column t.b with its 1 value would be dropped; keep that elsewhere first, or lose it with --allow-loss"
	if err := planned.Run(t.Context()); err == nil || err.Error() != want {
		t.Errorf("rows that are new: %v, want %v", err, want)
	}
	if err := push(t, p, after, PushOptions{}); err == nil || err.Error() != want {
		t.Errorf("rows: %v, want %v", err, want)
	}
	if got := len(texts(t, live(t, p), "SELECT id FROM t WHERE id = 1 AND b = 'x' UNION ALL SELECT 1 FROM u")); got != 3 {
		t.Errorf("%d of 3 rows are left", got)
	}
	if err := push(t, p, after, PushOptions{AllowLoss: true}); err != nil {
		t.Error(err)
	}
	checkFound(t, mustDrift(t, p), "")
}

// TestPushFailure: a statement that fails changes nothing, and is named.
func TestPushFailure(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	execLive(t, p, "INSERT INTO t VALUES (1, 0), (2, 1)")
	err := push(t, p, "CREATE TABLE more (a INT);\nCREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0));\n", PushOptions{})
	var problems model.Problems
	if !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), "INSERT INTO new_t (id, a) SELECT id, a FROM t: CHECK constraint failed: a > 0; there are rows that") ||
		!strings.HasSuffix(err.Error(), "; nothing was changed") {
		t.Errorf("error %v", err)
	}
	if got := texts(t, live(t, p), "SELECT name FROM sqlite_master UNION ALL SELECT a FROM t"); fmt.Sprint(got) != "[t 0 1]" {
		t.Errorf("afterwards there are %q", got)
	}
}

// TestPushMeanwhile: a plan is not run on another schema than it was made for.
func TestPushMeanwhile(t *testing.T) {
	const schema = "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"
	p := pushProject(t, schema)
	planned, err := p.PlanPush(t.Context(), p.Env.URL, PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(p.Root, "app.db")); err == nil {
		t.Error("the plan alone has made the file")
	}
	execLive(t, p, "CREATE TABLE other (a)")
	const want = "the database was changed by someone else meanwhile: table other is not there: CREATE TABLE other (a); push again"
	if err := planned.Run(t.Context()); err == nil || err.Error() != want {
		t.Errorf("error %v, want %v", err, want)
	}
}

// TestPushRefused: nothing is guessed.
func TestPushRefused(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, title TEXT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	const after = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);\n"
	err := push(t, p, after, PushOptions{})
	if err == nil || !strings.Contains(err.Error(), "column t.title is gone and column t.name is new") {
		t.Errorf("a likely rename: %v", err)
	}
	if err := push(t, p, after, PushOptions{Drop: []string{"t.title"}}); err != nil {
		t.Error(err)
	}
	var url *database.URLError
	if _, err := p.PlanPush(t.Context(), "postgres://x", PushOptions{}); !errors.As(err, &url) {
		t.Errorf("another database: %v", err)
	}
}
