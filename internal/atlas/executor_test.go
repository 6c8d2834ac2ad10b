package atlas

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlite"

	"github.com/rowhouse/rowhouse/internal/database"
)

// taken is a directory and a database that Atlas and we take turns on.
type taken struct {
	root string
	db   *database.DB
}

func newTaken(t *testing.T, files map[string]string) *taken {
	t.Helper()
	db, err := database.Open(t.Context(), t.TempDir(), "sqlite://app.db", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	turns := &taken{tree(t, nil), db}
	turns.write(t, files)
	return turns
}

// write writes migrations, and the checksums of all.
func (x *taken) write(t *testing.T, files map[string]string) {
	t.Helper()
	dir, err := migrate.NewLocalDir(x.root)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := dir.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := dir.Checksum()
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.WriteSumFile(dir, sum); err != nil {
		t.Fatal(err)
	}
}

// ours applies n migrations as we do.
func (x *taken) ours(t *testing.T, n int) error {
	t.Helper()
	directory, err := OpenDirectory(filepath.Dir(x.root), filepath.Base(x.root))
	if err != nil {
		t.Fatal(err)
	}
	e := &Executor{DB: x.db, Directory: directory, Operator: "ours"}
	pending, err := e.Pending(t.Context(), "")
	if err != nil {
		return err
	}
	for _, m := range pending[:min(n, len(pending))] {
		if err := e.Execute(t.Context(), m); err != nil {
			return err
		}
	}
	return nil
}

// theirs applies n migrations as Atlas does, with its own driver and nothing
// of ours but the table.
func (x *taken) theirs(t *testing.T, n int) error {
	t.Helper()
	dir, err := migrate.NewLocalDir(x.root)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := sqlite.Open(x.db.Conn())
	if err != nil {
		t.Fatal(err)
	}
	executor, err := migrate.NewExecutor(plain, dir, &revisions{db: x.db}, migrate.WithOperatorVersion("theirs"))
	if err != nil {
		t.Fatal(err)
	}
	return executor.ExecuteN(t.Context(), n)
}

// history returns the revisions, one a line.
func (x *taken) history(t *testing.T) string {
	t.Helper()
	all, err := Revisions(t.Context(), x.db)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range all {
		lines = append(lines, fmt.Sprintf("%s %s %d/%d %s", r.Version, r.Description, r.Applied, r.Total, r.OperatorVersion))
	}
	return strings.Join(lines, "\n")
}

var turns = map[string]string{
	"1_a.sql": "-- a\nCREATE TABLE a (id INTEGER, t TEXT DEFAULT 'x;y');\n-- b\nCREATE TABLE b (id INTEGER) ;\n",
	"2_b.sql": "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  INSERT INTO b VALUES (new.id);\nEND;\nINSERT INTO a (id) VALUES (1);",
	"3_c.sql": "CREATE TABLE c (id INTEGER);\n",
	"4_d.sql": "CREATE TABLE d (id INTEGER);\n",
}

// TestTurns has Atlas and us apply to one database by turns.
func TestTurns(t *testing.T) {
	x := newTaken(t, turns)
	for _, turn := range []func(*testing.T, int) error{x.ours, x.theirs, x.ours, x.theirs} {
		if err := turn(t, 1); err != nil {
			t.Fatal(err)
		}
	}
	const want = "1 a 2/2 ours\n2 b 2/2 theirs\n3 c 1/1 ours\n4 d 1/1 theirs"
	if got := x.history(t); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if err := x.theirs(t, 1); !errors.Is(err, migrate.ErrNoPendingFiles) {
		t.Errorf("theirs: %v", err)
	}
}

// TestTurnsInOneFile has one resume where the other stopped.
func TestTurnsInOneFile(t *testing.T) {
	const text = "-- atlas:txmode none\n\nCREATE TABLE a (id INTEGER); -- one\nCREATE TABLE b (\n  id INTEGER /* ; */\n)\n;\n%s;\nCREATE TABLE d (id INTEGER)"
	for _, who := range []string{"ours first", "theirs first"} {
		t.Run(who, func(t *testing.T) {
			x := newTaken(t, map[string]string{"1_a.sql": fmt.Sprintf(text, "CREATE TABLE a (id INTEGER)")})
			first, second := x.ours, x.theirs
			if who == "theirs first" {
				first, second = x.theirs, x.ours
			}
			if err := first(t, 1); err == nil || !strings.Contains(err.Error(), "table a already exists") {
				t.Fatalf("first: %v", err)
			}
			x.write(t, map[string]string{"1_a.sql": fmt.Sprintf(text, "CREATE TABLE c (id INTEGER)")})
			if err := second(t, 1); err != nil {
				t.Fatalf("second: %v", err)
			}
			if got := x.history(t); !strings.HasPrefix(got, "1 a 4/4 ") {
				t.Errorf("history: %s", got)
			}
		})
	}
}

// TestScanStatements compares the split of a file with that of Atlas, where
// Atlas is right.
func TestScanStatements(t *testing.T) {
	const text = "\n-- c\nSELECT 1 ; SELECT ';', \"--\" -- ;\n;/* x */ ;CREATE TRIGGER t AFTER INSERT ON a BEGIN\n SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END;\nEND;\n  SELECT 2 -- last\n"
	ours, err := (&driver{}).ScanStmts(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, st := range ours {
		got = append(got, st.Text)
		if !strings.HasPrefix(text[st.Pos:], st.Text) {
			t.Errorf("%q is not at %d", st.Text, st.Pos)
		}
	}
	want := []string{
		"SELECT 1 ;", "SELECT ';', \"--\" -- ;\n;",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN\n SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END;\nEND;",
		"SELECT 2 -- last",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	theirs, err := new(sqlite.Driver).ScanStmts("CREATE TABLE a (id INTEGER);\n-- b\nCREATE TABLE b (id INTEGER) ;\nSELECT 2 -- last\n")
	if err != nil {
		t.Fatal(err)
	}
	ours, _ = (&driver{}).ScanStmts("CREATE TABLE a (id INTEGER);\n-- b\nCREATE TABLE b (id INTEGER) ;\nSELECT 2 -- last\n")
	for i := range theirs {
		if theirs[i].Text != ours[i].Text || theirs[i].Pos != ours[i].Pos {
			t.Errorf("ours %v, theirs %v", ours[i], theirs[i])
		}
	}
}

func TestModes(t *testing.T) {
	for _, test := range []struct {
		text                     string
		transaction, off, ending bool
	}{
		{"SELECT 1;", true, false, false},
		{"-- atlas:txmode none\n\nBEGIN; COMMIT;", false, false, false},
		{"-- atlas:txmode none\nSELECT 1;", true, false, false}, // a comment of the statement
		{"-- atlas:txmode file\n\nROLLBACK TO s; SAVEPOINT s; RELEASE s;", true, false, false},
		{"ROLLBACK;", true, false, true},
		{"END TRANSACTION", true, false, true},
		{"PRAGMA foreign_keys = off;", true, true, false},
		{"-- x\nPRAGMA main.Foreign_Keys(0)", true, true, false},
		{"PRAGMA foreign_keys = 'no'", true, true, false},
		{"PRAGMA foreign_keys = on; PRAGMA foreign_keys; PRAGMA defer_foreign_keys = off", true, false, false},
		{"SELECT 'PRAGMA foreign_keys = off'", true, false, false},
	} {
		m := &Migration{File: File{Name: "1.sql", Text: test.text}, file: migrate.NewLocalFile("1.sql", []byte(test.text))}
		if m.InTransaction() != test.transaction || m.TurnsForeignKeysOff() != test.off || (m.CheckMode() != nil) != test.ending {
			t.Errorf("%q: %t %t %v", test.text, m.InTransaction(), m.TurnsForeignKeysOff(), m.CheckMode())
		}
	}
}

// TestUnfinished finds a migration that was applied in part behind others.
func TestUnfinished(t *testing.T) {
	x := newTaken(t, turns)
	if err := x.ours(t, 4); err != nil {
		t.Fatal(err)
	}
	if err := x.db.Exec(t.Context(), "UPDATE atlas_schema_revisions SET applied = 1, partial_hashes = '[]' WHERE version = '2'"); err != nil {
		t.Fatal(err)
	}
	directory, err := OpenDirectory(filepath.Dir(x.root), filepath.Base(x.root))
	if err != nil {
		t.Fatal(err)
	}
	pending, err := (&Executor{DB: x.db, Directory: directory}).Pending(t.Context(), "")
	if err != nil || len(pending) != 1 || pending[0].Version != "2" {
		t.Errorf("pending: %v, %v", pending, err)
	}
	if err := x.ours(t, 1); err == nil || !strings.Contains(err.Error(), "applied up to its statement 1, and not all that ran is there") {
		t.Errorf("error: %v", err)
	}
}

// TestEdited finds an edited migration also when another was put before it.
func TestEdited(t *testing.T) {
	x := newTaken(t, turns)
	if err := x.ours(t, 4); err != nil {
		t.Fatal(err)
	}
	edited := func(files map[string]string) string {
		x.write(t, files)
		directory, err := OpenDirectory(filepath.Dir(x.root), filepath.Base(x.root))
		if err != nil {
			t.Fatal(err)
		}
		history, err := Revisions(t.Context(), x.db)
		if err != nil {
			t.Fatal(err)
		}
		if m := directory.Edited(history); m != nil {
			return m.Version
		}
		return ""
	}
	for _, step := range []struct {
		files map[string]string
		want  string
	}{
		{nil, ""},
		{map[string]string{"1z.sql": "SELECT 1;"}, ""},
		{map[string]string{"3_c.sql": "-- why\n" + turns["3_c.sql"]}, "3"},
		{map[string]string{"1_a.sql": turns["1_a.sql"] + "\n"}, "1"},
	} {
		if got := edited(step.files); got != step.want {
			t.Errorf("%v: edited %q, want %q", step.files, got, step.want)
		}
	}
}
