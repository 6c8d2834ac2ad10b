package migrate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
)

// changed makes a few changes to manyTables: a new column, another index, and
// a collation that takes a rebuild of a whole family.
func changed(schema string) string {
	return strings.NewReplacer(
		"CREATE TABLE t5 (", "CREATE TABLE t5 (\n  note TEXT,",
		"CREATE INDEX t17_organization_id", "CREATE INDEX t17_tenant",
		"CREATE TABLE t20 (", "CREATE TABLE t20 (\n  slug TEXT COLLATE RTRIM UNIQUE,",
	).Replace(schema)
}

// BenchmarkDiff1000 plans and verifies a migration of 1,000 tables: both
// replays, the plan, and its trial with rows. Once with what the migrations
// make replayed, once with it from the cache.
func BenchmarkDiff1000(b *testing.B) {
	const tables = 1000
	for _, cached := range []bool{false, true} {
		b.Run(fmt.Sprintf("cached=%v", cached), func(b *testing.B) {
			b.Setenv("XDG_CACHE_HOME", b.TempDir())
			root := b.TempDir()
			schema := migratetest.ManyTables(tables)
			migratetest.WriteFile(b, filepath.Join(root, "atlas.hcl"), migratetest.Config)
			migratetest.WriteFile(b, filepath.Join(root, "schema", "schema.sql"), schema)
			p := openProject(b, root)
			diff, err := p.Diff(b.Context(), DiffOptions{Name: "first", Now: time.Now()})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.Write(diff); err != nil {
				b.Fatal(err)
			}
			migratetest.WriteFile(b, filepath.Join(root, "schema", "schema.sql"), changed(schema))
			second := func() {
				if _, err := p.Diff(b.Context(), DiffOptions{Name: "second", Now: time.Now()}); err != nil {
					b.Fatal(err)
				}
			}
			if cached {
				second()
			}
			before := cpu(b)
			for b.Loop() {
				if !cached {
					b.Setenv("XDG_CACHE_HOME", b.TempDir())
				}
				second()
			}
			b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// cpu returns the processor time that this process has used.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// maxResident is what a process that applies a migration may need, whatever
// the number of rows: program and caches.
const maxResident = 64 << 10 // KB

// TestMillionRows rebuilds a table of a million rows and the million that
// reference it, in another process, and looks at what that one needed.
func TestMillionRows(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some 300 MB")
	}
	before := "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);\n" +
		"CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p (id) ON DELETE CASCADE, weight REAL);\n"
	after := strings.Replace(before, "name TEXT NOT NULL", "name TEXT NOT NULL COLLATE NOCASE", 1)
	p := liveProject(t, "-- 1_first.sql --\n"+before)
	mustDiff(t, p, after)
	mustApply(t, p, ApplyOptions{Amount: 1})
	migratetest.Exec(t, p.Root,
		"WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i <= 1000000) INSERT INTO p SELECT i, 'row ' || i FROM n",
		"INSERT INTO c SELECT id, id, id * 0.5 FROM p",
		"DELETE FROM c WHERE id = 1000001", "DELETE FROM p WHERE id = 1000001")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), applyIn+"="+p.Root)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if resident := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out); resident != nil {
		t.Logf("the process needed %s KB", resident[1])
		if kb, err := strconv.Atoi(string(resident[1])); err != nil || kb > maxResident {
			t.Errorf("that is more than %d KB", maxResident)
		}
	}
	db := migratetest.Open(t, p.Root)
	got := migratetest.Texts(t, db, `
		SELECT count(*) || ' ' || sum(id) || ' ' || min(name) || ' ' || max(length(name)) FROM p
		UNION ALL SELECT count(*) || ' ' || sum(p) || ' ' || sum(weight) FROM c
		UNION ALL SELECT seq FROM sqlite_sequence WHERE name = 'p'
		UNION ALL SELECT count(*) FROM pragma_foreign_key_check`)
	want := []string{"1000000 500000500000 row 1 11", "1000000 500000500000 250000250000.0", "1000001", "0"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	migratetest.CheckIntegrity(t, db)
}
