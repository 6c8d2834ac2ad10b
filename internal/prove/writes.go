package prove

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// target resolves the table that a statement writes to.
func (f *facts) target(name *ast.QualifiedName, alias *ast.Ident) (*source, bool) {
	src := &source{name: model.Fold(name.Name.Name), label: fmt.Sprintf("%q", name.Name.Name), offset: name.Pos()}
	if alias != nil {
		src.name = model.Fold(alias.Name)
		src.label += " AS " + alias.Name
	}
	p := f.proof
	if name.Schema != nil && model.Fold(name.Schema.Name) != "main" {
		p.reject(src.offset, "", "%s is in the schema %q, of which nothing is known", src.label, name.Schema.Name)
		return nil, false
	}
	folded := model.Fold(name.Name.Name)
	src.table = p.tables[folded]
	switch {
	case p.views[folded] != nil && src.table == nil:
		p.reject(src.offset, "write to the tables behind it", "%s is a view; writes to views are not understood", src.label)
		return nil, false
	case src.table == nil:
		p.reject(src.offset, "", "%s", p.unknownTable(folded))
		return nil, false
	}
	src.star = src.table.starWidth()
	return src, f.mayWrite(src)
}

// mayWrite reports whether the tenant, or the acting user, writes to that
// table at all.
func (f *facts) mayWrite(src *source) bool {
	p := f.proof
	switch owner := src.table.owner; {
	case owner == owned, owner == ownedByPath:
		return true
	case (owner == personal || owner == person) && p.by == Actor:
		return true
	case owner == private, owner == unclassified:
		p.unbound(src)
	default:
		p.reject(src.offset, "", "%s is not the tenant's, so no query of a tenant writes to it", src.label)
	}
	return false
}

// update proves an UPDATE.
func (f *facts) update(s *ast.UpdateStmt, env *scope) bool {
	env = env.under(s.With)
	src, ok := f.target(s.Table, s.Alias)
	if !ok {
		return false
	}
	src.row = f.addRow(src.table, 0, true)
	b := &block{query: &ast.SelectQuery{Span: s.Span, From: s.From, Where: s.Where}, scope: newScope(env, src)}
	f.openFrom(b, s.From)
	f.where(b.scope, s.Where)
	ok = f.localTarget(src)
	ok = f.localGroup(b, 0) && ok
	ok = f.condition(b.scope, s.Where) && ok
	values, fine := f.assignments(src.table, s.Set, b.scope)
	if !fine {
		return false
	}
	return f.change(src, values, s.OrConflict, s.Returning, env) && ok
}

// localTarget proves that the row to be changed is the tenant's.
func (f *facts) localTarget(src *source) bool {
	if f.provable(func(g *facts) bool { return g.writable(src.row) }) {
		f.proof.step(f, src)
		return true
	}
	f.proof.unbound(src)
	return false
}

// assignments reads a SET list and proves its expressions.
func (f *facts) assignments(t *table, set []*ast.SetPair, sc *scope) (map[int]assignment, bool) {
	values, ok := map[int]assignment{}, true
	for _, pair := range set {
		ok = f.expression(sc, pair.Value) && ok
		for i, name := range pair.Columns {
			col, known := t.index[model.Fold(name.Name)]
			if _, twice := values[col]; !known || twice || t.columns[col].generated {
				f.proof.reject(name.Pos(), "", "column %s of %q cannot be set here, or is set twice", name.Name, t.Name)
				return nil, false
			}
			values[col] = pairValue(pair, i, sc)
		}
	}
	return values, ok
}

// pairValue returns what the i-th column of a SET pair gets.
func pairValue(pair *ast.SetPair, i int, sc *scope) assignment {
	if len(pair.Columns) == 1 {
		return assignment{expr: pair.Value, scope: sc}
	}
	if list := vector(pair.Value); len(list) == len(pair.Columns) {
		return assignment{expr: list[i], scope: sc}
	}
	if sub := subquery(pair.Value); sub != nil {
		return assignment{sub: sub, item: i, scope: sc}
	}
	return assignment{}
}

// change proves what setting the values does to the row and around it.
func (f *facts) change(src *source, values map[int]assignment, action ast.ConflictAction, returning []*ast.ResultColumn, env *scope) bool {
	w := &write{table: src.table, old: src.row, values: values, offset: src.offset, auto: -1}
	g := f.clone()
	w.new = g.image(w.table, values, w.old)
	g.settle()
	ok := g.localImage(w)
	ok = g.localConflicts(w, action) && ok
	ok = g.localReferrers(w) && ok
	ok = g.fire("UPDATE", w) && ok
	after := *src
	after.row = w.new
	return g.returning(returning, &after, env) && ok
}

// delete proves a DELETE.
func (f *facts) delete(s *ast.DeleteStmt, env *scope) bool {
	env = env.under(s.With)
	src, ok := f.target(s.Table, s.Alias)
	if !ok {
		return false
	}
	src.row = f.addRow(src.table, 0, true)
	sc := newScope(env, src)
	f.where(sc, s.Where)
	ok = f.localTarget(src)
	ok = f.condition(sc, s.Where) && ok
	ok = f.proof.localRemoval(src.table, src.offset) && ok
	return f.returning(s.Returning, src, env) && ok
}

// returning proves a RETURNING clause over the row it shows.
func (f *facts) returning(columns []*ast.ResultColumn, src *source, env *scope) bool {
	ok := true
	sc := newScope(env, src)
	for _, c := range columns {
		if _, star := c.Expr.(*ast.Star); !star {
			ok = f.expression(sc, c.Expr) && ok
		}
	}
	return ok
}

// insert proves an INSERT.
func (f *facts) insert(s *ast.InsertStmt, env *scope) bool {
	env = env.under(s.With)
	src, ok := f.target(s.Table, s.Alias)
	if !ok {
		return false
	}
	if src.table.owner == person {
		f.proof.reject(src.offset, "", "no query of a tenant or user creates users")
		return false
	}
	columns, ok := f.insertColumns(src.table, s)
	if !ok {
		return false
	}
	if s.DefaultValues {
		return f.insertRow(s, src, map[int]assignment{}, env)
	}
	ok = f.local(s.Select, env, nil)
	env = env.under(s.Select.With)
	for _, core := range s.Select.Cores {
		ok = f.insertCore(s, src, core, columns, env) && ok
	}
	return ok
}

// insertColumns lists the columns that an INSERT gives values for.
func (f *facts) insertColumns(t *table, s *ast.InsertStmt) ([]int, bool) {
	var columns []int
	for _, name := range s.Columns {
		i, known := t.index[model.Fold(name.Name)]
		if !known || t.columns[i].generated {
			f.proof.reject(name.Pos(), "", "column %s of %q cannot be inserted", name.Name, t.Name)
			return nil, false
		}
		columns = append(columns, i)
	}
	if s.Columns == nil {
		for i, c := range t.columns {
			if !c.generated && !c.hidden {
				columns = append(columns, i)
			}
		}
	}
	return columns, true
}

// insertCore proves the rows that one SELECT or VALUES inserts.
func (f *facts) insertCore(s *ast.InsertStmt, src *source, core ast.SelectCore, columns []int, env *scope) bool {
	if clause, ok := core.(*ast.ValuesClause); ok {
		fine := true
		for _, list := range clause.Rows {
			values := map[int]assignment{}
			for i := range min(len(columns), len(list)) {
				values[columns[i]] = assignment{expr: list[i], scope: env}
			}
			fine = f.sized(s, columns, len(list)) && f.clone().insertRow(s, src, values, env) && fine
		}
		return fine
	}
	g := f.clone()
	outputs := g.openCore(core, env, 0)
	if !f.sized(s, columns, len(outputs)) {
		return false
	}
	values := map[int]assignment{}
	for i := range outputs {
		values[columns[i]] = assignment{out: &outputs[i], expr: outputs[i].expr, scope: outputs[i].scope}
	}
	return g.insertRow(s, src, values, env)
}

func (f *facts) sized(s *ast.InsertStmt, columns []int, n int) bool {
	if len(columns) != n {
		f.proof.reject(s.Table.Pos(), "", "%d values for %d columns", n, len(columns))
	}
	return len(columns) == n
}

// insertRow proves one inserted row and what it does on a conflict.
func (f *facts) insertRow(s *ast.InsertStmt, src *source, values map[int]assignment, env *scope) bool {
	w := &write{table: src.table, old: -1, values: values, offset: src.offset, auto: -1}
	if key := w.table.rowid(); w.table.RowidKey() {
		if value, given := values[key]; !given || isNullLiteral(value.expr) {
			w.auto = key
		}
	}
	w.new = f.image(w.table, values, -1)
	f.settle()
	ok := f.localImage(w)
	action := s.OrConflict
	if s.Replace {
		action = ast.ConflictReplace
	}
	ok = f.localConflicts(w, action) && ok
	for _, u := range s.Upserts {
		ok = f.localUpsert(s, u, w, src, env) && ok
	}
	ok = f.fire("INSERT", w) && ok
	after := *src
	after.row = w.new
	return f.returning(s.Returning, &after, env) && ok
}
