package emit

import (
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// deletionFields are what the runtime knows of deleted rows of a table:
//
//	whole:   `FROM product WHERE organization_id = ?1`,
//	restore: `UPDATE product SET deleted_at = NULL WHERE …`,
//	cascade: cascade{
//		dependents: []*table{&partTable},
//	},
func deletionFields(t *plan.Table) []Code {
	if t.SoftDelete == nil {
		return nil
	}
	s := t.Statements.Deletion
	fields := []Code{
		pair("whole", sqlLiteral(s.Whole)),
		pair("gone", sqlLiteral(s.Gone)),
	}
	if s.Lost != "" {
		fields = append(fields, pair("lost", sqlLiteral(s.Lost)))
	}
	if t.Deletion != nil {
		fields = append(fields, pair("deletion", sqlLiteral(t.Deletion.SQL)))
	}
	if columns := t.DependsOn(); len(columns) > 0 {
		fields = append(fields, pair("dependsOn", Lit(strings.Join(columns, ", "))))
	}
	fields = append(fields, pair("restore", sqlLiteral(s.Restore)))
	if len(s.RestoreArgs) > 0 {
		fields = append(fields, pair("restoreArgs", argumentList(s.RestoreArgs)))
	}
	fields = append(fields,
		pair("purge", sqlLiteral(s.Purge)),
		pair("purgeOld", sqlLiteral(s.PurgeOld)),
		pair("old", sqlLiteral(s.Old)),
		pair("oldArgs", argumentList(s.OldArgs)),
		pair("oldBy", texts(s.OldBy)),
	)
	if s.Revive != "" {
		fields = append(fields, pair("cascade", cascade(t)))
	}
	return fields
}

//	cascade{
//		dependents: []*table{&partTable},
//		owner:      `product.organization_id = ?1`,
//		…
//	}
func cascade(t *plan.Table) *Statement {
	s := t.Statements.Deletion
	var fields []Code
	if len(t.Dependents) > 0 {
		var tables []Code
		for _, dependent := range t.Dependents {
			tables = append(tables, tableOf(dependent))
		}
		fields = append(fields, pair("dependents", Index().Op("*").Id("table").Values(tables...)))
	}
	if t.Recursive {
		fields = append(fields, pair("recursive", True()))
	}
	for _, text := range []struct{ name, sql string }{
		{"owner", s.Owner}, {"take", s.Take}, {"claim", s.Claim}, {"move", s.Move}, {"revive", s.Revive},
	} {
		if text.sql != "" {
			fields = append(fields, pair(text.name, sqlLiteral(text.sql)))
		}
	}
	return Id("cascade").Add(keyed(fields...))
}

// // Restore undoes the deletion of the row with that key.
//
//	func (t *ProductTable) Restore(ctx context.Context, id ProductID) error {
//		return t.session.restore(ctx, &productTable, string(id))
//	}
func restoreMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{
		"Restore undoes the deletion of the row with that key.",
		"Returns ErrNotFound if there is no such deleted row" + orOther(p, t),
		"Returns ErrConflict if another row has a unique value by now.",
	}
	if dependentNames(t) != "" {
		lines[0] = "Restore undoes the deletion of the row with that key, and brings back what went along."
	}
	if len(t.DependsOn()) > 0 || len(t.Dependents) > 0 {
		lines = append(lines, "Returns ErrReference if a row that one of these depends on is deleted.")
	}
	return keyMethod(t, "Restore", "restore", lines)
}

// // Purge removes the deleted row with that key for good.
//
//	func (t *ProductTable) Purge(ctx context.Context, id ProductID) error {
//		return t.session.purge(ctx, &productTable, string(id))
//	}
//
//	func (t *ProductTable) PurgeDeleted(ctx context.Context, olderThan time.Duration) (int, error) {
//		return t.session.purgeDeleted(ctx, &productTable, olderThan)
//	}
func purgeMethods(p *plan.Plan, t *plan.Table) *Statement {
	return keyMethod(t, "Purge", "purge", []string{
		"Purge removes the deleted row with that key for good.",
		"Returns ErrNotFound if there is no such deleted row" + orOther(p, t),
		"Returns ErrReference if rows that reference it forbid that.",
	}).Line().Add(doc(
		"PurgeDeleted removes the rows for good that were deleted at least so long ago, and returns",
		"how many they were: some hundred at a time, each time on its own outside of a transaction.",
		"Returns ErrReference, and how many it has removed, if some are left because rows that",
		"reference them forbid it, and ErrInvalid for a negative duration.",
	)).Add(method(t, "PurgeDeleted")).Params(ctxParam(), Id("olderThan").Qual("time", "Duration")).Params(Int(), Error()).Block(
		Return(Id("t").Dot(sessionName).Dot("purgeDeleted").Call(Id("ctx"), tableOf(t), Id("olderThan"))),
	).Line()
}

// dependentNames lists the tables of which a deletion takes rows along.
func dependentNames(t *plan.Table) string {
	var names []string
	if t.Recursive {
		names = append(names, t.Name)
	}
	for _, dependent := range t.Dependents {
		names = append(names, dependent.Name)
	}
	return strings.Join(names, ", ")
}
