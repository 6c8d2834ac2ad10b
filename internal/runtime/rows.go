package runtime

import (
	"database/sql"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
)

// values are the values of one row, one after the other.
type values interface {
	// read sets the field of an element, if there is one and it is wanted, to
	// the next value, and returns how that is spelled if it is a key. rows more
	// may follow.
	read(e *element, wanted bool, rows int) (spelled string, err error)
	// isBlob tells whether the value just read was a BLOB, which JSON has as text.
	isBlob() bool
	// present reads whether a row is there.
	present() bool
}

// decode reads the rows that the database has aggregated, one JSON array after
// the other.
func (r *reading) decode(text string) error {
	n := 0 // at least as many as there are rows
	if text != "" {
		n = strings.Count(text, "][") + 1
	}
	r.start(n)
	from := &r.decoder
	*from = decoder{text: text, plain: strings.IndexByte(text, '\\') < 0}
	for ; from.at < len(text); n-- {
		if err := r.readRow(from, max(n, 1)); err != nil {
			return err
		}
		if err := from.expect(']'); err != nil {
			return err
		}
	}
	return nil
}

// decodeOne reads the one row of a JSON array into the template.
func (r *reading) decodeOne(text string) error {
	from := &r.decoder
	*from = decoder{text: text}
	if err := r.readValues(from, 1); err != nil {
		return err
	}
	if err := from.expect(']'); err != nil {
		return err
	}
	return from.end()
}

// start makes room for rows.
func (r *reading) start(n int) {
	if !r.rows.IsValid() {
		r.rows = reflect.New(reflect.SliceOf(r.row)).Elem()
	}
	if r.rows.SetZero(); n == 0 {
		r.rows.Set(reflect.MakeSlice(r.rows.Type(), 0, 0))
	}
	r.rows.Grow(n)
	r.keys = make([][]string, r.slots)
	for i := range r.keys {
		r.keys[i] = make([]string, 0, n)
	}
	for _, child := range r.children {
		if child.alias != "" {
			child.start(n)
		}
	}
}

// readRow reads one row and keeps it.
func (r *reading) readRow(from values, rows int) error {
	if err := r.readValues(from, rows); err != nil {
		return err
	}
	r.keep()
	return nil
}

// readValues reads one row into the template.
func (r *reading) readValues(from values, rows int) error {
	for i := 0; i < len(r.elements); i++ {
		e := &r.elements[i]
		if e.joined == nil {
			spelled, err := from.read(e, true, rows)
			if err != nil {
				return e.failed(err)
			}
			if e.place && e.is&isBlob == 0 && from.isBlob() {
				spelled = "x" + spelled
			}
			if e.slot >= 0 {
				r.keys[e.slot] = append(r.keys[e.slot], spelled)
			}
			continue
		}
		n, err := r.readJoined(e.joined, from, rows)
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// readJoined reads the row that stands in a row of its parent, if there is
// one. It returns how many values it read.
func (r *reading) readJoined(child *reading, from values, rows int) (n int, err error) {
	child.into.SetZero()
	present := from.present()
	for i := range child.elements {
		e := &child.elements[i]
		switch {
		case e.known && present:
			keys := r.keys[child.of[0]]
			err = (&decoder{text: keys[len(keys)-1], rows: rows}).decode(e.field)
		case e.known:
		default:
			_, err = from.read(e, present, rows)
			n++
		}
		if err != nil {
			return n, e.failed(err)
		}
	}
	if present {
		child.keep()
		child.into.Set(child.rows.Index(child.rows.Len() - 1).Addr())
	}
	return n, nil
}

// keep adds the row in the template to the rows.
func (r *reading) keep() {
	n := r.rows.Len()
	if n == r.rows.Cap() {
		r.rows.Grow(1)
	}
	r.rows.SetLen(n + 1)
	r.rows.Index(n).Set(r.template.value)
}

// failed says which column could not be read.
func (e *element) failed(err error) error {
	return &Error{Column: strings.Trim(e.name, `"`), Err: err}
}

// release gives the templates back.
func (r *reading) release() {
	if r.template != nil {
		r.table.release(r.template)
	}
	for _, child := range r.children {
		child.release()
	}
}

// releaseOne gives the template of a single row back: its fields have handed
// out what they had for it, and no more.
func (r *reading) releaseOne() {
	table, used := r.table, r.template
	used.value.SetZero()
	used.single = reading{}
	table.pool.Put(used)
}

// columns are the values of a row that a driver yields.
type columns struct {
	row []any
	to  []any // addresses of row
	at  int
}

func newColumns(n int) *columns {
	c := &columns{row: make([]any, n), to: make([]any, n)}
	for i := range c.row {
		c.to[i] = &c.row[i]
	}
	return c
}

func (c *columns) scan(rows *sql.Rows) error {
	c.at = 0
	return rows.Scan(c.to...)
}

func (c *columns) read(e *element, wanted bool, _ int) (spelled string, err error) {
	src := c.row[c.at]
	c.at++
	if e.slot >= 0 {
		if spelled, err = spell(src); err != nil {
			return "", err
		}
	}
	if e.field == nil || !wanted {
		return spelled, nil
	}
	return spelled, assign(e.field, src)
}

// spell spells a value as the database does in JSON.
func spell(src any) (string, error) {
	if blob, ok := src.([]byte); ok {
		src = strings.ToUpper(hex.EncodeToString(blob))
	}
	text, err := appendJSON(nil, src)
	return string(text), err
}

func (c *columns) isBlob() bool {
	_, ok := c.row[c.at-1].([]byte)
	return ok
}

func (c *columns) present() bool {
	c.at++
	return c.row[c.at-1] == int64(1)
}

func (d *decoder) read(e *element, wanted bool, rows int) (spelled string, err error) {
	d.at++ // [ or ,
	start := d.at
	if e.field == nil || !wanted {
		return d.skip()
	}
	d.rows = rows
	switch u := &e.usual; {
	case u.text != nil && d.isText():
		*u.text, err = d.string()
	case u.nullText != nil && d.isText():
		var text string
		text, err = d.string()
		u.nullText.set(text, err == nil, rows)
	case u.integer != nil:
		*u.integer, err = d.integer()
	case u.unix != nil:
		var n int64
		n, err = d.integer()
		*u.unix = fromUnix(n).UTC()
	default:
		err = d.decode(e.field)
	}
	if err != nil || e.slot < 0 {
		return "", err
	}
	return d.text[start:min(d.at, len(d.text))], nil
}

func (d *decoder) isBlob() bool { return false } // the database refuses, but where the column is one

func (d *decoder) present() bool {
	d.at++
	return d.word() == "1"
}

// bringTogether sets the fields of the rows to what was loaded with them.
func (r *reading) bringTogether() {
	for _, child := range r.children {
		if child.alias != "" {
			continue
		}
		child.bringTogether()
		switch {
		case len(child.own) == 0:
			r.attachAll(child)
		case child.load.relation.many:
			r.attachMany(child)
		default:
			r.attachOne(child)
		}
	}
}

// key is how the keys of a row are spelled.
func (r *reading) key(slots []int, row int) string {
	if len(slots) == 1 {
		return r.keys[slots[0]][row]
	}
	spelled := make([]string, len(slots))
	for i, slot := range slots {
		spelled[i] = r.keys[slot][row]
	}
	return strings.Join(spelled, ",")
}

// to is the field of a row that the child is for.
func (r *reading) to(row int, field []int) reflect.Value {
	return r.rows.Index(row).FieldByIndex(field)
}

// attachAll gives every row all rows of the child, or the one that there is:
// within a scope nothing else can lead there.
func (r *reading) attachAll(child *reading) {
	for i := range r.rows.Len() {
		switch {
		case child.load.relation.many:
			r.to(i, child.at).Set(child.rows)
		case child.rows.Len() > 0:
			r.to(i, child.at).Set(child.rows.Index(0).Addr())
		}
	}
}

// attachOne gives every row the row of the child with its key.
func (r *reading) attachOne(child *reading) {
	found := make(map[string]int, child.rows.Len())
	for i := range child.rows.Len() {
		found[child.key(child.own, i)] = i
	}
	for i := range r.rows.Len() {
		if at, ok := found[r.key(child.of, i)]; ok {
			r.to(i, child.at).Set(child.rows.Index(at).Addr())
		}
	}
}

// attachMany gives every row the rows of the child with its key, in their order.
func (r *reading) attachMany(child *reading) {
	groups := make(map[string]int, r.rows.Len())
	sizes := make([]int, 0, r.rows.Len())
	group := make([]int, child.rows.Len())
	for i := range group {
		key := child.key(child.own, i)
		g, ok := groups[key]
		if !ok {
			g = len(sizes)
			groups[key] = g
			sizes = append(sizes, 0)
		}
		group[i] = g
		sizes[g]++
	}
	ends := child.sortByGroup(group, sizes)
	for i := range r.rows.Len() {
		start, end := 0, 0
		if g, ok := groups[r.key(child.of, i)]; ok {
			start, end = ends[g]-sizes[g], ends[g]
		}
		r.to(i, child.at).Set(child.rows.Slice3(start, end, end))
	}
}

// sortByGroup brings the rows of each group together, without changing their
// order otherwise, and returns where each group ends.
func (r *reading) sortByGroup(group, sizes []int) (ends []int) {
	next := make([]int, len(sizes))
	for g := 1; g < len(sizes); g++ {
		next[g] = next[g-1] + sizes[g-1]
	}
	if !slices.IsSorted(group) {
		sorted := reflect.MakeSlice(r.rows.Type(), len(group), len(group))
		for i, g := range group {
			sorted.Index(next[g]).Set(r.rows.Index(i))
			next[g]++
		}
		r.rows.Set(sorted)
		return next
	}
	for g := range next {
		next[g] += sizes[g]
	}
	return next
}
