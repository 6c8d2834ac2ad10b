package gen_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/rowhouse/rowhouse/gen"
)

// counter is how many statements a database has run. What begins and ends
// transactions is not among them.
type counter struct{ n atomic.Int64 }

// since returns how many statements an operation runs.
func (c *counter) since(operation func()) int64 {
	before := c.n.Load()
	operation()
	return c.n.Load() - before
}

// openCounting returns a store on a database of the schema that exec has
// filled, and what counts the store's statements.
func openCounting(t *testing.T, fill func(*sql.DB)) (*gen.Store, *sql.DB, *counter) {
	t.Helper()
	folder := t.TempDir()
	db, err := newDatabase(folder)
	if err != nil {
		t.Fatal(err)
	}
	fill(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	count := &counter{}
	db = sql.OpenDB(&countingConnector{
		name:    "file:" + filepath.Join(folder, "test.db") + "?_foreign_keys=on&_synchronous=off",
		counter: count,
	})
	t.Cleanup(func() { _ = db.Close() })
	store, err := gen.Open(t.Context(), db, gen.WithClock(func() time.Time { return clock }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, db, count
}

type countingConnector struct {
	sqlite  sqlite3.SQLiteDriver
	name    string
	counter *counter
}

func (c *countingConnector) Driver() driver.Driver { return &c.sqlite }

func (c *countingConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.sqlite.Open(c.name)
	if err != nil {
		return nil, err
	}
	return &countingConn{conn.(*sqlite3.SQLiteConn), c.counter}, nil
}

// countingConn has no QueryContext or ExecContext, so that whatever runs is a
// prepared statement.
type countingConn struct {
	conn    *sqlite3.SQLiteConn
	counter *counter
}

func (c *countingConn) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

func (c *countingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	stmt, err := c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &countingStmt{stmt.(*sqlite3.SQLiteStmt), c.counter}, nil
}

func (c *countingConn) Close() error              { return c.conn.Close() }
func (c *countingConn) Begin() (driver.Tx, error) { return c.conn.Begin() }

func (c *countingConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	return c.conn.BeginTx(ctx, options)
}

type countingStmt struct {
	*sqlite3.SQLiteStmt
	counter *counter
}

func (s *countingStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.counter.n.Add(1)
	return s.SQLiteStmt.QueryContext(ctx, args)
}

func (s *countingStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.counter.n.Add(1)
	return s.SQLiteStmt.ExecContext(ctx, args)
}
