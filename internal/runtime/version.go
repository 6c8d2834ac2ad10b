package runtime

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// AnyChange is a change that fits the rows of every table.
type AnyChange = struct{ change }

// IfVersion makes an Update change the row only if its version is still n, as
// when it was read: ErrStale if it is another by now. It is ErrInvalid for a
// table without a version, and in the Update of a query, where a predicate on
// the version says it.
func IfVersion(n int64) AnyChange { return AnyChange{change{value: version(n)}} }

// version is the value of a change that changes nothing, and asks for a version.
type version int64

// isVersion reports whether a change asks for a version.
func (c change) isVersion() bool {
	_, is := c.value.(version)
	return is
}

// expected takes the version that is asked for, nil if none is, from a list of changes.
func (t *table) expected(op string, list []change) (changes []change, expects *version, err error) {
	changes = list[:0]
	for _, c := range list {
		n, is := c.value.(version)
		switch {
		case !is:
			changes = append(changes, c)
		case t.version == "":
			return nil, nil, invalid(op, t.name, "IfVersion of a table without a version")
		case expects != nil:
			return nil, nil, invalid(op, t.name, "repeated IfVersion")
		default:
			asked := n // else n would be on the heap for every change
			expects = &asked
		}
	}
	return changes, expects, nil
}

// expect returns the condition, to follow others, that a row has a version.
func (w *writer) expect(t *table, expects *version) string {
	if expects == nil {
		return ""
	}
	return "\n  AND " + t.version + " = " + w.bind(int64(*expects))
}

// unchanged is get, of a row that must have a version.
func (s *session) unchanged(ctx context.Context, t *table, row any, expects *version, key []any) error {
	const op = "update"
	own, err := s.permit(op, t, toRead)
	if err != nil {
		return err
	}
	w := s.keyed(t, key)
	defer w.free()
	w.text("SELECT ")
	if err := s.one(ctx, t, row, key, w, t.get+s.made(w, t, own)+w.expect(t, expects)); err != nil {
		return s.missed(ctx, t, key, own, expects, nil, err)
	}
	return nil
}

// missed says why an update failed with an error: where that is only that it
// found no row, the row may be stale, or what it was to reference out of reach.
func (s *session) missed(ctx context.Context, t *table, key []any, own bool, expects *version, tested []string, err error) error {
	const op = "update"
	switch {
	case !errors.Is(err, sql.ErrNoRows), expects == nil && len(tested) == 0, !s.finds(ctx, t, key, own, nil):
		return failed(op, t.name, err)
	case expects != nil && (len(tested) == 0 || !s.finds(ctx, t, key, own, expects)):
		return &Error{Op: op, Table: t.name, Column: t.version, Err: ErrStale}
	}
	return refused(op, t.name, strings.Join(tested, ", "), sql.ErrNoRows)
}
