package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// RateLimit is the table in which Better Auth counts requests, for programs
// that count theirs there too.
type RateLimit struct {
	Table     *Table
	Result    string // RateLimitResult
	Var       string // rateLimiter: the variable of the runtime's limiter
	Time      Type   // of instants in the table
	Seconds   bool   // which are whole seconds, rather than milliseconds
	ID        bool   // the statement takes a key for the row
	Statement string
}

// The table of Better Auth, and its columns.
const (
	limitTable   = "rate_limit"
	limitKey     = "key"
	limitCount   = "count"
	limitRequest = "last_request"
)

// planRateLimit plans Store.RateLimit; nil for a schema without Better Auth's
// table, and for a table that needs more than Better Auth writes.
func (p *planner) planRateLimit() *RateLimit {
	t := p.tables[p.Schema.Table(limitTable)]
	if t == nil || t.Class.Kind != tenancy.Global {
		return nil
	}
	key, count, request := t.column(limitKey), t.column(limitCount), t.column(limitRequest)
	if key == nil || !isText(key.Type) || !t.conflictsOn(key) ||
		count == nil || count.Type.Bind != "bindInteger" || count.Nullable || request == nil {
		return nil
	}
	written := []*Column{key, count, request}
	id := t.NewKey
	if id != nil && id != key && isText(id.Type) {
		written = append(written, id)
	}
	instants, ok := limitTime(request)
	if !ok || slices.ContainsFunc(t.Columns, func(c *Column) bool { return c.required() && c != id && !slices.Contains(written, c) }) {
		return nil
	}
	return &RateLimit{
		Table: t, Time: instants, Seconds: instants == instantType(config.TimeUnix), ID: len(written) == 4, //nolint:mnd // with id
		Result: p.names.fresh("RateLimitResult", "the result of Store.RateLimit"), Var: p.names.fresh("rateLimiter", "Store.RateLimit"),
		Statement: p.countRequest(t, written),
	}
}

// limitTime is how a column holds instants: as the options say, and otherwise
// as Better Auth does, in milliseconds.
func limitTime(c *Column) (Type, bool) {
	if c.Type.Bind == "bindInteger" {
		return instantType(config.TimeUnixMilli), true
	}
	return c.Type, c.Type.Package == "time"
}

// conflictsOn reports whether a column alone is a key that an upsert may
// conflict on.
func (t *Table) conflictsOn(c *Column) bool {
	return slices.ContainsFunc(t.Statements.Unique, func(u Unique) bool { return u.Where == "" && slices.Equal(u.Columns, []*Column{c}) })
}

// required reports whether a new row must have a value of the column.
func (c *Column) required() bool { return !c.Nullable && c.Default == "" && c.Job != Generated }

// countRequest counts a request of key ?1 at ?2. The window goes on if it
// began after ?3, and not after ?5; of the requests beyond limit ?4 only the
// first is counted. The columns are the key, the count, the window's beginning,
// and the id, ?6.
func (p *planner) countRequest(t *Table, columns []*Column) string {
	names, values := make([]string, len(columns)), []string{p.dialect.placeholder(1), "1", p.dialect.placeholder(2)}
	for i, c := range columns {
		names[i] = c.SQL
	}
	if len(columns) > len(values) {
		values = append(values, p.dialect.placeholder(6)) //nolint:mnd // the sixth
	}
	key, count, began := names[0], names[1], names[2]
	read := began
	if columns[2].AsStored {
		read = p.dialect.stored(began)
	}
	goesOn := fmt.Sprintf("%[1]s > %[2]s AND %[1]s <= %[3]s", began, p.dialect.placeholder(3), p.dialect.placeholder(5)) //nolint:mnd // the fifth
	return fmt.Sprintf("\nINSERT INTO %s (%s)\nVALUES (%s)\nON CONFLICT (%s) DO UPDATE SET", t.SQL, strings.Join(names, ", "), strings.Join(values, ", "), key) +
		fmt.Sprintf("\n  %[1]s = CASE WHEN %[2]s THEN %[1]s + (%[1]s <= %[3]s) ELSE 1 END,", count, goesOn, p.dialect.placeholder(4)) +
		fmt.Sprintf("\n  %[1]s = CASE WHEN %[2]s THEN %[1]s ELSE %[3]s END", began, goesOn, p.dialect.placeholder(2)) +
		"\nRETURNING " + count + ", " + read
}
