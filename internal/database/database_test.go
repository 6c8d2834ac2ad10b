package database

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// memory opens an empty database with one table in it.
func memory(t *testing.T) *DB {
	t.Helper()
	db, err := Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Exec(t.Context(), "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');"); err != nil {
		t.Fatal(err)
	}
	return db
}

func rows(t *testing.T, db *DB) int {
	t.Helper()
	var n int
	if err := db.Row(t.Context(), "SELECT count(*) FROM t", nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMemoryIsGuarded tries to lead out of memory.
func TestMemoryIsGuarded(t *testing.T) {
	db := memory(t)
	file := filepath.Join(t.TempDir(), "out.db")
	for sql, why := range map[string]string{
		"ATTACH '" + file + "' AS x":               "open another database file",
		"VACUUM INTO '" + file + "'":               "open another database file",
		"SELECT load_extension('x')":               "reaches outside the database",
		"CREATE TEMP TABLE x (a)":                  "temporary object",
		"PRAGMA writable_schema = ON":              "schema disagree",
		"PRAGMA temp_store_directory = '/nowhere'": "move files",
	} {
		if err := db.Exec(t.Context(), sql); err == nil || !strings.Contains(db.Denied(), why) {
			t.Errorf("%s: %v, denied because it %q", sql, err, db.Denied())
		}
	}
	if err := db.Exec(t.Context(), "VACUUM"); err != nil || db.Denied() != "" {
		t.Errorf("VACUUM: %v, %s", err, db.Denied())
	}
	if found, _ := filepath.Glob(file + "*"); len(found) > 0 {
		t.Errorf("files were made: %s", found)
	}
}

// TestCopies has copies live on their own.
func TestCopies(t *testing.T) {
	db := memory(t)
	image, err := db.Image()
	if err != nil {
		t.Fatal(err)
	}
	fromImage, err := FromImage(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fromImage.Close() }()
	twin, err := db.Copy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = twin.Close() }()
	for _, c := range []*DB{fromImage, twin} {
		// More than an image would have room for.
		if err := c.Exec(t.Context(), "INSERT INTO t SELECT randomblob(1000) FROM json_each(?)", "["+strings.Repeat("0,", 5000)+"0]"); err != nil {
			t.Fatal(err)
		}
		if n := rows(t, c); n != 5002 {
			t.Errorf("%d rows", n)
		}
		if err := c.Exec(t.Context(), "ATTACH 'x.db' AS x"); err == nil {
			t.Error("a copy is not guarded")
		}
	}
	if n := rows(t, db); n != 1 {
		t.Errorf("the original has %d rows", n)
	}
	if _, err := FromImage(t.Context(), []byte("no database")); err == nil {
		t.Error("any bytes are an image")
	}
}

func TestOpen(t *testing.T) {
	root := t.TempDir()
	for _, test := range []struct {
		url    string
		create bool
		want   string // part of the error; "" for none
	}{
		{"sqlite://app.db", false, "file does not exist; make it with rowhouse migrate apply"},
		{"sqlite://app.db?_fk=0", true, ""},
		{"sqlite://app.db", false, ""},
		{"app.db", false, ""},
		{"file:app.db?mode=ro", false, ""},
		{"sqlite3://" + filepath.Join(root, "app.db"), false, ""},
		{"sqlite://with space & more.db", true, ""},
		{"", false, "there is no URL; name it with --url"},
		{"postgres://localhost/app", false, "postgres is not a kind of database"},
		{"sqlite://x?mode=memory", true, "gone when the command ends"},
		{"sqlite://:memory:", true, "gone when the command ends"},
		{"sqlite://no/such/folder/app.db", true, "unable to open database file"},
	} {
		db, err := Open(t.Context(), root, test.url, test.create)
		var urlError *URLError
		switch {
		case test.want != "":
			if !errors.As(err, &urlError) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v, want %s", test.url, err, test.want)
			}
			continue
		case err != nil:
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		var keys, timeout int
		if err := db.Row(t.Context(), "SELECT foreign_keys, timeout FROM pragma_foreign_keys, pragma_busy_timeout", nil, &keys, &timeout); err != nil || keys != 1 || timeout == 0 {
			t.Errorf("%s: foreign_keys = %d, busy_timeout = %d, %v", test.url, keys, timeout, err)
		}
		_ = db.Close()
	}
	if _, err := Open(t.Context(), root, "none.db", false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v", err)
	}
}

func TestOnRows(t *testing.T) {
	db := memory(t)
	var seen []int
	if err := db.OnRows(func(_ string, n int) { seen = append(seen, n) }); err != nil {
		t.Fatal(err)
	}
	insert := "INSERT INTO t SELECT 'y' FROM json_each(?)"
	many := "[" + strings.Repeat("0,", 24_999) + "0]"
	if err := db.Exec(t.Context(), insert, many); err != nil {
		t.Fatal(err)
	}
	if err := db.OnRows(nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec(t.Context(), insert, many); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[0] != 10_000 || seen[1] != 20_000 {
		t.Errorf("seen %v", seen)
	}
}

func TestErrors(t *testing.T) {
	db := memory(t)
	if err := db.Exec(t.Context(), "CREATE TABLE u (a INT CHECK (a > 0)); INSERT INTO u VALUES (0);"); !IsConstraint(err) || IsBusy(err) {
		t.Errorf("%v is no constraint", err)
	}
	root := t.TempDir()
	holder, err := Open(t.Context(), root, "app.db", true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	if err := holder.Exec(t.Context(), "CREATE TABLE t (a); BEGIN IMMEDIATE;"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	other, err := Open(t.Context(), root, "app.db?_busy_timeout=50", false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if err := other.Exec(t.Context(), "BEGIN IMMEDIATE"); !IsBusy(err) || IsConstraint(err) {
		t.Errorf("%v is not busy after %v", err, time.Since(start))
	}
}
