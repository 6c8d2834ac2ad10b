package migrate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

// replayText replays one file of SQL.
func replayText(t *testing.T, sql string) *State {
	t.Helper()
	s, err := Replay(t.Context(), []atlas.File{{Name: "schema.sql", Text: sql}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// planTexts plans and verifies the way between two schemas.
func planTexts(t *testing.T, before, after string) *Plan {
	t.Helper()
	from, to := replayText(t, before), replayText(t, after)
	renames, err := readRenames([]atlas.File{{Name: "schema.sql", Text: after}}, from.Schema, to.Schema)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(t.Context(), from, to, renames)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Verify(t.Context(), from, to); err != nil {
		t.Fatalf("%v\nof the plan\n%s", err, plan.SQL())
	}
	return plan
}

// TestPlan plans changes of every kind. That the plan leads to the schema and
// keeps all rows is for Verify to say; here is what it looks like.
func TestPlan(t *testing.T) {
	const parent = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);\n"
	for _, test := range []struct {
		name, before, after, want string
	}{
		{"nothing", parent, "create table P(id integer primary key, -- same\n a text);", ""},
		{
			"new table", parent, parent + "CREATE TABLE c (id TEXT, p INT REFERENCES p);",
			"-- Create table c\nCREATE TABLE c (id TEXT, p INT REFERENCES p);\n",
		},
		{
			"new column", parent, "CREATE TABLE p (id INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, a TEXT);",
			"ALTER TABLE p ADD COLUMN b TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE;\n",
		},
		{
			"dropped column", parent, "CREATE TABLE p (id INTEGER PRIMARY KEY);",
			"ALTER TABLE p DROP COLUMN a;\n",
		},
		{
			"renamed column", parent, "CREATE TABLE p (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb TEXT);",
			"ALTER TABLE p RENAME COLUMN a TO b;\n",
		},
		{
			"renamed table", parent, "-- atlas:renamed_from p\nCREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT);",
			"ALTER TABLE p RENAME TO q;\n",
		},
		{
			"comments", "",
			"-- atlas:renamed_from x\nCREATE TABLE t (\n  -- atlas:renamed_from b\n  a TEXT, -- words\n  -- atlas:renamed_from d\n  c TEXT -- atlas:renamed_from e\n);",
			"-- Create table t\nCREATE TABLE t (\n  a TEXT, -- words\n  c TEXT\n);\n",
		},
		{
			"collation", parent + "CREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);",
			"CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE);\nCREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE);",
			`-- The guard: if a row were lost, its CHECK would fail, and all of this be undone.
CREATE TABLE rowhouse_guard (name TEXT PRIMARY KEY, before INTEGER NOT NULL, after INTEGER, CONSTRAINT every_row_and_value_is_kept CHECK (after = before));

-- Rebuild table p:
--   column p.a: TEXT → TEXT COLLATE NOCASE
CREATE TABLE new_p (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE);

-- Copy table c: it references one that is rebuilt.
CREATE TABLE new_c (p INT REFERENCES new_p ON DELETE CASCADE);
INSERT INTO rowhouse_guard (name, before) SELECT 'p', count(*) FROM p;
INSERT INTO new_p (id, a) SELECT id, a FROM p;
INSERT INTO rowhouse_guard (name, before) SELECT 'c', count(*) FROM c;
INSERT INTO new_c (p) SELECT p FROM c;

-- The old tables go, those that reference others first.
DROP TABLE c;
DROP TABLE p;
ALTER TABLE new_p RENAME TO p;
ALTER TABLE new_c RENAME TO c;
UPDATE rowhouse_guard SET after = (SELECT count(*) FROM p) WHERE name = 'p';
UPDATE rowhouse_guard SET after = (SELECT count(*) FROM c) WHERE name = 'c';
DROP TABLE rowhouse_guard;
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := planTexts(t, test.before, test.after).SQL(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestPlanProblems plans what cannot be done.
func TestPlanProblems(t *testing.T) {
	for _, test := range []struct{ before, after, want string }{
		{
			"CREATE VIRTUAL TABLE f USING fts4(content='', a)", "CREATE VIRTUAL TABLE f USING fts4(content='', a, b)",
			"schema.sql:1:1: table f cannot be changed: it has no content that could be read; drop it in one migration, and create and fill it in the next",
		},
	} {
		from, to := replayText(t, test.before), replayText(t, test.after)
		renames, err := readRenames([]atlas.File{{Name: "schema.sql", Text: test.after}}, from.Schema, to.Schema)
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewPlan(t.Context(), from, to, renames)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// TestLikelyRenames asks about what may have another name now.
func TestLikelyRenames(t *testing.T) {
	const before = "CREATE TABLE t (a TEXT, b TEXT, n INT);\nCREATE TABLE u (x INT, y INT)"
	for _, test := range []struct {
		after string
		drop  []string
		want  string
	}{
		{after: "CREATE TABLE t (a TEXT, c TEXT, n INT);\nCREATE TABLE u (x INT, y INT)", want: `schema.sql:1:25: column t.b is gone and column t.c is new, as if it had another name now; if so, write "-- atlas:renamed_from b" on the line above; if all values of t.b are meant to go, add --drop t.b`},
		{after: "CREATE TABLE t (a TEXT, c TEXT, n INT);\nCREATE TABLE u (x INT, y INT)", drop: []string{"T.B"}},
		{after: "CREATE TABLE t (a TEXT, c INT, n INT);\nCREATE TABLE u (x INT, y INT)"},
		{after: "CREATE TABLE t (a TEXT, n INT);\nCREATE TABLE u (x INT, y INT)"},
		{after: "CREATE TABLE t (a TEXT, b TEXT, n INT);\nCREATE TABLE w (x INT, y INT, z INT)", want: `schema.sql:2:1: table u is gone and table w is new, as if it had another name now; if so, write "-- atlas:renamed_from u" on the line above; if all values of u are meant to go, add --drop u`},
		{after: "CREATE TABLE t (a TEXT, b TEXT, n INT);\nCREATE TABLE w (q INT, r INT)"},
	} {
		from, to := replayText(t, before), replayText(t, test.after)
		plan, err := NewPlan(t.Context(), from, to, Renames{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := likelyRenames(from.Schema, to.Schema, plan, test.drop); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.after, got, test.want)
		}
	}
}

// TestRenameDirectives reads comments that are not what they should be, or
// have been carried out.
func TestRenameDirectives(t *testing.T) {
	const before = "CREATE TABLE t (a TEXT, b TEXT)"
	for _, test := range []struct{ after, want string }{
		{"-- atlas:renamed_from\nCREATE TABLE t (a TEXT)", "schema.sql:1:1: nothing says what was renamed; write the old name behind it"},
		{"CREATE TABLE t (a TEXT);\n-- atlas:renamed_from x", "schema.sql:2:1: the comment is about no table or column; put it on the line above the column, or above CREATE TABLE"},
		{"-- atlas:renamed_from gone\nCREATE TABLE t (a TEXT, b TEXT -- atlas:renamed_from gone\n)", "map[] map[]"},
		{"CREATE TABLE t (a TEXT, c TEXT -- atlas:renamed_from b\n)", "map[] map[[t c]:b]"},
		{"-- atlas:renamed_from \"t\"\nCREATE TABLE u (a TEXT,\n  -- atlas:renamed_from b\n  c TEXT)", "map[u:t] map[[u c]:b]"},
	} {
		from, to := replayText(t, before), replayText(t, test.after)
		renames, err := readRenames([]atlas.File{{Name: "schema.sql", Text: test.after}}, from.Schema, to.Schema)
		got := fmt.Sprint(renames.Tables, " ", renames.Columns)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.after, got, test.want)
		}
	}
}

// TestFeatures is the table of what other tools lose: every change leads to
// the schema, keeps every row, and leaves nothing to do.
func TestFeatures(t *testing.T) {
	for _, f := range features {
		t.Run(f.name, f.test)
	}
}

func (f feature) test(t *testing.T) {
	plan := planTexts(t, f.before, f.after)
	if plan.Empty() != f.same {
		t.Errorf("the plan is\n%s", plan.SQL())
	}
	if plan.Refuses != nil && !f.refuses {
		t.Errorf("the plan refuses rows: %v", plan.Refuses)
	}
	if len(plan.Losses) > 0 && !f.loses {
		t.Errorf("the plan drops %v", plan.Losses)
	}
	for line := range strings.SplitSeq(f.has, "\n") {
		if !strings.Contains(plan.SQL(), line) {
			t.Errorf("%q is not in\n%s", line, plan.SQL())
		}
	}
}

type feature struct {
	name, before, after string

	same    bool   // nothing is to be done
	refuses bool   // some rows cannot satisfy the new schema
	loses   bool   // something is dropped
	has     string // lines that are in the plan
}

var features = []feature{
	{name: "STRICT is new", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT`},
	{name: "WITHOUT ROWID is new", before: `CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, a TEXT)`, after: `CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, a TEXT) WITHOUT ROWID`},
	{name: "generated column is new", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a + 1))`, has: "ADD COLUMN b INT AS (a + 1)"},
	{name: "stored generated column is new", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a + 1) STORED)`, has: "CREATE TABLE new_t"},
	{name: "expression index", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX i ON t (lower(a)) where a IS NOT NULL`, has: "CREATE INDEX i ON t (lower(a)) where a IS NOT NULL"},
	{name: "partial index with a lower-case where", before: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) where a > 'x'`, after: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) WHERE a > 'x'`, same: true},
	{name: "partial index changes", before: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) where a > 'x'`, after: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a) WHERE a > 'y'`, has: "DROP INDEX i"},
	{name: "foreign key action changes", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p)`, after: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p ON DELETE CASCADE)`},
	{name: "check is new", before: `CREATE TABLE t (a INT)`, after: `CREATE TABLE t (a INT CHECK (a > 0))`},
	{name: "check on words is new", before: `CREATE TABLE t (a TEXT NOT NULL)`, after: `CREATE TABLE t (a TEXT NOT NULL CHECK (a IN ('draft', 'sent')))`},
	{name: "default (unixepoch())", before: `CREATE TABLE t (a INT)`, after: `CREATE TABLE t (a INT, b INTEGER NOT NULL DEFAULT (unixepoch()))`, has: "CREATE TABLE new_t (a INT, b INTEGER NOT NULL DEFAULT (unixepoch()))"},
	{name: "collation of a column", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)`},
	{name: "collation of an index", before: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a)`, after: `CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a COLLATE NOCASE)`},
	{name: "collation kept by another rebuild", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE UNIQUE, b INT); CREATE INDEX i ON t (b COLLATE RTRIM)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE UNIQUE, b INT CHECK (b > 0)); CREATE INDEX i ON t (b COLLATE RTRIM)`, has: "CREATE INDEX i ON t (b COLLATE RTRIM)"},
	{name: "key in another order", before: `CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b))`, after: `CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (b, a))`},
	{name: "key order kept", before: `CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, c INT, PRIMARY KEY (b, a))`, after: `CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, c INT CHECK (c > 0), PRIMARY KEY (b, a))`},
	{name: "deferrable", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p)`, after: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p DEFERRABLE INITIALLY DEFERRED)`},
	{name: "on conflict", before: `CREATE TABLE t (a INT UNIQUE)`, after: `CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)`},
	{name: "autoincrement is new", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)`},
	{name: "autoincrement is gone", before: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`},
	{name: "autoincrement keeps counting", before: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT CHECK (a > 0))`},
	{name: "INT primary key", before: `CREATE TABLE t (id INT PRIMARY KEY, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`},
	{name: "type within one affinity", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10))`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20))`},
	{name: "type of another affinity", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`},
	{name: "blob default", before: `CREATE TABLE t (id INTEGER PRIMARY KEY)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB NOT NULL DEFAULT x'00')`, has: "DEFAULT x'00'"},
	{name: "reference without a column", before: `CREATE TABLE p (id INTEGER PRIMARY KEY)`, after: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p)`},
	{name: "decimal before a generated column", before: `CREATE TABLE t (id INTEGER PRIMARY KEY)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a decimal(10,2), b INT AS (a * 2))`},
	{name: "the word CHECK in a comment", before: `CREATE TABLE t (id INTEGER PRIMARY KEY)`, after: "CREATE TABLE t (id INTEGER PRIMARY KEY, -- CHECK (a > 0)\n a TEXT DEFAULT 'CHECK (')", has: "ADD COLUMN a TEXT DEFAULT 'CHECK ('"},
	{name: "inline UNIQUE", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, UNIQUE (a))`, same: true},
	{name: "inline UNIQUE is new", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE)`},
	{name: "white space inside CHECK", before: `CREATE TABLE t (a INT CHECK (a>0))`, after: "CREATE TABLE t (a INT CHECK (a  >\n 0))", same: true},
	{name: "views and triggers", before: `CREATE TABLE t (a INT)`, after: `CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END`},
	{
		name:   "views and triggers kept by a rebuild",
		before: `CREATE TABLE t (a INT); CREATE TABLE u (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO u VALUES (1); END; CREATE TRIGGER h AFTER INSERT ON u BEGIN DELETE FROM t; END; CREATE TRIGGER k INSTEAD OF INSERT ON w BEGIN SELECT 1; END`,
		after:  `CREATE TABLE t (a INT CHECK (a > 0)); CREATE TABLE u (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO u VALUES (1); END; CREATE TRIGGER h AFTER INSERT ON u BEGIN DELETE FROM t; END; CREATE TRIGGER k INSTEAD OF INSERT ON w BEGIN SELECT 1; END`,
	},
	{name: "view changes", before: `CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t`, after: `CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a + 1 AS a FROM t`, has: "DROP VIEW v"},
	{name: "trigger goes", before: `CREATE TABLE t (a INT); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END`, after: `CREATE TABLE t (a INT)`, has: "DROP TRIGGER g"},
	{name: "column that a trigger uses is dropped", before: `CREATE TABLE t (a INT, b INT); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END; CREATE VIEW v AS SELECT a FROM t`, after: `CREATE TABLE t (a INT); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END; CREATE VIEW v AS SELECT a FROM t`, loses: true, has: "ALTER TABLE t DROP COLUMN b"},
	{name: "rtree", before: `CREATE TABLE t (a INT)`, after: `CREATE TABLE t (a INT); CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)`, has: "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)"},
	{name: "rtree kept by another rebuild", before: `CREATE TABLE t (a INT); CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)`, after: `CREATE TABLE t (a INT CHECK (a > 0)); CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)`},
	{name: "rtree changes", before: `CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)`, after: `CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +note TEXT)`},
	{name: "full text search loses a column", before: `CREATE VIRTUAL TABLE f USING fts4(a, b)`, after: `CREATE VIRTUAL TABLE f USING fts4(a)`, loses: true},
	{name: "full text search", before: `CREATE TABLE t (a TEXT)`, after: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts4(a)`},
	{name: "full text index of a rebuilt table", before: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts4(content="t", a)`, after: `CREATE TABLE t (a TEXT CHECK (a <> 'x')); CREATE VIRTUAL TABLE f USING fts4(content="t", a)`, has: "INSERT INTO new_t (rowid, a) SELECT rowid, a FROM t"},
	{name: "full text search changes", before: `CREATE VIRTUAL TABLE f USING fts4(a)`, after: `CREATE VIRTUAL TABLE f USING fts4(a, b)`},
	{name: "table named sqlite…", before: `CREATE TABLE sqlitex (a INT)`, after: `CREATE TABLE sqlitex (a INT, b INT)`, has: "ALTER TABLE sqlitex ADD COLUMN b INT"},
	{name: "renamed column in a rebuilt table", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t`, after: "CREATE TABLE t (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb INT CHECK (b > 0)); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t", has: "RENAME COLUMN a TO b"},
	{name: "renamed table with children", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INT REFERENCES p (id) ON DELETE CASCADE)`, after: "-- atlas:renamed_from p\nCREATE TABLE q (id INTEGER PRIMARY KEY);\nCREATE TABLE c (\n-- atlas:renamed_from p\nq INT REFERENCES q (id) ON DELETE CASCADE)"},
	{name: "cascade over three generations", before: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a ON DELETE CASCADE); CREATE TABLE c (b INT REFERENCES b ON DELETE CASCADE)`, after: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT CHECK (x > 0)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a ON DELETE CASCADE); CREATE TABLE c (b INT REFERENCES b ON DELETE CASCADE)`},
	{name: "set null and restrict children", before: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT); CREATE TABLE b (a INT REFERENCES a ON DELETE SET NULL); CREATE TABLE c (a INT REFERENCES a ON DELETE RESTRICT)`, after: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT CHECK (x > 0)); CREATE TABLE b (a INT REFERENCES a ON DELETE SET NULL); CREATE TABLE c (a INT REFERENCES a ON DELETE RESTRICT)`},
	{name: "self reference", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, t INT REFERENCES t ON DELETE CASCADE)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CHECK (x > 0), t INT REFERENCES t ON DELETE CASCADE)`, has: "REFERENCES new_t ON DELETE CASCADE"},
	{name: "self reference that restricts", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, t INT REFERENCES t ON DELETE RESTRICT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, x INT CHECK (x > 0), t INT REFERENCES t ON DELETE RESTRICT)`, has: "PRAGMA defer_foreign_keys = on"},
	{name: "circle", before: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT, b INT REFERENCES b ON DELETE CASCADE); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a ON DELETE RESTRICT)`, after: `CREATE TABLE a (id INTEGER PRIMARY KEY, x INT CHECK (x > 0), b INT REFERENCES b ON DELETE CASCADE); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a ON DELETE RESTRICT)`},
	{name: "dropped table", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INT REFERENCES p ON DELETE CASCADE)`, after: `CREATE TABLE p (id INTEGER PRIMARY KEY)`, loses: true, has: "DROP TABLE c"},
	{name: "dropped parent", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (a INT, p INT REFERENCES p ON DELETE CASCADE)`, after: `CREATE TABLE c (a INT)`, loses: true, has: "DROP TABLE p"},
	{name: "dropped parent, key becomes a number", before: `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (a INT, p INT REFERENCES p ON DELETE CASCADE)`, after: `CREATE TABLE c (a INT, p INT)`, loses: true, has: "DROP TABLE p"},
	{name: "NOT NULL with a default", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'none')`, has: "coalesce(a, 'none')"},
	{name: "NOT NULL without a default", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)`, refuses: true},
	{name: "new NOT NULL column without a default", before: `CREATE TABLE t (id INTEGER PRIMARY KEY)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)`, refuses: true},
	{
		name:   "spellings that mean the same",
		before: `CREATE TABLE t (a INT DEFAULT (0), b TEXT COLLATE BINARY DEFAULT NULL, c TEXT DEFAULT "x", d INT CHECK ((d <> 1)), PRIMARY KEY (a ASC)); CREATE INDEX i ON t (b ASC); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SELECT "a" == 1; END; CREATE TABLE u (b, a INT AS (1))`,
		after:  `CREATE TABLE t (a INT DEFAULT 0, b TEXT, c TEXT DEFAULT 'x', d INT CHECK (d != 1), PRIMARY KEY (a)); CREATE INDEX i ON t (b); CREATE TRIGGER g INSERT ON t BEGIN SELECT A = 1; END; CREATE TABLE u (b, a INT GENERATED ALWAYS AS (1) VIRTUAL)`, same: true,
	},
	{name: "text in double quotes, in a CHECK", before: `CREATE TABLE t (a TEXT CHECK (a IN ("Open", 'x')))`, after: `CREATE TABLE t (a TEXT CHECK (a IN ("open", 'x')))`},
	{name: "text in double quotes, in a view", before: `CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT "X" AS x FROM t`, after: `CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT "Y" AS x FROM t`, has: "DROP VIEW v"},
	{name: "name in double quotes, in another case", before: `CREATE TABLE t (a TEXT CHECK ("A" <> ''))`, after: `CREATE TABLE t (a TEXT CHECK (a <> ''))`, same: true},
	{
		name:   "new table between two that are rebuilt",
		before: `CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE member (id INTEGER PRIMARY KEY, team_id INT NOT NULL REFERENCES team (id) ON DELETE CASCADE)`,
		after:  `CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> '')); CREATE TABLE member (id INTEGER PRIMARY KEY, team_id INT NOT NULL REFERENCES team (id) ON DELETE CASCADE); CREATE TABLE invite (id INTEGER PRIMARY KEY, team_id INT NOT NULL REFERENCES team (id) ON DELETE CASCADE, invited_by INT NOT NULL REFERENCES member (id) ON DELETE CASCADE)`,
	},
	{
		name:   "column is renamed that views pass on",
		before: `CREATE TABLE t (id INTEGER PRIMARY KEY, title TEXT); CREATE VIEW v AS SELECT id, title FROM t; CREATE VIEW w AS SELECT title FROM v; CREATE TRIGGER g INSTEAD OF INSERT ON w BEGIN INSERT INTO t (title) VALUES (new.title); END`,
		after:  "CREATE TABLE t (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from title\nname TEXT); CREATE VIEW v AS SELECT id, name AS title FROM t; CREATE VIEW w AS SELECT title FROM v; CREATE TRIGGER g INSTEAD OF INSERT ON w BEGIN INSERT INTO t (name) VALUES (new.title); END", has: "RENAME COLUMN title TO name",
	},
	{
		name:   "column is renamed, and its name used again",
		before: `CREATE TABLE t (id INTEGER PRIMARY KEY, title TEXT, n INT)`,
		after:  "CREATE TABLE t (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from title\nlegacy_title TEXT,\nn INT, title TEXT)", has: "RENAME COLUMN title TO legacy_title;\nALTER TABLE t ADD COLUMN title TEXT",
	},
	{
		name:   "table is renamed, and its name used again",
		before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`,
		after:  "-- atlas:renamed_from t\nCREATE TABLE t_old (id INTEGER PRIMARY KEY, a TEXT);\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, z TEXT)", has: "RENAME TO t_old",
	},
	{name: "column becomes generated", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a * 2))`, loses: true},
	{name: "generated column goes", before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a * 2))`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`},
	{name: "TEXT key becomes the rowid", before: `CREATE TABLE t (id TEXT PRIMARY KEY, a INT)`, after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)`, refuses: true},
	{
		name:   "referenced table with a CHECK of its own",
		before: `CREATE TABLE u (id TEXT NOT NULL PRIMARY KEY, f INTEGER NOT NULL DEFAULT 0 CHECK (f IN (0, 1))); CREATE TABLE p (id TEXT NOT NULL PRIMARY KEY, price INT, c TEXT REFERENCES u (id) ON DELETE SET NULL)`,
		after:  `CREATE TABLE u (id TEXT NOT NULL PRIMARY KEY, f INTEGER NOT NULL DEFAULT 0 CHECK (f IN (0, 1))); CREATE TABLE p (id TEXT NOT NULL PRIMARY KEY, price INT DEFAULT 1, c TEXT REFERENCES u (id) ON DELETE SET NULL)`,
	},
	{
		name:   "circle that loses a table",
		before: `CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT, c INT REFERENCES c (id) DEFERRABLE INITIALLY DEFERRED); CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT REFERENCES a (id) ON DELETE CASCADE, d INT REFERENCES d (id) ON DELETE SET NULL); CREATE TABLE d (id INTEGER PRIMARY KEY, a INT REFERENCES a (id) ON DELETE CASCADE)`,
		after:  `CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE, c INT REFERENCES c (id) DEFERRABLE INITIALLY DEFERRED); CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT REFERENCES a (id) ON DELETE CASCADE)`, loses: true,
	},
	{name: "reference to a generated column", before: `CREATE TABLE c (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) UNIQUE, h INT AS (a + 2)); CREATE TABLE d (g INT REFERENCES c (g))`, after: `CREATE TABLE c (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) UNIQUE, h INT AS (a + 3)); CREATE TABLE d (g INT REFERENCES c (g))`},
	{name: "names that need quotes", before: `CREATE TABLE "order" ("group" INT, "a b" TEXT, [c] INT)`, after: `CREATE TABLE "order" ("group" INT CHECK ("order"."group" > 0), "a b" TEXT, [c] INT); CREATE TABLE "select" (x)`, has: `INSERT INTO new_order ("group", "a b", c) SELECT "group", "a b", c FROM "order"`},
	{name: "table of the same name becomes virtual", before: `CREATE TABLE f (a TEXT)`, after: `CREATE VIRTUAL TABLE f USING fts4(a)`, loses: true},
	{name: "triggers that refuse rows", before: `CREATE TABLE t (a INT); CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END`, after: `CREATE TABLE t (a INT CHECK (a > 0)); CREATE TRIGGER g BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END`},
}
