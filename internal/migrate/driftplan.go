package migrate

import (
	"context"
	"errors"
)

// plan finds the SQL that makes the database what it should be, and the one
// that makes what it should be of it.
func (c *driftCheck) plan(ctx context.Context) error {
	if len(Compare(c.live, c.should)) == 0 {
		return nil
	}
	live, err := assemble(ctx, c.whole)
	if err != nil {
		c.unplanned(ctx, err)
		return ctx.Err()
	}
	defer live.Close()
	should, err := assemble(ctx, c.beside(c.should, c.whole))
	if err != nil {
		c.unplanned(ctx, err)
		return ctx.Err()
	}
	defer should.Close()
	repair, err := c.Repair.find(ctx, live, should)
	if err != nil {
		return err
	}
	if c.Repair.Losses, err = held(ctx, c.db, c.whole, repair.Losses); err != nil {
		return err
	}
	_, err = c.Capture.find(ctx, should, live)
	return err
}

// unplanned notes why the database cannot be copied to plan on.
func (c *driftCheck) unplanned(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.Repair.Fails, c.Capture.Fails = err.Error(), err.Error()
	}
}

// find plans and verifies the way between two states.
func (w *Way) find(ctx context.Context, from, to *State) (*Plan, error) {
	plan, err := NewPlan(ctx, from, to, Renames{})
	if err != nil {
		return nil, err
	}
	err = plan.Verify(ctx, from, to)
	var wrong *VerifyError
	if errors.As(err, &wrong) {
		w.Fails = wrong.Error()
		return &Plan{}, nil
	}
	if err != nil {
		return nil, err
	}
	w.SQL = plan.SQL()
	if plan.Refuses != nil {
		w.Fails = plan.Refuses.Err.Error()
	}
	return plan, nil
}
