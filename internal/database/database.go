// Package database opens SQLite: empty and in memory to replay files in, from
// an image, or where a URL says. It is the only importer of the driver.
//
// A DB is one connection. SQLite in memory is one connection anyway, and the
// lock, the transaction and the pragmas of a migration belong to one.
package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// DB is one connection to a SQLite database.
type DB struct {
	pool  *sql.DB
	conn  *sql.Conn
	guard *guard // nil where statements may do anything
}

// Close closes the connection.
func (d *DB) Close() error {
	err := d.conn.Close()
	if poolErr := d.pool.Close(); err == nil {
		err = poolErr
	}
	return err
}

// Exec runs one statement, or several at once where the driver can tell them
// apart.
func (d *DB) Exec(ctx context.Context, statement string, args ...any) error {
	if d.guard != nil {
		d.guard.denied = ""
	}
	_, err := d.conn.ExecContext(ctx, statement, args...)
	return err
}

// Query calls each for every row of a query's result.
func (d *DB) Query(ctx context.Context, each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := d.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Row scans the only row of a query's result. It returns sql.ErrNoRows where
// there is none.
func (d *DB) Row(ctx context.Context, query string, args []any, into ...any) error {
	return d.conn.QueryRowContext(ctx, query, args...).Scan(into...)
}

// Prepare has the database compile one statement, and returns SQLite's error.
func (d *DB) Prepare(ctx context.Context, statement string) error {
	stmt, err := d.conn.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	return stmt.Close()
}

// Conn is the connection, for libraries that run statements themselves.
func (d *DB) Conn() *sql.Conn { return d.conn }

// start takes the one connection of a new pool.
func start(ctx context.Context, c driver.Connector) (*DB, error) {
	d := &DB{pool: sql.OpenDB(c)}
	d.pool.SetMaxOpenConns(1)
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		_ = d.pool.Close()
		return nil, err
	}
	d.conn = conn
	return d, nil
}

// raw calls f with the driver's connection.
func (d *DB) raw(f func(*sqlite3.SQLiteConn) error) error {
	return d.conn.Raw(func(c any) error {
		conn, ok := c.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("a connection of type %T", c)
		}
		return f(conn)
	})
}

// connector opens connections with a hook. It needs no driver that is
// registered by name.
type connector struct {
	dsn  string
	hook func(*sqlite3.SQLiteConn) error
}

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(c.dsn)
}

// Driver returns the driver with the connector's hook.
func (c connector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: c.hook}
}
