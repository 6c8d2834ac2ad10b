package plan

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// dialect is how a database spells what generated statements need. It is
// the one place of this package that knows SQLite; the runtime's sqlite.go
// is its other half.
type dialect struct {
	placeholder func(n int) string // the nth parameter, from 1
	quote       func(name string) string
	stored      func(column string) string // the value as stored, whatever the column is declared
	affinity    func(declared string) sqlite.Affinity
	list        func(parameter string) string    // the elements of a JSON list as rows with the column value
	element     func(array string, i int) string // of a JSON array
	pairs       func(a, b string) string         // of all rows, as one JSON list
	isText      func(value string) string        // whether a value is text
	isListed    func(list, value string) string  // whether a value is in a list with commas
	rowid       func(t *model.Table) string      // the column that finds a row fastest; "" without one
}

var sqliteDialect = dialect{
	placeholder: func(n int) string { return "?" + strconv.Itoa(n) },
	quote:       sqliteQuote,
	affinity:    sqlite.AffinityOf,
	stored:      func(column string) string { return "+" + column },
	list:        func(parameter string) string { return "json_each(" + parameter + ")" },
	element:     func(array string, i int) string { return array + " ->> " + strconv.Itoa(i) },
	pairs:       func(a, b string) string { return "json_group_array(json_array(" + a + ", " + b + "))" },
	isText:      func(value string) string { return "typeof(" + value + ") = 'text'" },
	isListed: func(list, value string) string {
		return "instr(',' || " + list + " || ',', ',' || " + value + " || ',')"
	},
	rowid: sqliteRowid,
}

// sqliteRowid returns the name of the rowid that no column hides.
func sqliteRowid(t *model.Table) string {
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !t.WithoutRowid && t.Column(name) == nil {
			return name
		}
	}
	return ""
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// sqliteQuote quotes a name where it needs quotes.
func sqliteQuote(name string) string {
	if plainName.MatchString(name) && token.IsPlainID(token.Lookup(name)) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
