package runtime

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// What an operation can fail with, for errors.Is. Every error that a
// statement causes is an *Error that wraps one of these or, when it is none
// of them, the driver's error alone.
var (
	// ErrNotFound: no such row in the scope. A row of another tenant is no different.
	ErrNotFound = errors.New("not found")
	// ErrNotMember: the user is no member of that tenant, or there is no such tenant.
	ErrNotMember = errors.New("not a member")
	// ErrForbidden: the role does not permit the operation.
	ErrForbidden = errors.New("forbidden")
	// ErrConflict: another row has the same unique value.
	ErrConflict = errors.New("conflict with another row")
	// ErrReference: a foreign key names a row that does not exist in the
	// scope, or rows that reference this one forbid the change.
	ErrReference = errors.New("invalid reference")
	// ErrInvalid: a value that the schema forbids, or a malformed argument.
	ErrInvalid = errors.New("invalid value")
	// ErrStale: the row has changed since it was read.
	ErrStale = errors.New("stale version")
	// ErrNoScope: a zero value was used in place of one obtained from Open, Enter or System.
	ErrNoScope = errors.New("no scope")
)

// Error says which operation failed, and on what. Its text never contains a
// value of a row.
type Error struct {
	Op     string // "create", "update", …; the name of a query
	Table  string // as in the schema; "" when no table is concerned
	Column string // the column at fault, or several with commas; "" when unknown
	Err    error  // one of the errors above, or the driver's error

	Permission string // that is missing, with ErrForbidden; "" where no role can have one

	cause error // the driver's error behind Err
}

// Error returns "op table: what went wrong (column)".
func (e *Error) Error() string {
	text := e.Op
	if e.Table != "" {
		text += " " + e.Table
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Column != "" {
		text += " (" + e.Column + ")"
	}
	if e.Permission != "" {
		text += " (needs " + e.Permission + ")"
	}
	return text
}

// Unwrap returns Err and the driver's error behind it.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.cause}
}

// errUnsigned: a row would say that nobody wrote it, and the schema forbids that.
var errUnsigned = fmt.Errorf("%w: no user acts in a Scope of System, and the column must not be NULL; "+
	"declare it without NOT NULL, or write in a Scope of Enter", ErrInvalid)

// failed wraps an error with the operation and names its kind. It returns
// nil for nil.
func failed(op, table string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		if known.Op == "" { // of a single column
			known.Op, known.Table = op, table
		}
		return err
	}
	failure := &Error{Op: op, Table: table, Err: err}
	if errors.Is(err, sql.ErrNoRows) {
		failure.Err = ErrNotFound
		return failure
	}
	if kind, column := violation(err.Error()); kind != nil {
		failure.Err, failure.Column, failure.cause = kind, column, err
	}
	return failure
}

// violates reports whether a statement failed because of a constraint.
func violates(err error) bool {
	err = failed("", "", err)
	return errors.Is(err, ErrReference) || errors.Is(err, ErrInvalid) || errors.Is(err, ErrConflict)
}

// errUnreadable: a stored value does not fit the column's Go type. What wraps
// it never quotes the value.
var errUnreadable = errors.New("unreadable value in the database")

// refused is failed for a statement that checks references itself: when it
// wrote no row, one of the columns names a row outside the scope.
func refused(op, table, columns string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return &Error{Op: op, Table: table, Column: columns, Err: ErrReference}
	}
	return failed(op, table, err)
}

// invalid reports a malformed argument.
func invalid(op, table, what string) error {
	return &Error{Op: op, Table: table, Column: what, Err: ErrInvalid}
}

// columnOf returns the column names of a violation's detail, "t.a, t.b", as
// far as the text up to the driver's own additions goes.
func columnOf(detail string) string {
	if end := strings.IndexAny(detail, "(:\n"); end >= 0 {
		detail = detail[:end]
	}
	return strings.TrimSpace(detail)
}
