package integration

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/golang-migrate/migrate/v4"
	_ "github.com/golang-migrate/migrate/v4/database/sqlite3"
	_ "github.com/golang-migrate/migrate/v4/source/file"
	"github.com/pressly/goose/v3"
)

// A tool runs folders of migrations on one database, with foreign keys on.
type tool interface {
	// Apply runs those migrations of the folder that it did not run before.
	Apply(ctx context.Context, migrations string) error

	// Database is the path of the SQLite file. Nothing else has it open.
	Database() (string, error)
}

// tools are by the format of their export. Each gets a folder of its own.
var tools = []struct {
	format string
	open   func(folder string) tool
}{
	{"goose", func(folder string) tool { return gooseTool{inFolder(folder)} }},
	{"golang-migrate", func(folder string) tool { return migrateTool{inFolder(folder)} }},
	{"dbmate", func(folder string) tool { return dbmateTool{inFolder(folder)} }},
	{"wrangler", func(folder string) tool { return wranglerTool{folder} }},
}

// file is a database that is where it is told to be.
type file string

func inFolder(folder string) file { return file(filepath.Join(folder, "app.db")) }

func (f file) Database() (string, error) { return string(f), nil }

// withForeignKeys is the file as a data source of go-sqlite3, which all of
// these tools use.
func (f file) withForeignKeys() string { return string(f) + "?_foreign_keys=on" }

type gooseTool struct{ file }

func (g gooseTool) Apply(ctx context.Context, migrations string) (err error) {
	db, err := sql.Open("sqlite3", g.withForeignKeys())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(migrations))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

type migrateTool struct{ file }

func (m migrateTool) Apply(_ context.Context, migrations string) error {
	source := url.URL{Scheme: "file", Path: migrations}
	instance, err := migrate.New(source.String(), "sqlite3://"+m.withForeignKeys())
	if err != nil {
		return err
	}
	err = instance.Up()
	if errors.Is(err, migrate.ErrNoChange) {
		err = nil
	}
	sourceErr, databaseErr := instance.Close()
	return errors.Join(err, sourceErr, databaseErr)
}

type dbmateTool struct{ file }

func (d dbmateTool) Apply(ctx context.Context, migrations string) error {
	command, err := npmCommand(ctx, "dbmate", "--url", "sqlite:"+d.withForeignKeys(),
		"--migrations-dir", migrations, "--no-dump-schema", "migrate")
	if err != nil {
		return err
	}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("dbmate: %w\n%s", err, out)
	}
	return nil
}

// wranglerTool migrates a local D1 database, below its folder.
type wranglerTool struct{ folder string }

func (w wranglerTool) Apply(ctx context.Context, migrations string) error {
	config, err := json.Marshal(map[string]any{
		"name": "integration",
		"d1_databases": []any{map[string]string{
			"binding": "DB", "database_name": "app", "database_id": "app", "migrations_dir": migrations,
		}},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(w.folder, "wrangler.json"), config, 0o644); err != nil {
		return err
	}
	command, err := npmCommand(ctx, "wrangler", "d1", "migrations", "apply", "app", "--local")
	if err != nil {
		return err
	}
	command.Dir = w.folder
	command.Env = append(command.Env, "CI=true", "FORCE_COLOR=0", "WRANGLER_HIDE_BANNER=true", "WRANGLER_SEND_METRICS=false",
		"WRANGLER_LOG_PATH="+filepath.Join(w.folder, "logs"), "XDG_CONFIG_HOME="+w.folder)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("wrangler: %w\n%s", err, out)
	}
	return nil
}

func (w wranglerTool) Database() (string, error) {
	files, err := filepath.Glob(filepath.Join(w.folder, ".wrangler/state/v3/d1/miniflare-D1DatabaseObject/*.sqlite"))
	if err != nil {
		return "", err
	}
	for _, f := range files {
		// miniflare's own
		if !strings.HasPrefix(filepath.Base(f), "metadata") {
			return f, nil
		}
	}
	return "", fmt.Errorf("no D1 database in %s", w.folder)
}
