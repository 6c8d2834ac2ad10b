package gen_test

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// benchmarkRows is how many products the organization has.
const benchmarkRows = 1_000_000

// BenchmarkExport exports an organization of a million rows. peak-MB is the
// most memory that the process held meanwhile (RSS), base-MB what it held before:
// the difference does not grow with the rows.
func BenchmarkExport(b *testing.B) {
	sys := newCrowd(b)
	measured(b, func() {
		report, err := sys.ExportOrganization(b.Context(), "big", io.Discard)
		if err != nil || report.Total() < benchmarkRows {
			b.Fatalf("export = %+v, %v", report, err)
		}
	})
}

// BenchmarkImport imports it into an empty database, with the same ids and with new ones.
func BenchmarkImport(b *testing.B) {
	sys := newCrowd(b)
	name := filepath.Join(b.TempDir(), "archive")
	file := must(os.Create(name))
	must(sys.ExportOrganization(b.Context(), "big", file))
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		options []gen.ImportOption
	}{
		{"same ids", nil},
		{"new ids", []gen.ImportOption{gen.NewIDs()}},
	} {
		b.Run(c.name, func(b *testing.B) {
			measured(b, func() {
				b.StopTimer()
				there, _ := newEmpty(b)
				b.StartTimer()
				archive := must(os.Open(name))
				must(there.ImportOrganization(b.Context(), archive, c.options...))
				_ = archive.Close()
			})
		})
	}
}

// newCrowd returns System of a database with an organization of many rows.
func newCrowd(b *testing.B) *gen.System {
	b.Helper()
	sys, db := newEmpty(b)
	for _, statement := range []string{
		`INSERT INTO organization (id, name, slug, created_at) VALUES ('big', 'Big', 'big', 0)`,
		fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO product (id, organization_id, name, description, sku, price, created_at, updated_at)
			SELECT lower(hex(randomblob(16))), 'big', 'Product ' || i, 'A description of some length, of product ' || i, 'sku-' || i, i, i, i FROM n`, benchmarkRows),
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	return sys
}

// newEmpty returns System of an empty database, whose journal takes no memory.
func newEmpty(b *testing.B) (*gen.System, *sql.DB) {
	b.Helper()
	db, err := newDatabase(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), "PRAGMA journal_mode = delete"); err != nil {
		b.Fatal(err)
	}
	store, err := gen.Open(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return store.System("benchmark"), db
}

// measured runs a benchmark and reports rows per second and, where the system
// tells, memory.
func measured(b *testing.B, f func()) {
	b.Helper()
	base := memory("VmRSS")
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // starts VmHWM anew
	for b.Loop() {
		f()
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	if peak := memory("VmHWM"); peak > 0 {
		b.ReportMetric(base, "base-MB")
		b.ReportMetric(peak, "peak-MB")
	}
}

// memory returns a figure of the process in megabytes; 0 where the system
// does not tell.
func memory(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kilobytes / 1024
		}
	}
	return 0
}
