package typing

import (
	"github.com/sqlc-dev/meyer/ast"
)

// target starts the scope of a statement that writes to a table.
func (r *reader) target(with *ast.With, name *ast.QualifiedName, alias *ast.Ident) *scope {
	s := (*scope)(nil).inner()
	r.with(with, s)
	table := r.relation(name.Name.Name, s)
	if alias != nil {
		table.name = alias.Name
	}
	s.sources = []*source{table}
	return s
}

func (r *reader) insert(stmt *ast.InsertStmt) []column {
	s := r.target(stmt.With, stmt.Table, stmt.Alias)
	table := s.sources[0]
	r.inserted(stmt, table, s)
	upserted := &scope{ctes: s.ctes, sources: []*source{table, {name: "excluded", columns: table.columns, table: table.table}}}
	for _, u := range stmt.Upserts {
		r.ordering(u.Target, s)
		r.condition(u.TargetWhere, s)
		r.assignments(u.Set, table, upserted)
		r.condition(u.Where, upserted)
	}
	return r.resultColumns(stmt.Returning, s)
}

// inserted reads the rows that an INSERT writes.
func (r *reader) inserted(stmt *ast.InsertStmt, table *source, s *scope) {
	if stmt.Select == nil {
		return
	}
	columns := table.columns
	if stmt.Columns != nil {
		columns = nil
		for _, name := range stmt.Columns {
			v, _ := table.column(name.Name)
			columns = append(columns, column{name: name.Name, value: v})
		}
	}
	outer := &scope{ctes: s.ctes}
	for _, core := range stmt.Select.Cores {
		for _, row := range rowsOf(core) {
			for i := range min(len(row), len(columns)) {
				r.expect(row[i], columns[i].value)
			}
		}
	}
	r.selection(stmt.Select, outer)
}

// rowsOf are the rows of expressions that a part of a SELECT consists of.
func rowsOf(core ast.SelectCore) [][]ast.Expr {
	switch core := core.(type) {
	case *ast.ValuesClause:
		return core.Rows
	case *ast.SelectQuery:
		var row []ast.Expr
		for _, c := range core.Columns {
			row = append(row, c.Expr)
		}
		return [][]ast.Expr{row}
	}
	return nil
}

func (r *reader) update(stmt *ast.UpdateStmt) []column {
	s := r.target(stmt.With, stmt.Table, stmt.Alias)
	table := s.sources[0]
	r.from(stmt.From, s)
	r.assignments(stmt.Set, table, s)
	r.condition(stmt.Where, s)
	s.sources = s.sources[:1] // all that RETURNING may name
	return r.resultColumns(stmt.Returning, s)
}

func (r *reader) delete(stmt *ast.DeleteStmt) []column {
	s := r.target(stmt.With, stmt.Table, stmt.Alias)
	r.condition(stmt.Where, s)
	return r.resultColumns(stmt.Returning, s)
}

// assignments reads SET.
func (r *reader) assignments(set []*ast.SetPair, table *source, s *scope) {
	for _, pair := range set {
		values := []ast.Expr{pair.Value}
		if row, ok := pair.Value.(*ast.VectorExpr); ok {
			values = row.List
		}
		for i := range min(len(values), len(pair.Columns)) {
			if v, ok := table.column(pair.Columns[i].Name); ok {
				r.expect(values[i], v)
			}
		}
		r.value(pair.Value, s)
	}
}
