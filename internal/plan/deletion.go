package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// A row depends on another if a foreign key that is never NULL leads to it.
// Where both tables mark deleted rows, a deletion takes the dependent rows
// along and gives all of them its id, by which a restoration finds them again:
// an instant could be that of two deletions.

// Deletion is what there is of statements where deleted rows are marked.
type Deletion struct {
	Whole string // FROM … WHERE of every query that sees deleted rows too
	Gone  string // what makes rows deleted
	Lost  string // FROM … WHERE of the deleted row with a key; "" where no row depends on another

	Restore     string // of the deleted row with a key
	RestoreArgs []Arg  // after the tenant and the key, or the deletion
	Purge       string // of the deleted row with a key

	// Of rows that were deleted long ago.
	Old      string   // FROM … WHERE of them
	OldArgs  []Arg    // after the tenant
	OldBy    []string // orders them: the column that marks them, and what finds one of them
	PurgeOld string   // removes those whose keys a subquery yields, up to its FROM

	// What follows is of rows that were marked together, for tables whose rows depend on
	// others or others on them.
	Owner  string // what makes them rows that the tenant may write; "" where all are
	Take   string // marks what depends on rows of the deletion, with RemoveArgs
	Claim  string // gives the deleted row with a key to another deletion
	Move   string // gives it what depends on its rows
	Revive string // restores its rows, with RestoreArgs
}

// parent is a table whose rows those of another depend on.
type parent struct {
	table *Table
	key   *model.ForeignKey
}

// DependsOn returns the columns of the keys that lead to what the rows depend on.
func (t *Table) DependsOn() []string {
	var columns []string
	for _, above := range t.parents {
		for _, name := range above.key.Columns {
			if !slices.Contains(columns, name) && t.column(name).Job != TenantColumn {
				columns = append(columns, name)
			}
		}
	}
	return columns
}

// planDeletion gives the column that says which deletion took a row its job.
func (p *planner) planDeletion(t *Table) {
	c := t.column(p.Options.DeletionID)
	if t.SoftDelete == nil || c == nil {
		return
	}
	if c.Job != NoJob || c.Key || !c.Nullable || c.Type.Bind != "bindText" || foreignKeyOf(t.source, c.Name) != nil {
		p.problems.Add(c.source.Pos, "declare it TEXT without NOT NULL, or name another column in the option deletion_id",
			"column %s of table %q says which deletion took a row, so it must hold text or NULL", c.Name, t.Name)
		return
	}
	c.Job, t.Deletion = DeletionID, c
}

// planDependents decides what a deletion takes along.
func (p *planner) planDependents() {
	for _, t := range p.plan.Tables {
		t.parents = p.parentsOf(t)
	}
	if p.Options.DeletionID == "" {
		return // nothing could be found again, so nothing is taken along
	}
	ordered := p.dependentsLast()
	for _, t := range p.plan.Tables {
		t.Dependents = dependents(t, ordered)
		t.Recursive = slices.ContainsFunc(t.parents, func(above parent) bool { return above.table == t })
		if t.Deletion == nil && (len(t.Dependents) > 0 || len(t.parents) > 0) {
			p.deletionProblem(t)
		}
	}
}

// parentsOf returns what the rows of a table depend on. Those of a tenant are
// out of reach anyway once it is deleted, so none of them needs a mark for that.
func (p *planner) parentsOf(t *Table) []parent {
	var parents []parent
	for _, key := range t.source.ForeignKeys {
		table := p.tables[p.Schema.Table(key.Table)]
		nullable := func(name string) bool { return t.column(name) == nil || t.column(name).Nullable }
		marked := t.SoftDelete != nil && table != nil && table.SoftDelete != nil && table.Class.Kind != tenancy.Root
		if marked && !slices.ContainsFunc(key.Columns, nullable) {
			parents = append(parents, parent{table, key})
		}
	}
	return parents
}

// dependentsLast orders the tables so that each comes behind those that its
// rows depend on.
func (p *planner) dependentsLast() []*Table {
	var ordered []*Table
	for len(ordered) < len(p.plan.Tables) {
		before := len(ordered)
		for _, t := range p.plan.Tables {
			waits := func(above parent) bool { return above.table != t && !slices.Contains(ordered, above.table) }
			if !slices.Contains(ordered, t) && !slices.ContainsFunc(t.parents, waits) {
				ordered = append(ordered, t)
			}
		}
		if len(ordered) == before {
			p.circleProblem(ordered)
			return ordered
		}
	}
	return ordered
}

// circleProblem reports tables whose rows depend on each other, among those
// that have no place in the order.
func (p *planner) circleProblem(ordered []*Table) {
	for _, t := range p.plan.Tables {
		if !slices.Contains(ordered, t) {
			above := t.parents[slices.IndexFunc(t.parents, func(above parent) bool { return !slices.Contains(ordered, above.table) })]
			p.problems.Add(t.source.Pos, fmt.Sprintf("let column %s be NULL", strings.Join(above.key.Columns, ", ")),
				"rows of table %q depend on rows of %q and these on them, so no deletion could take one along with the other", t.Name, above.table.Name)
			return
		}
	}
}

// dependents returns the tables whose rows depend on those of t, at any
// distance, in the given order.
func dependents(t *Table, ordered []*Table) []*Table {
	reached := []*Table{t}
	for _, one := range ordered {
		if one != t && slices.ContainsFunc(one.parents, func(above parent) bool { return slices.Contains(reached, above.table) }) {
			reached = append(reached, one)
		}
	}
	return reached[1:]
}

// deletionProblem reports a table that does not say which deletion took a row.
func (p *planner) deletionProblem(t *Table) {
	fix := fmt.Sprintf("add \"%s TEXT\" to it", p.dialect.quote(p.Options.DeletionID))
	if len(t.parents) > 0 {
		p.problems.Add(t.source.Pos, fix, "a deleted row of table %q goes along with the row of %q that it depends on, and must be found again when that is restored",
			t.Name, t.parents[0].table.Name)
		return
	}
	p.problems.Add(t.source.Pos, fix, "a deleted row of table %q takes rows of %q along, and they must be found again when it is restored",
		t.Name, t.Dependents[0].Name)
}

// deletion writes the statements about deleted rows.
func (p *planner) deletion(t *Table) Deletion {
	all := p.regardless(t, listed)
	if len(all) == 0 {
		all = []string{"TRUE"}
	}
	d := Deletion{Whole: "\nFROM " + t.SQL + where(all), Gone: t.SQL + "." + t.SoftDelete.SQL + " IS NOT NULL"}
	a := p.newArgs(t)
	lost := p.lost(t, a)
	known := len(a.list)
	if len(t.parents) > 0 || len(t.Dependents) > 0 {
		d.Lost = "\nFROM " + t.SQL + where(lost)
	}
	d.Purge = "\nDELETE FROM " + t.SQL + where(lost)
	d.Restore = p.unmark(t, a) + where(append(lost, p.unhindered(t)...))
	d.RestoreArgs = a.list[known:]
	p.old(t, &d)
	if t.Deletion == nil {
		return d
	}
	alone := *t
	alone.SoftDelete = nil
	if t.Scoped() {
		d.Owner = strings.Join(p.ownership(&alone, written, t.SQL+"."), "\n  AND ")
	}
	if len(t.parents) > 0 {
		d.Take, d.Move = p.take(t), p.move(t)
	}
	if len(t.Dependents) > 0 || t.Recursive {
		a := p.newArgs(t)
		lost := p.lost(t, a)
		d.Claim = "\nUPDATE " + t.SQL + "\nSET " + t.Deletion.SQL + " = " + a.add(FromDeletion, t.Deletion) + where(lost)
	}
	if d.Take != "" || d.Claim != "" {
		d.Revive = p.revive(t)
	}
	return d
}

// regardless is visible for rows that are deleted or not.
func (p *planner) regardless(t *Table, reach reach) []string {
	all := *t
	all.SoftDelete = nil
	return p.visible(&all, reach)
}

// lost are the conditions on the deleted row with a key.
func (p *planner) lost(t *Table, a *args) []string {
	conditions := append(p.keyConditions(t, a), p.regardless(t, written)...)
	return append(conditions, t.SoftDelete.SQL+" IS NOT NULL")
}

// mark writes the UPDATE that marks rows as deleted, up to its WHERE.
func (p *planner) mark(t *Table, a *args) string {
	var set []string
	if t.Deletion != nil {
		set = append(set, t.Deletion.SQL+" = "+a.add(FromDeletion, t.Deletion))
	}
	clock := &once{}
	set = append(set, t.SoftDelete.SQL+" = "+clock.in(a, FromClock, t.SoftDelete))
	set = append(set, p.touched(t, a, clock)...)
	return "\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ")
}

// unmark writes the UPDATE that restores rows, up to its WHERE.
func (p *planner) unmark(t *Table, a *args) string {
	set := []string{t.SoftDelete.SQL + " = NULL"}
	if t.Deletion != nil {
		set = append(set, t.Deletion.SQL+" = NULL")
	}
	set = append(set, p.touched(t, a, &once{})...)
	return "\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ")
}

// old writes the statement that removes rows which were deleted long ago: those
// of a subquery, which says how many at most.
func (p *planner) old(t *Table, d *Deletion) {
	a := p.newArgs(t)
	known := len(a.list)
	conditions := append(p.regardless(t, written), t.SoftDelete.SQL+" <= "+a.add(FromClock, t.SoftDelete))
	d.Old, d.OldArgs = "\nFROM "+t.SQL+where(conditions), a.list[known:]
	key := []string{t.Rowid}
	if t.Rowid == "" {
		key = nil
		for _, name := range t.source.PrimaryKey {
			key = append(key, p.dialect.quote(name))
		}
	}
	d.OldBy = append([]string{t.SoftDelete.SQL}, key...)
	d.PurgeOld = "\nDELETE FROM " + t.SQL + "\nWHERE " + tuple(key) + " IN (SELECT " + strings.Join(key, ", ")
}

// take writes the statement that marks what depends on rows of a deletion.
func (p *planner) take(t *Table) string {
	a := p.newArgs(t)
	id := p.dialect.placeholder(len(a.list) + 1)
	return p.mark(t, a) + where([]string{t.SoftDelete.SQL + " IS NULL", p.dependsOn(t, id)})
}

// move writes the statement that gives what depends on rows of a deletion to
// it, from another one. What depends on rows that stay behind stays too.
func (p *planner) move(t *Table) string {
	a := p.newArgs(t)
	from, to := a.add(FromDeletion, t.Deletion), a.add(FromDeletion, t.Deletion)
	conditions := []string{t.Deletion.SQL + " = " + from, p.dependsOn(t, to)}
	if len(t.parents) > 1 {
		for _, above := range t.parents {
			conditions = append(conditions, "NOT "+p.leadsTo(t, above, above.table.Deletion.SQL+" = "+from))
		}
	}
	return "\nUPDATE " + t.SQL + "\nSET " + t.Deletion.SQL + " = " + to + where(conditions)
}

// revive writes the statement that restores the rows of a deletion.
func (p *planner) revive(t *Table) string {
	a := p.newArgs(t)
	conditions := []string{t.Deletion.SQL + " = " + a.add(FromDeletion, t.Deletion)}
	return p.unmark(t, a) + where(append(conditions, p.unhindered(t)...))
}

// unhindered are the conditions that what rows depend on is not deleted.
func (p *planner) unhindered(t *Table) []string {
	var conditions []string
	for _, above := range t.parents {
		conditions = append(conditions, "NOT "+p.leadsTo(t, above, above.table.SoftDelete.SQL+" IS NOT NULL"))
	}
	return conditions
}

// dependsOn returns the condition that rows depend on some of a deletion.
func (p *planner) dependsOn(t *Table, deletion string) string {
	var some []string
	for _, above := range t.parents {
		var own, theirs []string
		for i, name := range above.key.Columns {
			own = append(own, p.dialect.quote(name))
			theirs = append(theirs, p.dialect.quote(above.key.RefColumns[i]))
		}
		some = append(some, fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s = %s)",
			tuple(own), strings.Join(theirs, ", "), above.table.SQL, above.table.Deletion.SQL, deletion))
	}
	if len(some) == 1 {
		return some[0]
	}
	return "(" + strings.Join(some, " OR ") + ")"
}

// leadsTo returns the condition that a key leads to a row, other than the one
// that has the key, of which something holds.
func (p *planner) leadsTo(t *Table, above parent, holds string) string {
	from, name := above.table.SQL, above.table.SQL
	if above.table == t {
		name = "referenced"
		from += " AS " + name
	}
	var conditions []string
	for i, column := range above.key.Columns {
		conditions = append(conditions, fmt.Sprintf("%s.%s = %s.%s",
			name, p.dialect.quote(above.key.RefColumns[i]), t.SQL, p.dialect.quote(column)))
	}
	conditions = append(conditions, name+"."+holds)
	if above.table == t {
		conditions = append(conditions, p.isOther(t, name))
	}
	return exists(from, conditions)
}

// isOther returns the condition that a row is another one of the same table.
func (p *planner) isOther(t *Table, name string) string {
	var here, there []string
	for _, column := range t.source.PrimaryKey {
		here = append(here, t.SQL+"."+p.dialect.quote(column))
		there = append(there, name+"."+p.dialect.quote(column))
	}
	return tuple(here) + " <> " + tuple(there)
}
