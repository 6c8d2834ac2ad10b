package rows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// shownRows is how many of the rows that break a constraint are named.
const shownRows = 5

// named names the first rows of a table for which a condition holds, by their
// key: ": id 1, 2, 3". In the condition the table may be called child.
func (p *Present) named(ctx context.Context, t *model.Table, condition string, count int, args ...any) (string, error) {
	label, value := keyOf(t)
	return firstRows(ctx, p.DB, label, fmt.Sprintf("SELECT %s FROM %s AS child WHERE %s", value, sqltext.Quote(t.Name), condition), count, args...)
}

// keyOf returns what the rows of a table, called child, are named by: the
// columns of its key, and SQL of their values.
func keyOf(t *model.Table) (label, value string) {
	names := t.PrimaryKey
	if len(names) == 0 {
		names = []string{rowidOf(t)}
	}
	const longestKey = 60 // a key may be any text
	var values []string
	for _, name := range names {
		values = append(values, fmt.Sprintf("substr(quote(child.%s), 1, %d)", sqltext.Quote(name), longestKey))
	}
	label, value = sqltext.QuoteAll(names), strings.Join(values, " || ', ' || ")
	if len(names) > 1 {
		label, value = "("+label+")", "'(' || "+value+" || ')'"
	}
	return label, value
}

// firstRows names the first rows of a query for their names.
func firstRows(ctx context.Context, db *database.DB, label, query string, count int, args ...any) (string, error) {
	var rows []string
	err := db.Query(ctx, func(scan func(...any) error) error {
		var row string
		err := scan(&row)
		rows = append(rows, row)
		return err
	}, fmt.Sprintf("%s LIMIT %d", query, shownRows), args...)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	if count > len(rows) {
		rows = append(rows, "…")
	}
	return ": " + label + " " + strings.Join(rows, ", "), nil
}

// rowidOf returns a name of a table's hidden number.
func rowidOf(t *model.Table) string {
	names := []string{"rowid", "_rowid_", "oid"}
	return names[max(0, slices.IndexFunc(names, func(name string) bool { return t.Column(name) == nil }))]
}
