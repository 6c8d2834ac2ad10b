package rows

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Present is what the rows of a database are, in its own schema.
type Present struct {
	DB     *database.DB
	Schema *model.Schema
}

// broken are the rows that break one foreign key.
type broken struct {
	count  int
	rowids []any // of the first
}

// References returns the foreign keys of a table that do not hold. It returns
// SQLite's error, a "foreign key mismatch", where one references what is not
// unique.
func (p *Present) References(ctx context.Context, t *model.Table) ([]Breach, error) {
	if len(t.ForeignKeys) == 0 {
		return nil, nil
	}
	byKey := make([]broken, len(t.ForeignKeys))
	err := p.DB.Query(ctx, func(scan func(...any) error) error {
		var rowid any
		var id int
		if err := scan(&rowid, &id); err != nil {
			return err
		}
		b := &byKey[len(byKey)-1-id] // SQLite counts from the last
		if b.count++; len(b.rowids) < shownRows && rowid != nil {
			b.rowids = append(b.rowids, rowid)
		}
		return nil
	}, `SELECT "rowid", fkid FROM pragma_foreign_key_check(?, 'main')`, t.Name)
	if err != nil {
		return nil, err
	}
	var found []Breach
	for i, key := range t.ForeignKeys {
		if byKey[i].count == 0 {
			continue
		}
		rows, err := p.rowsOf(ctx, t, key, byKey[i])
		if err != nil {
			return nil, err
		}
		found = append(found, Breach{referenceTo(t, key), byKey[i].count, rows})
	}
	return found, nil
}

// referenceTo returns what a foreign key requires, but for the SQL of it.
func referenceTo(t *model.Table, key *model.ForeignKey) constraint {
	return constraint{
		text: fmt.Sprintf("%s(%s) of table %s to table %s", ofReference, sqltext.QuoteAll(key.Columns), t.Name, key.Table),
		Part: plan.Difference{Kind: plan.Column, Table: t.Name, Name: key.Columns[0]},
	}
}

// rowsOf names rows that break a foreign key.
func (p *Present) rowsOf(ctx context.Context, t *model.Table, key *model.ForeignKey, b broken) (string, error) {
	if len(b.rowids) > 0 {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(b.rowids)), ", ")
		return p.named(ctx, t, rowidOf(t)+" IN ("+marks+")", b.count, b.rowids...)
	}
	var set, same []string
	for i, name := range key.Columns {
		set = append(set, "child."+sqltext.Quote(name)+" IS NOT NULL")
		if i < len(key.RefColumns) {
			same = append(same, "parent."+sqltext.Quote(key.RefColumns[i])+" = child."+sqltext.Quote(name))
		}
	}
	if p.Schema.Table(key.Table) != nil {
		set = append(set, fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s AS parent WHERE %s)", sqltext.Quote(key.Table), strings.Join(same, " AND ")))
	}
	return p.named(ctx, t, strings.Join(set, " AND "), b.count)
}
