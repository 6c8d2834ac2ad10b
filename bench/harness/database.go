package harness

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // registers the driver

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/dataset"
)

// Entrant is a contestant by name.
type Entrant struct {
	Name string
	Open contest.Open
}

// Arena is a folder with the filled database, of which each contestant gets a
// copy: on a shared one, what one contestant writes would empty the page
// caches of the others.
type Arena struct {
	folder string
	data   *dataset.Dataset
}

// NewArena fills a database of the schema in schemaFolder. Close removes it.
func NewArena(ctx context.Context, data *dataset.Dataset, schemaFolder string) (*Arena, error) {
	folder, err := os.MkdirTemp("", "rowhouse-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the databases: %w", err)
	}
	a := &Arena{folder: folder, data: data}
	if err := a.fill(ctx, schemaFolder); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close removes the databases.
func (a *Arena) Close() error { return os.RemoveAll(a.folder) }

func (a *Arena) fill(ctx context.Context, schemaFolder string) error {
	db, err := sql.Open("sqlite3", dsn(a.original()))
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	// The last connection to close moves the write-ahead log into the file.
	defer func() { _ = db.Close() }()
	if err := dataset.Replay(ctx, db, schemaFolder); err != nil {
		return err
	}
	return a.data.Store(ctx, db)
}

func (a *Arena) original() string { return filepath.Join(a.folder, "original.db") }

// dsn is how a database is opened: foreign keys on, and a write-ahead log that
// is synced at checkpoints, as SQLite advises for servers. The driver's own
// cache of statements serves the libraries that prepare none.
func dsn(file string) string {
	return "file:" + file + "?_foreign_keys=on&_journal_mode=WAL&_synchronous=NORMAL&_stmt_cache_size=64"
}

// copy makes a database for one contestant and returns its DSN.
func (a *Arena) copy(name string) (string, error) {
	from, err := os.Open(a.original())
	if err != nil {
		return "", fmt.Errorf("copy the database: %w", err)
	}
	defer func() { _ = from.Close() }()
	file := filepath.Join(a.folder, name+".db")
	to, err := os.Create(file)
	if err != nil {
		return "", fmt.Errorf("copy the database: %w", err)
	}
	if _, err := io.Copy(to, from); err != nil {
		return "", errors.Join(fmt.Errorf("copy the database: %w", err), to.Close())
	}
	return dsn(file), to.Close()
}

// player is a contestant with its database.
type player struct {
	*contest.Contestant

	name string
	db   *sql.DB
}

// enter opens a contestant on a database, over one connection.
func (a *Arena) enter(ctx context.Context, e Entrant, db *sql.DB) (*player, error) {
	db.SetMaxOpenConns(1)
	c, err := e.Open(ctx, db, a.data.Everywhere().ID)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", e.Name, err), db.Close())
	}
	return &player{Contestant: c, name: e.Name, db: db}, nil
}

// undo takes back what a call of a workload wrote. It empties the log
// as well, so that no call pays for moving what others wrote.
func (p *player) undo(ctx context.Context, w Workload) error {
	for _, statement := range []string{w.undo, "PRAGMA wal_checkpoint"} {
		if _, err := p.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %s: undo: %w", p.name, w.Name, err)
		}
	}
	return nil
}
