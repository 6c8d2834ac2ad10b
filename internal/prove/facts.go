package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// term names a value: a column of a row, a parameter, a literal. Terms in
// one class are known to be the same value.
type term int32

// mark is what is known of a class of terms.
type mark uint8

const (
	notNull  mark = 1 << iota
	isNull        // NULL in every row that the facts speak of
	isTenant      // the verified tenant
	isActor       // the acting user
)

type node struct {
	up    term // towards the representative of the class
	next  term // circular list of the class
	row   int32
	group int32 // whose rows exist when this value is not NULL
	marks mark  // valid at the representative
}

// row stands for a row of a table that exists in the database.
type row struct {
	table  *table
	first  term // of its columns; the rowid comes last
	group  int32
	stored bool   // obeys the keys of its table; images of rows do not
	given  bool   // belongs to the tenant, by induction or by an earlier proof
	chased uint64 // keys already followed
	depth  int8   // keys between this row and one of the statement
}

// group is the null-extended side of an outer join. What holds of its rows
// waits until something shows that they exist.
type group struct {
	parent  int32
	active  bool
	pending []func(*facts)
}

// constant is a parameter or literal as a column of some affinity sees it.
type constant struct {
	text     string
	affinity sqlite.Affinity
	term     term
}

// conjunct is a condition that cannot be used yet, since it also holds of
// rows that outer joins made up.
type conjunct struct {
	scope *scope
	expr  ast.Expr
}

// facts are what is known of the rows that pass the conditions: equalities,
// rows that exist, and alternatives of which one holds. All of it stays true
// when rows are added to the database; proofs rest on that.
type facts struct {
	proof     *proof
	nodes     []node
	rows      []row
	groups    []group
	constants []constant
	either    [][]func(*facts)
	unsettled []conjunct
	dead      bool // the facts contradict each other: no such row passes
	dirty     bool // the chase has something to do
}

func newFacts(p *proof) *facts {
	return &facts{
		proof:  p,
		nodes:  make([]node, 1, 96),
		rows:   make([]row, 0, 8),
		groups: []group{{active: true}},
	}
}

func (f *facts) clone() *facts {
	f.proof.spend(1 + len(f.nodes)/100 + len(f.either)/10)
	return &facts{
		proof:     f.proof,
		nodes:     append(make([]node, 0, len(f.nodes)+32), f.nodes...),
		rows:      append(make([]row, 0, len(f.rows)+4), f.rows...),
		groups:    slices.Clone(f.groups),
		constants: slices.Clip(f.constants),
		either:    slices.Clip(f.either),
		unsettled: slices.Clip(f.unsettled),
		dead:      f.dead,
		dirty:     f.dirty,
	}
}

func (f *facts) newTerm(row, group int32) term {
	t := term(len(f.nodes))
	f.nodes = append(f.nodes, node{up: t, next: t, row: row, group: group})
	return t
}

func (f *facts) find(t term) term {
	for f.nodes[t].up != t {
		t = f.nodes[t].up
	}
	return t
}

func (f *facts) has(t term, m mark) bool { return f.nodes[f.find(t)].marks&m != 0 }
func (f *facts) same(a, b term) bool     { return f.find(a) == f.find(b) }

// class calls fn for the terms of t's class until one answers true.
func (f *facts) class(t term, fn func(term) bool) bool {
	for member := t; ; {
		if fn(member) {
			return true
		}
		if member = f.nodes[member].next; member == t {
			return false
		}
	}
}

// equal records that two terms are the same value, NULL included.
func (f *facts) equal(a, b term) {
	ra, rb := f.find(a), f.find(b)
	if ra == rb {
		return
	}
	na, nb := &f.nodes[ra], &f.nodes[rb]
	both := na.marks | nb.marks
	wake := both&notNull != 0 && na.marks&nb.marks&notNull == 0
	nb.up = ra
	na.next, nb.next = nb.next, na.next
	na.marks = both
	f.dirty = true
	f.consistent(ra)
	if wake {
		f.wake(ra)
	}
}

// know marks the class of t.
func (f *facts) know(t term, m mark) {
	r := f.find(t)
	if f.nodes[r].marks&m == m {
		return
	}
	f.nodes[r].marks |= m
	f.dirty = true
	f.consistent(r)
	if m&notNull != 0 {
		f.wake(r)
	}
}

func (f *facts) consistent(r term) {
	if m := f.nodes[r].marks; m&notNull != 0 && m&isNull != 0 {
		f.dead = true
	}
}

// wake activates the groups of a class that turned out not to be NULL.
func (f *facts) wake(r term) {
	var found []int32
	f.class(r, func(t term) bool {
		if g := f.nodes[t].group; !f.groups[g].active {
			found = append(found, g)
		}
		return false
	})
	for _, g := range found {
		f.activate(g)
	}
}

// addGroup opens a null-extended side within parent.
func (f *facts) addGroup(parent int32) int32 {
	f.groups = append(f.groups, group{parent: parent})
	return int32(len(f.groups) - 1)
}

// when runs fn as soon as the rows of the group are known to exist.
func (f *facts) when(g int32, fn func(*facts)) {
	if f.groups[g].active {
		fn(f)
		return
	}
	f.groups[g].pending = append(slices.Clip(f.groups[g].pending), fn)
}

// activate records that the rows of the group exist.
func (f *facts) activate(g int32) {
	if f.groups[g].active {
		return
	}
	f.activate(f.groups[g].parent)
	f.groups[g].active = true
	f.dirty = true
	for i := range f.rows {
		if f.rows[i].group == g {
			f.markNotNull(&f.rows[i])
		}
	}
	pending := f.groups[g].pending
	f.groups[g].pending = nil
	for _, fn := range pending {
		fn(f)
	}
}

// addRow adds a row of t that exists when the group does.
func (f *facts) addRow(t *table, g int32, stored bool) int32 {
	f.proof.spend(1 + len(t.columns)/10)
	id := int32(len(f.rows))
	first := term(len(f.nodes))
	for range len(t.columns) + 1 {
		f.newTerm(id, g)
	}
	f.rows = append(f.rows, row{table: t, first: first, group: g, stored: stored})
	f.dirty = true
	if stored && f.groups[g].active {
		f.markNotNull(&f.rows[id])
	}
	return id
}

// markNotNull applies the NOT NULL constraints to a row that exists.
func (f *facts) markNotNull(r *row) {
	if !r.stored {
		return
	}
	for i, col := range r.table.columns {
		if col.notNull {
			t := f.find(r.first + term(i))
			f.nodes[t].marks |= notNull
			f.consistent(t)
		}
	}
	f.nodes[f.find(r.first+term(len(r.table.columns)))].marks |= notNull
}

// col returns the term of a column of a row.
func (f *facts) col(r int32, column int) term { return f.rows[r].first + term(column) }

// exists reports whether the row is known to exist.
func (f *facts) exists(r int32) bool { return f.groups[f.rows[r].group].active }

// constant returns the term of a parameter or literal as a column of that
// affinity sees it: '1' and 1 are one value to an INTEGER column, and two to
// a column without affinity.
func (f *facts) constant(text string, a sqlite.Affinity, marks mark) term {
	for _, c := range f.constants {
		if c.affinity == a && c.text == text {
			return c.term
		}
	}
	t := f.newTerm(-1, 0)
	f.nodes[t].marks = marks
	f.constants = append(f.constants, constant{text: text, affinity: a, term: t})
	return t
}

// oneOf records that one of the alternatives holds.
func (f *facts) oneOf(alternatives ...func(*facts)) {
	f.either = append(slices.Clip(f.either), alternatives)
}
