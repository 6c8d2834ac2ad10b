package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"time"
)

// cascade is how a table takes part in deletions that take dependent rows
// along: those whose foreign keys, never NULL, lead to a row that is deleted.
// The texts are of rows that were marked together.
type cascade struct {
	dependents []*table // whose rows go along, each behind those that its rows depend on
	recursive  bool     // rows depend on others of the same table
	owner      string   // what makes rows those that the tenant may write; "" where all are

	take   string // marks what depends on rows of the deletion
	claim  string // gives the deleted row with a key to another deletion
	move   string // gives it what depends on its rows, from the one that they were of
	revive string // restores its rows, unless what they depend on is deleted
}

// takes reports whether rows may depend on those of the table.
func (c *cascade) takes() bool { return len(c.dependents) > 0 || c.recursive }

// deletion is one call that marks rows as deleted.
type deletion struct {
	at time.Time
	id string // "" where the table does not say which deletion took a row
}

func (s *session) deletion(t *table) deletion {
	d := deletion{at: s.now()}
	if t.deletion != "" {
		d.id = newKey(d.at)
	}
	return d
}

// arguments appends what a statement that marks rows takes, after the tenant
// and the key.
func (d deletion) arguments(s *session, t *table, args []any) []any {
	if d.id != "" {
		args = append(args, d.id)
	}
	return s.own(args, t.removeArgs, d.at)
}

// run runs a statement that deletes rows and returns how many they were.
func (d deletion) run(ctx context.Context, s *session, t *table, text string, args []any) (int64, error) {
	if !t.takes() {
		return s.db.exec(ctx, text, args)
	}
	return d.runAll(ctx, s, t, text, args)
}

// runAll is run with what depends on the rows.
func (d deletion) runAll(ctx context.Context, s *session, t *table, text string, args []any) (n int64, err error) {
	err = s.inTx(ctx, func(s *session) error {
		if n, err = s.db.exec(ctx, text, args); err != nil || n == 0 {
			return err
		}
		if t.recursive {
			if err := d.take(ctx, s, t); err != nil {
				return err
			}
		}
		for _, dependent := range t.dependents {
			if err := d.take(ctx, s, dependent); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// take marks the rows of a table that depend on rows of the deletion. Who may
// delete these may delete what goes along with them.
func (d deletion) take(ctx context.Context, s *session, t *table) error {
	w := s.dependent(t, t.take)
	defer w.free()
	w.args = d.arguments(s, t, w.args)
	_, err := s.repeat(ctx, t, w)
	return s.unsigned("delete", t, err)
}

// dependent starts a statement on rows that were marked together: in a scope
// on the tenant's alone, whatever leads to them.
func (s *session) dependent(t *table, text string) *writer {
	w := s.keyed(t, nil)
	w.text(text)
	if s.tenant != nil && t.cascade.owner != "" {
		w.texts("\n  AND ", t.cascade.owner)
	}
	return w
}

// repeat runs a statement until it finds no more rows, where they depend on
// each other, and returns how many they were.
func (s *session) repeat(ctx context.Context, t *table, w *writer) (total int64, err error) {
	for {
		n, err := s.db.exec(ctx, string(w.sql), w.args)
		total += n
		if err != nil || n == 0 || !t.recursive {
			return total, err
		}
	}
}

// restore makes the deleted row with a key as it was, and what its deletion
// took along.
func (s *session) restore(ctx context.Context, t *table, key ...any) error {
	const op = "restore"
	own, err := s.permitSigned(op, t, toRemove)
	if err != nil {
		return err
	}
	if s.isUntold(t, toRemove) {
		return s.told(ctx, func(s *session) error { return s.restore(ctx, t, key...) })
	}
	if !t.takes() {
		return failed(op, t.name, s.restoreOne(ctx, t, key, own))
	}
	return failed(op, t.name, s.inTx(ctx, func(s *session) error { return s.restoreAll(ctx, t, key, own) }))
}

// restoreOne restores a row on which none depends.
func (s *session) restoreOne(ctx context.Context, t *table, key []any, own bool) error {
	w := s.keyed(t, key)
	defer w.free()
	w.args = s.own(w.args, t.restoreArgs, s.now())
	text := t.restore + s.made(w, t, own)
	n, err := s.db.exec(ctx, text, w.args)
	if err != nil || n > 0 {
		return err
	}
	if t.dependsOn != "" {
		if _, err := s.lost(ctx, t, "1", key, own); err == nil {
			return t.hindered()
		}
	}
	return sql.ErrNoRows
}

// hindered is the error that a row cannot be restored before what it depends on.
func (t *table) hindered() error { return refused("restore", t.name, t.dependsOn, sql.ErrNoRows) }

// lost reads an expression of the deleted row with a key, one of the user's
// own if it must be. Returns sql.ErrNoRows if there is none.
func (s *session) lost(ctx context.Context, t *table, expression string, key []any, own bool) (value sql.NullString, err error) {
	w := s.keyed(t, key)
	defer w.free()
	w.texts("SELECT ", expression, t.lost, s.made(w, t, own))
	return value, s.scan(ctx, w, &value)
}

// restoreAll restores a row and what its deletion took because of it. These
// rows are given to a deletion of their own first, from the top down, since one
// deletion may have taken several rows that others depend on.
func (s *session) restoreAll(ctx context.Context, t *table, key []any, own bool) error {
	from, err := s.lost(ctx, t, t.deletion, key, own)
	if err != nil {
		return err
	}
	to := s.deletion(t)
	w := s.keyed(t, key)
	defer w.free()
	if _, err := s.db.exec(ctx, t.claim, append(w.args, to.id)); err != nil {
		return err
	}
	tables := append([]*table{t}, t.dependents...)
	moved := make([]int64, len(tables))
	for i, one := range tables {
		if i > 0 || t.recursive {
			if moved[i], err = to.move(ctx, s, one, from); err != nil {
				return err
			}
		}
	}
	moved[0]++
	for i, one := range tables {
		n, err := to.revive(ctx, s, one)
		switch {
		case err != nil:
			return err
		case n < moved[i]:
			return one.hindered()
		}
	}
	return nil
}

// move gives the rows of a table that depend on rows of the deletion to it,
// from another one.
func (d deletion) move(ctx context.Context, s *session, t *table, from sql.NullString) (int64, error) {
	w := s.dependent(t, t.move)
	defer w.free()
	w.args = append(w.args, from, d.id)
	n, err := s.repeat(ctx, t, w)
	return n, failed("restore", t.name, err)
}

// revive restores the rows of a table that are of the deletion.
func (d deletion) revive(ctx context.Context, s *session, t *table) (int64, error) {
	w := s.dependent(t, t.revive)
	defer w.free()
	w.args = s.own(append(w.args, d.id), t.restoreArgs, d.at)
	n, err := s.repeat(ctx, t, w)
	return n, s.unsigned("restore", t, err)
}

// unsigned is failed for a statement on rows that go along, or come back: only
// if there are some does it matter that no user acts.
func (s *session) unsigned(op string, t *table, err error) error {
	if violates(err) {
		err = cmp.Or(s.sign(op, t, toRemove), err)
	}
	return failed(op, t.name, err)
}

// purge removes the deleted row with a key.
func (s *session) purge(ctx context.Context, t *table, key ...any) error {
	const op = "purge"
	own, err := s.permit(op, t, toRemove)
	if err != nil {
		return err
	}
	if s.isUntold(t, toRemove) {
		return s.told(ctx, func(s *session) error { return s.purge(ctx, t, key...) })
	}
	w := s.keyed(t, key)
	defer w.free()
	text := t.purge + s.made(w, t, own)
	n, err := s.db.exec(ctx, text, w.args)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return failed(op, t.name, err)
}
