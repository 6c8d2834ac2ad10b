package runtime

import (
	"fmt"
	"time"
)

// An instant is a time.Time in UTC, stored in one of three encodings. An
// instant that cannot be read is an error, never the zero time: an expiry
// must not read as "no expiry".

// isoMilli is the text encoding: ISO 8601 in UTC with milliseconds, of fixed
// length, so that text order is time order.
const isoMilli = "2006-01-02T15:04:05.000Z"

func bindUnix(t time.Time) any      { return t.Unix() }
func bindUnixMilli(t time.Time) any { return t.UnixMilli() }
func bindISO(t time.Time) any       { return t.UTC().Format(isoMilli) }

// optional applies an encoding to a value that may be missing.
func optional[V any](bind func(V) any, v *V) any {
	if v == nil {
		return nil
	}
	return bind(*v)
}

// instantField is a field that holds an instant, or NULL.
type instantField interface {
	assign(src any, rows int) error
	value() any
	isZero() bool
	forget()
}

// unixTime holds seconds since 1970.
type unixTime struct{ to *time.Time }

func (u unixTime) assign(src any, _ int) error { return setInstant(u.to, src, fromUnix) }
func (u unixTime) value() any                  { return bindUnix(*u.to) }
func (u unixTime) isZero() bool                { return u.to.IsZero() }
func (unixTime) forget()                       {}

// unixMilliTime holds milliseconds since 1970.
type unixMilliTime struct{ to *time.Time }

func (u unixMilliTime) assign(src any, _ int) error { return setInstant(u.to, src, time.UnixMilli) }
func (u unixMilliTime) value() any                  { return bindUnixMilli(*u.to) }
func (u unixMilliTime) isZero() bool                { return u.to.IsZero() }
func (unixMilliTime) forget()                       {}

// isoTime holds text.
type isoTime struct{ to *time.Time }

func (i isoTime) assign(src any, _ int) error { return setInstant(i.to, src, nil) }
func (i isoTime) value() any                  { return bindISO(*i.to) }
func (i isoTime) isZero() bool                { return i.to.IsZero() }
func (isoTime) forget()                       {}

// nullTime is an instant that may be NULL.
type nullTime struct {
	to   **time.Time
	bind func(time.Time) any
	from func(int64) time.Time // nil where it is stored as text
	free []time.Time
}

func unixField(to *time.Time) any      { return unixTime{to} }
func unixMilliField(to *time.Time) any { return unixMilliTime{to} }
func isoField(to *time.Time) any       { return isoTime{to} }

func unixOrNull(to **time.Time) any {
	return &nullTime{to: to, bind: bindUnix, from: fromUnix}
}

func unixMilliOrNull(to **time.Time) any {
	return &nullTime{to: to, bind: bindUnixMilli, from: time.UnixMilli}
}

func isoOrNull(to **time.Time) any {
	return &nullTime{to: to, bind: bindISO}
}

func (n *nullTime) assign(src any, rows int) error {
	*n.to = nil
	if src == nil {
		return nil
	}
	var t time.Time
	if err := setInstant(&t, src, n.from); err != nil {
		return err
	}
	*n.to = next(&n.free, t, rows)
	return nil
}

func (n *nullTime) value() any   { return optional(n.bind, *n.to) }
func (n *nullTime) isZero() bool { return *n.to == nil }
func (n *nullTime) forget()      { n.free = nil }

func fromUnix(n int64) time.Time { return time.Unix(n, 0) }

// setInstant sets an instant from what the driver read. Some drivers parse
// columns declared TIMESTAMP or DATETIME themselves, and yield the zero time
// for a text that they cannot read.
func setInstant(to *time.Time, src any, fromInteger func(int64) time.Time) error {
	switch src := src.(type) {
	case time.Time:
		if src.IsZero() && fromInteger == nil {
			return fmt.Errorf("%w: unreadable instant", errUnreadable)
		}
		*to = src.UTC()
		return nil
	case int64:
		if fromInteger != nil {
			*to = fromInteger(src).UTC()
			return nil
		}
	case string:
		return parseInstant(to, src, fromInteger)
	case []byte:
		return parseInstant(to, string(src), fromInteger)
	}
	return fmt.Errorf("%w: unreadable instant of type %T", errUnreadable, src)
}

// parseInstant reads the text encoding, and what CURRENT_TIMESTAMP writes.
func parseInstant(to *time.Time, text string, fromInteger func(int64) time.Time) error {
	if fromInteger == nil {
		for _, layout := range []string{time.RFC3339Nano, time.DateTime} {
			if t, err := time.Parse(layout, text); err == nil {
				*to = t.UTC()
				return nil
			}
		}
	}
	return fmt.Errorf("%w: unreadable instant in a text of %d bytes", errUnreadable, len(text))
}
