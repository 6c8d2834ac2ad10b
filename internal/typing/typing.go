// Package typing finds out what the parameters and result columns of a query
// hold: by the schema and SQLite's rules, never by what sqlc guesses.
//
//	schema/*.sql + queries/*.sql → model → typing → prove → plan → emit → files
//
// What the form of a query does not decide has the kind Any, for which the
// plan asks the user to write a CAST.
package typing

import (
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Queries fills in the types of all queries. The problems are those of
// queries whose result columns sqlc and the schema count differently.
func Queries(queries []*model.Query, schema *model.Schema) model.Problems {
	var problems model.Problems
	views := map[*model.View][]column{}
	for _, q := range queries {
		stmt, err := parser.ParseStatement(q.Text)
		if err != nil {
			problems.Add(q.Pos, "write it in simpler SQL", "query %s: %v", q.Name, err)
			continue
		}
		r := &reader{schema: schema, views: views, params: map[int]*param{}}
		for i := range q.Params {
			r.params[q.Params[i].Number] = &param{source: &q.Params[i]}
		}
		locate(q, stmt)
		r.statement(stmt) // tells the parameters' types,
		r.settle()
		columns := r.statement(stmt) // which the results may need
		if !fill(q, columns, schema) {
			problems.Add(q.Pos, "list the columns by name",
				"query %s: sqlc does not find the columns in it that SQLite does", q.Name)
		}
	}
	return problems
}

// reader reads one statement, twice.
type reader struct {
	schema *model.Schema
	views  map[*model.View][]column // those read so far, of all queries
	params map[int]*param
}

// column is a column of a table, a subquery or a result.
type column struct {
	name   string
	alias  bool // the query itself gives the name
	offset int  // of a result column, in the query's text
	value  value
}

// statement returns the result columns of a statement.
func (r *reader) statement(stmt ast.Stmt) []column {
	switch stmt := stmt.(type) {
	case *ast.SelectStmt:
		return r.selection(stmt, nil)
	case *ast.InsertStmt:
		return r.insert(stmt)
	case *ast.UpdateStmt:
		return r.update(stmt)
	case *ast.DeleteStmt:
		return r.delete(stmt)
	}
	return nil
}

// locate finds the parameters in the user's file.
func locate(q *model.Query, stmt ast.Stmt) {
	ast.Walk(stmt, func(n ast.Node) bool {
		bind, ok := n.(*ast.BindParam)
		for i := range q.Params {
			if p := &q.Params[i]; ok && p.Number == bind.Number && p.Pos == (model.Position{}) {
				p.Pos = q.At(bind.Pos())
			}
		}
		return true
	})
}

// fill gives the columns that sqlc found their types. It reports whether they
// are those that were read.
func fill(q *model.Query, columns []column, schema *model.Schema) bool {
	for i := range q.Columns {
		out := &q.Columns[i]
		width := 1
		if out.Embed != "" {
			width = embedded(schema.Table(out.Embed), columns)
		}
		if width == 0 || width > len(columns) {
			return false
		}
		out.Pos = q.At(columns[0].offset)
		if out.Embed == "" {
			out.QueryType = columns[0].value.queryType()
			if columns[0].alias {
				out.Name = columns[0].name // sqlc forgets it in RETURNING
			}
		} else {
			out.NotNull = present(schema.Table(out.Embed), columns[:width])
		}
		columns = columns[width:]
	}
	return len(columns) == 0
}

// embedded returns how many of the columns are those of a table, 0 where they
// are not.
func embedded(t *model.Table, columns []column) int {
	if t == nil || len(columns) < len(t.Columns) {
		return 0
	}
	for i, c := range t.Columns {
		if got := columns[i].value.origins; len(got) != 1 || got[0] != (model.ColumnRef{Table: t.Name, Column: c.Name}) {
			return 0
		}
	}
	return len(t.Columns)
}

// present reports whether a table's row is there in every row of the result:
// then a column that is NOT NULL in the table is so here.
func present(t *model.Table, columns []column) bool {
	for i, c := range t.Columns {
		if c.NotNull {
			return columns[i].value.notNull
		}
	}
	return true
}
