// Package transaction knows which statements begin or end a transaction, fail
// in one, or do nothing there. Migrations run in one.
package transaction

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// The PRAGMAs that fail inside a transaction, or do nothing there although
// they are set, or called. In a database in memory, where migrations are tried,
// all of them seem to work.
var (
	setOutside = []string{"auto_vacuum", "encoding", "journal_mode", "locking_mode", "page_size", "synchronous", "temp_store"}
	runOutside = []string{"incremental_vacuum", "wal_checkpoint"}
)

// PragmaOutside returns the PRAGMA of a statement, as "PRAGMA journal_mode",
// if it wants to be outside of a transaction; "" for any other statement.
func PragmaOutside(sql string) string {
	tree, _ := parser.Options{}.ParseStatement(sql)
	pragma, ok := tree.(*ast.PragmaStmt)
	if !ok {
		return ""
	}
	name := model.Fold(pragma.Name.Name.Name)
	if slices.Contains(runOutside, name) || slices.Contains(setOutside, name) && pragma.HasValue {
		return "PRAGMA " + name
	}
	return ""
}

// IsOutside reports whether a statement is not for a transaction: it begins or
// ends one, cannot be in one, or does nothing there.
func IsOutside(st atlas.Statement) bool { return About(st) || PragmaOutside(st.SQL) != "" }

// Check returns what of a migration that runs in a transaction cannot
// be in one.
func Check(m *atlas.Migration, statements []atlas.Statement) error {
	if !m.InTransaction() {
		return nil
	}
	var problems model.Problems
	for _, st := range statements {
		what, does := PragmaOutside(st.SQL), "fails or does nothing"
		if sqltext.Tokens(st.SQL)[0].Kind == token.VACUUM {
			what, does = "VACUUM", "fails"
		}
		if what != "" {
			problems.Add(st.Pos, `write it into a file of its own, with "-- atlas:txmode none" and an empty line at the top`,
				"%s %s in a transaction, and the migration runs in one", what, does)
		}
	}
	return problems.Err()
}

// About reports whether a statement begins or ends a transaction,
// or cannot be in one.
func About(st atlas.Statement) bool {
	switch sqltext.Tokens(st.SQL)[0].Kind {
	case token.BEGIN, token.COMMIT, token.END, token.ROLLBACK, token.SAVEPOINT, token.RELEASE, token.VACUUM:
		return true
	}
	return false
}

// Ignores reports whether a statement is a PRAGMA foreign_keys,
// which does nothing inside a transaction; or one that forgives the rows that
// reference nothing, which only D1 heeds at the end of a migration.
func Ignores(sql string) bool {
	tree, _ := parser.Options{}.ParseStatement(sql)
	pragma, ok := tree.(*ast.PragmaStmt)
	if !ok {
		return false
	}
	switch model.Fold(pragma.Name.Name.Name) {
	case "foreign_keys":
		return true
	case "defer_foreign_keys":
		return atlas.TurnsOff(pragma)
	}
	return false
}
