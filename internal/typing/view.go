package typing

import (
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// view returns the columns of a view, under the names that the database
// knows them by.
func (r *reader) view(v *model.View) []column {
	if columns, known := r.views[v]; known {
		return columns
	}
	columns := make([]column, len(v.Columns))
	for i, c := range v.Columns {
		columns[i] = column{name: c.Name, value: unknown}
	}
	r.views[v] = columns
	stmt, err := parser.ParseStatement(v.SQL)
	create, ok := stmt.(*ast.CreateViewStmt)
	if err != nil || !ok {
		return columns
	}
	defined := (&reader{schema: r.schema, views: r.views}).selection(create.Select, nil)
	for i := range min(len(columns), len(defined)) {
		columns[i].value = defined[i].value
	}
	return columns
}
