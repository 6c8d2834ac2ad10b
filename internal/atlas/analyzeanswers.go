package atlas

import (
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// answers is what Atlas's analyzers call a parser: it answers what they ask of
// the statements of a file. Atlas's own is in its command line alone.
type answers struct{ *analysis }

// ColumnFilledBefore reports whether the file gives a column values before a
// change: an UPDATE of it, or an expression in the rebuild.
func (p answers) ColumnFilledBefore(_ []*migrate.Stmt, t *schema.Table, c *schema.Column, pos int) (bool, error) {
	for _, edit := range p.edit.Tables {
		if edit.To == nil || edit.To.Name != t.Name {
			continue
		}
		column := edit.after(c.Name)
		return column.filled != nil && (edit.Rebuilt || before(column.filled, p.changes[pos].at)), nil
	}
	return false, nil
}

func before(st *statement, other Statement) bool {
	pos := st.pos()
	return pos.Line < other.Pos.Line || pos.Line == other.Pos.Line && pos.Column < other.Pos.Column
}

// CreateViewAfter reports whether the file puts a view in the place of a
// table that it renames.
func (p answers) CreateViewAfter(_ []*migrate.Stmt, old, _ string, pos int) (bool, error) {
	st := p.edit.trace.made[object{token.VIEW, model.Fold(old)}]
	return st != nil && strings.EqualFold(st.head.name, old) && !before(st, p.changes[pos].at), nil
}
