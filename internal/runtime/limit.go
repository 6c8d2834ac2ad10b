package runtime

import (
	"context"
	"time"
)

// limiter is what the generated code knows of the table that counts requests.
type limiter struct {
	table string                  // as in the schema
	id    bool                    // a row has a key of its own, to be made
	unit  time.Duration           // in which the table stores instants
	bind  func(time.Time) any     // an instant, as stored
	field func(to *time.Time) any // the way back

	// The statement that counts, and yields the count and when the window began.
	// Its parameters are the key, now, the latest beginning of a window that is
	// over by now, the limit, the latest beginning of a window that goes on, and
	// the row's key where it has one.
	sql string
}

// allowance is what became of a request. The generated package has it under a
// name of its own.
type allowance struct {
	Allowed    bool
	Remaining  int
	RetryAfter time.Duration
}

// count counts a request of a key, at most limit of them in a window. Returns
// ErrInvalid for an empty key, a limit below 1 or a window below a millisecond.
//
// A window begins at its first request, rounded up to the unit, so that it
// never ends early. What is refused counts once, as limit + 1.
//
// Others may have begun a window after the caller looked at its clock, and that
// goes on. But one that begins a whole window later was begun by a clock that
// has been set back since: it is over, or nothing would be allowed until then.
func (l *limiter) count(ctx context.Context, db *database, key string, limit int, window time.Duration) (allowance, error) {
	const op = "limit"
	s := &session{db: db}
	if err := s.check(op, l.table); err != nil {
		return allowance{}, err
	}
	if wrong := wrongLimit(key, limit, window); wrong != "" {
		return allowance{}, invalid(op, l.table, wrong)
	}
	now := s.now()
	args := []any{key, l.bind(l.roundedUp(now)), l.bind(now.Add(-window)), int64(limit), l.bind(l.roundedUp(now.Add(window)))}
	if l.id {
		args = append(args, newKey(s.keyTime(now)))
	}
	var counted int64
	var stored any
	err := s.asNobody(ctx, func(s *session) error { return s.db.scan(ctx, l.sql, args, []any{&counted, &stored}) })
	if err != nil {
		return allowance{}, failed(op, l.table, err)
	}
	if counted <= int64(limit) {
		return allowance{Allowed: true, Remaining: limit - int(counted)}, nil
	}
	var began time.Time
	if err := l.field(&began).(instantField).assign(stored, 1); err != nil { //nolint:forcetypeassert // plan takes instants alone
		return allowance{}, failed(op, l.table, err)
	}
	return allowance{RetryAfter: began.Add(window).Sub(now)}, nil
}

// roundedUp is the first instant that the table can store and is not before t.
func (l *limiter) roundedUp(t time.Time) time.Time { return t.Add(l.unit - 1).Truncate(l.unit) }

// wrongLimit names the argument that limits nothing; "" without one.
func wrongLimit(key string, limit int, window time.Duration) string {
	switch {
	case key == "":
		return "key"
	case limit < 1:
		return "limit"
	case window < time.Millisecond:
		return "window"
	}
	return ""
}
