package runtime

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"time"
)

// argument is an argument of a generated statement.
type argument struct {
	from source
	bind func(time.Time) any // of theClock
}

// source says where an argument comes from.
type source uint8

const (
	theTenant source = iota // the tenant of the scope
	theInput                // the next field of the input
	theKey                  // likewise; a fresh key where the field is empty
	theClock                // the time
	theUser                 // who acts
	theList                 // the inputs, as JSON
	theOne                  // 1, of a version
	theNull                 // NULL, of what is not deleted
)

// get reads the row with a key into the pointer at an address.
func (s *session) get(ctx context.Context, t *table, row any, key ...any) error {
	const op = "get"
	own, err := s.permit(op, t, toRead)
	if err != nil {
		return err
	}
	w := s.keyed(t, key)
	defer w.free()
	w.text("SELECT ")
	return failed(op, t.name, s.one(ctx, t, row, key, w, t.get+s.made(w, t, own)))
}

// keyed starts a statement that finds a row by its key, or several rows
// without one.
func (s *session) keyed(t *table, key []any) *writer {
	w := newWriter()
	if t.scoped {
		w.args = append(w.args, s.tenant)
	}
	w.args = append(w.args, key...)
	return w
}

// own are the arguments that a statement takes besides.
func (s *session) own(args []any, more []argument, now time.Time) []any {
	for _, a := range more {
		args = append(args, s.ownValue(a, now))
	}
	return args
}

// ownValue is an argument that no caller gives.
func (s *session) ownValue(a argument, now time.Time) any {
	switch a.from {
	case theTenant:
		return s.tenant
	case theClock:
		return a.bind(now)
	case theUser:
		return s.user
	case theOne:
		return int64(1)
	}
	return nil
}

// create adds a row and reads it, as stored, into the pointer at an address.
// The input is an address too.
func (s *session) create(ctx context.Context, t *table, row, input any) error {
	const op = "create"
	if _, err := s.permitSigned(op, t, toCreate); err != nil {
		return err
	}
	if s.isUntold(t, toCreate) {
		return s.told(ctx, func(s *session) error { return s.create(ctx, t, row, input) })
	}
	w := s.inserting(t, input)
	defer w.free()
	w.text("\nRETURNING ")
	err := s.one(ctx, t, row, nil, w, "")
	if t.tests != "" {
		return refused(op, t.name, t.tested, err)
	}
	return failed(op, t.name, err)
}

// inserting starts the statement that inserts an input.
func (s *session) inserting(t *table, input any) *writer {
	w := newWriter()
	w.writes = true
	w.text(t.insert)
	now := s.now()
	fields := t.input(input)
	for _, a := range t.insertArgs {
		switch a.from {
		case theInput, theKey:
			if key, ok := fields[0].(*string); ok && a.from == theKey && *key == "" {
				*key = newKey(s.keyTime(now))
			}
			w.args = append(w.args, valueOf(fields[0]))
			fields = fields[1:]
		default:
			w.args = append(w.args, s.ownValue(a, now))
		}
	}
	return w
}

// upsert adds a row or, where it conflicts with one on the columns, changes
// that one; it reads the row into the pointer at an address.
func (s *session) upsert(ctx context.Context, t *table, row, input any, conflict []string) error {
	const op = "upsert"
	if _, err := s.permitSigned(op, t, toCreate); err != nil {
		return err
	}
	own, err := s.permit(op, t, toUpdate)
	if err != nil {
		return err
	}
	if s.isUntold(t, toCreate) {
		return s.told(ctx, func(s *session) error { return s.upsert(ctx, t, row, input, conflict) })
	}
	target := t.conflict(conflict)
	if target == "" {
		return invalid(op, t.name, "no unique index on "+strings.Join(conflict, ", "))
	}
	w := s.inserting(t, input)
	defer w.free()
	w.texts("\nON CONFLICT ", target, t.upsert, s.made(w, t, own), "\nRETURNING ")
	err = s.one(ctx, t, row, nil, w, "")
	if !errors.Is(err, sql.ErrNoRows) {
		return failed(op, t.name, err)
	}
	if t.tests != "" {
		var found bool
		text := "SELECT EXISTS (SELECT 1 FROM (SELECT " + placeholders(len(w.args)) + ")" + t.tests + ")"
		if err := s.db.scan(ctx, text, w.args, []any{&found}); err != nil {
			return failed(op, t.name, err)
		}
		if !found {
			return refused(op, t.name, t.tested, sql.ErrNoRows)
		}
	}
	// The row that it conflicts with is deleted, or another tenant's, or not the user's own.
	return &Error{Op: op, Table: t.name, Column: strings.Join(conflict, ", "), Err: ErrConflict}
}

// conflict returns the target of ON CONFLICT: the unique index on the columns,
// and on the tenant's. Without columns it is the primary key.
func (t *table) conflict(columns []string) string {
	if len(columns) == 0 {
		columns = t.key
	}
	wanted := map[string]bool{}
	for _, name := range columns {
		wanted[name] = true
	}
	for _, key := range t.unique {
		matched := 0
		for _, name := range key.columns {
			if wanted[name] {
				matched++
			} else if i := t.index(name); i < 0 || !t.columns[i].has(isTenant) {
				matched = -len(key.columns)
			}
		}
		if matched == len(wanted) {
			return strings.TrimRight("("+strings.Join(key.columns, ", ")+") "+key.where, " ")
		}
	}
	return ""
}

// one runs a statement that yields a row and reads it into the pointer at an
// address. What is known of it already is not read: its key, if that is given,
// its tenant, and that it is not deleted. The statement is written up to the
// list of columns; a tail follows that.
func (s *session) one(ctx context.Context, t *table, row any, key []any, w *writer, tail string) error {
	t.prepare()
	to := reflect.ValueOf(row).Elem()
	used := t.template(to.Type().Elem())
	r := &used.single
	*r = reading{session: s, table: t, row: to.Type().Elem(), template: used}
	defer r.releaseOne()
	if err := r.planOne(key); err != nil {
		return err
	}
	head := len(w.sql)
	err := errBlobs
	if !r.byColumn {
		w.texts(r.array(), tail)
		if err = s.scan(ctx, w, &r.text); err == nil {
			err = r.decodeOne(r.text.String)
		}
	}
	if notJSON(err) {
		from := newColumns(len(r.elements))
		w.sql, w.to = w.sql[:head], append(w.to[:0], from.to...)
		w.texts(r.list(), tail)
		if err = s.db.scanWritten(ctx, w); err == nil {
			err = r.readValues(from, 1)
		}
	}
	if err == nil {
		found := reflect.New(r.row)
		found.Elem().Set(used.value)
		to.Set(found)
	}
	return err
}

// errBlobs stands for what the database says when it cannot make JSON.
var errBlobs = errors.New(blobInJSON)

// planOne is plan for a row that is found by its key, if that is known.
func (r *reading) planOne(key []any) error {
	r.take(r.template.listed)
	if key != nil {
		r.take(r.template.byKey)
		for i, name := range r.table.key {
			if at := r.table.index(name); r.table.columns[at].has(isExact) {
				if err := assign(r.template.fields[at], key[i]); err != nil {
					return err
				}
			}
		}
	}
	return r.know(nil)
}

// remove deletes the row with a key, or marks it as deleted.
func (s *session) remove(ctx context.Context, t *table, key ...any) error {
	const op = "delete"
	own, err := s.permitSigned(op, t, toRemove)
	if err != nil {
		return err
	}
	if s.isUntold(t, toRemove) {
		return s.told(ctx, func(s *session) error { return s.remove(ctx, t, key...) })
	}
	w := s.keyed(t, key)
	defer w.free()
	d := s.deletion(t)
	w.args = d.arguments(s, t, w.args)
	n, err := d.run(ctx, s, t, t.remove+s.made(w, t, own), w.args)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return failed(op, t.name, err)
}

// remove deletes the rows of a query and returns how many they were.
func (q *query) remove(ctx context.Context) (n int64, err error) {
	const op = "delete"
	all := *q
	q, err = q.changing(op, toRemove)
	if err != nil {
		return 0, err
	}
	s, t := q.session, q.table
	if s.isUntold(t, toRemove) {
		err = s.told(ctx, func(s *session) error {
			all.session = s
			n, err = all.remove(ctx)
			return err
		})
		return n, err
	}
	w := s.keyed(t, nil)
	defer w.free()
	d := s.deletion(t)
	w.args = d.arguments(s, t, w.args)
	w.text(t.clear)
	q.writeTarget(w)
	n, err = d.run(ctx, s, t, string(w.sql), w.args)
	return n, failed(op, t.name, err)
}

// writeTarget restricts a statement to the rows of the query.
func (q *query) writeTarget(w *writer) {
	if !q.isPart() {
		w.and(q.has.where)
		return
	}
	key := strings.Join(q.table.key, ", ")
	if len(q.table.key) > 1 {
		key = "(" + key + ")"
	}
	w.text("\n  AND " + key + " IN (SELECT " + strings.Join(q.table.key, ", "))
	q.writeRows(w)
	q.writeWindow(w)
	w.text(")")
}
