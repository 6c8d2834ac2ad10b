package prove

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// operand is one side of a comparison, as far as equality can use it.
type operand struct {
	kind     operandKind
	src      *source // of a column
	col      int
	term     term
	affinity sqlite.Affinity
	binary   bool
	text     string // of a constant
	marks    mark
	subquery *ast.SelectStmt
	scope    *scope
}

type operandKind int8

const (
	opaque        operandKind = iota // an expression that equality cannot use
	columnValue                      // a column of a stored row
	typedValue                       // a column that several SELECTs yield
	constantValue                    // a parameter, a literal, or a keyed value
	subqueryValue                    // a scalar subquery
)

func (o operand) isColumn() bool { return o.kind == columnValue || o.kind == typedValue }

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
		return operand{kind: subqueryValue, subquery: e.Select, scope: sc}
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
		o := operand{kind: columnValue, src: src, col: col, term: f.col(src.row, col), affinity: sqlite.AffinityInteger, binary: true}
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
		if o := f.column(out.src, out.col); o.isColumn() || !missing {
			return o
		}
	case out.expr != nil:
		if o := f.operand(out.scope, out.expr); o.isColumn() || o.kind == constantValue && !missing {
			return o
		}
	case out.key != "" && out.plain && out.typed:
		return operand{kind: typedValue, term: f.constant(out.key, out.of, 0), affinity: out.of, binary: true}
	case out.key != "" && out.plain:
		return operand{kind: constantValue, text: out.key}
	}
	return operand{}
}

// as returns the term of the operand as a column of that affinity sees it.
func (f *facts) as(o operand, a sqlite.Affinity) (term, bool) {
	switch o.kind {
	case columnValue, typedValue:
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
	if !a.isColumn() {
		a, b = b, a
	}
	if !a.isColumn() || !a.binary {
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
	outputs := f.openSelect(o.subquery, o.scope, 0)
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

// comparesPlainly reports whether a result column compares byte by byte: no
// collation reaches it from a column or a COLLATE.
func (f *facts) comparesPlainly(out output) bool {
	switch {
	case f.proof.plainText && out.key == "":
		return out.expr == nil || !collates(out.expr)
	case out.src != nil && out.src.table != nil:
		return out.col >= len(out.src.table.columns) || out.src.table.columns[out.col].binary
	case out.src != nil:
		return f.comparesPlainly(out.src.outputs[out.col])
	case out.expr == nil:
		return out.plain
	}
	return !collates(out.expr) && f.plainNames(out)
}

// plainNames reports whether every column that an expression names compares
// byte by byte.
func (f *facts) plainNames(out output) bool {
	plain := true
	ast.Walk(out.expr, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			plain = false
		case *ast.Ident, *ast.QualifiedRef:
			m, err := out.scope.resolve(asExpr(n))
			switch {
			case err != nil || m.alias != nil:
				plain = false
			case m.src != nil:
				plain = plain && f.comparesPlainly(output{src: m.src, col: m.col})
			}
			return false
		}
		return plain
	})
	return plain
}

func collates(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		_, collate := n.(*ast.CollateExpr)
		found = found || collate
		return !found
	})
	return found
}
