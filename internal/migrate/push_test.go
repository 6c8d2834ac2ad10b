package migrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

// pushProject makes a project without migrations.
func pushProject(t *testing.T, schema string) *Project {
	t.Helper()
	return openProject(t, migratetest.Unmigrated(t, schema))
}

// push brings the project's database to a new schema.
func push(t *testing.T, p *Project, schema string, options PushOptions) error {
	t.Helper()
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), schema)
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

// TestPushKeepsRows: parents are rebuilt under their children, and under
// tables of others that reference them.
func TestPushKeepsRows(t *testing.T) {
	const before = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);\nCREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	migratetest.Exec(t, p.Root, "CREATE TABLE schema_migrations (p INT REFERENCES p ON DELETE CASCADE)",
		"INSERT INTO p VALUES (1, 'x'), (2, NULL)", "INSERT INTO c VALUES (1), (2), (2)", "INSERT INTO schema_migrations VALUES (2)")
	mustPush(t, p, "CREATE TABLE p (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb TEXT CHECK (b <> ''));\nCREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);\n")
	got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT quote(b) FROM p UNION ALL SELECT p FROM c UNION ALL SELECT p FROM schema_migrations")
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
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), after)
	planned, err := p.PlanPush(t.Context(), p.Env.URL, PushOptions{})
	if err != nil || planned.Refusal() != nil {
		t.Fatalf("empty tables: %v, %v", err, planned.Refusal())
	}
	migratetest.Exec(t, p.Root, "INSERT INTO t VALUES (1, 1, 'x'), (2, 2, NULL)", "INSERT INTO u VALUES (x'00'), (NULL)")
	const want = "table u with its 2 rows would be dropped; keep that elsewhere first, or lose it with --allow-loss\n" +
		"column t.b with its 1 value would be dropped; keep that elsewhere first, or lose it with --allow-loss"
	if err := planned.Run(t.Context()); err == nil || err.Error() != want {
		t.Errorf("rows that are new: %v, want %v", err, want)
	}
	if err := push(t, p, after, PushOptions{}); err == nil || err.Error() != want {
		t.Errorf("rows: %v, want %v", err, want)
	}
	if got := len(migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT id FROM t WHERE id = 1 AND b = 'x' UNION ALL SELECT 1 FROM u")); got != 3 {
		t.Errorf("%d of 3 rows are left", got)
	}
	if err := push(t, p, after, PushOptions{AllowLoss: true}); err != nil {
		t.Error(err)
	}
	if again, err := p.PlanPush(t.Context(), p.Env.URL, PushOptions{}); err != nil || !again.Empty() {
		t.Errorf("there is still to push: %v, %v", again, err)
	}
}

// TestPushFailure: a statement that fails changes nothing, and is named.
func TestPushFailure(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	migratetest.Exec(t, p.Root, "INSERT INTO t VALUES (1, 0), (2, 1)")
	err := push(t, p, "CREATE TABLE more (a INT);\nCREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0));\n", PushOptions{})
	var problems model.Problems
	const want = "schema/all.sql:2:41: CHECK (a > 0) of table t does not hold for 1 row: id 1; correct or delete them; nothing was changed"
	if !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT name FROM sqlite_master UNION ALL SELECT a FROM t"); fmt.Sprint(got) != "[t 0 1]" {
		t.Errorf("afterwards there are %q", got)
	}
}

// TestPushBreaches: rows that break what is new are named, whatever it is.
func TestPushBreaches(t *testing.T) {
	const before = "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT);\n"
	for _, test := range []struct{ after, want string }{
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT);\n", "schema/all.sql:2:41: UNIQUE (a) of table t does not hold for 2 rows: id 1, 2"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INT);\nCREATE UNIQUE INDEX t_a ON t (a) WHERE b > 0;\n", "schema/all.sql:3:1: UNIQUE (a) of index t_a does not hold for 3 rows: id 1, 2, 3"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT REFERENCES p (id));\n", "schema/all.sql:2:49: foreign key (b) of table t to table p does not hold for 2 rows: id 2, 3"},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT,\n-- atlas:renamed_from b\nc INT NOT NULL);\n", "schema/all.sql:4:1: c NOT NULL of table t does not hold for 1 row: id 4"},
		{"CREATE TABLE t (id INTEGER, a TEXT NOT NULL PRIMARY KEY, b INT);\n", "schema/all.sql:2:29: PRIMARY KEY (a) of table t does not hold for 2 rows: id 1, 2"},
		{"CREATE TABLE t (id INTEGER, a TEXT, b INTEGER PRIMARY KEY CHECK (b < 3));\n", "schema/all.sql:2:37: CHECK (b < 3) of table t does not hold for 1 row: id 3"},
	} {
		p := pushProject(t, before)
		mustPush(t, p, before)
		migratetest.Exec(t, p.Root, "INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, 'x', 1), (2, 'x', 2), (3, 'X', 9), (4, 'y', NULL)")
		err := push(t, p, "CREATE TABLE p (id INTEGER PRIMARY KEY);\n"+test.after, PushOptions{})
		if want := test.want + "; correct or delete them; nothing was changed"; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", test.after, err, want)
		}
	}
}

// TestPushGuard: a table that has the name of the guard is explained.
func TestPushGuard(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	migratetest.Exec(t, p.Root, "CREATE TABLE rowhouse_guard (id)")
	const want = "table rowhouse_guard has a name that is needed for a moment while tables are rebuilt; if a migration that was stopped has left it, DROP TABLE rowhouse_guard; else give it another name"
	if err := push(t, p, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE);\n", PushOptions{}); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	mustPush(t, p, before) // which drops it
}

// TestPushBreaksOthers: what others keep in the database is not broken.
func TestPushBreaksOthers(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);\n"
	p := pushProject(t, before)
	mustPush(t, p, before)
	migratetest.Exec(t, p.Root, "CREATE VIEW rv AS SELECT a FROM t")
	migratetest.WriteFile(t, filepath.Join(p.Root, "atlas.hcl"), strings.Replace(migratetest.Config, "url =", `exclude = ["rv"]`+"\n  url =", 1))
	p = openProject(t, p.Root)
	err := push(t, p, "CREATE TABLE t (id INTEGER PRIMARY KEY);\n", PushOptions{})
	if err == nil || !strings.HasPrefix(err.Error(), "view rv, which exclude in atlas.hcl leaves to others, would not work any more: no such column: a; ") {
		t.Errorf("error %v", err)
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
	migratetest.Exec(t, p.Root, "CREATE TABLE other (a)")
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
	var drop *plan.DropError
	err = push(t, p, after, PushOptions{Drop: []string{"t.titel"}})
	if want := "--drop t.titel: no table or column of that name would be dropped with its values; did you mean \"t.title\"?"; !errors.As(err, &drop) || err.Error() != want {
		t.Errorf("a typo: %v, want %s", err, want)
	}
	if err := push(t, p, after, PushOptions{Drop: []string{"t.title"}}); err != nil {
		t.Error(err)
	}
	if err := push(t, p, after, PushOptions{Drop: []string{"t.title"}}); err == nil || !strings.HasSuffix(err.Error(), "; leave it out: nothing is dropped") {
		t.Errorf("nothing to drop: %v", err)
	}
	var url *database.URLError
	if _, err := p.PlanPush(t.Context(), "postgres://x", PushOptions{}); !errors.As(err, &url) {
		t.Errorf("another database: %v", err)
	}
}
