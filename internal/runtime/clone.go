package runtime

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math"
)

// cloner gives the rows of an archive new ids. It keeps the old ones in a
// temporary table, so that they need no memory however many they are; an id is
// made when it is met first, in its own row or in one that names it.
type cloner struct {
	db       *database
	estate   *estate
	numbers  map[int]int64 // the last number given, by table
	find     *sql.Stmt
	remember *sql.Stmt
}

// newCloner makes the temporary table, which close removes.
func newCloner(ctx context.Context, db *database, e *estate) (*cloner, error) {
	c := &cloner{db: db, estate: e, numbers: map[int]int64{}}
	if err := db.do(ctx, []string{createIDs}); err != nil {
		return nil, err
	}
	var err error
	if c.find, err = db.in.tx.PrepareContext(ctx, selectID); err != nil {
		return nil, err
	}
	if c.remember, err = db.in.tx.PrepareContext(ctx, insertID); err != nil {
		return nil, errors.Join(err, c.find.Close())
	}
	return c, nil
}

func (c *cloner) close(ctx context.Context) error {
	if err := errors.Join(c.find.Close(), c.remember.Close()); err != nil {
		return err
	}
	return c.db.do(ctx, []string{dropIDs})
}

// id returns the new id of a row of a table. One that all tenants share, and
// that is in no archive, keeps its own.
func (c *cloner) id(ctx context.Context, table int, old any) (id any, err error) {
	err = c.find.QueryRowContext(ctx, table, old).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if shared := c.estate.holdings[table].everyones; shared != "" {
		isShared, err := c.db.yields(ctx, shared, old)
		if err != nil || isShared {
			return old, err
		}
	}
	if id, err = c.fresh(ctx, table, old); err != nil {
		return nil, err
	}
	_, err = c.remember.ExecContext(ctx, table, old, id)
	return id, err
}

// fresh makes an id of the same type as another one of the table.
func (c *cloner) fresh(ctx context.Context, table int, old any) (any, error) {
	switch old.(type) {
	case string:
		return newKey(c.db.now()), nil
	case []byte:
		return newBlobKey(), nil
	case int64:
		return c.number(ctx, table)
	}
	return nil, fmt.Errorf("%w: an id of type %T", ErrInvalid, old)
}

// number is the next number above those that the table has or, where it gives
// none out again, has had.
func (c *cloner) number(ctx context.Context, table int) (int64, error) {
	last, known := c.numbers[table]
	if !known {
		var err error
		if last, err = c.last(ctx, &c.estate.holdings[table]); err != nil {
			return 0, err
		}
	}
	if last == math.MaxInt64 {
		h := &c.estate.holdings[table]
		return 0, &Error{Op: "import", Table: h.name, Column: h.columns[h.own()].name, Err: fmt.Errorf("%w: no number is above those that the table has", ErrInvalid)}
	}
	c.numbers[table] = last + 1
	return last + 1, nil
}

// last is the last number of a table.
func (c *cloner) last(ctx context.Context, h *holding) (last int64, err error) {
	if err := c.db.once(ctx, highest(h.sql, h.columns[h.own()].sql), nil, &last); err != nil {
		return 0, err
	}
	remembers, err := c.db.yields(ctx, hasNumbers)
	if err != nil || !remembers {
		return last, err
	}
	var had int64
	err = c.db.once(ctx, lastNumber, []any{h.name}, &had)
	return max(last, had), err
}

func newBlobKey() []byte {
	key := make([]byte, 16)
	_, _ = rand.Read(key) // never fails: the program stops instead
	return key
}
