package plan

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
)

// Which tables Store.RateLimit counts in.
func TestRateLimit(t *testing.T) {
	const columns = `"key" TEXT NOT NULL UNIQUE, count INTEGER NOT NULL, last_request INTEGER NOT NULL`
	for _, c := range []struct {
		name, global, schema string
		encoding             config.TimeEncoding
		want                 string // how instants are stored; "" where nothing is planned
	}{
		{"with an id", "rate_limit", "CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, " + columns + ")", "", "bindUnixMilli"},
		{"with a number", "rate_limit", "CREATE TABLE rate_limit (id INTEGER PRIMARY KEY, " + columns + ")", "", "bindUnixMilli"},
		{"by its key", "rate_limit", `CREATE TABLE rate_limit ("key" TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL, last_request INTEGER)`, "", "bindUnixMilli"},
		{"seconds", "rate_limit", "CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, " + columns + ")", config.TimeUnix, "bindUnix"},
		{"more columns", "rate_limit", "CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, " + columns + ", note TEXT, n INTEGER NOT NULL DEFAULT 0)", "", "bindUnixMilli"},

		{"no such table", "rate_limits", "CREATE TABLE rate_limits (id TEXT NOT NULL PRIMARY KEY, " + columns + ")", "", ""},
		{"a key that is not unique", "rate_limit", `CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, "key" TEXT, count INTEGER NOT NULL, last_request INTEGER)`, "", ""},
		{"a key that is unique with another", "rate_limit", `CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, "key" TEXT, count INTEGER NOT NULL, last_request INTEGER, UNIQUE ("key", count))`, "", ""},
		{"a missing column", "rate_limit", `CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, "key" TEXT UNIQUE, count INTEGER NOT NULL)`, "", ""},
		{"a column that needs a value", "rate_limit", "CREATE TABLE rate_limit (id TEXT NOT NULL PRIMARY KEY, " + columns + ", path TEXT NOT NULL)", "", ""},
		{"a tenant's", "", "CREATE TABLE rate_limit (" + tenantOwned + ", id TEXT NOT NULL PRIMARY KEY, " + columns + ")", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := planOf(t, c.schema, func(o *config.Options) {
				if c.global != "" {
					o.GlobalTables = []string{c.global}
				}
				if c.encoding != "" {
					o.Columns = map[string]config.ColumnOptions{"rate_limit.last_request": {Time: c.encoding}}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if p.RateLimit != nil {
				got = p.RateLimit.Time.Bind
			}
			if got != c.want {
				t.Errorf("instants by %q, want %q", got, c.want)
			}
		})
	}
}
