package lint

import (
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/report"
)

var updateLint = flag.Bool("update", false, "write the expectations in testdata anew")

// TestLint lints the projects of testdata, and compares what is found
// with their section "want".
func TestLint(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := &archive.Files[len(archive.Files)-1]
			findings := lint(t, archive.Files[:len(archive.Files)-1], Options{})
			for _, f := range findings {
				seen[f.Rule.Code] = true
			}
			var got strings.Builder
			if err := report.Write(&got, report.Text, findings); err != nil {
				t.Fatal(err)
			}
			if *updateLint {
				want.Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got.String() != string(want.Data) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want.Data)
			}
		})
	}
	for _, r := range Rules() {
		if others := []string{BadSum.Code, EditedLater.Code, Behind.Code, LosesRows.Code}; !seen[r.Code] && !slices.Contains(others, r.Code) {
			t.Errorf("%s is found in no project of testdata", r.Code)
		}
	}
}

// lint lints a project of such files.
func lint(t *testing.T, files []txtar.File, options Options) []report.Finding {
	t.Helper()
	findings, err := Run(t.Context(), lintProject(t, files), options)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// lintProject makes a project of files. Without an atlas.sum it gets the
// right one.
func lintProject(t testing.TB, files []txtar.File) *migrate.Project {
	t.Helper()
	root := t.TempDir()
	files = append([]txtar.File{{Name: "atlas.hcl", Data: []byte(`env "local" {}`)}}, files...)
	for _, f := range files {
		name := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := migrate.Open(root, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "migrations", "atlas.sum")); errors.Is(err, fs.ErrNotExist) {
		if err := p.Directory.WriteSum(); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestLintSum: files that are not what atlas.sum says are found, and read all
// the same.
func TestLintSum(t *testing.T) {
	findings := lint(t, []txtar.File{
		{Name: "migrations/1_a.sql", Data: []byte("CREATE TABLE a (id INTEGER);\n")},
		{Name: "migrations/atlas.sum", Data: []byte("h1:\n")},
	}, Options{})
	if len(findings) != 1 || findings[0].Rule != BadSum || findings[0].Pos.File != "migrations/atlas.sum" {
		t.Errorf("got %v", findings)
	}
}

// TestLintRules: every code is there once, and every code of Atlas's that it
// can find in SQLite has a rule and a fix.
func TestLintRules(t *testing.T) {
	var codes []string
	for _, r := range Rules() {
		codes = append(codes, r.Code)
	}
	if unique := slices.Compact(slices.Clone(codes)); !slices.IsSorted(codes) || len(unique) != len(codes) {
		t.Errorf("codes %v", codes)
	}
	for _, r := range atlasRules {
		if atlasFixes[r.Code] == "" {
			t.Errorf("%s has no fix", r.Code)
		}
	}
}

// planned plans and verifies the way between two schemas.
func planned(tb testing.TB, before, after string) *plan.Plan {
	tb.Helper()
	var states []*plan.State
	for _, text := range []string{before, after} {
		state, err := plan.Replay(tb.Context(), []atlas.File{{Name: "schema.sql", Text: text}})
		if err != nil {
			tb.Fatal(err)
		}
		defer state.Close()
		states = append(states, state)
	}
	way, err := plan.New(tb.Context(), states[0], states[1], plan.Renames{})
	if err != nil {
		tb.Fatal(err)
	}
	if err := way.Verify(tb.Context(), states[0], states[1]); err != nil {
		tb.Fatal(err)
	}
	return way
}

// TestLintPlans: in what diff writes, nothing is lost but what it says, and
// nothing is called dropped that is there again.
func TestLintPlans(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		s := migratetest.NewRandomSchema(r)
		before := s.SQL()
		for range 1 + r.IntN(4) {
			s.Change(r)
		}
		way := planned(t, before, s.SQL())
		findings := lint(t, []txtar.File{
			{Name: "migrations/1_before.sql", Data: []byte(before)},
			{Name: "migrations/2_after.sql", Data: []byte(way.SQL())},
		}, Options{})
		lost := 0
		for _, f := range findings {
			switch f.Rule.Code {
			case TableDropped.Code, ColumnDropped.Code:
				lost++
			case Inapplicable.Code, OneTransaction.Code, CollationLost.Code, TriggerDropped.Code, ViewDropped.Code, IndexDropped.Code, ForeignKeyDropped.Code,
				RowsLeftOut.Code, ValuesShifted.Code, NumbersAgain.Code, ConstraintLost.Code:
				t.Errorf("%d: %s\nplan:\n%s", seed, f, way.SQL())
			}
		}
		if lost != len(way.Losses) {
			t.Errorf("%d: found %v, want %v", seed, findings, way.Losses)
		}
	}
}
