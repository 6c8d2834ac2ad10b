package runtime

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
)

// A field is where a value of a row or of an input is: the address of a
// string, int64, float64, bool or []byte, or one of the types below and in
// instant.go. A row's fields are filled by assign from what a driver yields
// and by decode from JSON; an input's are read by valueOf and encode.

// What may be NULL is behind a pointer. The address of such a field is one
// of these; rows says how many more rows there are that may need memory.
type (
	textPointer interface {
		set(text string, valid bool, rows int)
		get() (text string, valid bool)
	}
	integerPointer interface {
		set(n int64, valid bool, rows int)
		get() (n int64, valid bool)
	}
	realPointer interface {
		set(x float64, valid bool, rows int)
		get() (x float64, valid bool)
	}
	boolPointer interface {
		set(b bool, valid bool, rows int)
		get() (b bool, valid bool)
	}
)

// next returns the address of a value, from memory for as many rows.
func next[V any](free *[]V, v V, rows int) *V {
	if len(*free) == 0 {
		*free = make([]V, max(rows, 1))
	}
	to := &(*free)[0]
	*free = (*free)[1:]
	*to = v
	return to
}

type nullText[V ~string] struct {
	to   **V
	free []V
}

func (n *nullText[V]) set(text string, valid bool, rows int) {
	*n.to = nil
	if valid {
		*n.to = next(&n.free, V(text), rows)
	} else if rows == 0 {
		n.free = nil
	}
}

func (n *nullText[V]) get() (text string, valid bool) {
	if *n.to == nil {
		return "", false
	}
	return string(**n.to), true
}

type nullInteger[V ~int64] struct {
	to   **V
	free []V
}

func (n *nullInteger[V]) set(i int64, valid bool, rows int) {
	*n.to = nil
	if valid {
		*n.to = next(&n.free, V(i), rows)
	} else if rows == 0 {
		n.free = nil
	}
}

func (n *nullInteger[V]) get() (i int64, valid bool) {
	if *n.to == nil {
		return 0, false
	}
	return int64(**n.to), true
}

type nullReal[V ~float64] struct {
	to   **V
	free []V
}

func (n *nullReal[V]) set(x float64, valid bool, rows int) {
	*n.to = nil
	if valid {
		*n.to = next(&n.free, V(x), rows)
	} else if rows == 0 {
		n.free = nil
	}
}

func (n *nullReal[V]) get() (x float64, valid bool) {
	if *n.to == nil {
		return 0, false
	}
	return float64(**n.to), true
}

type nullBool struct {
	to   **bool
	free []bool
}

func (n *nullBool) set(b, valid bool, rows int) {
	*n.to = nil
	if valid {
		*n.to = next(&n.free, b, rows)
	} else if rows == 0 {
		n.free = nil
	}
}

func (n *nullBool) get() (b, valid bool) {
	if *n.to == nil {
		return false, false
	}
	return **n.to, true
}

func textOrNull[V ~string](to **V) any   { return &nullText[V]{to: to} }
func integerOrNull[V ~int64](to **V) any { return &nullInteger[V]{to: to} }
func realOrNull[V ~float64](to **V) any  { return &nullReal[V]{to: to} }
func boolOrNull(to **bool) any           { return &nullBool{to: to} }
func jsonField(to *json.RawMessage) any  { return jsonText{to} }
func customField[V any](to *V) any       { return custom[V]{to} }
func customOrNull[V any](to **V) any     { return nullCustom[V]{to} }

// jsonText is a field of JSON, stored as text; nil stands for NULL.
type jsonText struct{ to *json.RawMessage }

// assigner is a field that knows by itself what to do with a driver's value.
type assigner interface{ assign(src any) error }

// custom is a field of a type of the user's, which database/sql converts.
type custom[V any] struct{ to *V }

func (c custom[V]) assign(src any) error {
	var v sql.Null[V]
	err := v.Scan(src)
	*c.to = v.V
	return err
}

func (c custom[V]) value() any { return *c.to }

// nullCustom is custom for a column that may be NULL.
type nullCustom[V any] struct{ to **V }

func (c nullCustom[V]) assign(src any) error {
	var v sql.Null[V]
	err := v.Scan(src)
	if *c.to = nil; v.Valid {
		*c.to = &v.V
	}
	return err
}

func (c nullCustom[V]) value() any {
	if *c.to == nil {
		return nil
	}
	return **c.to
}

// defaulted is a field of an input whose zero value asks for the column's
// default: a value, or nil where only the database knows it.
type defaulted struct {
	field any
	value any
}

// valueOf returns what a field holds, as a driver takes it.
func valueOf(f any) any {
	switch f := f.(type) {
	case *string:
		return *f
	case *int64:
		return *f
	case *float64:
		return *f
	case *bool:
		return *f
	case *[]byte:
		if *f == nil {
			return nil
		}
		return *f
	case jsonText:
		return bindJSON(*f.to)
	case instantField:
		return f.value()
	case textPointer:
		if text, valid := f.get(); valid {
			return text
		}
		return nil
	case integerPointer:
		if n, valid := f.get(); valid {
			return n
		}
		return nil
	case realPointer:
		if x, valid := f.get(); valid {
			return x
		}
		return nil
	case boolPointer:
		if b, valid := f.get(); valid {
			return b
		}
		return nil
	case defaulted:
		return f.given()
	case interface{ value() any }:
		return f.value()
	}
	panic(fmt.Sprintf("no field: %T", f)) // a mistake of the generator's
}

// given is nil where the field is zero.
func (d defaulted) given() any {
	switch f := d.field.(type) {
	case *string:
		if *f == "" {
			return nil
		}
	case *int64:
		if *f == 0 {
			return nil
		}
	case instantField:
		if f.isZero() {
			return nil
		}
	}
	return valueOf(d.field)
}

// assign sets a field to a value that a driver yields.
func assign(f, src any) error {
	switch f := f.(type) {
	case *string:
		return setText(f, src)
	case *int64:
		return setInteger(f, src)
	case *float64:
		return setReal(f, src)
	case *bool:
		return setBool(f, src)
	case *[]byte:
		return setBlob(f, src)
	case jsonText:
		return setBlob((*[]byte)(f.to), src)
	case instantField:
		return f.assign(src, 1)
	case textPointer:
		var text string
		err := setUnlessNull(&text, src, setText)
		f.set(text, src != nil && err == nil, 1)
		return err
	case integerPointer:
		var n int64
		err := setUnlessNull(&n, src, setInteger)
		f.set(n, src != nil && err == nil, 1)
		return err
	case realPointer:
		var x float64
		err := setUnlessNull(&x, src, setReal)
		f.set(x, src != nil && err == nil, 1)
		return err
	case boolPointer:
		var b bool
		err := setUnlessNull(&b, src, setBool)
		f.set(b, src != nil && err == nil, 1)
		return err
	case assigner:
		return f.assign(src)
	}
	return fmt.Errorf("no field: %T", f)
}

// unshare gives a field, whose row is copied away, a pointer of its own to the
// same value.
func unshare(f any, rows int) {
	switch f := f.(type) {
	case *nullTime:
		if *f.to != nil && rows > 0 {
			*f.to = next(&f.free, **f.to, rows)
		}
	case textPointer:
		if text, valid := f.get(); valid && rows > 0 {
			f.set(text, valid, rows)
		}
	case integerPointer:
		if n, valid := f.get(); valid && rows > 0 {
			f.set(n, valid, rows)
		}
	}
}

// forget makes a field give up the memory that it hands out.
func forget(f any) {
	switch f := f.(type) {
	case instantField:
		f.forget()
	case textPointer:
		f.set("", false, 0)
	case integerPointer:
		f.set(0, false, 0)
	case realPointer:
		f.set(0, false, 0)
	case boolPointer:
		f.set(false, false, 0)
	}
}

// setUnlessNull leaves a value as it is for NULL.
func setUnlessNull[V any](to *V, src any, set func(*V, any) error) error {
	if src == nil {
		return nil
	}
	return set(to, src)
}

func setText(to *string, src any) error {
	switch src := src.(type) {
	case string:
		*to = src
	case []byte:
		*to = string(src)
	case int64:
		*to = strconv.FormatInt(src, 10)
	case float64:
		*to = strconv.FormatFloat(src, 'g', -1, 64)
	default:
		return mismatch("a text", src)
	}
	return nil
}

func setInteger(to *int64, src any) error {
	n, ok := src.(int64)
	if !ok {
		return mismatch("an integer", src)
	}
	*to = n
	return nil
}

func setReal(to *float64, src any) error {
	switch src := src.(type) {
	case float64:
		*to = src
	case int64:
		*to = float64(src)
	default:
		return mismatch("a real number", src)
	}
	return nil
}

// setBool takes 0 and 1; some drivers make booleans of columns declared BOOLEAN.
func setBool(to *bool, src any) error {
	switch src {
	case int64(0), false:
		*to = false
	case int64(1), true:
		*to = true
	default:
		return mismatch("a boolean", src)
	}
	return nil
}

// setBlob copies, since the bytes may be the driver's. NULL is nil, and the
// empty BLOB is not.
func setBlob(to *[]byte, src any) error {
	switch src := src.(type) {
	case nil:
		*to = nil
	case []byte:
		*to = append([]byte{}, src...)
	case string:
		*to = append([]byte{}, src...)
	case int64:
		*to = strconv.AppendInt(nil, src, 10)
	case float64:
		*to = strconv.AppendFloat(nil, src, 'g', -1, 64)
	default:
		return mismatch("a BLOB", src)
	}
	return nil
}

// mismatch never quotes the value.
func mismatch(want string, src any) error {
	if src == nil {
		return fmt.Errorf("%w: NULL where %s should be", errUnreadable, want)
	}
	return fmt.Errorf("%w: a %T where %s should be", errUnreadable, src, want)
}
