package lint

import (
	"fmt"
	"slices"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// deletions looks for the index by which a deletion and its restoration find
// the rows that the deletion took.
func (l *linter) deletions(t *model.Table) {
	column := t.Column(l.Options.DeletionID)
	if column == nil || !l.isMarked(t) {
		return
	}
	isAbove := slices.ContainsFunc(l.Schema.Tables, func(child *model.Table) bool { return l.dependsOn(child, t) })
	isBelow := slices.ContainsFunc(l.Schema.Tables, func(parent *model.Table) bool { return l.dependsOn(t, parent) })
	columns, tenant, effect := []string{column.Name}, "", "each deletion and each restoration reads all of its rows"
	if !isAbove { // all that looks for its rows names their tenant
		effect = "each restoration reads all of its rows"
		if tenant = l.Owners.Of(t).Column; tenant != "" {
			columns = append(columns, tenant)
		}
	}
	if !isAbove && !isBelow || isIndexed(t, columns, tenant) {
		return
	}
	l.find(NoDeletionIndex, column.Pos,
		fmt.Sprintf("write CREATE INDEX %s ON %s (%s) WHERE %[3]s IS NOT NULL",
			quoted(t.Name+"_"+column.Name+"_idx"), quoted(t.Name), quoted(column.Name)),
		"no index of table %q starts with %s, so %s", t.Name, column.Name, effect)
}

// isMarked reports whether the table marks deleted rows.
func (l *linter) isMarked(t *model.Table) bool { return t.Column(l.Options.SoftDelete) != nil }

// dependsOn reports whether a deletion in parent takes rows of the table
// along: those whose key, never NULL, leads to what is deleted.
func (l *linter) dependsOn(t, parent *model.Table) bool {
	return l.isMarked(t) && l.isMarked(parent) && l.Owners.Of(parent).Kind != tenancy.Root &&
		slices.ContainsFunc(t.ForeignKeys, func(key *model.ForeignKey) bool {
			return l.Schema.Table(key.Table) == parent && !slices.ContainsFunc(key.Columns, func(name string) bool {
				column := t.Column(name)
				return column == nil || !column.NotNull
			})
		})
}
