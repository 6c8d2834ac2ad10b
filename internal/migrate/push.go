package migrate

import (
	"context"
	"errors"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/rows"
	"github.com/rowhouse/rowhouse/internal/model"
)

// PushOptions say how a database is brought to the schema files.
type PushOptions struct {
	Drop      []string // tables and columns, "table.column", that are meant to go although something like them is new
	AllowLoss bool     // drop also what holds data

	// Progress is called while a statement writes many rows; nil for silence.
	Progress func(table string, rows int)
}

// Push is a planned way from a database to the schema files, without any
// migration. It is for development: nothing remembers what was done.
type Push struct {
	*plan.Plan

	Held []plan.Held // what it drops with data in it

	project *Project
	url     string
	options PushOptions
	before  *model.Schema
	after   *model.Schema
}

// PlanPush plans and verifies the way of the database of a URL to the schema
// files. It changes nothing; a database that is not there yet is an empty one.
//
// It returns model.Problems when the schema files are wrong, or when something
// dropped looks like something new under another name; a *VerifyError when no
// right way was found; an *atlas.ConfigError or a *database.URLError.
func (p *Project) PlanPush(ctx context.Context, url string, options PushOptions) (*Push, error) {
	db, err := p.OpenLive(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it was only read
	live, _, err := InspectLive(ctx, db)
	if err != nil {
		return nil, err
	}
	push := &Push{project: p, url: url, options: options, before: live}
	if err := push.plan(ctx); err != nil {
		return nil, err
	}
	push.Held, err = push.Plan.Held(ctx, db, live)
	return push, err
}

// plan plans and verifies the way from the schema of the live database to the
// schema files.
func (p *Push) plan(ctx context.Context) error {
	desired, err := p.project.Desired(ctx)
	if err != nil {
		return err
	}
	defer desired.Close()
	p.after = p.project.Beside(desired.Schema, p.before)
	from, err := plan.Assemble(ctx, p.before)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := plan.Assemble(ctx, p.after)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := p.project.CheckOthers(ctx, from, to); err != nil {
		return err
	}
	p.Plan, err = p.project.plan(ctx, from, to, p.options.Drop)
	return err
}

// Refusal returns model.Problems for each table and column that would be
// dropped with data in it, unless that is allowed.
func (p *Push) Refusal() error {
	if p.options.AllowLoss {
		return nil
	}
	return plan.RefuseLosses(p.Held)
}

// Run carries the plan out in one transaction. The file of the database is
// made where it is missing. When it fails, or is stopped in any way, the
// database is as it was before.
//
// It returns model.Problems when a statement fails, when data would be lost,
// or when the database is not the one any more for which the plan was made; a
// *LockError or a *database.URLError.
func (p *Push) Run(ctx context.Context) error {
	db, err := database.Open(ctx, p.project.Root, p.url, true)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // what was done is committed
	wait, err := busyTimeout(ctx, db)
	if err != nil {
		return err
	}
	if err := db.OnRows(p.options.Progress); err != nil {
		return err
	}
	err = exclusively(ctx, db, wait, func() error {
		if err := p.check(ctx, db); err != nil {
			return err
		}
		return p.runSteps(ctx, db)
	})
	var failed *stepError
	if errors.As(err, &failed) || database.IsConstraint(err) {
		return p.explain(ctx, db, err)
	}
	return err
}

// check looks again, now that nobody else can write, at what the plan was
// made for.
func (p *Push) check(ctx context.Context, db *database.DB) error {
	live, err := atlas.Inspect(ctx, db)
	if err != nil {
		return err
	}
	var problems model.Problems
	for _, d := range plan.Compare(p.before, live) {
		problems.Add(model.Position{}, "push again", "the database was changed by someone else meanwhile: %s", d)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if p.Held, err = p.Plan.Held(ctx, db, live); err != nil {
		return err
	}
	return p.Refusal()
}

func (p *Push) runSteps(ctx context.Context, db *database.DB) error {
	for _, step := range p.Steps {
		if err := db.Exec(ctx, step.SQL); err != nil {
			return &stepError{step, err}
		}
	}
	return nil
}

// stepError says which step of a plan failed.
type stepError struct {
	step plan.Step
	err  error // the database's
}

// Error returns the step and the database's message.
func (e *stepError) Error() string { return fmt.Sprintf("%s: %v", e.step.SQL, e.err) }

// Unwrap returns the database's error.
func (e *stepError) Unwrap() error { return e.err }

// explain returns model.Problems for a run that failed, and was undone: for
// the rows that the new schema does not allow, if there are any.
func (p *Push) explain(ctx context.Context, db *database.DB, err error) error {
	var problems model.Problems
	if !database.IsConstraint(err) {
		problems.Add(model.Position{}, "change the schema files in smaller steps; "+nothingChanged, "%v", err)
		return problems.Err()
	}
	rest := &rows.Prospect{DB: db, From: p.before, To: p.after, Renames: p.Renames}
	for _, t := range p.after.Tables {
		if !p.Touches(t.Name) {
			continue
		}
		found, err := rest.Breaches(ctx, t)
		if err != nil {
			return err
		}
		for _, b := range found {
			problems.Add(plan.Places{p.after}.Of(b.Part), "correct or delete them; "+nothingChanged, "%s", b)
		}
	}
	if len(problems) == 0 {
		problems.Add(model.Position{}, "there are rows that do not satisfy the new schema: correct or delete them; "+nothingChanged, "%v", err)
	}
	return problems.Err()
}
