package runtime

import "context"

// described is a row type that knows its table.
type described[R any] interface{ described() *table[R] }

// Rows are all rows of one table that a scope may see.
type Rows[R described[R]] struct{ session *session }

func (r Rows[R]) query() Query[R] {
	var row R
	return Query[R]{session: r.session, table: row.described()}
}

// Where returns the rows that all predicates match.
func (r Rows[R]) Where(predicates ...Predicate[R]) Query[R] { return r.query().Where(predicates...) }

// OrderBy returns the rows in an order.
func (r Rows[R]) OrderBy(orderings ...Ordering[R]) Query[R] { return r.query().OrderBy(orderings...) }

// Limit returns the first n rows.
func (r Rows[R]) Limit(n int) Query[R] { return r.query().Limit(n) }

// Offset returns all but the first n rows.
func (r Rows[R]) Offset(n int) Query[R] { return r.query().Offset(n) }

// All returns the rows; an empty slice when there are none.
func (r Rows[R]) All(ctx context.Context) ([]R, error) { return r.query().All(ctx) }

// First returns the row with the smallest key, or ErrNotFound.
func (r Rows[R]) First(ctx context.Context) (*R, error) { return r.query().First(ctx) }

// Only returns the one row that there is. Returns ErrNotFound when there is
// none and ErrInvalid when there are several.
func (r Rows[R]) Only(ctx context.Context) (*R, error) { return r.query().Only(ctx) }

// Count returns how many rows there are.
func (r Rows[R]) Count(ctx context.Context) (int64, error) { return r.query().Count(ctx) }

// Exists reports whether there is a row.
func (r Rows[R]) Exists(ctx context.Context) (bool, error) { return r.query().Exists(ctx) }
