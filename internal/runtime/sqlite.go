package runtime

import (
	"strconv"
	"strings"
)

// placeholder returns the nth parameter of a statement, from 1.
func placeholder(n int) string { return "?" + strconv.Itoa(n) }

// memberOfList returns the test that a column's value is in a JSON list,
// which travels as one parameter whatever its length.
func memberOfList(column, parameter string) string {
	return column + " IN (SELECT value FROM json_each(" + parameter + "))"
}

// contains returns the test that a column's text has a part. It compares
// bytes, so that upper and lower case differ and no character is special.
func contains(column, parameter string) string {
	return "instr(" + column + ", " + parameter + ") > 0"
}

// startsWith is contains at the beginning of the text.
func startsWith(column, parameter string) string {
	return "instr(" + column + ", " + parameter + ") = 1"
}

// unlimited is the LIMIT that goes with an OFFSET alone.
const unlimited = "-1"

// foreignKeysQuery yields 1 when the connection enforces foreign keys.
const foreignKeysQuery = `PRAGMA foreign_keys`

// columnsQuery yields the table and the name of every column.
const columnsQuery = `
SELECT t.name, c.name
FROM sqlite_master AS t
JOIN pragma_table_xinfo(t.name) AS c
WHERE t.type = 'table'`

// violation tells from a driver's message which constraint was violated and
// which columns are to blame. All drivers pass on SQLite's own text.
func violation(message string) (kind error, column string) {
	for _, v := range []struct {
		text string
		kind error
	}{
		{"UNIQUE constraint failed: ", ErrConflict},
		{"FOREIGN KEY constraint failed", ErrReference},
		{"NOT NULL constraint failed: ", ErrInvalid},
		{"CHECK constraint failed: ", ErrInvalid},
		{"datatype mismatch", ErrInvalid},
	} {
		if _, detail, found := strings.Cut(message, v.text); found {
			if v.kind == ErrReference {
				detail = ""
			}
			return v.kind, columnOf(detail)
		}
	}
	if _, detail, found := strings.Cut(message, " value in "); found && strings.Contains(message, "cannot store ") {
		if _, column, found := strings.Cut(detail, " column "); found {
			return ErrInvalid, columnOf(column) // STRICT tables
		}
	}
	return nil, ""
}
