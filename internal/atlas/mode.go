package atlas

import (
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// IsCheckpoint reports whether the migration makes at once what all before it
// make, for databases that have had none of them.
func (m *Migration) IsCheckpoint() bool {
	c, ok := m.file.(migrate.CheckpointFile)
	return ok && c.IsCheckpoint()
}

// noTransaction is the value of atlas:txmode for statements that SQLite
// refuses in a transaction, such as VACUUM.
const noTransaction = "none"

// InTransaction reports whether all of the migration belongs into one
// transaction, as it does unless the file starts with "-- atlas:txmode none".
func (m *Migration) InTransaction() bool {
	return !slices.Contains(m.directive("txmode"), noTransaction)
}

// directive returns the values of "-- atlas:name value" lines at the top of
// the file, which an empty line ends.
func (m *Migration) directive(name string) []string {
	return fileDirective(m.File, name)
}

// fileDirective is Atlas's reading of the lines at the top of a file. Atlas
// does not take a line that ends in \r\n for an empty one, and so does not see
// where they end.
func fileDirective(file File, name string) []string {
	text := strings.ReplaceAll(file.Text, "\r\n", "\n")
	return migrate.NewLocalFile(file.Name, []byte(text)).Directive(name)
}

// CheckMode returns model.Problems when the file says of its transaction what
// cannot be done.
func (m *Migration) CheckMode() error {
	var problems model.Problems
	for _, mode := range m.directive("txmode") {
		if mode != noTransaction && mode != "file" {
			problems.Add(model.At(m.Name, m.Text, strings.Index(m.Text, "atlas:txmode")), "write none or file", "unknown atlas:txmode %q", mode)
		}
	}
	for _, st := range newScript(m.File).statements {
		if m.InTransaction() && st.endsTransaction() {
			problems.Add(st.pos(), `remove it, or write "-- atlas:txmode none" and an empty line at the top of the file`,
				"the migration runs in a transaction, which is not for its statements to begin or end")
		}
	}
	return problems.Err()
}

// endsTransaction reports whether a statement begins or ends a transaction.
// Savepoints inside of one are nobody else's concern.
func (st *statement) endsTransaction() bool {
	switch st.head.verb {
	case token.BEGIN, token.COMMIT, token.END:
		return true
	case token.ROLLBACK:
		return !slices.ContainsFunc(st.tokens, func(t token.Token) bool { return t.Kind == token.TO })
	}
	return false
}

// TurnsForeignKeysOff reports whether the migration has PRAGMA foreign_keys =
// off, as the rebuilds of Atlas and drizzle-kit do. SQLite ignores it inside a
// transaction, so that whoever opens one must turn them off before.
func (m *Migration) TurnsForeignKeysOff() bool {
	return slices.ContainsFunc(newScript(m.File).statements, func(st *statement) bool {
		if st.head.verb != token.PRAGMA {
			return false
		}
		tree, _ := parse(st.sql())
		pragma, ok := tree.(*ast.PragmaStmt)
		return ok && model.Fold(pragma.Name.Name.Name) == "foreign_keys" && TurnsOff(pragma)
	})
}

// TurnsOff reports whether a PRAGMA has a value by which SQLite turns off what
// it is about.
func TurnsOff(pragma *ast.PragmaStmt) bool {
	return slices.Contains([]string{"off", "no", "false", "0"}, model.Fold(model.Unquote(pragma.Value)))
}

// Rename gives a table another name, or a column of it.
type Rename struct {
	Table  string // by its name before
	Column string // by its name before; "" where the table itself is renamed
	New    string
}

// Renames returns what the ALTER TABLE … RENAME statements of a file rename,
// in their order.
func Renames(file File) []Rename {
	var found []Rename
	for _, st := range newScript(file).statements {
		if st.head.verb != token.ALTER {
			continue
		}
		tree, _ := parse(st.sql())
		alter, ok := tree.(*ast.AlterTableStmt)
		switch {
		case !ok:
		case alter.Action == ast.AlterRenameTable:
			found = append(found, Rename{Table: alter.Table.Name.Name, New: alter.NewName.Name})
		case alter.Action == ast.AlterRenameColumn:
			found = append(found, Rename{alter.Table.Name.Name, alter.Column.Name, alter.NewName.Name})
		}
	}
	return found
}
