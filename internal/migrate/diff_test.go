package migrate

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

// christmas is when these migrations are planned.
var christmas = time.Date(2026, 12, 25, 10, 0, 0, 0, time.UTC)

// emptyProject makes a project without migrations.
func emptyProject(t *testing.T) *Project {
	t.Helper()
	root := t.TempDir()
	migratetest.WriteFile(t, filepath.Join(root, "atlas.hcl"), migratetest.Config)
	return openProject(t, root)
}

// mustDiff plans and writes the migration to a schema; nil if there is none.
func mustDiff(t *testing.T, p *Project, schema string) *Diff {
	t.Helper()
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "schema.sql"), schema)
	diff, err := p.Diff(t.Context(), DiffOptions{Name: "next", Now: christmas})
	if err != nil {
		t.Fatal(err)
	}
	if diff != nil {
		if _, err := p.Write(diff); err != nil {
			t.Fatal(err)
		}
	}
	return diff
}

func TestDiff(t *testing.T) {
	p := emptyProject(t)
	if diff := mustDiff(t, p, "CREATE TABLE t (a INT);"); diff == nil || diff.Version != "20261225100000" {
		t.Fatalf("planned %+v", diff)
	}
	if diff := mustDiff(t, p, "CREATE TABLE t (a INT);"); diff != nil {
		t.Errorf("the same again makes\n%s", diff.Text)
	}
	if diff := mustDiff(t, p, "CREATE TABLE t (a INT, b INT);"); diff == nil || diff.Version != "20261225100001" {
		t.Errorf("a second one in the same second is %+v", diff)
	}
	mustApply(t, openProject(t, p.Root), ApplyOptions{})
}

// TestDiffConverts fails on values that another type would change, when the
// migration is applied, and not before.
func TestDiffConverts(t *testing.T) {
	const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, zip TEXT, big INTEGER, note TEXT);"
	const after = "CREATE TABLE t (id INTEGER PRIMARY KEY, zip INTEGER, big REAL, note TEXT);"
	for _, test := range []struct{ rows, want string }{
		{"(1, '7', 5, 'x'), (2, 'abc', -3, NULL), (3, NULL, NULL, '007'), (4, x'00', 7, '')", ""},
		{"(1, '007', 5, '')", "CHECK constraint failed: every_row_and_value_is_kept"},
		{"(1, '1e3', 5, '')", "CHECK constraint failed: every_row_and_value_is_kept"},
		{"(1, '7', 9007199254740993, '')", "CHECK constraint failed: every_row_and_value_is_kept"},
	} {
		p := emptyProject(t)
		mustDiff(t, p, before)
		if diff := mustDiff(t, p, after); len(diff.Conversions) != 2 {
			t.Errorf("the plan says it converts %v", diff.Conversions)
		}
		p = openProject(t, p.Root)
		mustApply(t, p, ApplyOptions{Amount: 1})
		migratetest.Exec(t, p.Root, "INSERT INTO t VALUES "+test.rows)
		was := migratetest.Dump(t, p.Root)
		if test.want == "" {
			mustApply(t, p, ApplyOptions{})
			continue
		}
		if got := applyError(t.Context(), t, p, ApplyOptions{}); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s", test.rows, got)
		}
		if is := migratetest.Dump(t, p.Root); is != was {
			t.Errorf("%s: the database was\n%s\nand is\n%s", test.rows, was, is)
		}
	}
}

// TestDiffAfterOtherNames refuses to write a migration that would be applied
// before others.
func TestDiffAfterOtherNames(t *testing.T) {
	p := liveProject(t, "-- V1__init.sql --\nCREATE TABLE t (a INT);\n")
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "schema.sql"), "CREATE TABLE t (a INT, b INT);")
	_, err := p.Diff(t.Context(), DiffOptions{Now: christmas})
	const want = "migrations/V1__init.sql: a new migration would come before this one: migrations are applied in the order of their names; " +
		"begin its name with the time, as in 20261225100000_name.sql, and run rowhouse migrate hash"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	_, err = p.Diff(t.Context(), DiffOptions{Name: "../x", Now: christmas})
	var configuration *atlas.ConfigError
	if !errors.As(err, &configuration) {
		t.Errorf("a path is a name: %v", err)
	}
}

// TestSameVersion refuses two files of which only one would be applied.
func TestSameVersion(t *testing.T) {
	root := t.TempDir()
	migratetest.WriteFile(t, filepath.Join(root, "atlas.hcl"), migratetest.Config)
	migratetest.WriteFile(t, filepath.Join(root, "migrations", "1_a.sql"), "CREATE TABLE a (x);\n")
	migratetest.WriteFile(t, filepath.Join(root, "migrations", "1_b.sql"), "CREATE TABLE b (x);\n")
	_, err := Open(root, "local", nil)
	const want = "migrations/1_b.sql: migrations/1_a.sql has the same version, 1: only one of them would be applied; give one of them another version, and run rowhouse migrate hash"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
