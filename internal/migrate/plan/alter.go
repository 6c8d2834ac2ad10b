package plan

import (
	"context"
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// tryAlters finds the changed tables for which ALTER TABLE is enough. What it
// takes and what comes out is for SQLite to say: the statements are run on
// the copy, where the tables have rows, and the result is compared.
func (p *planner) tryAlters(ctx context.Context) error {
	if len(p.changed) == 0 {
		return nil
	}
	if err := p.clearScratch(ctx); err != nil {
		return err
	}
	var names []string
	for _, c := range p.changed {
		names = append(names, c.name())
	}
	if err := fill(ctx, p.scratch, p.from, names); err != nil {
		return err
	}
	for _, c := range p.changed {
		if err := p.tryAlter(ctx, c); err != nil {
			return err
		}
	}
	after, err := p.inspect(ctx)
	if err != nil {
		return err
	}
	tables := tablesByName(after)
	for _, c := range p.changed {
		if !c.isRebuilt() && !shapeOf(tables[c.name()]).equal(c.to) {
			c.drops, c.adds = nil, nil
		}
	}
	return nil
}

// clearScratch removes what the plan removes before it alters a table.
func (p *planner) clearScratch(ctx context.Context) error {
	after := indexesByName(p.to)
	for _, d := range dependents(p.from) {
		if d.kind == Trigger {
			if err := p.scratch.Exec(ctx, "DROP TRIGGER "+sqltext.Quote(d.name)); err != nil {
				return err
			}
		}
	}
	for _, v := range p.from.Views {
		if err := p.scratch.Exec(ctx, "DROP VIEW "+sqltext.Quote(v.Name)); err != nil {
			return err
		}
	}
	for _, index := range indexesOf(p.from) {
		if p.same(index, after[model.Fold(index.Name)]) {
			continue
		}
		if err := p.scratch.Exec(ctx, "DROP INDEX "+sqltext.Quote(index.Name)); err != nil {
			return err
		}
	}
	return nil
}

// tryAlter runs what may change a table natively. A statement that fails means
// that the table is rebuilt.
func (p *planner) tryAlter(ctx context.Context, c *tableChange) error {
	if err := p.scratch.Exec(ctx, "SAVEPOINT alter_table"); err != nil {
		return err
	}
	drops, adds := c.alterStatements()
	c.drops, c.adds = drops, adds
	for _, alter := range slices.Concat(drops, adds) {
		if p.scratch.Exec(ctx, alter.SQL) != nil {
			c.drops, c.adds = nil, nil
			if err := p.scratch.Exec(ctx, "ROLLBACK TO alter_table"); err != nil {
				return err
			}
			break
		}
	}
	return p.scratch.Exec(ctx, "RELEASE alter_table")
}

// alterStatements returns the statements that drop and add columns, in the
// words of the schema's own definition.
func (c *tableChange) alterStatements() (drops, adds []Step) {
	if c.to.tree == nil {
		return nil, nil
	}
	table := sqltext.Quote(c.from.table.Name)
	gone := map[string]bool{}
	for _, column := range c.droppedColumns() {
		gone[model.Fold(column.Name)] = true
		drops = append(drops, Step{SQL: "ALTER TABLE " + table + " DROP COLUMN " + sqltext.Quote(column.Name)})
	}
	for _, column := range c.to.tree.Columns {
		name := model.Fold(column.Name.Name)
		if _, ok := c.from.column(name); !ok || gone[name] {
			adds = append(adds, Step{SQL: "ALTER TABLE " + table + " ADD COLUMN " + c.to.columnSQL(column)})
		}
	}
	return drops, adds
}

// columnSQL returns the definition of a column as the schema has it, on one
// line.
func (s *shape) columnSQL(n *ast.ColumnDef) string { return sqltext.Plain(s.sql(n)) }
