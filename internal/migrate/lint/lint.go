// Package lint finds what may go wrong when migrations are applied, file by
// file:
//
//	migrations → choose → replay one after the other ┬ Atlas's analyzers
//	                                                 ├ rules about each table
//	                                                 ├ rules of D1
//	                                                 └ a trial with rows → silence → findings
package lint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/transaction"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// Run returns what may go wrong when the migrations are applied: what Atlas's
// analyzers find, what is lost although nothing says that it should be, and
// what Cloudflare D1 refuses.
//
// It returns a *RefError when the ref to compare with is not to be had, a
// *database.URLError, and a *config.Error when there is a sqlc.yaml that
// cannot be read.
func Run(ctx context.Context, p *migrate.Project, options Options) ([]report.Finding, error) {
	l := &linter{project: p, isD1: isD1(p.Root)}
	if err := l.loadOwnership(); err != nil {
		return nil, err
	}
	l.problems(BadSum, p.Directory.CheckSum())
	chosen, err := l.choose(ctx, options)
	if err != nil {
		return nil, err
	}
	if err := l.files(ctx, chosen); err != nil {
		return nil, err
	}
	return report.Sort(l.findings), nil
}

// linter collects findings.
type linter struct {
	project  *migrate.Project
	isD1     bool
	targets  []config.Options // that say whose the rows of tables are
	owners   ownership
	findings []report.Finding
}

// isD1 reports whether a project is for Cloudflare D1.
func isD1(root string) bool {
	return slices.ContainsFunc([]string{"wrangler.toml", "wrangler.json", "wrangler.jsonc"}, func(name string) bool {
		_, err := os.Stat(filepath.Join(root, name))
		return err == nil
	})
}

// problems makes findings of model.Problems, and reports whether the error is
// nil or such.
func (l *linter) problems(r report.Rule, err error) bool {
	found, ok := report.OfError(r, err)
	l.findings = append(l.findings, found...)
	return ok
}

// files replays all migrations and looks at those that are chosen, up to one
// that cannot be applied.
func (l *linter) files(ctx context.Context, chosen map[string]*atlas.Migration) error {
	timeline, err := atlas.NewTimeline(ctx)
	if err != nil {
		return err
	}
	defer timeline.Close()
	files := l.project.Directory.Files()
	for i := 0; i < len(files); {
		next := i
		for next < len(files) && chosen[files[next].Name] == nil {
			next++
		}
		if err := timeline.Skip(ctx, files[i:next]); err != nil {
			return l.inapplicable(err)
		}
		if next < len(files) {
			if err := l.file(ctx, timeline, chosen[files[next].Name]); err != nil {
				return l.inapplicable(err)
			}
		}
		i = next + 1
	}
	return nil
}

// inapplicable makes a finding of an error that is about a migration.
func (l *linter) inapplicable(err error) error {
	if l.problems(Inapplicable, err) {
		return nil
	}
	return err
}

// file looks at one migration. It returns model.Problems when it cannot be
// applied.
func (l *linter) file(ctx context.Context, timeline *atlas.Timeline, m *atlas.Migration) error {
	edit, err := timeline.Next(ctx, m.File)
	if err != nil {
		return err
	}
	l.problems(Inapplicable, m.CheckMode())
	l.problems(Inapplicable, transaction.Check(m, edit.Statements))
	l.problems(Inapplicable, edit.Keys.Err())
	f := &fileLint{linter: l, Edit: edit}
	if err := f.analyze(ctx); err != nil {
		return err
	}
	for _, t := range edit.Tables {
		if t.From == nil || t.To == nil {
			continue
		}
		if err := f.table(ctx, t); err != nil {
			return err
		}
	}
	f.tablesRenamed()
	f.dropped()
	f.ownership()
	f.d1()
	if err := f.transaction(ctx); err != nil {
		return fmt.Errorf("lint %s: %w", m.Name, err)
	}
	f.silence()
	return nil
}

// fileLint looks at one migration.
type fileLint struct {
	*linter
	*atlas.Edit

	found []report.Finding
}

// find adds a finding.
func (f *fileLint) find(r report.Rule, pos model.Position, fix, format string, args ...any) {
	if f.isD1 && slices.Contains(d1Rules, r) {
		r.Severity = report.Error
	}
	f.found = append(f.found, report.Finding{Rule: r, Pos: pos, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// analyze adds what Atlas's analyzers find.
func (f *fileLint) analyze(ctx context.Context) error {
	diagnostics, err := atlas.Analyze(ctx, f.Edit)
	for _, d := range diagnostics {
		f.find(atlasRule(d.Code), d.At.Pos, atlasFixes[d.Code], "%s", d.Text)
	}
	return err
}

// table looks at what happens to a table that stays.
func (f *fileLint) table(ctx context.Context, t *atlas.TableEdit) error {
	f.columnsRenamed(t)
	f.computedDefaults(t)
	f.indexes(t)
	f.collations(t)
	f.copies(t)
	f.uncounted(t)
	f.constraintsOfQuery(t)
	f.referencesWithDefault(t)
	f.uniqueOfNew(t)
	return f.newConstraints(ctx, t)
}
