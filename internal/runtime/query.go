package runtime

import (
	"context"
	"database/sql"
	"slices"
)

// Ordering sorts the rows R.
type Ordering[R any] struct{ term string }

// table is what statements need to know of a table.
type table struct {
	name    string // as in the schema
	columns string // SELECT list that its fields are scanned from
	from    string // FROM … WHERE: no query reads beyond it
	get     string // the statement that reads one row by key, if it may be written
	scoped  bool   // the first parameter of each statement is the tenant
	key     string // ORDER BY terms of the key
}

// query is what a generated query type holds. It is a value: its methods
// return a changed copy, so that a query may be kept and refined in several ways.
type query struct {
	session *session
	table   *table
	where   []test
	order   []string
	limit   *int
	offset  int
}

func (q query) filtered(tests []test) query {
	q.where = append(slices.Clip(q.where), tests...)
	return q
}

func (q query) sorted(terms []string) query {
	q.order = append(slices.Clip(q.order), terms...)
	return q
}

func (q query) limited(n int) query {
	q.limit = &n
	return q
}

func (q query) skipping(n int) query {
	q.offset = n
	return q
}

// terms are the orderings without their type.
func terms[R any](orderings []Ordering[R]) []string {
	list := make([]string, len(orderings))
	for i, o := range orderings {
		list[i] = o.term
	}
	return list
}

// all reads the rows of a query.
func all[R any](ctx context.Context, q query, fields func(*R) []any) ([]R, error) {
	const op = "list"
	if err := q.check(op); err != nil {
		return nil, err
	}
	w := q.selection("SELECT " + q.table.columns)
	q.window(w)
	rows, err := collect(ctx, q.session, fields, w.sql.String(), w.args...)
	if err != nil {
		return nil, failed(op, q.table.name, err)
	}
	return rows, nil
}

// only reads the first of at most limit rows, and refuses a second.
func only[R any](ctx context.Context, q query, op string, limit int, fields func(*R) []any) (*R, error) {
	if err := q.check(op); err != nil {
		return nil, err
	}
	if q.limit == nil || *q.limit > limit {
		q = q.limited(limit)
	}
	if len(q.order) == 0 {
		q = q.sorted([]string{q.table.key})
	}
	rows, err := all(ctx, q, fields)
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, failed(op, q.table.name, sql.ErrNoRows)
	case len(rows) > 1:
		return nil, invalid(op, q.table.name, "more than one row matches")
	}
	return &rows[0], nil
}

// count returns how many rows there are.
func (q query) count(ctx context.Context) (int64, error) {
	const op = "count"
	if err := q.check(op); err != nil {
		return 0, err
	}
	var w *writer
	if q.limit == nil && q.offset == 0 {
		w = q.selection("SELECT count(*)")
	} else {
		w = q.selection("SELECT count(*) FROM (SELECT 1")
		q.window(w)
		w.text(")")
	}
	var n int64
	err := q.session.queryRow(ctx, w.sql.String(), w.args...).Scan(&n)
	return n, failed(op, q.table.name, err)
}

// exists reports whether there is a row.
func (q query) exists(ctx context.Context) (bool, error) {
	const op = "exists"
	if err := q.check(op); err != nil {
		return false, err
	}
	w := q.selection("SELECT EXISTS (SELECT 1")
	q.window(w)
	w.text(")")
	var found bool
	err := q.session.queryRow(ctx, w.sql.String(), w.args...).Scan(&found)
	return found, failed(op, q.table.name, err)
}

func (q query) check(op string) error {
	name := ""
	if q.table != nil {
		name = q.table.name
	}
	if err := q.session.check(op, name); err != nil {
		return err
	}
	if q.offset < 0 || q.limit != nil && *q.limit < 0 {
		return invalid(op, name, "negative limit or offset")
	}
	if slices.Contains(q.order, "") {
		return invalid(op, name, "zero Ordering")
	}
	return nil
}

// selection writes a statement up to its WHERE clause.
func (q query) selection(verb string) *writer {
	w := &writer{}
	if q.table.scoped {
		w.args = append(w.args, q.session.tenant)
	}
	w.text(verb)
	w.text(q.table.from)
	for _, t := range q.where {
		w.text("\n  AND ")
		w.test(t)
	}
	return w
}

// window writes ORDER BY, LIMIT and OFFSET.
func (q query) window(w *writer) {
	for i, term := range q.order {
		if i == 0 {
			w.text("\nORDER BY ")
		} else {
			w.text(", ")
		}
		w.text(term)
	}
	switch {
	case q.limit != nil:
		w.text("\nLIMIT ")
		w.argument(*q.limit)
	case q.offset > 0:
		w.text("\nLIMIT " + unlimited)
	}
	if q.offset > 0 {
		w.text(" OFFSET ")
		w.argument(q.offset)
	}
}
