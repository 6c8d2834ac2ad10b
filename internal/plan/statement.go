package plan

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Statements are the texts of a table's statements.
type Statements struct {
	Columns string // the SELECT list
	From    string // FROM … WHERE of every query
	Get     string
	Own     string // Get without rows that all tenants share; "" where there are none
	Insert  string
	Update  string // with marks for the caller's changes
	Delete  string

	InsertArgs []Arg
	UpdateArgs []Arg // but for the changes
	DeleteArgs []Arg
}

// Arg is an argument of a statement, in the order of its parameters.
type Arg struct {
	Source ArgSource
	Column *Column // whose value it is; nil for the tenant
}

// ArgSource says where an argument comes from.
type ArgSource int

// The sources of arguments.
const (
	FromTenant ArgSource = iota // the scope's tenant
	FromKey                     // the method's key argument
	FromInput                   // the input struct
	FromNewKey                  // the key that the caller gave, or a fresh one
	FromClock                   // now
	FromUser                    // the acting user
)

func (p *planner) statements(t *Table) Statements {
	s := Statements{Columns: wrapped(columnList(t.Columns), ""), From: p.from(t)}
	s.Get = p.get(t, existing)
	if t.Class.Shared {
		s.Own = p.get(t, written)
	}
	s.Insert, s.InsertArgs = p.insert(t)
	s.Update, s.UpdateArgs = p.update(t)
	s.Delete, s.DeleteArgs = p.delete(t)
	return s
}

// args numbers the parameters of one statement.
type args struct {
	dialect dialect
	list    []Arg
}

func (a *args) add(source ArgSource, c *Column) string {
	a.list = append(a.list, Arg{source, c})
	return a.dialect.placeholder(len(a.list))
}

// newArgs starts a statement on t, whose first parameter is the tenant where
// the table has one.
func (p *planner) newArgs(t *Table) *args {
	a := &args{dialect: p.dialect}
	if t.Scoped() {
		a.add(FromTenant, nil)
	}
	return a
}

// reach says which rows of a table a condition admits.
type reach int

const (
	listed   reach = iota // rows to read, many at a time
	existing              // a row that is found by its key anyway
	written               // rows to change: those shared by all tenants are not
)

// ownership returns the conditions that rows of t are the tenant's, the
// first parameter, and not deleted. The prefix of t's columns is "" where no
// other table is in sight.
func (p *planner) ownership(t *Table, reach reach, prefix string) []string {
	var conditions []string
	column := func(name string) string { return prefix + p.dialect.quote(name) }
	tenant := p.dialect.placeholder(1)
	switch {
	case t.Class.Kind == tenancy.Root:
		conditions = append(conditions, column(t.Class.Column)+" = "+tenant)
	case t.Class.Shared && reach != written:
		conditions = append(conditions, fmt.Sprintf("(%[1]s = %[2]s OR %[1]s IS NULL)", column(t.Class.Column), tenant))
	case t.Class.Column != "":
		conditions = append(conditions, column(t.Class.Column)+" = "+tenant)
	case t.Class.Path != nil:
		conditions = append(conditions, p.ownershipByPath(t, reach, prefix))
	}
	if t.SoftDelete != nil {
		conditions = append(conditions, column(t.SoftDelete.Name)+" IS NULL")
	}
	return conditions
}

// ownershipByPath follows one foreign key towards the tenant. A list starts
// from the tenant's parents (IN); a row found by its key asks for its own
// parent only (EXISTS).
func (p *planner) ownershipByPath(t *Table, reach reach, prefix string) string {
	key := t.Class.Path
	parent := p.tables[p.Schema.Table(key.Table)]
	outer := cmp.Or(prefix, t.SQL+".") // as a subquery sees t
	var own, theirs, pairs []string
	for i := range key.Columns {
		column := p.dialect.quote(key.Columns[i])
		own = append(own, prefix+column)
		theirs = append(theirs, parent.SQL+"."+p.dialect.quote(key.RefColumns[i]))
		pairs = append(pairs, theirs[i]+" = "+outer+column)
	}
	conditions := p.ownershipOfParent(parent, reach)
	if reach != listed {
		return exists(parent.SQL, append(pairs, conditions...))
	}
	return fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s)", tuple(own), strings.Join(theirs, ", "),
		parent.SQL, strings.Join(conditions, " AND "))
}

// ownershipOfParent is ownership without soft deletion: a row does not
// change hands when its parent is deleted.
func (p *planner) ownershipOfParent(parent *Table, reach reach) []string {
	alive := *parent
	alive.SoftDelete = nil
	return p.ownership(&alive, reach, parent.SQL+".")
}

func tuple(columns []string) string {
	if len(columns) == 1 {
		return columns[0]
	}
	return "(" + strings.Join(columns, ", ") + ")"
}

// from is FROM and WHERE of every query of the table. It always ends in a
// condition, so that more may follow.
func (p *planner) from(t *Table) string {
	conditions := p.visible(t, listed)
	if len(conditions) == 0 {
		conditions = []string{"TRUE"}
	}
	return "\nFROM " + t.SQL + where(conditions)
}

// visible is ownership as the table's own methods see it: the tenant table
// is read by System, which sees all of it.
func (p *planner) visible(t *Table, reach reach) []string {
	if t.Scoped() {
		return p.ownership(t, reach, "")
	}
	if t.SoftDelete != nil {
		return []string{t.SoftDelete.SQL + " IS NULL"}
	}
	return nil
}

func (p *planner) get(t *Table, reach reach) string {
	a := p.newArgs(t)
	conditions := append(p.keyConditions(t, a), p.visible(t, reach)...)
	return "\nSELECT " + wrapped(columnList(t.Columns), "") + "\nFROM " + t.SQL + where(conditions)
}

func (p *planner) keyConditions(t *Table, a *args) []string {
	var conditions []string
	for _, c := range t.Keys {
		conditions = append(conditions, c.SQL+" = "+a.add(FromKey, c))
	}
	return conditions
}

func (p *planner) insert(t *Table) (string, []Arg) {
	a := p.newArgs(t)
	clock := &once{}
	user := &once{}
	var columns, values []string
	stored := map[*Column]string{}
	for _, c := range t.Columns {
		var value string
		switch c.Job {
		case Generated, DeletedAt:
			continue
		case TenantColumn:
			value = p.dialect.placeholder(1)
		case KeyColumn:
			value = a.add(FromNewKey, c)
		case CreatedAt, UpdatedAt:
			value = clock.in(a, FromClock, c)
		case CreatedBy, UpdatedBy:
			value = user.in(a, FromUser, c)
		case Version:
			value = "1"
		default:
			value = a.add(FromInput, c)
			if c.Input.Default {
				value = "coalesce(" + value + ", " + c.Default + ")"
			}
		}
		columns = append(columns, c.SQL)
		values = append(values, value)
		stored[c] = value
	}
	text := "\nINSERT INTO " + t.SQL + " (" + wrapped(columns, "  ") + ")"
	if tests := insertTests(t, stored); len(tests) > 0 {
		text += "\nSELECT " + wrapped(values, "  ") + where(tests)
	} else {
		text += "\nVALUES (" + wrapped(values, "  ") + ")"
	}
	return text + returning(t), a.list
}

// insertTests are the reference tests on the values that an INSERT writes.
func insertTests(t *Table, stored map[*Column]string) []string {
	var tests []string
	for _, r := range t.References {
		test := r.Test
		for i, c := range r.Columns {
			test = strings.ReplaceAll(test, fmt.Sprintf("{%d}", i), stored[c])
		}
		tests = append(tests, test)
	}
	return tests
}

// once is a parameter that several columns share: the clock, the user.
type once struct {
	bind  string
	value string
}

// in returns the parameter, adding it for the first column and for columns
// that store the value differently.
func (o *once) in(a *args, source ArgSource, c *Column) string {
	if o.value == "" || o.bind != c.Type.Bind {
		o.bind, o.value = c.Type.Bind, a.add(source, c)
	}
	return o.value
}

// update writes an UPDATE with marks for the caller's changes and the tests
// of the references among them.
func (p *planner) update(t *Table) (string, []Arg) {
	a := p.newArgs(t)
	conditions := append(p.keyConditions(t, a), p.visible(t, written)...)
	set := append([]string{"/* changes */"}, p.touched(t, a, &once{})...)
	return "\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ") +
		where(conditions) + "/* references */" + returning(t), a.list
}

// touched are the assignments that every update makes by itself.
func (p *planner) touched(t *Table, a *args, clock *once) []string {
	var set []string
	if c := t.job(UpdatedAt); c != nil {
		set = append(set, c.SQL+" = "+clock.in(a, FromClock, c))
	}
	if c := t.job(UpdatedBy); c != nil {
		set = append(set, c.SQL+" = "+a.add(FromUser, c))
	}
	if c := t.job(Version); c != nil {
		set = append(set, c.SQL+" = "+c.SQL+" + 1")
	}
	return set
}

// delete writes the statement that marks a row as deleted, or removes it.
func (p *planner) delete(t *Table) (string, []Arg) {
	a := p.newArgs(t)
	conditions := append(p.keyConditions(t, a), p.visible(t, written)...)
	if t.SoftDelete == nil {
		return "\nDELETE FROM " + t.SQL + where(conditions), a.list
	}
	clock := &once{}
	set := []string{t.SoftDelete.SQL + " = " + clock.in(a, FromClock, t.SoftDelete)}
	set = append(set, p.touched(t, a, clock)...)
	return "\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ") + where(conditions), a.list
}

func returning(t *Table) string {
	return "\nRETURNING " + wrapped(columnList(t.Columns), "  ")
}

func where(conditions []string) string {
	return "\nWHERE " + strings.Join(conditions, "\n  AND ")
}

// columnList is what a SELECT or RETURNING lists.
func columnList(columns []*Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Read
	}
	return list
}

// wrapped joins a list with commas and breaks lines before they grow long.
func wrapped(list []string, indent string) string {
	const width = 90
	var b strings.Builder
	line := 0
	for i, item := range list {
		if i > 0 {
			b.WriteString(",")
			if line+len(item) > width {
				b.WriteString("\n" + indent)
				line = 0
			} else {
				b.WriteString(" ")
			}
		}
		b.WriteString(item)
		line += len(item) + 2
	}
	return b.String()
}
