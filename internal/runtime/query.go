package runtime

import (
	"context"
	"database/sql"
	"reflect"
	"slices"
)

// Ordering sorts the rows R. The zero value is ErrInvalid.
type Ordering[R any] struct{ term term }

// term sorts by a column.
type term struct {
	column     string
	descending bool
}

// refinement says which rows to read, in which order, and what of them.
type refinement struct {
	where   []test
	order   []term
	limit   *int
	columns []string // nil for all
	with    []*load
}

// query is what a generated query type is. It does not change: its methods
// return a changed copy, so that a query may be kept and refined in several ways.
type query struct {
	session *session
	table   *table
	has     refinement
	most    int // what has.limit points to
	offset  int
	deleted deletedRows
}

// deletedRows says what a query sees of deleted rows.
type deletedRows uint8

const (
	areHidden deletedRows = iota
	areSeen               // beside the others
	areAll                // that it sees
)

// What generated methods call is kept out of line: a copy of it in each of
// them would take longer to compile than all else.

// newQuery returns the query of all rows of a table.
//
//go:noinline
func newQuery(s *session, t *table) *query { return &query{session: s, table: t} }

// refined returns a copy that may be changed, until it is given away.
//
//go:noinline
func (q *query) refined() *query {
	if q == nil {
		return &query{}
	}
	c := *q
	c.has = c.has.copy()
	return &c
}

// copy returns a copy to which may be added.
func (r *refinement) copy() refinement {
	c := *r
	c.where = slices.Clip(r.where)
	c.order = slices.Clip(r.order)
	c.columns = slices.Clip(r.columns)
	c.with = slices.Clip(r.with)
	return c
}

//go:noinline
func (q *query) filter(t test) { q.has.where = append(q.has.where, t) }

//go:noinline
func (q *query) sort(t term) {
	if q.has.order == nil {
		q.has.order = make([]term, 0, 4)
	}
	q.has.order = append(q.has.order, t)
}

//go:noinline
func (q *query) choose(column string) { q.has.columns = append(q.has.columns, column) }

//go:noinline
func (q *query) load(l *load) { q.has.with = append(q.has.with, l) }

//go:noinline
func (q *query) limited(n int) *query {
	c := q.refined()
	c.most = n
	c.has.limit = &c.most
	return c
}

//go:noinline
func (q *query) skipping(n int) *query {
	c := q.refined()
	c.offset = n
	return c
}

//go:noinline
func (q *query) seeing(deleted deletedRows) *query {
	c := q.refined()
	c.deleted = deleted
	return c
}

// all reads the rows of a query into the slice at an address; never nil
// without an error.
func (q *query) all(ctx context.Context, rows any) error {
	const op = "list"
	q, err := q.permitted(op, toRead)
	if err != nil {
		return err
	}
	_, err = q.read(ctx, reflect.ValueOf(rows).Elem())
	return failed(op, q.table.name, err)
}

// first reads the first row into the pointer at an address.
func (q *query) first(ctx context.Context, row any) error {
	return q.single(ctx, "first", 1, row)
}

// only reads the one row that there is into the pointer at an address.
func (q *query) only(ctx context.Context, row any) error {
	return q.single(ctx, "only", 2, row)
}

// single reads the first of at most limit rows, and refuses a second.
func (q *query) single(ctx context.Context, op string, limit int, row any) error {
	q, err := q.permitted(op, toRead)
	if err != nil {
		return err
	}
	if q.has.limit == nil || *q.has.limit > limit {
		q = q.limited(limit)
	}
	if len(q.has.order) == 0 {
		q = q.refined()
		q.has.order = q.table.orderKey
	}
	to := reflect.ValueOf(row).Elem()
	rows := reflect.New(reflect.SliceOf(to.Type().Elem())).Elem()
	_, err = q.read(ctx, rows)
	switch {
	case err != nil:
		return failed(op, q.table.name, err)
	case rows.Len() == 0:
		return failed(op, q.table.name, sql.ErrNoRows)
	case rows.Len() > 1:
		return invalid(op, q.table.name, "more than one row matches")
	}
	to.Set(rows.Index(0).Addr())
	return nil
}

// count returns how many rows there are.
func (q *query) count(ctx context.Context) (n int64, err error) {
	const op = "count"
	if q, err = q.permitted(op, toRead); err != nil {
		return 0, err
	}
	n, err = q.matches(ctx)
	return n, failed(op, q.table.name, err)
}

// matches is count for who may know.
func (q *query) matches(ctx context.Context) (n int64, err error) {
	w := q.writer()
	defer w.free()
	if !q.isPart() {
		w.text("SELECT count(*)")
		q.writeRows(w)
	} else {
		w.text("SELECT count(*) FROM (SELECT 1")
		q.writeRows(w)
		q.writeWindow(w)
		w.text(")")
	}
	return n, q.session.scan(ctx, w, &n)
}

// exists reports whether there is a row.
func (q *query) exists(ctx context.Context) (found bool, err error) {
	const op = "exists"
	if q, err = q.permitted(op, toRead); err != nil {
		return false, err
	}
	w := q.writer()
	defer w.free()
	w.text("SELECT EXISTS (SELECT 1")
	q.writeRows(w)
	q.writeWindow(w)
	w.text(")")
	return found, failed(op, q.table.name, q.session.scan(ctx, w, &found))
}

// check returns what is wrong with a query before anything is read.
func (q *query) check(op string) error {
	if q == nil || q.table == nil {
		return (*session)(nil).check(op, "")
	}
	if err := q.session.check(op, q.table.name); err != nil {
		return err
	}
	if q.offset < 0 {
		return invalid(op, q.table.name, "negative limit or offset")
	}
	return q.has.check(q.session, op, q.table)
}

// check returns what is wrong with a refinement of the rows of a table.
func (r *refinement) check(s *session, op string, t *table) error {
	t.prepare()
	switch {
	case r.limit != nil && *r.limit < 0:
		return invalid(op, t.name, "negative limit or offset")
	case slices.Contains(r.order, term{}):
		return invalid(op, t.name, "zero Ordering")
	case slices.ContainsFunc(r.columns, func(c string) bool { return t.index(c) < 0 }):
		return invalid(op, t.name, "zero column")
	}
	for _, l := range r.with {
		if err := l.check(s, op, t); err != nil {
			return err
		}
	}
	return nil
}

// writer starts a statement. Its first argument is the tenant wherever a
// scope reads what is, or leads to, a tenant's.
func (q *query) writer() *writer {
	w := newWriter()
	if q.table.scoped || q.session.tenant != nil && len(q.has.with) > 0 {
		w.args = append(w.args, q.session.tenant)
	}
	return w
}

// changing is permitted for a change of the rows. Deleted ones do not change:
// what hides them from an update by key must not be got around by a query.
func (q *query) changing(op string, to access) (*query, error) {
	q, err := q.permitted(op, to)
	if err != nil {
		return nil, err
	}
	if q.deleted != areHidden {
		return nil, invalid(op, q.table.name, "a query that sees deleted rows")
	}
	return q, q.session.sign(op, q.table, to)
}

// writeRows writes FROM and WHERE.
func (q *query) writeRows(w *writer) {
	switch q.deleted {
	case areHidden:
		w.text(q.table.from)
	case areSeen:
		w.text(q.table.whole)
	case areAll:
		w.texts(q.table.whole, "\n  AND ", q.table.gone)
	}
	w.and(q.has.where)
}

// writeWindow writes ORDER BY, LIMIT and OFFSET. An order always has a limit:
// the database may drop one that has none in a subquery.
func (q *query) writeWindow(w *writer) {
	w.orderBy(q.has.order)
	switch {
	case q.has.limit != nil:
		w.text("\nLIMIT ")
		w.argument(*q.has.limit)
	case q.offset > 0 || len(q.has.order) > 0:
		w.text("\nLIMIT " + unlimited)
	}
	if q.offset > 0 {
		w.text(" OFFSET ")
		w.argument(q.offset)
	}
}

// isWindow reports whether a query reads its rows in an order, or not all of them.
func (q *query) isWindow() bool { return len(q.has.order) > 0 || q.isPart() }

// isPart reports whether a query reads not all of its rows.
func (q *query) isPart() bool { return q.has.limit != nil || q.offset > 0 }
