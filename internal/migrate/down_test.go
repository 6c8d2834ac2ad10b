package migrate

import (
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

func TestDown(t *testing.T) {
	p := liveProject(t, family+`-- 2_rebuild.sql --
PRAGMA foreign_keys = off;
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_parent (id, name) SELECT id, name FROM parent;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
PRAGMA foreign_keys = on;
CREATE INDEX parent_name ON parent (name);
-- 3_rename.sql --
ALTER TABLE child RENAME TO kid;
ALTER TABLE kid RENAME COLUMN parent TO parent_id;
ALTER TABLE kid RENAME COLUMN parent_id TO elder;
CREATE TABLE empty (id INTEGER);
`)
	states := []string{}
	for range 3 {
		mustApply(t, p, ApplyOptions{Amount: 1})
		states = append(states, migratetest.Dump(t, p.Root))
	}
	plan, err := p.Down(t.Context(), p.Env.URL, DownOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ALTER TABLE kid RENAME TO child", "RENAME COLUMN elder TO parent", "DROP TABLE empty"} {
		if !strings.Contains(plan.Plan.SQL(), want) {
			t.Errorf("no %s in:\n%s", want, plan.Plan.SQL())
		}
	}
	if got := migratetest.Dump(t, p.Root); got != states[2] {
		t.Errorf("a dry run has changed the database:\n%s", got)
	}
	mustDown(t, p, DownOptions{}, "3")
	compareRows(t, p, states[1])
	mustApply(t, p, ApplyOptions{})
	mustDown(t, p, DownOptions{To: "1"}, "3", "2")
	compareRows(t, p, states[0])
	mustDown(t, p, DownOptions{To: "1"})
}

func mustDown(t *testing.T, p *Project, options DownOptions, want ...string) {
	t.Helper()
	undone, err := p.Down(t.Context(), p.Env.URL, options)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range undone.Revisions {
		got = append(got, r.Version)
	}
	if !slices.Equal(got, want) {
		t.Errorf("undid %q, want %q", got, want)
	}
}

// compareRows compares rows and history with a dump. The text of a schema may
// be written in another way.
func compareRows(t *testing.T, p *Project, want string) {
	t.Helper()
	rows := func(dump string) string {
		lines := slices.DeleteFunc(strings.Split(dump, "\n"), func(line string) bool {
			return strings.HasPrefix(line, "table ") || strings.HasPrefix(line, "index ")
		})
		return strings.Join(lines, "\n")
	}
	if got := rows(migratetest.Dump(t, p.Root)); got != rows(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, rows(want))
	}
	migratetest.CheckIntegrity(t, migratetest.Open(t, p.Root))
	if _, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{Order: atlas.Linear}); err != nil {
		t.Errorf("what is left is not what the migrations make: %v", err)
	}
}

// TestDownRefused tries what would lose data, or cannot be known.
func TestDownRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		second  string
		live    []string
		options DownOptions
		want    string // in the error
	}{
		{
			"table with rows", "CREATE TABLE second (id INTEGER);",
			[]string{"INSERT INTO second VALUES (1), (2)"},
			DownOptions{},
			"migrations/2_second.sql:1:1: table second with its 2 rows would be dropped; keep that elsewhere first, or lose it with --allow-loss",
		},
		{
			"column with values", "ALTER TABLE parent ADD COLUMN age INTEGER;",
			[]string{"UPDATE parent SET age = 7 WHERE id = 1"},
			DownOptions{},
			"column parent.age with its 1 value would be dropped; keep that elsewhere first, or lose it with --allow-loss",
		},
		{
			"drift", "CREATE TABLE second (id INTEGER);",
			[]string{"ALTER TABLE second ADD COLUMN x TEXT"},
			DownOptions{AllowLoss: true},
			"the database is not what its migrations made it:\n  column second.x should not be there: TEXT\nundo these changes in the database first",
		},
		{"unknown version", "SELECT 1;", nil, DownOptions{To: "11"}, `there is no migration 11; did you mean "1"?`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := liveProject(t, family+"-- 2_second.sql --\n"+test.second+"\n")
			mustApply(t, p, ApplyOptions{})
			migratetest.Exec(t, p.Root, test.live...)
			before := migratetest.Dump(t, p.Root)
			for _, dryRun := range []bool{true, false} {
				test.options.DryRun = dryRun
				_, err := p.Down(t.Context(), p.Env.URL, test.options)
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("dry run %t: error %v, want %s", dryRun, err, test.want)
				}
			}
			if after := migratetest.Dump(t, p.Root); after != before {
				t.Errorf("the database is another one:\n%s", after)
			}
		})
	}
}

// TestDownRows fails on rows that the schema before did not allow.
func TestDownRows(t *testing.T) {
	p := liveProject(t, family+"-- 2_second.sql --\nDROP TABLE child;\nCREATE TABLE child (id INTEGER);\n")
	mustApply(t, p, ApplyOptions{})
	migratetest.Exec(t, p.Root, "INSERT INTO child VALUES (1)")
	before := migratetest.Dump(t, p.Root)
	_, err := p.Down(t.Context(), p.Env.URL, DownOptions{})
	const want = "NOT NULL constraint failed: new_child.parent; there are rows that the schema before did not allow: correct them first; nothing was changed"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error: %v", err)
	}
	if after := migratetest.Dump(t, p.Root); after != before {
		t.Errorf("the database is another one:\n%s", after)
	}
}

func TestDownAllowLoss(t *testing.T) {
	p := liveProject(t, family+"-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\nINSERT INTO second VALUES (1);\nALTER TABLE parent ADD COLUMN age INTEGER DEFAULT 1;\n")
	mustApply(t, p, ApplyOptions{Amount: 1})
	before := migratetest.Dump(t, p.Root)
	mustApply(t, p, ApplyOptions{})
	mustDown(t, p, DownOptions{AllowLoss: true}, "2")
	compareRows(t, p, before)
}

// TestDownBaseline does not go where nothing is known.
func TestDownBaseline(t *testing.T) {
	p := liveProject(t, family+"-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\n")
	migratetest.Exec(t, p.Root, strings.Split(family, "\n")[1:3]...)
	mustApply(t, p, ApplyOptions{Baseline: "1"})
	mustDown(t, p, DownOptions{}, "2")
	_, err := p.Down(t.Context(), p.Env.URL, DownOptions{})
	if err == nil || !strings.Contains(err.Error(), "1 is the baseline: what was there before it is not known; go down to 1 at most, with --to") {
		t.Errorf("error: %v", err)
	}
}
