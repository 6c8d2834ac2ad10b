package runtime

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strings"
)

// PageRequest asks for a page of a query: the first one, or what comes after
// or before a cursor of another page.
type PageRequest struct {
	Size   int    `json:"size"`             // rows of a page at most; 0 for 100
	After  string `json:"after,omitempty"`  // Next of another page
	Before string `json:"before,omitempty"` // Prev of another page
}

// Page is a page of rows. A cursor carries the place in the order, not a
// number of rows, so that a page is found as fast as the first one, and
// neither skips nor repeats rows when others come and go.
type Page[R any] struct {
	Rows []R    `json:"rows"`
	Next string `json:"next,omitempty"` // asks for the page after; "" when there is none
	Prev string `json:"prev,omitempty"` // asks for the page before; "" when there is none
}

const (
	pageSize   = 100
	streamSize = 500 // rows that Each reads at a time
)

// page reads a page into the slice at an address, and its cursors.
func (q *query) page(ctx context.Context, request PageRequest, rows any, next, prev *string) error {
	const op = "page"
	q, err := q.permitted(op, toRead)
	if err != nil {
		return err
	}
	size := request.Size
	if size == 0 {
		size = pageSize
	}
	switch {
	case q.isPart():
		return invalid(op, q.table.name, "a page of a query with Limit or Offset")
	case size < 0:
		return invalid(op, q.table.name, "negative size")
	case slices.ContainsFunc(q.has.order, func(t term) bool { return q.table.has(t.column, isSecret) }):
		return invalid(op, q.table.name, "an order by a secret, which the cursors would tell")
	case request.After != "" && request.Before != "":
		return invalid(op, q.table.name, "After and Before")
	}
	p := &paging{query: q, order: q.total(), size: size, backwards: request.Before != "", cursor: request.After + request.Before}
	to := reflect.ValueOf(rows).Elem()
	if err := p.read(ctx, to); err != nil {
		return failed(op, q.table.name, err)
	}
	*next, *prev = p.cursors(to.Len())
	return nil
}

// total is the order of the query, with ties broken by the key.
func (q *query) total() []term {
	var order []term
	sorts := func(column string) bool {
		return slices.ContainsFunc(order, func(t term) bool { return t.column == column })
	}
	for _, t := range q.has.order {
		if !sorts(t.column) { // again, it would say nothing
			order = append(order, t)
		}
	}
	for _, key := range q.table.orderKey {
		if !sorts(key.column) {
			// as the last term does, so that one index can serve both
			descending := len(q.has.order) > 0 && q.has.order[len(q.has.order)-1].descending
			order = append(order, term{key.column, descending})
		}
	}
	return order
}

// paging reads one page.
type paging struct {
	query     *query
	order     []term
	size      int
	backwards bool
	cursor    string

	keys  [][]string // the ordering values of the rows, by term
	first int        // which of the rows read is the page's first
	more  bool       // there are rows beyond the page, in its direction
}

// read reads the rows of the page.
func (p *paging) read(ctx context.Context, rows reflect.Value) error {
	q := p.query.limited(p.size + 1)
	q.has.order = p.order
	if p.backwards {
		q.has.order = reversed(p.order)
	}
	if p.cursor != "" {
		values, err := p.decode()
		if err != nil {
			return err
		}
		q.has.where = append(slices.Clip(q.has.where), keyset{q.table, q.has.order, values})
	}
	columns := make([]string, len(p.order))
	for i, t := range p.order {
		columns[i] = t.column
	}
	keys, err := q.read(ctx, rows, columns...)
	if err != nil {
		return err
	}
	p.keys = keys
	n := min(rows.Len(), p.size)
	p.more = rows.Len() > n
	rows.SetLen(n)
	if p.backwards {
		reflectReverse(rows)
		for _, k := range keys {
			slices.Reverse(k[:n])
		}
	}
	return nil
}

func reversed(order []term) []term {
	list := slices.Clone(order)
	for i := range list {
		list[i].descending = !list[i].descending
	}
	return list
}

func reflectReverse(rows reflect.Value) {
	swap := reflect.Swapper(rows.Interface())
	for i, j := 0, rows.Len()-1; i < j; i, j = i+1, j-1 {
		swap(i, j)
	}
}

// cursors are those of the pages after and before one of n rows.
func (p *paging) cursors(n int) (next, prev string) {
	if n == 0 {
		return "", ""
	}
	after, before := p.more, p.cursor != ""
	if p.backwards {
		after, before = true, p.more
	}
	if after {
		next = p.encode(n - 1)
	}
	if before {
		prev = p.encode(0)
	}
	return next, prev
}

// cursors are spelled in one way only.
var cursorEncoding = base64.RawURLEncoding.Strict()

// A cursor is, in base64, a checksum and the ordering values of a row as a
// JSON array. The checksum covers the query too: the cursor of another one is
// as invalid as a damaged one.

func (p *paging) encode(row int) string {
	payload := []byte{'['}
	for i, key := range p.keys {
		if i > 0 {
			payload = append(payload, ',')
		}
		payload = append(payload, key[row]...)
	}
	payload = append(payload, ']')
	cursor := binary.BigEndian.AppendUint64(nil, p.checksum(payload))
	return cursorEncoding.EncodeToString(append(cursor, payload...))
}

var errCursor = fmt.Errorf("%w: not a cursor of this query", ErrInvalid)

func (p *paging) decode() ([]any, error) {
	cursor, err := cursorEncoding.DecodeString(p.cursor)
	if err != nil || len(cursor) < 8 || binary.BigEndian.Uint64(cursor) != p.checksum(cursor[8:]) {
		return nil, errCursor
	}
	d := &decoder{text: string(cursor[8:])}
	values := make([]any, len(p.order))
	for i := range values {
		d.at++ // [ or ,
		if values[i], err = d.value(); err != nil {
			return nil, errCursor
		}
		if digits, ok := values[i].(string); ok && p.query.table.has(p.order[i].column, isBlob) {
			if values[i], err = hex.DecodeString(digits); err != nil {
				return nil, errCursor
			}
		}
	}
	return values, nil
}

func (p *paging) checksum(payload []byte) uint64 {
	hash := fnv.New64a()
	w := p.query.writer()
	defer w.free()
	p.query.writeRows(w)
	w.orderBy(p.order)
	_, _ = fmt.Fprintf(hash, "%s\x00%#v\x00", string(w.sql), w.args)
	_, _ = hash.Write(payload)
	return hash.Sum64()
}

// keyset is the test that a row comes after the values in an order.
type keyset struct {
	table  *table
	order  []term
	values []any
}

func (k keyset) write(w *writer) {
	if k.uniform() {
		k.writeRow(w)
		return
	}
	k.writeFrom(w, 0)
}

// uniform reports whether the order is one of rows: all its columns sort in
// one direction, and none is NULL.
func (k keyset) uniform() bool {
	for i, t := range k.order {
		if t.descending != k.order[0].descending || k.nullable(t) || k.values[i] == nil {
			return false
		}
	}
	return true
}

func (k keyset) nullable(t term) bool { return k.table.has(t.column, isNull) }

// writeRow writes (a, b) > (?, ?), which an index can answer.
func (k keyset) writeRow(w *writer) {
	columns, values := make([]string, len(k.order)), make([]string, len(k.order))
	for i, t := range k.order {
		columns[i], values[i] = t.column, w.bind(k.values[i])
	}
	operator := ") > ("
	if k.order[0].descending {
		operator = ") < ("
	}
	w.text("(" + strings.Join(columns, ", ") + operator + strings.Join(values, ", ") + ")")
}

// writeFrom writes that the row comes after in the terms from i on:
// (a > ? OR a = ? AND (b < ? OR …)). NULL is before all values.
func (k keyset) writeFrom(w *writer, i int) {
	t, value := k.order[i], k.values[i]
	w.text("(")
	switch {
	case t.descending && value == nil:
		w.text("FALSE")
	case t.descending:
		w.text(t.column + " < ")
		w.argument(value)
		if k.nullable(t) {
			w.text(" OR " + t.column + " IS NULL")
		}
	case value == nil:
		w.text(t.column + " IS NOT NULL")
	default:
		w.text(t.column + " > ")
		w.argument(value)
	}
	if i+1 < len(k.order) {
		w.text(" OR " + t.column + " IS ")
		w.argument(value)
		w.text(" AND ")
		k.writeFrom(w, i+1)
	}
	w.text(")")
}

// each reads the rows of a query piece by piece into the row at an address,
// and yields after each. It holds no connection meanwhile, so that what is
// done with a row may use the database.
func (q *query) each(ctx context.Context, row any, yield func(error) bool) {
	const op = "each"
	q, err := q.permitted(op, toRead)
	if err != nil {
		yield(err)
		return
	}
	to := reflect.ValueOf(row).Elem()
	left := -1
	if q.has.limit != nil {
		left = *q.has.limit
	}
	all := q.refined()
	all.has.limit = nil
	p := &paging{query: all, order: q.total()}
	for left != 0 {
		p.size = streamSize
		if left > 0 {
			p.size = min(left, streamSize)
		}
		rows := reflect.New(reflect.SliceOf(to.Type())).Elem()
		if err := p.read(ctx, rows); err != nil {
			to.SetZero()
			yield(failed(op, q.table.name, err))
			return
		}
		for i := range rows.Len() {
			to.Set(rows.Index(i))
			if !yield(nil) {
				return
			}
		}
		if !p.more {
			return
		}
		if left > 0 {
			left -= rows.Len()
		}
		p.cursor, _ = p.cursors(rows.Len())
		p.query.offset = 0
	}
}
