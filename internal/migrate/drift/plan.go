package drift

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

// plan finds the SQL that makes the database what it should be, and the one
// that makes what it should be of it. Where that is not possible, it notes
// why: what was found is to be reported all the same.
func (c *check) plan(ctx context.Context) error {
	if c.should == nil {
		c.unplanned("the " + c.Source + " cannot be used as they are")
		return nil
	}
	if len(plan.Compare(c.live, c.should)) == 0 {
		return nil
	}
	if err := c.planWays(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.unplanned(err.Error())
	}
	return nil
}

// unplanned notes why no way is known.
func (c *check) unplanned(reason string) {
	c.Repair, c.Capture = Way{Fails: reason}, Way{Fails: reason}
}

func (c *check) planWays(ctx context.Context) error {
	live, err := plan.Assemble(ctx, c.whole)
	if err != nil {
		return err
	}
	defer live.Close()
	should, err := plan.Assemble(ctx, c.Beside(c.should, c.whole))
	if err != nil {
		return err
	}
	defer should.Close()
	if err := c.planRepair(ctx, live, should); err != nil {
		return err
	}
	if capture := c.Capture.find(ctx, should, live, c.renames.Reversed()); capture != nil {
		c.Capture.SQL = capture.SQL()
	}
	return ctx.Err()
}

func (c *check) planRepair(ctx context.Context, live, should *plan.State) error {
	var broken model.Problems
	if err := c.CheckOthers(ctx, live, should); errors.As(err, &broken) {
		c.Repair.Fails = broken.Error()
		return nil
	} else if err != nil {
		return err
	}
	repair := c.Repair.find(ctx, live, should, c.renames)
	if repair == nil {
		return ctx.Err()
	}
	c.Repair.SQL = repair.Script()
	for _, name := range slices.Sorted(maps.Keys(c.broken)) {
		if repair.Touches(name) {
			c.Repair.Broken = append(c.Repair.Broken, c.broken[name]...)
		}
	}
	var err error
	c.Repair.Losses, err = repair.Held(ctx, c.db, c.whole)
	return err
}

// find plans and verifies the way from one state to another. It returns nil
// where no right one is known, and notes why.
func (w *Way) find(ctx context.Context, from, to *plan.State, renames plan.Renames) *plan.Plan {
	found, err := plan.New(ctx, from, to, renames)
	if err == nil {
		err = found.Verify(ctx, from, to)
	}
	switch {
	case err != nil:
		w.Fails = err.Error()
		return nil
	case found.Refuses != nil:
		w.Fails = found.Refuses.Err.Error()
	case len(found.Conversions) > 0:
		w.Fails = fmt.Sprintf("every value is the same after the change of %s", found.Conversions[0])
	}
	return found
}
