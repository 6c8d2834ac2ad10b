package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// recursion is what is known of every row of a recursive common table
// expression, by induction over the steps that make it.
type recursion struct {
	columns    []output
	invariants []invariant
	proving    bool // the recursive part is being proven: its rows are local by assumption
	local      bool
}

// invariant says that for every row of the recursion there is a visible row
// of a table that agrees with it on some columns.
type invariant struct {
	table *table
	pairs [][2]int // column of the recursion, column of the table
}

// openCTE opens a reference to a common table expression.
func (f *facts) openCTE(src *source, cte *ast.CTE, at *scope) {
	if !recursive(cte) {
		f.openBody(src, cte.Select, at, cte)
		f.rename(src, cte.Columns)
		return
	}
	r := f.proof.recursion(src, cte, at)
	if r == nil {
		return
	}
	f.openRecursive(src, r)
}

// openRecursive opens a row of a recursion with what the invariants say.
func (f *facts) openRecursive(src *source, r *recursion) {
	outputs := slices.Clone(r.columns)
	for i := range outputs {
		outputs[i].key = f.proof.freshKey()
	}
	src.setOutputs(outputs)
	src.closed = r.proving || r.local
	f.when(src.group, func(g *facts) {
		for _, inv := range r.invariants {
			id := g.addRow(inv.table, 0, true)
			g.rows[id].given = true
			if inv.table.tenant >= 0 && f.proof.by == Tenant && !inv.table.shared {
				g.equal(g.col(id, inv.table.tenant), g.constant("tenant", f.proof.tenantAffinity, isTenant|notNull))
			}
			for _, pair := range inv.pairs {
				g.equate(g.column(&source{table: inv.table, row: id}, pair[1]), g.output(src.outputs[pair[0]]))
			}
		}
	})
}

// recursive reports whether a common table expression names itself.
func recursive(cte *ast.CTE) bool {
	return slices.ContainsFunc(cte.Select.Cores, func(core ast.SelectCore) bool { return namesCTE(core, cte) })
}

func namesCTE(n ast.Node, cte *ast.CTE) bool {
	found := false
	ast.Walk(n, func(n ast.Node) bool {
		if ref, ok := n.(*ast.TableRef); ok && ref.Name != nil && ref.Name.Schema == nil {
			found = found || model.Fold(ref.Name.Name.Name) == model.Fold(cte.Name.Name)
		}
		return !found
	})
	return found
}

// recursion proves a recursive common table expression, once.
func (p *proof) recursion(src *source, cte *ast.CTE, at *scope) *recursion {
	if r, known := p.ctes[cte]; known {
		return r
	}
	if p.ctes == nil {
		p.ctes = map[*ast.CTE]*recursion{}
	}
	for level := at; level != nil; level = level.parent {
		if len(level.sources) > 0 {
			p.reject(src.offset, "move the WITH clause to the start of the statement", "a recursive WITH inside a correlated subquery is not understood")
			return nil
		}
	}
	env := at.under(cte.Select.With)
	base, steps := splitRecursion(cte)
	if len(base) == 0 || len(steps) == 0 {
		p.reject(src.offset, "", "%s refers to itself", src.label)
		return nil
	}
	r := &recursion{proving: true}
	p.ctes[cte] = r
	p.induct(r, cte, env, base, steps)
	r.proving = false
	return r
}

func splitRecursion(cte *ast.CTE) (base, steps []ast.SelectCore) {
	for i, core := range cte.Select.Cores {
		if i > 0 && cte.Select.Ops[i-1].Op != "UNION" {
			return nil, nil
		}
		if namesCTE(core, cte) {
			steps = append(steps, core)
		} else {
			base = append(base, core)
		}
	}
	return base, steps
}

// induct finds the invariants, starting with all that the first row set
// offers and dropping what a step does not keep, and proves each part under
// them.
func (p *proof) induct(r *recursion, cte *ast.CTE, env *scope, base, steps []ast.SelectCore) {
	f := newFacts(p)
	first := f.openCore(base[0], env, 0)
	for i, out := range first {
		blank := f.blank(out)
		if i < len(cte.Columns) {
			blank.name = model.Fold(cte.Columns[i].Name)
		}
		r.columns = append(r.columns, blank)
	}
	r.invariants = f.candidates(first)
	parts := append(slices.Clone(base[1:]), steps...)
	for changed := true; changed; {
		changed = false
		for _, core := range parts {
			kept := p.kept(r, core, env)
			changed = changed || weight(kept) != weight(r.invariants)
			r.invariants = kept
			changed = p.coarsen(r, core, env) || changed
		}
	}
	r.local = true
	for _, core := range append(slices.Clone(base), steps...) {
		r.local = newFacts(p).localCore(core, env, nil, true) && r.local
	}
}

func weight(invariants []invariant) int {
	sum := 0
	for _, inv := range invariants {
		sum += len(inv.pairs)
	}
	return sum
}

// candidates lists the visible rows that the outputs are read from.
func (f *facts) candidates(outputs []output) []invariant {
	byRow := map[int32]int{}
	var found []invariant
	f.chase()
	for i, out := range outputs {
		o := f.output(out)
		if o.kind != columnValue || !o.binary || o.col >= len(o.src.table.columns) {
			continue
		}
		f.class(o.term, func(t term) bool {
			id := f.nodes[t].row
			if id < 0 || !f.exists(id) || !f.rows[id].stored || !f.visible(id) {
				return false
			}
			at, known := byRow[id]
			if !known {
				at = len(found)
				byRow[id] = at
				found = append(found, invariant{table: f.rows[id].table})
			}
			if col := int(t - f.rows[id].first); col < len(f.rows[id].table.columns) {
				found[at].pairs = append(found[at].pairs, [2]int{i, col})
			}
			return false
		})
	}
	return slices.DeleteFunc(found, func(inv invariant) bool { return len(inv.pairs) == 0 })
}

// coarsen drops what is known of the columns' types and a part does not keep,
// and reports whether there was any.
func (p *proof) coarsen(r *recursion, core ast.SelectCore, env *scope) bool {
	changed := false
	f := newFacts(p)
	for i, out := range f.openCore(core, env, 0) {
		if i < len(r.columns) && r.columns[i].meet(f.blank(out)) {
			changed = true
		}
	}
	return changed
}

// kept returns the invariants that a part of the recursion keeps, each with
// the pairs that it keeps.
func (p *proof) kept(r *recursion, core ast.SelectCore, env *scope) []invariant {
	f := newFacts(p)
	outputs := f.openCore(core, env, 0)
	if len(outputs) != len(r.columns) {
		return nil
	}
	offered := f.candidates(outputs)
	var kept []invariant
	for _, inv := range r.invariants {
		best := invariant{table: inv.table}
		for _, offer := range offered {
			if offer.table != inv.table {
				continue
			}
			var pairs [][2]int
			for _, pair := range inv.pairs {
				if slices.Contains(offer.pairs, pair) {
					pairs = append(pairs, pair)
				}
			}
			if len(pairs) > len(best.pairs) {
				best.pairs = pairs
			}
		}
		if len(best.pairs) > 0 {
			kept = append(kept, best)
		}
	}
	return kept
}
