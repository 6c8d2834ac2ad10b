package runtime

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// bulk are inputs whose lists are longer than one parameter gets.
func bulk(n, size int) []newItem {
	inputs := make([]newItem, n)
	for i := range inputs {
		inputs[i] = newItem{id: fmt.Sprintf("k%05d", i), Name: fmt.Sprintf("%05d", i) + strings.Repeat("x", size), N: int64(i)}
	}
	return inputs
}

func TestCreateMany(t *testing.T) {
	c, s := newLinked(t)
	inputs := []newItem{
		{id: "z", Name: "last first", Note: new("n"), N: math.MinInt64, R: 0.1 + 0.2, Flag: true, MakerID: new("ma")},
		{id: "y", Name: "", R: math.Inf(1)},
		{id: "x", Name: "z", Note: new(""), N: -1, R: -5e-324, MakerID: new("mc")},
	}
	rows, err := createMany(s, inputs...)
	want := []item{
		{ID: "z", TenantID: "a", Name: "last first", Note: new("n"), N: math.MinInt64, R: 0.1 + 0.2, Flag: true, MakerID: new("ma")},
		{ID: "y", TenantID: "a", R: math.Inf(1)},
		{ID: "x", TenantID: "a", Name: "z", Note: new(""), N: -1, R: -5e-324, MakerID: new("mc")},
	}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("created\n%+v, %v\nwant\n%+v", rows, err, want)
	}
	if texts := c.since(); len(texts) != 1 {
		t.Errorf("took %d statements: %q", len(texts), texts)
	}
	for i := range want { // as stored
		if row, err := get(s, want[i].ID); err != nil || !reflect.DeepEqual(*row, want[i]) {
			t.Errorf("stored %+v, %v, want %+v", row, err, want[i])
		}
	}
	rows, err = createMany(s)
	if err != nil || rows == nil || len(rows) != 0 {
		t.Errorf("nothing is %v, %v", rows, err)
	}
}

func TestCreateManyStoresExactlyTheTexts(t *testing.T) {
	_, s := newCounter(t)
	var inputs []newItem
	for i, text := range hardTexts {
		inputs = append(inputs, newItem{id: fmt.Sprintf("%02d", i), Name: text, Note: new(text)})
	}
	rows, err := createMany(s, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range hardTexts {
		row, err := get(s, inputs[i].id)
		if err != nil || row.Name != text || *row.Note != text || !reflect.DeepEqual(*row, rows[i]) {
			t.Errorf("%q is stored as %+v, %v", text, row, err)
		}
		if got := found(t, where(s, items.Name.Eq(text))); got != row.ID {
			t.Errorf("%q is found as %q", text, got)
		}
	}
}

// All or none, and no row of none.
func TestCreateManyKeepsAllOrNothing(t *testing.T) {
	_, s := newLinked(t)
	refused := func(kind error, text string, inputs ...newItem) {
		t.Helper()
		before := ids(t, s)
		rows, err := createMany(s, inputs...)
		wantError(t, err, kind, text)
		if len(rows) != 0 {
			t.Errorf("none created, but %d rows", len(rows))
		}
		if got := ids(t, s); got != before {
			t.Errorf("%d rows became %d", len(before), len(got))
		}
	}
	refused(ErrConflict, "create item: conflict with another row (item.name)", newItem{Name: "x"}, newItem{Name: "Lamp"})
	refused(ErrConflict, "create item: conflict with another row (item.name)", newItem{Name: "x"}, newItem{Name: "Lamp of b"})
	refused(ErrConflict, "create item: conflict with another row (item.id)", newItem{id: "x", Name: "x"}, newItem{id: "x", Name: "y"})
	refused(ErrInvalid, "create item: invalid value (n)", newItem{Name: "x"}, newItem{Name: "y", N: 1_000_000})
	refused(ErrInvalid, "create item: invalid value (item.r)", newItem{Name: "x"}, newItem{Name: "y", R: math.NaN()})
	for _, maker := range []string{"mb", "missing", "' OR 1=1 --"} {
		refused(ErrReference, "create item: invalid reference (maker_id)", newItem{Name: "x", MakerID: new("ma")}, newItem{Name: "y", MakerID: &maker})
	}
	// The last list is the one that fails.
	inputs := bulk(30, 100_000)
	inputs[29].Name = "Lamp"
	refused(ErrConflict, "create item: conflict with another row (item.name)", inputs...)
	inputs[29].Name, inputs[29].MakerID = "y", new("mb")
	refused(ErrReference, "create item: invalid reference (maker_id)", inputs...)
	// Within a transaction the others stay.
	err := s.inTx(t.Context(), func(tx *session) error {
		if err := addItem(tx, "before"); err != nil {
			return err
		}
		if rows, err := createMany(tx, inputs...); !errors.Is(err, ErrReference) || len(rows) != 0 {
			t.Errorf("created %d rows, %v", len(rows), err)
		}
		return addItem(tx, "after")
	})
	if err != nil || ids(t, s) != "1 2 3 after before" {
		t.Errorf("%q, %v", ids(t, s), err)
	}
}

// listsOf are the lists that inputs are put into, and how many are in each.
func listsOf(t testing.TB, s *session, inputs []newItem) iter.Seq2[string, int] {
	t.Helper()
	return func(yield func(string, int) bool) {
		var rows []item
		b := &batch{table: &itemTable, to: reflect.ValueOf(&rows).Elem(), from: reflect.ValueOf(inputs), w: newWriter(), list: newWriter()}
		defer b.free()
		for !b.isLast() {
			b.fill(s)
			if !yield(string(b.list.sql), b.n) {
				return
			}
		}
	}
}

// More than one parameter takes goes in several lists, of which none is much
// longer than that, in one transaction.
func TestCreateManyInSeveralLists(t *testing.T) {
	for _, c := range []struct {
		n, size, lists int
	}{
		{1, 3 << 20, 1}, {3, 2 << 20, 3}, {4000, 1000, 4}, {40_000, 0, 2}, {10, 1000, 1},
	} {
		_, s := newCounter(t)
		itemTable.prepare()
		inputs := bulk(c.n, c.size)
		lists, total := 0, 0
		for text, rows := range listsOf(t, s, inputs) {
			lists++
			total += rows
			if len(text) > maxList+c.size+200 {
				t.Errorf("%d rows of %d bytes: a list of %d bytes", c.n, c.size, len(text))
			}
			var n int
			if err := s.db.handle.QueryRow("SELECT json_array_length(?1)", text).Scan(&n); err != nil || n != rows {
				t.Errorf("a list of %d rows has %d elements, %v", rows, n, err)
			}
		}
		if lists != c.lists || total != c.n {
			t.Errorf("%d rows of %d bytes are %d lists of %d rows, want %d lists", c.n, c.size, lists, total, c.lists)
		}
		rows, err := createMany(s, inputs...)
		if err != nil || len(rows) != c.n {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, row := range rows {
			if row.ID != inputs[i].id || row.Name != inputs[i].Name || row.N != int64(i) || row.TenantID != "a" {
				t.Fatalf("row %d is %.200v", i, row)
			}
		}
		if n, err := s.items().count(t.Context()); err != nil || n != int64(c.n) {
			t.Errorf("%d rows are there, %v", n, err)
		}
	}
}

// Where a table has no statement for many, the rows are added one by one, and
// all of them or none.
func TestCreateManyOneByOne(t *testing.T) {
	_, s := newLinked(t)
	single := table{
		name: "item", sql: "item", columns: itemTable.columns, key: itemTable.key, fields: itemTable.fields, input: itemTable.input, scoped: true,
		rowid: "rowid", from: itemTable.from, get: itemTable.get, insert: itemTable.insert, insertArgs: itemTable.insertArgs,
		tests: itemTable.tests, tested: itemTable.tested,
	}
	var rows []item
	inputs := []newItem{{id: "x", Name: "x"}, {id: "y", Name: "y", MakerID: new("ma")}}
	want := []item{{ID: "x", TenantID: "a", Name: "x"}, {ID: "y", TenantID: "a", Name: "y", MakerID: new("ma")}}
	if err := s.createMany(t.Context(), &single, &rows, inputs); err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("created %+v, %v", rows, err)
	}
	rows = nil
	err := s.createMany(t.Context(), &single, &rows, []newItem{{id: "u", Name: "u"}, {id: "v", Name: "v", MakerID: new("mb")}})
	wantError(t, err, ErrReference, "create item: invalid reference (maker_id)")
	if len(rows) != 0 || ids(t, s) != "1 2 3 x y" {
		t.Errorf("none created, but %+v of %s", rows, ids(t, s))
	}
	if err := s.createMany(t.Context(), &single, &rows, []newItem{}); err != nil || rows == nil || len(rows) != 0 {
		t.Errorf("nothing is %v, %v", rows, err)
	}
}

// doc is a row of which much is known without reading it.
type doc struct {
	ID        string
	Tenant    string
	State     string
	By        *string
	CreatedAt time.Time
	UpdatedAt *time.Time
	Version   int64
	DeletedAt *time.Time
}

type newDoc struct {
	id    string
	State string
}

// What many rows share is written once, and is in each of them.
func TestCreateManyKnowsWhatItStores(t *testing.T) {
	_, s := newCounter(t)
	mustExec(t, s, `CREATE TABLE doc (id TEXT PRIMARY KEY, tenant TEXT, state TEXT, by TEXT, created_at TEXT, updated_at INTEGER, version INTEGER, deleted_at INTEGER)`)
	docs := table{
		name: "doc", sql: "doc",
		columns: []columnInfo{
			{"id", isKey | isExact},
			{"tenant", isTenant | isExact},
			{"state", isExact},
			{"by", isExact | isNull},
			{"created_at", 0},
			{"updated_at", isNull},
			{"version", isExact},
			{"deleted_at", isHidden | isNull},
		},
		key: []string{"id"}, scoped: true, rowid: "rowid", from: "\nFROM doc\nWHERE tenant = ?1\n  AND deleted_at IS NULL",
		get: "\nFROM doc\nWHERE id = ?2\n  AND tenant = ?1\n  AND deleted_at IS NULL",
		fields: func(address any) []any {
			row := address.(*doc)
			return []any{
				&row.ID, &row.Tenant, &row.State, textOrNull(&row.By), isoField(&row.CreatedAt), unixOrNull(&row.UpdatedAt),
				&row.Version, unixOrNull(&row.DeletedAt),
			}
		},
		input: func(address any) []any {
			row := address.(*newDoc)
			return []any{&row.id, defaulted{&row.State, "pending"}}
		},
		insertArgs: []argument{{from: theTenant}, {from: theKey}, {from: theInput}},
		many: `
INSERT INTO doc (id, tenant, state, by, created_at, updated_at, version)
SELECT "input.".value ->> 0, ?1, "input.".value ->> 1, ?3, ?4, ?5, 1
FROM json_each(?2) AS "input."`,
		manyArgs: []argument{{from: theTenant}, {from: theList}, {from: theUser}, {from: theClock, bind: bindISO}, {from: theClock, bind: bindUnix}},
		stored: []argument{
			{from: theKey},
			{from: theTenant},
			{from: theInput},
			{from: theUser},
			{from: theClock, bind: bindISO},
			{from: theClock, bind: bindUnix},
			{from: theOne},
			{from: theNull},
		},
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.FixedZone("", 3600))
	opened, err := openDatabase(t.Context(), s.db.handle, expectedTables, []Option{WithClock(func() time.Time { return at })})
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []any{"ann", nil} {
		s := &session{db: opened, tenant: "a", user: user}
		var rows []doc
		if err := s.createMany(t.Context(), &docs, &rows, []newDoc{{State: "done"}, {}}); err != nil || len(rows) != 2 {
			t.Fatalf("created %+v, %v", rows, err)
		}
		for i, row := range rows {
			second := at.Truncate(time.Second).UTC()
			want := doc{ID: row.ID, Tenant: "a", State: []string{"done", "pending"}[i], CreatedAt: at.UTC(), UpdatedAt: &second, Version: 1}
			if user != nil {
				want.By = new("ann")
			}
			if !reflect.DeepEqual(row, want) {
				t.Errorf("created %+v, want %+v", row, want)
			}
			var stored *doc
			if err := s.get(t.Context(), &docs, &stored, row.ID); err != nil || !reflect.DeepEqual(*stored, want) {
				t.Errorf("stored %+v, %v, want %+v", stored, err, want)
			}
		}
		if rows[0].UpdatedAt == rows[1].UpdatedAt || user != nil && rows[0].By == rows[1].By {
			t.Error("the rows share a pointer")
		}
	}
}
