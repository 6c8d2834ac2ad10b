package atlas

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// CheckTriggers returns model.Problems for triggers that name tables or columns
// which are not there. SQLite makes such a trigger without a word, and then refuses every
// statement that would run it.
func CheckTriggers(ctx context.Context, db *database.DB, schema *model.Schema) error {
	var problems model.Problems
	var checked []string
	for _, trigger := range schema.Triggers {
		if slices.Contains(checked, trigger.Table) {
			continue
		}
		checked = append(checked, trigger.Table)
		for _, statement := range firing(schema, trigger.Table) {
			err := db.Prepare(ctx, statement)
			if err == nil || !isMissing(err.Error()) {
				continue
			}
			broken := blamed(schema, trigger.Table, err.Error())
			problems.Add(broken.Pos, "correct it; if the file is generated, run rowhouse generate",
				"trigger %q breaks every statement that runs it: %v", broken.Name, err)
		}
	}
	return problems.Err()
}

// firing are statements that together run all triggers of a table or view.
func firing(schema *model.Schema, name string) []string {
	var columns []*model.Column
	if t := schema.Table(name); t != nil {
		columns = t.Columns
	} else if v := schema.View(name); v != nil {
		columns = v.Columns
	}
	var set []string
	for _, c := range columns {
		if !c.Generated && !c.Hidden {
			set = append(set, fmt.Sprintf("%[1]s = %[1]s", sqlName(c.Name)))
		}
	}
	table := sqlName(name)
	statements := []string{"INSERT INTO " + table + " DEFAULT VALUES", "DELETE FROM " + table}
	if len(set) > 0 {
		statements = append(statements, "UPDATE "+table+" SET "+strings.Join(set, ", "))
	}
	return statements
}

func sqlName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// isMissing reports whether SQLite misses a table or a column. A function that it
// misses may be one that the program brings.
func isMissing(message string) bool {
	return strings.Contains(message, "no such column") || strings.Contains(message, "has no column named") || strings.Contains(message, "no such table")
}

// blamed is the trigger that names what is missing: one of the table, or one that
// these run in turn; the first of the table, if that is not clear.
func blamed(schema *model.Schema, table, message string) *model.Trigger {
	words := strings.FieldsFunc(message, func(r rune) bool { return r == ' ' || r == '.' })
	of := func(t *model.Trigger) bool { return strings.EqualFold(t.Table, table) }
	names := func(t *model.Trigger) bool { return strings.Contains(t.SQL, words[len(words)-1]) }
	for _, is := range []func(*model.Trigger) bool{func(t *model.Trigger) bool { return of(t) && names(t) }, names, of} {
		if i := slices.IndexFunc(schema.Triggers, is); i >= 0 {
			return schema.Triggers[i]
		}
	}
	return schema.Triggers[0]
}
