package atlas

import (
	"fmt"

	"ariga.io/atlas/sql/sqlite"
)

// CheckSplit returns an error when Atlas would split the text of a migration
// into other statements than SQLite does, as it does at a semicolon inside
// [brackets]: count is the number of them.
func CheckSplit(text string, count int) error {
	statements, err := new(sqlite.Driver).ScanStmts(text)
	if err != nil {
		return fmt.Errorf("Atlas cannot read the statements: %w", err) //nolint:staticcheck // a name
	}
	if len(statements) != count {
		return fmt.Errorf("Atlas reads %d statements where SQLite reads %d; is there a semicolon in a name in brackets?", len(statements), count) //nolint:staticcheck // a name
	}
	return nil
}
