package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// Change is what Update does to one column of a row R. The zero value is ErrInvalid.
type Change[R any] struct{ change }

type change struct {
	column     string
	value      any
	references []*reference
}

// reference is a foreign key whose new values must name a row of the scope.
// The same statement that writes them tests it.
type reference struct {
	table   string
	columns []string
	test    string // with {0}, {1}, … for the values of columns
}

// The marks in a generated UPDATE at which the caller's changes, and the
// tests of the references among them, are filled in.
const (
	changesMark    = "/* changes */"
	referencesMark = "/* references */"
)

// update changes the row with a key and reads it, as it is then, into the
// pointer at an address. Without changes it is get, also where it asks for a
// version.
func (s *session) update(ctx context.Context, t *table, row any, changes []change, key ...any) error {
	const op = "update"
	changes, expects, wrong := t.expected(op, changes)
	switch {
	case wrong != nil || len(changes) > 0:
	case expects == nil:
		return s.get(ctx, t, row, key...)
	default:
		return s.unchanged(ctx, t, row, expects, key)
	}
	own, err := s.permitSigned(op, t, toUpdate)
	if err = cmp.Or(err, wrong); err != nil {
		return err
	}
	if s.isUntold(t, toUpdate) {
		if expects != nil {
			changes = append(changes, change{value: *expects})
		}
		return s.told(ctx, func(s *session) error { return s.update(ctx, t, row, changes, key...) })
	}
	w := s.keyed(t, key)
	defer w.free()
	w.args = s.own(w.args, t.updateArgs, s.now())
	tested, err := w.update(t, t.update, changes)
	if err != nil {
		return err
	}
	w.texts(s.made(w, t, own), w.expect(t, expects), "\nRETURNING ")
	w.writes = true
	if err = s.one(ctx, t, row, key, w, ""); err != nil {
		return s.missed(ctx, t, key, own, expects, tested, err)
	}
	return nil
}

// finds reports whether there is a row with a key, and of a version unless
// that is nil, that may be written.
func (s *session) finds(ctx context.Context, t *table, key []any, own bool, expects *version) bool {
	w := s.keyed(t, key)
	defer w.free()
	w.texts("SELECT 1", cmp.Or(t.write, t.get), s.made(w, t, own), w.expect(t, expects))
	var found int
	return s.scan(ctx, w, &found) == nil
}

// update changes the rows of a query and returns how many they are. If one
// of them may not get a new reference, none is changed.
func (q *query) update(ctx context.Context, changes []change) (n int64, err error) {
	const op = "update"
	to := toUpdate
	if len(changes) == 0 {
		to = toRead
	}
	all := *q
	if q, err = q.changing(op, to); err != nil {
		return 0, err
	}
	if len(changes) == 0 {
		n, err = q.matches(ctx)
		return n, failed(op, q.table.name, err)
	}
	if slices.ContainsFunc(changes, change.isVersion) {
		return 0, invalid(op, q.table.name, "IfVersion of a query; use Where")
	}
	s, t := q.session, q.table
	if s.isUntold(t, toUpdate) {
		err = s.told(ctx, func(s *session) error {
			all.session = s
			n, err = all.update(ctx, changes)
			return err
		})
		return n, err
	}
	w := s.keyed(t, nil)
	defer w.free()
	w.args = s.own(w.args, t.updateArgs, s.now())
	tested, err := w.update(t, t.change, changes)
	if err != nil {
		return 0, err
	}
	q.writeTarget(w)
	if len(tested) == 0 {
		n, err = s.db.exec(ctx, string(w.sql), w.args)
		return n, failed(op, t.name, err)
	}
	err = s.inTx(ctx, func(s *session) error {
		inside := *q
		inside.session = s
		matched, err := inside.matches(ctx)
		if err != nil {
			return failed(op, t.name, err)
		}
		if n, err = s.db.exec(ctx, string(w.sql), w.args); err == nil && n != matched {
			return refused(op, t.name, strings.Join(tested, ", "), sql.ErrNoRows)
		}
		return failed(op, t.name, err)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// update writes an UPDATE with the changes, and the tests of the references
// among them, in place of its marks. It returns the columns that are tested.
func (w *writer) update(t *table, statement string, changes []change) (tested []string, err error) {
	before, rest, _ := strings.Cut(statement, changesMark)
	between, after, _ := strings.Cut(rest, referencesMark)
	first := len(w.args) // the parameters of the changes come next
	w.text(before)
	for i, c := range changes {
		if c.column == "" || changed(changes[:i], c.column) >= 0 {
			return nil, invalid("update", t.name, "zero or repeated Change "+c.column)
		}
		if i > 0 {
			w.text(", ")
		}
		w.texts(c.column, " = ")
		w.argument(c.value)
	}
	w.text(between)
	var done []*reference
	for _, c := range changes {
		for _, r := range c.references {
			if !slices.Contains(done, r) {
				done, tested = append(done, r), append(tested, c.column)
				w.texts("\n  AND ", r.tested(changes, first))
			}
		}
	}
	w.text(after)
	return tested, nil
}

// changed returns which of the changes is to a column, -1 if none is.
func changed(changes []change, column string) int {
	return slices.IndexFunc(changes, func(c change) bool { return c.column == column })
}

// tested is the test of the row as it will be: new values, whose parameters
// come after the first ones, where a column is changed, the row's own elsewhere.
func (r *reference) tested(changes []change, first int) string {
	text := r.test
	for i, column := range r.columns {
		value := r.table + "." + column
		if at := changed(changes, column); at >= 0 {
			value = placeholder(first + at + 1)
		}
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", value)
	}
	return text
}
