package runtime

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// cents is a type of the user's, which database/sql converts.
type cents struct{ n int64 } //nolint:recvcheck // as database/sql wants them

func (c *cents) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return errors.New("no cents")
	}
	c.n = n
	return nil
}

func (c cents) Value() (driver.Value, error) { return c.n, nil }

// every are fields of every kind, and what they hold.
type every struct {
	kinds
	Custom  cents
	CustomN *int32
}

func everyFields(row *every) []any {
	return append(kindsFields(&row.kinds), customField(&row.Custom), customOrNull(&row.CustomN))
}

var everyName = append(func() (names []string) {
	for _, c := range kindsTable.columns {
		names = append(names, c.name)
	}
	return names
}(), "custom", "customn")

// sources is whatever a column may hold.
var sources = []any{
	nil, "", "x", "5", "1.5", `{"a":1}`, "2026-03-01T12:00:00.250Z", "2026-03-01 12:00:00", "a\"b\\c\n\x00", "\xff", "top-secret",
	int64(0), int64(1), int64(-1), int64(2), int64(1_700_000_000), int64(math.MaxInt64), int64(math.MinInt64),
	0.0, 1.0, 1.5, -0.1, 1e20, 1e300, 5e-324, math.Inf(1), math.Inf(-1),
	[]byte{},
	[]byte("top-secret"),
	[]byte{0xff, 0},
}

// What a driver yields and what JSON spells become the same, or an error
// twice; and an error never tells the value.
func TestFieldsAgree(t *testing.T) {
	_, s := newCounter(t)
	for _, src := range sources {
		for i, name := range everyName {
			var byDriver, byJSON every
			var yielded any
			if err := s.db.handle.QueryRow("SELECT ?1", src).Scan(&yielded); err != nil {
				t.Fatal(err)
			}
			driverErr := assign(everyFields(&byDriver)[i], yielded)

			expression := "?1"
			if name == "blob" {
				expression = hexadecimal("?1")
			} else if _, ok := src.([]byte); ok {
				continue // JSON cannot carry it
			}
			var spelled string
			if err := s.db.handle.QueryRow("SELECT json_array("+expression+")", src).Scan(&spelled); err != nil {
				t.Fatal(err)
			}
			d := &decoder{text: spelled, at: 1, rows: 3}
			jsonErr := d.decode(everyFields(&byJSON)[i])

			if (driverErr == nil) != (jsonErr == nil) {
				t.Errorf("%s of %T %v: the driver's %v, JSON's %v", name, src, src, driverErr, jsonErr)
				continue
			}
			for _, err := range []error{driverErr, jsonErr} {
				if err != nil && (!errors.Is(err, errUnreadable) && !strings.HasPrefix(name, "custom") || strings.Contains(err.Error(), "secret") && !strings.HasPrefix(name, "custom")) {
					t.Errorf("%s of %T %v: %v", name, src, src, err)
				}
			}
			if driverErr != nil {
				continue
			}
			if d.at != len(spelled)-1 {
				t.Errorf("%s of %s: read up to %d", name, spelled, d.at)
			}
			got, want := valueOf(everyFields(&byJSON)[i]), valueOf(everyFields(&byDriver)[i])
			if x, ok := src.(float64); ok && (name == "json" || name == "blob") && !math.IsInf(x, 0) {
				got, want = numberIn(got), numberIn(want) // spelled 1.0e+20 or 1e+20
			}
			if !reflect.DeepEqual(got, want) && !math.IsInf(infinite(src), 0) {
				t.Errorf("%s of %T %v: the driver's is %#v, JSON's %#v", name, src, src, want, got)
			}
		}
	}
}

func infinite(src any) float64 {
	x, _ := src.(float64)
	return x
}

func numberIn(value any) any {
	text := fmt.Sprint(value)
	if blob, ok := value.([]byte); ok {
		text = string(blob)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return x
}

// What a field holds is written such that it holds the same when it is read.
func TestFieldsAreWrittenAsTheyAreRead(t *testing.T) {
	_, s := newCounter(t)
	for _, full := range fullKinds() {
		row := every{full, cents{7}, new(int32(-7))}
		for i, name := range everyName {
			var got, listed every
			value := valueOf(everyFields(&row)[i])
			if err := scan(t.Context(), s, everyFields(&got)[i:i+1], "SELECT ?1", value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if again := valueOf(everyFields(&got)[i]); !reflect.DeepEqual(again, value) {
				t.Errorf("%s of %#v is read as %#v", name, value, again)
			}
			if name == "blob" {
				continue // no list can hold it
			}
			list := appendField([]byte{'['}, everyFields(&row)[i], false, time.Time{})
			d := &decoder{text: string(list) + "]", at: 1}
			if err := d.decode(everyFields(&listed)[i]); err != nil || d.at != len(list) {
				t.Errorf("%s of %s: %v", name, list, err)
			}
			if again := valueOf(everyFields(&listed)[i]); !reflect.DeepEqual(again, value) {
				t.Errorf("%s of %s is read as %#v, want %#v", name, list, again, value)
			}
		}
	}
}

// NULL is nil where there may be one, and an error elsewhere.
func TestFieldsOfNull(t *testing.T) {
	for i, name := range everyName {
		for _, read := range []func(any) error{
			func(field any) error { return assign(field, nil) },
			func(field any) error { return (&decoder{text: "null]"}).decode(field) },
		} {
			row := every{fullKinds()[0], cents{5}, new(int32(5))} // what was there before goes
			fields := everyFields(&row)
			err := read(fields[i])
			switch optional := strings.HasSuffix(name, "n") || name == "blob" || name == "json"; {
			case name == "custom": // is up to the type
			case optional && (err != nil || valueOf(fields[i]) != nil):
				t.Errorf("%s of NULL is %v, %v", name, valueOf(fields[i]), err)
			case !optional && !errors.Is(err, errUnreadable):
				t.Errorf("%s of NULL: %v", name, err)
			}
		}
	}
}

func TestMismatchesReadWell(t *testing.T) {
	for _, c := range []struct {
		field, src any
		want       string
	}{
		{new(string), nil, "NULL where a text should be"},
		{new(int64), nil, "NULL where an integer should be"},
		{new(int64), "top-secret", "a string where an integer should be"},
		{new(float64), "top-secret", "a string where a real number should be"},
		{new(bool), int64(7), "a int64 where a boolean should be"},
		{new([]byte), true, "a bool where a BLOB should be"},
		{unixField(new(time.Time)), "top-secret", "unreadable instant in a text of 10 bytes"},
	} {
		err := assign(c.field, c.src)
		wantError(t, err, errUnreadable, "unreadable value in the database: "+c.want)
	}
	if err := assign(new(int32), int64(1)); err == nil {
		t.Error("there is a field of type int32")
	}
}

// What rows share is memory, not values.
func TestPointersOfRowsAreDistinct(t *testing.T) {
	full := fullKinds()[0]
	_, s := newKinds(t)
	const n = 50
	want := make([]kinds, n)
	for i := range want {
		row := full
		row.ID = fmt.Sprintf("%02d", i)
		row.TextN, row.IntegerN, row.RealN, row.BoolN = new(row.ID), new(int64(i)), new(float64(i)/3), new(i%2 == 0)
		at := time.UnixMilli(int64(i) * 1000).UTC()
		row.UnixN, row.MilliN, row.ISON = new(at), new(at), new(at)
		row.Blob, row.JSON = []byte(row.ID), json.RawMessage(row.ID)
		if i%7 == 3 {
			row.TextN, row.RealN, row.MilliN, row.Blob = nil, nil, nil, nil
		}
		want[i] = row
		row.write(t, s)
	}
	byKey := Ordering[*kinds]{term{column: "id"}}
	for _, s := range []*session{s, byColumn(s)} {
		first := all[kinds](t, sorted(newQuery(s, &kindsTable), byKey))
		second := all[kinds](t, sorted(newQuery(s, &kindsTable), byKey)) // from the same template, likely
		if !reflect.DeepEqual(first, want) || !reflect.DeepEqual(second, want) {
			t.Fatalf("read %+v", first)
		}
		for i := range first { // change everything behind a pointer
			row := &first[i]
			if row.TextN != nil {
				*row.TextN, *row.RealN, *row.MilliN = "changed", -1, time.Time{}
				row.Blob[0] = 'x'
				row.Blob = append(row.Blob, "and more than there was"...)
			}
			*row.IntegerN, *row.BoolN, *row.UnixN, *row.ISON = -1, !*row.BoolN, time.Time{}, time.Time{}
			row.JSON[0] = 'x'
			row.JSON = append(row.JSON, "and more than there was"...)
			for j := i + 1; j < n; j++ {
				if !reflect.DeepEqual(first[j], want[j]) {
					t.Fatalf("changing row %d changed row %d to %+v", i, j, first[j])
				}
			}
		}
		if !reflect.DeepEqual(second, want) {
			t.Errorf("changing rows changed those of another query")
		}
	}
}

// A field's memory is not kept with the template once its rows are given away.
func TestForget(t *testing.T) {
	row := every{}
	for i, field := range everyFields(&row) {
		forget(field)
		value := reflect.ValueOf(field)
		if value.Kind() == reflect.Pointer && value.Elem().Kind() == reflect.Struct {
			if free := value.Elem().FieldByName("free"); free.IsValid() && !free.IsNil() {
				t.Errorf("%s keeps memory", everyName[i])
			}
		}
	}
	d := &decoder{text: `"a","b"`, rows: 100}
	field := textOrNull(&row.TextN)
	if err := d.decode(field); err != nil {
		t.Fatal(err)
	}
	kept := row.TextN
	if free := field.(*nullText[string]).free; len(free) != 99 {
		t.Errorf("memory for %d more rows, want 99", len(free))
	}
	forget(field)
	if free := field.(*nullText[string]).free; free != nil || *kept != "a" {
		t.Errorf("forgot to %v, and %q", free, *kept)
	}
}

func TestDefaultedFieldsInLists(t *testing.T) {
	empty, given, zero := "", "given", int64(0)
	for _, c := range []struct {
		field any
		want  string
	}{
		{defaulted{&empty, "pending"}, `"pending"`},
		{defaulted{&given, "pending"}, `"given"`},
		{defaulted{&zero, int64(5)}, `5`},
		{defaulted{textOrNull(new(*string)), 1.5}, `1.5e+00`},
		{defaulted{unixField(new(time.Time)), nil}, `null`},
	} {
		if got := string(appendField(nil, c.field, false, time.Time{})); got != c.want {
			t.Errorf("%v is listed as %s, want %s", c.field, got, c.want)
		}
	}
}
