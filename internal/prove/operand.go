package prove

import (
	"github.com/sqlc-dev/meyer/ast"
)

// operand is one side of a comparison, as far as equality can use it.
type operand struct {
	kind     operandKind
	src      *source // of a column
	col      int
	term     term
	affinity affinity
	binary   bool
	text     string // of a constant
	marks    mark
	select_  *ast.SelectStmt // of a subquery
	scope    *scope
}

type operandKind int8

const (
	opaque        operandKind = iota // an expression that equality cannot use
	columnValue                      // a column of a stored row
	constantValue                    // a parameter, a literal, or a keyed value
	subqueryValue                    // a scalar subquery
)

// operand reads an expression.
func (f *facts) operand(sc *scope, e ast.Expr) operand {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.operand(sc, e.X)
	case *ast.UnaryExpr:
		if e.Op == ast.OpPlus {
			return f.operand(sc, e.X)
		}
	case *ast.CollateExpr:
		if isBinary(e.Name.Name) {
			o := f.operand(sc, e.X)
			o.binary = true
			return o
		}
	case *ast.Ident, *ast.QualifiedRef:
		m, err := sc.resolve(e)
		switch {
		case err != nil:
			return operand{}
		case m.alias != nil:
			return f.operand(m.scope, m.alias)
		case m.src == nil:
			return operand{kind: constantValue, text: m.text}
		}
		return f.column(m.src, m.col)
	case *ast.Literal:
		if e.Kind <= ast.LitBlob && e.Kind != ast.LitNull {
			return operand{kind: constantValue, text: e.Raw}
		}
	case *ast.BindParam:
		return f.proof.param(e)
	case *ast.CastExpr:
		return f.cast(sc, e)
	case *ast.SubqueryExpr:
		return operand{kind: subqueryValue, select_: e.Select, scope: sc}
	}
	return operand{}
}

// cast reads CAST(parameter AS type): the verified tenant stays itself where
// the type's affinity is that of the tenant's key.
func (f *facts) cast(sc *scope, e *ast.CastExpr) operand {
	o := f.operand(sc, e.X)
	if o.kind != constantValue || e.Type == nil {
		return operand{}
	}
	a := affinityOf(e.Type.Name, false)
	if o.marks&isTenant != 0 && a == f.proof.tenantAffinity || o.marks&isActor != 0 && a == f.proof.userAffinity {
		return o
	}
	return operand{kind: constantValue, text: "CAST " + e.Type.Name + " " + o.text}
}

// column reads a column of a source, through derived tables down to the
// column of a table.
func (f *facts) column(src *source, col int) operand {
	if src.table != nil {
		o := operand{kind: columnValue, src: src, col: col, term: f.col(src.row, col), affinity: affinityInteger, binary: true}
		if col < len(src.table.columns) {
			c := src.table.columns[col]
			o.affinity, o.binary = c.affinity, c.binary
		}
		return o
	}
	out := src.outputs[col]
	missing := !f.groups[src.group].active // then a constant is NULL
	switch {
	case out.src != nil:
		if o := f.column(out.src, out.col); o.kind == columnValue || !missing {
			return o
		}
	case out.expr != nil:
		if o := f.operand(out.scope, out.expr); o.kind == columnValue || o.kind == constantValue && !missing {
			return o
		}
	case out.key != "" && f.proof.plainText:
		return operand{kind: constantValue, text: out.key}
	}
	return operand{}
}

// as returns the term of the operand as a column of that affinity sees it.
func (f *facts) as(o operand, a affinity) (term, bool) {
	switch o.kind {
	case columnValue:
		return o.term, o.binary && o.affinity == a
	case constantValue:
		marks := mark(0)
		if o.marks&isTenant != 0 && a == f.proof.tenantAffinity {
			marks |= isTenant | notNull
		}
		if o.marks&isActor != 0 && a == f.proof.userAffinity {
			marks |= isActor | notNull
		}
		return f.constant(o.text, a, marks), true
	}
	return 0, false
}

// equate records that two operands are the same value, where SQLite's = or
// IS says so.
func (f *facts) equate(a, b operand) {
	a, b = f.opened(a), f.opened(b)
	if a.kind != columnValue {
		a, b = b, a
	}
	if a.kind != columnValue || !a.binary {
		return
	}
	if t, ok := f.as(b, a.affinity); ok {
		f.equal(a.term, t)
	}
}

// opened returns the value of a scalar subquery whose value is known not to
// be NULL, so that it has a row.
func (f *facts) opened(o operand) operand {
	if o.kind != subqueryValue {
		return o
	}
	outputs := f.openSelect(o.select_, o.scope, 0)
	if len(outputs) != 1 {
		return operand{}
	}
	return f.output(outputs[0])
}

func (f *facts) output(out output) operand {
	return f.column(&source{outputs: []output{out}}, 0)
}

// constantExpr reports whether e reads neither a column nor a table.
func constantExpr(e ast.Expr) bool {
	constant := true
	ast.Walk(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.Ident, *ast.QualifiedRef, *ast.SelectStmt, *ast.FuncCall:
			constant = false
		}
		return constant
	})
	return constant
}
