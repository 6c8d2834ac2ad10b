package atlas

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

const someTable = "CREATE TABLE a (id TEXT);\n"

func TestReadFiles(t *testing.T) {
	root := tree(t, map[string]string{
		"schema/b.sql":           someTable,
		"schema/a.sql":           someTable,
		"schema/.hidden.sql":     "hidden",
		"schema/a.down.sql":      "down",
		"schema/notes.md":        "notes",
		"schema/nested/deep.sql": "deep",
		"more/extra.sql":         "-- +goose Up\nCREATE TABLE x (id TEXT);\n-- +Goose DOWN\nDROP TABLE x;\n",
	})
	files, err := ReadFiles(root, []string{"./more/extra.sql", "schema", "schema/b.sql", "*/extra.sql"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name)
	}
	if want := []string{"more/extra.sql", "schema/a.sql", "schema/b.sql"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := "-- +goose Up\nCREATE TABLE x (id TEXT);\n"; files[0].Text != want {
		t.Errorf("rollback part not cut: %q", files[0].Text)
	}
	absolute := filepath.Join(root, "schema")
	files, err = ReadFiles("/elsewhere", []string{absolute})
	if err != nil || files[0].Name != filepath.ToSlash(filepath.Join(absolute, "a.sql")) {
		t.Errorf("absolute path: %v, %v", files, err)
	}
}

// TestLoadConfigErrors is about paths that cannot be used at all.
func TestLoadConfigErrors(t *testing.T) {
	root := tree(t, map[string]string{
		"empty/notes.md": "notes",
		"schema/a.sql":   someTable,
	})
	for _, test := range []struct {
		name, want string
		paths      []string
		is         error
	}{
		{
			"missing folder", "shema: no such file or folder; create it, or correct sql.schema in sqlc.yaml",
			[]string{"schema", "shema"},
			fs.ErrNotExist,
		},
		{
			"folder without SQL", "empty: no *.sql file in it; put the CREATE TABLE statements there, in files that end in .sql",
			[]string{"empty"},
			errNoFiles,
		},
		{
			"pattern without a match", "schema/x*.sql: no *.sql file in it; put the CREATE TABLE statements there, in files that end in .sql",
			[]string{"schema/x*.sql"},
			errNoFiles,
		},
		{
			"all at once", "empty: no *.sql file in it; put the CREATE TABLE statements there, in files that end in .sql\n" +
				"nowhere: no such file or folder; create it, or correct sql.schema in sqlc.yaml",
			[]string{"nowhere", "empty"},
			fs.ErrNotExist,
		},
		{"no path", "no schema folder is configured; set sql.schema in sqlc.yaml", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(t.Context(), root, test.paths)
			var config *ConfigError
			if !errors.As(err, &config) {
				t.Fatalf("not a *ConfigError: %v", err)
			}
			if err.Error() != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", err, test.want)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("not %v: %v", test.is, err)
			}
		})
	}
}

// TestLoadProblems is about files that are there and are no schema.
func TestLoadProblems(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
	}{
		{"empty", "", "schema/a.sql: the schema has no table; add a CREATE TABLE"},
		{"comments alone", "-- nothing\n/* here */;\n", "schema/a.sql: the schema has no table; add a CREATE TABLE"},
		{
			"byte order mark", "\xef\xbb\xbf" + someTable,
			"schema/a.sql:1:1: the file starts with a byte order mark, which sqlc rejects; save it as UTF-8 without BOM",
		},
		{"UTF-16", "\xff\xfeC\x00R\x00", "schema/a.sql:1:1: the file is UTF-16; save it as UTF-8"},
		{
			"NUL", someTable + "CREATE TABLE \x00b (id TEXT);",
			"schema/a.sql:2:14: NUL byte: SQLite would ignore the rest of the file; remove it",
		},
		{
			"not UTF-8", someTable + "-- gr\xfc\xdfe",
			"schema/a.sql:2:6: the text is not valid UTF-8 here; save the file as UTF-8",
		},
		{
			"long line", someTable + strings.Repeat("-", maxLine+1) + "\n" + someTable,
			"schema/a.sql:2:1: the line is longer than 65535 bytes: sqlc would ignore the rest of the file; break the line",
		},
		{
			"CRLF", "CREATE TABLE a (\r\n  id TEXT,\r\n  id TEXT\r\n);\r\n",
			"schema/a.sql:3:3: duplicate column name: id; remove one of them, or rename it",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(t.Context(), tree(t, map[string]string{"schema/a.sql": test.text}), []string{"schema"})
			var problems model.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("not model.Problems: %v", err)
			}
			var config *ConfigError
			if errors.As(err, &config) {
				t.Errorf("a wrong schema is no wrong configuration: %v", err)
			}
			if err.Error() != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", err, test.want)
			}
		})
	}
}

func TestLoadUnreadable(t *testing.T) {
	root := tree(t, map[string]string{"schema/a.sql/x": "a folder", "schema/c.sql": "CREATE TABLE c (id TEXT, id TEXT);"})
	if err := os.Symlink("nowhere.sql", filepath.Join(root, "schema/b.sql")); err != nil {
		t.Fatal(err)
	}
	_, err := Load(t.Context(), root, []string{"schema"})
	want := "schema/a.sql: cannot be read: is a directory; make it a readable file, or remove it\n" +
		"schema/b.sql: cannot be read: no such file or folder; make it a readable file, or remove it"
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// tree writes files into a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
