package runtime

import (
	"context"
	"database/sql"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// maxList is how long a JSON parameter may get, in bytes: databases on the
// network take some 2 MB.
const maxList = 1 << 20

// createMany adds rows and reads them, as stored and in the order of the
// inputs, into the slice at an address. The inputs are a slice. All rows are
// added, or none.
func (s *session) createMany(ctx context.Context, t *table, rows, inputs any) error {
	if _, err := s.permitSigned("create", t, toCreate); err != nil {
		return err
	}
	if s.isUntold(t, toCreate) {
		return s.told(ctx, func(s *session) error { return s.createMany(ctx, t, rows, inputs) })
	}
	t.prepare()
	to, from := reflect.ValueOf(rows).Elem(), reflect.ValueOf(inputs)
	if from.Len() == 0 {
		to.Set(reflect.MakeSlice(to.Type(), 0, 0))
		return nil
	}
	if t.many == "" || !s.db.exactReals && slices.ContainsFunc(t.columns, func(c columnInfo) bool { return c.has(isReal) }) {
		return s.createEach(ctx, t, to, from)
	}
	b := &batch{table: t, to: to, from: from, w: newWriter(), list: newWriter()}
	defer b.free()
	b.fill(s)
	if b.isLast() {
		return b.create(ctx, s)
	}
	err := s.inTx(ctx, func(s *session) error {
		for {
			if err := b.create(ctx, s); err != nil || b.isLast() {
				return err
			}
			b.fill(s)
		}
	})
	if err != nil {
		to.SetZero()
	}
	return err
}

// createEach adds rows one by one, in a transaction.
func (s *session) createEach(ctx context.Context, t *table, to, from reflect.Value) error {
	created := reflect.MakeSlice(to.Type(), 0, from.Len())
	err := s.inTx(ctx, func(s *session) error {
		for i := range from.Len() {
			input := reflect.New(from.Type().Elem())
			input.Elem().Set(from.Index(i))
			row := reflect.New(reflect.PointerTo(to.Type().Elem()))
			if err := s.create(ctx, t, row.Interface(), input.Interface()); err != nil {
				return err
			}
			created = reflect.Append(created, row.Elem().Elem())
		}
		return nil
	})
	if err == nil {
		to.Set(created)
	}
	return err
}

// batch adds rows, as many at a time as one parameter holds.
type batch struct {
	table    *table
	from, to reflect.Value

	now  time.Time
	list *writer // a JSON array of what insert asks for of each input, as an array
	next int     // input that is not in a list yet
	n    int     // inputs in the list
	w    *writer
}

func (b *batch) free() {
	b.list.free()
	b.w.free()
}

// isLast reports whether all inputs are in a list.
func (b *batch) isLast() bool { return b.next == b.from.Len() }

// fill makes a list of the next inputs.
func (b *batch) fill(s *session) {
	used := b.table.inputs(b.from.Type().Elem())
	defer b.table.inputPool.Put(used)
	defer used.value.SetZero()
	fresh := b.table.freshKey()
	text := b.list.sql[:0]
	b.now, b.n = s.now(), 0
	keys := s.keyTime(b.now)
	for !b.isLast() && len(text) <= maxList {
		used.value.Set(b.from.Index(b.next))
		text = append(text, "[,"[min(b.n, 1)])
		for j, field := range used.fields {
			text = append(text, "[,"[min(j, 1)])
			text = appendField(text, field, j == fresh, keys)
		}
		text = append(text, ']')
		if b.n == 0 { // the others are likely to be as long
			text = slices.Grow(text, min(len(text)*(b.from.Len()-b.next)*5/4, maxList))
		}
		b.next++
		b.n++
	}
	text = append(text, ']')
	b.list.sql = text
}

// inputs returns an empty input of the table, to be given back to inputPool.
func (t *table) inputs(input reflect.Type) *template {
	if used, ok := t.inputPool.Get().(*template); ok {
		return used
	}
	pointer := reflect.New(input)
	return &template{value: pointer.Elem(), fields: t.input(pointer.Interface())}
}

// freshKey returns which field of an input is the key that may be left out;
// -1 if none is.
func (t *table) freshKey() int {
	field := 0
	for _, a := range t.insertArgs {
		switch a.from {
		case theKey:
			return field
		case theInput:
			field++
		}
	}
	return -1
}

// appendField appends an input's field as JSON; where it is a key and empty,
// a fresh one.
func appendField(to []byte, field any, isKey bool, now time.Time) []byte {
	switch f := field.(type) {
	case *string:
		if isKey && *f == "" {
			to = append(to, '"')
			to = appendNewKey(to, now)
			return append(to, '"')
		}
		return appendJSONText(to, *f)
	case *int64:
		return strconv.AppendInt(to, *f, 10)
	case textPointer:
		if text, valid := f.get(); valid {
			return appendJSONText(to, text)
		}
		return append(to, "null"...)
	}
	value := valueOf(field)
	if d, ok := field.(defaulted); ok && value == nil {
		value = d.value
	}
	to, _ = appendJSON(to, value) // tables with what JSON cannot hold are written row by row
	return to
}

// create adds the rows of the list.
func (b *batch) create(ctx context.Context, s *session) error {
	const op = "create"
	text := string(b.list.sql)
	args := b.w.args[:0]
	for _, a := range b.table.manyArgs {
		if a.from == theList {
			args = append(args, text)
		} else {
			args = append(args, s.ownValue(a, b.now))
		}
	}
	b.w.args = args
	n, err := s.db.exec(ctx, b.table.many, args)
	switch {
	case err != nil:
		return failed(op, b.table.name, err)
	case int(n) != b.n:
		return refused(op, b.table.name, b.table.tested, sql.ErrNoRows)
	}
	return failed(op, b.table.name, b.read(s, text))
}

// read appends the rows that the list has become: what was written is what is
// stored.
func (b *batch) read(s *session, text string) error {
	t := b.table
	used := t.template(b.to.Type().Elem())
	r := &used.single
	*r = reading{session: s, table: t, row: b.to.Type().Elem(), template: used, elements: make([]element, 0, len(t.stored))}
	defer r.release()
	var room [8]any
	shared := room[:0] // fields with the same value in all rows
	for i, a := range t.stored {
		field := used.fields[i]
		switch a.from {
		case theInput, theKey:
			r.elements = append(r.elements, element{name: t.columns[i].name, field: field, slot: -1})
		case theNull:
		default:
			if err := assign(field, s.ownValue(a, b.now)); err != nil {
				return err
			}
			shared = append(shared, field)
		}
	}
	r.rows = b.to
	r.rows.Grow(b.n)
	r.decoder = decoder{text: text, at: 1}
	for i := range b.n {
		if err := r.readRow(&r.decoder, b.n-i); err != nil {
			return err
		}
		r.decoder.at += len("],")
		for _, f := range shared {
			unshare(f, b.n-i-1)
		}
	}
	return nil
}
