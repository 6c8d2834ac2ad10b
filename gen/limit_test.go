package gen_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// A window counts down, refuses, and is followed by another.
func TestRateLimit(t *testing.T) {
	at := clock
	store, _ := open(t, gen.WithClock(func() time.Time { return at }))
	const window = time.Minute
	for i, step := range []struct {
		after time.Duration // the step before
		key   string
		want  gen.RateLimitResult
	}{
		{0, "a", gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{10 * time.Second, "a", gen.RateLimitResult{Allowed: true}},
		{0, "a", gen.RateLimitResult{RetryAfter: 50 * time.Second}},
		{0, "b", gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{-20 * time.Second, "a", gen.RateLimitResult{RetryAfter: 70 * time.Second}}, // a clock behind begins no window
		{70*time.Second - time.Nanosecond, "a", gen.RateLimitResult{RetryAfter: time.Nanosecond}},
		{time.Nanosecond, "a", gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{0, "b", gen.RateLimitResult{Allowed: true}},
		{0, "b", gen.RateLimitResult{RetryAfter: 10 * time.Second}},
		{24 * time.Hour, "b", gen.RateLimitResult{Allowed: true, Remaining: 1}},
	} {
		at = at.Add(step.after)
		if got := must(store.RateLimit(t.Context(), step.key, 2, window)); got != step.want {
			t.Errorf("step %d, key %s: %+v, want %+v", i, step.key, got, step.want)
		}
	}
}

// A clock that is set back by more than a window locks nobody out. One that is
// behind by no more counts in the window that others have begun.
func TestRateLimitOfClocksSetBack(t *testing.T) {
	at := clock
	store, _ := open(t, gen.WithClock(func() time.Time { return at }))
	const window = time.Minute
	for i, step := range []struct {
		at   time.Duration
		want gen.RateLimitResult
	}{
		{0, gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{0, gen.RateLimitResult{Allowed: true}},
		{-time.Nanosecond, gen.RateLimitResult{RetryAfter: window + time.Nanosecond}},
		{-window, gen.RateLimitResult{RetryAfter: 2 * window}},
		{-window - time.Nanosecond, gen.RateLimitResult{RetryAfter: 2*window + time.Nanosecond}}, // the table has milliseconds
		{-window - time.Millisecond, gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{-window, gen.RateLimitResult{Allowed: true}}, // the window that has begun now
		{-window, gen.RateLimitResult{RetryAfter: window - time.Millisecond}},
		{-time.Hour, gen.RateLimitResult{Allowed: true, Remaining: 1}},
		{-time.Hour, gen.RateLimitResult{Allowed: true}},
		{-time.Hour, gen.RateLimitResult{RetryAfter: window}},
		{window - time.Hour, gen.RateLimitResult{Allowed: true, Remaining: 1}},
	} {
		at = clock.Add(step.at)
		if got := must(store.RateLimit(t.Context(), "a", 2, window)); got != step.want {
			t.Errorf("step %d: %+v, want %+v", i, got, step.want)
		}
	}
}

// The row is one that Better Auth could have written.
func TestRateLimitRow(t *testing.T) {
	at := clock.Add(1_500 * time.Microsecond)
	store, db := open(t, gen.WithClock(func() time.Time { return at }))
	for range 5 {
		must(store.RateLimit(t.Context(), "a", 2, time.Minute))
		at = at.Add(time.Second)
	}
	row := must(store.System("test").RateLimits.Where().Only(t.Context()))
	if len(row.ID) != 36 || row.ID[14] != '7' || row.Key != "a" || row.Count != 3 || !row.LastRequest.Equal(clock.Add(2*time.Millisecond)) {
		t.Errorf("stored %+v", row)
	}
	var types string
	if err := db.QueryRowContext(t.Context(), "SELECT typeof(count) || ' ' || last_request FROM rate_limit").Scan(&types); err != nil || types != "integer 1772366400002" {
		t.Errorf("stored %q, %v", types, err)
	}
}

func TestRateLimitRefusesArguments(t *testing.T) {
	store, db := open(t)
	for _, c := range []struct {
		key    string
		limit  int
		window time.Duration
		want   string
	}{
		{"", 1, time.Second, "limit rate_limit: invalid value (key)"},
		{"a", 0, time.Second, "limit rate_limit: invalid value (limit)"},
		{"a", -1, time.Second, "limit rate_limit: invalid value (limit)"},
		{"a", 1, 0, "limit rate_limit: invalid value (window)"},
		{"a", 1, -time.Second, "limit rate_limit: invalid value (window)"},
		{"a", 1, time.Millisecond - 1, "limit rate_limit: invalid value (window)"},
	} {
		got, err := store.RateLimit(t.Context(), c.key, c.limit, c.window)
		wantError(t, err, gen.ErrInvalid, c.want)
		if got != (gen.RateLimitResult{}) {
			t.Errorf("%q: %+v besides the error", c.key, got)
		}
	}
	var rows int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM rate_limit").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// What a transaction counted goes with it.
func TestRateLimitInTx(t *testing.T) {
	store, _ := open(t)
	err := store.InTx(t.Context(), func(tx *gen.Store) error {
		if !must(tx.RateLimit(t.Context(), "a", 1, time.Hour)).Allowed || must(tx.RateLimit(t.Context(), "a", 1, time.Hour)).Allowed {
			t.Error("not one of two is allowed")
		}
		return errMine
	})
	if !errors.Is(err, errMine) {
		t.Fatal(err)
	}
	if !must(store.RateLimit(t.Context(), "a", 1, time.Hour)).Allowed {
		t.Error("what was rolled back counts")
	}
}

// Callers whose clocks differ by less than a window share one, whoever of them
// comes first.
func TestRateLimitOfClocksApart(t *testing.T) {
	var asked atomic.Int64
	store, _ := open(t, gen.WithClock(func() time.Time { return clock.Add(time.Duration(asked.Add(1)*7919%3600) * time.Second) }))
	askAtOnce(t, store, func(got gen.RateLimitResult) {
		if got.RetryAfter < 0 || got.RetryAfter > 2*time.Hour {
			t.Errorf("retry after %v", got.RetryAfter)
		}
	})
}

// However many ask at once, a window allows no more than the limit.
func TestRateLimitConcurrently(t *testing.T) {
	store, _ := open(t)
	askAtOnce(t, store, func(gen.RateLimitResult) {})
}

// askAtOnce has several callers ask within one window, and checks how many are
// allowed in all. What each is told goes to look.
func askAtOnce(t *testing.T, store *gen.Store, look func(gen.RateLimitResult)) {
	t.Helper()
	const callers, calls, limit = 8, 50, 100
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range calls {
				got, err := store.RateLimit(t.Context(), "a", limit, time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				if got.Allowed {
					allowed.Add(1)
				}
				look(got)
			}
		})
	}
	all.Wait()
	if n := allowed.Load(); n != limit {
		t.Errorf("%d requests were allowed, want %d", n, limit)
	}
}
