package rows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Prospect is what the rows of a database would be in another schema.
type Prospect struct {
	DB       *database.DB
	From, To *model.Schema
	Renames  plan.Renames
}

// Breaches returns the constraints of a table of the schema to that rows which
// are there now would break. Constraints that cannot be evaluated without the
// new schema, such as one with a generated column, are left out.
func (p *Prospect) Breaches(ctx context.Context, t *model.Table) ([]Breach, error) {
	old := p.old(t)
	if old == nil || old.Virtual || t.Virtual {
		return nil, nil
	}
	var found []Breach
	for _, c := range p.constraints(old, t) {
		b, err := p.breach(ctx, t, c)
		switch {
		case err == nil && b.count > 0:
			found = append(found, b)
		case ctx.Err() != nil, database.IsBusy(err):
			return nil, err
		}
	}
	return found, nil
}

// old returns the table as it is now; nil for a new one.
func (p *Prospect) old(t *model.Table) *model.Table { return p.From.Table(p.Renames.OldTable(t.Name)) }

// breach counts the rows that break a constraint, and names the first.
func (p *Prospect) breach(ctx context.Context, t *model.Table, c constraint) (Breach, error) {
	b := Breach{constraint: c}
	rows, condition := fmt.Sprintf("(%s) AS %s", p.rowsSQL(t), sqltext.Quote(t.Name)), c.broken
	if len(c.same) > 0 {
		rows = fmt.Sprintf("(SELECT %s, count(*) OVER (PARTITION BY %s) AS rowhouse_same FROM %s WHERE %s)", rowName, strings.Join(c.same, ", "), rows, c.broken)
		condition = "rowhouse_same > 1"
	}
	err := p.DB.Row(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", rows, condition), nil, &b.count)
	if err != nil || b.count == 0 {
		return b, err
	}
	label, _ := keyOf(p.old(t))
	b.rows, err = firstRows(ctx, p.DB, label, fmt.Sprintf("SELECT %s FROM %s WHERE %s", rowName, rows, condition), b.count)
	return b, err
}

// rowName is the column of rowsSQL that names a row.
const rowName = "rowhouse_row"

// rowsSQL returns a query for the rows of a table as a plan would copy them.
func (p *Prospect) rowsSQL(t *model.Table) string {
	old := p.old(t)
	_, name := keyOf(old)
	terms := []string{name + " AS " + rowName}
	for _, c := range t.Columns {
		if c.Hidden || c.Generated {
			continue
		}
		value := "(" + c.Default + ")"
		if before := old.Column(p.Renames.OldColumn(t.Name, c.Name)); before != nil {
			value = "child." + sqltext.Quote(before.Name)
			if c.NotNull && !before.NotNull && c.Default != "" {
				value = fmt.Sprintf("coalesce(%s, %s)", value, c.Default)
			}
		} else if c.Default == "" {
			value = "NULL"
		}
		terms = append(terms, fmt.Sprintf("%s COLLATE %s AS %s", value, sqltext.Quote(c.Collation), sqltext.Quote(c.Name)))
	}
	return fmt.Sprintf("SELECT %s FROM %s AS child", strings.Join(terms, ", "), sqltext.Quote(old.Name))
}

// constraints returns what a table will require.
func (p *Prospect) constraints(old, t *model.Table) []constraint {
	var all []constraint
	before := conditionsOf(old)
	for _, k := range conditionsOf(t) {
		if t.RowidKey() && k.part.Kind == plan.Column && model.Fold(k.part.Name) == model.Fold(t.PrimaryKey[0]) {
			continue // SQLite numbers rows that have NULL there
		}
		isNew := !slices.ContainsFunc(before, func(b condition) bool { return sqltext.NormalNames(b.broken) == sqltext.NormalNames(k.broken) })
		all = append(all, constraint{text: k.text + " of table " + t.Name, Part: k.part, broken: k.broken, IsNew: isNew})
	}
	all = append(all, p.uniques(old, t)...)
	for _, key := range t.ForeignKeys {
		isNew := !slices.ContainsFunc(old.ForeignKeys, func(k *model.ForeignKey) bool { return sameKey(k, key) })
		if broken := p.dangling(t, key); broken != "" {
			c := referenceTo(t, key)
			c.broken, c.IsNew = broken, isNew
			all = append(all, c)
		}
	}
	generated := map[string]bool{}
	for _, c := range t.Columns {
		generated[model.Fold(c.Name)] = c.Generated
	}
	return slices.DeleteFunc(all, func(c constraint) bool {
		return sqltext.Mentions(strings.Join(append(c.same, c.broken), " "), generated)
	})
}

func sameKey(a, b *model.ForeignKey) bool {
	return model.Fold(a.Table) == model.Fold(b.Table) && model.FoldAll(a.Columns) == model.FoldAll(b.Columns) && model.FoldAll(a.RefColumns) == model.FoldAll(b.RefColumns)
}

// uniques returns the keys and unique indexes of a table, but for those of
// expressions.
func (p *Prospect) uniques(old, t *model.Table) []constraint {
	var all []constraint
	if t.RowidKey() && !old.RowidKey() {
		all = append(all, unique(t, &model.Index{Origin: model.OriginPrimaryKey, Columns: []model.IndexColumn{{Name: t.PrimaryKey[0]}}}))
	}
	for _, index := range t.Indexes {
		if !index.Unique || slices.ContainsFunc(index.Columns, func(c model.IndexColumn) bool { return c.Name == "" }) {
			continue
		}
		c := unique(t, index)
		c.IsNew = !slices.ContainsFunc(old.Indexes, func(before *model.Index) bool {
			k := unique(old, before)
			return before.Unique && slices.Equal(k.same, c.same) && sqltext.NormalNames(k.broken) == sqltext.NormalNames(c.broken)
		})
		all = append(all, c)
	}
	return all
}

// unique returns what a key or unique index requires. Rows with a NULL are
// never the same.
func unique(t *model.Table, index *model.Index) constraint {
	c := constraint{IsNew: true}
	var names, rows []string
	for _, column := range index.Columns {
		same := sqltext.Quote(column.Name)
		rows = append(rows, fmt.Sprintf("typeof(%s) <> 'null'", same))
		if column.Collation != "" {
			same += " COLLATE " + sqltext.Quote(column.Collation)
		}
		c.same, names = append(c.same, same), append(names, column.Name)
	}
	if index.Where != "" {
		rows = append(rows, "("+index.Where+")")
	}
	c.broken = strings.Join(rows, " AND ")
	switch list := "(" + sqltext.QuoteAll(names) + ")"; index.Origin {
	case model.OriginCreateIndex:
		c.text, c.Part = "UNIQUE "+list+" of index "+index.Name, plan.Difference{Kind: plan.Index, Table: t.Name, Name: index.Name}
	case model.OriginPrimaryKey:
		c.text, c.Part = "PRIMARY KEY "+list+" of table "+t.Name, plan.Difference{Kind: plan.PrimaryKey, Table: t.Name}
	case model.OriginUnique:
		c.text, c.Part = "UNIQUE "+list+" of table "+t.Name, plan.Difference{Kind: plan.Unique, Table: t.Name, To: "UNIQUE " + list}
	}
	return c
}

// dangling returns SQL that is true for a row that references none; "" where
// the key cannot be followed.
func (p *Prospect) dangling(t *model.Table, key *model.ForeignKey) string {
	parent := p.To.Table(key.Table)
	if parent == nil || len(key.RefColumns) != len(key.Columns) {
		return ""
	}
	var set, same []string
	for i, name := range key.Columns {
		column := sqltext.Quote(t.Name) + "." + sqltext.Quote(name)
		set = append(set, column+" IS NOT NULL")
		same = append(same, "rowhouse_parent."+sqltext.Quote(key.RefColumns[i])+" = "+column)
	}
	if p.old(parent) != nil { // else it will be empty
		set = append(set, fmt.Sprintf("NOT EXISTS (SELECT 1 FROM (%s) AS rowhouse_parent WHERE %s)", p.rowsSQL(parent), strings.Join(same, " AND ")))
	}
	return strings.Join(set, " AND ")
}
