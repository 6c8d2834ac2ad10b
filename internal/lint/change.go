package lint

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// change is what a query sets of rows that are there.
type change struct {
	query  *model.Query
	table  *model.Table
	alias  string // what the statement calls the table
	offset int
	set    []*ast.SetPair
}

// changes looks for statements that change or remove rows, but not what a
// generated method would change with them.
func (l *linter) changes(q *model.Query) {
	tree, err := parser.ParseStatement(q.Text)
	if err != nil {
		return // who prepares the statement says so
	}
	switch n := tree.(type) {
	case *ast.UpdateStmt:
		r := newReading(n.Table, n.Alias)
		l.change(change{q, l.Schema.Table(r.table), r.alias, r.offset, n.Set})
	case *ast.DeleteStmt:
		l.removal(q, n)
	case *ast.InsertStmt:
		r := newReading(n.Table, n.Alias)
		t := l.Schema.Table(r.table)
		if n.Replace || n.OrConflict == ast.ConflictReplace {
			l.replacement(q, t, r)
		}
		for _, u := range n.Upserts {
			if !u.DoNothing {
				l.change(change{q, t, r.alias, u.Pos(), u.Set})
			}
		}
	}
}

// change looks at what an UPDATE or an upsert sets.
func (l *linter) change(c change) {
	if c.table == nil {
		return // a view, whose triggers do it
	}
	if version := l.version(c.table); version != "" && !c.countsUp(version) {
		l.find(KeepsVersion, c.query.At(c.offset), fmt.Sprintf("add %s = %s.%[1]s + 1", quoted(version), quoted(c.alias)),
			"query %s changes rows of %q without counting up %s, so IfVersion does not see it", c.query.Name, c.table.Name, version)
	}
	l.deletion(c)
}

// replacement is an INSERT that removes the rows which it conflicts with.
func (l *linter) replacement(q *model.Query, t *model.Table, r reading) {
	if t == nil {
		return
	}
	if version := l.version(t); version != "" {
		l.find(KeepsVersion, q.At(r.offset), fmt.Sprintf("write ON CONFLICT … DO UPDATE SET …, %s = %s.%[1]s + 1", quoted(version), quoted(r.alias)),
			"query %s replaces rows of %q, whose %s then begins anew, so IfVersion does not see it", q.Name, t.Name, version)
	}
}

// version returns the column of a table that changes count up; "" without one.
func (l *linter) version(t *model.Table) string {
	c := t.Column(l.Options.Version)
	if c == nil || !c.NotNull || c.Generated || model.HasName(t.PrimaryKey, c.Name) || sqlite.AffinityOf(c.Type) != sqlite.AffinityInteger {
		return ""
	}
	return c.Name
}

// value returns what a column is set to at last; nil where it is not set, or
// where a subquery sets it among others.
func (c change) value(column string) (value ast.Expr, isSet bool) {
	for _, pair := range c.set {
		for i, assigned := range pair.Columns {
			if !strings.EqualFold(assigned.Name, column) {
				continue
			}
			value, isSet = nil, true
			if values, ok := pair.Value.(*ast.VectorExpr); ok && i < len(values.List) {
				value = sqlite.Unparen(values.List[i])
			} else if len(pair.Columns) == 1 {
				value = sqlite.Unparen(pair.Value)
			}
		}
	}
	return value, isSet
}

// countsUp reports whether a column is set to itself and a positive number.
func (c change) countsUp(column string) bool {
	value, _ := c.value(column)
	sum, ok := value.(*ast.BinaryExpr)
	if !ok || sum.Op != ast.OpAdd {
		return false
	}
	x, y := sqlite.Unparen(sum.X), sqlite.Unparen(sum.Y)
	return c.isColumn(x, column) && isPositive(y) || isPositive(x) && c.isColumn(y, column)
}

// isColumn reports whether an expression is a column of the row that changes.
func (c change) isColumn(e ast.Expr, column string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.EqualFold(e.Name, column)
	case *ast.QualifiedRef:
		last := len(e.Parts) - 1
		return strings.EqualFold(e.Parts[last].Name, column) && strings.EqualFold(e.Parts[last-1].Name, c.alias)
	}
	return false
}

func isPositive(e ast.Expr) bool {
	n, ok := e.(*ast.Literal)
	return ok && n.Kind == ast.LitInteger && strings.Trim(n.Value, "0") != ""
}
