package drift

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate"
)

// TestScript runs the SQL that drift shows as clients do that go on after an
// error: all of it is done, or nothing.
func TestScript(t *testing.T) {
	const before = "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, p INT);\nCREATE TABLE c (t INT REFERENCES t (id) ON DELETE CASCADE);\n"
	for _, test := range []struct {
		name, old, new string // in before
		broken         string // what does not hold for rows; "" where the script works
	}{
		{name: "right", old: "a TEXT", new: "a TEXT CHECK (a <> '')"},
		{name: "without a rebuild", old: "p INT", new: "p INT, more TEXT"},
		{name: "not null", old: "p INT", new: "p INT NOT NULL", broken: "p NOT NULL of table t does not hold for 1 row: id 3"},
		{name: "unique", old: "a TEXT", new: "a TEXT UNIQUE", broken: "UNIQUE (a) of table t does not hold for 2 rows: id 1, 2"},
		{name: "foreign key", old: "p INT", new: "p INT REFERENCES p", broken: "foreign key (p) of table t to table p does not hold for 1 row: id 2"},
		{name: "the type", old: "a TEXT", new: "a INTEGER", broken: "-"},
	} {
		for name, run := range map[string]func(*testing.T, *migrate.Project, string){"driver": runOn, "sqlite3": runShell} {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				p := writtenProject(t, strings.Replace(before, test.old, test.new, 1))
				migratetest.Exec(t, p.Root, before, "INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, '007', 1), (2, '007', 9), (3, 'x', NULL)", "INSERT INTO c VALUES (1), (3)")
				record(t, p)
				drift := mustDrift(t, p)
				if got := strings.Join(drift.Repair.Broken, "\n"); got != strings.Trim(test.broken, "-") {
					t.Errorf("broken: %q, want %q", got, test.broken)
				}
				unchanged := migratetest.Dump(t, p.Root)
				run(t, p, drift.Repair.SQL)
				if test.broken != "" {
					if got := migratetest.Dump(t, p.Root); got != unchanged {
						t.Errorf("it was\n%s\nand after\n%s\nis\n%s", unchanged, drift.Repair.SQL, got)
					}
					return
				}
				checkFound(t, mustDrift(t, p), "")
				if got := strings.Join(migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT a FROM t UNION ALL SELECT t FROM c"), " "); got != "007 007 x 1 3" {
					t.Errorf("rows afterwards: %s", got)
				}
			})
		}
	}
}

// runOn runs statements one by one, whatever becomes of them.
func runOn(t *testing.T, p *migrate.Project, script string) {
	t.Helper()
	db, err := database.Open(t.Context(), p.Root, p.Env.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, st := range atlas.Statements(atlas.File{Text: script}) {
		_ = db.Exec(t.Context(), st.SQL)
	}
}

// runShell feeds a script to the shell of SQLite, which goes on after errors.
func runShell(t *testing.T, p *migrate.Project, script string) {
	t.Helper()
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, filepath.Join(p.Root, "app.db"))
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	t.Logf("%v: %s", err, out)
}
