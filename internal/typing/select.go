package typing

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"
)

// selection returns the columns of a SELECT. Each row comes from one of its
// parts, save those of EXCEPT and INTERSECT, which only take rows away.
func (r *reader) selection(stmt *ast.SelectStmt, outer *scope) []column {
	s := outer.inner()
	r.with(stmt.With, s)
	return r.compound(stmt, s)
}

func (r *reader) compound(stmt *ast.SelectStmt, s *scope) []column {
	columns := r.core(stmt.Cores[0], s)
	for i, core := range stmt.Cores[1:] {
		others := r.core(core, s)
		if stmt.Ops[i].Op != "UNION" {
			continue
		}
		for i := range min(len(columns), len(others)) {
			columns[i].value = common(columns[i].value, others[i].value)
		}
	}
	return columns
}

func (r *reader) core(core ast.SelectCore, outer *scope) []column {
	switch core := core.(type) {
	case *ast.SelectQuery:
		return r.query(core, outer)
	case *ast.ValuesClause:
		return r.rows(core, outer)
	}
	return nil
}

// rows returns the columns of VALUES.
func (r *reader) rows(values *ast.ValuesClause, s *scope) []column {
	var columns []column
	for i, row := range values.Rows {
		for k, e := range row {
			v := r.value(e, s)
			if i == 0 {
				columns = append(columns, column{value: v})
			} else if k < len(columns) {
				columns[k].value = common(columns[k].value, v)
			}
		}
	}
	return columns
}

// query returns the columns of a single SELECT.
func (r *reader) query(q *ast.SelectQuery, outer *scope) []column {
	s := outer.inner()
	r.from(q.From, s)
	r.condition(q.Where, s)
	s.grouped = len(q.GroupBy) > 0
	s.maybeEmpty = !s.grouped && isAggregate(q)
	columns := r.resultColumns(q.Columns, s)
	s.results = columns
	for _, e := range q.GroupBy {
		r.value(e, s)
	}
	r.condition(q.Having, s)
	for _, w := range q.Windows {
		r.window(w, s)
	}
	r.ordering(q.OrderBy, s)
	r.limit(q.Limit, s)
	return columns
}

func (r *reader) resultColumns(list []*ast.ResultColumn, s *scope) []column {
	var columns []column
	for _, c := range list {
		if star, ok := c.Expr.(*ast.Star); ok {
			table := ""
			if star.Table != nil {
				table = star.Table.Name
			}
			for _, each := range s.star(table) {
				each.offset = c.Pos()
				columns = append(columns, each)
			}
			continue
		}
		result := column{name: columnName(c.Expr), offset: c.Pos(), value: r.value(c.Expr, s)}
		if c.Alias != nil {
			result.name, result.alias = c.Alias.Name, true
		}
		columns = append(columns, result)
	}
	return columns
}

// columnName is the name of a result column without an alias.
func columnName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.QualifiedRef:
		return e.Parts[len(e.Parts)-1].Name
	}
	return ""
}

func (r *reader) ordering(terms []*ast.OrderingTerm, s *scope) {
	for _, term := range terms {
		r.value(term.Expr, s)
	}
}

func (r *reader) window(w *ast.WindowDef, s *scope) {
	for _, e := range w.Partition {
		r.value(e, s)
	}
	r.ordering(w.OrderBy, s)
	for _, bound := range []*ast.FrameBound{w.StartBound, w.EndBound} {
		if bound != nil {
			r.expect(bound.Expr, integer)
			r.value(bound.Expr, s)
		}
	}
}

func (r *reader) limit(l *ast.Limit, s *scope) {
	if l == nil {
		return
	}
	r.suggest(l.Count, "limit")
	r.suggest(l.Offset, "offset")
	for _, e := range []ast.Expr{l.Count, l.Offset} {
		r.expect(e, integer)
		r.value(e, s)
	}
}

// with reads common table expressions. A recursive one is what its first
// part says, and then what its other parts add to that.
func (r *reader) with(with *ast.With, s *scope) {
	if with == nil {
		return
	}
	for _, cte := range with.CTEs {
		name := strings.ToLower(cte.Name.Name)
		if len(cte.Select.Cores) > 1 {
			inner := s.inner()
			r.with(cte.Select.With, inner)
			s.ctes[name] = named(r.core(cte.Select.Cores[0], inner), cte.Columns)
			s.ctes[name] = named(r.selection(cte.Select, s), cte.Columns) // with the kinds of one step,
		}
		s.ctes[name] = named(r.selection(cte.Select, s), cte.Columns) // and of all steps
	}
}

func named(columns []column, names []*ast.Ident) []column {
	for i := range min(len(columns), len(names)) {
		columns[i].name = names[i].Name
	}
	return columns
}

// yieldsRow reports whether a SELECT always has a row.
func yieldsRow(stmt *ast.SelectStmt) bool {
	q, ok := stmt.Cores[0].(*ast.SelectQuery)
	if !ok {
		return len(stmt.Cores) == 1 // VALUES
	}
	if len(stmt.Cores) > 1 || q.Having != nil || q.Limit != nil || len(q.GroupBy) > 0 {
		return false
	}
	return isAggregate(q) || len(q.From) == 0 && q.Where == nil
}

// isAggregate reports whether a SELECT makes one row of many.
func isAggregate(q *ast.SelectQuery) bool {
	found := false
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			return false
		case *ast.FuncCall:
			found = found || isAggregateCall(n)
		}
		return !found
	}
	for _, c := range q.Columns {
		ast.Walk(c, visit)
	}
	ast.Walk(q.Having, visit)
	for _, term := range q.OrderBy {
		ast.Walk(term, visit)
	}
	return found
}

func isAggregateCall(call *ast.FuncCall) bool {
	if call.Over != nil {
		return false
	}
	switch strings.ToLower(call.Name.Name) {
	case "min", "max":
		return len(call.Args) == 1
	case "avg", "count", "group_concat", "json_group_array", "json_group_object", "jsonb_group_array",
		"jsonb_group_object", "string_agg", "sum", "total":
		return true
	}
	return false
}
