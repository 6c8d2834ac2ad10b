package drift

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

// writtenProject makes a project whose only migration makes what its schema
// file says.
func writtenProject(t *testing.T, schema string) *migrate.Project {
	t.Helper()
	p := openProject(t, migratetest.Project(t, "-- 1_all.sql --\n"+schema))
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), schema)
	return p
}

func openProject(t *testing.T, root string) *migrate.Project {
	t.Helper()
	p, err := migrate.Open(root, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mustDrift returns the drift of the project's database.
func mustDrift(t *testing.T, p *migrate.Project) *Report {
	t.Helper()
	drift, err := Find(t.Context(), p, p.Env.URL)
	if err != nil {
		t.Fatal(err)
	}
	return drift
}

// apply applies what is pending.
func apply(t *testing.T, p *migrate.Project, options migrate.ApplyOptions) {
	t.Helper()
	if _, err := p.Apply(t.Context(), p.Env.URL, options); err != nil {
		t.Fatal(err)
	}
}

// record notes in the project's database that it is at its first migration.
func record(t *testing.T, p *migrate.Project) {
	t.Helper()
	apply(t, p, migrate.ApplyOptions{Baseline: "1", SkipDriftCheck: true})
}

// found returns the findings, a line each.
func (d *Report) found() string {
	var lines []string
	for _, f := range d.Findings {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// objects is a schema with one object of every kind.
const objects = `CREATE TABLE parent (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL DEFAULT 'none' COLLATE NOCASE,
  kind TEXT UNIQUE CHECK (kind <> ''),
  twice TEXT AS (name || name)
);
CREATE TABLE child (
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  parent INTEGER REFERENCES parent (id) ON DELETE CASCADE,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX child_parent ON child (parent) WHERE parent > 1;
CREATE VIEW names AS SELECT name FROM parent;
CREATE VIRTUAL TABLE words USING fts4(text);
CREATE TRIGGER born AFTER INSERT ON parent BEGIN SELECT 1; SELECT 2; END;
`

// TestDriftObjects changes one object after the other in a live database, and
// goes both ways to make it good.
func TestDriftObjects(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new string // in the words of objects
		append   string // made besides
		want     string // codes and beginnings of findings
	}{
		{name: "nothing"},
		{name: "other words", old: "kind TEXT UNIQUE CHECK (kind <> '')", new: "kind text unique check(kind<>'') /* x */"},
		{name: "table is missing", old: objects[strings.Index(objects, "CREATE VIRTUAL"):strings.Index(objects, "CREATE TRIGGER")], want: "schema/all.sql:15:1: RH501 table words is not in the database"},
		{name: "table is extra", append: "CREATE TABLE more (a INT)", want: "RH502 table more is in the database, and not in the migrations"},
		{name: "options", old: ") WITHOUT ROWID", new: ")", want: "schema/all.sql:7:1: RH503 table child is another one in the database than in the migrations: no options instead of WITHOUT ROWID"},
		{name: "type", old: "b TEXT", new: "b INT", want: "schema/all.sql:9:3: RH503 column child.b is another one in the database than in the migrations: INT NOT NULL instead of TEXT NOT NULL"},
		{name: "not null", old: "name TEXT NOT NULL", new: "name TEXT", want: "schema/all.sql:3:3: RH503 column parent.name"},
		{name: "default", old: "'none'", new: "'no'", want: "schema/all.sql:3:3: RH503 column parent.name"},
		{name: "collation", old: " COLLATE NOCASE", want: "schema/all.sql:3:3: RH503 column parent.name"},
		{name: "generated", old: "name || name", new: "name", want: "schema/all.sql:5:3: RH503 column parent.twice"},
		{name: "column is missing", old: ",\n  twice TEXT AS (name || name)", want: "schema/all.sql:5:3: RH501 column parent.twice is not in the database: TEXT AS (name || name) VIRTUAL"},
		{name: "column is extra", append: "ALTER TABLE parent ADD COLUMN more INT", want: "schema/all.sql:1:1: RH502 column parent.more is in the database"},
		{name: "column without a type is extra", append: "ALTER TABLE parent ADD COLUMN more", want: "schema/all.sql:1:1: RH502 column parent.more is in the database, and not in the migrations: no type; drop"},
		{name: "type is missing", old: "parent INTEGER REF", new: "parent REF", want: "schema/all.sql:10:3: RH503 column child.parent is another one in the database than in the migrations: no type instead of INTEGER"},
		{name: "primary key", old: "(a, b)", new: "(b, a)", want: "schema/all.sql:7:1: RH503 primary key of table child"},
		{name: "unique", old: "kind TEXT UNIQUE", new: "kind TEXT", want: "schema/all.sql:4:3: RH501 unique constraint of table parent"},
		{name: "check is missing", old: " CHECK (kind <> '')", want: "schema/all.sql:4:3: RH501 check of table parent is not in the database: CHECK (kind <> '')"},
		{name: "foreign key is missing", old: " REFERENCES parent (id) ON DELETE CASCADE", want: "schema/all.sql:10:3: RH501 foreign key of table child"},
		{name: "foreign key is another", old: "CASCADE", new: "SET NULL", want: "schema/all.sql:10:3: RH503 foreign key of table child"},
		{name: "index", old: "parent > 1", new: "parent > 2", want: "schema/all.sql:13:1: RH503 index child_parent"},
		{name: "index is missing", old: "CREATE INDEX child_parent ON child (parent) WHERE parent > 1;\n", want: "schema/all.sql:13:1: RH501 index child_parent"},
		{name: "index is extra", append: "CREATE INDEX more ON parent (name)", want: "schema/all.sql:1:1: RH502 index more"},
		{name: "view", old: "SELECT name FROM", new: "SELECT id FROM", want: "schema/all.sql:14:1: RH503 view names"},
		{name: "view is extra", append: "CREATE VIEW more AS SELECT 1", want: "RH502 view more"},
		{name: "virtual table", old: "fts4(text)", new: "fts4(text, tokenize=porter)", want: "schema/all.sql:15:1: RH503 table words"},
		{name: "trigger", old: "SELECT 2", new: "SELECT 3", want: "schema/all.sql:16:1: RH503 trigger born"},
		{name: "trigger is extra", append: "CREATE TRIGGER more AFTER DELETE ON child BEGIN SELECT 1; END", want: "schema/all.sql:7:1: RH502 trigger more"},
		{name: "tables of tools", append: "CREATE TABLE d1_migrations (id); CREATE TABLE goose_db_version (id); CREATE TABLE schema_migrations (id); CREATE TABLE _cf_KV (id)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := writtenProject(t, objects)
			made := objects
			if test.old != "" {
				made = strings.Replace(objects, test.old, test.new, 1)
			}
			migratetest.Exec(t, p.Root, made+test.append)
			record(t, p)
			drift := mustDrift(t, p)
			checkFound(t, drift, test.want)
			if test.want == "" {
				if drift.Repair.SQL+drift.Capture.SQL != "" {
					t.Errorf("there is nothing to do, but\n%s%s", drift.Repair.SQL, drift.Capture.SQL)
				}
				return
			}
			captured := replayed(t, objects+drift.Capture.SQL)
			if d := plan.Compare(captured, p.Managed(inspected(t, p))); len(d) > 0 {
				t.Errorf("the migrations with\n%s\nare not the database: %v", drift.Capture.SQL, d)
			}
			migratetest.Exec(t, p.Root, drift.Repair.SQL)
			if again := mustDrift(t, p); len(again.Findings) > 0 {
				t.Errorf("after\n%s\nthere is still\n%s", drift.Repair.SQL, again.found())
			}
		})
	}
}

// checkFound compares findings with the beginnings of what they should be.
func checkFound(t *testing.T, drift *Report, want string) {
	t.Helper()
	var wanted []string
	if want != "" {
		wanted = strings.Split(want, "\n")
	}
	ok := len(wanted) == len(drift.Findings)
	for i := range wanted {
		ok = ok && strings.HasPrefix(drift.Findings[i].String(), wanted[i])
	}
	if !ok {
		t.Errorf("found\n%s\nwant\n%s", drift.found(), want)
	}
}

// replayed returns the schema that SQL makes.
func replayed(t *testing.T, sql string) *model.Schema {
	t.Helper()
	s, err := atlas.Replay(t.Context(), []atlas.File{{Name: "schema.sql", Text: sql}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inspected returns the schema of the project's database.
func inspected(t *testing.T, p *migrate.Project) *model.Schema {
	t.Helper()
	s, err := atlas.Inspect(t.Context(), migratetest.Open(t, p.Root))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDriftHistory looks at what may be wrong between files and revisions.
func TestDriftHistory(t *testing.T) {
	const schema = "CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	const archive = "-- 1_a.sql --\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n-- 3_b.sql --\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n"
	for _, test := range []struct {
		name    string
		applied int
		archive string // of the files afterwards
		remove  string
		want    string
	}{
		{name: "a new database", want: "migrations/1_a.sql: RH506 the migration is not applied; run rowhouse migrate apply\nmigrations/3_b.sql: RH506 the migration is not applied"},
		{name: "pending", applied: 1, want: "migrations/3_b.sql: RH506 the migration is not applied; run rowhouse migrate apply"},
		{name: "all applied", applied: 2},
		{
			name: "older than the first", applied: 2, archive: "-- 0_x.sql --\nCREATE TABLE x (id);\n",
			want: "migrations/0_x.sql: RH506 the migration is not applied, and ones after it are\nmigrations/0_x.sql:1:1: RH507 the migrations make table x",
		},
		{
			name: "pending and wrong", applied: 1, archive: "-- 3_b.sql --\nCREATE TABLE b (id;\n",
			want: "migrations/3_b.sql:1:16: RH401 the \"(\" that opens here is not closed; close it with \")\"\nmigrations/3_b.sql: RH506 the migration is not applied; run rowhouse migrate apply",
		},
		{
			name: "edited and wrong", applied: 2, archive: "-- 1_a.sql --\nCREATE TABLE a (id;\n",
			want: "migrations/1_a.sql:1:16: RH401 the \"(\" that opens here is not closed; close it with \")\"\nmigrations/1_a.sql: RH506 the migration was edited after it was applied",
		},
		{
			name: "out of order", applied: 2, archive: "-- 2_x.sql --\nCREATE TABLE x (id);\n",
			want: "migrations/2_x.sql: RH506 the migration is not applied, and ones after it are\nmigrations/2_x.sql:1:1: RH507 the migrations make table x",
		},
		{name: "edited", applied: 2, archive: "-- 1_a.sql --\nCREATE TABLE a (id INTEGER PRIMARY KEY); -- x\n", want: "migrations/1_a.sql: RH506 the migration was edited after it was applied on "},
		{
			name: "edited in earnest", applied: 2, archive: "-- 1_a.sql --\nCREATE TABLE a (id INTEGER PRIMARY KEY, b INT);\n",
			want: "migrations/1_a.sql: RH506 the migration was edited\nmigrations/1_a.sql:1:41: RH501 column a.b is not in the database: INT\nmigrations/1_a.sql:1:41: RH507 the migrations make column a.b, and the schema files do not have it",
		},
		{
			name: "gone", applied: 2, remove: "3_b.sql",
			want: "migrations: RH506 migration 3_b.sql is applied, and its file is gone; restore it\nschema/all.sql:2:1: RH502 table b is in the database, and not in the migrations\nschema/all.sql:2:1: RH507 the schema files have table b",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := openProject(t, migratetest.Project(t, archive))
			migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), schema)
			migratetest.Exec(t, p.Root)
			if test.applied > 0 {
				apply(t, p, migrate.ApplyOptions{Amount: test.applied})
			}
			if test.remove != "" {
				if err := os.Remove(filepath.Join(p.Root, "migrations", test.remove)); err != nil {
					t.Fatal(err)
				}
			}
			migratetest.WriteMigrations(t, p.Root, test.archive)
			checkFound(t, mustDrift(t, openProject(t, p.Root)), test.want)
		})
	}
}

// TestDriftSum: a directory that does not agree with atlas.sum is found too.
func TestDriftSum(t *testing.T) {
	p := writtenProject(t, objects)
	migratetest.Exec(t, p.Root, objects)
	record(t, p)
	migratetest.WriteFile(t, filepath.Join(p.Root, "migrations", "1_all.sql"), objects+"\n")
	checkFound(t, mustDrift(t, openProject(t, p.Root)), "migrations/atlas.sum:2: RH506 migrations/1_all.sql was edited since the checksums were written")
}

// TestDriftRows finds rows that break constraints, and names some of them.
func TestDriftRows(t *testing.T) {
	const schema = `CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES parent,
  other INTEGER NOT NULL REFERENCES parent (id),
  size INT CHECK (size > 0),
  CONSTRAINT big CHECK (size < 100)
);
CREATE TABLE pair (
  a TEXT NOT NULL, b TEXT NOT NULL,
  parent INTEGER REFERENCES parent (id),
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE TABLE keyless (rowid TEXT, parent INTEGER REFERENCES parent (id));
`
	p := writtenProject(t, schema)
	migratetest.Exec(t, p.Root, schema)
	record(t, p)
	checkFound(t, mustDrift(t, p), "")
	migratetest.Exec(t, p.Root, "PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on",
		"INSERT INTO parent VALUES (1)",
		"INSERT INTO child VALUES (1, 1, 1, 1), (2, 9, 1, 0), (3, 1, 8, NULL), (4, 7, 7, 200), (5, NULL, 1, 300)",
		"INSERT INTO pair VALUES ('it''s', 'b', 9), ('x', 'y', 1)",
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO keyless SELECT 'x', i FROM n",
		"PRAGMA writable_schema = on",
		"UPDATE sqlite_master SET sql = replace(sql, 'other INTEGER NOT NULL', 'other INTEGER') WHERE name = 'child'")
	migratetest.Exec(t, p.Root, "PRAGMA foreign_keys = off", "INSERT INTO child VALUES (6, 1, NULL, 1)",
		"PRAGMA writable_schema = on",
		"UPDATE sqlite_master SET sql = replace(sql, 'other INTEGER', 'other INTEGER NOT NULL') WHERE name = 'child'")
	checkFound(t, mustDrift(t, p), `schema/all.sql:4:3: RH504 foreign key (parent) of table child to table parent does not hold for 2 rows: id 2, 4; delete them, or let them reference rows that are there
schema/all.sql:5:3: RH504 foreign key (other) of table child to table parent does not hold for 2 rows: id 3, 4
schema/all.sql:6:3: RH505 CHECK (size > 0) of table child does not hold for 1 row: id 2; correct or delete them
schema/all.sql:2:1: RH505 CONSTRAINT big CHECK (size < 100) of table child does not hold for 2 rows: id 4, 5
schema/all.sql:5:3: RH505 other NOT NULL of table child does not hold for 1 row: id 6
schema/all.sql:11:3: RH504 foreign key (parent) of table pair to table parent does not hold for 1 row: (a, b) ('it''s', 'b')
schema/all.sql:14:35: RH504 foreign key (parent) of table keyless to table parent does not hold for 19 rows: _rowid_ 2, 3, 4, 5, 6, …; delete`)
}

// TestDriftLostCheck: rows are held to the constraints that the database
// should have, too.
func TestDriftLostCheck(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL CHECK (a > 0));")
	migratetest.Exec(t, p.Root, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, NULL), (2, 0), (3, 1)")
	record(t, p)
	drift := mustDrift(t, p)
	checkFound(t, drift, `schema/all.sql:1:41: RH503 column t.a is another one in the database than in the migrations: INT instead of INT NOT NULL
schema/all.sql:1:41: RH501 check of table t is not in the database: CHECK (a > 0)
schema/all.sql:1:41: RH505 CHECK (a > 0) of table t does not hold for 1 row: id 2
schema/all.sql:1:41: RH505 a NOT NULL of table t does not hold for 1 row: id 1`)
	if !strings.Contains(drift.Repair.Fails, "constraint failed") {
		t.Errorf("the repair is said to fail on %q", drift.Repair.Fails)
	}
}

// TestDriftUnchecked: what only another program can evaluate is said, and no
// finding. A key that SQLite itself refuses is one.
func TestDriftUnchecked(t *testing.T) {
	const schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (json_extract(a, '$') > 0), b TEXT NOT NULL);\n"
	p := writtenProject(t, schema)
	migratetest.Exec(t, p.Root, schema, "PRAGMA ignore_check_constraints = on", "INSERT INTO t VALUES (1, '{', 'x')")
	record(t, p)
	drift := mustDrift(t, p)
	checkFound(t, drift, "")
	if want := []string{"CHECK (json_extract(a, '$') > 0) of table t: malformed JSON"}; !slices.Equal(drift.Unchecked, want) {
		t.Errorf("not checked: %q, want %q", drift.Unchecked, want)
	}
	migratetest.Exec(t, p.Root, "CREATE TABLE c (t TEXT REFERENCES t (b))")
	if got := mustDrift(t, p).found(); !strings.Contains(got, `RH504 no row of table c can be written: foreign key mismatch - "c" referencing "t"; make what it references a PRIMARY KEY or UNIQUE`) {
		t.Error(got)
	}
}

// TestDriftLosses: what the repair drops with data in it is said.
func TestDriftLosses(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY);")
	migratetest.Exec(t, p.Root, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a))", "CREATE TABLE empty (a)", "CREATE TABLE full (a)",
		"INSERT INTO t VALUES (1, NULL), (2, 2), (3, 3)", "INSERT INTO full VALUES (1)")
	if got := fmt.Sprint(mustDrift(t, p).Repair.Losses); got != "[table full with its 1 row column t.a with its 2 values]" {
		t.Error(got)
	}
}

// TestDriftSchemaAhead: what the migrations do not make is found by itself.
func TestDriftSchemaAhead(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY);")
	apply(t, p, migrate.ApplyOptions{})
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), "CREATE TABLE t (\n  id INTEGER PRIMARY KEY,\n  a INT\n);")
	drift := mustDrift(t, p)
	checkFound(t, drift, "schema/all.sql:3:3: RH507 the schema files have column t.a, and the migrations do not make it; run rowhouse migrate diff")
	if drift.Repair.SQL != "" {
		t.Errorf("the database is what its migrations make, but\n%s", drift.Repair.SQL)
	}
}

// TestDriftExclude: what atlas.hcl leaves to others is none, and survives a
// repair that rebuilds what it references.
func TestDriftExclude(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0));")
	migratetest.WriteFile(t, filepath.Join(p.Root, "atlas.hcl"), strings.Replace(migratetest.Config, "url =", `exclude = ["Audit_*", "seen[type=view]", "*.log_*[type=trigger]"]`+"\n  url =", 1))
	migratetest.Exec(t, p.Root, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)", "CREATE TABLE audit_log (t INT REFERENCES t ON DELETE CASCADE)",
		"CREATE VIEW seen AS SELECT * FROM audit_log", "CREATE TRIGGER log_t AFTER INSERT ON t BEGIN INSERT INTO audit_log VALUES (new.id); END",
		"CREATE TABLE seen_too (a)", "INSERT INTO t VALUES (1, 1)")
	record(t, p)
	p = openProject(t, p.Root)
	drift := mustDrift(t, p)
	checkFound(t, drift, "RH502 table seen_too\nschema/all.sql:1:41: RH501 check of table t")
	migratetest.Exec(t, p.Root, drift.Repair.SQL)
	checkFound(t, mustDrift(t, p), "")
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT name FROM sqlite_master UNION ALL SELECT t FROM audit_log ORDER BY 1"); fmt.Sprint(got) != "[1 atlas_schema_revisions audit_log log_t seen sqlite_autoindex_atlas_schema_revisions_1 t]" {
		t.Errorf("left are %q", got)
	}
}

// TestDriftWritesNothing: another program may write meanwhile, and the file
// stays as it is.
func TestDriftWritesNothing(t *testing.T) {
	p := writtenProject(t, objects)
	migratetest.Exec(t, p.Root, objects, "PRAGMA journal_mode = wal")
	record(t, p)
	other := migratetest.Open(t, p.Root)
	for _, statement := range []string{"BEGIN IMMEDIATE", "INSERT INTO parent (name) VALUES ('x')"} {
		if err := other.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	checkFound(t, mustDrift(t, p), "")
	if err := other.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	db, err := openToRead(t.Context(), p.Root, p.Env.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Exec(t.Context(), "DELETE FROM parent"); err == nil {
		t.Error("a connection to read with could delete rows")
	}
}

func TestDriftErrors(t *testing.T) {
	root := t.TempDir()
	migratetest.WriteFile(t, filepath.Join(root, "atlas.hcl"), migratetest.Config)
	p := openProject(t, root)
	var missing *database.URLError
	if _, err := Find(t.Context(), p, "sqlite://none.db"); !errors.As(err, &missing) {
		t.Errorf("no file: %v", err)
	}
	migratetest.Exec(t, p.Root, "CREATE TABLE t (a)")
	var configuration *atlas.ConfigError
	if _, err := Find(t.Context(), p, p.Env.URL); !errors.As(err, &configuration) {
		t.Errorf("no schema files: %v", err)
	}
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "a.sql"), "CREATE TABLE t (a;")
	drift := mustDrift(t, p)
	checkFound(t, drift, "schema/a.sql:1:16: RH507 ")
	if want := "the schema files cannot be used as they are"; drift.Repair.Fails != want || drift.Capture.Fails != want {
		t.Errorf("wrong schema files: %+v", drift)
	}
}

// TestDriftLarge is about a schema of 1,000 tables.
func TestDriftLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var sql strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&sql, "CREATE TABLE t%d (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INT CHECK (size > 0), parent INT REFERENCES t%d (id) ON DELETE CASCADE);\n", i, i/2)
		fmt.Fprintf(&sql, "CREATE INDEX t%d_parent ON t%d (parent);\n", i, i)
	}
	p := writtenProject(t, sql.String())
	migratetest.Exec(t, p.Root, "BEGIN;"+sql.String()+"COMMIT")
	record(t, p)
	start := time.Now()
	checkFound(t, mustDrift(t, p), "")
	t.Logf("nothing to find: %v", time.Since(start))
	migratetest.Exec(t, p.Root, "DROP INDEX t7_parent", "ALTER TABLE t500 ADD COLUMN more INT")
	start = time.Now()
	checkFound(t, mustDrift(t, p), "schema/all.sql:1001:1: RH502 column t500.more\nschema/all.sql:16:1: RH501 index t7_parent")
	t.Logf("two findings: %v", time.Since(start))
}

// TestDriftRulesAreDocumented holds docs/lint.md to the codes.
func TestDriftRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "lint.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		_, section, _ := strings.Cut(string(text), "\n## "+r.Code+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		for _, part := range []string{"**" + strings.ToUpper(r.Title[:1]) + r.Title[1:] + "** (" + string(r.Severity) + ")", "*Why.*", "*Fix.*", "*Silence.*"} {
			if !strings.Contains(section, part) {
				t.Errorf("the section of %s does not say %q", r.Code, part)
			}
		}
		if row := fmt.Sprintf("| [%s](#%s) | %s | %s |", r.Code, strings.ToLower(r.Code), r.Title, r.Severity); !strings.Contains(string(text), row) {
			t.Errorf("the table has no row %q", row)
		}
	}
}

// TestDriftUnrecorded: a database that was made without its migrations is not
// what status says it is.
func TestDriftUnrecorded(t *testing.T) {
	const want = "migrations: RH506 the database has tables, and nothing is recorded of migrations in it: all of them count as pending; record "
	p := writtenProject(t, objects)
	migratetest.Exec(t, p.Root, objects)
	checkFound(t, mustDrift(t, p), want+"that it is at the last: rowhouse migrate apply --baseline 1")
	migratetest.Exec(t, p.Root, "DROP INDEX child_parent")
	checkFound(t, mustDrift(t, p), want+"the one it is at: rowhouse migrate apply --baseline VERSION\nschema/all.sql:13:1: RH501 index child_parent")
	migratetest.Exec(t, p.Root, "CREATE TABLE atlas_schema_revisions (id)")
	checkFound(t, mustDrift(t, p), "RH506 table atlas_schema_revisions of the database is not as atlas makes it, so that nothing says which migrations are applied: no such column: version; \nschema/all.sql:13:1: RH501 index child_parent")
}

// TestDriftUnplanned: what is found is reported where nothing can be planned.
func TestDriftUnplanned(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY);\nCREATE VIRTUAL TABLE words USING fts4(content='', text);\n")
	migratetest.Exec(t, p.Root, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)", "CREATE VIRTUAL TABLE words USING fts4(content='', text, more)")
	record(t, p)
	drift := mustDrift(t, p)
	checkFound(t, drift, "schema/all.sql:1:1: RH502 column t.a\nschema/all.sql:2:1: RH503 table words")
	for _, way := range []Way{drift.Repair, drift.Capture} {
		if way.SQL != "" || !strings.Contains(way.Fails, "table words cannot be changed: it has no content") {
			t.Errorf("way %+v", way)
		}
	}
}

// TestDriftRenames: without migrations, the schema files say what has another
// name now.
func TestDriftRenames(t *testing.T) {
	p := openProject(t, migratetest.Unmigrated(t, "-- atlas:renamed_from item\nCREATE TABLE product (\n  id INTEGER PRIMARY KEY,\n  -- atlas:renamed_from title\n  name TEXT UNIQUE\n);\n"))
	migratetest.Exec(t, p.Root, "CREATE TABLE item (id INTEGER PRIMARY KEY, title TEXT)", "INSERT INTO item VALUES (1, 'x')")
	drift := mustDrift(t, p)
	if len(drift.Findings) == 0 || len(drift.Repair.Losses) > 0 {
		t.Errorf("found %s, lost %v", drift.found(), drift.Repair.Losses)
	}
	captured := replayed(t, "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT UNIQUE);\n"+drift.Capture.SQL)
	if d := plan.Compare(captured, inspected(t, p)); len(d) > 0 {
		t.Errorf("the schema with\n%s\nis not the database: %v", drift.Capture.SQL, d)
	}
	migratetest.Exec(t, p.Root, drift.Repair.SQL)
	checkFound(t, mustDrift(t, p), "")
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT name FROM product"); !slices.Equal(got, []string{"x"}) {
		t.Errorf("rows afterwards: %q", got)
	}
}

// TestDriftBreaksOthers: a way that breaks what others keep is none.
func TestDriftBreaksOthers(t *testing.T) {
	p := writtenProject(t, "CREATE TABLE t (id INTEGER PRIMARY KEY);\nCREATE TABLE log (x);\n")
	migratetest.WriteFile(t, filepath.Join(p.Root, "atlas.hcl"), strings.Replace(migratetest.Config, "url =", `exclude = ["rv", "*.rt[type=trigger]"]`+"\n  url =", 1))
	migratetest.Exec(t, p.Root, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)", "CREATE TABLE log (x)",
		"CREATE VIEW rv AS SELECT a FROM t", "CREATE TRIGGER rt AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.a); END")
	record(t, p)
	drift := mustDrift(t, openProject(t, p.Root))
	checkFound(t, drift, "schema/all.sql:1:1: RH502 column t.a")
	const fix = ", which exclude in atlas.hcl leaves to others, would not work any more: no such column: %s; keep what it uses; or, if nobody needs it any more, drop it first"
	want := fmt.Sprintf("view rv"+fix+"\ntrigger rt"+fix, "a", "old.a")
	if drift.Repair.SQL != "" || drift.Repair.Fails != want {
		t.Errorf("repair %q, %s, want %s", drift.Repair.SQL, drift.Repair.Fails, want)
	}
}
