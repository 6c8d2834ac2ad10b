package atlas

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// readDefinition adds to a table what no pragma tells: collations, CHECK
// constraints, deferral and the predicates of partial indexes. They are in
// the SQL that the database stores, which ALTER TABLE keeps up to date.
func (r *replay) readDefinition(t *model.Table) {
	for _, column := range t.Columns {
		if t.RowidKey() && column.Name == t.PrimaryKey[0] {
			column.NotNull = true // an alias of the rowid, whatever is declared
		}
	}
	for _, index := range t.Indexes {
		r.readPredicate(index)
	}
	if t.Virtual {
		return
	}
	tree, err := parse(t.SQL)
	n, ok := tree.(*ast.CreateTableStmt)
	if !ok {
		r.unreadable(t.Pos, "table", t.Name, err)
		return
	}
	d := &definition{table: t, sql: t.SQL}
	for _, column := range n.Columns {
		d.column(column)
	}
	for _, constraint := range n.Constraints {
		d.constraint(constraint)
	}
	for i, key := range t.ForeignKeys {
		key.Deferred = i < len(d.deferred) && d.deferred[i]
	}
}

func (r *replay) readPredicate(index *model.Index) {
	if index.SQL == "" {
		return
	}
	tree, err := parse(index.SQL)
	n, ok := tree.(*ast.CreateIndexStmt)
	if !ok {
		r.unreadable(index.Pos, "index", index.Name, err)
		return
	}
	if n.Where != nil {
		index.Where = index.SQL[n.Where.Pos():n.Where.End()]
	}
}

// unreadable reports a definition that SQLite takes and our parser does not:
// going on without what it says would be a guess.
func (r *replay) unreadable(pos model.Position, kind, name string, err error) {
	r.problems.Add(pos, "write it differently", "the definition of %s %q cannot be read: %v", kind, name, err)
}

// definition collects what a CREATE TABLE says.
type definition struct {
	table    *model.Table
	sql      string
	deferred []bool // of the foreign keys, in the order they are written
}

func (d *definition) column(n *ast.ColumnDef) {
	column := d.table.Column(n.Name.Name)
	if column == nil {
		return
	}
	for _, c := range n.Constraints {
		switch c.Kind {
		case ast.ColumnCollate:
			column.Collation = collation(c.Collation.Name)
		case ast.ColumnCheck:
			d.check(c.Name, column.Name, c.Expr)
		case ast.ColumnReferences:
			d.deferred = append(d.deferred, false)
		case ast.ColumnDeferrable:
			// A clause of its own, it belongs to the key before it.
			if len(d.deferred) > 0 {
				d.deferred[len(d.deferred)-1] = isDeferred(c.Deferrable)
			}
		}
	}
}

func (d *definition) constraint(n *ast.TableConstraint) {
	switch n.Kind {
	case ast.TableCheck:
		d.check(n.Name, "", n.Expr)
	case ast.TableForeignKey:
		d.deferred = append(d.deferred, isDeferred(n.Deferrable))
	}
}

func (d *definition) check(name *ast.Ident, column string, expr ast.Expr) {
	check := model.Check{Column: column, Expr: d.sql[expr.Pos():expr.End()]}
	if name != nil {
		check.Name = name.Name
	}
	d.table.Checks = append(d.table.Checks, check)
}

func isDeferred(n *ast.DeferClause) bool {
	return n != nil && !n.Not && n.InitiallyDeferred
}

// collation returns the name of a collation; the built-in ones as SQLite
// spells them.
func collation(name string) string {
	for _, known := range []string{"BINARY", "NOCASE", "RTRIM"} {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return name
}
