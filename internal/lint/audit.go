package lint

import (
	"fmt"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// actors looks for columns that say who acted, and leave no room for nobody.
func (l *linter) actors(t *model.Table) {
	for _, audit := range []struct{ column, when string }{
		{l.Options.Audit.CreatedBy, "made"},
		{l.Options.Audit.UpdatedBy, "made or changed"},
	} {
		column := t.Column(audit.column)
		if column == nil || !column.NotNull {
			continue
		}
		for _, key := range t.ForeignKeys {
			if len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], column.Name) && l.Schema.Table(key.Table) == l.Owners.Users {
				l.find(NeedsUser, column.Pos,
					fmt.Sprintf("write %s %s REFERENCES %s (%s) ON DELETE SET NULL", quoted(column.Name), column.Type, quoted(key.Table), list(key.RefColumns)),
					"%s of table %q is NOT NULL, so no row can be %s where no user acts, as in a Scope of System%s",
					column.Name, t.Name, audit.when, keeps(key))
			}
		}
	}
}

// keeps says what becomes of users whom rows name.
func keeps(key *model.ForeignKey) string {
	if key.OnDelete == "CASCADE" {
		return ", and rows go with the user"
	}
	return ", and a user whom a row names cannot be deleted"
}
