package migrate

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rowhouse/rowhouse/internal/database"
)

// LockError says that the database stayed locked by someone else.
type LockError struct {
	Waited time.Duration
	Err    error
}

// Error returns the cause and the fix.
func (e *LockError) Error() string {
	return fmt.Sprintf("the database has been locked by another program for %v: %v; wait for it, or for longer with --lock-timeout",
		e.Waited.Round(time.Millisecond), e.Err)
}

// Unwrap returns the database's error.
func (e *LockError) Unwrap() error { return e.Err }

// exclusively runs f in a transaction that holds the write lock of SQLite
// itself from its first moment: all programs know of it, and it is gone with
// the one that holds it. When f fails, nothing of it remains.
//
// It returns a *LockError when the lock is not to be had within wait.
func exclusively(ctx context.Context, db *database.DB, wait time.Duration, f func() error) (err error) {
	if err := lock(ctx, db, wait); err != nil {
		return err
	}
	ended := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			// SQLite has rolled back already after some errors.
			_ = db.Exec(ended, "ROLLBACK")
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = db.Exec(ended, "COMMIT")
	if database.IsBusy(err) { // with readers who do not leave
		err = &LockError{wait, err}
	}
	return err
}

// atOneMoment runs f in a transaction that sees the database as it is now,
// whoever changes it meanwhile. Nothing that f writes remains.
func atOneMoment(ctx context.Context, db *database.DB, f func() error) error {
	if err := db.Exec(ctx, "BEGIN"); err != nil {
		return err
	}
	err := f()
	if ended := db.Exec(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
		err = ended
	}
	return err
}

// attempt is how long SQLite waits for a lock by itself. It does not hear of
// the end of a context meanwhile.
const attempt = 100 * time.Millisecond

// lock begins a transaction with the write lock.
func lock(ctx context.Context, db *database.DB, wait time.Duration) error {
	if err := setBusyTimeout(ctx, db, attempt); err != nil {
		return err
	}
	for start := time.Now(); ; {
		err := db.Exec(ctx, "BEGIN IMMEDIATE")
		switch {
		case err == nil:
			return setBusyTimeout(ctx, db, wait)
		case ctx.Err() != nil:
			return ctx.Err()
		case !database.IsBusy(err):
			return err
		case time.Since(start) >= wait:
			return &LockError{time.Since(start), err}
		}
	}
}

func setBusyTimeout(ctx context.Context, db *database.DB, wait time.Duration) error {
	return db.Exec(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", wait.Milliseconds()))
}

// busyTimeout returns how long the database's URL wants to wait for a lock.
func busyTimeout(ctx context.Context, db *database.DB) (time.Duration, error) {
	var milliseconds int64
	err := db.Row(ctx, "PRAGMA busy_timeout", nil, &milliseconds)
	return time.Duration(milliseconds) * time.Millisecond, err
}

// alone runs f while no other rowhouse does the same with the database, for
// statements that cannot be in a transaction: they cannot run under the lock
// of their database. Instead a second one is locked, an empty file beside it,
// which stays there, as removing it would take it from those who wait for it.
func alone(ctx context.Context, db *database.DB, wait time.Duration, f func() error) error {
	var path string
	if err := db.Row(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'", nil, &path); err != nil {
		return err
	}
	beside, err := database.Open(ctx, "", "sqlite://"+strings.TrimPrefix(path, "file:")+"-migrate", true)
	if err != nil {
		return err
	}
	defer func() { _ = beside.Close() }()
	if err := lock(ctx, beside, wait); err != nil {
		return err
	}
	return f()
}
