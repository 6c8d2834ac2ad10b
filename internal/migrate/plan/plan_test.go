package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

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
	renames, err := ReadRenames([]atlas.File{{Name: "schema.sql", Text: after}}, from.Schema, to.Schema)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := New(t.Context(), from, to, renames)
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
		renames, err := ReadRenames([]atlas.File{{Name: "schema.sql", Text: test.after}}, from.Schema, to.Schema)
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(t.Context(), from, to, renames)
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
		plan, err := New(t.Context(), from, to, Renames{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := plan.CheckRenames(from.Schema, to.Schema, test.drop); err != nil {
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
		renames, err := ReadRenames([]atlas.File{{Name: "schema.sql", Text: test.after}}, from.Schema, to.Schema)
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
	for _, f := range migratetest.Features {
		t.Run(f.Name, func(t *testing.T) { testFeature(t, f) })
	}
}

func testFeature(t *testing.T, f migratetest.Feature) {
	t.Helper()
	plan := planTexts(t, f.Before, f.After)
	if plan.Empty() != f.Same {
		t.Errorf("the plan is\n%s", plan.SQL())
	}
	if plan.Refuses != nil && !f.Refuses {
		t.Errorf("the plan refuses rows: %v", plan.Refuses)
	}
	if len(plan.Losses) > 0 && !f.Loses {
		t.Errorf("the plan drops %v", plan.Losses)
	}
	for line := range strings.SplitSeq(f.Has, "\n") {
		if !strings.Contains(plan.SQL(), line) {
			t.Errorf("%q is not in\n%s", line, plan.SQL())
		}
	}
}
