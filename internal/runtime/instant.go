package runtime

import (
	"errors"
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

// orDefault is optional for a value whose zero asks for the column's default.
func orDefault[V comparable](bind func(V) any, v V) any {
	var zero V
	if v == zero {
		return nil
	}
	return bind(v)
}

// unixTime scans seconds since 1970.
type unixTime struct{ to *time.Time }

func (u unixTime) Scan(src any) error { return scanInstant(u.to, src, fromUnix) }

// nullUnixTime is unixTime for a column that may be NULL.
type nullUnixTime struct{ to **time.Time }

func (n nullUnixTime) Scan(src any) error { return scanNullInstant(n.to, src, fromUnix) }

// unixMilliTime scans milliseconds since 1970.
type unixMilliTime struct{ to *time.Time }

func (u unixMilliTime) Scan(src any) error { return scanInstant(u.to, src, time.UnixMilli) }

// nullUnixMilliTime is unixMilliTime for a column that may be NULL.
type nullUnixMilliTime struct{ to **time.Time }

func (n nullUnixMilliTime) Scan(src any) error { return scanNullInstant(n.to, src, time.UnixMilli) }

// isoTime scans text.
type isoTime struct{ to *time.Time }

func (i isoTime) Scan(src any) error { return scanInstant(i.to, src, nil) }

// nullISOTime is isoTime for a column that may be NULL.
type nullISOTime struct{ to **time.Time }

func (n nullISOTime) Scan(src any) error { return scanNullInstant(n.to, src, nil) }

func fromUnix(n int64) time.Time { return time.Unix(n, 0) }

func scanNullInstant(to **time.Time, src any, fromInteger func(int64) time.Time) error {
	*to = nil
	if src == nil {
		return nil
	}
	value := new(time.Time)
	*to = value
	return scanInstant(value, src, fromInteger)
}

// scanInstant sets an instant from what the driver read. Some drivers parse
// columns declared TIMESTAMP or DATETIME themselves, and yield the zero time
// for a text that they cannot read.
func scanInstant(to *time.Time, src any, fromInteger func(int64) time.Time) error {
	switch src := src.(type) {
	case time.Time:
		if src.IsZero() && fromInteger == nil {
			return errors.New("unreadable instant")
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
	return fmt.Errorf("unreadable instant of type %T", src)
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
	return fmt.Errorf("unreadable instant in a text of %d bytes", len(text))
}
