package atlas

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// database is an empty SQLite in memory, on one connection.
type database struct {
	db     *sql.DB
	conn   *sql.Conn
	denied string // why the statement that just failed is not allowed; "" if it is
}

// Limits on what replayed files may make the database hold.
const (
	maxValue = 64 << 20 // bytes of one value or row
	maxPages = 1 << 16  // pages of 4096 bytes
)

// openDatabase opens an empty database that no statement can lead out of:
// files of a schema are input, and must not touch the disk.
func openDatabase(ctx context.Context) (*database, error) {
	d := &database{}
	d.db = sql.OpenDB(connector{hook: d.guard})
	d.db.SetMaxOpenConns(1)
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open an in-memory SQLite: %w", err)
	}
	d.conn = conn
	for _, pragma := range []string{
		"PRAGMA foreign_keys = ON",
		fmt.Sprintf("PRAGMA max_page_count = %d", maxPages),
	} {
		if err := d.exec(ctx, pragma); err != nil {
			d.close()
			return nil, fmt.Errorf("set up the in-memory SQLite: %w", err)
		}
	}
	return d, nil
}

func (d *database) close() {
	// Closing a database in memory has nothing to lose.
	_ = d.conn.Close()
	_ = d.db.Close()
}

// exec runs one statement.
func (d *database) exec(ctx context.Context, statement string) error {
	d.denied = ""
	_, err := d.conn.ExecContext(ctx, statement)
	return err
}

// guard makes SQLite ask allow before it compiles any statement.
func (d *database) guard(conn *sqlite3.SQLiteConn) error {
	conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, maxValue)
	conn.RegisterAuthorizer(func(action int, first, second, _ string) int {
		if reason := forbidden(action, first, second); reason != "" {
			d.denied = reason
			return sqlite3.SQLITE_DENY
		}
		return sqlite3.SQLITE_OK
	})
	return nil
}

// forbidden says why an action, as SQLite's authorizer names it, is not
// allowed in a schema; "" where it is.
func forbidden(action int, first, second string) string {
	switch action {
	case sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH:
		return "would open another database file"
	case sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_CREATE_TEMP_VIEW,
		sqlite3.SQLITE_CREATE_TEMP_TRIGGER, sqlite3.SQLITE_CREATE_TEMP_INDEX:
		return "makes a temporary object, which no schema keeps"
	case sqlite3.SQLITE_FUNCTION:
		switch strings.ToLower(second) {
		case "load_extension", "readfile", "writefile", "edit":
			return "calls " + strings.ToLower(second) + "(), which reaches outside the database"
		}
	case sqlite3.SQLITE_PRAGMA:
		switch strings.ToLower(first) {
		case "temp_store_directory", "data_store_directory":
			return "would move files of this process"
		case "writable_schema":
			return "would let the schema disagree with the database"
		}
	}
	return ""
}

// connector opens in-memory connections that SQLite asks about every statement.
// It needs no driver that is registered by name.
type connector struct {
	hook func(*sqlite3.SQLiteConn) error
}

// Connect opens a connection to a database of its own.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(":memory:")
}

// Driver returns the driver with the connector's hook.
func (c connector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: c.hook}
}
