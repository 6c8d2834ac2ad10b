package migrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// family are two tables, of which one lets the other go with it.
const family = `-- 1_family.sql --
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1, 'a'), (2, 'b');
INSERT INTO child VALUES (1, 1), (2, 2), (3, 2);
`

func TestApply(t *testing.T) {
	p := liveProject(t, family+`-- 2_index.sql --
CREATE INDEX child_parent ON child (parent);
-- 3_note.sql --
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
CREATE TRIGGER noted AFTER INSERT ON note BEGIN
  UPDATE note SET body = 'x;y' WHERE id = new.id;
END;
`)
	if got := mustApply(t, p, ApplyOptions{Amount: 1}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("the first one: %q", got)
	}
	if got := mustApply(t, p, ApplyOptions{To: "2"}); !slices.Equal(got, []string{"2"}) {
		t.Errorf("up to 2: %q", got)
	}
	if got := mustApply(t, p, ApplyOptions{To: "2"}); got != nil {
		t.Errorf("up to 2 again: %q", got)
	}
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"3"}) {
		t.Errorf("the rest: %q", got)
	}
	got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT version || ' ' || description || ' ' || type || ' ' || applied || ' ' || total || ' ' || (error = '') FROM atlas_schema_revisions")
	if want := []string{"1 family 2 4 4 1", "2 index 2 1 1 1", "3 note 2 2 2 1"}; !slices.Equal(got, want) {
		t.Errorf("history: %q, want %q", got, want)
	}
}

// TestApplyFailure checks that a migration that fails leaves the database as
// it was, and that the error names the statement.
func TestApplyFailure(t *testing.T) {
	for _, test := range []struct{ name, sql, want string }{
		{
			"constraint", "UPDATE parent SET name = 'same';\nCREATE UNIQUE INDEX one_name ON parent (name);",
			"migrations/2_wrong.sql:2:1: UNIQUE constraint failed: parent.name; there are rows that do not satisfy the constraint: correct them in a statement before this one; nothing was changed",
		},
		{
			"check", "CREATE TABLE copy (name TEXT CHECK (name <> 'b'));\n  INSERT INTO copy SELECT name FROM parent;",
			"migrations/2_wrong.sql:2:3: CHECK constraint failed: name <> 'b'; there are rows that do not satisfy the constraint: correct them in a statement before this one; nothing was changed",
		},
		{
			"syntax", "CREATE TABLE fine (id INTEGER);\nCREATE TABL wrong (id INTEGER);",
			`migrations/2_wrong.sql:2:1: near "TABL": syntax error; correct the file and run rowhouse migrate hash; nothing was changed`,
		},
		{
			"deferred", "PRAGMA defer_foreign_keys = on;\nINSERT INTO child VALUES (9, 9);",
			"migrations/2_wrong.sql: FOREIGN KEY constraint failed; there are rows that do not satisfy the constraint: correct them in a statement before this one; nothing was changed",
		},
		{
			"vacuum", "CREATE TABLE fine (id INTEGER); VACUUM;",
			`migrations/2_wrong.sql:1:33: cannot VACUUM from within a transaction; write "-- atlas:txmode none" and an empty line at the top of the file; nothing was changed`,
		},
		{
			"transaction", "BEGIN;\nCREATE TABLE fine (id INTEGER);\nSAVEPOINT s; ROLLBACK TO s;\nCOMMIT;",
			`migrations/2_wrong.sql:1:1: the migration runs in a transaction, which is not for its statements to begin or end; remove it, or write "-- atlas:txmode none" and an empty line at the top of the file
migrations/2_wrong.sql:4:1: the migration runs in a transaction, which is not for its statements to begin or end; remove it, or write "-- atlas:txmode none" and an empty line at the top of the file`,
		},
		{
			"mode", "-- atlas:txmode all\n\nSELECT 1;",
			`migrations/2_wrong.sql:1:4: unknown atlas:txmode "all"; write none or file`,
		},
		{
			"broken reference", "PRAGMA foreign_keys = off;\nDELETE FROM parent WHERE id = 2;\nPRAGMA foreign_keys = on;",
			"migrations/2_wrong.sql: after it, 2 rows of table child reference rows of table parent that are not there, 0 before; the migration has foreign keys off while it runs: make it keep what they require; nothing was changed",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := liveProject(t, family)
			mustApply(t, p, ApplyOptions{})
			before := migratetest.Dump(t, p.Root)
			migratetest.WriteMigrations(t, p.Root, "-- 2_wrong.sql --\n"+test.sql+"\n-- 3_never.sql --\nCREATE TABLE never (id INTEGER);\n")
			p = openProject(t, p.Root)
			if got := applyError(t.Context(), t, p, ApplyOptions{}); got != test.want {
				t.Errorf("error:\n%s\nwant:\n%s", got, test.want)
			}
			if after := migratetest.Dump(t, p.Root); after != before {
				t.Errorf("the database is another one:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// TestApplyFirstFailure checks that a failure leaves no table of revisions in
// a database that had none.
func TestApplyFirstFailure(t *testing.T) {
	p := liveProject(t, "-- 1_wrong.sql --\nCREATE TABLE a (id INTEGER);\nCREATE TABLE a (id INTEGER);\n")
	applyError(t.Context(), t, p, ApplyOptions{})
	if got := migratetest.Dump(t, p.Root); got != "" {
		t.Errorf("left behind:\n%s", got)
	}
}

// TestApplyRebuild applies a rebuild as Atlas writes it. In a transaction of
// any other tool, it deletes the children.
func TestApplyRebuild(t *testing.T) {
	p := liveProject(t, family+`-- 2_rebuild.sql --
-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Create "new_parent" table
CREATE TABLE `+"`new_parent` (`id` integer NULL PRIMARY KEY, `name` text NOT NULL)"+`;
INSERT INTO new_parent (id, name) SELECT id, name FROM parent;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
PRAGMA foreign_keys = on;
-- 3_after.sql --
DELETE FROM parent WHERE id = 1;
`)
	mustApply(t, p, ApplyOptions{})
	db := migratetest.Open(t, p.Root)
	// The child of 1 went with it: foreign keys are on again.
	if got := migratetest.Texts(t, db, "SELECT id FROM child"); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("children: %q", got)
	}
	migratetest.CheckIntegrity(t, db)
}

// TestApplyWithoutTransaction stops in the middle of a file, and goes on
// there after a correction.
func TestApplyWithoutTransaction(t *testing.T) {
	const file = `-- 2_wal.sql --
-- atlas:txmode none

INSERT INTO parent VALUES (3, 'c');
PRAGMA journal_mode = WAL;
INSERT INTO parent VALUES (%s, 'd');
INSERT INTO parent VALUES (5, 'e');
`
	p := liveProject(t, family+fmt.Sprintf(file, "1"))
	got := applyError(t.Context(), t, p, ApplyOptions{})
	const want = "migrations/2_wal.sql:5:1: UNIQUE constraint failed: parent.id; there are rows that do not satisfy the constraint: correct them in a statement before this one; the statements before it are applied, and the next apply goes on with it"
	if got != want {
		t.Errorf("error:\n%s\nwant:\n%s", got, want)
	}
	status := statusOf(t, p)
	if len(status.Pending) != 1 || status.Pending[0].Done != 2 || status.Pending[0].Error == "" {
		t.Errorf("status: %+v", status.Pending)
	}

	migratetest.WriteMigrations(t, p.Root, fmt.Sprintf(strings.Replace(file, "(3, 'c')", "(3, 'other')", 1), "4"))
	got = applyError(t.Context(), t, openProject(t, p.Root), ApplyOptions{})
	const edited = "migrations/2_wal.sql:3:1: the statement was applied, and has been edited since; restore it: the rest of the file is what may change"
	if got != edited {
		t.Errorf("error:\n%s\nwant:\n%s", got, edited)
	}

	migratetest.WriteMigrations(t, p.Root, fmt.Sprintf(file, "4")+"INSERT INTO parent VALUES (6, 'f');\n-- 3_more.sql --\nCREATE TABLE more (id INTEGER);\n")
	p = openProject(t, p.Root)
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("resumed: %q", got)
	}
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT group_concat(name, '') FROM parent"); got[0] != "abcdef" {
		t.Errorf("parents: %q", got)
	}
	if status := statusOf(t, p); status.Wrong() || len(status.Pending) > 0 {
		t.Errorf("status: %+v", status)
	}
}

// TestApplyAtOnce has eight apply the same files to one database: each file is
// applied by one of them.
func TestApplyAtOnce(t *testing.T) {
	archive := family
	for i := 2; i <= 9; i++ {
		archive += fmt.Sprintf("-- %d_step.sql --\nINSERT INTO parent (name) VALUES ('%d');\n", i, i)
	}
	archive = strings.Replace(archive, "-- 5_step.sql --\n", "-- 5_step.sql --\n-- atlas:txmode none\n\nPRAGMA journal_mode = WAL;\n", 1)
	p := liveProject(t, archive)
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		applied []string
	)
	for range 8 {
		own := openProject(t, p.Root)
		group.Go(func() {
			done, err := own.Apply(t.Context(), own.Env.URL, ApplyOptions{})
			mu.Lock()
			defer mu.Unlock()
			applied = append(applied, versions(done)...)
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	slices.Sort(applied)
	if got := strings.Join(applied, ""); got != "123456789" {
		t.Errorf("applied: %s", got)
	}
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT group_concat(name, '') FROM parent"); got[0] != "ab23456789" {
		t.Errorf("parents: %q", got)
	}
}

// TestApplyLocked waits for someone else's lock, no longer than it was told,
// and no longer than its context.
func TestApplyLocked(t *testing.T) {
	p := liveProject(t, family)
	holder := migratetest.Open(t, p.Root)
	if err := holder.Exec(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	_, err := p.Apply(t.Context(), p.Env.URL, ApplyOptions{LockTimeout: 200 * time.Millisecond})
	var locked *LockError
	if !errors.As(err, &locked) || !strings.Contains(err.Error(), "--lock-timeout") {
		t.Errorf("error: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	got := applyError(ctx, t, p, ApplyOptions{})
	if want := "migrations/1_family.sql: stopped: context deadline exceeded; nothing was changed"; got != want || time.Since(start) > 5*time.Second {
		t.Errorf("after %v: %s", time.Since(start), got)
	}
	time.AfterFunc(300*time.Millisecond, func() { _ = holder.Exec(context.Background(), "ROLLBACK") })
	if got := mustApply(t, p, ApplyOptions{}); len(got) != 1 {
		t.Errorf("applied: %q", got)
	}
}

// TestApplyStopped ends the context during a long statement.
func TestApplyStopped(t *testing.T) {
	p := liveProject(t, family+`-- 2_long.sql --
INSERT INTO parent (name) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 100000000;
`)
	mustApply(t, p, ApplyOptions{Amount: 1})
	before := migratetest.Dump(t, p.Root)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []string
	got := applyError(ctx, t, p, ApplyOptions{SkipDriftCheck: true, Progress: func(table string, rows int) {
		seen = append(seen, fmt.Sprint(table, rows))
		cancel()
	}})
	if want := "migrations/2_long.sql: stopped: context canceled; nothing was changed"; got != want {
		t.Errorf("error: %s", got)
	}
	if len(seen) == 0 || seen[0] != "parent10000" {
		t.Errorf("progress: %q", seen)
	}
	if after := migratetest.Dump(t, p.Root); after != before {
		t.Errorf("the database is another one:\n%s", after)
	}
}

// times are those in errors.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// TestApplyHistory refuses what does not fit the database.
func TestApplyHistory(t *testing.T) {
	const second = "-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\n"
	const third = "-- 3_third.sql --\nCREATE TABLE third (id INTEGER);\n"
	for _, test := range []struct {
		name    string
		change  func(t *testing.T, p *Project)
		options ApplyOptions
		want    string // the error; "" for none
	}{
		{
			"edited", func(t *testing.T, p *Project) {
				migratetest.WriteMigrations(t, p.Root, strings.Replace(family, "'b'", "'z'", 1)+third)
			}, ApplyOptions{}, "migrations/1_family.sql: the migration was edited after it was applied on TIME; restore it as it was, and put the change into a new migration; --skip-drift-check goes on all the same",
		},
		{
			"edited, skipped", func(t *testing.T, p *Project) {
				migratetest.WriteMigrations(t, p.Root, strings.Replace(family, "'b'", "'z'", 1)+third)
			}, ApplyOptions{SkipDriftCheck: true}, "",
		},
		{
			"not hashed", func(t *testing.T, p *Project) {
				migratetest.WriteFile(t, filepath.Join(p.Root, "migrations/3_third.sql"), "CREATE TABLE third (id INTEGER);\n")
			}, ApplyOptions{}, "migrations/atlas.sum:4: migrations/3_third.sql was added since the checksums were written; if that is right, run rowhouse migrate hash",
		},
		{
			"drift", func(t *testing.T, p *Project) {
				migratetest.Exec(t, p.Root, "ALTER TABLE parent ADD COLUMN extra TEXT", "CREATE INDEX parent_name ON parent (name)", "DROP TABLE second")
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{}, `the database is not what its migrations made it:
  table second is not there: CREATE TABLE second (id INTEGER)
  column parent.extra should not be there: TEXT
  index parent_name should not be there: CREATE INDEX parent_name ON parent (name)
undo these changes in the database, or bring them into migrations; --skip-drift-check goes on all the same`,
		},
		{
			"drift, skipped", func(t *testing.T, p *Project) {
				migratetest.Exec(t, p.Root, "DROP TABLE second")
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{SkipDriftCheck: true}, "",
		},
		{
			"foreign table", func(t *testing.T, p *Project) {
				migratetest.Exec(t, p.Root, "CREATE TABLE other (id INTEGER)")
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{}, `the database is not what its migrations made it:
  table other should not be there: CREATE TABLE other (id INTEGER)
undo these changes in the database, or bring them into migrations; --skip-drift-check goes on all the same`,
		},
		{
			"foreign table, allowed", func(t *testing.T, p *Project) {
				migratetest.Exec(t, p.Root, "CREATE TABLE other (id INTEGER)", "CREATE TRIGGER o AFTER INSERT ON other BEGIN SELECT 1; END")
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{AllowDirty: true}, "",
		},
		{
			"tables of tools", func(t *testing.T, p *Project) {
				migratetest.Exec(t, p.Root, "CREATE TABLE d1_migrations (id INTEGER)", "CREATE TABLE _cf_KV (k TEXT)", "CREATE TABLE goose_db_version (id INTEGER)", "ANALYZE")
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{}, "",
		},
		{
			"out of order", func(t *testing.T, p *Project) {
				migratetest.WriteMigrations(t, p.Root, "-- 1a_between.sql --\nCREATE TABLE third (id INTEGER);\n")
			}, ApplyOptions{}, "migrations/1a_between.sql: the migration was added behind ones that are applied already; give it a later version and run rowhouse migrate hash, or apply it all the same with --exec-order non-linear",
		},
		{
			"non-linear", func(t *testing.T, p *Project) {
				migratetest.WriteMigrations(t, p.Root, "-- 1a_between.sql --\nCREATE TABLE third (id INTEGER);\n")
			}, ApplyOptions{Order: atlas.NonLinear}, "",
		},
		{
			"gone", func(t *testing.T, p *Project) {
				if err := os.Remove(filepath.Join(p.Root, "migrations/2_second.sql")); err != nil {
					t.Fatal(err)
				}
				migratetest.WriteMigrations(t, p.Root, third)
			}, ApplyOptions{}, "migrations: migration 2_second.sql is applied, and its file is gone; restore it",
		},
		{
			"gone behind a checkpoint", func(t *testing.T, p *Project) {
				if err := os.Remove(filepath.Join(p.Root, "migrations/1_family.sql")); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(filepath.Join(p.Root, "migrations/2_second.sql")); err != nil {
					t.Fatal(err)
				}
				migratetest.WriteMigrations(t, p.Root, "-- 2a_checkpoint.sql --\n-- atlas:checkpoint\n\n"+strings.Join(strings.Split(family, "\n")[1:3], "\n")+"\nCREATE TABLE second (id INTEGER);\n"+third)
			}, ApplyOptions{}, "",
		},
		{
			"unknown version", func(*testing.T, *Project) {}, ApplyOptions{To: "22"}, `there is no migration 22; did you mean "2"?`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := liveProject(t, family+second)
			mustApply(t, p, ApplyOptions{})
			test.change(t, p)
			p = openProject(t, p.Root)
			before := migratetest.Dump(t, p.Root)
			if test.options.Order == "" {
				test.options.Order = atlas.Linear
			}
			_, pendingErr := p.Pending(t.Context(), p.Env.URL, test.options)
			if test.want == "" {
				if pendingErr != nil {
					t.Errorf("dry run: %v", pendingErr)
				}
				if got := mustApply(t, p, test.options); len(got) != 1 {
					t.Errorf("applied: %q", got)
				}
				return
			}
			got := times.ReplaceAllString(applyError(t.Context(), t, p, test.options), "TIME")
			if got != test.want {
				t.Errorf("error:\n%s\nwant:\n%s", got, test.want)
			}
			if pendingErr == nil || times.ReplaceAllString(pendingErr.Error(), "TIME") != test.want {
				t.Errorf("dry run: %v", pendingErr)
			}
			if after := migratetest.Dump(t, p.Root); after != before {
				t.Errorf("the database is another one:\n%s", after)
			}
		})
	}
}

// TestApplyBaseline starts with a database that was there before.
func TestApplyBaseline(t *testing.T) {
	archive := family + "-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\n"
	tables := strings.Split(archive, "\n")[1:3]
	p := liveProject(t, archive)
	migratetest.Exec(t, p.Root, tables...)
	got := applyError(t.Context(), t, p, ApplyOptions{})
	const want = `no migration is applied to the database, and it is not empty: it has a table "parent"; say with --baseline VERSION which migration the database is at, or apply all of them beside what is there with --allow-dirty`
	if got != want {
		t.Errorf("error:\n%s\nwant:\n%s", got, want)
	}
	if got := applyError(t.Context(), t, p, ApplyOptions{Baseline: "2"}); !strings.Contains(got, "table second is not there") {
		t.Errorf("a baseline that is not true: %s", got)
	}
	pending, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{Baseline: "1"})
	if err != nil || len(pending) != 1 || pending[0].Version != "2" {
		t.Errorf("dry run: %v %v", pending, err)
	}
	if got := mustApply(t, p, ApplyOptions{Baseline: "1"}); !slices.Equal(got, []string{"2"}) {
		t.Errorf("applied: %q", got)
	}
	if status := statusOf(t, p); status.Baseline != "1" || status.Current != "2" || status.Wrong() {
		t.Errorf("status: %+v", status)
	}
}

// TestApplyConfiguredBaseline: the baseline of atlas.hcl is for databases that
// were there before. To a new one, all migrations are applied.
func TestApplyConfiguredBaseline(t *testing.T) {
	archive := family + "-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\n"
	p := liveProject(t, archive)
	migratetest.WriteFile(t, filepath.Join(p.Root, "atlas.hcl"), strings.Replace(migratetest.Config, `dir = "file://migrations"`, "\n    dir = \"file://migrations\"\n    baseline = \"1\"\n", 1))
	p = openProject(t, p.Root)
	pending, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{})
	if err != nil || len(pending) != 2 {
		t.Errorf("dry run: %v %v", pending, err)
	}
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("applied to a new database: %q", got)
	}
	if status := statusOf(t, p); status.Baseline != "" || len(status.Pending) > 0 {
		t.Errorf("status: %+v", status)
	}
	if err := os.Remove(filepath.Join(p.Root, "app.db")); err != nil {
		t.Fatal(err)
	}
	migratetest.Exec(t, p.Root, strings.Split(archive, "\n")[1:3]...)
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"2"}) {
		t.Errorf("applied to one that was there before: %q", got)
	}
	if status := statusOf(t, p); status.Baseline != "1" {
		t.Errorf("status: %+v", status)
	}
}

// TestApplyEarly: a migration that is older than all applied ones is behind
// them.
func TestApplyEarly(t *testing.T) {
	p := liveProject(t, "-- 20240101_a.sql --\nCREATE TABLE a (id);\n-- 20240301_b.sql --\nCREATE TABLE b (id);\n")
	mustApply(t, p, ApplyOptions{Order: atlas.Linear})
	migratetest.WriteMigrations(t, p.Root, "-- 20230101_x.sql --\nCREATE TABLE x (id);\n")
	p = openProject(t, p.Root)
	const behind = "migrations/20230101_x.sql: the migration was added behind ones that are applied already"
	if got := applyError(t.Context(), t, p, ApplyOptions{Order: atlas.Linear}); !strings.HasPrefix(got, behind) {
		t.Errorf("linear: %s", got)
	}
	if status := statusOf(t, p); len(status.OutOfOrder) != 1 || status.OutOfOrder[0].Version != "20230101" || !status.Wrong() {
		t.Errorf("status: %+v", status)
	}
	if got := mustApply(t, p, ApplyOptions{Order: atlas.LinearSkip}); len(got) > 0 {
		t.Errorf("linear-skip: %q", got)
	}
	if got := mustApply(t, p, ApplyOptions{Order: atlas.NonLinear}); !slices.Equal(got, []string{"20230101"}) {
		t.Errorf("non-linear: %q", got)
	}
	if status := statusOf(t, p); status.Wrong() || len(status.Pending) > 0 {
		t.Errorf("status: %+v", status)
	}
}

// TestApplyBeforeBaseline: what is older than a baseline counts as applied.
func TestApplyBeforeBaseline(t *testing.T) {
	p := liveProject(t, "-- 2_a.sql --\nCREATE TABLE a (id);\n")
	migratetest.Exec(t, p.Root, "CREATE TABLE a (id)")
	mustApply(t, p, ApplyOptions{Baseline: "2"})
	migratetest.WriteMigrations(t, p.Root, "-- 1_x.sql --\nSELECT 1;\n")
	p = openProject(t, p.Root)
	if got := mustApply(t, p, ApplyOptions{Order: atlas.Linear}); len(got) > 0 {
		t.Errorf("applied: %q", got)
	}
}

// TestApplyWrongTwice: a position is said once.
func TestApplyWrongTwice(t *testing.T) {
	p := liveProject(t, "-- 1_a.sql --\nCREATE TABLE a (id INTEGER PRIMARY KEY, b INT);\nINSERT INTO a SELECT 1, c FROM a;\n")
	got := applyError(t.Context(), t, p, ApplyOptions{})
	if strings.Count(got, "1_a.sql") != 1 || !strings.HasPrefix(got, "migrations/1_a.sql:2:") {
		t.Errorf("error %s", got)
	}
}

// TestApplyCheckpoint starts a new database at the last checkpoint, but for
// one that is to stop before.
func TestApplyCheckpoint(t *testing.T) {
	const archive = `-- 1_a.sql --
CREATE TABLE a (id INTEGER);
-- 2_b.sql --
CREATE TABLE b (id INTEGER);
-- 3_checkpoint.sql --
-- atlas:checkpoint

CREATE TABLE a (id INTEGER);
CREATE TABLE b (id INTEGER);
-- 4_c.sql --
CREATE TABLE c (id INTEGER);
`
	p := liveProject(t, archive)
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"3", "4"}) {
		t.Errorf("applied: %q", got)
	}
	p = liveProject(t, archive)
	if got := mustApply(t, p, ApplyOptions{To: "1"}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("up to 1: %q", got)
	}
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"2", "4"}) {
		t.Errorf("from 1: %q", got)
	}
}

// TestPendingChangesNothing looks at a database that is not there.
func TestPendingChangesNothing(t *testing.T) {
	p := liveProject(t, family)
	pending, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{})
	if err != nil || len(pending) != 1 {
		t.Errorf("pending: %v, %v", pending, err)
	}
	if _, err := os.Stat(filepath.Join(p.Root, "app.db")); !os.IsNotExist(err) {
		t.Errorf("the file: %v", err)
	}
	var missing *database.URLError
	if _, err := p.Apply(t.Context(), "sqlite://nowhere/app.db", ApplyOptions{}); !errors.As(err, &missing) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := p.Down(t.Context(), p.Env.URL, DownOptions{}); !errors.As(err, &missing) {
		t.Errorf("down without a database: %v", err)
	}
}

// TestStatus looks at a history in which everything is wrong.
func TestStatus(t *testing.T) {
	p := liveProject(t, family+"-- 2_second.sql --\nCREATE TABLE second (id INTEGER);\n-- 3_third.sql --\nCREATE TABLE third (id INTEGER);\n")
	if status := statusOf(t, p); status.Current != "" || len(status.Pending) != 3 || status.Wrong() {
		t.Errorf("before: %+v", status)
	}
	mustApply(t, p, ApplyOptions{})
	if status := statusOf(t, p); status.Current != "3" || len(status.Applied) != 3 || len(status.Pending) != 0 || status.Wrong() {
		t.Errorf("after: %+v", status)
	}
	if err := os.Remove(filepath.Join(p.Root, "migrations/3_third.sql")); err != nil {
		t.Fatal(err)
	}
	migratetest.WriteMigrations(t, p.Root, strings.Replace(family, "'b'", "'z'", 1)+"-- 1a_between.sql --\nSELECT 1;\n-- 4_new.sql --\nSELECT 1;\nSELECT 2;\n")
	status := statusOf(t, openProject(t, p.Root))
	for _, list := range []struct {
		files []FileStatus
		want  string
	}{
		{status.Pending, "1a 4"},
		{status.OutOfOrder, "1a"},
		{status.Edited, "1"},
		{status.Missing, "3"},
		{status.Applied, "1 2 3"},
	} {
		var got []string
		for _, file := range list.files {
			got = append(got, file.Version)
		}
		if strings.Join(got, " ") != list.want {
			t.Errorf("got %q, want %q", got, list.want)
		}
	}
}

func statusOf(t *testing.T, p *Project) *Status {
	t.Helper()
	status, err := p.Status(t.Context(), p.Env.URL)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// TestUnchecked compares the kinds of error that commands tell apart.
func TestUnchecked(t *testing.T) {
	p := liveProject(t, family)
	_, err := p.Apply(t.Context(), "postgres://localhost/app", ApplyOptions{})
	var url *database.URLError
	if !errors.As(err, &url) {
		t.Errorf("another database: %v", err)
	}
	migratetest.WriteFile(t, filepath.Join(p.Root, "migrations/2_b.sql"), "SELECT 1;")
	_, err = openProject(t, p.Root).Status(t.Context(), p.Env.URL)
	var problems model.Problems
	if !errors.As(err, &problems) {
		t.Errorf("checksums: %v", err)
	}
}

// TestExcluded leaves alone what atlas.hcl leaves to others, also where a
// migration is undone that rebuilds what theirs references.
func TestExcluded(t *testing.T) {
	p := liveProject(t, family+`-- 2_strict.sql --
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''));
INSERT INTO new_parent SELECT id, name FROM parent;
CREATE TABLE new_child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES new_parent (id) ON DELETE CASCADE);
INSERT INTO new_child SELECT id, parent FROM child;
DROP TABLE child;
DROP TABLE parent;
ALTER TABLE new_parent RENAME TO parent;
ALTER TABLE new_child RENAME TO child;
`)
	migratetest.WriteFile(t, filepath.Join(p.Root, "atlas.hcl"), strings.Replace(migratetest.Config, "src =", "exclude = [\"other_*\"]\n  src =", 1))
	p = openProject(t, p.Root)
	migratetest.Exec(t, p.Root, "CREATE TABLE other_one (id INTEGER)")
	mustApply(t, p, ApplyOptions{})
	migratetest.Exec(t, p.Root, "CREATE TABLE other_two (id INTEGER REFERENCES parent (id) ON DELETE CASCADE)", "INSERT INTO other_two VALUES (1), (2)")
	mustDown(t, p, DownOptions{}, "2")
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT count(*) FROM other_two"); got[0] != "2" {
		t.Errorf("rows of others: %q", got)
	}
}
