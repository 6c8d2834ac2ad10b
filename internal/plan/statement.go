package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Statements are the texts of a table's statements, as far as they are known
// before a method is called: the runtime adds lists of columns, the caller's
// predicates and changes.
type Statements struct {
	From  string // FROM … WHERE of every query
	Owner string // what makes the rows that another leads to the tenant's; "" where all are
	Alive string // what makes rows not deleted; "" where none can be

	Get   string // FROM … WHERE of the row with a key
	Write string // the same for a row that may be written; "" where that is no different

	Insert     string
	InsertArgs []Arg
	Many       string // Insert of rows in a JSON list; "" where they go one by one
	ManyArgs   []Arg
	Stored     []Arg // what Many stores, by column
	Upsert     string
	Unique     []Unique
	Sorted     [][]*Column // orders of the rows of a query that an index yields without sorting
	Tests      string      // WHERE of Insert: that what it references is within reach

	Update     string // of the row with a key, with marks for the caller's changes
	Change     string // of many rows
	UpdateArgs []Arg  // of both, after the tenant and the key
	Remove     string // of the row with a key
	Clear      string // of many rows
	RemoveArgs []Arg  // of both, after the tenant, the key and the deletion

	Deletion Deletion
}

// Unique is a key that an upsert may conflict on.
type Unique struct {
	Columns []*Column
	Where   string // WHERE of a partial index; "" without
}

// Arg is an argument of a statement, in the order of its parameters.
type Arg struct {
	Source ArgSource
	Column *Column // whose value it is; nil for the tenant and the list
}

// ArgSource says where an argument comes from.
type ArgSource int

// The sources of arguments.
const (
	FromTenant   ArgSource = iota // the scope's tenant
	FromKey                       // the method's key argument
	FromInput                     // the input struct
	FromNewKey                    // the key that the caller gave, or a fresh one
	FromClock                     // now
	FromUser                      // the acting user
	FromList                      // the inputs as JSON
	FromOne                       // 1, of a version
	FromNull                      // NULL, of what is not deleted
	FromDeletion                  // the deletion's id
)

func (p *planner) statements(t *Table) Statements {
	s := Statements{From: p.from(t), Get: p.get(t, existing)}
	s.Owner = strings.Join(p.ownershipOfParent(t, listed), "\n  AND ")
	if t.SoftDelete != nil {
		s.Alive = t.SQL + "." + t.SoftDelete.SQL + " IS NULL"
	}
	if t.ReadOnly() {
		s.Unique, s.Sorted = uniqueKeys(t), sorted(t)
		return s
	}
	if t.Class.Shared {
		s.Write = p.get(t, written)
	}
	s.Insert, s.Tests, s.InsertArgs = p.insert(t)
	if s.Stored = p.stored(t); s.Stored != nil {
		s.Many, s.ManyArgs = p.insertMany(t)
	}
	s.Upsert, s.Unique, s.Sorted = p.upsert(t), uniqueKeys(t), sorted(t)
	update, remove := p.newArgs(t), p.newArgs(t)
	byKey := p.keyConditions(t, update)
	p.keyConditions(t, remove)
	known := len(update.list)
	s.Update, s.Remove = p.update(t, update, byKey), p.remove(t, remove, byKey)
	s.UpdateArgs, s.RemoveArgs = update.list[known:], remove.list[known:]
	if t.Deletion != nil {
		s.RemoveArgs = s.RemoveArgs[1:]
	}
	s.Change, s.Clear = p.update(t, p.newArgs(t), nil), p.remove(t, p.newArgs(t), nil)
	if t.SoftDelete != nil {
		s.Deletion = p.deletion(t)
	}
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
	listed    reach = iota // rows to read, many at a time
	existing               // a row that is found by its key anyway
	written                // rows to change: those shared by all tenants are not
	exclusive              // all rows that are the tenant's alone
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
	case t.Class.Shared && reach != written && reach != exclusive:
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
	if reach != listed && reach != exclusive {
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
	return "\nFROM " + t.SQL + where(conditions)
}

func (p *planner) keyConditions(t *Table, a *args) []string {
	var conditions []string
	for _, c := range t.Keys {
		conditions = append(conditions, c.SQL+" = "+a.add(FromKey, c))
	}
	return conditions
}

// insertion is an INSERT as it comes into being.
type insertion struct {
	columns, values []string
	stored          map[*Column]string
}

// insertion lists what an INSERT writes; given is the expression of a column
// that the input gives.
func (p *planner) insertion(t *Table, a *args, given func(source ArgSource, c *Column) string) insertion {
	in := insertion{stored: map[*Column]string{}}
	clock, user := &once{}, &once{}
	for _, c := range t.Columns {
		var value string
		switch source := sourceOf(c); source {
		case FromNull:
			continue
		case FromTenant:
			value = p.dialect.placeholder(1)
		case FromOne:
			value = "1"
		case FromClock:
			value = clock.in(a, source, c)
		case FromUser:
			value = user.in(a, source, c)
		default:
			if c.Job == Generated {
				continue
			}
			value = given(source, c)
		}
		in.columns = append(in.columns, c.SQL)
		in.values = append(in.values, value)
		in.stored[c] = value
	}
	return in
}

// sourceOf says where a new row's value of a column comes from.
func sourceOf(c *Column) ArgSource {
	switch c.Job {
	case TenantColumn:
		return FromTenant
	case KeyColumn:
		return FromNewKey
	case CreatedAt, UpdatedAt:
		return FromClock
	case CreatedBy, UpdatedBy:
		return FromUser
	case Version:
		return FromOne
	case DeletedAt, DeletionID:
		return FromNull
	}
	return FromInput
}

func (p *planner) insert(t *Table) (text, tests string, list []Arg) {
	a := p.newArgs(t)
	in := p.insertion(t, a, func(source ArgSource, c *Column) string {
		value := a.add(source, c)
		if c.Input.Default && source == FromInput {
			return "coalesce(" + value + ", " + c.Default + ")"
		}
		return value
	})
	text = "\nINSERT INTO " + t.SQL + " (" + wrapped(in.columns, "  ") + ")"
	if conditions := insertTests(t, in.stored); len(conditions) > 0 {
		tests = where(conditions)
		return text + "\nSELECT " + wrapped(in.values, "  ") + tests, tests, a.list
	}
	return text + "\nVALUES (" + wrapped(in.values, "  ") + ")", "", a.list
}

// inputRow is what a statement calls a row of a JSON list.
const inputRow = `"input."`

// insertMany writes the INSERT of a JSON list of rows: of all, or of none if a
// reference of one is out of reach.
func (p *planner) insertMany(t *Table) (string, []Arg) {
	a := p.newArgs(t)
	list := p.dialect.list(a.add(FromList, nil)) + " AS " + inputRow
	n := 0
	in := p.insertion(t, a, func(ArgSource, *Column) string {
		n++
		return p.dialect.element(inputRow+".value", n-1)
	})
	text := "\nINSERT INTO " + t.SQL + " (" + wrapped(in.columns, "  ") + ")" +
		"\nSELECT " + wrapped(in.values, "  ") + "\nFROM " + list
	if tests := insertTests(t, in.stored); len(tests) > 0 {
		text += "\nWHERE NOT EXISTS (SELECT 1 FROM " + list + " WHERE NOT (" + strings.Join(tests, " AND ") + "))"
	}
	return text, a.list
}

// stored says what an INSERT of a JSON list stores in each column; nil where
// that is not known before, JSON cannot carry it, or one row may name another of the
// list: then rows are inserted one by one.
func (p *planner) stored(t *Table) []Arg {
	if slices.ContainsFunc(t.References, func(r *Reference) bool { return r.Self }) {
		return nil
	}
	var list []Arg
	for _, c := range t.Columns {
		source := sourceOf(c)
		affinity := p.dialect.affinity(c.source.Type)
		switch {
		case c.Job == Generated, source == FromNewKey && !c.Type.Text,
			c.Input.Default && !c.knowsDefault(),
			!slices.Contains(carried[c.Type.Bind], affinity):
			return nil
		}
		list = append(list, Arg{source, c})
	}
	return list
}

// carried are the affinities with which a column stores just what JSON carries
// of each Go type.
var carried = map[string][]sqlite.Affinity{
	"bindText":      {sqlite.AffinityText},
	"bindISO":       {sqlite.AffinityText},
	"bindJSON":      {sqlite.AffinityText},
	"bindInteger":   {sqlite.AffinityInteger},
	"bindBool":      {sqlite.AffinityInteger, sqlite.AffinityNumeric},
	"bindUnix":      {sqlite.AffinityInteger, sqlite.AffinityNumeric},
	"bindUnixMilli": {sqlite.AffinityInteger, sqlite.AffinityNumeric},
	"bindReal":      {sqlite.AffinityReal},
}

// upsert writes what an INSERT does where it conflicts with a row: it changes
// what the input gives, unless the row is another tenant's, or deleted.
func (p *planner) upsert(t *Table) string {
	var set []string
	for _, c := range t.Columns {
		switch {
		case c.Settable(), c.Job == UpdatedAt, c.Job == UpdatedBy:
			set = append(set, c.SQL+" = excluded."+c.SQL)
		case c.Job == Version:
			set = append(set, c.SQL+" = "+t.SQL+"."+c.SQL+" + 1")
		}
	}
	if len(set) == 0 { // for RETURNING to yield the row
		set = append(set, t.Keys[0].SQL+" = "+t.SQL+"."+t.Keys[0].SQL)
	}
	text := "\nDO UPDATE SET " + wrapped(set, "  ")
	var conditions []string
	if t.Scoped() {
		conditions = p.ownership(t, written, t.SQL+".")
	} else if t.SoftDelete != nil {
		conditions = []string{t.SQL + "." + t.SoftDelete.SQL + " IS NULL"}
	}
	if len(conditions) > 0 {
		text += where(conditions)
	}
	return text
}

// uniqueKeys are the keys that no two rows share.
func uniqueKeys(t *Table) []Unique {
	var keys []Unique
	add := func(columns []string, predicate string) {
		u := Unique{}
		for _, name := range columns {
			c := t.column(name)
			if c == nil {
				return // an expression, or a hidden column
			}
			u.Columns = append(u.Columns, c)
		}
		if predicate != "" {
			u.Where = "WHERE " + predicate
		}
		keys = append(keys, u)
	}
	add(t.source.PrimaryKey, "")
	for _, index := range t.source.Indexes {
		if index.Unique && index.Origin != model.OriginPrimaryKey {
			var columns []string
			for _, c := range index.Columns {
				columns = append(columns, c.Name)
			}
			add(columns, index.Where)
		}
	}
	return keys
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

// sorted lists the orders in which an index yields the rows that a query may
// read: what is behind the tenant, where they belong to one.
func sorted(t *Table) [][]*Column {
	var orders [][]*Column
	for _, index := range t.source.Indexes {
		var order []*Column
		for _, term := range index.Columns {
			c := t.column(term.Name)
			if c == nil || term.Desc || !strings.EqualFold(term.Collation, c.source.Collation) {
				break
			}
			order = append(order, c)
		}
		alive := t.SoftDelete != nil && strings.EqualFold(index.Where, t.SoftDelete.SQL+" IS NULL")
		switch {
		case len(order) == 0, index.Where != "" && !alive:
			continue
		case t.source.RowidKey() && len(order) == len(index.Columns) && !slices.Contains(order, t.Keys[0]):
			order = append(order, t.Keys[0])
		}
		if t.Scoped() {
			if order[0].Job != TenantColumn || t.Class.Shared {
				continue
			}
			order = order[1:]
		}
		if len(order) > 0 {
			orders = append(orders, order)
		}
	}
	return orders
}

// update writes an UPDATE with marks for the caller's changes and the tests
// of the references among them: of the row with a key, or of many.
func (p *planner) update(t *Table, a *args, byKey []string) string {
	set := append([]string{"/* changes */"}, p.touched(t, a, &once{})...)
	return "\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ") + where(p.writable(t, byKey)) + "/* references */"
}

// writable are the conditions on the rows that a statement changes.
func (p *planner) writable(t *Table, byKey []string) []string {
	conditions := append(slices.Clone(byKey), p.visible(t, written)...)
	if len(conditions) == 0 {
		return []string{"TRUE"}
	}
	return conditions
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
	if c := t.Version; c != nil {
		set = append(set, c.SQL+" = "+c.SQL+" + 1")
	}
	return set
}

// remove writes the statement that marks rows as deleted, or deletes them.
func (p *planner) remove(t *Table, a *args, byKey []string) string {
	if t.SoftDelete == nil {
		return "\nDELETE FROM " + t.SQL + where(p.writable(t, byKey))
	}
	return p.mark(t, a) + where(p.writable(t, byKey))
}

func where(conditions []string) string {
	return "\nWHERE " + strings.Join(conditions, "\n  AND ")
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
