package database

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// OnRows has each called with the number of rows that were written to a table
// so far, once for every 10,000 of them; nil stops it.
func (d *DB) OnRows(each func(table string, rows int)) error {
	const step = 10_000
	return d.raw(func(c *sqlite3.SQLiteConn) error {
		if each == nil {
			c.RegisterUpdateHook(nil)
			return nil
		}
		rows := map[string]int{}
		c.RegisterUpdateHook(func(_ int, _, table string, _ int64) {
			if rows[table]++; rows[table]%step == 0 {
				each(table, rows[table])
			}
		})
		return nil
	})
}

// IsConstraint reports whether a statement failed because rows do not satisfy
// a constraint, among them that a rowid is an integer.
func IsConstraint(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrConstraint || e.Code == sqlite3.ErrMismatch)
}

// IsBusy reports whether a statement failed because another connection holds
// a lock.
func IsBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}
