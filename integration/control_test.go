package integration

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The table rebuild of other generators: with a CASCADE it empties the child.
var (
	controlFirst = []string{
		"CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)",
		"CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE)",
		"CREATE TRIGGER parent_inserted AFTER INSERT ON parent BEGIN\n  INSERT INTO child (parent_id) VALUES (new.id);\n  INSERT INTO child (parent_id) VALUES (new.id);\nEND",
	}
	controlSecond = []string{
		"PRAGMA foreign_keys = off",
		"CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''))",
		"INSERT INTO new_parent (id, name) SELECT id, name FROM parent",
		"DROP TABLE parent",
		"ALTER TABLE new_parent RENAME TO parent",
		"PRAGMA foreign_keys = on",
	}
)

// TestControl shows that the tools run what they are given as they do for
// their users: in a transaction, with foreign keys on. A rebuild that is wrong
// there loses rows here; otherwise TestExport would show nothing.
func TestControl(t *testing.T) {
	for _, tool := range tools {
		t.Run(tool.format, func(t *testing.T) {
			t.Parallel()
			format, tool, folder := tool.format, tool.open(t.TempDir()), t.TempDir()
			writeControl(t, folder, format, "1_first", controlFirst)
			if err := tool.Apply(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			children(t, tool, "INSERT INTO parent VALUES (1, 'a'), (2, 'b')", 4)

			writeControl(t, folder, format, "2_second", controlSecond)
			if err := tool.Apply(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			children(t, tool, "INSERT INTO child VALUES (100, 1)", 1)

			// A second time there is nothing left to do.
			if err := tool.Apply(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			children(t, tool, "INSERT INTO child VALUES (101, 2)", 2)
		})
	}
}

// controlFile is a migration as a tool reads it, written by hand.
func controlFile(format, name string, statements []string) (fileName, content string) {
	plain := strings.Join(statements, ";\n") + ";\n"
	switch format {
	case "goose":
		return name + ".sql", "-- +goose Up\n-- +goose StatementBegin\n" +
			strings.Join(statements, ";\n-- +goose StatementEnd\n-- +goose StatementBegin\n") + ";\n-- +goose StatementEnd\n"
	case "golang-migrate":
		return name + ".up.sql", plain
	case "dbmate":
		return name + ".sql", "-- migrate:up\n" + plain + "\n-- migrate:down\n"
	default:
		return name + ".sql", plain
	}
}

func writeControl(t *testing.T, folder, format, name string, statements []string) {
	t.Helper()
	name, content := controlFile(format, name, statements)
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// children runs a statement and then counts the rows of child.
func children(t *testing.T, tool tool, statement string, want int) {
	t.Helper()
	got := 0
	err := inFile(tool, func(db *sql.DB) error {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			return err
		}
		return db.QueryRowContext(t.Context(), "SELECT count(*) FROM child").Scan(&got)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d rows in child, want %d", got, want)
	}
}
