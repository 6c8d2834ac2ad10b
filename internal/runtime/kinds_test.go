package runtime

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// kinds is a row with a field of every kind.
type kinds struct {
	ID        string
	Text      string
	Secret    Secret
	TextN     *string
	Integer   int64
	IntegerN  *int64
	Real      float64
	RealN     *float64
	Bool      bool
	BoolN     *bool
	Blob      []byte
	JSON      json.RawMessage
	Unix      time.Time
	UnixN     *time.Time
	Milli     time.Time
	MilliN    *time.Time
	ISO       time.Time
	ISON      *time.Time
	FieldText string
}

const kindsSchema = `CREATE TABLE kinds (
  id TEXT PRIMARY KEY NOT NULL, text TEXT, secret TEXT, textn TEXT, integer INTEGER, integern INTEGER, real REAL, realn REAL,
  bool INTEGER, booln INTEGER, blob BLOB, json TEXT, unix INTEGER, unixn INTEGER, milli INTEGER, millin INTEGER, iso TEXT, ison TEXT,
  "a ""field" TEXT
)`

var kindsTable = table{
	name: "kinds",
	sql:  "kinds",
	columns: []columnInfo{
		{"id", isKey | isExact},
		{"text", isExact},
		{"secret", isExact},
		{"textn", isExact | isNull},
		{"integer", isExact},
		{"integern", isExact | isNull},
		{"real", isReal},
		{"realn", isReal | isNull},
		{"bool", 0},
		{"booln", isNull},
		{"blob", isBlob | isNull},
		{"json", isNull},
		{"unix", 0},
		{"unixn", isNull},
		{"milli", 0},
		{"millin", isNull},
		{"iso", 0},
		{"ison", isNull},
		{`"a ""field"`, isExact},
	},
	key:    []string{"id"},
	fields: kindsFields,
	rowid:  "rowid",
	from:   "\nFROM kinds\nWHERE TRUE",
	get:    "\nFROM kinds\nWHERE id = ?1",
}

func kindsFields(address any) []any {
	row := address.(*kinds)
	return []any{
		&row.ID, &row.Text, (*string)(&row.Secret), textOrNull(&row.TextN), &row.Integer, integerOrNull(&row.IntegerN), &row.Real, realOrNull(&row.RealN),
		&row.Bool, boolOrNull(&row.BoolN), &row.Blob, jsonField(&row.JSON), unixField(&row.Unix), unixOrNull(&row.UnixN),
		unixMilliField(&row.Milli), unixMilliOrNull(&row.MilliN), isoField(&row.ISO), isoOrNull(&row.ISON), &row.FieldText,
	}
}

// write stores the row.
func (k *kinds) write(t testing.TB, s *session) {
	t.Helper()
	var args []any
	for _, field := range kindsFields(k) {
		args = append(args, valueOf(field))
	}
	if _, err := s.exec(context.Background(), "INSERT INTO kinds VALUES ("+placeholders(len(args))+")", args...); err != nil {
		t.Fatal(err)
	}
}

// fullKinds are rows without any NULL, and with nothing but.
func fullKinds() []kinds {
	at := time.Date(2026, 3, 1, 12, 30, 15, 250e6, time.UTC)
	second := at.Truncate(time.Second)
	return []kinds{
		{
			ID: "1", Text: "a\"b\\c\n\x00ü😀", Secret: "s", TextN: new("\xff"), Integer: -5, IntegerN: new(int64(1<<63 - 1)), Real: 0.1, RealN: new(-1e300),
			Bool: true, BoolN: new(false), Blob: []byte{0, 0xff, '"'}, JSON: json.RawMessage(`{"a":[1,"]"]}`), Unix: second, UnixN: new(second), Milli: at,
			MilliN: new(at), ISO: at, ISON: new(at), FieldText: "]",
		},
		{ID: "2", Unix: time.Unix(0, 0).UTC(), Milli: time.Unix(0, 0).UTC(), ISO: time.Unix(0, 0).UTC()},
		{ID: "3", Text: ",", TextN: new(""), Blob: []byte{}, JSON: json.RawMessage(`null`), Unix: second, Milli: at, ISO: at, UnixN: new(time.Unix(0, 0).UTC())},
	}
}

func newKinds(t testing.TB, rows ...kinds) (*counter, *session) {
	t.Helper()
	c, s := newCounter(t)
	mustExec(t, s, kindsSchema)
	for i := range rows {
		rows[i].write(t, s)
	}
	c.since()
	return c, s
}

// kindsReading is a reading of kinds that is ready to decode.
func kindsReading(t testing.TB, s *session) *reading {
	t.Helper()
	r := &reading{session: s, query: newQuery(s, &kindsTable), table: &kindsTable, row: reflect.TypeFor[kinds]()}
	if err := r.plan(); err != nil {
		t.Fatal(err)
	}
	return r
}

// jsonOf returns what the database makes of the rows of kinds.
func jsonOf(t testing.TB, s *session) string {
	t.Helper()
	r := kindsReading(t, s)
	w := r.query.writer()
	r.writeJSON(w)
	var text sql.NullString
	if err := s.db.scan(context.Background(), textOf(w), w.args, []any{&text}); err != nil {
		t.Fatal(err)
	}
	return text.String
}

// A row is the same whether it is read as JSON or column by column.
func TestEveryKindIsReadAlike(t *testing.T) {
	c, s := newKinds(t, fullKinds()...)
	want := fullKinds()
	asJSON := all[kinds](t, sorted(newQuery(s, &kindsTable), Ordering[*kinds]{term{column: "id"}}))
	if !reflect.DeepEqual(asJSON, want) {
		t.Errorf("as JSON:\n%+v\nwant\n%+v", asJSON, want)
	}
	if texts := c.since(); len(texts) != 1 || !strings.Contains(texts[0], "json_array(") {
		t.Errorf("read by %q", texts)
	}
	apart := all[kinds](t, sorted(newQuery(byColumn(s), &kindsTable), Ordering[*kinds]{term{column: "id"}}))
	if !reflect.DeepEqual(apart, want) {
		t.Errorf("by column:\n%+v\nwant\n%+v", apart, want)
	}
	if texts := c.since(); len(texts) != 1 || strings.Contains(texts[0], "json") && !strings.Contains(texts[0], "kinds.json") {
		t.Errorf("read by %q", texts)
	}
	for _, s := range []*session{s, byColumn(s)} {
		for i := range want {
			var row *kinds
			if err := s.get(t.Context(), &kindsTable, &row, want[i].ID); err != nil || !reflect.DeepEqual(*row, want[i]) {
				t.Errorf("get: %+v, %v\nwant\n%+v", row, err, want[i])
			}
		}
	}
}
