package harness

import (
	"context"
	"database/sql/driver"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
)

// counter makes connections of the driver that count the statements they run:
// queries, commands, and what begins and ends transactions. Preparing a
// statement is not running it. Databases are timed without it.
type counter struct {
	dsn      string
	driver   *sqlite3.SQLiteDriver
	executed *atomic.Int64
}

func newCounter(dsn string) *counter {
	return &counter{dsn: dsn, driver: &sqlite3.SQLiteDriver{}, executed: &atomic.Int64{}}
}

func (c *counter) Driver() driver.Driver { return c.driver }

func (c *counter) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return countedConn{conn.(*sqlite3.SQLiteConn), c.executed}, nil
}

// countedConn has all optional methods of the driver's own type.
type countedConn struct {
	*sqlite3.SQLiteConn

	executed *atomic.Int64
}

func (c countedConn) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

func (c countedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	stmt, err := c.SQLiteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return countedStmt{stmt.(*sqlite3.SQLiteStmt), c.executed}, nil
}

func (c countedConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.executed.Add(1)
	tx, err := c.SQLiteConn.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return countedTx{tx, c.executed}, nil
}

func (c countedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.executed.Add(1)
	return c.SQLiteConn.QueryContext(ctx, text, args)
}

func (c countedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.executed.Add(1)
	return c.SQLiteConn.ExecContext(ctx, text, args)
}

type countedStmt struct {
	*sqlite3.SQLiteStmt

	executed *atomic.Int64
}

func (s countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.executed.Add(1)
	return s.SQLiteStmt.QueryContext(ctx, args)
}

func (s countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.executed.Add(1)
	return s.SQLiteStmt.ExecContext(ctx, args)
}

type countedTx struct {
	driver.Tx

	executed *atomic.Int64
}

func (t countedTx) Commit() error {
	t.executed.Add(1)
	return t.Tx.Commit()
}

func (t countedTx) Rollback() error {
	t.executed.Add(1)
	return t.Tx.Rollback()
}
