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

// condition is what each row of a table must satisfy.
type condition struct {
	text   string          // as it is written
	broken string          // SQL that is true for a row that breaks it
	part   plan.Difference // the part of the table that says so
}

// Conditions returns the CHECKs and NOT NULLs of a table that do not hold, and
// those that cannot be evaluated, such as one with a function of some program's
// own, and why.
func (p *Present) Conditions(ctx context.Context, t *model.Table) (found []Breach, unchecked []string, err error) {
	const mostColumns = 1000 // half of what a result may have
	for some := range slices.Chunk(conditionsOf(t), mostColumns) {
		broken, unknown, err := p.some(ctx, t, some)
		if err != nil {
			return nil, nil, err
		}
		found, unchecked = append(found, broken...), append(unchecked, unknown...)
	}
	return found, unchecked, nil
}

// conditionsOf returns the CHECKs and NOT NULLs of a table.
func conditionsOf(t *model.Table) []condition {
	var all []condition
	for _, check := range t.Checks {
		expr := sqltext.Plain(check.Expr)
		text := "CHECK (" + expr + ")"
		if check.Name != "" {
			text = "CONSTRAINT " + sqltext.Quote(check.Name) + " " + text
		}
		part := plan.Difference{Kind: plan.Check, Table: t.Name, Name: check.Name, From: text}
		all = append(all, condition{text, "NOT (" + expr + ")", part})
	}
	for _, column := range t.Columns {
		if column.NotNull {
			// SQLite takes IS NULL for false where a column is NOT NULL.
			broken := fmt.Sprintf("typeof(%s) = 'null'", sqltext.Quote(column.Name))
			part := plan.Difference{Kind: plan.Column, Table: t.Name, Name: column.Name}
			all = append(all, condition{column.Name + " NOT NULL", broken, part})
		}
	}
	return all
}

// countSQL returns the query that counts the rows that break each condition.
func countSQL(t *model.Table, all []condition) string {
	var counts []string
	for _, k := range all {
		counts = append(counts, "count(*) FILTER (WHERE "+k.broken+")")
	}
	return "SELECT " + strings.Join(counts, ", ") + " FROM " + sqltext.Quote(t.Name)
}

// some returns which of some conditions do not hold. It reads the table once,
// and again for those that some rows break, or one by one where they cannot all
// be evaluated.
func (p *Present) some(ctx context.Context, t *model.Table, all []condition) (found []Breach, unchecked []string, err error) {
	counts, into := make([]int, len(all)), make([]any, len(all))
	for i := range counts {
		into[i] = &counts[i]
	}
	err = p.DB.Row(ctx, countSQL(t, all), nil, into...)
	switch {
	case err == nil:
	case ctx.Err() != nil, database.IsBusy(err):
		return nil, nil, err
	case len(all) == 1:
		return nil, []string{fmt.Sprintf("%s of table %s: %v", all[0].text, t.Name, err)}, nil
	default:
		for one := range slices.Chunk(all, 1) {
			broken, unknown, err := p.some(ctx, t, one)
			if err != nil {
				return nil, nil, err
			}
			found, unchecked = append(found, broken...), append(unchecked, unknown...)
		}
		return found, unchecked, nil
	}
	for i, k := range all {
		if counts[i] == 0 {
			continue
		}
		rows, err := p.named(ctx, t, k.broken, counts[i])
		if err != nil {
			return nil, nil, err
		}
		found = append(found, Breach{constraint{text: k.text + " of table " + t.Name, Part: k.part}, counts[i], rows})
	}
	return found, nil, nil
}
