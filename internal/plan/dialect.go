package plan

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/token"
)

// dialect is how a database spells what generated statements need. It is
// the one place of this package that knows SQLite; the runtime's sqlite.go
// is its other half.
type dialect struct {
	placeholder func(n int) string // the nth parameter, from 1
	quote       func(name string) string
	affinity    func(declared string) affinity
	stored      func(column string) string // the value as stored, whatever the column's declared type
}

// affinity is the storage that a declared type asks for.
type affinity int

const (
	affinityBlob affinity = iota
	affinityText
	affinityInteger
	affinityReal
	affinityNumeric
)

var sqlite = dialect{
	placeholder: func(n int) string { return "?" + strconv.Itoa(n) },
	quote:       sqliteQuote,
	affinity:    sqliteAffinity,
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

// sqliteAffinity follows https://www.sqlite.org/datatype3.html#determination_of_column_affinity.
func sqliteAffinity(declared string) affinity {
	declared = strings.ToUpper(declared)
	has := func(part string) bool { return strings.Contains(declared, part) }
	switch {
	case has("INT"):
		return affinityInteger
	case has("CHAR"), has("CLOB"), has("TEXT"):
		return affinityText
	case has("BLOB"), declared == "":
		return affinityBlob
	case has("REAL"), has("FLOA"), has("DOUB"):
		return affinityReal
	}
	return affinityNumeric
}
