package runtime

import (
	"strconv"
	"strings"
	"unicode"
)

// placeholder returns the nth parameter of a statement, from 1.
func placeholder(n int) string { return "?" + strconv.Itoa(n) }

func appendPlaceholder(to []byte, n int) []byte {
	return strconv.AppendInt(append(to, '?'), int64(n), 10)
}

// placeholders returns the first n parameters of a statement.
func placeholders(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = placeholder(i + 1)
	}
	return strings.Join(list, ", ")
}

// memberOfList returns the test that a column's value is in a JSON list,
// which travels as one parameter whatever its length.
func memberOfList(column, parameter string) string {
	return column + " IN (SELECT value FROM " + listed(parameter) + ")"
}

// listed returns the elements of a JSON list as rows, with the columns key
// and value.
func listed(parameter string) string { return "json_each(" + parameter + ")" }

// elementOf returns the ith element of a JSON array.
func elementOf(array string, i int) string { return array + " ->> " + strconv.Itoa(i) }

// contains returns the test that a column's text has a part. It compares
// bytes, so that upper and lower case differ and no character is special.
func contains(column, parameter string) string {
	return "instr(" + column + ", " + parameter + ") > 0"
}

// startsWith is contains at the beginning of the text.
func startsWith(column, parameter string) string {
	return "instr(" + column + ", " + parameter + ") = 1"
}

// stored returns the value of a column as stored, whatever its declared type.
func stored(column string) string { return "+" + column }

// jsonArray returns a JSON array of values.
func jsonArray(values []string) string { return "json_array(" + strings.Join(values, ", ") + ")" }

// maxJSON is how many values jsonArray takes.
const maxJSON = 100

// asText returns text as it is, and the bytes of a BLOB as text: json_array
// would take some BLOBs for JSON in the database's binary form.
func asText(column string) string { return "CAST(" + column + " AS TEXT)" }

// unlessBlob makes JSON fail where a column of text holds a BLOB.
func unlessBlob(column string) string {
	return "iif(typeof(" + column + ") = 'blob', x'', " + column + ")"
}

// hexadecimal returns a BLOB as text, which JSON can hold.
func hexadecimal(column string) string {
	return "CASE WHEN " + column + " IS NOT NULL THEN hex(" + column + ") END"
}

// ofHexadecimal returns the BLOB of such a text.
func ofHexadecimal(text string) string { return "unhex(" + text + ")" }

// All rows as one value: their JSON arrays, which stand in between, one after
// the other; NULL without rows.
const (
	aggregate  = "group_concat("
	aggregated = ", '')"
)

// What the database says when JSON cannot carry a result.
const (
	blobInJSON = "JSON cannot hold BLOB values"
	tooBig     = "string or blob too big"
)

// unlimited is the LIMIT that goes with an OFFSET alone.
const unlimited = "-1"

// deferKeys puts off the check of foreign keys until the transaction commits.
// It is not taken back before: that would forget what is wrong by then.
const deferKeys = "PRAGMA defer_foreign_keys = ON"

// The old and the new ids of rows that are cloned, by table. They are on disk
// where they are many.
const (
	createIDs = "CREATE TEMP TABLE rowhouse_id (owner INTEGER NOT NULL, old NOT NULL, new NOT NULL, PRIMARY KEY (owner, old)) WITHOUT ROWID"
	insertID  = "INSERT INTO temp.rowhouse_id (owner, old, new) VALUES (?1, ?2, ?3)"
	selectID  = "SELECT new FROM temp.rowhouse_id WHERE owner = ?1 AND old = ?2"
	dropIDs   = "DROP TABLE temp.rowhouse_id"
)

// highest returns the statement that yields the highest number in a column; 0
// without one.
func highest(table, column string) string {
	return "SELECT coalesce(max(" + column + "), 0) FROM " + table + " WHERE typeof(" + column + ") = 'integer'"
}

// An AUTOINCREMENT table gives no number out again. What it has given out the
// database remembers, once there is such a table.
const (
	hasNumbers = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
	lastNumber = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE"
)

// insertOrFail returns the statement that adds a row, and that fails for each
// conflict, whatever the table declares to be done about it.
func insertOrFail(table string, columns []string) string {
	return "INSERT OR ABORT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + placeholders(len(columns)) + ")"
}

// writeLock returns the statement by which a transaction takes the lock that
// only one of them has. It changes nothing.
func writeLock(table string) string { return "DELETE FROM " + quoted(table) + " WHERE FALSE" }

// quoted returns a name that statements take for nothing else.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// realQuery yields how JSON spells a floating-point number of 17 digits; before
// version 3.51 or so it has 15.
const (
	realQuery = "SELECT json_array(0.1 + 0.2)"
	exactReal = "[0.30000000000000004]"
)

// foreignKeysQuery yields 1 when the connection enforces foreign keys.
const foreignKeysQuery = `PRAGMA foreign_keys`

// columnsQuery yields the name of every table, and those of its columns behind
// that and a dot.
const columnsQuery = `
SELECT name
FROM sqlite_master
WHERE type = 'table'
UNION ALL
SELECT t.name || '.' || c.name
FROM sqlite_master AS t
JOIN pragma_table_xinfo(t.name) AS c
WHERE t.type = 'table'`

// triggersQuery yields the name of every trigger.
const triggersQuery = `SELECT name FROM sqlite_master WHERE type = 'trigger'`

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
