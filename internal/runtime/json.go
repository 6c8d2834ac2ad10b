package runtime

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// decoder reads the JSON that the database makes of rows: arrays of texts,
// numbers and nulls, without white space. encoding/json takes twice as long, and would
// replace bytes that are not UTF-8. Texts without escapes are parts of the
// JSON's own memory.
type decoder struct {
	text  string
	at    int
	plain bool            // there are no escapes
	rows  int             // how many rows there are from here on
	bytes []byte          // memory for what must be mutable
	texts strings.Builder // memory for texts without their escapes
}

var errMalformed = errors.New("malformed JSON from the database")

// expect reads one byte.
func (d *decoder) expect(c byte) error {
	if d.at >= len(d.text) || d.text[d.at] != c {
		return errMalformed
	}
	d.at++
	return nil
}

// end reports whether nothing is left.
func (d *decoder) end() error {
	if d.at != len(d.text) {
		return errMalformed
	}
	return nil
}

// null reports whether the next value is null, and then reads it.
func (d *decoder) null() bool {
	if d.at < len(d.text) && strings.HasPrefix(d.text[d.at:], "null") {
		d.at += len("null")
		return true
	}
	return false
}

// skip reads a value and returns how it is spelled.
func (d *decoder) skip() (spelled string, err error) {
	start := d.at
	if d.at >= len(d.text) || d.text[d.at] != '"' {
		return d.word(), nil
	}
	if _, err := d.string(); err != nil {
		return "", err
	}
	return d.text[start:d.at], nil
}

// word reads a number or a name.
func (d *decoder) word() string {
	start := min(d.at, len(d.text))
	for d.at < len(d.text) && d.text[d.at] != ',' && d.text[d.at] != ']' {
		d.at++
	}
	return d.text[start:max(start, min(d.at, len(d.text)))]
}

// isText reports whether the next value is a text.
func (d *decoder) isText() bool { return d.at < len(d.text) && d.text[d.at] == '"' }

// string reads a text.
func (d *decoder) string() (string, error) {
	if err := d.expect('"'); err != nil {
		return "", fmt.Errorf("%w: not a text", errUnreadable)
	}
	start := d.at
	end := strings.IndexByte(d.text[start:], '"')
	if end < 0 {
		return "", errMalformed
	}
	text := d.text[start : start+end]
	if !d.plain && strings.IndexByte(text, '\\') >= 0 {
		return d.unescape(start)
	}
	d.at = start + end + 1
	return text, nil
}

// unescape reads a text that begins at start and has escapes.
func (d *decoder) unescape(start int) (string, error) {
	end, ok := d.quote(start)
	if !ok {
		return "", errMalformed
	}
	from := d.room(end - start)
	for text := d.text[start:end]; text != ""; {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			d.texts.WriteString(text)
			break
		}
		d.texts.WriteString(text[:i])
		n, err := d.escape(text[i:])
		if err != nil {
			return "", err
		}
		text = text[i+n:]
	}
	d.at = end + 1
	return d.texts.String()[from:], nil
}

// quote returns where the text that begins at start ends.
func (d *decoder) quote(start int) (end int, ok bool) {
	for i := start; i < len(d.text); i++ {
		switch d.text[i] {
		case '\\':
			i++
		case '"':
			return i, true
		}
	}
	return 0, false
}

// room makes room for n bytes of text without escapes, and returns where they
// begin. Texts share memory, as those that have no escapes do.
func (d *decoder) room(n int) int {
	if d.texts.Cap()-d.texts.Len() < n {
		d.texts = strings.Builder{}
		d.texts.Grow(max(n, min(len(d.text)-d.at, 32<<10)))
	}
	return d.texts.Len()
}

// escape writes the character that an escape stands for, and returns how long
// the escape is.
func (d *decoder) escape(text string) (n int, err error) {
	if len(text) < 2 {
		return 0, errMalformed
	}
	if text[1] != 'u' {
		d.texts.WriteByte(unescaped[text[1]])
		return 2, nil
	}
	if len(text) < 6 {
		return 0, errMalformed
	}
	code, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0, errMalformed
	}
	d.texts.WriteRune(rune(code)) // control characters alone are written so
	return 6, nil
}

// unescaped are the characters that a letter behind a backslash stands for.
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// integer reads an integer.
func (d *decoder) integer() (int64, error) {
	start, n, negative := d.at, int64(0), false
	at := start
	if at < len(d.text) && d.text[at] == '-' {
		negative = true
		at++
	}
	first := at
	for at < len(d.text) && d.text[at]-'0' <= 9 {
		n = n*10 + int64(d.text[at]-'0')
		at++
	}
	if digits := at - first; digits == 0 || digits > 18 || at < len(d.text) && d.text[at] != ',' && d.text[at] != ']' {
		return d.parseInteger(d.word())
	}
	d.at = at
	if negative {
		n = -n
	}
	return n, nil
}

func (d *decoder) parseInteger(word string) (int64, error) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: not an integer", errUnreadable)
	}
	return n, nil
}

// real reads a number; the database spells infinities 9.0e+999.
func (d *decoder) real() (float64, error) {
	x, err := strconv.ParseFloat(d.word(), 64)
	if err != nil && !math.IsInf(x, 0) {
		return 0, fmt.Errorf("%w: not a number", errUnreadable)
	}
	return x, nil
}

func (d *decoder) bool() (bool, error) {
	switch d.word() {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return false, fmt.Errorf("%w: not a boolean", errUnreadable)
}

// own returns memory for n bytes; never nil.
func (d *decoder) own(n int) []byte {
	if d.bytes == nil || cap(d.bytes)-len(d.bytes) < n {
		d.bytes = make([]byte, 0, max(n, min(len(d.text), 4096)))
	}
	start := len(d.bytes)
	d.bytes = d.bytes[:start+n]
	return d.bytes[start : start+n : start+n]
}

// blob reads hexadecimal digits.
func (d *decoder) blob() ([]byte, error) {
	digits, err := d.string()
	if err != nil {
		return nil, err
	}
	bytes := d.own(len(digits) / 2)
	for i := range bytes {
		bytes[i] = digit(digits[2*i])<<4 | digit(digits[2*i+1])
	}
	return bytes, nil
}

// digit is the value of a hexadecimal digit as the database writes it.
func digit(c byte) byte {
	if c >= 'A' {
		return c - 'A' + 10
	}
	return c - '0'
}

// value reads whatever comes next, as a driver would yield it; x before a text
// of hexadecimal digits makes it a BLOB.
func (d *decoder) value() (any, error) {
	switch {
	case d.at < len(d.text) && d.text[d.at] == 'x':
		d.at++
		return d.blob()
	case d.null():
		return nil, nil
	case d.at < len(d.text) && d.text[d.at] == '"':
		return d.string()
	}
	word := d.word()
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, nil
	}
	x, err := strconv.ParseFloat(word, 64)
	if err != nil && !math.IsInf(x, 0) {
		return nil, errMalformed
	}
	return x, nil
}

// decode sets a field to the next value.
func (d *decoder) decode(f any) (err error) {
	switch f := f.(type) {
	case *string:
		if !d.isText() {
			return d.decodeOther(f) // columns that lead to a text may hold numbers
		}
		*f, err = d.string()
	case *int64:
		*f, err = d.integer()
	case unixTime:
		var n int64
		n, err = d.integer()
		*f.to = fromUnix(n).UTC()
	case textPointer:
		if d.null() {
			f.set("", false, d.rows)
			return nil
		}
		if !d.isText() {
			return d.decodeOther(f)
		}
		var text string
		text, err = d.string()
		f.set(text, err == nil, d.rows)
	case *nullTime:
		return d.decodeTime(f)
	case *float64:
		*f, err = d.real()
	case *bool:
		*f, err = d.bool()
	case jsonText:
		return d.decodeJSON(f)
	case *[]byte:
		if *f = nil; !d.null() {
			*f, err = d.blob()
		}
	default:
		return d.decodeOther(f)
	}
	return err
}

// decodeOther is decode for what is rarer.
func (d *decoder) decodeOther(f any) (err error) {
	switch f := f.(type) {
	case integerPointer:
		var n int64
		valid := !d.null()
		if valid {
			n, err = d.integer()
		}
		f.set(n, valid && err == nil, d.rows)
		return err
	case realPointer:
		var x float64
		valid := !d.null()
		if valid {
			x, err = d.real()
		}
		f.set(x, valid && err == nil, d.rows)
		return err
	case boolPointer:
		var b bool
		valid := !d.null()
		if valid {
			b, err = d.bool()
		}
		f.set(b, valid && err == nil, d.rows)
		return err
	}
	src, err := d.value()
	if err != nil {
		return err
	}
	if f, ok := f.(instantField); ok {
		return f.assign(src, d.rows)
	}
	return assign(f, src)
}

// decodeTime is decode for the usual kind of an instant that may be NULL.
func (d *decoder) decodeTime(f *nullTime) error {
	if *f.to = nil; d.null() {
		return nil
	}
	if f.from == nil {
		text, err := d.string()
		if err != nil {
			return err
		}
		return f.assign(text, d.rows)
	}
	n, err := d.integer()
	if err == nil {
		*f.to = next(&f.free, f.from(n).UTC(), d.rows)
	}
	return err
}

func (d *decoder) decodeJSON(f jsonText) error {
	if *f.to = nil; d.null() {
		return nil
	}
	var text string
	var err error
	if d.isText() {
		text, err = d.string()
	} else { // a column declared JSON makes numbers of what looks like one
		start := d.at
		if _, err = d.real(); err == nil {
			text = d.text[start:d.at]
		}
	}
	if err != nil {
		return errMalformed
	}
	*f.to = d.own(len(text))
	copy(*f.to, text)
	return nil
}

// notJSON reports whether a statement failed only because JSON cannot carry
// its result: a BLOB in a column of another type, or more than the database
// puts into one value. Reading column by column takes both.
func notJSON(err error) bool {
	return err != nil && (strings.Contains(err.Error(), blobInJSON) || strings.Contains(err.Error(), tooBig))
}
