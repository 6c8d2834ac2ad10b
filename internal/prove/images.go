package prove

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// assignment is what a write stores in a column: an expression, or one
// column of a subquery's row, or a column of a row that was selected.
type assignment struct {
	expr  ast.Expr
	scope *scope
	sub   *ast.SelectStmt
	item  int
	out   *output
}

// image adds the row as it is after a write. It names no stored row, for a
// new row may collide with one that it is not.
func (f *facts) image(t *table, values map[int]assignment, old int32) int32 {
	id := f.addRow(t, 0, false)
	for i, col := range t.columns {
		value, assigned := values[i]
		switch {
		case assigned:
			f.store(f.col(id, i), col.affinity, value)
		case col.generated:
		case old >= 0:
			f.equal(f.col(id, i), f.col(old, i))
		case i == t.rowid() && t.RowidKey():
		case col.fallback == nil:
			f.know(f.col(id, i), isNull)
		default:
			f.storeExpr(f.col(id, i), col.affinity, nil, col.fallback)
		}
	}
	for i := range values {
		// Storing NULL there fails, unless OR REPLACE takes the default.
		if col := t.columns[i]; col.notNull && col.fallback == nil && !f.has(f.col(id, i), isNull) {
			f.know(f.col(id, i), notNull)
		}
	}
	return id
}

// store records the value that a column gets.
func (f *facts) store(t term, a sqlite.Affinity, value assignment) {
	switch {
	case value.out != nil:
		f.storeOutput(t, a, *value.out)
	case value.sub != nil:
		f.ifNotNull(t, func(g *facts) {
			if outputs := g.openSelect(value.sub, value.scope, 0); value.item < len(outputs) {
				g.storeOutput(t, a, outputs[value.item])
			}
		})
	case value.expr != nil:
		f.storeExpr(t, a, value.scope, value.expr)
	}
}

// ifNotNull runs fn as soon as the value is known not to be NULL.
func (f *facts) ifNotNull(t term, fn func(*facts)) {
	g := f.addGroup(0)
	f.when(g, fn)
	f.equal(t, f.newTerm(-1, g))
	if f.has(t, notNull) {
		f.activate(g)
	}
}

func (f *facts) storeOutput(t term, a sqlite.Affinity, out output) {
	if out.expr != nil {
		f.storeExpr(t, a, out.scope, out.expr)
		return
	}
	f.storeOperand(t, a, f.output(out))
}

// storeOperand records a stored value: storing converts to the column's
// affinity, as comparing does.
func (f *facts) storeOperand(t term, a sqlite.Affinity, o operand) {
	switch {
	case o.isColumn() && o.affinity == a:
		f.equal(t, o.term)
	case o.kind == constantValue:
		if c, ok := f.as(o, a); ok {
			f.equal(t, c)
		}
	}
}

func (f *facts) storeExpr(t term, a sqlite.Affinity, sc *scope, e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		f.storeExpr(t, a, sc, x.X)
	case *ast.Literal:
		if x.Kind == ast.LitNull {
			f.know(t, isNull)
			return
		}
		f.storeOperand(t, a, f.operand(sc, x))
	case *ast.SubqueryExpr:
		f.store(t, a, assignment{sub: x.Select, scope: sc})
	case *ast.CaseExpr:
		f.storeCase(t, a, sc, x)
	case *ast.FuncCall:
		f.storeCall(t, a, sc, x)
	default:
		f.storeOperand(t, a, f.operand(sc, x))
	}
}

// storeCase distinguishes the branches of a CASE.
func (f *facts) storeCase(t term, a sqlite.Affinity, sc *scope, x *ast.CaseExpr) {
	var alternatives []func(*facts)
	for _, w := range x.Whens {
		alternatives = append(alternatives, func(g *facts) {
			condition := w.When
			if x.Operand != nil {
				condition = &ast.BinaryExpr{Op: ast.OpEq, X: x.Operand, Y: w.When}
			}
			g.where(sc, condition)
			g.storeExpr(t, a, sc, w.Then)
		})
	}
	alternatives = append(alternatives, func(g *facts) {
		if x.Else == nil {
			g.know(t, isNull)
			return
		}
		g.storeExpr(t, a, sc, x.Else)
	})
	f.oneOf(alternatives...)
}

// storeCall distinguishes what COALESCE, IIF and NULLIF may yield.
func (f *facts) storeCall(t term, a sqlite.Affinity, sc *scope, x *ast.FuncCall) {
	if x.Over != nil || x.Filter != nil {
		return
	}
	switch name := model.Fold(x.Name.Name); {
	case (name == "coalesce" || name == "ifnull") && len(x.Args) > 1:
		var alternatives []func(*facts)
		for _, arg := range x.Args {
			alternatives = append(alternatives, func(g *facts) { g.storeExpr(t, a, sc, arg) })
		}
		f.oneOf(alternatives...)
	case (name == "iif" || name == "if") && len(x.Args) == 3:
		f.oneOf(
			func(g *facts) { g.where(sc, x.Args[0]); g.storeExpr(t, a, sc, x.Args[1]) },
			func(g *facts) { g.storeExpr(t, a, sc, x.Args[2]) },
		)
	case name == "nullif" && len(x.Args) == 2:
		f.ifNotNull(t, func(g *facts) { g.storeExpr(t, a, sc, x.Args[0]) })
	}
}
