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

	granted *grants // what the user's roles permit; nil for everything
	records bool    // its statements write, and the audit log has to know who acts
	telling bool    // the log knows it, until they are done
}

// check returns ErrNoScope for a session that no store made, or whose
// transaction has ended.
func (s *session) check(op, table string) error {
	if s == nil || s.db == nil || s.db.ended() {
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

// now is the instant that a statement writes, in UTC: within a transaction the
// one of all its statements.
func (s *session) now() time.Time {
	if s.db.in != nil {
		return s.db.in.now
	}
	return s.db.now().UTC()
}

// keyTime is the instant of which a statement that writes now makes keys. It
// goes on within a transaction: what is made later there is to sort later too.
func (s *session) keyTime(now time.Time) time.Time {
	if s.db.in != nil {
		return s.db.now()
	}
	return now
}

// query runs a statement that yields rows.
func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return s.db.query(ctx, text, args)
}

// scan runs a statement that yields one row and scans it.
func (s *session) scan(ctx context.Context, w *writer, to any) error {
	w.to = append(w.to, to)
	return s.db.scanWritten(ctx, w)
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(ctx context.Context, text string, args ...any) (n int64, err error) {
	if s.records && s.mustTell(true) {
		err = s.told(ctx, func(s *session) error {
			n, err = s.db.exec(ctx, text, args)
			return err
		})
		return n, err
	}
	return s.db.exec(ctx, text, args)
}

// on returns the session within a transaction.
func (s *session) on(db *database) *session {
	c := *s
	c.db = db
	return &c
}

// inTx runs f with the session in a transaction.
func (s *session) inTx(ctx context.Context, f func(*session) error) error {
	if err := s.check("transaction", ""); err != nil {
		return err
	}
	return s.db.inTx(ctx, func(db *database) error { return f(s.on(db)) })
}

// enter returns a session for a tenant and a user, and the user's role
// there, as the statement finds them; what it finds besides is scanned into
// more. ErrNotMember tells no more than that.
func enter(ctx context.Context, db *database, statement string, tenant, user any, more ...any) (*session, string, error) {
	s := &session{db: db, tenant: tenant, user: user}
	if err := s.check("enter", ""); err != nil {
		return nil, "", err
	}
	var role string
	err := db.scan(ctx, statement, []any{tenant, user}, append([]any{&role}, more...))
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
	if err := system.db.scan(ctx, statement, []any{tenant}, []any{&found}); err != nil {
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
