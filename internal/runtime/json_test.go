package runtime

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeTexts(t *testing.T) {
	for spelled, want := range map[string]string{
		`""`:                         "",
		`"plain"`:                    "plain",
		`"ü日本語😀"`:                    "ü日本語😀",
		`"\"\\\/\b\f\n\r\t"`:         "\"\\/\b\f\n\r\t",
		`"\u0000\u001f\u007f"`:       "\x00\x1f\x7f",
		`"a\u0000b"`:                 "a\x00b",
		`"\\u0041"`:                  `\u0041`,
		`"ends with a backslash\\"`:  `ends with a backslash\`,
		`"],[\",\"]"`:                `],[","]`,
		"\"\xff\xc3(\xed\xa0\x80\"":  "\xff\xc3(\xed\xa0\x80",
		"\"\xf0\x9f\\n\"":            "\xf0\x9f\n",
		"\"\x7f\u2028\ufeff\ufffd\"": "\x7f\u2028\ufeff\ufffd",
	} {
		d := &decoder{text: spelled + "]"}
		if got, err := d.string(); err != nil || got != want || d.at != len(spelled) {
			t.Errorf("%s is %q, %v, read up to %d, want %q", spelled, got, err, d.at, want)
		}
		d = &decoder{text: spelled + ","}
		if got, err := d.skip(); err != nil || got != spelled {
			t.Errorf("%s is skipped as %s, %v", spelled, got, err)
		}
	}
	for _, malformed := range []string{``, `"`, `"a`, `"\`, `"\"`, `"\u`, `"\u00`, `"\u004`, `"\u0041`, `"\u00zz"`, `"\u-001"`, `a"`, `1`, `null`} {
		d := &decoder{text: malformed}
		if got, err := d.string(); err == nil {
			t.Errorf("%s is %q", malformed, got)
		}
	}
}

func TestDecodeNumbers(t *testing.T) {
	for spelled, want := range map[string]int64{
		"0": 0, "-1": -1, "7": 7, "999999999999999999": 999999999999999999, "-99999999999999999": -99999999999999999,
		"1000000000000000000": 1e18, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
	} {
		d := &decoder{text: spelled + ","}
		if n, err := d.integer(); err != nil || n != want || d.at != len(spelled) {
			t.Errorf("%s is %d, %v", spelled, n, err)
		}
		d = &decoder{text: spelled + "]"}
		if v, err := d.value(); err != nil || v != want {
			t.Errorf("%s is %v, %v", spelled, v, err)
		}
	}
	for _, malformed := range []string{"", "-", "x", "1.0", "1e3", "0.5", `"1"`, "null", "9223372036854775808", "-9223372036854775809", "1-2", "--1", "+"} {
		d := &decoder{text: malformed + "]"}
		if n, err := d.integer(); !errors.Is(err, errUnreadable) {
			t.Errorf("%s is %d, %v", malformed, n, err)
		}
	}
	for spelled, want := range map[string]float64{
		"0": 0, "0.0": 0, "5": 5, "5.0": 5, "-1.5": -1.5, "1.0e+20": 1e20, "0.30000000000000004": 0.30000000000000004, "9.0e+999": math.Inf(1), "-9.0e+999": math.Inf(-1),
		"4.9406564584124654e-324": math.SmallestNonzeroFloat64, "1.7976931348623157e+308": math.MaxFloat64, "9223372036854775807": math.MaxInt64,
	} {
		d := &decoder{text: spelled + "]"}
		if x, err := d.real(); err != nil || x != want {
			t.Errorf("%s is %g, %v", spelled, x, err)
		}
	}
	for _, malformed := range []string{"", "x", `"1"`, "null", "1.2.3", "true"} {
		d := &decoder{text: malformed + "]"}
		if x, err := d.real(); !errors.Is(err, errUnreadable) {
			t.Errorf("%s is %g, %v", malformed, x, err)
		}
		d = &decoder{text: malformed + "]"}
		if b, err := d.bool(); !errors.Is(err, errUnreadable) {
			t.Errorf("%s is %t, %v", malformed, b, err)
		}
	}
	for _, other := range []string{"2", "-1", "00", "0.0"} {
		d := &decoder{text: other + "]"}
		if b, err := d.bool(); !errors.Is(err, errUnreadable) {
			t.Errorf("%s is %t, %v", other, b, err)
		}
	}
}

func TestDecodeBlobs(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, want := range [][]byte{{}, {0}, {0xff}, every} {
		d := &decoder{text: fmt.Sprintf(`"%X","%X"]`, want, want)}
		got, err := d.blob()
		d.at++
		again, _ := d.blob()
		if err != nil || got == nil || !bytes.Equal(got, want) || !bytes.Equal(again, want) {
			t.Errorf("%x is %x, %v", want, got, err)
		}
		// Bytes can be changed, and are nobody else's.
		got = append(got, 'x')
		for i := range got {
			got[i]++
		}
		if !bytes.Equal(again, want) {
			t.Errorf("%x became %x", want, again)
		}
	}
	for _, malformed := range []string{`"0`, `0`, `null`, ``} {
		d := &decoder{text: malformed}
		if got, err := d.blob(); err == nil {
			t.Errorf("%s is %x", malformed, got)
		}
	}
}

// What nothing stored as text, number or NULL can be spelled as is an error,
// also where a later value would be taken for it.
func TestDecodeRefusesWhatIsNested(t *testing.T) {
	for _, nested := range []string{`[1,"x"]`, `{"a":1,"b":"x"}`, `[]`, `{}`, `true`, `false`} {
		row := kinds{}
		for i, field := range kindsFields(&row) {
			d := &decoder{text: nested + `,"x"]`}
			if err := d.decode(field); err == nil {
				t.Errorf("%s: %s is read as %v", kindsTable.columns[i].name, nested, valueOf(field))
			}
		}
	}
}

// Whatever part of an answer arrives, it is an error and nothing worse.
func TestTruncatedJSON(t *testing.T) {
	_, s := newKinds(t, fullKinds()...)
	text := jsonOf(t, s)
	whole := kindsReading(t, s)
	if err := whole.decode(text); err != nil || whole.rows.Len() != 3 {
		t.Fatalf("%d rows, %v", whole.rows.Len(), err)
	}
	if !reflect.DeepEqual(whole.rows.Interface(), fullKinds()) {
		t.Errorf("decoded %+v", whole.rows)
	}
	for i := 1; i < len(text); i++ {
		part := kindsReading(t, s)
		err := part.decode(text[:i])
		if whole := text[i-1:i+1] == "]["; whole != (err == nil) {
			t.Errorf("error %v for %q", err, text[:i])
		}
	}
	// Any field may meet the end, or what another one wrote.
	for i := range len(text) + 1 {
		for _, start := range []string{text[:i], text[i:]} {
			for _, field := range kindsFields(&kinds{}) {
				d := &decoder{text: start}
				for range 3 {
					_, _ = d.read(aimed(field), true, 1)
					_, _ = d.read(aimed(nil), true, 1)
					_ = d.present()
				}
			}
		}
	}
}

// More or less than was announced is an error.
func TestMiscountedJSON(t *testing.T) {
	_, s := newKinds(t, fullKinds()...)
	text := jsonOf(t, s)
	_, arrays, _ := strings.Cut(text, " ")
	for _, count := range []string{"2", "4", "x", "-1", " ", ""} {
		if err := kindsReading(t, s).decode(count + " " + arrays); err == nil {
			t.Errorf("%q rows are no error", count)
		}
	}
	if err := kindsReading(t, s).decode(text + "]"); err == nil {
		t.Error("more than the rows is no error")
	}
	none := kindsReading(t, s)
	if err := none.decode(""); err != nil || none.rows.Len() != 0 || none.rows.IsNil() {
		t.Errorf("no rows are %v, %v", none.rows, err)
	}
}

// FuzzDecode: what the database spells is read as what it stores, and what it
// would never spell does no harm.
func FuzzDecode(f *testing.F) {
	for i, text := range hardTexts {
		f.Add(text, int64(i), 0.1*float64(i), []byte(text), 3*i)
	}
	f.Add(`1 [`+strings.Repeat(`"",`, 5), int64(5), 0.5, []byte("x"), 2)
	f.Add(`99999999999999 [`, int64(5), 0.5, []byte("x"), 2)
	f.Add(`1 ["a",1,null,"\u0000",`, int64(math.MinInt64), math.Inf(1), []byte(nil), 5)
	f.Add(`"\u00`, int64(math.MaxInt64), math.Inf(-1), []byte{0}, 1)
	f.Add(`n`, int64(-1), math.MaxFloat64, []byte{0xff}, 0)
	f.Add(`[[1,2],{"a":3}]`, int64(0), math.SmallestNonzeroFloat64, []byte("]"), 9)
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	spell, err := db.Prepare(`SELECT json_array(?1, ?2, ?3, ` + hexadecimal("?4") + `, NULL, ?1)`)
	if err != nil {
		f.Fatal(err)
	}
	_, s := newCounter(f)
	f.Fuzz(func(t *testing.T, text string, n int64, x float64, blob []byte, cut int) {
		var row kinds
		hurry := func(spelled string) {
			_ = kindsReading(t, s).decode(spelled)
			d := &decoder{text: spelled}
			for _, field := range kindsFields(&row) {
				if _, err := d.read(aimed(field), true, 1); err != nil {
					return
				}
			}
		}
		hurry(text)
		if math.IsNaN(x) {
			return // stored as NULL
		}
		var spelled string
		if err := spell.QueryRow(text, n, x, blob).Scan(&spelled); err != nil {
			t.Fatal(err)
		}
		if cut >= 0 && cut < len(spelled) {
			hurry(spelled[:cut])
			hurry("1 " + spelled[cut:])
		}
		d := &decoder{text: spelled}
		for _, field := range []any{&row.Text, &row.Integer, &row.Real, &row.Blob, textOrNull(&row.TextN), jsonField(&row.JSON)} {
			if _, err := d.read(aimed(field), true, 1); err != nil {
				t.Fatalf("%s: %v", spelled, err)
			}
		}
		if err := d.expect(']'); err != nil || d.at != len(spelled) {
			t.Errorf("%s: read up to %d, %v", spelled, d.at, err)
		}
		if row.Text != text || row.Integer != n || row.Real != x || !bytes.Equal(row.Blob, blob) || row.TextN != nil || string(row.JSON) != text {
			t.Errorf("%s is read as %+v, want %q, %d, %g, %x", spelled, row, text, n, x, blob)
		}
		var known []any
		if utf8.ValidString(text) && !math.IsInf(x, 0) {
			if err := json.Unmarshal([]byte(spelled), &known); err != nil || known[0] != text {
				t.Errorf("encoding/json reads %s as %v, %v", spelled, known, err)
			}
		}
	})
}
