package atlas

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// CheckTriggers returns model.Problems for triggers that name columns which are
// not there. SQLite makes such a trigger without a word, and then refuses every
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
			if err == nil || !namesColumn(err.Error()) {
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

// namesColumn reports whether SQLite misses a column. A function that it misses may
// be one that the program brings.
func namesColumn(message string) bool {
	return strings.Contains(message, "no such column") || strings.Contains(message, "has no column named")
}

// blamed is the trigger of a table that names the column of an error: the first,
// if that is not clear.
func blamed(schema *model.Schema, table, message string) *model.Trigger {
	words := strings.FieldsFunc(message, func(r rune) bool { return r == ' ' || r == '.' })
	var first *model.Trigger
	for _, trigger := range schema.Triggers {
		if !strings.EqualFold(trigger.Table, table) {
			continue
		}
		if strings.Contains(trigger.SQL, words[len(words)-1]) {
			return trigger
		}
		if first == nil {
			first = trigger
		}
	}
	return first
}
