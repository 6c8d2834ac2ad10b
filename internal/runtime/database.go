package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Option changes how Open sets up a store.
type Option func(*shared)

// WithClock makes the store take the time from now instead of time.Now.
func WithClock(now func() time.Time) Option {
	return func(d *shared) {
		if now != nil {
			d.now = now
		}
	}
}

// database is an open store, or one within a transaction.
type database struct {
	*shared
	in *transaction // nil outside of one
}

// shared is what a store and its transactions share: the handle, its prepared
// statements and the clock.
type shared struct {
	handle *sql.DB
	now    func() time.Time
	lock   string    // takes the write lock
	log    *auditLog // nil where nothing is logged

	exactReals bool // the engine spells floating-point numbers exactly

	statements atomic.Pointer[map[string]*sql.Stmt] // by text; copied to be changed
	preparing  sync.Mutex
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
	d := &shared{handle: handle, now: time.Now}
	d.statements.Store(&map[string]*sql.Stmt{})
	if len(expected) > 0 {
		d.lock = writeLock(expected[0].table)
	}
	if err := d.checkEngine(ctx); err != nil {
		return nil, failed("open", "", err)
	}
	for _, option := range options {
		if option != nil {
			option(d)
		}
	}
	if d.log != nil {
		if err := d.log.check(ctx, d); err != nil {
			return nil, failed("open", "", err)
		}
	}
	return &database{shared: d}, nil
}

// checkEngine looks at what engines of different age can do.
func (d *shared) checkEngine(ctx context.Context) error {
	var spelled string
	if err := d.handle.QueryRowContext(ctx, realQuery).Scan(&spelled); err != nil {
		return fmt.Errorf("the database does not make JSON: %w", err)
	}
	d.exactReals = spelled == exactReal
	return nil
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
	present, err := schemaNames(ctx, handle, columnsQuery)
	if err != nil {
		return err
	}
	if missing := missingColumns(expected, present); len(missing) > 0 {
		return fmt.Errorf("%w: the database lacks %s; bring it up to the schema that this package was generated from",
			ErrInvalid, strings.Join(missing, ", "))
	}
	return nil
}

// schemaNames reads the names that a query yields, in lower case.
func schemaNames(ctx context.Context, handle *sql.DB, query string) (map[string]bool, error) {
	rows, err := handle.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("cannot read the schema: %w", err)
	}
	defer func() { _ = rows.Close() }()
	present := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("cannot read the schema: %w", err)
		}
		present[strings.ToLower(name)] = true
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("cannot read the schema: %w", err)
	}
	return present, nil
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

// prepared returns the statement of a text if it is prepared, nil otherwise.
func (d *shared) prepared(text []byte) *sql.Stmt { return (*d.statements.Load())[string(text)] }

// statement returns the prepared statement of a text, preparing it on first
// use; nil once the store has prepared as many as it keeps.
func (d *database) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if d.in != nil {
		return d.in.statement(ctx, d.shared, text)
	}
	if stmt := (*d.statements.Load())[text]; stmt != nil {
		return stmt, nil
	}
	return d.prepare(ctx, text)
}

func (d *shared) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if len(*d.statements.Load()) >= maxPrepared {
		return nil, nil
	}
	stmt, err := d.handle.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	d.preparing.Lock()
	defer d.preparing.Unlock()
	known := *d.statements.Load()
	if first := known[text]; first != nil || len(known) >= maxPrepared {
		_ = stmt.Close() // other goroutines were faster
		return first, nil
	}
	more := maps.Clone(known)
	more[text] = stmt
	d.statements.Store(&more)
	return stmt, nil
}

// scanFirst scans the only row, as sql.Row does. Returns sql.ErrNoRows if
// there is none.
func scanFirst(rows *sql.Rows, to []any) error {
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	return rows.Scan(to...)
}

// finish runs a statement to its end. One that writes and is left before does
// not count towards the database's automatic checkpoints, and its log would
// grow without end.
func finish(rows *sql.Rows) error {
	rows.Next()
	return cmp.Or(rows.Err(), rows.Close())
}

// scanWritten is scan for a statement that was written just now.
func (d *database) scanWritten(ctx context.Context, w *writer) error {
	var stmt *sql.Stmt
	if d.in == nil {
		stmt = d.prepared(w.sql)
	}
	if stmt == nil {
		return d.scan(ctx, string(w.sql), w.args, w.to)
	}
	rows, err := stmt.QueryContext(ctx, w.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := scanFirst(rows, w.to); err != nil {
		return err
	}
	if w.writes {
		return finish(rows)
	}
	return rows.Close()
}

func (d *database) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if d.in != nil { // a prepared statement could not run again while its rows are open
		return d.in.tx.QueryContext(ctx, text, args...)
	}
	stmt, err := d.statement(ctx, text)
	switch {
	case err != nil:
		return nil, err
	case stmt == nil:
		return d.handle.QueryContext(ctx, text, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// scan runs a statement that yields one row, reads or writes, and scans it.
// Returns sql.ErrNoRows if there is none.
func (d *database) scan(ctx context.Context, text string, args, to []any) error {
	if d.in != nil { // to run a statement again would take the row from who has not read it yet
		d.in.scanning.Lock()
		defer d.in.scanning.Unlock()
	}
	stmt, err := d.statement(ctx, text)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	if stmt == nil {
		rows, err = d.handle.QueryContext(ctx, text, args...)
	} else {
		rows, err = stmt.QueryContext(ctx, args...)
	}
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := scanFirst(rows, to); err != nil {
		return err
	}
	return finish(rows)
}

// exec runs a statement and returns how many rows it changed.
func (d *database) exec(ctx context.Context, text string, args []any) (int64, error) {
	stmt, err := d.statement(ctx, text)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	if stmt == nil {
		result, err = d.handle.ExecContext(ctx, text, args...)
	} else {
		result, err = stmt.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// close closes the prepared statements; the handle stays the caller's.
func (d *database) close() error {
	d.preparing.Lock()
	defer d.preparing.Unlock()
	var failure error
	for _, stmt := range *d.statements.Swap(&map[string]*sql.Stmt{}) {
		if err := stmt.Close(); err != nil {
			failure = err
		}
	}
	return failed("close", "", failure)
}
