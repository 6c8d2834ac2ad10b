package runtime

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// transaction is what a database runs its statements in: a transaction, or
// one of the savepoints within.
type transaction struct {
	*begun
	depth int         // of savepoints
	done  atomic.Bool // it has ended
}

// begun is what a transaction and its savepoints share.
type begun struct {
	tx         *sql.Tx
	scanning   sync.Mutex
	mutex      sync.Mutex // of what follows
	statements map[string]*sql.Stmt
	unprepared []string   // texts that the store has not prepared yet
	told       string     // whom the audit log takes for who acts; "" for nobody
	writing    int        // statements of that actor that run
	idle       *sync.Cond // told or writing has changed

	now time.Time // what its statements take for the time: when it got the lock
}

// ended reports whether the database was that of a transaction which is over.
func (d *database) ended() bool { return d.in != nil && d.in.done.Load() }

// inTx runs f in a transaction, or within one in a savepoint. It commits if f
// returns nil. If f returns an error or panics, or the context ends, nothing
// that f did remains; the error is f's own, and a panic goes on.
//
// A transaction takes the database's write lock when it begins, so that it
// waits for others then and cannot fail half-way because of them.
func (d *database) inTx(ctx context.Context, f func(*database) error) error {
	if d == nil || d.ended() {
		return &Error{Op: "transaction", Err: ErrNoScope}
	}
	if d.in != nil {
		return d.inSavepoint(ctx, f)
	}
	inner, err := d.begin(ctx)
	if err != nil {
		return err
	}
	defer inner.in.end()
	if d.lock != "" {
		if _, err := inner.exec(ctx, d.lock, nil); err != nil {
			return failed("transaction", "", err)
		}
	}
	inner.in.now = d.now().UTC() // it may have waited for the lock
	if err := f(inner); err != nil {
		if ctx.Err() != nil && isOver(err) {
			return &Error{Op: "transaction", Err: ctx.Err(), cause: err}
		}
		return err
	}
	if err := inner.forget(ctx); err != nil {
		return failed("transaction", "", cmp.Or(ctx.Err(), err))
	}
	if err := inner.in.tx.Commit(); err != nil {
		return failed("transaction", "", cmp.Or(ctx.Err(), err)) // why it was rolled back, rather than that it was
	}
	for _, text := range inner.in.unprepared { // only now is the connection free
		_, _ = d.prepare(ctx, text)
	}
	return nil
}

// snapshot runs f in a transaction that reads: all that f reads is of one
// instant, and nothing that f does remains. Within a transaction f runs in
// that one.
func (d *database) snapshot(ctx context.Context, f func(*database) error) error {
	if d.in != nil {
		return f(d)
	}
	inner, err := d.begin(ctx)
	if err != nil {
		return err
	}
	defer inner.in.end()
	return f(inner)
}

// begin returns the database in a new transaction, which end ends.
func (d *database) begin(ctx context.Context) (*database, error) {
	tx, err := d.handle.BeginTx(ctx, nil)
	if err != nil {
		return nil, failed("transaction", "", err)
	}
	b := &begun{tx: tx, statements: map[string]*sql.Stmt{}, now: d.now().UTC()}
	b.idle = sync.NewCond(&b.mutex)
	return &database{shared: d.shared, in: &transaction{begun: b}}, nil
}

// isOver reports whether a statement failed because its transaction had been
// rolled back before, as happens when the context ends. The second of the two
// errors has no name in database/sql.
func isOver(err error) bool {
	return errors.Is(err, sql.ErrTxDone) || strings.Contains(err.Error(), "sql: statement is closed")
}

// end ends a transaction, and rolls back what is not committed.
func (t *transaction) end() {
	t.done.Store(true)
	_ = t.tx.Rollback()
}

// inSavepoint is inTx within a transaction.
func (d *database) inSavepoint(ctx context.Context, f func(*database) error) error {
	in := &transaction{begun: d.in.begun, depth: d.in.depth + 1}
	name := "rowhouse_" + strconv.Itoa(in.depth)
	if _, err := in.tx.ExecContext(ctx, "SAVEPOINT "+name); err != nil {
		return failed("transaction", "", err)
	}
	released := false
	defer func() {
		in.done.Store(true)
		if !released { // also when f panics, or the context has ended
			in.rollBackTo(context.WithoutCancel(ctx), name)
		}
	}()
	if err := f(&database{shared: d.shared, in: in}); err != nil {
		return err
	}
	if _, err := in.tx.ExecContext(ctx, "RELEASE "+name); err != nil {
		return failed("transaction", "", err)
	}
	released = true
	return nil
}

// rollBackTo undoes a savepoint, or else everything.
func (b *begun) rollBackTo(ctx context.Context, savepoint string) {
	b.setTold(unknownActor)
	for _, verb := range []string{"ROLLBACK TO ", "RELEASE "} {
		if _, err := b.tx.ExecContext(ctx, verb+savepoint); err != nil && !errors.Is(err, sql.ErrTxDone) {
			_ = b.tx.Rollback()
			return
		}
	}
}

// statement returns the prepared statement of a text, within the transaction.
func (b *begun) statement(ctx context.Context, d *shared, text string) (*sql.Stmt, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if err := ctx.Err(); err != nil { // else the error might be that the statement is closed
		return nil, err
	}
	if stmt := b.statements[text]; stmt != nil {
		return stmt, nil
	}
	if stmt := (*d.statements.Load())[text]; stmt != nil {
		// An ended context would be the statement's error for good.
		b.statements[text] = b.tx.StmtContext(context.WithoutCancel(ctx), stmt)
		return b.statements[text], nil
	}
	stmt, err := b.tx.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	b.statements[text] = stmt
	b.unprepared = append(b.unprepared, text)
	return stmt, nil
}
