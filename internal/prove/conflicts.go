package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// localConflicts proves what a write does to the rows it collides with, where
// that is anything but an error.
func (f *facts) localConflicts(w *write, action ast.ConflictAction) bool {
	replaces := action == ast.ConflictReplace || w.table.declares(ast.ConflictReplace)
	ignores := action == ast.ConflictIgnore || w.table.declares(ast.ConflictIgnore) ||
		action == ast.ConflictFail || w.table.declares(ast.ConflictFail) // FAIL keeps what was done before
	if !replaces && !ignores {
		return true
	}
	for _, u := range w.table.uniques {
		if !slices.ContainsFunc(u.named, func(c int) bool { return c < 0 || w.assigned(c) }) || u.numbers(w) {
			continue
		}
		if g, other := f.collision(w, u); !g.localCollision(w, other) {
			return false
		}
	}
	return !replaces || f.proof.localRemoval(w.table, w.offset)
}

// numbers reports whether the database itself numbers the key, so that it
// collides with nothing.
func (u unique) numbers(w *write) bool { return w.auto >= 0 && slices.Contains(u.named, w.auto) }

// collision adds the stored row that the image collides with.
func (f *facts) collision(w *write, u unique) (*facts, int32) {
	g := f.clone()
	other := g.addRow(w.table, 0, true)
	for _, c := range u.columns {
		if c >= 0 {
			g.know(g.col(w.new, c), notNull)
			g.equal(g.col(other, c), g.col(w.new, c))
		}
	}
	g.settle()
	return g, other
}

func (f *facts) localCollision(w *write, other int32) bool {
	if f.provable(func(g *facts) bool { return g.writable(other) }) {
		return true
	}
	f.proof.reject(w.offset, "name a conflict target that carries the tenant",
		"the row may conflict with another tenant's row of %q, whose key does not carry the tenant", w.table.Name)
	return false
}

// localUpsert proves an ON CONFLICT clause.
func (f *facts) localUpsert(s *ast.InsertStmt, u *ast.Upsert, w *write, src *source, env *scope) bool {
	targets, ok := f.conflictTargets(u, w)
	for _, target := range targets {
		if target.numbers(w) {
			continue
		}
		g, other := f.collision(w, target)
		if !g.localCollision(w, other) {
			return false
		}
		if !u.DoNothing {
			ok = g.localOverwrite(s, u, w, other, src, env) && ok
		}
	}
	return ok
}

// conflictTargets lists the unique constraints that a clause speaks of.
func (f *facts) conflictTargets(u *ast.Upsert, w *write) ([]unique, bool) {
	if u.Target == nil {
		return w.table.uniques, true
	}
	var columns []int
	for _, term := range u.Target {
		ident, ok := term.Expr.(*ast.Ident)
		if !ok {
			f.proof.reject(term.Pos(), "", "a conflict target that is an expression is not understood")
			return nil, false
		}
		col, known := w.table.index[model.Fold(ident.Name)]
		if !known {
			f.proof.reject(term.Pos(), "", "column %s of %q is not known", ident.Name, w.table.Name)
			return nil, false
		}
		columns = append(columns, col)
	}
	slices.Sort(columns)
	var found []unique
	for _, candidate := range w.table.uniques {
		named := slices.Clone(candidate.named)
		slices.Sort(named)
		if slices.Equal(named, columns) {
			found = append(found, candidate)
		}
	}
	if found == nil {
		f.proof.reject(u.Pos(), "", "the conflict target is no unique key of %q", w.table.Name)
	}
	return found, found != nil
}

// localOverwrite proves the DO UPDATE of the row collided with.
func (f *facts) localOverwrite(s *ast.InsertStmt, u *ast.Upsert, w *write, other int32, src *source, env *scope) bool {
	stored := *src
	stored.row = other
	excluded := &source{name: "excluded", label: "excluded", offset: u.Pos(), table: w.table, row: w.new, qualifiedOnly: true}
	sc := newScope(env, &stored, excluded)
	f.where(sc, u.Where)
	ok := f.condition(sc, u.Where)
	values, fine := f.assignments(w.table, u.Set, sc)
	return fine && f.change(&stored, values, ast.ConflictDefault, s.Returning, env) && ok
}
