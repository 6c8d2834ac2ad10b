package runtime

// relation is a way from the rows of a table to those of another, over a
// foreign key.
type relation struct {
	field   string // of the row
	target  *table
	many    bool     // the field is a slice, else a pointer
	from    []string // columns of the table that the relation is of
	to      []string // columns of the target, or of the join table, with the same values
	through *through

	exact      bool // equal values are spelled alike on both sides
	implied    bool // within a scope the keys say no more than owner does
	owned      bool // what it leads to is the tenant's because that which it starts from is
	systemOnly bool // no scope may follow it
	scopeOnly  bool // System may not follow it
}

// through is the join table between two tables.
type through struct {
	table *table
	from  []string // columns that lead to the target
	to    []string // columns of the target with the same values
}

// Relation leads from rows P to rows C. In With it loads them; its functions,
// which return a refined copy, say which ones and what of them.
type Relation[P, C any] struct {
	relating[P]
	Where   func(...Predicate[C]) *Relation[P, C]  // only the rows that all predicates match
	OrderBy func(...Ordering[C]) *Relation[P, C]   // in an order
	Limit   func(n int) *Relation[P, C]            // at most n for each row that it starts from
	Select  func(...Selectable[C]) *Relation[P, C] // only these columns; the other fields are zero
	With    func(...RelationOf[C]) *Relation[P, C] // with what these rows lead to
}

// RelationOf is any relation that starts from rows P.
type RelationOf[P any] interface{ load(row P) *load }

// relating is a relation whose rows have no type yet.
type relating[P any] struct{ loading *load }

func (r *relating[P]) load(P) *load { return r.loading }

// load is what With loads: a relation, refined.
type load struct {
	relation *relation
	has      refinement
	pairs    []test // which rows of the join table count; all without any
}

// related returns the relation for the variable of a table.
func related[P, C any](r *relation) *Relation[P, C] {
	return refined[P, C](r, refinement{})
}

func refined[P, C any](r *relation, has refinement) *Relation[P, C] {
	return &Relation[P, C]{
		relating: relating[P]{&load{relation: r, has: has}},
		Where: func(predicates ...Predicate[C]) *Relation[P, C] {
			more := has.copy()
			more.where = append(more.where, tests(predicates)...)
			return refined[P, C](r, more)
		},
		OrderBy: func(orderings ...Ordering[C]) *Relation[P, C] {
			more := has.copy()
			for _, o := range orderings {
				more.order = append(more.order, o.term)
			}
			return refined[P, C](r, more)
		},
		Limit: func(n int) *Relation[P, C] {
			more := has
			more.limit = &n
			return refined[P, C](r, more)
		},
		Select: func(columns ...Selectable[C]) *Relation[P, C] {
			more := has.copy()
			var row C
			for _, c := range columns {
				more.columns = append(more.columns, c.column(row))
			}
			return refined[P, C](r, more)
		},
		With: func(relations ...RelationOf[C]) *Relation[P, C] {
			more := has.copy()
			var row C
			for _, r := range relations {
				more.with = append(more.with, r.load(row))
			}
			return refined[P, C](r, more)
		},
	}
}

// check returns why a session may not follow the relation, or what is wrong
// with how it is refined.
func (l *load) check(s *session, op string, t *table) error {
	switch {
	case l == nil || l.relation == nil:
		return invalid(op, t.name, "zero Relation")
	case l.relation.systemOnly && s.tenant != nil, l.relation.scopeOnly && s.tenant == nil:
		return &Error{Op: op, Table: t.name, Column: l.relation.field, Err: ErrNoScope}
	}
	return l.has.check(s, op, l.relation.target)
}

// isWhole reports whether all rows of the relation are loaded, in any order.
func (l *load) isWhole() bool {
	return len(l.has.where) == 0 && len(l.has.order) == 0 && l.has.limit == nil
}

// isPlain reports whether moreover nothing is loaded with them.
func (l *load) isPlain() bool {
	return l.isWhole() && len(l.has.with) == 0
}
