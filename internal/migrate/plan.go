package migrate

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Plan is the way from one schema to another.
type Plan struct {
	Steps  []Step
	Losses []Loss
}

// Step is one statement of a plan.
type Step struct {
	SQL     string // without the semicolon
	Comment string // why it is there; "" where the statement says it
}

// Loss is a table or column that a plan drops, with all its values.
type Loss struct {
	Table  string
	Column string // "" for the whole table
	Pos    model.Position
}

// Renames are tables and columns that have another name in the target of a
// plan.
type Renames struct {
	Tables  map[string]string    // new name → old name
	Columns map[[2]string]string // new table name, new column name → old name
}

// NewPlan plans the way from one schema to another.
func NewPlan(from, to *model.Schema, renames Renames) (*Plan, error) { panic("being written") }

// SQL returns the plan as the text of a migration.
func (p *Plan) SQL() string { panic("being written") }

// Verify runs the plan on a copy of from that is filled with rows, and returns
// an error when it does not lead to the schema to, or when a row or value is
// missing that is not among the plan's losses.
func (p *Plan) Verify(ctx context.Context, from, to *State) error { panic("being written") }
