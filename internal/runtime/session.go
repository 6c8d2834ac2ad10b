package runtime

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// session is what the generated methods of a scope share: the database and
// whose rows they may touch. A nil session has nothing to query.
type session struct {
	db     *database
	tenant any    // bound to the first parameter of every scoped statement; nil in System
	user   any    // who acts, for created_by and updated_by; nil when no user does
	reason string // why System was used; "" elsewhere
}

// check returns ErrNoScope for a session that no store made.
func (s *session) check(op, table string) error {
	if s == nil || s.db == nil {
		return &Error{Op: op, Table: table, Err: ErrNoScope}
	}
	return nil
}

// checkUser is check for a query that binds the acting user, whom a Scope of
// System does not have.
func (s *session) checkUser(op string) error {
	if err := s.check(op, ""); err != nil {
		return err
	}
	if isZero(s.user) {
		return &Error{Op: op, Err: ErrNoScope}
	}
	return nil
}

// now is the instant that a statement writes, in UTC.
func (s *session) now() time.Time { return s.db.now().UTC() }

// query runs a statement that yields rows.
func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := s.db.statement(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case stmt == nil:
		return s.db.handle.QueryContext(ctx, text, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// queryRow runs a statement that yields one row at most; Scan of what it
// returns is sql.ErrNoRows without one.
func (s *session) queryRow(ctx context.Context, text string, args ...any) row {
	stmt, err := s.db.statement(ctx, text)
	switch {
	case err != nil:
		return row{err: err}
	case stmt == nil:
		return row{first: s.db.handle.QueryRowContext(ctx, text, args...)}
	}
	return row{first: stmt.QueryRowContext(ctx, args...)}
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(ctx context.Context, text string, args ...any) (int64, error) {
	stmt, err := s.db.statement(ctx, text)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	if stmt == nil {
		result, err = s.db.handle.ExecContext(ctx, text, args...)
	} else {
		result, err = stmt.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// enter returns a session for a tenant and a user, and the user's role
// there, as the statement finds them. ErrNotMember tells no more than that.
func enter(ctx context.Context, db *database, statement string, tenant, user any) (*session, string, error) {
	s := &session{db: db, tenant: tenant, user: user}
	if err := s.check("enter", ""); err != nil {
		return nil, "", err
	}
	var role string
	err := s.queryRow(ctx, statement, tenant, user).Scan(&role)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (isZero(tenant) || isZero(user)) {
		return nil, "", &Error{Op: "enter", Err: ErrNotMember}
	}
	if err != nil {
		return nil, "", failed("enter", "", err)
	}
	return s, role, nil
}

// within returns a session of system for one tenant, which must exist.
func within(ctx context.Context, system *session, statement string, tenant any) (*session, error) {
	if err := system.check("enter", ""); err != nil {
		return nil, err
	}
	var found int
	if err := system.queryRow(ctx, statement, tenant).Scan(&found); err != nil {
		return nil, failed("enter", "", err)
	}
	if isZero(tenant) {
		return nil, failed("enter", "", sql.ErrNoRows)
	}
	return &session{db: system.db, tenant: tenant, reason: system.reason}, nil
}

// isZero reports whether a tenant's or a user's key is missing: a row with
// such a key must never become a tenant, or who acts, by accident.
func isZero(key any) bool { return key == nil || key == "" || key == int64(0) }

// row is a single row, or the reason why there is none.
type row struct {
	first *sql.Row
	err   error
}

func (r row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.first.Scan(dest...)
}

// collect reads all rows of a statement into what fields names of each;
// never nil without an error.
func collect[R any](ctx context.Context, s *session, fields func(*R) []any, text string, args ...any) ([]R, error) {
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	result := []R{}
	for rows.Next() {
		var r R
		if err := rows.Scan(fields(&r)...); err != nil {
			return nil, err
		}
		result = append(result, r)
	}
	return result, rows.Err()
}
