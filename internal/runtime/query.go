package runtime

import (
	"context"
	"database/sql"
	"slices"
)

// Ordering sorts the rows R.
type Ordering[R any] struct{ term string }

// table is what queries need to know of a table.
type table[R any] struct {
	name    string // as in the schema
	columns string // SELECT list that scan reads
	from    string // FROM … WHERE: no query reads beyond it
	get     string // the statement that reads one row by key
	scoped  bool   // the first parameter of each statement is the tenant
	key     string // ORDER BY terms of the key
	scan    func(scanner, *R) error
}

// Query reads rows of one table within a scope. It is immutable: each method
// returns a new Query, so that one may be kept and refined in several ways.
// It is safe for concurrent use.
type Query[R any] struct {
	session *session
	table   *table[R]
	where   []Predicate[R]
	order   []Ordering[R]
	limit   *int
	offset  int
}

// Where keeps the rows that all predicates match, besides earlier ones.
func (q Query[R]) Where(predicates ...Predicate[R]) Query[R] {
	q.where = append(slices.Clip(q.where), predicates...)
	return q
}

// OrderBy sorts the rows, after earlier orderings.
func (q Query[R]) OrderBy(orderings ...Ordering[R]) Query[R] {
	q.order = append(slices.Clip(q.order), orderings...)
	return q
}

// Limit keeps the first n rows. A negative n is ErrInvalid.
func (q Query[R]) Limit(n int) Query[R] {
	q.limit = &n
	return q
}

// Offset leaves out the first n rows. A negative n is ErrInvalid.
func (q Query[R]) Offset(n int) Query[R] {
	q.offset = n
	return q
}

// All returns the rows; an empty slice when there are none.
func (q Query[R]) All(ctx context.Context) ([]R, error) {
	const op = "list"
	if err := q.check(op); err != nil {
		return nil, err
	}
	w := q.selection("SELECT " + q.table.columns)
	q.window(w)
	rows, err := collect(ctx, q.session, q.table.scan, w.sql.String(), w.args...)
	if err != nil {
		return nil, failed(op, q.table.name, err)
	}
	return rows, nil
}

// First returns the first row, by key where no ordering says otherwise, or ErrNotFound.
func (q Query[R]) First(ctx context.Context) (*R, error) {
	return q.only(ctx, "first", 1)
}

// Only returns the one row that there is. Returns ErrNotFound when there is
// none and ErrInvalid when there are several.
func (q Query[R]) Only(ctx context.Context) (*R, error) {
	return q.only(ctx, "only", 2)
}

// only returns the first row of at most limit, and refuses a second.
func (q Query[R]) only(ctx context.Context, op string, limit int) (*R, error) {
	if err := q.check(op); err != nil {
		return nil, err
	}
	if q.limit == nil || *q.limit > limit {
		q = q.Limit(limit)
	}
	if len(q.order) == 0 {
		q = q.OrderBy(Ordering[R]{q.table.key})
	}
	rows, err := q.All(ctx)
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

// Count returns how many rows there are, within Limit and Offset.
func (q Query[R]) Count(ctx context.Context) (int64, error) {
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
	err := q.scalar(ctx, op, w, &n)
	return n, err
}

// Exists reports whether there is a row, within Limit and Offset.
func (q Query[R]) Exists(ctx context.Context) (bool, error) {
	const op = "exists"
	if err := q.check(op); err != nil {
		return false, err
	}
	w := q.selection("SELECT EXISTS (SELECT 1")
	q.window(w)
	w.text(")")
	var found bool
	err := q.scalar(ctx, op, w, &found)
	return found, err
}

func (q Query[R]) scalar(ctx context.Context, op string, w *writer, to any) error {
	return failed(op, q.table.name, q.session.queryRow(ctx, w.sql.String(), w.args...).Scan(to))
}

func (q Query[R]) check(op string) error {
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
	if slices.Contains(q.order, Ordering[R]{}) {
		return invalid(op, name, "zero Ordering")
	}
	return nil
}

// selection writes a statement up to its WHERE clause.
func (q Query[R]) selection(verb string) *writer {
	w := &writer{}
	if q.table.scoped {
		w.args = append(w.args, q.session.tenant)
	}
	w.text(verb)
	w.text(q.table.from)
	for _, predicate := range q.where {
		w.text("\n  AND ")
		w.test(predicate.test)
	}
	return w
}

// window writes ORDER BY, LIMIT and OFFSET.
func (q Query[R]) window(w *writer) {
	for i, ordering := range q.order {
		if i == 0 {
			w.text("\nORDER BY ")
		} else {
			w.text(", ")
		}
		w.text(ordering.term)
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
