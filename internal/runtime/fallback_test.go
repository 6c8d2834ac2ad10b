package runtime

import (
	"errors"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// A BLOB where the column is declared TEXT is read as its bytes, by every way
// of reading, and written rows are written once.
func TestBlobsAmongTexts(t *testing.T) {
	c, s := newLinked(t)
	mustExec(t, s, `UPDATE item SET note = x'ff00' WHERE id = '3'`)
	for _, statement := range statements {
		if got, err := statement.run(s); err != nil || got != statement.want {
			t.Errorf("%s: read %s, %v, want %s", statement.name, got, err, statement.want)
		}
	}
	c.since()
	for _, row := range all[item](t, with(s.items(), items.Maker, items.Tags)) {
		if row.ID == "3" && *row.Note != "\xff\x00" {
			t.Errorf("the note is %q", *row.Note)
		}
	}
	// One statement that fails, and then one for the items with their makers and one for the tags.
	if texts := c.since(); len(texts) > 3 {
		t.Errorf("took %d statements: %q", len(texts), texts)
	}
	var first *item
	if err := sorted(s.items(), items.N.Asc()).skipping(2).first(t.Context(), &first); err != nil || *first.Note != "\xff\x00" {
		t.Errorf("first = %+v, %v", first, err)
	}
	if row, err := get(s, "3"); err != nil || *row.Note != "\xff\x00" || row.Name != "Table" {
		t.Errorf("get = %+v, %v", row, err)
	}
	if row, err := update(t, s, "3", items.N.Set(31)); err != nil || *row.Note != "\xff\x00" || row.N != 31 {
		t.Errorf("update = %+v, %v", row, err)
	}
	mustExec(t, s, `CREATE TRIGGER blob AFTER INSERT ON item BEGIN UPDATE item SET n = n + 1 WHERE id = '1'; END`)
	var row *item
	if err := s.upsert(t.Context(), &itemTable, &row, &newItem{id: "3", Name: "Table", Note: new("text")}, nil); err != nil || *row.Note != "text" {
		t.Errorf("upsert = %+v, %v", row, err)
	}
	mustExec(t, s, `UPDATE item SET n = 0 WHERE id = '1'; DROP TRIGGER blob;
		CREATE TRIGGER blob BEFORE INSERT ON item WHEN NEW.id = 'new' BEGIN UPDATE item SET n = n + 1, note = x'fe' WHERE id = '1'; END`)
	if _, err := create(s, newItem{id: "new", Name: "new"}); err != nil {
		t.Error(err)
	}
	if row, err := get(s, "1"); err != nil || row.N != 1 || *row.Note != "\xfe" {
		t.Errorf("inserted %d times, %v", row.N, err)
	}
}

// Within a transaction what fails as JSON does not undo what was written.
func TestBlobsAmongTextsInTransactions(t *testing.T) {
	_, s := newLinked(t)
	mustExec(t, s, `UPDATE item SET note = x'ff00' WHERE id = '2'`)
	err := s.inTx(t.Context(), func(tx *session) error {
		if _, err := update(t, tx, "1", items.N.Set(11)); err != nil {
			return err
		}
		if row, err := update(t, tx, "2", items.N.Set(22)); err != nil || *row.Note != "\xff\x00" {
			t.Errorf("update = %+v, %v", row, err)
		}
		if got := found(t, where(tx, items.N.In(11, 22))); got != "1 2" {
			t.Errorf("found %s", got)
		}
		return nil
	})
	if err != nil || found(t, where(s, items.N.In(11, 22))) != "1 2" {
		t.Errorf("committed %v", err)
	}
}

// More than the database puts into one value is read column by column.
func TestMoreThanOneValueHolds(t *testing.T) {
	c, s := newLinked(t)
	const n, size = 40, 1000
	for i := range n {
		mustExec(t, s, `INSERT INTO item (id, tenant_id, name, n, maker_id) VALUES (?1, 'a', ?2, ?3, 'mc')`,
			"k"+strings.Repeat("0", i%2)+string(rune('A'+i)), strings.Repeat("x", size)+string(rune('A'+i)), 1000+i)
	}
	want := tree(all[maker](t, with(sorted(s.makers(), makers.ID.Asc()), makers.Items.OrderBy(items.N.Asc()).With(items.Tags))))
	before := c.conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, n*size/2)
	rows := all[item](t, sorted(s.items(), items.N.Asc()))
	if len(rows) != n+3 || len(rows[n].Name) != size+1 || rows[n].N != 1000+n-3 {
		t.Errorf("read %d rows", len(rows))
	}
	if texts := c.since(); len(texts) == 0 || strings.Contains(texts[len(texts)-1], "json_array") {
		t.Errorf("the last statement is %q", texts)
	}
	if got := tree(all[maker](t, with(sorted(s.makers(), makers.ID.Asc()), makers.Items.OrderBy(items.N.Asc()).With(items.Tags)))); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	page, err := pageOf[item](sorted(s.items(), items.N.Desc()), PageRequest{Size: n})
	if err != nil || len(page.Rows) != n {
		t.Errorf("a page of %d rows, %v", len(page.Rows), err)
	}
	rest, err := pageOf[item](sorted(s.items(), items.N.Desc()), PageRequest{Size: n, After: page.Next})
	if err != nil || keysOf(rest.Rows) != "3 2 1" {
		t.Errorf("the rest is %s, %v", keysOf(rest.Rows), err)
	}
	count := 0
	if err := eachOf(s.items(), func(item) bool { count++; return true }); err != nil || count != n+3 {
		t.Errorf("each of %d rows, %v", count, err)
	}
	for _, statement := range statements {
		if _, err := statement.run(s); err != nil {
			t.Errorf("%s: %v", statement.name, err)
		}
	}
	// What is too big even for a column is an error, and tells no value.
	c.conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
	mustExec(t, s, `INSERT INTO item (id, tenant_id, name) VALUES ('huge', 'a', ?1)`, strings.Repeat("x", n*size))
	c.conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, n*size/2)
	var huge []item
	err = s.items().all(t.Context(), &huge)
	if err == nil || !strings.HasPrefix(err.Error(), "list item: ") || len(err.Error()) > 100 {
		t.Errorf("read %d rows, %v", len(huge), err)
	}
	c.conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
}

// Only what JSON cannot carry is read again.
func TestNotJSON(t *testing.T) {
	for text, want := range map[string]bool{
		"JSON cannot hold BLOB values":                      true,
		"string or blob too big":                            true,
		"D1_ERROR: string or blob too big: SQLITE_TOOBIG":   true,
		"SQL logic error: JSON cannot hold BLOB values (1)": true,
		"malformed JSON":                                    false,
		"database is locked":                                false,
	} {
		if got := notJSON(errors.New(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if notJSON(nil) || notJSON(errMalformed) {
		t.Error("nothing went wrong, or something else")
	}
}
