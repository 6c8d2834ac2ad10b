package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
)

// write is one row that a statement stores.
type write struct {
	table  *table
	old    int32 // the row before; -1 of an insert
	new    int32 // its image
	values map[int]assignment
	offset int // of the statement's target, for findings
	auto   int // column that the database numbers; -1
}

// assigned reports whether the write may change a column.
func (w *write) assigned(col int) bool {
	if w.old < 0 {
		return true
	}
	_, ok := w.values[col]
	return ok || col < len(w.table.columns) && w.table.columns[col].generated
}

// localImage proves the row after a write: it is the tenant's, and its keys
// name nothing of others.
func (f *facts) localImage(w *write) bool {
	t := w.table
	ok := true
	if t.owner == owned && w.assigned(t.tenant) && !f.provable(func(g *facts) bool { return g.keepsTenant(w) }) {
		f.proof.find(Finding{
			Offset: w.offsetOf(t.tenant), Reference: fmt.Sprintf("%q", t.Name),
			Message: fmt.Sprintf("the row written to %q is not shown to be the tenant's", t.Name),
			Fix:     fmt.Sprintf("set %s to %s", quoteName(t.Columns[t.tenant].Name), f.proof.tenantParam()),
		})
		ok = false
	}
	if f.proof.by == Actor && t.owner != person && t.user >= 0 && w.assigned(t.user) &&
		!f.provable(func(g *facts) bool { return g.has(g.col(w.new, t.user), isActor) }) {
		f.proof.reject(w.offset, "", "the row written to %q is not shown to be the acting user's", t.Name)
		ok = false
	}
	if t.owner == person && w.assigned(t.user) {
		f.proof.reject(w.offset, "", "the key of a user is never changed")
		ok = false
	}
	for k := range t.refs {
		if !ok && slices.Contains(t.refs[k].columns, t.tenant) {
			continue // the finding above says it
		}
		if slices.ContainsFunc(t.refs[k].columns, w.assigned) && !f.localKey(w, k) {
			f.proof.find(f.keyFinding(w, k))
			ok = false
		}
	}
	return ok
}

// keepsTenant reports whether the image is a row of the tenant's, and of the
// one it belonged to before.
func (f *facts) keepsTenant(w *write) bool {
	t := w.table
	if !f.ownedTerm(f.col(w.new, t.tenant)) {
		return false
	}
	return w.old < 0 || f.proof.by == Tenant || f.same(f.col(w.new, t.tenant), f.col(w.old, t.tenant))
}

func (w *write) offsetOf(col int) int {
	if value, ok := w.values[col]; ok && value.expr != nil {
		return value.expr.Pos()
	}
	return w.offset
}

// localKey proves that a foreign key of the image is NULL or names a row
// that it may name.
func (f *facts) localKey(w *write, k int) bool {
	ref := &w.table.refs[k]
	if ref.target.owner == public || ref.target.owner == person && w.table.bridge {
		return true
	}
	if ref.target == w.table && w.old >= 0 && slices.ContainsFunc(ref.to, w.assigned) {
		return false // the row it names may be changing as well
	}
	g := f.clone()
	for _, c := range ref.columns {
		g.know(g.col(w.new, c), notNull)
	}
	g.settle()
	if !ref.exact {
		return g.provable(func(*facts) bool { return false })
	}
	parent := g.addRow(ref.target, 0, true)
	for i, c := range ref.columns {
		g.equal(g.col(w.new, c), g.col(parent, ref.to[i]))
	}
	return g.provable(func(h *facts) bool { return h.nameable(parent, w, k) })
}

// nameable reports whether the image may name the row.
func (f *facts) nameable(parent int32, w *write, k int) bool {
	if f.keepsKey(w, k) {
		return true
	}
	switch target := f.rows[parent].table; target.owner {
	case person, personal:
		if target.user < 0 {
			return false
		}
		user := f.col(parent, target.user)
		return f.has(user, isActor) || f.member(user, w.new)
	case owned, ownedByPath:
		if target.shared && f.has(f.col(parent, target.tenant), isNull) {
			return true
		}
		return f.writable(parent) && f.sameRowTenant(parent, w, k)
	}
	return false
}

// keepsKey reports whether the row named the same one before.
func (f *facts) keepsKey(w *write, k int) bool {
	if w.old < 0 {
		return false
	}
	for _, c := range w.table.refs[k].columns {
		if !f.same(f.col(w.new, c), f.col(w.old, c)) {
			return false
		}
	}
	return true
}

// sameRowTenant reports whether the row named is of the tenant that the
// written row belongs to. A row that is owned by this very key belongs to
// whatever it names; of an update the row before counts.
func (f *facts) sameRowTenant(parent int32, w *write, k int) bool {
	if k == w.table.path && w.old < 0 {
		return true
	}
	if k == w.table.path {
		return f.sameTenant(parent, w.old)
	}
	return f.sameTenant(parent, w.new)
}

func (f *facts) keyFinding(w *write, k int) Finding {
	ref := &w.table.refs[k]
	columns := strings.Join(ref.key.Columns, ", ")
	finding := Finding{Offset: w.offsetOf(ref.columns[0]), Reference: fmt.Sprintf("%q", w.table.Name)}
	value := "…"
	if v, ok := w.values[ref.columns[0]]; ok && v.expr != nil {
		value = ast.String(v.expr)
	}
	switch target := ref.target; {
	case target.owner == person:
		finding.Message = fmt.Sprintf("%s may name a user who is not a member", columns)
		m := f.proof.members
		finding.Fix = fmt.Sprintf("use (SELECT %[1]s FROM %[2]s WHERE %[1]s = %[3]s AND %[4]s = %[5]s)", quoteName(m.Columns[m.user].Name),
			quoteName(m.Name), value, quoteName(m.Columns[f.proof.memberTenant].Name), f.proof.tenantParam())
	case target.tenant >= 0 && len(ref.columns) == 1:
		finding.Message = fmt.Sprintf("%s may name another tenant's row of %q", columns, target.Name)
		key := quoteName(target.Columns[ref.to[0]].Name)
		finding.Fix = fmt.Sprintf("use (SELECT %[1]s FROM %[2]s WHERE %[1]s = %[3]s AND %[4]s = %[5]s)",
			key, quoteName(target.Name), value, quoteName(target.Columns[target.tenant].Name), f.proof.tenantParam())
		if key == quoteName(target.Columns[target.tenant].Name) {
			finding.Fix = fmt.Sprintf("set %s to %s", columns, f.proof.tenantParam())
		}
	default:
		finding.Message = fmt.Sprintf("%s may name a row of %q that is not the tenant's", columns, target.Name)
		if target.owner == ownedByPath && len(ref.columns) == 1 {
			key := quoteName(target.Columns[ref.to[0]].Name)
			finding.Fix = fmt.Sprintf("use (SELECT %[1]s FROM %[2]s WHERE %[1]s = %[3]s AND %[4]s)",
				key, quoteName(target.Name), value, f.proof.pathPredicate(target, quoteName(target.Name)))
		}
	}
	return finding
}
