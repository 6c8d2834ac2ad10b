package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// tryApply tries a migration as Apply runs it: with foreign keys on, unless
// the migration turns them off.
func tryApply(ctx context.Context, edit *atlas.Edit, m *atlas.Migration) (*trial, error) {
	statements := slices.DeleteFunc(slices.Clone(edit.Statements), aboutTransaction)
	t, err := try(ctx, edit, statements, !m.TurnsForeignKeysOff())
	var known model.Problems
	if err != nil && !errors.As(err, &known) { // which say where
		err = fmt.Errorf("try %s: %w", m.Name, err)
	}
	return t, err
}

// checkLosses tries the migrations that are to be applied, and returns
// model.Problems for rows that they would lose though no statement says so.
func (a *application) checkLosses(ctx context.Context, targets []*atlas.Migration) error {
	if a.AllowLoss || len(targets) == 0 {
		return nil
	}
	history, err := a.executor.History(ctx)
	if err != nil {
		return err
	}
	applied, err := a.Directory.Applied(history)
	if err != nil {
		return err
	}
	timeline, err := atlas.NewTimeline(ctx)
	if err != nil {
		return err
	}
	defer timeline.Close()
	if err := timeline.Skip(ctx, applied); err != nil {
		return err
	}
	var problems model.Problems
	for _, m := range targets {
		if slices.ContainsFunc(history, func(r *atlas.Revision) bool { return r.Version == m.Version }) {
			return problems.Err() // half of it is applied already
		}
		edit, err := timeline.Next(ctx, m.File)
		if err != nil {
			return problems.Err() // the database will say so, where it stops
		}
		if err := edit.Keys.Err(); err != nil {
			return err
		}
		t, err := tryApply(ctx, edit, m)
		if err != nil {
			return err
		}
		for _, p := range t.losses() {
			problems.Add(p.Pos, p.Fix+"; --allow-loss applies it all the same", "%s", p.Message)
		}
	}
	return problems.Err()
}

// Verify judges the migrations without a database: that they are what atlas.sum
// says, can be applied one after the other, lose no rows that they do not drop
// by name, and make what the schema files say, if there are any.
func (p *Project) Verify(ctx context.Context) ([]report.Finding, error) {
	v := &linter{project: p}
	v.problems(BadSum, p.Directory.CheckSum())
	latest, err := v.verifyFiles(ctx)
	if err := v.inapplicable(err); err != nil {
		return nil, err
	}
	if len(v.findings) == 0 && len(p.Env.Schema) > 0 {
		desired, err := p.Desired(ctx)
		if err != nil {
			return nil, err
		}
		defer desired.Close()
		for _, d := range joinKeys(Compare(latest, desired.Schema)) {
			v.problems(SchemaAhead, model.Problems{notInMigrations(d)})
		}
	}
	return report.Sort(v.findings), nil
}

// verifyFiles replays and tries all migrations, and returns what they make. It
// returns model.Problems when one cannot be applied.
func (l *linter) verifyFiles(ctx context.Context) (*model.Schema, error) {
	timeline, err := atlas.NewTimeline(ctx)
	if err != nil {
		return nil, err
	}
	defer timeline.Close()
	schema := &model.Schema{}
	for _, file := range l.project.Directory.Files() {
		edit, err := timeline.Next(ctx, file)
		if err != nil {
			return nil, err
		}
		m := l.project.Directory.Named(file.Name)
		l.problems(Inapplicable, m.CheckMode())
		l.problems(Inapplicable, checkOutside(m, edit.Statements))
		l.problems(Inapplicable, edit.Keys.Err())
		t, err := tryApply(ctx, edit, m)
		if err != nil {
			return nil, err
		}
		l.problems(LosesRows, t.losses().Err())
		schema = edit.To
	}
	return schema, nil
}
