package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// fire proves the triggers of a write. First each trigger for any row of the
// tenant's, which holds for every statement and for triggers that fire each
// other; failing that for this row, with all that is known of it.
func (f *facts) fire(event string, w *write) bool {
	ok := true
	for _, tr := range f.proof.triggers[model.Fold(w.table.Name)] {
		if tr.decl == nil {
			f.proof.reject(w.offset, "", "trigger %q cannot be read", tr.name)
			ok = false
			continue
		}
		if !tr.fires(event, w) || tr.harmless() {
			continue
		}
		if !w.changesKey() && f.proof.holds(tr, w.table) {
			continue
		}
		ok = f.fireOne(tr, w) && ok
	}
	return ok
}

func (tr *trigger) fires(event string, w *write) bool {
	if tr.decl.Event != event {
		return false
	}
	if event != "UPDATE" || len(tr.decl.UpdateOf) == 0 {
		return true
	}
	return slices.ContainsFunc(tr.decl.UpdateOf, func(name *ast.Ident) bool {
		col, known := w.table.index[model.Fold(name.Name)]
		return !known || w.assigned(col)
	})
}

// harmless reports whether all a trigger can do is let the statement fail.
func (tr *trigger) harmless() bool {
	for _, stmt := range tr.decl.Body {
		if _, ok := stmt.(*ast.SelectStmt); !ok || ignores(stmt) {
			return false
		}
	}
	return true
}

// ignores reports whether a statement may leave a part of the work undone
// without taking back the rest.
func ignores(stmt ast.Stmt) bool {
	found := false
	ast.Walk(stmt, func(n ast.Node) bool {
		if raise, ok := n.(*ast.RaiseExpr); ok {
			found = found || raise.Action == "IGNORE" || raise.Action == "FAIL"
		}
		return !found
	})
	return found
}

// changesKey reports whether an update may change the primary key, so that
// OLD and NEW have different ones.
func (w *write) changesKey() bool {
	if w.old < 0 || w.new < 0 {
		return false
	}
	return len(w.table.keys) == 0 || slices.ContainsFunc(w.table.keys[0], w.assigned)
}

// holds reports whether the trigger is proven for every row of the tenant's.
func (p *proof) holds(tr *trigger, t *table) bool {
	if ok, known := p.general[tr]; known {
		return ok
	}
	if p.general == nil {
		p.general = map[*trigger]bool{}
	}
	p.general[tr] = true
	ok := p.quietly(func() bool {
		f := newFacts(p)
		w := &write{table: t, old: -1, new: -1, auto: -1}
		if tr.decl.Event != "INSERT" {
			w.old = f.addRow(t, 0, true)
			f.bind(w.old)
		}
		if tr.decl.Event != "DELETE" {
			w.new = f.addRow(t, 0, false)
			f.bind(w.new)
			f.keepKey(w)
		}
		return f.body(tr, w)
	})
	if !ok {
		clear(p.general)
		clear(p.removals)
		p.general[tr] = false
	}
	return ok
}

// keepKey records that an update leaves the primary key alone.
func (f *facts) keepKey(w *write) {
	if w.old < 0 || len(w.table.keys) == 0 {
		return
	}
	for _, c := range w.table.keys[0] {
		f.equal(f.col(w.old, c), f.col(w.new, c))
	}
}

// fireOne proves a trigger for one write.
func (f *facts) fireOne(tr *trigger, w *write) bool {
	p := f.proof
	if slices.Contains(p.firing, tr) {
		p.reject(w.offset, "", "trigger %q fires itself", tr.name)
		return false
	}
	p.firing = append(p.firing, tr)
	p.places = append(p.places, place{offset: w.offset, prefix: "trigger " + quoteName(tr.name) + ": "})
	defer func() {
		p.firing = p.firing[:len(p.firing)-1]
		p.places = p.places[:len(p.places)-1]
	}()
	return f.clone().body(tr, w)
}

// body proves the statements of a trigger.
func (f *facts) body(tr *trigger, w *write) bool {
	var sources []*source
	after := tr.decl.HasTime && tr.decl.Time == ast.TriggerAfter
	if w.new >= 0 {
		id := w.new
		if after {
			id = f.afterwards(w)
		}
		sources = append(sources, &source{name: "new", label: "NEW", table: w.table, row: id, qualifiedOnly: true})
	}
	if w.old >= 0 {
		sources = append(sources, &source{name: "old", label: "OLD", table: w.table, row: w.old, qualifiedOnly: true})
	}
	sc := newScope(nil, sources...)
	f.where(sc, tr.decl.When)
	ok := f.condition(sc, tr.decl.When)
	for _, stmt := range tr.decl.Body {
		ok = f.clone().bodyStatement(stmt, sc) && ok
	}
	return ok
}

// afterwards adds the row as it is stored once the write is done. What was
// known of stored rows of that table may no longer be so.
func (f *facts) afterwards(w *write) int32 {
	for i := range f.rows {
		if f.rows[i].table == w.table {
			f.rows[i].stored = false
		}
	}
	id := f.addRow(w.table, 0, true)
	for c := range len(w.table.columns) + 1 {
		f.equal(f.col(id, c), f.col(w.new, c))
	}
	return id
}

func (f *facts) bodyStatement(stmt ast.Stmt, sc *scope) bool {
	switch s := stmt.(type) {
	case *ast.SelectStmt:
		return !ignores(s) || f.local(s, sc, nil)
	case *ast.InsertStmt:
		return f.insert(s, sc)
	case *ast.UpdateStmt:
		return f.update(s, sc)
	case *ast.DeleteStmt:
		return f.delete(s, sc)
	}
	return false
}
