package runtime

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// table is what the generated code knows of a table: its columns, where its
// rows are, and the statements that write them. In all texts ?1 is the tenant
// where the table is scoped.
type table struct {
	name    string // as in the schema
	sql     string // as statements spell it
	rowid   string // the column that finds a row fastest; "" without one
	scoped  bool   // its rows belong to tenants
	columns []columnInfo
	key     []string              // the columns that Get asks for, as statements spell them
	fields  func(row any) []any   // addresses of a row's fields, as columns are ordered
	input   func(input any) []any // addresses of an input's fields, as insert asks for them

	needs     needed    // the permissions for each access, where there are roles
	recording recording // which statements the audit log has to know the actor of
	signed    signatures

	creator string // the column that names who made a row, as statements spell it; "" without one

	from  string // FROM … WHERE: no query reads beyond it
	owner string // what makes rows the tenant's, for a row that another leads to; "" where all are
	alive string // what makes rows not deleted; "" where none can be

	get   string // FROM … WHERE of the row with a key
	write string // the same for a row to write; "" where that is no different

	insert     string
	insertArgs []argument
	many       string // insert of the rows in one JSON parameter; "" where they are inserted one by one
	manyArgs   []argument
	stored     []argument // what many stores, by column
	upsert     string     // DO UPDATE SET … WHERE, to follow ON CONFLICT (…)
	unique     []uniqueKey
	sorted     [][]string // orders that an index yields without sorting
	tests      string     // that what insert references is within reach; "" where nothing is tested
	tested     string     // the columns that are tested, for errors

	update     string     // of the row with a key, with marks for what is not known yet
	change     string     // of the rows of a query
	updateArgs []argument // of both, after the tenant and the key
	remove     string     // of the row with a key
	clear      string     // of the rows of a query
	removeArgs []argument // of both, after the tenant, the key and the deletion's id

	// What follows is of tables that mark deleted rows.
	whole       string     // from, but with the deleted rows
	gone        string     // what makes rows deleted
	lost        string     // FROM … WHERE of the deleted row with a key; "" where no row depends on another
	deletion    string     // the column that says which deletion took a row; "" without one
	dependsOn   string     // the columns of the keys that lead to what rows depend on; "" without any
	restore     string     // of the deleted row with a key, unless what it depends on is deleted
	restoreArgs []argument // after the tenant and the key
	purge       string     // of the deleted row with a key
	old         string     // FROM … WHERE of those that were deleted before an instant
	oldArgs     []argument // after the tenant
	oldBy       []string   // orders them: the column that marks them, and what finds one of them
	purgeOld    string     // of those whose keys a subquery yields, up to its FROM
	cascade

	version string // the column that every update counts up; "" without one

	once      sync.Once
	pool      sync.Pool // of *template, for rows
	inputPool sync.Pool // likewise, for inputs
	listed    []int     // the columns that a query reads
	shown     []int     // those that it reads where it sees deleted rows
	byKey     []int     // the columns that are not known once a row is found by its key
	orderKey  []term    // the key, to break ties
}

// columnInfo describes a column of a table.
type columnInfo struct {
	name string // as statements spell it
	is   columnKind
}

// columnKind says what reading a column has to know.
type columnKind uint16

const (
	isKey    columnKind = 1 << iota // part of the primary key
	isTenant                        // the tenant itself in every row that a scope reads
	isHidden                        // NULL in every row that is not deleted
	isExact                         // two values that are equal are the same
	isNull                          // may be NULL
	isBlob                          // a BLOB, which JSON holds as hexadecimal digits
	isReal                          // a floating-point number, which JSON of old engines rounds
	isStored                        // read as stored: drivers would convert it
	isOther                         // of a Go type that only database/sql can scan
	isSecret                        // never to be in a cursor
	isLoose                         // text, and yet the table lets it be a BLOB
)

// has reports whether a column is of all these kinds.
func (c columnInfo) has(kind columnKind) bool { return c.is&kind == kind }

// element is how a statement reads the column of a table.
func (c columnInfo) element(table string) element {
	e := element{name: c.name, is: c.is, sql: table + "." + c.name, slot: -1}
	if c.has(isStored) {
		e.sql = stored(e.sql)
	}
	switch e.json = e.sql; {
	case c.has(isBlob):
		e.json = hexadecimal(e.sql)
	case c.has(isLoose):
		e.json = asText(e.sql)
	}
	return e
}

// prepare works out what the columns say, once.
func (t *table) prepare() {
	t.once.Do(func() {
		for i, c := range t.columns {
			known := t.scoped && c.has(isTenant)
			if !known {
				t.shown = append(t.shown, i)
			}
			known = known || c.has(isHidden)
			if !known {
				t.listed = append(t.listed, i)
			}
			if !known && !c.has(isKey|isExact) {
				t.byKey = append(t.byKey, i)
			}
		}
		for _, name := range t.key {
			t.orderKey = append(t.orderKey, term{column: name})
		}
	})
}

// index returns the position of a column, -1 for no column of the table.
func (t *table) index(name string) int {
	for i, c := range t.columns {
		if c.name == name {
			return i
		}
	}
	return -1
}

// has reports whether a column of the table is of all these kinds.
func (t *table) has(column string, kind columnKind) bool {
	i := t.index(column)
	return i >= 0 && t.columns[i].has(kind)
}

// isSorted reports whether an index yields the rows of a query in an order.
func (t *table) isSorted(order []term) bool {
	return len(order) == 0 || slices.ContainsFunc(t.sorted, func(columns []string) bool {
		if len(order) > len(columns) {
			return false
		}
		for i, o := range order {
			if o.column != columns[i] || o.descending != order[0].descending {
				return false
			}
		}
		return true
	})
}

// isUnique reports whether no two rows, within a tenant, have the same values
// in the columns.
func (t *table) isUnique(columns []string) bool {
	return slices.ContainsFunc(t.unique, func(key uniqueKey) bool {
		return key.where == "" && !slices.ContainsFunc(key.columns, func(c string) bool {
			return !slices.Contains(columns, c) && !t.has(c, isTenant)
		})
	})
}

// template is a row to read into: its values are copied away, again and
// again, from the same fields.
type template struct {
	value  reflect.Value // the row
	fields []any         // addresses of its fields
	listed *selection    // of the columns that a query reads
	shown  *selection    // of those that it reads where it sees deleted rows
	byKey  *selection    // of those that are not known once a row is found by its key
	single reading       // of one row
}

// selection is what is read of a row.
type selection struct {
	elements []element
	array    string // the JSON array of them
	list     string // the SELECT list
	byColumn bool   // JSON cannot carry it
}

// template returns a zero row of the table, which release gives back.
func (t *table) template(row reflect.Type) *template {
	if used, ok := t.pool.Get().(*template); ok {
		return used
	}
	pointer := reflect.New(row)
	fresh := &template{value: pointer.Elem(), fields: t.fields(pointer.Interface())}
	fresh.listed, fresh.byKey = fresh.selection(t, t.listed), fresh.selection(t, t.byKey)
	if fresh.shown = fresh.listed; len(t.shown) > len(t.listed) {
		fresh.shown = fresh.selection(t, t.shown)
	}
	return fresh
}

// selection selects columns of the table.
func (m *template) selection(t *table, columns []int) *selection {
	s := &selection{byColumn: len(columns) > maxJSON}
	for _, i := range columns {
		e := t.columns[i].element(t.sql)
		e.aim(m.fields[i])
		s.elements = append(s.elements, e)
		s.byColumn = s.byColumn || e.is&isOther != 0
	}
	if len(s.elements) == 0 { // all is known, but whether there is a row
		s.elements = []element{t.columns[0].element(t.sql)}
	}
	s.array, s.list = arrayOf(s.elements), listOf(s.elements)
	return s
}

func (t *table) release(used *template) {
	used.value.SetZero()
	for _, f := range used.fields {
		forget(f)
	}
	t.pool.Put(used)
}

// uniqueKey is a unique index, or the primary key.
type uniqueKey struct {
	columns []string
	where   string // WHERE of a partial index
}

// join joins conditions that may be missing.
func join(conditions ...string) string {
	var present []string
	for _, c := range conditions {
		if c != "" {
			present = append(present, c)
		}
	}
	return strings.Join(present, "\n  AND ")
}
