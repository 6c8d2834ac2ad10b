package database

import (
	"context"
	"fmt"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Limits on what replayed files may make the database hold.
const (
	maxValue = 64 << 20 // bytes of one value or row
	maxPages = 1 << 16  // pages of 4096 bytes
)

// Memory opens an empty database in memory, with foreign keys on, that no
// statement can lead out of: files of a schema are input, and must not touch
// the disk.
func Memory(ctx context.Context) (*DB, error) {
	g := &guard{}
	d, err := start(ctx, connector{dsn: ":memory:", hook: g.watch})
	if err != nil {
		return nil, fmt.Errorf("open an in-memory SQLite: %w", err)
	}
	d.guard = g
	for _, pragma := range []string{
		"PRAGMA foreign_keys = ON",
		fmt.Sprintf("PRAGMA max_page_count = %d", maxPages),
	} {
		if err := d.Exec(ctx, pragma); err != nil {
			_ = d.Close()
			return nil, fmt.Errorf("set up the in-memory SQLite: %w", err)
		}
	}
	return d, nil
}

// Denied says why the statement that just failed is not allowed; "" if it is.
func (d *DB) Denied() string {
	if d.guard == nil {
		return ""
	}
	return d.guard.denied
}

// Image returns the database as the bytes of a database file.
func (d *DB) Image() (image []byte, err error) {
	err = d.raw(func(c *sqlite3.SQLiteConn) error {
		image, err = c.Serialize("main")
		return err
	})
	return image, err
}

// FromImage opens a copy of the database in memory, as Memory does.
func FromImage(ctx context.Context, image []byte) (*DB, error) {
	fixed, err := start(ctx, connector{dsn: ":memory:"})
	if err != nil {
		return nil, fmt.Errorf("open an in-memory SQLite: %w", err)
	}
	defer func() { _ = fixed.Close() }()
	err = fixed.raw(func(c *sqlite3.SQLiteConn) error { return c.Deserialize(image, "main") })
	if err != nil {
		return nil, fmt.Errorf("open an image of a database: %w", err)
	}
	return fixed.Copy(ctx) // an image itself has the size it has
}

// Copy copies the database to memory, as Memory opens it.
func (d *DB) Copy(ctx context.Context) (*DB, error) {
	to, err := Memory(ctx)
	if err != nil {
		return nil, err
	}
	err = to.raw(func(into *sqlite3.SQLiteConn) error {
		return d.raw(func(from *sqlite3.SQLiteConn) error {
			backup, err := into.Backup("main", from, "main")
			if err != nil {
				return err
			}
			const allPages = -1
			_, err = backup.Step(allPages)
			if closeErr := backup.Close(); err == nil {
				err = closeErr
			}
			return err
		})
	})
	if err != nil {
		_ = to.Close()
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	return to, nil
}

// guard watches the statements of a connection.
type guard struct{ denied string }

// watch makes SQLite ask before it compiles any statement.
func (g *guard) watch(conn *sqlite3.SQLiteConn) error {
	conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, maxValue)
	conn.RegisterAuthorizer(func(action int, first, second, _ string) int {
		if reason := forbidden(action, first, second); reason != "" {
			g.denied = reason
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
		if first == "" || first == "vacuum_db" { // VACUUM, in memory
			return ""
		}
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
