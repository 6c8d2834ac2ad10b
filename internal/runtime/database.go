package runtime

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Option changes how Open sets up a store.
type Option func(*database)

// WithClock makes the store take the time from now instead of time.Now.
func WithClock(now func() time.Time) Option {
	return func(d *database) {
		if now != nil {
			d.now = now
		}
	}
}

// database is an open store: the handle, its prepared statements and the clock.
type database struct {
	handle *sql.DB
	now    func() time.Time

	statements sync.Map // SQL text → *sql.Stmt
	prepared   atomic.Int64
}

// maxPrepared bounds the prepared statements of a store. Shapes beyond it
// still run, unprepared: closing one that another goroutine has just looked
// up would fail that goroutine's query.
const maxPrepared = 1024

// tableColumns are the columns that generated code expects of a table.
type tableColumns struct {
	table   string
	columns []string
}

// openDatabase checks what the generated code relies on: that the connection
// enforces foreign keys, and that the database has the tables and columns
// that the code was generated for.
func openDatabase(ctx context.Context, handle *sql.DB, expected []tableColumns, options []Option) (*database, error) {
	if handle == nil {
		return nil, &Error{Op: "open", Err: fmt.Errorf("%w: the database handle is nil", ErrInvalid)}
	}
	if err := checkForeignKeys(ctx, handle); err != nil {
		return nil, failed("open", "", err)
	}
	if err := checkColumns(ctx, handle, expected); err != nil {
		return nil, failed("open", "", err)
	}
	d := &database{handle: handle, now: time.Now}
	for _, option := range options {
		if option != nil {
			option(d)
		}
	}
	return d, nil
}

func checkForeignKeys(ctx context.Context, handle *sql.DB) error {
	var enforced bool
	if err := handle.QueryRowContext(ctx, foreignKeysQuery).Scan(&enforced); err != nil {
		return fmt.Errorf("cannot tell whether foreign keys are enforced: %w", err)
	}
	if !enforced {
		return fmt.Errorf("%w: the connection does not enforce foreign keys; "+
			`open it with "?_foreign_keys=on" (mattn/go-sqlite3) or "?_pragma=foreign_keys(1)" (modernc.org/sqlite)`, ErrInvalid)
	}
	return nil
}

func checkColumns(ctx context.Context, handle *sql.DB, expected []tableColumns) error {
	rows, err := handle.QueryContext(ctx, columnsQuery)
	if err != nil {
		return fmt.Errorf("cannot read the schema: %w", err)
	}
	defer func() { _ = rows.Close() }()
	present := map[string]bool{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return fmt.Errorf("cannot read the schema: %w", err)
		}
		present[strings.ToLower(table)] = true
		present[strings.ToLower(table+"."+column)] = true
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("cannot read the schema: %w", err)
	}
	if missing := missingColumns(expected, present); len(missing) > 0 {
		return fmt.Errorf("%w: the database lacks %s; bring it up to the schema that this package was generated from",
			ErrInvalid, strings.Join(missing, ", "))
	}
	return nil
}

func missingColumns(expected []tableColumns, present map[string]bool) []string {
	var missing []string
	for _, t := range expected {
		if !present[strings.ToLower(t.table)] {
			missing = append(missing, "table "+t.table)
			continue
		}
		for _, column := range t.columns {
			if !present[strings.ToLower(t.table+"."+column)] {
				missing = append(missing, "column "+t.table+"."+column)
			}
		}
	}
	return missing
}

// statement returns the prepared statement of a text, preparing it on first
// use; nil once the store has prepared as many as it keeps.
func (d *database) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := d.statements.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	if d.prepared.Load() >= maxPrepared {
		return nil, nil
	}
	stmt, err := d.handle.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	first, loaded := d.statements.LoadOrStore(text, stmt)
	if loaded {
		_ = stmt.Close() // another goroutine was faster
		return first.(*sql.Stmt), nil
	}
	d.prepared.Add(1)
	return stmt, nil
}

// close closes the prepared statements; the handle stays the caller's.
func (d *database) close() error {
	var failure error
	d.statements.Range(func(text, stmt any) bool {
		d.statements.Delete(text)
		if err := stmt.(*sql.Stmt).Close(); err != nil {
			failure = err
		}
		return true
	})
	return failed("close", "", failure)
}
