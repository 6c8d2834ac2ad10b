package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// shelf is a row of a table that has no rowid.
type shelf struct {
	ID    string
	Size  int64
	Label string

	Books []book
}

type book struct {
	ID      string
	ShelfID string
}

var bookTable = table{
	name: "book", sql: "book", columns: []columnInfo{{"id", isKey | isExact}, {"shelf_id", isExact}}, key: []string{"id"},
	fields: func(address any) []any {
		row := address.(*book)
		return []any{&row.ID, &row.ShelfID}
	},
	rowid: "rowid", from: "\nFROM book\nWHERE TRUE",
}

var shelfTable = table{
	name: "shelf", sql: "shelf", columns: []columnInfo{{"id", isKey | isExact}, {"size", isExact}, {"label", isExact}}, key: []string{"id"},
	fields: func(address any) []any {
		row := address.(*shelf)
		return []any{&row.ID, &row.Size, &row.Label}
	},
	from: "\nFROM shelf\nWHERE TRUE",
}

var shelfBooks = relation{field: "Books", target: &bookTable, from: []string{"id"}, to: []string{"shelf_id"}, many: true, exact: true}

// A window that its order does not tell apart is the same one for what it
// leads to, whichever index the database finds best for either.
func TestWindowsThatTie(t *testing.T) {
	_, s := newCounter(t)
	mustExec(t, s, `CREATE TABLE shelf (id TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL, label TEXT NOT NULL) WITHOUT ROWID;
		CREATE TABLE book (id TEXT PRIMARY KEY NOT NULL, shelf_id TEXT NOT NULL);
		CREATE INDEX shelf_size ON shelf (size)`)
	for i := range 50 {
		mustExec(t, s, `INSERT INTO shelf VALUES (?1, ?2, ?3)`, fmt.Sprintf("%02d", i), 100-i, strings.Repeat("x", 300))
		mustExec(t, s, `INSERT INTO book VALUES (?1, ?2)`, fmt.Sprint("b", i), fmt.Sprintf("%02d", i))
	}
	books := related[*shelf, *book](&shelfBooks)
	label := Ordering[*shelf]{term{column: "label"}}
	for name, q := range map[string]*query{
		"limit":                 newQuery(s, &shelfTable).limited(5),
		"limit and offset":      newQuery(s, &shelfTable).limited(5).skipping(10),
		"limit of equal labels": sorted(newQuery(s, &shelfTable), label).limited(5),
	} {
		for _, row := range all[shelf](t, with(q, RelationOf[*shelf](books))) {
			if len(row.Books) != 1 || row.Books[0].ShelfID != row.ID {
				t.Errorf("%s: shelf %s has the books %v", name, row.ID, row.Books)
			}
		}
	}
}
