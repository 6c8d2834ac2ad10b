package migrate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
)

// liveConfig is the atlas.hcl of projects with a database file.
const liveConfig = `env "local" {
  src = "file://schema"
  url = "sqlite://app.db"
  migration { dir = "file://migrations" }
}
`

// liveProject makes a project in a folder of its own. The archive holds
// migrations by their names.
func liveProject(t *testing.T, archive string) *Project {
	t.Helper()
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "atlas.hcl"), liveConfig)
	writeMigrations(t, root, archive)
	return openProject(t, root)
}

// writeMigrations puts migrations into a project, and hashes all of them.
func writeMigrations(t *testing.T, root, archive string) {
	t.Helper()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		writeFile(t, filepath.Join(root, "migrations", file.Name), string(file.Data))
	}
	if err := openProject(t, root).Directory.WriteSum(); err != nil {
		t.Fatal(err)
	}
}

func openProject(tb testing.TB, root string) *Project {
	tb.Helper()
	p, err := Open(root, "local", nil)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func writeFile(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// mustApply applies what is pending.
func mustApply(t *testing.T, p *Project, options ApplyOptions) []string {
	t.Helper()
	applied, err := p.Apply(t.Context(), p.Env.URL, options)
	if err != nil {
		t.Fatal(err)
	}
	return versions(applied)
}

func versions(applied []Applied) []string {
	var found []string
	for _, a := range applied {
		found = append(found, a.Version)
	}
	return found
}

// live opens the database of a project.
func live(t *testing.T, p *Project) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), p.Root, p.Env.URL, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// execLive runs statements on the database of a project.
func execLive(t *testing.T, p *Project, statements ...string) {
	t.Helper()
	db, err := database.Open(t.Context(), p.Root, p.Env.URL, true)
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

// texts returns the first column of a query's result.
func texts(t *testing.T, db *database.DB, query string) []string {
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

// dumpLive returns all that is in the database of a project: its schema, its
// rows and its history, but for times.
func dumpLive(t *testing.T, p *Project) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(p.Root, "app.db")); err != nil {
		return ""
	}
	db, err := database.Open(t.Context(), p.Root, p.Env.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	return dumpDatabase(t, db)
}

func dumpDatabase(t *testing.T, db *database.DB) string {
	t.Helper()
	lines := texts(t, db, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
	for _, table := range texts(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		var columns []string
		for _, column := range texts(t, db, "SELECT name FROM pragma_table_xinfo('"+table+"')") {
			if column != "executed_at" && column != "execution_time" {
				columns = append(columns, "quote("+sqltext.Quote(column)+")")
			}
		}
		row := strings.Join(columns, " || ',' || ")
		rows := texts(t, db, "SELECT coalesce(group_concat(r, ';'), '') FROM (SELECT "+row+" AS r FROM "+sqltext.Quote(table)+" ORDER BY 1)")
		lines = append(lines, table+": "+rows[0])
	}
	return strings.Join(lines, "\n")
}

// checkIntegrity asks SQLite whether the file and all references are whole.
func checkIntegrity(t *testing.T, db *database.DB) {
	t.Helper()
	if got := texts(t, db, "PRAGMA integrity_check"); fmt.Sprint(got) != "[ok]" {
		t.Errorf("integrity_check: %q", got)
	}
	if got := texts(t, db, `SELECT "table" FROM pragma_foreign_key_check`); len(got) > 0 {
		t.Errorf("foreign_key_check: %q", got)
	}
}

// applyError applies what is pending, and returns the error it must have.
func applyError(ctx context.Context, t *testing.T, p *Project, options ApplyOptions) string {
	t.Helper()
	applied, err := p.Apply(ctx, p.Env.URL, options)
	if err == nil {
		t.Fatalf("applied %v, want an error", versions(applied))
	}
	return err.Error()
}
