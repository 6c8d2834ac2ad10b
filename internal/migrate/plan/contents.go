package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// contents are the rows of the tables of a database, by folded names.
type contents map[string]*tableContents

// tableContents are the rows of one table: every value as a SQL literal, so
// that 1, 1.0 and '1' are three values.
type tableContents struct {
	table    *model.Table
	rows     []map[string]string // by folded column name
	sequence string              // of an AUTOINCREMENT table
}

// snapshot reads all rows of a database. It is meant for samples.
func snapshot(ctx context.Context, db *database.DB, schema *model.Schema) (contents, error) {
	all := contents{}
	for _, t := range schema.Tables {
		c := &tableContents{table: t}
		if err := c.read(ctx, db); err != nil {
			return nil, fmt.Errorf("read table %s: %w", t.Name, err)
		}
		all[model.Fold(t.Name)] = c
	}
	return all, nil
}

func (c *tableContents) read(ctx context.Context, db *database.DB) error {
	var names, values []string
	for _, column := range c.table.Columns {
		if !column.Hidden {
			names = append(names, model.Fold(column.Name))
			values = append(values, "quote("+sqltext.Quote(column.Name)+")")
		}
	}
	err := db.Query(ctx, func(scan func(...any) error) error {
		row := make([]string, len(names))
		into := make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := scan(into...); err != nil {
			return err
		}
		byName := map[string]string{}
		for i, name := range names {
			byName[name] = row[i]
		}
		c.rows = append(c.rows, byName)
		return nil
	}, "SELECT "+strings.Join(values, ", ")+" FROM "+sqltext.Quote(c.table.Name))
	if err != nil || !Autoincrement(c.table) {
		return err
	}
	return db.Query(ctx, func(scan func(...any) error) error { return scan(&c.sequence) },
		"SELECT seq FROM sqlite_sequence WHERE name = ?", c.table.Name)
}

// missing says what of before is not in after, but for what is a loss by
// intention. Values of a column that changes its type may change theirs.
func missing(before, after contents, renames Renames, losses []Loss) []string {
	newNames := map[string]string{}
	for to, from := range renames.Tables {
		newNames[model.Fold(from)] = to
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		old := before[name]
		if isLoss(losses, old.table.Name, "") || isDerived(old.table) {
			continue
		}
		newName, ok := newNames[name]
		if !ok {
			newName = name
		}
		now := after[newName]
		switch {
		case now == nil && len(old.rows) > 0:
			found = append(found, fmt.Sprintf("table %s with %d rows", old.table.Name, len(old.rows)))
		case now != nil:
			found = append(found, old.missingFrom(now, renames, losses)...)
		}
	}
	return found
}

func isLoss(losses []Loss, table, column string) bool {
	return slices.ContainsFunc(losses, func(l Loss) bool {
		return model.Fold(l.Table) == model.Fold(table) && (l.Column == "" || model.Fold(l.Column) == model.Fold(column) && column != "")
	})
}

// missingFrom compares the rows of a table, column by column where that says
// what is missing, and whole.
func (c *tableContents) missingFrom(now *tableContents, renames Renames, losses []Loss) []string {
	if len(now.rows) < len(c.rows) {
		return []string{fmt.Sprintf("%d of %d rows of table %s", len(c.rows)-len(now.rows), len(c.rows), c.table.Name)}
	}
	if c.sequence != "" && now.sequence != "" && c.sequence != now.sequence {
		return []string{fmt.Sprintf("the numbers given out by table %s: it had come to %s, and goes on from %s", c.table.Name, c.sequence, now.sequence)}
	}
	var found []string
	exact := map[string]string{} // names of columns that keep their values: before → after
	for _, column := range c.table.Columns {
		if column.Hidden || column.Generated || isLoss(losses, c.table.Name, column.Name) {
			continue
		}
		after := now.columnAfter(column.Name, renames)
		switch {
		case after == nil:
			found = append(found, fmt.Sprintf("column %s.%s", c.table.Name, column.Name))
		case model.Fold(after.Type) != model.Fold(column.Type) || now.table.Strict != c.table.Strict || after.NotNull && !column.NotNull:
			if n := c.count(column.Name) - now.count(after.Name); n > 0 {
				found = append(found, fmt.Sprintf("%d values of column %s.%s", n, c.table.Name, column.Name))
			}
		default:
			exact[model.Fold(column.Name)] = model.Fold(after.Name)
		}
	}
	if lost := lostRows(c.rows, now.rows, exact); len(found) == 0 && lost > 0 {
		found = append(found, fmt.Sprintf("values in %d rows of table %s", lost, c.table.Name))
	}
	return found
}

// columnAfter returns the column that a column of the table before has become.
func (c *tableContents) columnAfter(name string, renames Renames) *model.Column {
	for _, column := range c.table.Columns {
		if model.Fold(renames.OldColumn(c.table.Name, column.Name)) == model.Fold(name) {
			return column
		}
	}
	return nil
}

// count returns how many rows have a value in a column.
func (c *tableContents) count(column string) int {
	n := 0
	for _, row := range c.rows {
		if row[model.Fold(column)] != "NULL" {
			n++
		}
	}
	return n
}

// lostRows counts the rows that are not there any more, as far as some of
// their columns tell.
func lostRows(before, after []map[string]string, columns map[string]string) int {
	left := map[string]int{}
	for _, row := range after {
		left[rowKey(row, columns, false)]++
	}
	lost := 0
	for _, row := range before {
		key := rowKey(row, columns, true)
		if left[key]--; left[key] < 0 {
			lost++
		}
	}
	return lost
}

// rowKey makes one text of some columns of a row: those before, or after.
func rowKey(row, columns map[string]string, before bool) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if !before {
			name = columns[name]
		}
		b.WriteString(strconv.Quote(row[name]))
	}
	return b.String()
}
