package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"iter"
)

// scan reads the only row of a statement into a row's fields.
// Returns sql.ErrNoRows if there is none.
func scan(ctx context.Context, s *session, fields []any, text string, args ...any) error {
	if s.records && s.mustTell(true) {
		return s.told(ctx, func(s *session) error { return scan(ctx, s, fields, text, args...) })
	}
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := newColumns(len(fields)).into(rows, fields); err != nil {
		return err
	}
	return finish(rows)
}

// collect reads all rows of a statement into what fields names of each;
// never nil without an error.
func collect[R any](ctx context.Context, s *session, fields func(row any) []any, text string, args ...any) ([]R, error) {
	result := []R{}
	_, err := each(ctx, s, fields, func(r R, _ error) bool {
		result = append(result, r)
		return true
	}, text, args)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// stream reads the rows of a statement one by one, each into what fields
// names of it. Rows that the caller does not range over are not read; an error
// is the last that it yields.
func stream[R any](ctx context.Context, s *session, op string, fields func(row any) []any, text string, args ...any) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		if more, err := each(ctx, s, fields, yield, text, args); more && err != nil {
			yield(*new(R), failed(op, "", err))
		}
	}
}

// each yields the rows of a statement and reports whether the caller wants
// more than there are.
func each[R any](ctx context.Context, s *session, fields func(row any) []any, yield func(R, error) bool, text string, args []any) (more bool, err error) {
	if s.records && s.mustTell(true) {
		var list []R // what the caller does with them must not undo the statement
		err := s.told(ctx, func(s *session) error {
			list, err = collect[R](ctx, s, fields, text, args...)
			return err
		})
		if err != nil {
			return true, err
		}
		for _, r := range list {
			if !yield(r, nil) {
				return false, nil
			}
		}
		return true, nil
	}
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return true, err
	}
	defer func() { _ = rows.Close() }()
	var from *columns
	for rows.Next() {
		var r R
		to := fields(&r)
		if from == nil {
			from = newColumns(len(to))
		}
		if err := from.into(rows, to); err != nil {
			return true, err
		}
		if !yield(r, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// into scans a row into its fields.
func (c *columns) into(rows *sql.Rows, fields []any) error {
	if err := c.scan(rows); err != nil {
		return err
	}
	for i, field := range fields {
		if err := assign(field, c.row[i]); err != nil {
			names, _ := rows.Columns()
			return &Error{Column: names[i], Err: err}
		}
	}
	return nil
}

// broken yields an error alone.
func broken[R any](err error) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) { yield(*new(R), err) }
}
