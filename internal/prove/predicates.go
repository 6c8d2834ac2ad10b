package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// where records that a condition is true. Parts that also hold of rows made
// up by an outer join wait until those rows are known to exist.
func (f *facts) where(sc *scope, e ast.Expr) {
	if e == nil {
		return
	}
	f.enqueue(sc, e)
	f.settle()
}

func (f *facts) enqueue(sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.enqueue(sc, x.X)
		return
	case *ast.BinaryExpr:
		if x.Op == ast.OpAnd {
			f.enqueue(sc, x.X)
			f.enqueue(sc, x.Y)
			return
		}
	}
	f.proof.spend(1 + len(f.unsettled)/4)
	f.strict(sc, e)
	f.unsettled = append(slices.Clip(f.unsettled), conjunct{sc, e})
}

// settle uses every waiting condition that speaks of existing rows alone.
func (f *facts) settle() {
	for progress := true; progress && len(f.unsettled) > 0; {
		progress = false
		waiting := f.unsettled
		f.unsettled = nil
		for _, c := range waiting {
			if f.settled(c.scope, c.expr) {
				f.assume(c.scope, c.expr)
				progress = true
				continue
			}
			f.unsettled = append(f.unsettled, c)
		}
	}
}

// settled reports whether an expression names no row that might not exist.
func (f *facts) settled(sc *scope, e ast.Expr) bool {
	inactive := false
	for i := range f.groups {
		inactive = inactive || !f.groups[i].active
	}
	if !inactive {
		return true
	}
	return f.namesExist(sc, e, nil)
}

// namesExist is settled for a part of an expression, within the sources of
// the subqueries around it.
func (f *facts) namesExist(sc *scope, n ast.Node, within []*ast.TableRef) bool {
	ok := true
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			ok = ok && (f.ownName(sc, within, "", model.Fold(n.Name)) || f.existing(sc, "", model.Fold(n.Name)))
		case *ast.QualifiedRef:
			qualifier, name := model.Fold(n.Parts[len(n.Parts)-2].Name), model.Fold(n.Parts[len(n.Parts)-1].Name)
			ok = ok && (f.ownName(sc, within, qualifier, name) || f.existing(sc, qualifier, name))
			return false
		case *ast.SelectStmt:
			ok = ok && n.With == nil // its names could hide a table's
		case *ast.SelectQuery:
			inner := append(slices.Clip(within), n.From...)
			for _, child := range n.Children() {
				ok = ok && f.namesExist(sc, child, inner)
			}
			return false
		case *ast.TableRef:
			for _, part := range []ast.Node{n.Select, n.On} {
				ok = ok && f.namesExist(sc, part, within)
			}
			for _, arg := range n.Args {
				ok = ok && f.namesExist(sc, arg, within)
			}
			for _, ref := range n.List {
				ok = ok && f.namesExist(sc, ref, within)
			}
			return false
		}
		return ok
	})
	return ok
}

// ownName reports whether a name certainly means a column of a subquery's own
// table.
func (f *facts) ownName(sc *scope, within []*ast.TableRef, qualifier, name string) bool {
	for _, ref := range within {
		if ref.Name == nil || ref.HasArgs {
			continue
		}
		table := model.Fold(ref.Name.Name.Name)
		alias := table
		if ref.Alias != nil {
			alias = model.Fold(ref.Alias.Name)
		}
		if qualifier != "" {
			if alias == qualifier {
				return true
			}
			continue
		}
		t := f.proof.tables[table]
		if cte, _ := sc.cte(table); t == nil || cte != nil {
			continue
		}
		if _, known := t.index[name]; known {
			return true
		}
	}
	return false
}

// existing reports whether no source in sight that a name might mean is
// missing its row. It errs towards false.
func (f *facts) existing(sc *scope, qualifier, name string) bool {
	for level := sc; level != nil; level = level.parent {
		for _, src := range level.sources {
			if qualifier != "" && src.name != qualifier || f.groups[src.group].active {
				continue
			}
			if qualifier != "" || src.column(name) >= 0 || isRowid(name) {
				return false
			}
		}
		for _, alias := range level.aliases {
			if qualifier == "" && alias.Alias != nil && model.Fold(alias.Alias.Name) == name && !f.settled(level.plain, alias.Expr) {
				return false
			}
		}
	}
	return true
}

// strict activates the rows that must exist for a condition to be true.
func (f *facts) strict(sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.strict(sc, x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			f.strict(sc, x.X)
			f.strict(sc, x.Y)
		case ast.OpOr:
		default:
			f.notNull(sc, x)
		}
	case *ast.UnaryExpr:
		if x.Op == ast.OpNot {
			f.strictFalse(sc, x.X)
		} else {
			f.notNull(sc, x)
		}
	case *ast.BetweenExpr:
		f.notNull(sc, x.X)
		if !x.Not {
			f.notNull(sc, x.Lo)
			f.notNull(sc, x.Hi)
		}
	case *ast.InExpr:
		if !x.Not {
			f.notNull(sc, x.X)
		}
	case *ast.IsExpr:
		f.strictIs(sc, x)
	case *ast.NullCheckExpr:
		if x.Test != ast.TestIsNull {
			f.notNull(sc, x.X)
		}
	default:
		f.notNull(sc, e)
	}
}

// strictFalse is strict for a condition known to be false, not NULL.
func (f *facts) strictFalse(sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.strictFalse(sc, x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpOr:
			f.strictFalse(sc, x.X)
			f.strictFalse(sc, x.Y)
		case ast.OpAnd:
		default:
			f.notNull(sc, x)
		}
	case *ast.NullCheckExpr:
		if x.Test == ast.TestIsNull {
			f.notNull(sc, x.X)
		}
	case *ast.IsExpr:
		if isNullLiteral(x.Y) && !x.Not && !x.Distinct {
			f.notNull(sc, x.X)
		}
	case *ast.LikeExpr, *ast.Ident, *ast.QualifiedRef:
		f.notNull(sc, x)
	}
}

func (f *facts) strictIs(sc *scope, x *ast.IsExpr) {
	if isNullLiteral(x.Y) {
		if x.Not != x.Distinct {
			f.notNull(sc, x.X)
		}
		return
	}
	if x.Not != x.Distinct {
		return
	}
	for _, sides := range [][2]ast.Expr{{x.X, x.Y}, {x.Y, x.X}} {
		if o := f.operand(sc, sides[0]); o.kind == constantValue && o.marks != 0 {
			f.notNull(sc, sides[1])
		}
	}
}

func isNullLiteral(e ast.Expr) bool {
	literal, ok := e.(*ast.Literal)
	return ok && literal.Kind == ast.LitNull
}

// notNull records that the value of an expression is not NULL.
func (f *facts) notNull(sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.notNull(sc, x.X)
	case *ast.UnaryExpr:
		f.notNull(sc, x.X)
	case *ast.CollateExpr:
		f.notNull(sc, x.X)
	case *ast.CastExpr:
		f.notNull(sc, x.X)
	case *ast.LikeExpr:
		if op := model.Fold(x.Op.Name); op == "like" || op == "glob" {
			f.notNull(sc, x.X)
			f.notNull(sc, x.Y)
		}
	case *ast.BinaryExpr:
		if x.Op != ast.OpAnd && x.Op != ast.OpOr {
			f.notNull(sc, x.X)
			if x.Op != ast.OpPtr && x.Op != ast.OpPtr2 {
				f.notNull(sc, x.Y)
			}
		}
	case *ast.VectorExpr:
		// A comparison of row values may be decided by the first pair.
	case *ast.FuncCall:
		if strictFunctions[model.Fold(x.Name.Name)] && x.Over == nil {
			for _, arg := range x.Args {
				f.notNull(sc, arg)
			}
		}
	case *ast.Ident, *ast.QualifiedRef:
		m, err := sc.resolve(e)
		switch {
		case err != nil:
		case m.alias != nil:
			f.notNull(m.scope, m.alias)
		case m.src != nil:
			f.columnNotNull(m.src, m.col)
		}
	}
}

func (f *facts) columnNotNull(src *source, col int) {
	f.activate(src.group)
	if src.table != nil {
		f.know(f.col(src.row, col), notNull)
		return
	}
	out := src.outputs[col]
	switch {
	case out.src != nil:
		f.columnNotNull(out.src, out.col)
	case out.expr != nil:
		f.notNull(out.scope, out.expr)
	}
}

// assume records what follows from a condition being true.
func (f *facts) assume(sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.assume(sc, x.X)
	case *ast.BinaryExpr:
		f.assumeBinary(sc, x)
	case *ast.UnaryExpr:
		if x.Op == ast.OpNot {
			f.refute(sc, x.X)
		}
	case *ast.IsExpr:
		f.assumeIs(sc, x, x.Not != x.Distinct)
	case *ast.NullCheckExpr:
		if x.Test == ast.TestIsNull {
			f.assumeNull(sc, x.X)
		}
	case *ast.InExpr:
		if !x.Not {
			f.assumeIn(sc, x)
		}
	case *ast.ExistsExpr:
		f.openSelect(x.Select, sc, 0)
	case *ast.Ident:
		if m, err := sc.resolve(x); err == nil && m.alias != nil {
			f.where(m.scope, m.alias)
		}
	}
}

func (f *facts) assumeBinary(sc *scope, x *ast.BinaryExpr) {
	switch x.Op {
	case ast.OpAnd:
		f.where(sc, x)
	case ast.OpOr:
		if informative(x.X) && informative(x.Y) {
			f.oneOf(
				func(g *facts) { g.where(sc, x.X) },
				func(g *facts) { g.where(sc, x.Y) },
			)
		}
	case ast.OpEq:
		f.assumeEqual(sc, x.X, x.Y)
	}
}

// refute records what follows from a condition being false, not NULL.
func (f *facts) refute(sc *scope, e ast.Expr) {
	f.strictFalse(sc, e)
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.refute(sc, x.X)
	case *ast.UnaryExpr:
		if x.Op == ast.OpNot {
			f.where(sc, x.X)
		}
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpOr:
			f.refute(sc, x.X)
			f.refute(sc, x.Y)
		case ast.OpAnd:
			f.oneOf(
				func(g *facts) { g.refute(sc, x.X) },
				func(g *facts) { g.refute(sc, x.Y) },
			)
		case ast.OpNe:
			f.assumeEqual(sc, x.X, x.Y)
		}
	case *ast.IsExpr:
		f.assumeIs(sc, x, x.Not == x.Distinct)
	case *ast.NullCheckExpr:
		if x.Test != ast.TestIsNull {
			f.assumeNull(sc, x.X)
		}
	case *ast.InExpr:
		if x.Not {
			f.assumeIn(sc, x)
		}
	}
}

// assumeEqual records X = Y, of values or of row values.
func (f *facts) assumeEqual(sc *scope, x, y ast.Expr) {
	xs, ys := vector(x), vector(y)
	if xs != nil && ys != nil && len(xs) == len(ys) {
		for i := range xs {
			f.enqueue(sc, &ast.BinaryExpr{Op: ast.OpEq, X: xs[i], Y: ys[i]})
		}
		return
	}
	if sub := subquery(y); xs != nil && sub != nil {
		f.matches(sc, xs, f.openSelect(sub, sc, 0))
		return
	}
	if sub := subquery(x); ys != nil && sub != nil {
		f.matches(sc, ys, f.openSelect(sub, sc, 0))
		return
	}
	if xs != nil || ys != nil {
		return
	}
	if f.assumeCoalesce(sc, x, y) || f.assumeCoalesce(sc, y, x) {
		return
	}
	f.equate(f.operand(sc, x), f.operand(sc, y))
}

// matches records that a row of a subquery equals the row value.
func (f *facts) matches(sc *scope, xs []ast.Expr, outputs []output) {
	if len(xs) != len(outputs) {
		return
	}
	for i, x := range xs {
		f.notNull(sc, x)
		f.equate(f.operand(sc, x), f.output(outputs[i]))
	}
}

func vector(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.VectorExpr:
		return e.List
	case *ast.ParenExpr:
		return vector(e.X)
	}
	return nil
}

func subquery(e ast.Expr) *ast.SelectStmt {
	switch e := e.(type) {
	case *ast.SubqueryExpr:
		return e.Select
	case *ast.ParenExpr:
		return subquery(e.X)
	}
	return nil
}

// assumeCoalesce records COALESCE(a, b) = y. A parameter as the first
// argument is an optional filter, about which nothing is concluded.
func (f *facts) assumeCoalesce(sc *scope, e, y ast.Expr) bool {
	call, ok := e.(*ast.FuncCall)
	if !ok || len(call.Args) != 2 || call.Over != nil {
		return false
	}
	if name := model.Fold(call.Name.Name); name != "coalesce" && name != "ifnull" {
		return false
	}
	a, b := call.Args[0], call.Args[1]
	if f.operand(sc, a).kind != columnValue {
		return true
	}
	f.oneOf(
		func(g *facts) { g.where(sc, &ast.BinaryExpr{Op: ast.OpEq, X: a, Y: y}) },
		func(g *facts) {
			g.assumeNull(sc, a)
			g.where(sc, &ast.BinaryExpr{Op: ast.OpEq, X: b, Y: y})
		},
	)
	return true
}

// assumeIs records X IS Y, or what X IS NOT Y tells.
func (f *facts) assumeIs(sc *scope, x *ast.IsExpr, not bool) {
	if ident, ok := x.Y.(*ast.Ident); ok && ident.Quote == ast.QuoteNone {
		if m, err := sc.resolve(ident); err == nil && m.src == nil && m.alias == nil {
			if model.Fold(ident.Name) == "true" && !not {
				f.where(sc, x.X)
			}
			return
		}
	}
	switch {
	case not:
	case isNullLiteral(x.Y):
		f.assumeNull(sc, x.X)
	case vector(x.X) == nil && vector(x.Y) == nil:
		a, b := f.operand(sc, x.X), f.operand(sc, x.Y)
		if a.kind != subqueryValue && b.kind != subqueryValue {
			f.equate(a, b)
		}
	}
}

// assumeNull records that a column is NULL. Of a parameter nothing is
// concluded: a filter that a missing parameter turns off is no filter.
func (f *facts) assumeNull(sc *scope, e ast.Expr) {
	if o := f.operand(sc, e); o.kind == columnValue {
		f.know(o.term, isNull)
	}
}

// maxAlternatives bounds the IN lists that are taken apart.
const maxAlternatives = 4

// assumeIn records X IN (…).
func (f *facts) assumeIn(sc *scope, x *ast.InExpr) {
	switch {
	case listed(x) != nil:
		xs := vector(x.X)
		if xs == nil {
			xs = []ast.Expr{x.X}
		}
		f.matches(sc, xs, f.openSelect(listed(x), sc, 0))
	case len(x.List) == 1:
		f.assumeEqual(sc, x.X, x.List[0])
	case len(x.List) > 1 && len(x.List) <= maxAlternatives:
		var alternatives []func(*facts)
		for _, item := range x.List {
			alternatives = append(alternatives, func(g *facts) { g.assumeEqual(sc, x.X, item) })
		}
		f.oneOf(alternatives...)
	}
}

// informative reports whether a case distinction on a condition could prove
// anything.
func informative(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return informative(x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			return informative(x.X) || informative(x.Y)
		case ast.OpOr:
			return informative(x.X) && informative(x.Y)
		case ast.OpEq:
			return true
		}
	case *ast.IsExpr:
		return !isNullLiteral(x.Y) || !constantExpr(x.X)
	case *ast.NullCheckExpr:
		return x.Test == ast.TestIsNull && !constantExpr(x.X)
	case *ast.UnaryExpr:
		return x.Op == ast.OpNot
	case *ast.InExpr, *ast.ExistsExpr:
		return true
	}
	return false
}
