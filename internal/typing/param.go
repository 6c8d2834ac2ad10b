package typing

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// param is a parameter with what the places where it stands say of it.
type param struct {
	source   *model.QueryParam
	cast     []value // CAST, which says it in so many words
	expected []value // what it is compared with or assigned to
	settled  value
}

// expect notes that a value is compared with or assigned to an expression,
// which tells something where that is a parameter.
func (r *reader) expect(e ast.Expr, v value) {
	r.note(r.param(e), v)
}

func (r *reader) note(p *param, v value) {
	if p == nil || v.kind == undecided || v.kind == model.Any && len(v.origins) == 0 {
		return
	}
	if len(v.origins) == 0 {
		v.literals = nil
	}
	v.notNull = r.demanded(v)
	p.expected = append(p.expected, v)
}

// suggest names a parameter that has no name, after the place where it stands.
func (r *reader) suggest(e ast.Expr, name string) {
	if p := r.param(e); p != nil && p.source.Name == "" {
		p.source.Name = name
	}
}

// demanded reports whether NULL would make no sense for a parameter: only a
// column may hold it, outer joins aside.
func (r *reader) demanded(v value) bool {
	for _, o := range v.origins {
		if t := r.schema.Table(o.Table); t != nil && !t.Column(o.Column).NotNull {
			return false
		}
	}
	return true
}

// param returns the parameter that an expression is, or nil.
func (r *reader) param(e ast.Expr) *param {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.param(e.X)
	case *ast.CollateExpr:
		return r.param(e.X)
	case *ast.BindParam:
		return r.params[e.Number]
	}
	return nil
}

// settle decides what the parameters are.
func (r *reader) settle() {
	for _, p := range r.params {
		p.settle()
	}
}

func (p *param) settle() {
	said := p.cast
	if len(said) == 0 {
		said = p.expected
	}
	var columns []value
	for _, v := range said {
		if len(v.origins) > 0 {
			columns = append(columns, v)
		}
	}
	p.settled = common(said...)
	if len(columns) > 0 && p.settled.kind != model.Any { // a column says more than a literal beside it
		p.settled = common(columns...)
	}
	p.settled.notNull = !p.source.Optional && demandsValue(said)
	p.source.QueryType = p.settled.queryType()
	if p.source.Name == "" && len(p.settled.origins) > 0 {
		p.source.Name = p.settled.origins[0].Column
	}
}

// demandsValue reports whether NULL makes no sense in one of the places.
func demandsValue(places []value) bool {
	for _, v := range places {
		if v.notNull {
			return true
		}
	}
	return len(places) == 0
}

// list returns the parameter whose JSON list a SELECT yields the values of,
// as sqlc.slice is compiled to; or nil.
func (r *reader) list(stmt *ast.SelectStmt) *param {
	if stmt == nil || len(stmt.Cores) != 1 {
		return nil
	}
	q, ok := stmt.Cores[0].(*ast.SelectQuery)
	if !ok || len(q.From) != 1 || len(q.From[0].Args) != 1 {
		return nil
	}
	if p := r.param(q.From[0].Args[0]); p != nil && p.source.Slice {
		return p
	}
	return nil
}
