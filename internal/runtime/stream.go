package runtime

import (
	"context"
	"iter"
)

// stream reads the rows of a statement one by one, each into what fields
// names of it. Rows that the caller does not range over are not read; an error
// is the last that it yields.
func stream[R any](ctx context.Context, s *session, op string, fields func(*R) []any, text string, args ...any) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		if more, err := each(ctx, s, fields, yield, text, args); more && err != nil {
			yield(*new(R), failed(op, "", err))
		}
	}
}

// each yields the rows of a statement and reports whether the caller wants
// more than there are.
func each[R any](ctx context.Context, s *session, fields func(*R) []any, yield func(R, error) bool, text string, args []any) (more bool, err error) {
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return true, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r R
		if err := rows.Scan(fields(&r)...); err != nil {
			return true, err
		}
		if !yield(r, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// broken yields an error alone.
func broken[R any](err error) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) { yield(*new(R), err) }
}
