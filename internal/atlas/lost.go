package atlas

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// lost remembers what failed statements would have made, so that one mistake
// is reported once and not again by everything that builds on it.
type lost struct {
	objects    map[string]bool // tables and other objects, folded
	columns    map[string]bool // of any table, folded
	everything bool            // a file could not be read to its end
}

func newLost() lost {
	return lost{objects: map[string]bool{}, columns: map[string]bool{}}
}

// add notes a statement that failed.
func (l *lost) add(st *statement, tree ast.Stmt, cause *failure) {
	if st.head.verb == token.CREATE && st.head.name != "" && !strings.HasSuffix(cause.message, " already exists") {
		l.objects[model.Fold(st.head.name)] = true
	}
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		for _, column := range n.Columns {
			l.columns[model.Fold(column.Name.Name)] = true
		}
	case *ast.AlterTableStmt:
		if n.ColumnDef != nil {
			l.columns[model.Fold(n.ColumnDef.Name.Name)] = true
		}
		if n.NewName != nil {
			l.columns[model.Fold(n.NewName.Name)] = true
			l.objects[model.Fold(n.NewName.Name)] = true
		}
	}
}

// object reports whether the object of that name may be missing because of an
// earlier problem.
func (l *lost) object(name string) bool { return l.everything || l.objects[model.Fold(name)] }

// column reports the same of a column.
func (l *lost) column(name string) bool { return l.everything || l.columns[model.Fold(name)] }

// explains reports whether a failure only follows from an earlier one.
func (l *lost) explains(cause *failure) bool {
	for _, kind := range []string{"table", "view", "index", "trigger"} {
		if name, ok := missing(cause.message, kind); ok {
			return l.object(name)
		}
	}
	if words, ok := match("table * has no column named *", cause.message); ok {
		return l.column(words[1])
	}
	name, ok := missing(cause.message, "column")
	return ok && l.column(name)
}

// missing returns x where a message ends with "no such <kind>: x", without
// the qualifier "main." or "table." that SQLite may put before it.
func missing(message, kind string) (string, bool) {
	_, name, ok := strings.Cut(message, "no such "+kind+": ")
	if !ok {
		return "", false
	}
	if kind == "column" {
		name = model.Unquote(name[strings.LastIndexByte(name, '.')+1:])
	}
	return strings.TrimPrefix(name, "main."), true
}
