// Package rows finds the rows of a database that break a constraint: one that
// their table has now (Present), or one that it would have in another schema
// (Prospect). Drift reports them, and push when a plan fails on them.
package rows

import (
	"fmt"
	"strings"

	"github.com/rowhouse/rowhouse/internal/migrate/plan"
)

// Breach is a constraint that does not hold for rows of a database.
type Breach struct {
	constraint

	count int
	rows  string // the first of them, as named has it
}

// String says what does not hold, and for which rows.
func (b Breach) String() string {
	return fmt.Sprintf("%s does not hold for %s%s", b.text, counted(b.count), b.rows)
}

// IsReference reports whether it is a foreign key.
func (b Breach) IsReference() bool { return strings.HasPrefix(b.text, ofReference) }

// ofReference begins the text of a foreign key.
const ofReference = "foreign key "

// constraint is what a table requires of its rows.
type constraint struct {
	text   string          // as "UNIQUE (a, b) of table t"
	Part   plan.Difference // the part of the schema that says so
	broken string          // SQL that is true for a row that breaks it
	same   []string        // of UNIQUE, SQL of the values that make a row unique; broken says of which rows then
	IsNew  bool            // the table did not have it before
}

// counted writes "1 row", "2 rows".
func counted(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
