package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// condition proves an expression of which only the truth counts.
func (f *facts) condition(sc *scope, e ast.Expr) bool {
	switch x := e.(type) {
	case nil:
		return true
	case *ast.ParenExpr:
		return f.condition(sc, x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			ok := f.condition(sc, x.X)
			return f.condition(sc, x.Y) && ok
		case ast.OpOr:
			ok := f.branch(sc, x.X)
			return f.branch(sc, x.Y) && ok
		}
	case *ast.InExpr:
		if listed(x) != nil && !x.Not {
			return f.semijoin(sc, x)
		}
	}
	return f.expression(sc, e)
}

// branch proves a condition where it is true.
func (f *facts) branch(sc *scope, e ast.Expr) bool {
	if !hasSubquery(e) {
		return f.condition(sc, e)
	}
	g := f.clone()
	g.where(sc, e)
	return g.condition(sc, e)
}

// semijoin proves X IN (SELECT …) where only a match counts, so that the
// subquery may be restricted to the rows that match.
func (f *facts) semijoin(sc *scope, x *ast.InExpr) bool {
	xs := vector(x.X)
	if xs == nil {
		xs = []ast.Expr{x.X}
	}
	ok := f.localAll(sc, xs)
	row := make([]operand, len(xs))
	for i, e := range xs {
		if o := f.operand(sc, e); o.kind != subqueryValue {
			row[i] = o
		}
	}
	return f.local(listed(x), sc, row) && ok
}

// listed returns the SELECT on the right of IN; IN t is IN (SELECT * FROM t).
func listed(x *ast.InExpr) *ast.SelectStmt {
	if x.Table == nil {
		return x.Select
	}
	span := ast.Span{Start: x.Table.Pos(), Stop: x.Table.End()}
	return &ast.SelectStmt{Span: span, Cores: []ast.SelectCore{&ast.SelectQuery{
		Span:    span,
		Columns: []*ast.ResultColumn{{Span: span, Expr: &ast.Star{Span: span}}},
		From:    []*ast.TableRef{{Span: span, Name: x.Table, Args: x.Args, HasArgs: x.HasArgs}},
	}}}
}

func hasSubquery(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			found = true
		case *ast.InExpr:
			found = found || n.Table != nil
		}
		return !found
	})
	return found
}

func (f *facts) localAll(sc *scope, list []ast.Expr) bool {
	ok := true
	for _, e := range list {
		ok = f.expression(sc, e) && ok
	}
	return ok
}

// expression proves an expression whose value counts: its names are known,
// its functions depend on their arguments, its subqueries are local.
func (f *facts) expression(sc *scope, e ast.Expr) bool {
	switch x := e.(type) {
	case nil, *ast.Literal, *ast.BindParam:
		return true
	case *ast.Ident, *ast.QualifiedRef:
		return f.reference(sc, x)
	case *ast.ParenExpr:
		return f.expression(sc, x.X)
	case *ast.UnaryExpr:
		return f.expression(sc, x.X)
	case *ast.CollateExpr:
		return f.expression(sc, x.X)
	case *ast.CastExpr:
		return f.expression(sc, x.X)
	case *ast.NullCheckExpr:
		return f.expression(sc, x.X)
	case *ast.BinaryExpr:
		return f.localAll(sc, []ast.Expr{x.X, x.Y})
	case *ast.IsExpr:
		return f.localAll(sc, []ast.Expr{x.X, x.Y})
	case *ast.BetweenExpr:
		return f.localAll(sc, []ast.Expr{x.X, x.Lo, x.Hi})
	case *ast.VectorExpr:
		return f.localAll(sc, x.List)
	case *ast.LikeExpr:
		return f.localLike(sc, x)
	case *ast.CaseExpr:
		return f.localCase(sc, x)
	case *ast.FuncCall:
		return f.call(sc, x)
	case *ast.InExpr:
		return f.localIn(sc, x)
	case *ast.ExistsExpr:
		return f.local(x.Select, sc, nil)
	case *ast.SubqueryExpr:
		return f.local(x.Select, sc, nil)
	case *ast.RaiseExpr:
		return f.expression(sc, x.Message)
	}
	f.proof.reject(e.Pos(), "", "this expression is not understood")
	return false
}

// reference proves that a name means a column of this statement.
func (f *facts) reference(sc *scope, e ast.Expr) bool {
	_, err := sc.resolve(e)
	if err != nil && !sc.incomplete() {
		f.proof.reject(e.Pos(), "", "%v", err)
	}
	return err == nil
}

func (f *facts) localLike(sc *scope, x *ast.LikeExpr) bool {
	if model.Fold(x.Op.Name) == "match" {
		// The left side may be the name of a full-text table.
		return f.expression(sc, x.Y)
	}
	return f.localAll(sc, []ast.Expr{x.X, x.Y, x.Escape})
}

func (f *facts) localIn(sc *scope, x *ast.InExpr) bool {
	ok := f.expression(sc, x.X)
	if s := listed(x); s != nil {
		return f.local(s, sc, nil) && ok
	}
	return f.localAll(sc, x.List) && ok
}

// localCase proves a CASE: what a branch yields counts only where its
// condition is true.
func (f *facts) localCase(sc *scope, x *ast.CaseExpr) bool {
	ok := f.expression(sc, x.Operand)
	for _, w := range x.Whens {
		g := f
		if x.Operand == nil && (hasSubquery(w.When) || hasSubquery(w.Then)) {
			g = f.clone()
			g.where(sc, w.When)
			ok = g.condition(sc, w.When) && ok
		} else {
			ok = f.expression(sc, w.When) && ok
		}
		ok = g.expression(sc, w.Then) && ok
	}
	return f.expression(sc, x.Else) && ok
}

// call proves a function call.
func (f *facts) call(sc *scope, x *ast.FuncCall) bool {
	name := model.Fold(x.Name.Name)
	if !knownFunction(name) {
		f.proof.reject(x.Pos(), "", "function %s is not known to depend on its arguments alone", name)
		return false
	}
	if isAggregate(x) && f.outerAggregate(sc, x) {
		f.proof.reject(x.Pos(), "", "%s() aggregates the rows of an outer query", name)
		return false
	}
	ok := f.localAll(sc, x.Args)
	for _, term := range x.OrderBy {
		ok = f.expression(sc, term.Expr) && ok
	}
	ok = f.condition(sc, x.Filter) && ok
	if x.Over != nil {
		ok = f.window(sc, x.Over) && ok
	}
	return ok
}

// outerAggregate reports whether an aggregate may belong to an outer query:
// SQLite gives it to the innermost one that owns a column in it. A subquery
// in it hides columns, so it counts as one of an outer query.
func (f *facts) outerAggregate(sc *scope, x *ast.FuncCall) bool {
	parts := append(slices.Clone(x.Args), x.Filter)
	for _, term := range x.OrderBy {
		parts = append(parts, term.Expr)
	}
	outer := false
	for _, part := range parts {
		own := false
		ast.Walk(part, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectStmt:
				outer = true
				return false
			case *ast.Ident, *ast.QualifiedRef:
				if m, err := sc.resolve(asExpr(n)); err == nil && (m.src != nil || m.alias != nil) {
					own = own || m.src != nil && sc.owns(m.src)
					outer = outer || m.src == nil || !sc.owns(m.src)
				}
				return false
			}
			return true
		})
		if own {
			return false
		}
	}
	return outer
}

func (s *scope) owns(src *source) bool {
	return slices.Contains(s.sources, src)
}

func (f *facts) window(sc *scope, w *ast.WindowDef) bool {
	ok := f.localAll(sc, w.Partition)
	for _, term := range w.OrderBy {
		ok = f.expression(sc, term.Expr) && ok
	}
	for _, bound := range []*ast.FrameBound{w.StartBound, w.EndBound} {
		if bound != nil {
			ok = f.expression(sc, bound.Expr) && ok
		}
	}
	return ok
}

// asExpr returns a name in a syntax tree as the expression that it is.
func asExpr(n ast.Node) ast.Expr {
	expr, _ := n.(ast.Expr)
	return expr
}
