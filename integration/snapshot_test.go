package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"

	_ "github.com/mattn/go-sqlite3"
)

// A snapshot is all that a database holds, but for what tools keep there for
// themselves.
type snapshot struct {
	Objects   map[string]string // "table product" → its SQL, normalised
	Tables    map[string][]row
	Sequences map[string]int64 // of sqlite_sequence
}

// A row has its values as SQL literals, by column.
type row map[string]string

// bookkeeping are the tables in which tools note what they have run.
var bookkeeping = []string{"d1_migrations", "goose_db_version", "schema_migrations"}

// openSQLite opens a file, or a new database in memory, with foreign keys on.
func openSQLite(name string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", name+"?_foreign_keys=on")
	if err != nil {
		return nil, err
	}
	// Every connection to :memory: is a database of its own.
	db.SetMaxOpenConns(1)
	return db, nil
}

// inFile runs f on the database of a tool.
func inFile(t tool, f func(*sql.DB) error) (err error) {
	name, err := t.Database()
	if err != nil {
		return err
	}
	db, err := openSQLite(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(db)
}

// takeSnapshot reads everything. A database that breaks its own rules is an
// error.
func takeSnapshot(ctx context.Context, db *sql.DB) (*snapshot, error) {
	s := &snapshot{Objects: map[string]string{}, Tables: map[string][]row{}, Sequences: map[string]int64{}}
	var broken []string
	for _, pragma := range []string{"foreign_key_check", "integrity_check"} {
		found, err := texts(ctx, db, "SELECT * FROM pragma_"+pragma)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f[0] != "ok" {
				broken = append(broken, fmt.Sprint(pragma, ": ", f))
			}
		}
	}
	if broken != nil {
		return nil, errors.New(strings.Join(broken, "\n"))
	}

	// Names with _cf are D1's, and shadows the insides of virtual tables.
	objects, err := texts(ctx, db, `SELECT type, name, sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_cf%' ESCAPE '\'
		AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
		AND tbl_name NOT IN ('`+strings.Join(bookkeeping, "', '")+`')`)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		kind, name := o[0], o[1]
		s.Objects[kind+" "+name] = normalised(o[2])
		if kind != "table" {
			continue
		}
		if s.Tables[name], err = readRows(ctx, db, name); err != nil {
			return nil, err
		}
		if strings.Contains(s.Objects["table "+name], " autoincrement ") {
			row := db.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", name)
			var seq int64
			if err := row.Scan(&seq); err != nil {
				return nil, err
			}
			s.Sequences[name] = seq
		}
	}
	return s, nil
}

func readRows(ctx context.Context, db *sql.DB, table string) ([]row, error) {
	columns, err := texts(ctx, db, "SELECT name FROM pragma_table_xinfo("+quoteText(table)+")")
	if err != nil {
		return nil, err
	}
	var values []string
	for _, c := range columns {
		values = append(values, "quote("+quoteName(c[0])+")")
	}
	found, err := texts(ctx, db, "SELECT "+strings.Join(values, ", ")+" FROM "+quoteName(table))
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(found))
	for i, f := range found {
		rows[i] = row{}
		for j, c := range columns {
			rows[i][c[0]] = f[j]
		}
	}
	return rows, nil
}

// texts returns what a query finds as texts.
func texts(ctx context.Context, db *sql.DB, query string) (found [][]string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		pointers := make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		line := make([]string, len(columns))
		for i, v := range values {
			line[i] = v.String
		}
		found = append(found, line)
	}
	return found, rows.Err()
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// normalised returns SQL as its tokens, with a space around each: without
// comments, which wrangler removes, and without the quotes around names, which
// ALTER TABLE adds.
func normalised(sql string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for sql != "" {
		token := sql[:tokenLength(sql)]
		sql = sql[len(token):]
		switch token[0] {
		case ' ', '\t', '\r', '\n':
			continue
		case '"', '`', '[':
			token = strings.ToLower(token[1 : len(token)-1])
		case '\'':
		default:
			if strings.HasPrefix(token, "--") || strings.HasPrefix(token, "/*") {
				continue
			}
			token = strings.ToLower(token)
		}
		b.WriteString(token + " ")
	}
	return b.String()
}

// tokenLength returns the length of the first token of a text, where all that
// is no name, number, string or comment is a token of one byte.
func tokenLength(sql string) int {
	until := func(end string, from int) int {
		if i := strings.Index(sql[from:], end); i >= 0 {
			return from + i + len(end)
		}
		return len(sql)
	}
	switch {
	case strings.HasPrefix(sql, "--"):
		return until("\n", 0)
	case strings.HasPrefix(sql, "/*"):
		return until("*/", 2)
	case sql[0] == '[':
		return until("]", 1)
	case strings.ContainsRune("'\"`", rune(sql[0])):
		return until(sql[:1], 1)
	}
	word := strings.IndexFunc(sql, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$'
	})
	switch word {
	case -1:
		return len(sql)
	case 0:
		return 1
	}
	return word
}
