package drift

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/rows"
	"github.com/rowhouse/rowhouse/internal/model"
)

// checkRows reports the rows of the database that break its own constraints,
// and those that it should have. Rows are counted where they are; no more of
// them are read than named.
func (c *check) checkRows(ctx context.Context) error {
	p := &rows.Present{DB: c.db, Schema: c.live}
	for _, t := range c.live.Tables {
		if t.Virtual {
			continue
		}
		if err := c.checkReferences(ctx, p, t); err != nil {
			return fmt.Errorf("check the foreign keys of table %s: %w", t.Name, err)
		}
		found, unchecked, err := p.Conditions(ctx, t)
		if err != nil {
			return fmt.Errorf("check the rows of table %s: %w", t.Name, err)
		}
		c.Unchecked = append(c.Unchecked, unchecked...)
		c.addRows(t, found, "correct or delete them")
	}
	return c.checkNew(ctx)
}

// checkNew reports the rows that break what tables should require, and do not.
func (c *check) checkNew(ctx context.Context) error {
	if c.should == nil {
		return nil
	}
	differs := map[string]bool{}
	for _, d := range plan.Compare(c.live, c.should) {
		differs[model.Fold(d.Table)] = true
	}
	p := &rows.Prospect{DB: c.db, From: c.live, To: c.should, Renames: c.renames}
	for _, t := range c.should.Tables {
		if !differs[model.Fold(t.Name)] {
			continue
		}
		found, err := p.Breaches(ctx, t)
		if err != nil {
			return fmt.Errorf("check the rows of table %s: %w", t.Name, err)
		}
		c.broken[model.Fold(t.Name)] = nil // what it requires now does not matter
		for _, b := range found {
			c.broken[model.Fold(t.Name)] = append(c.broken[model.Fold(t.Name)], b.String())
			if b.IsNew {
				c.addBreach(b, "correct or delete them")
			}
		}
	}
	return nil
}

// checkReferences reports rows that reference what is not there.
func (c *check) checkReferences(ctx context.Context, p *rows.Present, t *model.Table) error {
	found, err := p.References(ctx, t)
	if err != nil && strings.Contains(err.Error(), "foreign key mismatch") {
		c.add(BrokenReference, model.Problem{
			Pos: c.places.Of(plan.Difference{Kind: plan.Table, Table: t.Name}), Message: "no row of table " + t.Name + " can be written: " + err.Error(),
			Fix: "make what it references a PRIMARY KEY or UNIQUE",
		})
		return nil
	}
	c.addRows(t, found, "delete them, or let them reference rows that are there")
	return err
}

// addRows reports rows of a table that break constraints which it has.
func (c *check) addRows(t *model.Table, found []rows.Breach, fix string) {
	for _, b := range found {
		c.broken[model.Fold(t.Name)] = append(c.broken[model.Fold(t.Name)], b.String())
		c.addBreach(b, fix)
	}
}

// addBreach makes a breach a finding.
func (c *check) addBreach(b rows.Breach, fix string) {
	rule := BrokenCheck
	if b.IsReference() {
		rule = BrokenReference
	}
	c.add(rule, model.Problem{Pos: c.places.Of(b.Part), Message: b.String(), Fix: fix})
}
