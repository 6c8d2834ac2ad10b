package plan

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// dialect is how a database spells what generated statements need. It is
// the one place of this package that knows SQLite; the runtime's sqlite.go
// is its other half.
type dialect struct {
	placeholder func(n int) string // the nth parameter, from 1
	quote       func(name string) string
	affinity    func(declared string) sqlite.Affinity
	stored      func(column string) string // the value as stored, whatever the column's declared type
}

var sqliteDialect = dialect{
	placeholder: func(n int) string { return "?" + strconv.Itoa(n) },
	quote:       sqliteQuote,
	affinity:    sqlite.AffinityOf,
	stored:      func(column string) string { return "+" + column },
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// sqliteQuote quotes a name where it needs quotes.
func sqliteQuote(name string) string {
	if plainName.MatchString(name) && token.IsPlainID(token.Lookup(name)) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
