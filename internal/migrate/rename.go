package migrate

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Renames are tables and columns that have another name in the target of a
// plan. Names are folded.
type Renames struct {
	Tables  map[string]string    // new name → old name
	Columns map[[2]string]string // new table name, new column name → old name
}

// oldTable returns the name that a table had before.
func (r Renames) oldTable(name string) string {
	if old, ok := r.Tables[model.Fold(name)]; ok {
		return old
	}
	return name
}

// oldColumn returns the name that a column of a table, by its new name, had
// before.
func (r Renames) oldColumn(table, column string) string {
	if old, ok := r.Columns[[2]string{model.Fold(table), model.Fold(column)}]; ok {
		return old
	}
	return column
}

// rename renames tables and columns first of all, so that everything else is
// planned as if they had always had these names. SQLite itself corrects the
// keys, indexes, views and triggers that mention them.
func (p *planner) rename(ctx context.Context) error {
	var problems model.Problems
	run := func(pos model.Position, sql string) {
		if err := p.scratch.Exec(ctx, sql); err != nil {
			problems.Add(pos, "rename in steps, each with its own migration", "%s: %v", sql, err)
		}
		p.step("", "%s", sql)
	}
	for _, t := range p.to.Tables {
		if old, ok := p.Renames.Tables[model.Fold(t.Name)]; ok {
			p.touched[model.Fold(old)] = true
			run(t.Pos, "ALTER TABLE "+quoteName(old)+" RENAME TO "+quoteName(t.Name))
		}
		for _, c := range t.Columns {
			if old, ok := p.Renames.Columns[[2]string{model.Fold(t.Name), model.Fold(c.Name)}]; ok {
				p.touch(t.Name)
				run(c.Pos, "ALTER TABLE "+quoteName(t.Name)+" RENAME COLUMN "+quoteName(old)+" TO "+quoteName(c.Name))
			}
		}
	}
	if len(p.Steps) == 0 || len(problems) > 0 {
		return problems.Err()
	}
	renamed, err := p.inspect(ctx)
	p.from = renamed
	return err
}
