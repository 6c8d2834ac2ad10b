package runtime

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// spot is a row whose columns have few values, so that orders have many ties.
type spot struct {
	A *int64
	B *string
	C float64
	D []byte
	E string
	F int64
}

const spotSchema = `CREATE TABLE spot (a INTEGER, b TEXT, c REAL NOT NULL, d BLOB, e TEXT NOT NULL, f INTEGER NOT NULL, PRIMARY KEY (e, f)) WITHOUT ROWID`

var spotTable = table{
	name: "spot",
	sql:  "spot",
	columns: []columnInfo{
		{"a", isExact | isNull},
		{"b", isExact | isNull},
		{"c", isReal},
		{"d", isBlob | isNull},
		{"e", isKey | isExact},
		{"f", isKey | isExact},
	},
	key: []string{"e", "f"},
	fields: func(address any) []any {
		row := address.(*spot)
		return []any{integerOrNull(&row.A), textOrNull(&row.B), &row.C, &row.D, &row.E, &row.F}
	},
	from: "\nFROM spot\nWHERE TRUE",
}

func (row *spot) String() string { return fmt.Sprint(row.E, row.F) }

// values of the columns, in the order of the table.
func (row *spot) values() []any {
	var list []any
	for _, field := range spotTable.fields(row) {
		list = append(list, valueOf(field))
	}
	return list
}

// compareValues orders as the database does: NULL first, texts and BLOBs by bytes.
func compareValues(x, y any) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return -1
	case y == nil:
		return 1
	}
	switch x := x.(type) {
	case int64:
		return cmp.Compare(x, y.(int64))
	case float64:
		return cmp.Compare(x, y.(float64))
	case string:
		return strings.Compare(x, y.(string))
	default:
		return bytes.Compare(x.([]byte), y.([]byte))
	}
}

func compareRows(order []term) func(x, y spot) int {
	return func(x, y spot) int {
		xs, ys := x.values(), y.values()
		for _, t := range order {
			i := spotTable.index(t.column)
			c := compareValues(xs[i], ys[i])
			if t.descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
}

var hardReals = []float64{0, -1.5, 0.1 + 0.2, 0.3, math.Inf(1), math.Inf(-1), 5e-324, 1e300, math.Nextafter(1, 2), 1}

func newSpots(t testing.TB, n int) (*session, []spot) {
	t.Helper()
	_, s := newCounter(t)
	mustExec(t, s, spotSchema)
	random := rand.New(rand.NewPCG(3, 4))
	texts := []string{"", "a", "A", "\x00", "\xff", "\"\\", "ü", "日本語"}
	blobs := [][]byte{{}, {0}, {0xff}, []byte("a"), []byte("A\x00")}
	rows := make([]spot, n)
	for i := range rows {
		row := spot{C: hardReals[random.IntN(len(hardReals))], E: texts[i%len(texts)], F: int64(i / len(texts))}
		if random.IntN(3) > 0 {
			row.A = new([]int64{-1, 0, 1, math.MaxInt64}[random.IntN(4)])
		}
		if random.IntN(3) > 0 {
			row.B = new(texts[random.IntN(len(texts))])
		}
		if random.IntN(3) > 0 {
			row.D = blobs[random.IntN(len(blobs))]
		}
		rows[i] = row
		mustExec(t, s, "INSERT INTO spot VALUES ("+placeholders(6)+")", row.values()...)
	}
	return s, rows
}

// orders are those of up to three columns, in all directions.
func orders() [][]term {
	list := [][]term{nil}
	columns := []string{"a", "b", "c", "d", "e", "f"}
	for i, first := range columns {
		for _, down := range []bool{false, true} {
			list = append(list, []term{{first, down}})
			for _, second := range columns[i+1:] {
				for _, down2 := range []bool{false, true} {
					list = append(list, []term{{first, down}, {second, down2}}, []term{{second, down2}, {first, down}})
				}
			}
		}
	}
	return append(list, []term{{"a", false}, {"b", true}, {"d", false}}, []term{{"d", true}, {"c", false}, {"a", true}, {"b", true}, {"f", true}})
}

func spots(s *session, order []term) *query {
	q := newQuery(s, &spotTable).refined()
	q.has.order = order
	return q
}

func pageOf[R any](q *query, request PageRequest) (page Page[R], err error) {
	err = q.page(context.Background(), request, &page.Rows, &page.Next, &page.Prev)
	return page, err
}

// Pages, forwards and backwards, are the rows in their order, each once.
func TestPages(t *testing.T) {
	s, rows := newSpots(t, 61)
	for i, order := range orders() {
		q := spots(s, order)
		q.table.prepare()
		want := slices.SortedFunc(slices.Values(rows), compareRows(q.total()))
		if got := all[spot](t, spots(s, q.total())); !reflect.DeepEqual(got, want) {
			t.Fatalf("the order %v is not the database's", q.total())
		}
		for _, size := range [][]int{{7, 60}, {1, 61}, {30, 100}}[i%3] {
			walk(t, q, size, want)
		}
	}
}

func walk(t *testing.T, q *query, size int, want []spot) {
	t.Helper()
	var got []spot
	var pages []Page[spot]
	request := PageRequest{Size: size}
	for {
		page, err := pageOf[spot](q, request)
		if err != nil || len(page.Rows) > size || len(page.Rows) == 0 {
			t.Fatalf("%v: a page of %d rows, %v", q.has.order, len(page.Rows), err)
		}
		pages = append(pages, page)
		got = append(got, page.Rows...)
		if (page.Prev == "") != (len(pages) == 1) {
			t.Errorf("%v: page %d has the previous one %q", q.has.order, len(pages), page.Prev)
		}
		if page.Next == "" {
			break
		}
		if len(page.Rows) < size {
			t.Errorf("%v: a page of %d rows with one after it", q.has.order, len(page.Rows))
		}
		request.After = page.Next
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%v by %d: forwards\n%v\nwant\n%v", q.has.order, size, got, want)
	}
	for i := len(pages) - 1; i > 0; i-- {
		back, err := pageOf[spot](q, PageRequest{Size: size, Before: pages[i].Prev})
		if err != nil || !reflect.DeepEqual(back.Rows, pages[i-1].Rows) {
			t.Fatalf("%v by %d: before page %d\n%v, %v\nwant\n%v", q.has.order, size, i, back.Rows, err, pages[i-1].Rows)
		}
		if back.Next != pages[i-1].Next || back.Prev != pages[i-1].Prev {
			t.Errorf("%v by %d: page %d has other cursors from behind", q.has.order, size, i-1)
		}
	}
}

// The rows after a place are those that sort after it, for every place.
func TestKeysets(t *testing.T) {
	s, rows := newSpots(t, 40)
	for i, order := range orders() {
		q := spots(s, order)
		q.table.prepare()
		total := q.total()
		sorted := slices.SortedFunc(slices.Values(rows), compareRows(total))
		for at := i % 3; at < len(sorted); at += 3 {
			var values []any
			for _, term := range total {
				values = append(values, sorted[at].values()[spotTable.index(term.column)])
			}
			after := spots(s, total)
			after.filter(keyset{&spotTable, total, values})
			if got := all[spot](t, after); !slices.EqualFunc(got, sorted[at+1:], func(x, y spot) bool { return reflect.DeepEqual(x, y) }) {
				t.Fatalf("%v after %v\n%v\nwant\n%v", total, values, got, sorted[at+1:])
			}
		}
	}
}

func TestKeysetTexts(t *testing.T) {
	for _, c := range []struct {
		order  []term
		values []any
		want   string
	}{
		{[]term{{"e", false}, {"f", false}}, []any{"x", int64(1)}, "(e, f) > (?1, ?2)"},
		{[]term{{"c", true}, {"e", true}, {"f", true}}, []any{1.5, "x", int64(1)}, "(c, e, f) < (?1, ?2, ?3)"},
		{[]term{{"c", false}, {"f", true}}, []any{1.5, int64(1)}, "(c > ?1 OR c IS ?2 AND (f < ?3))"},
		{[]term{{"a", false}, {"e", false}}, []any{int64(5), "x"}, "(a > ?1 OR a IS ?2 AND (e > ?3))"},
		{[]term{{"a", false}, {"e", false}}, []any{nil, "x"}, "(a IS NOT NULL OR a IS ?1 AND (e > ?2))"},
		{[]term{{"a", true}, {"e", true}}, []any{int64(5), "x"}, "(a < ?1 OR a IS NULL OR a IS ?2 AND (e < ?3))"},
		{[]term{{"a", true}, {"e", true}}, []any{nil, "x"}, "(FALSE OR a IS ?1 AND (e < ?2))"},
	} {
		w := &writer{}
		keyset{&spotTable, c.order, c.values}.write(w)
		if got := textOf(w); got != c.want {
			t.Errorf("%v after %v is %s, want %s", c.order, c.values, got, c.want)
		}
	}
}

// A cursor is of one query and one scope, to the byte.
func TestCursors(t *testing.T) {
	_, s := newLinked(t)
	q := sorted(filtered(s.items(), items.N.LT(100)), items.N.Asc())
	page, err := pageOf[item](q, PageRequest{Size: 2})
	if err != nil || keysOf(page.Rows) != "1 2" || page.Next == "" || page.Prev != "" {
		t.Fatalf("page %+v, %v", page, err)
	}
	cursor, err := base64.RawURLEncoding.DecodeString(page.Next)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(cursor[8:]); got != `[20,"2"]` {
		t.Errorf("a cursor holds %s", got)
	}
	refused := func(what string, q *query, request PageRequest) {
		t.Helper()
		page, err := pageOf[item](q, request)
		wantError(t, err, ErrInvalid, "page item: invalid value: not a cursor of this query")
		if len(page.Rows) > 0 || page.Next != "" || page.Prev != "" {
			t.Errorf("%s: %+v", what, page)
		}
	}
	for i := range cursor {
		for bit := range 8 {
			damaged := slices.Clone(cursor)
			damaged[i] ^= 1 << bit
			refused("damaged", q, PageRequest{After: base64.RawURLEncoding.EncodeToString(damaged)})
		}
		if i > 0 { // no cursor at all is the first page
			refused("cut", q, PageRequest{After: base64.RawURLEncoding.EncodeToString(cursor[:i])})
		}
	}
	for _, text := range []string{"x", "!", page.Next + "A", " " + page.Next, page.Next + "=", "' OR 1=1 --"} {
		refused(text, q, PageRequest{After: text})
		refused(text, q, PageRequest{Before: text})
	}
	b := &session{db: s.db, tenant: "b"}
	for name, other := range map[string]*query{
		"another predicate": sorted(filtered(s.items(), items.N.LTE(100)), items.N.Asc()),
		"another value":     sorted(filtered(s.items(), items.N.LT(101)), items.N.Asc()),
		"another order":     sorted(filtered(s.items(), items.N.LT(100)), items.N.Desc()),
		"a longer order":    sorted(filtered(s.items(), items.N.LT(100)), items.N.Asc(), items.Name.Asc()),
		"no order":          filtered(s.items(), items.N.LT(100)),
		"another tenant":    sorted(filtered(b.items(), items.N.LT(100)), items.N.Asc()),
	} {
		refused(name, other, PageRequest{After: page.Next})
		refused(name, other, PageRequest{Before: page.Next})
	}
	// What is loaded with the rows, and what of them, is no matter.
	if rest, err := pageOf[item](with(selecting(q, Selectable[*item](items.ID)), items.Maker), PageRequest{After: page.Next}); err != nil || keysOf(rest.Rows) != "3" {
		t.Errorf("the rest %+v, %v", rest, err)
	}
}

func TestPageArguments(t *testing.T) {
	_, s := newLinked(t)
	for what, c := range map[string]struct {
		query   *query
		request PageRequest
	}{
		"a page of a query with Limit or Offset": {s.items().limited(5), PageRequest{}},
		"negative size":                          {s.items(), PageRequest{Size: -1}},
		"After and Before":                       {s.items(), PageRequest{After: "x", Before: "x"}},
	} {
		_, err := pageOf[item](c.query, c.request)
		wantError(t, err, ErrInvalid, "page item: invalid value ("+what+")")
	}
	_, err := pageOf[item](s.items().skipping(1), PageRequest{})
	wantError(t, err, ErrInvalid, "page item: invalid value (a page of a query with Limit or Offset)")
	none, err := pageOf[item](filtered(s.items(), items.N.In()), PageRequest{})
	if err != nil || none.Rows == nil || len(none.Rows) > 0 || none.Next != "" || none.Prev != "" {
		t.Errorf("a page of nothing is %+v, %v", none, err)
	}
}

// Rows that come and go do not move a place in the order.
func TestPagesWhileRowsComeAndGo(t *testing.T) {
	_, s := newLinked(t)
	q := sorted(s.items(), items.N.Desc())
	first, err := pageOf[item](q, PageRequest{Size: 1})
	if err != nil || keysOf(first.Rows) != "3" {
		t.Fatal(first, err)
	}
	mustExec(t, s, "DELETE FROM item_tag; DELETE FROM item WHERE id = '3'")
	insert(t, s, "0", "early", 99, 0)
	insert(t, s, "4", "late", 25, 0)
	next, err := pageOf[item](q, PageRequest{Size: 5, After: first.Next})
	if err != nil || keysOf(next.Rows) != "4 2 1" {
		t.Errorf("after: %q, %v", keysOf(next.Rows), err)
	}
	back, err := pageOf[item](q, PageRequest{Size: 5, Before: next.Prev})
	if err != nil || keysOf(back.Rows) != "0" || back.Prev != "" || back.Next == "" {
		t.Errorf("before: %q, %v", keysOf(back.Rows), err)
	}
}

// A page and what it leads to is one statement.
func TestPageWithRelations(t *testing.T) {
	c, s := newLinked(t)
	for _, s := range []*session{s, byColumn(s)} {
		c.since()
		q := with(sorted(s.items(), items.N.Desc()), items.Tags, items.Maker)
		page, err := pageOf[item](q, PageRequest{Size: 2})
		if err != nil || keysOf(page.Rows) != "3 2" || page.Rows[1].Maker.ID != "ma" || page.Rows[0].Maker != nil {
			t.Fatalf("page %+v, %v", page, err)
		}
		page, err = pageOf[item](q, PageRequest{Size: 2, After: page.Next})
		if err != nil || keysOf(page.Rows) != "1" || len(page.Rows[0].Tags) != 2 {
			t.Errorf("page %+v, %v", page, err)
		}
		back, err := pageOf[item](q, PageRequest{Size: 2, Before: page.Prev})
		if err != nil || keysOf(back.Rows) != "3 2" || back.Rows[1].Maker.ID != "ma" || len(back.Rows[1].Tags) != 1 {
			t.Errorf("page %+v, %v", back, err)
		}
		if s.db.exactReals && len(c.since()) != 3 {
			t.Error("a page takes more than one statement")
		}
	}
}

func eachOf(q *query, yield func(item) bool) error {
	var row item
	var failure error
	q.each(context.Background(), &row, func(err error) bool {
		failure = err
		return err == nil && yield(row)
	})
	return failure
}

// Each yields what All does, however many rows that are, and holds no
// connection meanwhile.
func TestEach(t *testing.T) {
	_, s := newCounter(t) // which has one connection
	mustExec(t, s, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234)
		INSERT INTO item (id, tenant_id, name, n) SELECT 'k' || i, iif(i % 100 = 0, 'b', 'a'), 'n' || i, i / 7 FROM n`)
	for name, q := range map[string]*query{
		"all":             s.items(),
		"ordered":         sorted(s.items(), items.N.Desc(), items.Name.Asc()),
		"limit":           s.items().limited(700),
		"limit and order": sorted(s.items(), items.N.Desc()).limited(500),
		"one more":        s.items().limited(501),
		"offset":          s.items().skipping(100),
		"window":          sorted(s.items(), items.N.Desc()).skipping(10).limited(555),
		"nothing":         s.items().limited(0),
		"past the end":    s.items().skipping(5000),
		"of a predicate":  filtered(s.items(), items.N.GT(100)),
	} {
		var want []item
		ordered := q.refined()
		ordered.has.order = q.total()
		want = append(want, all[item](t, ordered)...)
		var got []item
		if err := eachOf(q, func(row item) bool { got = append(got, row); return true }); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d rows, %v, want %d", name, len(got), err, len(want))
		}
	}
	n := 0
	err := eachOf(s.items(), func(row item) bool {
		n++
		if n%100 == 0 {
			if _, err := update(t, s, row.ID, items.Note.Set("seen")); err != nil {
				t.Error(err)
			}
		}
		return n < 600
	})
	if err != nil || n != 600 {
		t.Errorf("%d rows, %v", n, err)
	}
	if err := s.db.handle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := eachOf(s.items(), func(item) bool { return true }); err == nil || err.Error() != "each item: sql: database is closed" {
		t.Errorf("a closed database: %v", err)
	}
}
