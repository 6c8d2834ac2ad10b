// Package plan plans the way from one schema to another, and tries it with
// rows. All of it happens in memory, on schemas and statements; projects and
// live databases are for the packages after it.
//
//	from ┐
//	     ├ Compare → New → Verify with rows
//	to   ┘
//
//	a migration → Try with the same rows → what it loses
//
// shape.go says what makes a table what it is, difference.go what two schemas
// do not have in common; rename.go, alter.go, rebuild.go, dependents.go and
// derived.go write the statements; sample.go makes the rows, contents.go says
// which of them are missing, rehearsal.go how a migration lost them.
package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Plan is the way from one schema to another: statements that are right in
// one transaction with foreign keys on, on SQLite from 3.35 and on D1.
type Plan struct {
	Steps       []Step
	Losses      []Loss
	Conversions []Conversion

	Renames Renames
	Refuses *VerifyError // set by Verify: the rows on which the plan fails, all undone

	touched map[string]bool // tables, folded, that the plan changes, by their names before
}

// Step is one statement of a plan.
type Step struct {
	SQL     string // without the semicolon
	Comment string // why it is there; "" where the statement says it
}

// Loss is a table or column that a plan drops, with all its values. Names are
// those before the plan.
type Loss struct {
	Table  string
	Column string // "" for the whole table
	Pos    model.Position
}

// String returns "table x" or "column x.y".
func (l Loss) String() string {
	if l.Column == "" {
		return "table " + l.Table
	}
	return "column " + l.Table + "." + l.Column
}

// name returns the name of the table, or table.column, as --drop has it.
func (l Loss) name() string {
	if l.Column == "" {
		return l.Table
	}
	return l.Table + "." + l.Column
}

// Conversion is a column of another affinity, by which SQLite stores values.
// The plan fails on values that this would change for good.
type Conversion struct {
	Table, Column string
	From, To      string // the declared types
	Pos           model.Position
}

// String returns "column x.y from TEXT to INTEGER".
func (c Conversion) String() string {
	return fmt.Sprintf("column %s.%s from %s to %s", c.Table, c.Column, cmp.Or(c.From, "no type"), cmp.Or(c.To, "no type"))
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// SQL returns the plan as the text of a migration.
func (p *Plan) SQL() string {
	var b strings.Builder
	for i, step := range p.Steps {
		if step.Comment != "" && i > 0 {
			b.WriteByte('\n')
		}
		for line := range strings.Lines(step.Comment) {
			b.WriteString("-- " + strings.TrimSuffix(line, "\n") + "\n")
		}
		b.WriteString(step.SQL + ";\n")
	}
	return b.String()
}

// planner makes a plan. It tries on a copy of the database what can only be
// known by trying: whether an ALTER TABLE does what is wanted.
type planner struct {
	Plan
	scratch  *database.DB
	from, to *model.Schema
	before   map[string]*model.Table // of from, by folded name
	names    sqltext.Names           // in from and to

	created  []*model.Table
	dropped  []*model.Table
	changed  []*tableChange
	derived  []*tableChange  // full text indexes of other tables
	rebuilds map[string]bool // folded names of the tables that are rebuilt
}

// tableChange is a table that both schemas have, but not alike.
type tableChange struct {
	from, to    *shape
	drops, adds []Step // of columns; none where they would not be enough
}

// isRebuilt reports whether no ALTER TABLE makes the change.
func (c *tableChange) isRebuilt() bool { return len(c.drops)+len(c.adds) == 0 }

// name returns the folded name of the table.
func (c *tableChange) name() string { return model.Fold(c.to.table.Name) }

// New plans the way from one schema to another. It returns model.Problems
// when a rename is not possible.
func New(ctx context.Context, from, to *State, renames Renames) (*Plan, error) {
	scratch, err := from.DB.Copy(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = scratch.Close() }()
	p := &planner{scratch: scratch, from: from.Schema, to: to.Schema, rebuilds: map[string]bool{}}
	p.Renames, p.touched = renames, map[string]bool{}
	if err := p.rename(ctx); err != nil {
		return nil, err
	}
	p.compare()
	if err := p.checkReadable(); err != nil {
		return nil, err
	}
	if err := p.tryAlters(ctx); err != nil {
		return nil, err
	}
	p.closeRebuilds()
	if err := p.checkGuardName(); err != nil {
		return nil, err
	}
	p.write()
	return &p.Plan, nil
}

func (p *planner) step(comment, format string, args ...any) {
	p.Steps = append(p.Steps, Step{SQL: fmt.Sprintf(format, args...), Comment: comment})
}

// compare finds the tables that are created, dropped or changed.
func (p *planner) compare() {
	p.before, p.names = tablesByName(p.from), sqltext.NamesIn(p.from, p.to)
	after := tablesByName(p.to)
	for _, t := range p.to.Tables {
		before := p.before[model.Fold(t.Name)]
		switch {
		case before == nil:
			p.created = append(p.created, t)
		case before.SQL == t.SQL:
		case before.Virtual != t.Virtual:
			p.dropped = append(p.dropped, before)
			p.created = append(p.created, t)
		default:
			change := &tableChange{from: shapeOf(before), to: shapeOf(t)}
			switch {
			case change.from.equal(change.to):
			case isDerived(before) && isDerived(t):
				p.derived = append(p.derived, change)
			default:
				p.changed = append(p.changed, change)
			}
		}
	}
	for _, t := range p.from.Tables {
		if after[model.Fold(t.Name)] == nil {
			p.dropped = append(p.dropped, t)
		}
	}
	for _, t := range p.dropped {
		p.Losses = append(p.Losses, Loss{Table: p.Renames.OldTable(t.Name), Pos: t.Pos})
	}
	for _, c := range p.changed {
		for _, column := range c.droppedColumns() {
			if column.Generated { // nothing but what others say
				continue
			}
			p.Losses = append(p.Losses, Loss{p.Renames.OldTable(c.from.table.Name), p.Renames.OldColumn(c.from.table.Name, column.Name), column.Pos})
		}
	}
}

// checkReadable returns model.Problems for full text indexes that change and
// hold no text to fill the new one with.
func (p *planner) checkReadable() error {
	var problems model.Problems
	for _, c := range p.changed {
		if content, isSet := contentOf(c.from.table); isSet && content == "" {
			problems.Add(c.to.table.Pos, "drop it in one migration, and create and fill it in the next",
				"table %s cannot be changed: it has no content that could be read", c.to.table.Name)
		}
	}
	return problems.Err()
}

// droppedColumns returns the columns that only the table before has, and those
// whose values give way to generated ones.
func (c *tableChange) droppedColumns() []*model.Column {
	return slices.DeleteFunc(slices.Clone(c.from.table.Columns), func(column *model.Column) bool {
		after := c.to.table.Column(column.Name)
		return column.Hidden || after != nil && (!after.Generated || column.Generated)
	})
}

// closeRebuilds adds the tables that reference a rebuilt one: when SQLite
// drops a table it deletes its rows first, and the actions of foreign keys
// (ON DELETE CASCADE for one) change the rows that reference them, so that
// these are copied to where nothing happens to them.
func (p *planner) closeRebuilds() {
	for _, c := range p.changed {
		if c.isRebuilt() {
			p.rebuilds[c.name()] = true
		}
	}
	dropped := map[string]bool{}
	for _, t := range p.dropped {
		dropped[model.Fold(t.Name)] = true
	}
	for again := len(p.rebuilds) > 0; again; {
		again = false
		for _, t := range p.from.Tables {
			name := model.Fold(t.Name)
			if p.rebuilds[name] || dropped[name] || !references(t, p.rebuilds) {
				continue
			}
			p.rebuilds[name] = true
			again = true
		}
	}
}

// references reports whether a table has a foreign key to one of the tables.
func references(t *model.Table, names map[string]bool) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(key *model.ForeignKey) bool { return names[model.Fold(key.Table)] })
}

// write puts the statements in order.
func (p *planner) write() {
	views := p.dropDependents()
	p.dropDerived()
	p.dropIndexes()
	created, _ := parentsFirst(p.created)
	for _, t := range created {
		if p.before[model.Fold(t.Name)] == nil {
			p.touch(t.Name)
			p.step("Create table "+t.Name, "%s", p.withCopies(t, t.Name))
		}
	}
	// Columns go before, and come after the tables that they may reference are
	// away for a moment.
	p.alter(func(c *tableChange) []Step { return c.drops })
	p.rebuild()
	p.alter(func(c *tableChange) []Step { return c.adds })
	for _, t := range p.created {
		if p.before[model.Fold(t.Name)] != nil { // virtual now, or no longer
			p.step("Create table "+t.Name, "%s", t.SQL)
		}
	}
	p.createDerived()
	p.createIndexes()
	p.createDependents(views)
}

// alter adds statements of the tables that are not rebuilt.
func (p *planner) alter(steps func(*tableChange) []Step) {
	for _, c := range p.changed {
		if !p.rebuilds[c.name()] {
			p.touch(c.to.table.Name)
			p.Steps = append(p.Steps, steps(c)...)
		}
	}
}

// Touches reports whether the plan changes a table, by its name after.
func (p *Plan) Touches(table string) bool { return p.touched[model.Fold(p.Renames.OldTable(table))] }

// touch notes that the plan changes a table.
func (p *planner) touch(name string) { p.touched[model.Fold(p.Renames.OldTable(name))] = true }

// dropIndexes drops the indexes that go or change, but for those of tables
// that go with them.
func (p *planner) dropIndexes() {
	gone := map[string]bool{}
	for _, t := range p.dropped {
		gone[model.Fold(t.Name)] = true
	}
	after := indexesByName(p.to)
	for _, index := range indexesOf(p.from) {
		if p.same(index, after[model.Fold(index.Name)]) || p.rebuilds[model.Fold(index.table)] || gone[model.Fold(index.table)] {
			continue
		}
		p.touch(index.table)
		p.step("", "DROP INDEX %s", sqltext.Quote(index.Name))
	}
}

// createIndexes creates the indexes that are new or changed, and those of
// tables that were made again.
func (p *planner) createIndexes() {
	before := indexesByName(p.from)
	for _, index := range indexesOf(p.to) {
		old := before[model.Fold(index.Name)]
		if p.same(index, old) && !p.rebuilds[model.Fold(index.table)] && p.before[model.Fold(index.table)] != nil && !p.isCreated(index.table) {
			continue
		}
		p.touch(index.table)
		p.step("", "%s", index.SQL)
	}
}

func (p *planner) isCreated(table string) bool {
	return slices.ContainsFunc(p.created, func(t *model.Table) bool { return model.Fold(t.Name) == model.Fold(table) })
}

func indexesByName(s *model.Schema) map[string]tableIndex {
	found := map[string]tableIndex{}
	for _, index := range indexesOf(s) {
		found[model.Fold(index.Name)] = index
	}
	return found
}

// same reports whether two indexes are the same one.
func (p *planner) same(a, b tableIndex) bool {
	return a.Index != nil && b.Index != nil && same(p.names, indexObject(a), indexObject(b))
}

// inspect returns the schema of the scratch database.
func (p *planner) inspect(ctx context.Context) (*model.Schema, error) {
	return atlas.Inspect(ctx, p.scratch)
}
