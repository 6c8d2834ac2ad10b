// Package migratetest has what the tests of migrations share: projects with a
// database, and schemas that change.
package migratetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
)

// Config is the atlas.hcl of projects with a database file.
const Config = `env "local" {
  src = "file://schema"
  url = "sqlite://app.db"
  migration { dir = "file://migrations" }
}
`

// Project makes a project in a folder of its own, and returns the folder. The
// archive holds migrations by their names.
func Project(tb testing.TB, archive string) (root string) {
	tb.Helper()
	root = tb.TempDir()
	WriteFile(tb, filepath.Join(root, "atlas.hcl"), Config)
	WriteMigrations(tb, root, archive)
	return root
}

// Unmigrated makes a project without migrations, and returns its folder.
func Unmigrated(tb testing.TB, schema string) (root string) {
	tb.Helper()
	root = tb.TempDir()
	WriteFile(tb, filepath.Join(root, "atlas.hcl"), Config)
	WriteFile(tb, filepath.Join(root, "schema", "all.sql"), schema)
	return root
}

// WriteMigrations puts migrations into a project, and hashes all of them.
func WriteMigrations(tb testing.TB, root, archive string) {
	tb.Helper()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		WriteFile(tb, filepath.Join(root, "migrations", file.Name), string(file.Data))
	}
	directory, err := atlas.OpenDirectory(root, "migrations")
	if err != nil {
		tb.Fatal(err)
	}
	if err := directory.WriteSum(); err != nil {
		tb.Fatal(err)
	}
}

// WriteFile writes a file, and makes the folder for it.
func WriteFile(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// url is the database of a project.
const url = "sqlite://app.db"

// Open opens the database of the project in folder root.
func Open(t *testing.T, root string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), root, url, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Exec runs statements on the database of the project in folder root.
func Exec(t *testing.T, root string, statements ...string) {
	t.Helper()
	db, err := database.Open(t.Context(), root, url, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if err := db.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Texts returns the first column of a query's result.
func Texts(t *testing.T, db *database.DB, query string) []string {
	t.Helper()
	var found []string
	err := db.Query(t.Context(), func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		found = append(found, text)
		return err
	}, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return found
}

// Dump returns all that is in the database of the project in folder root: its
// schema, its rows and its history, but for times.
func Dump(t *testing.T, root string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "app.db")); err != nil {
		return ""
	}
	db, err := database.Open(t.Context(), root, url, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	return DumpDatabase(t, db)
}

// DumpDatabase returns all that is in a database.
func DumpDatabase(t *testing.T, db *database.DB) string {
	t.Helper()
	lines := Texts(t, db, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
	for _, table := range Texts(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		var columns []string
		for _, column := range Texts(t, db, "SELECT name FROM pragma_table_xinfo('"+table+"')") {
			if column != "executed_at" && column != "execution_time" {
				columns = append(columns, "quote("+sqltext.Quote(column)+")")
			}
		}
		row := strings.Join(columns, " || ',' || ")
		rows := Texts(t, db, "SELECT coalesce(group_concat(r, ';'), '') FROM (SELECT "+row+" AS r FROM "+sqltext.Quote(table)+" ORDER BY 1)")
		lines = append(lines, table+": "+rows[0])
	}
	return strings.Join(lines, "\n")
}

// CheckIntegrity asks SQLite whether the file and all references are whole.
func CheckIntegrity(t *testing.T, db *database.DB) {
	t.Helper()
	if got := Texts(t, db, "PRAGMA integrity_check"); fmt.Sprint(got) != "[ok]" {
		t.Errorf("integrity_check: %q", got)
	}
	if got := Texts(t, db, `SELECT "table" FROM pragma_foreign_key_check`); len(got) > 0 {
		t.Errorf("foreign_key_check: %q", got)
	}
}
