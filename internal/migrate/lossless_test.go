package migrate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/report"
)

// losing is a rebuild as it is often written by hand: right without foreign
// keys, but not where they are on.
const losing = `-- 1_first.sql --
CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);
-- 2_second.sql --
CREATE TABLE new_p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO new_p (id, name) SELECT id, ifnull(name, '') FROM p;
DROP TABLE p;
ALTER TABLE new_p RENAME TO p;
`

const losses = "migrations/2_second.sql:3:1: DROP TABLE p deletes rows of c: in a transaction, and always on D1, foreign keys stay on; " + planAnew

// TestApplyLoses refuses a migration that would lose rows of a table which no
// statement mentions, before anything is applied.
func TestApplyLoses(t *testing.T) {
	p := liveProject(t, losing)
	want := losses + "; --allow-loss applies it all the same"
	if got := applyError(t.Context(), t, p, ApplyOptions{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{}); err == nil || err.Error() != want {
		t.Errorf("a dry run says %v", err)
	}
	mustApply(t, p, ApplyOptions{Amount: 1})
	execLive(t, p, "INSERT INTO p (id) VALUES (1)", "INSERT INTO c (p) VALUES (1)")
	if got := applyError(t.Context(), t, p, ApplyOptions{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	mustApply(t, p, ApplyOptions{AllowLoss: true})
	if got := texts(t, live(t, p), "SELECT count(*) FROM c"); got[0] != "0" {
		t.Errorf("%s rows are left: is there nothing to refuse?", got[0])
	}
}

// TestVerify judges directories of migrations.
func TestVerify(t *testing.T) {
	for _, test := range []struct{ name, migrations, schema, want string }{
		{"right", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "CREATE TABLE t (a INT)", ""},
		{"no schema to compare with", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "", ""},
		{"behind the schema", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n", "CREATE TABLE t (a INT, b INT)", "schema/schema.sql:1:24: RH507 the schema files have column t.b, and the migrations do not make it; run rowhouse migrate diff"},
		{"not to be applied", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n-- 2_b.sql --\nDROP TABLE u;\n", "CREATE TABLE t (a INT)", "migrations/2_b.sql:1:12: RH401 no such table: u; create it, or correct the name"},
		{"loses rows", losing, "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT ''); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)", strings.Replace(losses, ": DROP", ": RH413 DROP", 1)},
		{"with foreign keys off", strings.Replace(losing, "CREATE TABLE new_p", "PRAGMA foreign_keys = off;\nCREATE TABLE new_p", 1), "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT ''); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE)", ""},
		{"vacuum", "-- 1_a.sql --\nCREATE TABLE t (a INT);\n-- 2_b.sql --\n-- atlas:txmode none\n\nVACUUM;\n", "CREATE TABLE t (a INT)", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := liveProject(t, test.migrations)
			if test.schema == "" {
				p.Env.Schema = nil
			} else {
				writeFile(t, filepath.Join(p.Root, "schema", "schema.sql"), test.schema)
			}
			findings, err := p.Verify(t.Context())
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

// TestVerifySum finds a file that is not what atlas.sum says.
func TestVerifySum(t *testing.T) {
	p := liveProject(t, "-- 1_a.sql --\nCREATE TABLE t (a INT);\n")
	writeFile(t, filepath.Join(p.Root, "migrations", "1_a.sql"), "CREATE TABLE t (b INT);\n")
	findings, err := openProject(t, p.Root).Verify(t.Context())
	if err != nil || len(findings) != 1 || findings[0].Rule != BadSum {
		t.Errorf("found %v, %v", findings, err)
	}
}
