package sqlite

import (
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
)

// Written is what a statement does to rows.
type Written struct {
	Table   string // that it writes; "" where it only reads
	Removes bool   // it may remove rows: a DELETE, or an INSERT that replaces
}

// WrittenBy returns what a statement writes itself, triggers and foreign keys
// aside. It fails where the statement is none of SELECT, INSERT, UPDATE, DELETE.
func WrittenBy(statement string) (written Written, ok bool) {
	tree, err := parser.ParseStatement(statement)
	if err != nil {
		return Written{}, false
	}
	switch s := tree.(type) {
	case *ast.SelectStmt:
		return Written{}, true
	case *ast.InsertStmt:
		return Written{s.Table.Name.Name, s.Replace || s.OrConflict == ast.ConflictReplace}, true
	case *ast.UpdateStmt:
		return Written{s.Table.Name.Name, s.OrConflict == ast.ConflictReplace}, true
	case *ast.DeleteStmt:
		return Written{s.Table.Name.Name, true}, true
	}
	return Written{}, false
}
