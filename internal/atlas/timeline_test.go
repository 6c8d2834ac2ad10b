package atlas

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

// history are migrations that change a schema in many ways.
var history = []string{
	`CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE);
	 CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user, title TEXT UNIQUE CHECK (title <> ''));
	 CREATE INDEX post_user_id ON post (user_id);
	 CREATE VIEW names AS SELECT name FROM user;
	 CREATE TRIGGER touch AFTER UPDATE ON user BEGIN UPDATE post SET title = title WHERE user_id = new.id; END;`,
	`ALTER TABLE user ADD COLUMN email TEXT;
	 CREATE UNIQUE INDEX user_email ON user (lower(email)) WHERE email IS NOT NULL;`,
	`INSERT INTO user (name) VALUES ('Ann');`,
	`ALTER TABLE user RENAME TO account;
	 ALTER TABLE Account RENAME COLUMN name TO title;`,
	`PRAGMA foreign_keys = off;
	 CREATE TABLE new_post (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, title TEXT);
	 INSERT INTO new_post SELECT id, coalesce(user_id, 1), title FROM post;
	 DROP TRIGGER touch;
	 DROP TABLE post;
	 ALTER TABLE new_post RENAME TO post;
	 PRAGMA foreign_keys = on;`,
	`DROP INDEX user_email; DROP VIEW names;`,
	`CREATE VIRTUAL TABLE search USING rtree(id, low, high);
	 CREATE TABLE "odd ' name" ("a b" INT, [c;d] TEXT) STRICT;`,
	`DROP TABLE post; CREATE TABLE IF NOT EXISTS account (id INTEGER);`,
	`CREATE TABLE post (id INTEGER PRIMARY KEY); DROP TABLE search; DROP TABLE IF EXISTS search;`,
}

// TestTimeline: the schema after each migration is the one that a replay of
// all so far makes.
func TestTimeline(t *testing.T) {
	timeline, err := NewTimeline(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer timeline.Close()
	var files []File
	for i, text := range history {
		files = append(files, File{Name: fmt.Sprintf("%d.sql", i), Text: text})
		edit, err := timeline.Next(t.Context(), files[i])
		if err != nil {
			t.Fatal(err)
		}
		want, err := Replay(t.Context(), files)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := plainDump(edit.To), plainDump(want); got != want {
			t.Errorf("after %d: got\n%s\nwant\n%s", i, got, want)
		}
	}
}

// TestTimelineSkip: nothing is different when files were skipped.
func TestTimelineSkip(t *testing.T) {
	for n := range history {
		timeline, err := NewTimeline(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var files []File
		for i, text := range history {
			files = append(files, File{Name: fmt.Sprintf("%d.sql", i), Text: text})
		}
		if err := timeline.Skip(t.Context(), files[:n]); err != nil {
			t.Fatal(err)
		}
		edit, err := timeline.Next(t.Context(), files[n])
		if err != nil {
			t.Fatal(err)
		}
		want, err := Replay(t.Context(), files[:n+1])
		if err != nil {
			t.Fatal(err)
		}
		if got, want := plainDump(edit.To), plainDump(want); got != want {
			t.Errorf("after %d: got\n%s\nwant\n%s", n, got, want)
		}
		timeline.Close()
	}
}

// TestTimelineWrong: what is wrong with a migration is said as for any file.
func TestTimelineWrong(t *testing.T) {
	timeline, err := NewTimeline(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer timeline.Close()
	for _, next := range []func(File) error{
		func(f File) error { _, err := timeline.Next(t.Context(), f); return err },
		func(f File) error { return timeline.Skip(t.Context(), []File{f}) },
	} {
		err := next(File{Name: "1.sql", Text: "\n DROP TABLE gone;"})
		if want := `1.sql:2:13: no such table: gone; create it, or correct the name`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// plainDump dumps a schema without what a timeline does not know: positions,
// the columns of views, and the order of objects.
func plainDump(schema *model.Schema) string {
	s := *withoutPositions(schema)
	s.Tables = slices.SortedFunc(slices.Values(s.Tables), func(a, b *model.Table) int { return cmp.Compare(a.Name, b.Name) })
	for _, v := range s.Views {
		v.Columns = nil
	}
	return dump(&s)
}

// withoutPositions removes what depends on the files a schema comes from.
func withoutPositions(schema *model.Schema) *model.Schema {
	for _, t := range schema.Tables {
		t.Pos = model.Position{}
		for _, c := range t.Columns {
			c.Pos = model.Position{}
		}
		for _, x := range t.Indexes {
			x.Pos = model.Position{}
		}
	}
	for _, v := range schema.Views {
		v.Pos = model.Position{}
	}
	for _, t := range schema.Triggers {
		t.Pos = model.Position{}
	}
	return schema
}
