package runtime

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var errStop = errors.New("stop")

func addItem(s *session, id string) error {
	_, err := create(s, newItem{id: id, Name: "name of " + id, N: 10})
	return err
}

// ids are the items of the tenant, whoever is asked.
func ids(t testing.TB, s *session) string {
	t.Helper()
	return found(t, where(&session{db: &database{shared: s.db.shared}, tenant: "a"}))
}

func TestTransactions(t *testing.T) {
	_, s := newCounter(t)
	ctx := t.Context()
	err := s.inTx(ctx, func(tx *session) error {
		if tx.tenant != s.tenant || tx.db == s.db {
			t.Errorf("a transaction of %v", tx.tenant)
		}
		if err := addItem(tx, "1"); err != nil {
			return err
		}
		if got := found(t, where(tx)); got != "1" { // reads what it has written
			t.Errorf("within: %q", got)
		}
		return addItem(tx, "2")
	})
	if err != nil || ids(t, s) != "1 2" {
		t.Errorf("committed %q, %v", ids(t, s), err)
	}
	err = s.inTx(ctx, func(tx *session) error {
		if err := addItem(tx, "3"); err != nil {
			t.Error(err)
		}
		return errStop
	})
	if err != errStop || ids(t, s) != "1 2" { //nolint:errorlint // the very same error
		t.Errorf("rolled back to %q, %v", ids(t, s), err)
	}
	func() {
		defer func() {
			if got := recover(); got != "panic" {
				t.Errorf("panics with %v", got)
			}
		}()
		_ = s.inTx(ctx, func(tx *session) error {
			if err := addItem(tx, "4"); err != nil {
				t.Error(err)
			}
			panic("panic")
		})
	}()
	if got := ids(t, s); got != "1 2" {
		t.Errorf("after a panic: %q", got)
	}
	// An error of a statement that f ignores does not undo the others.
	err = s.inTx(ctx, func(tx *session) error {
		if err := addItem(tx, "1"); !errors.Is(err, ErrConflict) {
			t.Errorf("twice: %v", err)
		}
		return addItem(tx, "5")
	})
	if err != nil || ids(t, s) != "1 2 5" {
		t.Errorf("after a conflict: %q, %v", ids(t, s), err)
	}
}

func TestSavepoints(t *testing.T) {
	_, s := newCounter(t)
	ctx := t.Context()
	var left *session
	err := s.inTx(ctx, func(tx *session) error {
		if err := addItem(tx, "1"); err != nil {
			return err
		}
		if err := tx.inTx(ctx, func(inner *session) error {
			left = inner
			if err := addItem(inner, "2"); err != nil {
				return err
			}
			err := inner.inTx(ctx, func(deep *session) error {
				if err := addItem(deep, "3"); err != nil {
					return err
				}
				return errStop
			})
			if err != errStop || found(t, where(inner)) != "1 2" { //nolint:errorlint // the very same error
				t.Errorf("the inner savepoint left %q, %v", found(t, where(inner)), err)
			}
			return nil
		}); err != nil {
			return err
		}
		_, err := get(left, "1")
		wantError(t, err, ErrNoScope, "get item: no scope")
		func() {
			defer func() { _ = recover() }()
			_ = tx.inTx(ctx, func(inner *session) error {
				if err := addItem(inner, "4"); err != nil {
					t.Error(err)
				}
				panic("panic")
			})
		}()
		if got := found(t, where(tx)); got != "1 2" {
			t.Errorf("after a panic in a savepoint: %q", got)
		}
		// One after the other, at the same depth.
		for i := range 3 {
			if err := tx.inTx(ctx, func(inner *session) error { return addItem(inner, fmt.Sprint("s", i)) }); err != nil {
				return err
			}
		}
		return tx.inTx(ctx, func(inner *session) error { return addItem(inner, "5") })
	})
	if err != nil || ids(t, s) != "1 2 5 s0 s1 s2" {
		t.Errorf("committed %q, %v", ids(t, s), err)
	}
	// What a savepoint keeps, the transaction around it can still undo.
	err = s.inTx(ctx, func(tx *session) error {
		if err := tx.inTx(ctx, func(inner *session) error { return addItem(inner, "6") }); err != nil {
			t.Error(err)
		}
		return errStop
	})
	if err != errStop || ids(t, s) != "1 2 5 s0 s1 s2" { //nolint:errorlint // the very same error
		t.Errorf("rolled back to %q, %v", ids(t, s), err)
	}
}

// A session that outlives its transaction has no scope.
func TestEndedTransactions(t *testing.T) {
	_, s := newCounter(t)
	ctx := t.Context()
	var left []*session
	for _, outcome := range []error{nil, errStop} {
		_ = s.inTx(ctx, func(tx *session) error {
			left = append(left, tx)
			return outcome
		})
	}
	for _, s := range left {
		_, err := get(s, "1")
		wantError(t, err, ErrNoScope, "get item: no scope")
		_, err = create(s, newItem{Name: "x"})
		wantError(t, err, ErrNoScope, "create item: no scope")
		_, err = s.items().count(ctx)
		wantError(t, err, ErrNoScope, "count item: no scope")
		err = s.inTx(ctx, func(*session) error { t.Error("runs"); return nil })
		wantError(t, err, ErrNoScope, "transaction: no scope")
		err = s.db.inTx(ctx, func(*database) error { t.Error("runs"); return nil })
		wantError(t, err, ErrNoScope, "transaction: no scope")
	}
	err := (*database)(nil).inTx(ctx, func(*database) error { t.Error("runs"); return nil })
	wantError(t, err, ErrNoScope, "transaction: no scope")
}

// Nothing remains of a transaction whose context ends.
func TestTransactionsEndWithTheirContext(t *testing.T) {
	_, s := newCounter(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.inTx(ctx, func(tx *session) error {
		if err := addItem(tx, "1"); err != nil {
			t.Error(err)
		}
		cancel()
		return nil
	})
	if err == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, sql.ErrTxDone) || !strings.HasPrefix(err.Error(), "transaction: ") {
		t.Errorf("committed: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err = s.inTx(t.Context(), func(tx *session) error {
		if err := addItem(tx, "2"); err != nil {
			t.Error(err)
		}
		err := tx.inTx(ctx, func(inner *session) error {
			if err := addItem(inner, "3"); err != nil {
				t.Error(err)
			}
			cancel()
			return ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the savepoint: %v", err)
		}
		return nil
	})
	if err != nil || ids(t, s) != "2" {
		t.Errorf("a savepoint whose context ends leaves %q, %v", ids(t, s), err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	err = s.inTx(ctx, func(*session) error { t.Error("runs"); return nil })
	if !errors.Is(err, context.Canceled) || err.Error() != "transaction: context canceled" {
		t.Errorf("begun: %v", err)
	}
}

// Statements that a transaction was the first to use are kept by the store.
func TestTransactionsPrepareStatements(t *testing.T) {
	c, s := newCounter(t)
	ctx := t.Context()
	for range 3 {
		c.since()
		if err := s.inTx(ctx, func(tx *session) error {
			for range 3 {
				if _, err := tx.items().count(ctx); err != nil {
					return err
				}
				all[item](t, where(tx))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if texts := c.since(); len(texts) != 0 {
		t.Errorf("prepared again: %q", texts)
	}
	for text, n := range c.prepared {
		if n > 2 { // once within the first transaction, once after it
			t.Errorf("prepared %d times: %s", n, text)
		}
	}
	if n := preparedOf(s); n != 3 { // the lock too
		t.Errorf("%d statements are kept, want 3", n)
	}
	if _, err := s.items().count(ctx); err != nil || len(c.since()) != 0 {
		t.Errorf("prepared again outside of a transaction, %v", err)
	}
}

// Transactions that write at once wait for each other, also when they read
// first: the lock is taken when they begin.
func TestTransactionsWait(t *testing.T) {
	s := newSession(t)
	ctx := t.Context()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 10 {
				if err := s.inTx(ctx, func(tx *session) error {
					row, err := get(tx, "1")
					if err != nil {
						return err
					}
					_, err = update(t, tx, "1", items.N.Set(row.N+1))
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if row, err := get(s, "1"); err != nil || row.N != 50 {
		t.Errorf("n is %+v, %v, want 50", row, err)
	}
}

// One transaction can be used by several goroutines.
func TestTransactionsAreSharedByGoroutines(t *testing.T) {
	s := newSession(t)
	if err := s.inTx(t.Context(), func(tx *session) error {
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				for range 10 {
					if got := found(t, where(tx, items.N.Eq(int64(10*(1+i%3))))); got == "" {
						t.Error("found nothing")
					}
				}
			})
		}
		wait.Wait()
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// While the rows of a statement are open, it can run again.
func TestStatementsRunWithinTheirOwnRows(t *testing.T) {
	s := newSession(t)
	ctx := t.Context()
	names := func(s *session, least int64) iter.Seq2[item, error] {
		return stream[item](ctx, s, "names", func(row any) []any { return []any{&row.(*item).ID} },
			"SELECT id FROM item WHERE tenant_id = ?1 AND n >= ?2 ORDER BY id", s.tenant, least)
	}
	walk := func(s *session) (got string) {
		for outer, err := range names(s, 10) {
			if err != nil {
				t.Fatal(err)
			}
			got += outer.ID + ":"
			for inner, err := range names(s, 20) {
				if err != nil {
					t.Fatal(err)
				}
				got += inner.ID
			}
			got += " "
		}
		return got
	}
	const want = "1:23 2:23 3:23 "
	if got := walk(s); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	if err := s.inTx(ctx, func(tx *session) error {
		if got := walk(tx); got != want {
			t.Errorf("in a transaction: read %s, want %s", got, want)
		}
		return tx.inTx(ctx, func(inner *session) error {
			if got := walk(inner); got != want {
				t.Errorf("in a savepoint: read %s, want %s", got, want)
			}
			return nil
		})
	}); err != nil {
		t.Error(err)
	}
}

// A database that cannot begin, or lock, says so.
func TestTransactionsThatCannotBegin(t *testing.T) {
	_, s := newCounter(t)
	if err := s.db.handle.Close(); err != nil {
		t.Fatal(err)
	}
	err := s.inTx(t.Context(), func(*session) error { t.Error("runs"); return nil })
	if err == nil || err.Error() != "transaction: sql: database is closed" {
		t.Errorf("began: %v", err)
	}
	name := "file:" + filepath.Join(t.TempDir(), "test.db") + "?_foreign_keys=on&_busy_timeout=10"
	db, err := sql.Open("sqlite3", name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	opened, err := openDatabase(t.Context(), db, expectedTables, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.close() })
	s = &session{db: opened, tenant: "a"}
	if err := s.inTx(t.Context(), func(*session) error {
		err := (&session{db: &database{shared: opened.shared}, tenant: "a"}).inTx(t.Context(), func(*session) error { t.Error("runs"); return nil })
		if err == nil || err.Error() != "transaction: database is locked" {
			t.Errorf("began: %v", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
