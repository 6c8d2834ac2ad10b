package verify

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/lint"
	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/report"
)

func openProject(t *testing.T, root string) *migrate.Project {
	t.Helper()
	p, err := migrate.Open(root, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestVerify judges directories of migrations.
func TestVerify(t *testing.T) {
	for _, test := range []struct{ name, migrations, schema, want string }{
		{"right", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "CREATE TABLE t (a INT)", ""},
		{"no schema to compare with", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "", ""},
		{"behind the schema", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "CREATE TABLE t (a INT, b INT)", "schema/schema.sql:1:24: RH507 the schema files have column t.b, and the migrations do not make it; run rowhouse migrate diff"},
		{"not to be applied", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n-- 2_b.sql --\nDROP TABLE u;\n", "CREATE TABLE t (a INT)", "migrations/2_b.sql:1:12: RH401 no such table: u; create it, or correct the name"},
		{"loses rows", migratetest.Losing, "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT ''); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)", "migrations/2_second.sql:3:1: RH413 DROP TABLE p deletes rows of c: in a transaction, and always on D1, foreign keys stay on; " + plan.Anew},
		{"with foreign keys off", strings.Replace(migratetest.Losing, "CREATE TABLE new_p", "PRAGMA foreign_keys = off;\nCREATE TABLE new_p", 1), "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT ''); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)", ""},
		{"vacuum", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n-- 2_b.sql --\n-- atlas:txmode none\n\nVACUUM;\n", "CREATE TABLE t (a INT)", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := openProject(t, migratetest.Project(t, test.migrations))
			if test.schema == "" {
				p.Env.Schema = nil
			} else {
				migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "schema.sql"), test.schema)
			}
			findings, err := Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			if err := report.Write(&got, report.Text, findings); err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(got.String()) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), test.want)
			}
		})
	}
}

// TestVerifyDiff: what diff writes is right.
func TestVerifyDiff(t *testing.T) {
	p := openProject(t, migratetest.Project(t, "-- 1_a.sql --\nCREATE TABLE t (a INT);\n"))
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "schema.sql"), "CREATE TABLE t (a INT, b INT);")
	diff, err := p.Diff(t.Context(), migrate.DiffOptions{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(diff); err != nil {
		t.Fatal(err)
	}
	if findings, err := Run(t.Context(), p); err != nil || len(findings) > 0 {
		t.Errorf("found %v, %v", findings, err)
	}
}

// TestVerifySum finds a file that is not what atlas.sum says.
func TestVerifySum(t *testing.T) {
	p := openProject(t, migratetest.Project(t, "-- 1_a.sql --\nCREATE TABLE t (a INT);\n"))
	migratetest.WriteFile(t, filepath.Join(p.Root, "migrations", "1_a.sql"), "CREATE TABLE t (b INT);\n")
	findings, err := Run(t.Context(), openProject(t, p.Root))
	if err != nil || len(findings) != 1 || findings[0].Rule != lint.BadSum {
		t.Errorf("found %v, %v", findings, err)
	}
}
