package runtime

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// The rows of tenant a are 1: Lamp, no note, 10; 2: Desk lamp, old, 20; 3: Table, new, 30.
func TestPredicates(t *testing.T) {
	s := newSession(t)
	var zero Predicate[*item]
	for _, c := range []struct {
		name      string
		predicate Predicate[*item]
		want      string
	}{
		{"Eq", items.N.Eq(20), "2"},
		{"NE", items.N.NE(20), "1 3"},
		{"LT", items.N.LT(20), "1"},
		{"LTE", items.N.LTE(20), "1 2"},
		{"GT", items.N.GT(20), "3"},
		{"GTE", items.N.GTE(20), "2 3"},
		{"Between", items.N.Between(10, 20), "1 2"},
		{"Between upside down", items.N.Between(20, 10), ""},
		{"In", items.N.In(10, 30, 99), "1 3"},
		{"In once each", items.N.In(10, 10, 10), "1"},
		{"In nothing", items.N.In(), ""},
		{"NotIn", items.N.NotIn(10, 30), "2"},
		{"NotIn nothing", items.N.NotIn(), "1 2 3"},
		{"Contains", items.Name.Contains("lamp"), "2"},
		{"Contains, other case", items.Name.Contains("LAMP"), ""},
		{"Contains nothing", items.Name.Contains(""), "1 2 3"},
		{"HasPrefix", items.Name.HasPrefix("L"), "1"},
		{"HasPrefix, not inside", items.Name.HasPrefix("lamp"), ""},
		{"HasPrefix nothing", items.Name.HasPrefix(""), "1 2 3"},
		{"percent is a character", items.Name.Contains("%"), ""},
		{"underscore is a character", items.Name.HasPrefix("_"), ""},

		// A NULL is neither equal to nor different from anything.
		{"NULL Eq", items.Note.Eq("old"), "2"},
		{"NULL NE", items.Note.NE("old"), "3"},
		{"NULL Not Eq", Not(items.Note.Eq("old")), "3"},
		{"NULL In", items.Note.In("old"), "2"},
		{"NULL NotIn", items.Note.NotIn("old"), "3"},
		{"NULL NotIn nothing", items.Note.NotIn(), "1 2 3"},
		{"NULL Contains nothing", items.Note.Contains(""), "2 3"},
		{"IsNull", items.Note.IsNull(), "1"},
		{"NotNull", items.Note.NotNull(), "2 3"},
		{"NULL or", Or(items.Note.Eq("old"), items.Note.IsNull()), "1 2"},

		{"And of nothing", And[*item](), "1 2 3"},
		{"Or of nothing", Or[*item](), ""},
		{"Not And of nothing", Not(And[*item]()), ""},
		{"Not Or of nothing", Not(Or[*item]()), "1 2 3"},
		{"And", And(items.N.GT(10), items.N.LT(30)), "2"},
		{"Or", Or(items.N.Eq(10), items.N.Eq(30)), "1 3"},
		{"And of one", And(items.N.Eq(10)), "1"},
		{"Or before And", And(Or(items.N.Eq(10), items.N.Eq(20)), items.Name.Contains("lamp")), "2"},
		{"And before Or", Or(And(items.N.Eq(10), items.N.Eq(20)), items.N.Eq(30)), "3"},
		{"Not of Or", Not(Or(items.N.Eq(10), items.N.Eq(30))), "2"},
		{"Not of Not", Not(Not(items.N.Eq(10))), "1"},
		{"deep", Not(And(Not(Or(items.N.Eq(10), And(items.N.Eq(20), Not(Or[*item]())))), And[*item]())), "1 2"},
		{"three nots and an empty one", Not(Not(Not(And(items.N.In(), items.N.NotIn())))), "1 2 3"},

		{"zero", zero, ""},
		{"Not zero", Not(zero), ""},
		{"And zero", And(zero, And[*item]()), ""},
		{"Or zero", Or(zero, items.N.Eq(10)), "1"},
		{"Not And zero", Not(And(zero, items.N.Eq(10))), "2 3"},
		{"text that looks like SQL", items.Name.Eq("' OR 1=1 --"), ""},
	} {
		if got := found(t, where(s, c.predicate)); got != c.want {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
	}
	if got := found(t, where(s, items.N.GT(10), items.N.LT(30), And[*item]())); got != "2" {
		t.Errorf("several predicates: found %q, want 2", got)
	}
}

func TestTextSearch(t *testing.T) {
	db := newSession(t)
	texts := []string{"100%", "a_b", "axb", "größe", "GRÖSSE", "e\u0301clair", "日本語", "tab\there", "nul\x00here", "quote's", `back\slash`, "😀!", " "}
	for i, text := range texts {
		insert(t, db, fmt.Sprintf("x%02d", i), text, 0, 0)
	}
	for _, part := range []string{"%", "_", "a_b", "ö", "Ö", "\u0301", "本", "日本語", "\t", "\x00", "nul\x00h", "'", `\`, "😀", " ", "missing"} {
		var contained, first []string
		for i, text := range append([]string{"Lamp", "Desk lamp", "Table"}, texts...) {
			id := fmt.Sprint(i + 1)
			if i >= 3 {
				id = fmt.Sprintf("x%02d", i-3)
			}
			if strings.Contains(text, part) {
				contained = append(contained, id)
			}
			if strings.HasPrefix(text, part) {
				first = append(first, id)
			}
		}
		if got := found(t, where(db, items.Name.Contains(part))); got != strings.Join(contained, " ") {
			t.Errorf("Contains(%q) finds %q, want %q", part, got, contained)
		}
		if got := found(t, where(db, items.Name.HasPrefix(part))); got != strings.Join(first, " ") {
			t.Errorf("HasPrefix(%q) finds %q, want %q", part, got, first)
		}
	}
}

var hardTexts = []string{
	"", "'", `"`, `\`, `\u0041`, "\x00", "a\x00b", "\x01\x1f", "\x7f", "\n\r\t", "\xff", "\xc3(", "\xed\xa0\x80", "\xf0\x9f", "a\xffb",
	"[1]", "null", "1", "1.0", " 1", "ü", "日本語", "😀", "\u2028", "\ufffd", "\ufeff", "<&>", "' OR 1=1 --", strings.Repeat("x", 10_000),
}

// In finds exactly the value that was inserted, whatever it is.
func TestInFindsExactlyTheText(t *testing.T) {
	s := newSession(t)
	for i, text := range hardTexts {
		insert(t, s, fmt.Sprintf("x%02d", i), text, 0, 0)
	}
	for i, text := range hardTexts {
		want := fmt.Sprintf("x%02d", i)
		if got := found(t, where(s, items.Name.In(text))); got != want {
			t.Errorf("In(%q) finds %q, want %q", text, got, want)
		}
		if row, err := get(s, want); err != nil || row.Name != text {
			t.Errorf("%q comes back as %+v, %v", text, row, err)
		}
		if got := found(t, where(s, items.Name.Eq(text))); got != want {
			t.Errorf("Eq(%q) finds %q, want %q", text, got, want)
		}
		if n := len(strings.Fields(found(t, where(s, items.Name.NotIn(text))))); n != len(hardTexts)+2 {
			t.Errorf("NotIn(%q) finds %d rows, want all but one", text, n)
		}
	}
	if got := len(strings.Fields(found(t, where(s, items.Name.In(hardTexts...))))); got != len(hardTexts) {
		t.Errorf("In of all finds %d, want %d", got, len(hardTexts))
	}
}

func TestInFindsExactlyTheNumber(t *testing.T) {
	s := newSession(t)
	numbers := []float64{
		1, -1, 0.1, 1.0 / 3, math.Pi, 1e300, -1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
		math.Inf(1), math.Inf(-1), 1 << 53, 1<<53 + 2, math.Nextafter(1, 2), 9007199254740993e3,
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if f := math.Float64frombits(random.Uint64()); !math.IsNaN(f) {
			numbers = append(numbers, f)
		}
	}
	for i, number := range numbers {
		insert(t, s, fmt.Sprintf("x%04d", i), fmt.Sprint(i), 0, number)
	}
	for _, row := range all[item](t, s.items()) {
		if i, err := strconv.Atoi(row.Name); err == nil && row.R != numbers[i] {
			t.Errorf("%g comes back as %g", numbers[i], row.R)
		}
	}
	for i, number := range numbers {
		if got, want := found(t, where(s, items.R.In(number))), fmt.Sprintf("x%04d", i); got != want {
			t.Errorf("In(%g) finds %q, want %q", number, got, want)
		}
	}
	if got := found(t, where(s, items.R.In(math.Copysign(0, -1)))); got != "1 2 3" {
		t.Errorf("In(-0) finds %q, want every zero", got)
	}
	if got := found(t, where(s, items.R.In(math.NaN()))); got != "" {
		t.Errorf("In(NaN) finds %q: nothing equals it", got)
	}
	for _, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1 << 53, -1<<53 - 1, 999_999} {
		insert(t, s, fmt.Sprint("n", n), fmt.Sprint("n", n), n, 7)
	}
	for _, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1 << 53, -1<<53 - 1, 999_999} {
		if got, want := found(t, where(s, items.N.In(n))), fmt.Sprint("n", n); got != want {
			t.Errorf("In(%d) finds %q", n, got)
		}
	}
	if _, err := update(t, s, "2", items.Flag.Set(true)); err != nil {
		t.Fatal(err)
	}
	if got := found(t, where(s, items.Flag.In(true), items.R.Eq(0))); got != "2" {
		t.Errorf("In(true) finds %q, want 2", got)
	}
	if got := found(t, where(s, items.Flag.In(false), items.R.Eq(0))); got != "1 3" {
		t.Errorf("In(false) finds %q, want 1 3", got)
	}
}

func TestInOfManyValues(t *testing.T) {
	s := newSession(t)
	values := make([]int64, 100_000)
	for i := range values {
		values[i] = int64(i) + 15
	}
	if got := found(t, where(s, items.N.In(values...))); got != "2 3" {
		t.Errorf("In finds %q, want 2 3", got)
	}
	if got := found(t, where(s, items.N.NotIn(values...))); got != "1" {
		t.Errorf("NotIn finds %q, want 1", got)
	}
}

// level marshals as a word and is stored as a number.
type level int

func (level) MarshalText() ([]byte, error) { return []byte("high"), nil }

func TestWhatAListHolds(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "[null]"},
		{int32(-5), "[-5]"},
		{level(3), "[3]"},
		{Secret("s"), `["s"]`},
		{sql.NullInt64{}, "[null]"},
		{sql.NullString{String: "x", Valid: true}, `["x"]`},
		{(*int64)(nil), "[null]"},
	} {
		if got, err := (jsonList{c.value}).Value(); err != nil || got != c.want {
			t.Errorf("%T: %v, %v, want %s", c.value, got, err, c.want)
		}
	}
	for _, c := range []struct {
		value any
		want  string
	}{
		{[]byte("x"), "invalid value: a list cannot hold BLOB values"},
		{struct{}{}, "invalid value: a list cannot hold values of type struct {}"},
		{uint64(math.MaxUint64), "invalid value: a list cannot hold values of type uint64"},
	} {
		_, err := jsonList{c.value}.Value()
		wantError(t, err, ErrInvalid, c.want)
	}
	s := newSession(t)
	var rows []item
	err := where(s, blobs.In([]byte("secret"))).all(t.Context(), &rows)
	if !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), "secret") {
		t.Errorf("In of a blob: %v, want ErrInvalid", err)
	}
}

// FuzzJSONList: the database reads a text of a list as exactly that text.
func FuzzJSONList(f *testing.F) {
	for _, text := range hardTexts {
		f.Add(text, int64(len(text)), 0.1)
	}
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	read, err := db.Prepare(`SELECT json_extract(?1, '$[1]'), json_extract(?1, '$[2]'), value = ?2, length(CAST(value AS BLOB)) FROM json_each(?1) LIMIT 1`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, n int64, r float64) {
		if math.IsNaN(r) {
			t.Skip("NaN is stored as NULL")
		}
		var gotN int64
		var gotR float64
		var same bool
		var length int
		if err := read.QueryRow(driver.Valuer(jsonList{text, n, r}), text).Scan(&gotN, &gotR, &same, &length); err != nil {
			t.Fatal(err)
		}
		if !same || length != len(text) || gotN != n || gotR != r {
			t.Errorf("%q, %d, %g came back as the same %t, %d bytes, %d, %g", text, n, r, same, length, gotN, gotR)
		}
	})
}
