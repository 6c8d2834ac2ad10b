package prove

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// local proves that the rows of a SELECT, or those of them that agree with
// row on the columns that can be pushed down, depend on visible rows alone.
// row holds an operand for each result column, or is nil.
func (f *facts) local(s *ast.SelectStmt, env *scope, row []operand) bool {
	env = env.under(s.With)
	limited := false
	for _, core := range s.Cores {
		if q, ok := core.(*ast.SelectQuery); ok && q.Limit != nil {
			limited = true
		}
	}
	if limited {
		row = nil
	}
	ok := true
	for _, core := range s.Cores {
		ok = f.clone().localCore(core, env, row, len(s.Cores) > 1) && ok
	}
	return ok
}

// localCore proves one SELECT or VALUES of a query; compound says that it is
// one of several.
func (f *facts) localCore(core ast.SelectCore, env *scope, row []operand, compound bool) bool {
	ok := true
	switch core := core.(type) {
	case *ast.SelectQuery:
		b := f.openBlock(core, env, 0)
		f.push(b, row)
		return f.localBlock(b, compound)
	case *ast.ValuesClause:
		for _, values := range core.Rows {
			ok = f.localAll(env, values) && ok
		}
	}
	return ok
}

// push restricts a block to the rows that agree with row, as far as the
// restriction commutes with grouping and windows.
func (f *facts) push(b *block, row []operand) {
	if row == nil || collapses(b.query) {
		return
	}
	outs := f.outputs(b)
	if len(outs) != len(row) {
		return
	}
	windows := b.windows()
	for i, out := range outs {
		inner := f.output(out)
		if inner.isColumn() && inner.binary && f.partitionsAll(b, windows, inner) {
			f.equate(inner, row[i])
		}
	}
	f.settle()
}

// windows lists the windows of a block's window functions.
func (b *block) windows() []*ast.WindowDef {
	var found []*ast.WindowDef
	look := func(n ast.Node) {
		ast.Walk(n, func(n ast.Node) bool {
			if call, ok := n.(*ast.FuncCall); ok && call.Over != nil {
				found = append(found, call.Over)
			}
			_, sub := n.(*ast.SelectStmt)
			return !sub
		})
	}
	for _, c := range b.query.Columns {
		look(c)
	}
	for _, o := range b.query.OrderBy {
		look(o)
	}
	return found
}

// partitionsAll reports whether every window is partitioned by the column.
func (f *facts) partitionsAll(b *block, windows []*ast.WindowDef, o operand) bool {
	for _, w := range windows {
		found := false
		for _, e := range b.partition(w, 0) {
			p := f.operand(b.scope.plain, e)
			found = found || p.isColumn() && p.binary && p.term == o.term
		}
		if !found {
			return false
		}
	}
	return true
}

// partition returns the PARTITION BY terms of a window, its base included.
func (b *block) partition(w *ast.WindowDef, depth int) []ast.Expr {
	if w.Base == nil || depth > 8 {
		return w.Partition
	}
	for _, named := range b.query.Windows {
		if model.Fold(named.Name.Name) == model.Fold(w.Base.Name) {
			return b.partition(named, depth+1)
		}
	}
	return nil
}

// localBlock proves a block: every row its conditions let through is made of
// visible rows, and every expression in it depends on such rows alone.
func (f *facts) localBlock(b *block, compound bool) bool {
	ok := f.localGroup(b, b.group)
	q := b.query
	ok = f.condition(b.scope, q.Where) && ok
	for _, c := range q.Columns {
		if star, ok := c.Expr.(*ast.Star); ok {
			f.expand(b, star)
			continue
		}
		ok = f.expression(b.scope.plain, c.Expr) && ok
	}
	for _, e := range q.GroupBy {
		ok = f.expression(b.scope, e) && ok
	}
	ok = f.condition(b.scope, q.Having) && ok
	for _, w := range q.Windows {
		ok = f.window(b.scope.plain, w) && ok
	}
	return f.localOrder(b, compound) && ok
}

// localOrder proves ORDER BY and LIMIT. The terms of a compound's ORDER BY
// name result columns.
func (f *facts) localOrder(b *block, compound bool) bool {
	ok := true
	for _, term := range b.query.OrderBy {
		if _, name := term.Expr.(*ast.Ident); !compound || !name {
			ok = f.expression(b.scope, term.Expr) && ok
		}
	}
	if limit := b.query.Limit; limit != nil {
		ok = f.expression(b.scope, limit.Count) && ok
		if limit.Offset != nil {
			ok = f.expression(b.scope, limit.Offset) && ok
		}
	}
	return ok
}

// localGroup proves the parts of a FROM clause that belong to a group, and
// the null-extended sides within it: there every row that the ON clause lets
// through must be visible, for whether there is one decides the result.
func (f *facts) localGroup(b *block, g int32) bool {
	ok := true
	for _, p := range b.parts {
		if p.group != g {
			continue
		}
		if p.on != nil {
			ok = f.condition(b.scope, p.on) && ok
		} else {
			ok = f.localSource(b, p.src) && ok
		}
	}
	for child := g + 1; int(child) < len(f.groups); child++ {
		if f.groups[child].parent != g || !f.contains(child, b) {
			continue
		}
		inner := f
		if !f.groups[child].active {
			inner = f.clone()
			inner.unsettled = nil // WHERE does not hold yet of what ON lets through
			inner.activate(child)
		}
		ok = inner.localGroup(b, child) && ok
	}
	return ok
}

// contains reports whether the block has a part in the group or below it.
func (f *facts) contains(g int32, b *block) bool {
	for _, p := range b.parts {
		for at := p.group; at >= g; at = f.groups[at].parent {
			if at == g {
				return true
			}
		}
	}
	return false
}

// localSource proves one item of a FROM clause.
func (f *facts) localSource(b *block, src *source) bool {
	switch {
	case src.table != nil:
		return f.localRow(src)
	case src.closed:
		return f.localAll(b.scope, src.args)
	case src.body == nil:
		if src.outputs != nil && len(f.proof.findings) == 0 {
			f.proof.reject(src.offset, "tie every step to the tenant", "%s may reach rows of other tenants", src.label)
		}
		return false
	}
	return f.localBody(src)
}

// localBody proves a derived table, by itself or together with what the
// query around it asks of its columns.
func (f *facts) localBody(src *source) bool {
	if f.proof.closed(src) {
		return true
	}
	leave, ok := f.proof.enter(src, src.key)
	if !ok {
		return false
	}
	defer leave()
	row := make([]operand, len(src.outputs))
	for i := range src.outputs {
		row[i] = f.column(src, i)
	}
	return f.local(src.body, src.env, row)
}

// localRow proves that a row of a base table is visible.
func (f *facts) localRow(src *source) bool {
	if f.provable(func(g *facts) bool { return g.visible(src.row) }) {
		f.proof.step(f, src)
		return true
	}
	f.proof.unbound(src)
	return false
}
