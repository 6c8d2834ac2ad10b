package lint

import (
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/export"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
)

// rebuiltTables is a project whose last migration rebuilds many tables.
func rebuiltTables(tb testing.TB, n int) *migrate.Project {
	tb.Helper()
	before := migratetest.ManyTables(n)
	after := strings.ReplaceAll(before, "price INTEGER NOT NULL DEFAULT 0", "price INTEGER NOT NULL DEFAULT 1")
	after = strings.ReplaceAll(after, "COLLATE NOCASE", "COLLATE RTRIM")
	rebuild := planned(tb, before, after)
	return lintProject(tb, []txtar.File{
		{Name: "migrations/1_before.sql", Data: []byte(before)},
		{Name: "migrations/2_after.sql", Data: []byte(rebuild.SQL())},
	})
}

// BenchmarkRebuilds compares what lint and export take with what SQLite takes
// to run the same migration.
func BenchmarkRebuilds(b *testing.B) {
	p := rebuiltTables(b, 500)
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("replay", func() error {
		state, err := plan.Replay(b.Context(), p.Directory.Files())
		if err == nil {
			state.Close()
		}
		return err
	})
	run("lint", func() error {
		_, err := Run(b.Context(), p, Options{Latest: 1})
		return err
	})
	run("export", func() error {
		_, err := export.Files(b.Context(), p, export.Goose)
		return err
	})
}
