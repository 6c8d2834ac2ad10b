package typing

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

var (
	integer = always(model.Integer)
	text    = always(model.Text)
	boolean = always(model.Bool)
)

// condition reads an expression that is true or false.
func (r *reader) condition(e ast.Expr, s *scope) value {
	r.expect(e, boolean)
	return r.value(e, s)
}

// value returns what an expression yields. On its way it learns of the
// parameters in it.
func (r *reader) value(e ast.Expr, s *scope) value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.value(e.X, s)
	case *ast.CollateExpr:
		return r.value(e.X, s)
	case *ast.Literal:
		return literal(e)
	case *ast.BindParam:
		if p := r.params[e.Number]; p != nil {
			return p.settled
		}
	case *ast.Ident:
		return name(e, s)
	case *ast.QualifiedRef:
		if v, ok := s.column(e.Parts[len(e.Parts)-2].Name, e.Parts[len(e.Parts)-1].Name); ok {
			return v
		}
	case *ast.CastExpr:
		return r.cast(e, s)
	case *ast.UnaryExpr:
		return r.unary(e, s)
	case *ast.BinaryExpr:
		return r.binary(e, s)
	case *ast.CaseExpr:
		return r.choice(e, s)
	case *ast.FuncCall:
		return r.call(e, s)
	case *ast.SubqueryExpr:
		if columns := r.selection(e.Select, s); len(columns) == 1 {
			return columns[0].value.nullIf(!yieldsRow(e.Select))
		}
	case *ast.VectorExpr:
		r.values(e.List, s)
	default:
		return r.test(e, s)
	}
	return unknown
}

// test returns what an expression that can only be true or false yields.
func (r *reader) test(e ast.Expr, s *scope) value {
	switch e := e.(type) {
	case *ast.ExistsExpr:
		r.selection(e.Select, s)
		return boolean
	case *ast.NullCheckExpr:
		r.value(e.X, s)
		return boolean
	case *ast.IsExpr:
		r.compare(e.X, e.Y, s)
		return boolean
	case *ast.BetweenExpr:
		return r.between(e, s)
	case *ast.InExpr:
		return r.in(e, s)
	case *ast.LikeExpr:
		for _, operand := range []ast.Expr{e.X, e.Y, e.Escape} {
			r.expect(operand, text)
		}
		r.suggest(e.Y, columnName(e.X))
		return boolean.nullIf(!notNull(r.values([]ast.Expr{e.X, e.Y}, s)))
	}
	return unknown
}

func (r *reader) values(list []ast.Expr, s *scope) []value {
	values := make([]value, len(list))
	for i, e := range list {
		values[i] = r.value(e, s)
	}
	return values
}

func notNull(values []value) bool {
	for _, v := range values {
		if !v.notNull {
			return false
		}
	}
	return true
}

func literal(e *ast.Literal) value {
	v := text
	switch e.Kind {
	case ast.LitNull:
		return isNull
	case ast.LitInteger:
		v = integer
		if _, err := strconv.ParseInt(e.Value, 10, 64); errors.Is(err, strconv.ErrRange) {
			v = always(model.Real)
		}
	case ast.LitFloat:
		v = always(model.Real)
	case ast.LitBlob:
		return always(model.Blob)
	case ast.LitCurrentDate, ast.LitCurrentTime, ast.LitCurrentTimestamp:
		return text
	}
	v.literals = []string{e.Value}
	return v
}

// name returns the value of a plain word: a column, true or false, or text in
// the wrong quotes.
func name(e *ast.Ident, s *scope) value {
	if v, ok := s.column("", e.Name); ok {
		return v
	}
	switch {
	case e.Quote == ast.QuoteNone && (strings.EqualFold(e.Name, "true") || strings.EqualFold(e.Name, "false")):
		return boolean
	case e.Quote == ast.QuoteDouble || e.Quote == ast.QuoteSingle:
		return text
	}
	return unknown
}

func (r *reader) cast(e *ast.CastExpr, s *scope) value {
	v := unknown
	if e.Type != nil {
		v.kind = castKind(e.Type.Name)
	}
	if p := r.param(e.X); p != nil && v.kind != model.Any {
		p.cast = append(p.cast, value{kind: v.kind, notNull: true})
	}
	v.notNull = r.value(e.X, s).notNull
	return v
}

func (r *reader) unary(e *ast.UnaryExpr, s *scope) value {
	if e.Op == ast.OpNot {
		return boolean.nullIf(!r.condition(e.X, s).notNull)
	}
	v := r.value(e.X, s)
	switch {
	case e.Op == ast.OpPlus:
		return v
	case e.Op == ast.OpBitNot, v.kind == model.Bool:
		return value{kind: model.Integer, notNull: v.notNull}
	case v.isNumber():
		return value{kind: v.kind, notNull: v.notNull}
	}
	return unknown.nullIf(!v.notNull)
}

func (r *reader) binary(e *ast.BinaryExpr, s *scope) value {
	switch e.Op {
	case ast.OpAnd, ast.OpOr:
		x, y := r.condition(e.X, s), r.condition(e.Y, s)
		return boolean.nullIf(!x.notNull || !y.notNull)
	case ast.OpEq, ast.OpNe, ast.OpLt, ast.OpLe, ast.OpGt, ast.OpGe:
		return boolean.nullIf(!r.compare(e.X, e.Y, s))
	case ast.OpConcat:
		r.expect(e.X, text)
		r.expect(e.Y, text)
		return text.nullIf(!notNull(r.values([]ast.Expr{e.X, e.Y}, s)))
	case ast.OpPtr, ast.OpPtr2:
		r.values([]ast.Expr{e.X, e.Y}, s)
		if e.Op == ast.OpPtr {
			return sometimes(model.JSON)
		}
		return unknown
	}
	return r.arithmetic(e, s)
}

// arithmetic follows SQLite: integers stay integers, also in a division,
// which yields NULL for a divisor of 0.
func (r *reader) arithmetic(e *ast.BinaryExpr, s *scope) value {
	x, y := r.value(e.X, s), r.value(e.Y, s)
	r.expect(e.X, number(y))
	r.expect(e.Y, number(x))
	v := value{kind: model.Any, notNull: x.notNull && y.notNull}
	switch e.Op {
	case ast.OpBitAnd, ast.OpBitOr, ast.OpLShift, ast.OpRShift:
		v.kind = model.Integer
		return v
	case ast.OpDiv, ast.OpMod:
		v.notNull = v.notNull && y.isConstant() && !slices.ContainsFunc(y.literals, maybeZero)
	}
	if x.isNumber() && y.isNumber() {
		v.kind = number(common(number(x), number(y))).kind
	}
	return v
}

func maybeZero(literal string) bool {
	n, err := strconv.ParseFloat(literal, 64)
	return err != nil || n == 0
}

// number returns a number as arithmetic sees it; unknown for anything else.
func number(v value) value {
	switch v.kind {
	case model.Integer, model.Bool:
		return integer
	case model.Real:
		return always(model.Real)
	}
	return unknown
}

// compare reads a comparison, of rows too, and reports whether it is never NULL.
func (r *reader) compare(x, y ast.Expr, s *scope) bool {
	left, isRow := x.(*ast.VectorExpr)
	right, alsoRow := y.(*ast.VectorExpr)
	if isRow && alsoRow && len(left.List) == len(right.List) {
		never := true
		for i := range left.List {
			never = r.compare(left.List[i], right.List[i], s) && never
		}
		return never
	}
	return r.relate(x, y, r.value(x, s), r.value(y, s))
}

// relate notes that two expressions with these values are compared.
func (r *reader) relate(x, y ast.Expr, vx, vy value) (neverNull bool) {
	r.expect(x, vy)
	r.expect(y, vx)
	return vx.notNull && vy.notNull
}

func (r *reader) between(e *ast.BetweenExpr, s *scope) value {
	x, low, high := r.value(e.X, s), r.value(e.Lo, s), r.value(e.Hi, s)
	r.relate(e.X, e.Lo, x, low)
	r.relate(e.X, e.Hi, x, high)
	r.relate(e.Lo, e.Hi, low, high)
	return boolean.nullIf(!notNull([]value{x, low, high}))
}

func (r *reader) in(e *ast.InExpr, s *scope) value {
	x := r.value(e.X, s)
	never := true
	_, isRow := e.X.(*ast.VectorExpr)
	switch {
	case e.Select != nil:
		if p := r.list(e.Select); p != nil {
			r.note(p, x)
			return boolean.nullIf(!x.notNull)
		}
		columns := r.selection(e.Select, s)
		if len(columns) == 1 {
			r.expect(e.X, columns[0].value)
		}
		never = len(columns) == 1 && columns[0].value.notNull
	case e.Table != nil:
		r.values(e.Args, s)
		never = false
	default:
		for _, member := range e.List {
			if isRow {
				r.compare(e.X, member, s)
				continue
			}
			never = r.relate(e.X, member, x, r.value(member, s)) && never
		}
	}
	return boolean.nullIf(!x.notNull || !never)
}

// choice returns one of the values of a CASE.
func (r *reader) choice(e *ast.CaseExpr, s *scope) value {
	operand := r.value(e.Operand, s)
	results := make([]ast.Expr, 0, len(e.Whens)+1)
	for _, when := range e.Whens {
		if e.Operand == nil {
			r.condition(when.When, s)
		} else {
			r.relate(e.Operand, when.When, operand, r.value(when.When, s))
		}
		results = append(results, when.Then)
	}
	if e.Else == nil {
		return r.oneOf(results, r.values(results, s)).nullIf(true)
	}
	results = append(results, e.Else)
	return r.oneOf(results, r.values(results, s))
}

// oneOf returns what the values of all expressions have in common, which then
// holds for the parameters among them.
func (r *reader) oneOf(list []ast.Expr, values []value) value {
	v := common(values...)
	for _, e := range list {
		r.expect(e, v)
	}
	return v
}
