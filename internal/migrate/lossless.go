package migrate

import (
	"context"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

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
		t, err := plan.TryApply(ctx, edit, m)
		if err != nil {
			return err
		}
		for _, p := range t.Losses() {
			problems.Add(p.Pos, p.Fix+"; --allow-loss applies it all the same", "%s", p.Message)
		}
	}
	return problems.Err()
}
