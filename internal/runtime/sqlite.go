package runtime

import (
	"strconv"
	"strings"
	"unicode"
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

const checkFailed = "CHECK constraint failed: "

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
		{checkFailed, ErrInvalid},
		{"datatype mismatch", ErrInvalid},
	} {
		if _, detail, found := strings.Cut(message, v.text); found {
			switch v.text {
			case "FOREIGN KEY constraint failed":
				return v.kind, ""
			case checkFailed:
				return v.kind, checkedColumn(detail)
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

// checkedColumn returns what a violated CHECK is about: its name or, where it
// has none, the column that its expression begins with; "" for another one.
func checkedColumn(detail string) string {
	end := strings.IndexFunc(detail, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return detail
	}
	word := detail[:end]
	switch strings.ToUpper(word) {
	case "NOT", "CASE", "EXISTS", "CAST":
		return ""
	}
	if detail[end] == '(' || strings.IndexFunc(word, unicode.IsDigit) == 0 {
		return ""
	}
	return word
}
