package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// references looks at the foreign keys of a table.
func (l *linter) references(t *model.Table) {
	for _, key := range t.ForeignKeys {
		pos := l.placeOfKey(t, key.Columns, true)
		parent := l.Schema.Table(key.Table)
		if l.isOwned(t) && l.isOwned(parent) && key != l.Owners.Of(t).Path && !l.bothCarryTenant(t, key, parent) {
			l.find(PlainReference, pos, l.carryingFix(t, key, parent),
				"foreign key %s of table %q leaves out the tenant, so a row may name another tenant's row of %q",
				list(key.Columns), t.Name, parent.Name)
		}
		if key.Deferred {
			l.find(Deferred, pos, "remove DEFERRABLE INITIALLY DEFERRED",
				"foreign key %s of table %q holds at commit alone, so nothing is proven by it before", list(key.Columns), t.Name)
		}
		l.setNull(t, key, pos)
	}
}

// bothCarryTenant reports whether a key compares the tenant of both rows.
func (l *linter) bothCarryTenant(t *model.Table, key *model.ForeignKey, parent *model.Table) bool {
	from, to := l.Owners.Of(t).Column, l.Owners.Of(parent).Column
	for i, column := range key.Columns {
		if from != "" && to != "" && strings.EqualFold(column, from) && strings.EqualFold(key.RefColumns[i], to) {
			return true
		}
	}
	return false
}

// carryingFix says how a key between two owned tables comes to carry the
// tenant.
func (l *linter) carryingFix(t *model.Table, key *model.ForeignKey, parent *model.Table) string {
	from, to := l.Owners.Of(t).Column, l.Owners.Of(parent).Column
	switch {
	case l.Owners.Of(parent).Shared:
		return fmt.Sprintf("no key can say so while rows of %q may have no tenant: silence this where every query that writes %s is proven",
			parent.Name, list(key.Columns))
	case from == "":
		return fmt.Sprintf("add %s to table %q", quoted(l.Options.Tenant.Column), t.Name)
	case to == "":
		return fmt.Sprintf("add %s to table %q", quoted(l.Options.Tenant.Column), parent.Name)
	}
	target := append([]string{to}, key.RefColumns...)
	return fmt.Sprintf("write FOREIGN KEY (%s) REFERENCES %s (%s), and UNIQUE (%[3]s) in %[2]s",
		list(append([]string{from}, key.Columns...)), quoted(parent.Name), list(target))
}

// setNull looks for actions that must fail: they set columns to NULL that
// cannot be, such as the tenant of a key that carries it.
func (l *linter) setNull(t *model.Table, key *model.ForeignKey, pos model.Position) {
	notNull := slices.DeleteFunc(slices.Clone(key.Columns), func(name string) bool {
		column := t.Column(name)
		return column == nil || !column.NotNull
	})
	for _, action := range []struct{ event, what string }{{"ON DELETE", key.OnDelete}, {"ON UPDATE", key.OnUpdate}} {
		if action.what != "SET NULL" || len(notNull) == 0 {
			continue
		}
		l.find(NullsTheNotNull, pos, fmt.Sprintf("write %s RESTRICT, and set to NULL what may be NULL in a statement of its own", action.event),
			"%s SET NULL of table %q would set %s to NULL, which is NOT NULL, so it always fails",
			action.event, t.Name, list(notNull))
	}
}
