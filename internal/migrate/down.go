package migrate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

// DownOptions say which migrations are undone, and how.
type DownOptions struct {
	Amount      int           // of migrations, from the last; 0 for 1
	To          string        // undo what was applied with a higher version; "" for Amount
	AllowLoss   bool          // drop also what holds data
	DryRun      bool          // change nothing
	LockTimeout time.Duration // 0 for what the database's URL says

	// Progress is called while a statement writes many rows; nil for silence.
	Progress func(table string, rows int)
}

// Undone is what Down did.
type Undone struct {
	Revisions []*atlas.Revision // from the last applied
	Plan      *plan.Plan
}

// Down undoes migrations: it plans the way back from the schema of all applied
// migrations to that of those that remain, verifies it, and runs it in one
// transaction in which the revisions go too. There are no down files to write
// or to forget.
//
// It returns model.Problems when migrations cannot be undone, or when tables
// and columns that hold data would go and AllowLoss is not set; a *DriftError
// when the database has another schema than its migrations made; a
// *LockError, a *VersionError or a *database.URLError.
func (p *Project) Down(ctx context.Context, url string, options DownOptions) (*Undone, error) {
	if err := p.checkVersion(options.To); err != nil {
		return nil, err
	}
	if err := p.Directory.CheckSum(); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, p.Root, url, false)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // what was done is committed
	if options.LockTimeout == 0 {
		if options.LockTimeout, err = busyTimeout(ctx, db); err != nil {
			return nil, err
		}
	}
	if err := db.OnRows(options.Progress); err != nil {
		return nil, err
	}
	d := &descent{Project: p, DownOptions: options, db: db}
	var undone *Undone
	find := func() error {
		undone, err = d.plan(ctx)
		return err
	}
	if options.DryRun {
		err = atOneMoment(ctx, db, find)
		return undone, err
	}
	err = exclusively(ctx, db, options.LockTimeout, func() error {
		if err := find(); err != nil {
			return err
		}
		return d.run(ctx, undone)
	})
	return undone, err
}

// descent is a Down at work.
type descent struct {
	*Project
	DownOptions

	db *database.DB
}

// plan finds the way back, and checks that it can be taken.
func (d *descent) plan(ctx context.Context) (*Undone, error) {
	history, err := atlas.Revisions(ctx, d.db)
	if err != nil {
		return nil, err
	}
	remaining := d.remaining(history)
	undone := &Undone{Plan: &plan.Plan{}}
	for _, r := range slices.Backward(history[len(remaining):]) {
		undone.Revisions = append(undone.Revisions, r)
	}
	if err := d.check(history, undone.Revisions); err != nil || len(undone.Revisions) == 0 {
		return undone, err
	}
	undone.Plan, err = d.way(ctx, history, remaining)
	return undone, err
}

// remaining returns the revisions that stay.
func (d *descent) remaining(history []*atlas.Revision) []*atlas.Revision {
	stay := max(0, len(history)-max(1, d.Amount))
	if d.To != "" {
		stay = 0
		for stay < len(history) && history[stay].Version <= d.To {
			stay++
		}
	}
	return history[:stay]
}

// check returns model.Problems when a revision cannot be undone.
func (d *descent) check(history, undone []*atlas.Revision) error {
	var problems model.Problems
	for _, r := range undone {
		switch m := d.Directory.Migration(r.Version); {
		case atlas.IsBaseline(r):
			problems.Add(model.Position{}, "go down to "+r.Version+" at most, with --to",
				"%s is the baseline: what was there before it is not known", r.Version)
		case m == nil:
			problems.Add(model.Position{File: d.Directory.Name}, "restore it",
				"migration %s is applied, and its file is gone", atlas.MigrationName(r.Version, r.Description))
		case atlas.IsPartial(r):
			problems.Add(model.Position{File: m.Name}, "apply the rest of it first",
				"%d of %d statements of the migration are applied", r.Applied, r.Total)
		}
	}
	if len(problems) == 0 {
		return d.checkEdited(history, "restore it as it was")
	}
	return problems.Err()
}

// way plans and verifies the way from the schema of one history to that of
// another.
func (d *descent) way(ctx context.Context, history, remaining []*atlas.Revision) (*plan.Plan, error) {
	live, err := atlas.Inspect(ctx, d.db)
	if err != nil {
		return nil, err
	}
	current, err := d.state(ctx, history, live)
	if err != nil {
		return nil, err
	}
	defer current.Close()
	if differences := plan.Compare(d.Managed(live), d.Managed(current.Schema)); len(differences) > 0 {
		return nil, &DriftError{differences, "undo these changes in the database first"}
	}
	target, err := d.state(ctx, remaining, live)
	if err != nil {
		return nil, err
	}
	defer target.Close()
	if err := d.CheckOthers(ctx, current, target); err != nil {
		return nil, err
	}
	var files []atlas.File
	for _, r := range history[len(remaining):] {
		files = append(files, d.Directory.Migration(r.Version).File)
	}
	back, err := plan.New(ctx, current, target, plan.UndoRenames(files, current.Schema, target.Schema))
	if err != nil {
		return nil, err
	}
	if err := back.Verify(ctx, current, target); err != nil {
		return nil, err
	}
	return back, d.checkLosses(ctx, back, live)
}

// state makes what the migrations of a history make, beside what others keep
// in the database. The caller closes it.
func (d *descent) state(ctx context.Context, history []*atlas.Revision, live *model.Schema) (*plan.State, error) {
	made, err := d.applied(ctx, history)
	if err != nil {
		return nil, err
	}
	defer made.Close()
	return plan.Assemble(ctx, d.Beside(made.Schema, live))
}

// checkLosses returns model.Problems for each table and column that the way
// back drops with data in it.
func (d *descent) checkLosses(ctx context.Context, back *plan.Plan, live *model.Schema) error {
	if d.AllowLoss {
		return nil
	}
	losses, err := back.Held(ctx, d.db, live)
	if err != nil {
		return err
	}
	return plan.RefuseLosses(losses)
}

// run takes the way back.
func (d *descent) run(ctx context.Context, undone *Undone) error {
	for _, step := range undone.Plan.Steps {
		if err := d.db.Exec(ctx, step.SQL); err != nil {
			var problems model.Problems
			problems.Add(model.Position{}, fixStep(err)+"; "+nothingChanged, "%s: %v", step.SQL, err)
			return problems.Err()
		}
	}
	for _, r := range undone.Revisions {
		if err := atlas.DeleteRevision(ctx, d.db, r.Version); err != nil {
			return fmt.Errorf("forget migration %s: %w", r.Version, err)
		}
	}
	return nil
}

// fixStep says what can be done about a step back that failed.
func fixStep(err error) string {
	if database.IsConstraint(err) {
		return "there are rows that the schema before did not allow: correct them first"
	}
	return "undo the migration by a new one"
}
