package migrate

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"github.com/rowhouse/rowhouse/internal/database"
)

// The variables that make a process of this test do something else.
const (
	applyIn = "ROWHOUSE_TEST_APPLY" // apply the migrations of the project in this folder
	lockIn  = "ROWHOUSE_TEST_LOCK"  // hold the lock of its database
)

// TestProcess is what other processes of this test run.
func TestProcess(t *testing.T) {
	if root := os.Getenv(lockIn); root != "" {
		db := migratetest.Open(t, root)
		err := exclusively(t.Context(), db, time.Minute, func() error {
			_, _ = os.Stdout.WriteString("ready\n")
			select {}
		})
		t.Fatal(err)
	}
	root := os.Getenv(applyIn)
	if root == "" {
		t.Skip("for other processes")
	}
	p := openProject(t, root)
	_, _ = os.Stdout.WriteString("ready\n")
	if _, err := p.Apply(t.Context(), p.Env.URL, ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	status, _ := os.ReadFile("/proc/self/status") // of Linux
	_, _ = os.Stdout.Write(status)
}

// start starts a process of this test, and returns when it is ready.
func start(t *testing.T, variable, root string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), variable+"="+root)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Error(err)
		return cmd
	}
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "ready"; {
	}
	return cmd
}

// TestApplyProcesses has two processes apply to one database.
func TestApplyProcesses(t *testing.T) {
	p := liveProject(t, killMigrations(2000))
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if err := start(t, applyIn, p.Root).Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := mustApply(t, p, ApplyOptions{}); got != nil {
		t.Errorf("still pending: %q", got)
	}
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT count(*) FROM product"); got[0] != "2000" {
		t.Errorf("products: %q", got)
	}
}

// TestApplyAfterKill kills the process that holds the lock: whoever waits for
// it goes on at once.
func TestApplyAfterKill(t *testing.T) {
	p := liveProject(t, family)
	cmd := start(t, lockIn, p.Root)
	time.AfterFunc(300*time.Millisecond, func() { _ = cmd.Process.Kill() })
	begun := time.Now()
	if got := mustApply(t, p, ApplyOptions{}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("applied: %q", got)
	}
	if took := time.Since(begun); took < 200*time.Millisecond || took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	_ = cmd.Wait() // killed
}

// killMigrations make some rows, copy them in every way there is, and change
// them all.
func killMigrations(rows int) string {
	return fmt.Sprintf(`-- 1_tables.sql --
CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE product (id INTEGER PRIMARY KEY, maker_id INTEGER NOT NULL REFERENCES maker (id) ON DELETE CASCADE, name TEXT, price INTEGER);
INSERT INTO maker WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, 'maker ' || i FROM n;
INSERT INTO product WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i, 1 + i %% 100, 'product ' || i, i * 7 FROM n;
-- 2_price.sql --
ALTER TABLE product ADD COLUMN cents INTEGER NOT NULL DEFAULT 0;
UPDATE product SET cents = price * 100;
-- 3_maker.sql --
PRAGMA foreign_keys = off;
CREATE TABLE new_maker (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''));
INSERT INTO new_maker (id, name) SELECT id, name FROM maker;
DROP TABLE maker;
ALTER TABLE new_maker RENAME TO maker;
PRAGMA foreign_keys = on;
-- 4_closure.sql --
CREATE TABLE new_maker (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT);
CREATE TABLE new_product (id INTEGER PRIMARY KEY, maker_id INTEGER NOT NULL REFERENCES new_maker (id) ON DELETE CASCADE, name TEXT NOT NULL, cents INTEGER);
INSERT INTO new_maker (id, name) SELECT id, name FROM maker;
INSERT INTO new_product (id, maker_id, name, cents) SELECT id, maker_id, name, cents FROM product;
DROP TABLE product;
DROP TABLE maker;
ALTER TABLE new_maker RENAME TO maker;
ALTER TABLE new_product RENAME TO product;
-- 5_index.sql --
CREATE INDEX product_name ON product (maker_id, name);
`, rows)
}

// TestKill kills 200 processes while they apply migrations, at any moment. Each
// migration must be there in full or not at all, and a second run must finish
// the rest.
func TestKill(t *testing.T) {
	kills := int64(100)
	if testing.Short() {
		kills = 10
	}
	for _, journal := range []string{"DELETE", "WAL"} {
		t.Run(journal, func(t *testing.T) {
			k := newKilling(t, journal)
			var group sync.WaitGroup
			for worker := range uint64(2) {
				random := rand.New(rand.NewPCG(1, worker))
				group.Go(func() {
					for k.killed.Load() < kills && !t.Failed() {
						k.once(t, time.Duration(random.Int64N(int64(k.takes))))
					}
				})
			}
			group.Wait()
			t.Logf("how often each state was found: %v", k.left())
		})
	}
}

// killing is a project whose migrations are killed, and the states in which
// it may be found then.
type killing struct {
	template string        // folder of the project, with the first migration applied
	states   []string      // dumps after 1, 2, … migrations
	takes    time.Duration // for a process to apply the rest
	copies   atomic.Int64  // of the template
	killed   atomic.Int64  // processes
	found    [10]atomic.Int64
}

func newKilling(t *testing.T, journal string) *killing {
	t.Helper()
	const rows = 20_000
	p := liveProject(t, killMigrations(rows))
	migratetest.Exec(t, p.Root, "PRAGMA journal_mode = "+journal)
	mustApply(t, p, ApplyOptions{Amount: 1})
	k := &killing{template: p.Root, states: []string{migratetest.Dump(t, p.Root)}}

	whole := k.copy(t)
	for range len(p.Directory.Migrations) - 1 {
		mustApply(t, whole, ApplyOptions{Amount: 1})
		k.states = append(k.states, migratetest.Dump(t, whole.Root))
	}
	cmd := start(t, applyIn, k.copy(t).Root)
	begun := time.Now()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	k.takes = time.Since(begun)
	return k
}

// copy copies the template to a folder of its own.
func (k *killing) copy(t *testing.T) *Project {
	t.Helper()
	root := filepath.Join(filepath.Dir(k.template), fmt.Sprint("copy", k.copies.Add(1)))
	if err := os.CopyFS(root, os.DirFS(k.template)); err != nil {
		t.Error(err)
	}
	return openProject(t, root)
}

// once kills a process after a while, looks at what it left, and finishes it.
func (k *killing) once(t *testing.T, delay time.Duration) {
	p := k.copy(t)
	defer func() { _ = os.RemoveAll(p.Root) }()
	cmd := start(t, applyIn, p.Root)
	time.Sleep(delay)
	_ = cmd.Process.Kill() // it may have ended
	if cmd.Wait() != nil {
		k.killed.Add(1)
	}

	db, err := database.Open(t.Context(), p.Root, p.Env.URL, false)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = db.Close() }()
	migratetest.CheckIntegrity(t, db)
	state := slices.Index(k.states, migratetest.DumpDatabase(t, db))
	if state < 0 {
		t.Errorf("killed after %v, the database is in no state that it should be in", delay)
		return
	}
	k.found[state].Add(1)
	applied, err := p.Apply(t.Context(), p.Env.URL, ApplyOptions{})
	if err != nil || len(applied) != len(k.states)-1-state {
		t.Errorf("killed after %v, the rest: %q, %v", delay, versions(applied), err)
	}
	if migratetest.DumpDatabase(t, db) != k.states[len(k.states)-1] {
		t.Errorf("killed after %v, the rest leads to another state", delay)
	}
	migratetest.CheckIntegrity(t, db)
}

// left returns how often each state was found.
func (k *killing) left() []int64 {
	var counts []int64
	for i := range k.states {
		counts = append(counts, k.found[i].Load())
	}
	return counts
}
