package sqlite

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
)

// Literal returns a text as SQL reads it.
func Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Unparen returns an expression without the parentheses around it.
func Unparen(expr ast.Expr) ast.Expr {
	for {
		paren, ok := expr.(*ast.ParenExpr)
		if !ok {
			return expr
		}
		expr = paren.X
	}
}

// OnConflict returns what the constraints of a table do on a conflict, by its
// CREATE TABLE; also ConflictDefault, where they do not say. These clauses act
// on every statement that writes to the table. It fails where the text is none
// that can be read.
func OnConflict(createTable string) (actions []ast.ConflictAction, ok bool) {
	if !strings.Contains(strings.ToUpper(createTable), "CONFLICT") {
		return nil, true
	}
	stmt, err := parser.ParseStatement(createTable)
	create, ok := stmt.(*ast.CreateTableStmt)
	if err != nil || !ok {
		return nil, false
	}
	for _, column := range create.Columns {
		for _, constraint := range column.Constraints {
			actions = append(actions, constraint.OnConflict)
		}
	}
	for _, constraint := range create.Constraints {
		actions = append(actions, constraint.OnConflict)
	}
	return actions, true
}
