package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// shownRows is how many of the rows that break a constraint are named.
const shownRows = 5

// checkRows reports the rows of the database that break its own constraints,
// and those that it should have. Rows are counted where they are; no more of
// them are read than named.
func (c *driftCheck) checkRows(ctx context.Context) error {
	for _, t := range c.live.Tables {
		if t.Virtual {
			continue
		}
		if err := c.checkReferences(ctx, t); err != nil {
			return fmt.Errorf("check the foreign keys of table %s: %w", t.Name, err)
		}
		if err := c.checkConditions(ctx, t); err != nil {
			return fmt.Errorf("check the rows of table %s: %w", t.Name, err)
		}
	}
	return c.checkNew(ctx)
}

// checkNew reports the rows that break what tables should require, and do not.
func (c *driftCheck) checkNew(ctx context.Context) error {
	if c.should == nil {
		return nil
	}
	differs := map[string]bool{}
	for _, d := range Compare(c.live, c.should) {
		differs[model.Fold(d.Table)] = true
	}
	p := &prospect{c.db, c.live, c.should, c.renames}
	for _, t := range c.should.Tables {
		if !differs[model.Fold(t.Name)] {
			continue
		}
		found, err := p.breaches(ctx, t)
		if err != nil {
			return fmt.Errorf("check the rows of table %s: %w", t.Name, err)
		}
		c.broken[model.Fold(t.Name)] = nil // what it requires now does not matter
		for _, b := range found {
			c.broken[model.Fold(t.Name)] = append(c.broken[model.Fold(t.Name)], b.String())
			if b.isNew {
				c.add(b.rule(), model.Problem{Pos: c.places.of(b.part), Message: b.String(), Fix: "correct or delete them"})
			}
		}
	}
	return nil
}

// rule returns the rule about rows that break such a constraint.
func (c constraint) rule() report.Rule {
	if strings.HasPrefix(c.text, "foreign key ") {
		return BrokenReference
	}
	return BrokenCheck
}

// addRows reports rows of a table that break a constraint which it has.
func (c *driftCheck) addRows(rule report.Rule, t *model.Table, p model.Problem) {
	c.broken[model.Fold(t.Name)] = append(c.broken[model.Fold(t.Name)], p.Message)
	c.add(rule, p)
}

// broken are the rows that break one foreign key.
type broken struct {
	count  int
	rowids []any // of the first
}

// checkReferences reports rows that reference what is not there.
func (c *driftCheck) checkReferences(ctx context.Context, t *model.Table) error {
	if len(t.ForeignKeys) == 0 {
		return nil
	}
	found := make([]broken, len(t.ForeignKeys))
	err := c.db.Query(ctx, func(scan func(...any) error) error {
		var rowid any
		var id int
		if err := scan(&rowid, &id); err != nil {
			return err
		}
		b := &found[len(found)-1-id] // SQLite counts from the last
		if b.count++; len(b.rowids) < shownRows && rowid != nil {
			b.rowids = append(b.rowids, rowid)
		}
		return nil
	}, `SELECT "rowid", fkid FROM pragma_foreign_key_check(?, 'main')`, t.Name)
	if err != nil && strings.Contains(err.Error(), "foreign key mismatch") {
		c.add(BrokenReference, model.Problem{
			Pos: c.places.of(Difference{Kind: Table, Table: t.Name}), Message: "no row of table " + t.Name + " can be written: " + err.Error(),
			Fix: "make what it references a PRIMARY KEY or UNIQUE",
		})
		return nil
	}
	if err != nil {
		return err
	}
	for i, key := range t.ForeignKeys {
		if found[i].count == 0 {
			continue
		}
		rows, err := c.rowsOf(ctx, t, key, found[i])
		if err != nil {
			return err
		}
		c.addRows(BrokenReference, t, model.Problem{
			Pos: c.places.of(Difference{Kind: Column, Table: t.Name, Name: key.Columns[0]}),
			Message: fmt.Sprintf("foreign key (%s) of table %s to table %s does not hold for %s%s",
				sqltext.QuoteAll(key.Columns), t.Name, key.Table, counted(found[i].count), rows),
			Fix: "delete them, or let them reference rows that are there",
		})
	}
	return nil
}

// rowsOf names rows that break a foreign key.
func (c *driftCheck) rowsOf(ctx context.Context, t *model.Table, key *model.ForeignKey, b broken) (string, error) {
	if len(b.rowids) > 0 {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(b.rowids)), ", ")
		return c.named(ctx, t, rowidOf(t)+" IN ("+marks+")", b.count, b.rowids...)
	}
	var set, same []string
	for i, name := range key.Columns {
		set = append(set, "child."+sqltext.Quote(name)+" IS NOT NULL")
		if i < len(key.RefColumns) {
			same = append(same, "parent."+sqltext.Quote(key.RefColumns[i])+" = child."+sqltext.Quote(name))
		}
	}
	if c.live.Table(key.Table) != nil {
		set = append(set, fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s AS parent WHERE %s)", sqltext.Quote(key.Table), strings.Join(same, " AND ")))
	}
	return c.named(ctx, t, strings.Join(set, " AND "), b.count)
}

// named names the first rows of a table for which a condition holds, by their
// key: ": id 1, 2, 3". In the condition the table may be called child.
func (c *driftCheck) named(ctx context.Context, t *model.Table, condition string, count int, args ...any) (string, error) {
	label, value := keyOf(t)
	return firstRows(ctx, c.db, label, fmt.Sprintf("SELECT %s FROM %s AS child WHERE %s", value, sqltext.Quote(t.Name), condition), count, args...)
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

// counted writes "1 row", "2 rows".
func counted(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
