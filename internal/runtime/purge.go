package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// purgeBatch is how many rows a statement of PurgeDeleted removes at most, so
// that others wait for none of them long.
const purgeBatch = 500

// purgeDeleted removes the rows that were deleted at least so long ago, some
// at a time, and returns how many they were. Where a constraint holds some of
// them it removes all others, and returns an error about one that is held.
func (s *session) purgeDeleted(ctx context.Context, t *table, olderThan time.Duration) (total int, err error) {
	const op = "purge"
	own, err := s.permit(op, t, toRemove)
	if err != nil {
		return 0, err
	}
	if olderThan < 0 {
		return 0, invalid(op, t.name, "negative age")
	}
	if t.recording != 0 {
		s = s.recorded()
	}
	p := &purging{session: s, table: t, own: own, until: s.own(nil, t.oldArgs, s.now().Add(-olderThan))}
	err = p.run(ctx)
	return p.total, failed(op, t.name, err)
}

// purging removes rows of a table that were deleted long ago. Where one is
// held it goes through them in an order: by when they were deleted and by key.
type purging struct {
	*session
	table *table
	own   bool  // the user's own rows alone
	until []any // arguments of table.old: when they were deleted at the latest
	total int   // how many are removed

	order   []term // none at first
	instant any    // when the last row that is held was deleted; nil without one
	key     []any  // the key of that row; nil once all rows of the instant are done
}

// run removes batch after batch. A row may be held by one that comes behind it
// and is removed after it, so it goes through the rows again, in the other
// direction, as long as some go.
func (p *purging) run(ctx context.Context) error {
	err := p.inAnyOrder(ctx)
	for before := -1; violates(err) && before < p.total; {
		before = p.total
		err = p.inOrder(ctx)
	}
	return err
}

// inAnyOrder removes rows until one is held.
func (p *purging) inAnyOrder(ctx context.Context) error {
	for {
		n, err := p.remove(ctx, purgeBatch)
		if err != nil || n == 0 {
			return err
		}
	}
}

// inOrder removes the rows that are not held, and returns what holds the first
// of the others. It takes half as many at a time until there is but the one
// that is held, leaves that behind, and takes more again.
func (p *purging) inOrder(ctx context.Context) (held error) {
	p.instant, p.key = nil, nil
	if p.order = reversed(p.order); p.order == nil {
		for _, column := range p.table.oldBy {
			p.order = append(p.order, term{column, true}) // most rows name older ones
		}
	}
	for size := purgeBatch; ; {
		n, err := p.remove(ctx, size)
		switch {
		case err == nil && n > 0:
			size = min(2*size, purgeBatch)
		case err == nil && p.key == nil:
			return held
		case err == nil:
			p.key = nil
		case !violates(err):
			return err
		case size > 1:
			size /= 2
		default:
			held = cmp.Or(held, err)
			if err := p.pass(ctx); err != nil {
				return err
			}
		}
	}
}

// remove removes the next rows.
func (p *purging) remove(ctx context.Context, size int) (int64, error) {
	w := p.keyed(p.table, nil)
	defer w.free()
	w.text(p.table.purgeOld)
	p.writeNext(w, size)
	w.text(")")
	n, err := p.exec(ctx, string(w.sql), w.args...)
	if err != nil { // also when it was undone
		return 0, err
	}
	p.total += int(n)
	return n, nil
}

// pass leaves the next row behind.
func (p *purging) pass(ctx context.Context) error {
	w := p.keyed(p.table, nil)
	defer w.free()
	found := newColumns(len(p.order))
	w.to = append(w.to, found.to...)
	for i, t := range p.order {
		w.texts([]string{"SELECT ", ", "}[min(i, 1)], stored(t.column))
	}
	p.writeNext(w, 1)
	err := p.db.scanWritten(ctx, w)
	if errors.Is(err, sql.ErrNoRows) { // someone else has removed it
		return nil
	}
	p.instant, p.key = found.row[0], found.row[1:]
	return err
}

// writeNext writes FROM and all that follows, of the next rows.
func (p *purging) writeNext(w *writer, size int) {
	t := p.table
	w.args = append(w.args, p.until...)
	w.texts(t.old, p.made(w, t, p.own))
	if p.instant != nil {
		p.writeBeyond(w, t.oldBy[0], t.oldBy[1:])
	}
	w.orderBy(p.order)
	w.texts("\nLIMIT ", w.bind(size))
}

// writeBeyond writes that rows come after the last one that is held: in the
// two parts that an index on the instant answers.
func (p *purging) writeBeyond(w *writer, deleted string, key []string) {
	beyond := " > "
	if p.order[0].descending {
		beyond = " < "
	}
	if p.key == nil {
		w.texts("\n  AND ", deleted, beyond, w.bind(p.instant))
		return
	}
	w.texts("\n  AND ", deleted, " = ", w.bind(p.instant))
	values := make([]string, len(key))
	for i, value := range p.key {
		values[i] = w.bind(value)
	}
	w.texts("\n  AND (", strings.Join(key, ", "), ")", beyond, "(", strings.Join(values, ", "), ")")
}
