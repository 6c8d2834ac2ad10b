package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// Held is a loss of data that is there: the table or column of a plan's loss,
// and how many rows or values it has in a database.
type Held struct {
	Loss

	Count int
}

// String returns "table x with its 12 rows" or "column x.y with its 3 values".
func (h Held) String() string {
	what := "row"
	if h.Column != "" {
		what = "value"
	}
	if h.Count != 1 {
		what += "s"
	}
	return fmt.Sprintf("%s with its %d %s", h.Loss, h.Count, what)
}

// Held returns those of the plan's losses that hold data in a database. What a
// generated column shows is computed from others, and no loss.
func (p *Plan) Held(ctx context.Context, db *database.DB, schema *model.Schema) ([]Held, error) {
	var found []Held
	for _, loss := range p.Losses {
		query := "SELECT count(*) FROM " + sqltext.Quote(loss.Table)
		if loss.Column != "" {
			if column := schema.Table(loss.Table).Column(loss.Column); column != nil && column.Generated {
				continue
			}
			query = fmt.Sprintf("SELECT count(%s) FROM %s", sqltext.Quote(loss.Column), sqltext.Quote(loss.Table))
		}
		h := Held{Loss: loss}
		if err := db.Row(ctx, query, nil, &h.Count); err != nil {
			return nil, fmt.Errorf("count what %s holds: %w", loss, err)
		}
		if h.Count > 0 {
			found = append(found, h)
		}
	}
	return found, nil
}

// RefuseLosses returns model.Problems for tables and columns that would be
// dropped with data in them.
func RefuseLosses(losses []Held) error {
	var problems model.Problems
	for _, h := range losses {
		problems.Add(h.Pos, "keep that elsewhere first, or lose it with --allow-loss", "%s would be dropped", h)
	}
	return problems.Err()
}

// DropError says that nothing of a name that was confirmed is dropped.
type DropError struct {
	Name string
	Fix  string
}

// Error returns the cause and the fix.
func (e *DropError) Error() string {
	return model.Problem{Message: "--drop " + e.Name + ": no table or column of that name would be dropped with its values", Fix: e.Fix}.Error()
}

// CheckDrop returns a *DropError for a name that is not among what the plan
// drops.
func (p *Plan) CheckDrop(drop []string) error {
	var names []string
	for _, loss := range p.Losses {
		names = append(names, loss.name())
	}
	for _, name := range drop {
		if slices.ContainsFunc(names, func(n string) bool { return model.Fold(n) == model.Fold(name) }) {
			continue
		}
		fix := "leave it out: nothing is dropped"
		if len(names) > 0 {
			fix = "what is dropped is " + strings.Join(names, ", ")
		}
		return &DropError{name, cmp.Or(spell.DidYouMean(name, names), fix)}
	}
	return nil
}
