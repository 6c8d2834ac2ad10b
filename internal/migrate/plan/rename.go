package plan

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Renames are tables and columns that have another name in the target of a
// plan. Names are folded.
type Renames struct {
	Tables  map[string]string    // new name → old name
	Columns map[[2]string]string // new table name, new column name → old name
}

// OldTable returns the name that a table had before; "" for a new one under
// the name that another one had.
func (r Renames) OldTable(name string) string {
	if old, ok := r.Tables[model.Fold(name)]; ok {
		return old
	}
	for _, old := range r.Tables {
		if model.Fold(old) == model.Fold(name) {
			return ""
		}
	}
	return name
}

// OldColumn returns the name that a column of a table, by its new name, had
// before; "" for a new one under the name that another one had.
func (r Renames) OldColumn(table, column string) string {
	if old, ok := r.Columns[[2]string{model.Fold(table), model.Fold(column)}]; ok {
		return old
	}
	for names, old := range r.Columns {
		if names[0] == model.Fold(table) && model.Fold(old) == model.Fold(column) {
			return ""
		}
	}
	return column
}

// rename renames tables and columns first of all, so that everything else is
// planned as if they had always had these names. SQLite itself corrects the
// keys, indexes, views and triggers that mention them; where it cannot, as in
// a view that passes a column on to another one, the views and triggers make
// way.
func (p *planner) rename(ctx context.Context) error {
	renames := p.renameSteps()
	if len(renames) == 0 {
		return nil
	}
	if p.tryRenames(ctx, renames) != nil {
		p.dropMentioning(p.touched)
		renames = append(p.Steps, renames...)
		if err := p.tryRenames(ctx, renames); err != nil {
			return err
		}
	}
	p.Steps = renames
	renamed, err := p.inspect(ctx)
	p.from = renamed
	return err
}

// renameSteps returns the statements, and notes the tables they are about.
func (p *planner) renameSteps() []Step {
	var steps []Step
	for _, t := range p.to.Tables {
		if old, ok := p.Renames.Tables[model.Fold(t.Name)]; ok {
			p.touched[model.Fold(old)] = true
			steps = append(steps, Step{SQL: "ALTER TABLE " + sqltext.Quote(old) + " RENAME TO " + sqltext.Quote(t.Name)})
		}
		for _, c := range t.Columns {
			if old, ok := p.Renames.Columns[[2]string{model.Fold(t.Name), model.Fold(c.Name)}]; ok {
				p.touch(t.Name)
				steps = append(steps, Step{SQL: "ALTER TABLE " + sqltext.Quote(t.Name) + " RENAME COLUMN " + sqltext.Quote(old) + " TO " + sqltext.Quote(c.Name)})
			}
		}
	}
	return steps
}

// tryRenames runs the statements on the copy: all of them, or none. It returns
// model.Problems when one fails.
func (p *planner) tryRenames(ctx context.Context, steps []Step) error {
	if err := p.scratch.Exec(ctx, "SAVEPOINT renames"); err != nil {
		return err
	}
	var problems model.Problems
	for _, step := range steps {
		if err := p.scratch.Exec(ctx, step.SQL); err != nil {
			problems.Add(model.Position{}, "rename in steps, each with its own migration", "%s: %v", step.SQL, err)
			if err := p.scratch.Exec(ctx, "ROLLBACK TO renames"); err != nil {
				return err
			}
			break
		}
	}
	if err := p.scratch.Exec(ctx, "RELEASE renames"); err != nil {
		return err
	}
	return problems.Err()
}

// Reversed returns the renames of the way back.
func (r Renames) Reversed() Renames {
	back := Renames{Tables: map[string]string{}, Columns: map[[2]string]string{}}
	for name, old := range r.Tables {
		back.Tables[model.Fold(old)] = name
	}
	for names, old := range r.Columns {
		back.Columns[[2]string{model.Fold(r.OldTable(names[0])), model.Fold(old)}] = names[1]
	}
	return back
}
