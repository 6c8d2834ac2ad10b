package runtime

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"sync"
)

// Predicate restricts a query of the rows R. The zero value matches nothing.
type Predicate[R any] struct{ test test }

// And matches rows that all predicates match; every row without predicates.
func And[R any](predicates ...Predicate[R]) Predicate[R] {
	return Predicate[R]{junction{tests(predicates), " AND ", "TRUE"}}
}

// Or matches rows that at least one predicate matches; no row without predicates.
func Or[R any](predicates ...Predicate[R]) Predicate[R] {
	return Predicate[R]{junction{tests(predicates), " OR ", "FALSE"}}
}

// Not matches rows for which the predicate is false. Where a NULL leaves the
// predicate undecided, its negation is undecided too.
func Not[R any](predicate Predicate[R]) Predicate[R] {
	return Predicate[R]{negation(predicate)}
}

func tests[R any](predicates []Predicate[R]) []test {
	list := make([]test, len(predicates))
	for i, p := range predicates {
		list[i] = p.test
	}
	return list
}

// test is a predicate of whatever rows: SQL with its arguments.
type test interface {
	write(w *writer)
}

type comparison struct {
	column, operator string
	value            any
}

func (c comparison) write(w *writer) {
	w.text(c.column + c.operator)
	w.argument(c.value)
}

type between struct {
	column    string
	low, high any
}

func (b between) write(w *writer) {
	w.text(b.column + " BETWEEN ")
	w.argument(b.low)
	w.text(" AND ")
	w.argument(b.high)
}

type nullness string

func (n nullness) write(w *writer) { w.text(string(n)) }

type search struct {
	column, part string
	match        func(column, parameter string) string
}

func (s search) write(w *writer) { w.text(s.match(s.column, w.bind(s.part))) }

type negation struct{ test test }

func (n negation) write(w *writer) {
	w.text("NOT (")
	w.test(n.test)
	w.text(")")
}

type junction struct {
	tests    []test
	operator string
	empty    string
}

func (j junction) write(w *writer) {
	if len(j.tests) == 0 {
		w.text(j.empty)
		return
	}
	w.text("(")
	for i, t := range j.tests {
		if i > 0 {
			w.text(j.operator)
		}
		w.test(t)
	}
	w.text(")")
}

type membership struct {
	column string
	values driver.Valuer
}

func (m membership) write(w *writer) { w.text(memberOfList(m.column, w.bind(m.values))) }

// list is a list of values as one parameter; the driver encodes it.
func list[V any](bind func(V) any, values []V) driver.Valuer {
	bound := make(jsonList, len(values))
	for i, v := range values {
		bound[i] = bind(v)
	}
	return bound
}

// jsonList is a JSON array of driver values.
type jsonList []any

// Value returns the array as text.
func (l jsonList) Value() (driver.Value, error) {
	text := []byte{'['}
	for i, value := range l {
		if i > 0 {
			text = append(text, ',')
		}
		var err error
		if text, err = appendJSON(text, value); err != nil {
			return nil, err
		}
	}
	return string(append(text, ']')), nil
}

// appendJSON appends a value such that the database reads back exactly it:
// encoding/json would replace bytes that are not UTF-8.
func appendJSON(to []byte, value any) ([]byte, error) {
	converted, err := driver.DefaultParameterConverter.ConvertValue(value) // as a comparison's value is
	if err != nil {
		return nil, fmt.Errorf("%w: a list cannot hold values of type %T", ErrInvalid, value)
	}
	switch v := converted.(type) {
	case nil:
		return append(to, "null"...), nil
	case string:
		return appendJSONText(to, v), nil
	case int64:
		return strconv.AppendInt(to, v, 10), nil
	case float64:
		return appendJSONReal(to, v), nil
	case bool:
		if v {
			return append(to, '1'), nil
		}
		return append(to, '0'), nil
	case []byte:
		return nil, fmt.Errorf("%w: a list cannot hold BLOB values", ErrInvalid)
	}
	return nil, fmt.Errorf("%w: a list cannot hold values of type %T", ErrInvalid, value)
}

func appendJSONReal(to []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(to, "null"...)
	case math.IsInf(v, 1):
		return append(to, "9e999"...)
	case math.IsInf(v, -1):
		return append(to, "-9e999"...)
	}
	return strconv.AppendFloat(to, v, 'e', -1, 64)
}

func appendJSONText(to []byte, v string) []byte {
	const hexDigits = "0123456789abcdef"
	to = append(to, '"')
	for i := range len(v) {
		switch c := v[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < 0x20:
			to = append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}

// writer collects the text of a statement and its arguments.
type writer struct {
	sql  []byte
	args []any
	to   []any // what the result is scanned into

	writes bool // it is a statement that writes
}

// writers are kept for the next statement, which is likely to be as long.
var writers sync.Pool

func newWriter() *writer {
	if used, ok := writers.Get().(*writer); ok {
		return used
	}
	return &writer{sql: make([]byte, 0, 1024), args: make([]any, 0, 16)}
}

// free gives the writer back.
func (w *writer) free() {
	clear(w.args)
	clear(w.to)
	w.sql, w.args, w.to, w.writes = w.sql[:0], w.args[:0], w.to[:0], false
	writers.Put(w)
}

func (w *writer) text(s string) { w.sql = append(w.sql, s...) }

func (w *writer) texts(list ...string) {
	for _, s := range list {
		w.sql = append(w.sql, s...)
	}
}

// bind adds an argument and returns its placeholder.
func (w *writer) bind(value any) string {
	w.args = append(w.args, value)
	return placeholder(len(w.args))
}

func (w *writer) argument(value any) {
	w.args = append(w.args, value)
	w.sql = appendPlaceholder(w.sql, len(w.args))
}

// and writes tests that follow a condition.
func (w *writer) and(tests []test) {
	for _, t := range tests {
		w.text("\n  AND ")
		w.test(t)
	}
}

// where writes WHERE, if there is anything to restrict.
func (w *writer) where(conditions string, tests []test) {
	verb := "\nWHERE "
	if conditions != "" {
		w.text(verb + conditions)
		verb = "\n  AND "
	}
	for _, t := range tests {
		w.text(verb)
		w.test(t)
		verb = "\n  AND "
	}
}

// orderBy writes ORDER BY, if there is an order.
func (w *writer) orderBy(terms []term) {
	for i, t := range terms {
		if i == 0 {
			w.text("\nORDER BY ")
		} else {
			w.text(", ")
		}
		w.text(t.column)
		if t.descending {
			w.text(" DESC")
		}
	}
}

// test writes a test; a zero Predicate's is neither true nor false.
func (w *writer) test(t test) {
	if t == nil {
		w.text("NULL")
		return
	}
	t.write(w)
}
