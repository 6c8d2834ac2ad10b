package prove

import (
	"fmt"
	"slices"

	"github.com/rowhouse/rowhouse/internal/model"
)

// localRemoval proves that deleting a row of the tenant's touches nothing of
// others: by cascades, and by triggers. The proof knows of the row only whose
// it is, so it holds for every row, and a cascade that comes back to the same
// table needs no second proof.
func (p *proof) localRemoval(t *table, offset int) bool {
	if ok, known := p.removals[t]; known {
		return ok
	}
	if p.removals == nil {
		p.removals = map[*table]bool{}
	}
	p.removals[t] = true
	f := newFacts(p)
	row := f.addRow(t, 0, true)
	f.bind(row)
	ok := true
	for _, in := range t.inbound {
		ok = f.localInbound(in, row, in.child.refs[in.ref].key.OnDelete, offset) && ok
	}
	w := &write{table: t, old: row, new: -1, offset: offset, auto: -1}
	ok = f.fire("DELETE", w) && ok
	if !ok {
		clear(p.removals)
		p.removals[t] = false
	}
	return ok
}

// localInbound proves what happens to the rows that name a deleted row.
func (f *facts) localInbound(in inbound, row int32, action string, offset int) bool {
	ref := &in.child.refs[in.ref]
	if action != "CASCADE" && action != "SET NULL" && action != "SET DEFAULT" {
		return true // the statement fails where such a row exists
	}
	g, child := f.referrer(in, row)
	fine := ref.exact && g.provable(func(h *facts) bool { return h.writable(child) })
	carried := in.child.tenant >= 0 && slices.Contains(ref.columns, in.child.tenant)
	if !fine || action == "SET DEFAULT" || action == "SET NULL" && carried {
		f.proof.find(Finding{
			Offset: offset, Reference: fmt.Sprintf("%q", in.child.Name),
			Message: fmt.Sprintf("ON DELETE %s reaches rows of %q through (%s), which may be another tenant's", action, in.child.Name, joinNames(ref.key.Columns)),
			Fix:     "carry the tenant in the key, or let it RESTRICT",
		})
		return false
	}
	if action == "CASCADE" {
		return f.proof.localRemoval(in.child, offset)
	}
	w := &write{table: in.child, old: child, offset: offset, auto: -1, values: map[int]assignment{}}
	for _, c := range ref.columns {
		w.values[c] = assignment{}
	}
	w.new = g.image(in.child, w.values, child)
	for _, c := range ref.columns {
		g.know(g.col(w.new, c), isNull)
	}
	return g.localReferrers(w) && g.fire("UPDATE", w)
}

// referrer adds a row that names row.
func (f *facts) referrer(in inbound, row int32) (*facts, int32) {
	g := f.clone()
	ref := &in.child.refs[in.ref]
	child := g.addRow(in.child, 0, true)
	for i, c := range ref.columns {
		g.know(g.col(child, c), notNull)
		g.equal(g.col(child, c), g.col(row, ref.to[i]))
	}
	return g, child
}

func joinNames(names []string) string {
	out := ""
	for i, name := range names {
		if i > 0 {
			out += ", "
		}
		out += name
	}
	return out
}

// localReferrers proves what an update of a key does to the rows that name
// it. Only a plain cascade to rows of the tenant's that nothing else hangs on
// is understood.
func (f *facts) localReferrers(w *write) bool {
	for _, in := range w.table.inbound {
		ref := &in.child.refs[in.ref]
		if !slices.ContainsFunc(ref.to, w.assigned) {
			continue
		}
		switch ref.key.OnUpdate {
		case "CASCADE":
			g, child := f.referrer(in, w.old)
			if ref.exact && in.stops(w) && f.proof.triggers[model.Fold(in.child.Name)] == nil &&
				g.provable(func(h *facts) bool { return h.writable(child) }) {
				continue
			}
		case "SET NULL", "SET DEFAULT":
		default:
			continue
		}
		f.proof.reject(w.offset, "leave the key as it is",
			"ON UPDATE %s changes rows of %q that may be another tenant's", ref.key.OnUpdate, in.child.Name)
		return false
	}
	return true
}

// stops reports whether no other key of the child uses the columns that a
// cascade changes.
func (in inbound) stops(w *write) bool {
	ref := &in.child.refs[in.ref]
	changes := func(c int) bool {
		i := slices.Index(ref.columns, c)
		return i >= 0 && w.assigned(ref.to[i])
	}
	for i := range in.child.refs {
		if i != in.ref && slices.ContainsFunc(in.child.refs[i].columns, changes) {
			return false
		}
	}
	for _, next := range in.child.inbound {
		if slices.ContainsFunc(next.child.refs[next.ref].to, changes) {
			return false
		}
	}
	return true
}
