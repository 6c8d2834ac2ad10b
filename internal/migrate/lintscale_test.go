package migrate

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

// rebuiltTables is a project whose last migration rebuilds many tables.
func rebuiltTables(tb testing.TB, n int) *Project {
	tb.Helper()
	before := manyTables(n)
	after := strings.ReplaceAll(before, "price INTEGER NOT NULL DEFAULT 0", "price INTEGER NOT NULL DEFAULT 1")
	after = strings.ReplaceAll(after, "COLLATE NOCASE", "COLLATE RTRIM")
	var states []*State
	for _, text := range []string{before, after} {
		state, err := Replay(tb.Context(), []atlas.File{{Name: "schema.sql", Text: text}})
		if err != nil {
			tb.Fatal(err)
		}
		defer state.Close()
		states = append(states, state)
	}
	plan, err := NewPlan(tb.Context(), states[0], states[1], Renames{})
	if err != nil {
		tb.Fatal(err)
	}
	return lintProject(tb, []txtar.File{
		{Name: "migrations/1_before.sql", Data: []byte(before)},
		{Name: "migrations/2_after.sql", Data: []byte(plan.SQL())},
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
		state, err := Replay(b.Context(), p.Directory.Files())
		if err == nil {
			state.Close()
		}
		return err
	})
	run("lint", func() error {
		_, err := p.Lint(b.Context(), LintOptions{Latest: 1})
		return err
	})
	run("export", func() error {
		_, err := p.Export(b.Context(), Goose)
		return err
	})
}
