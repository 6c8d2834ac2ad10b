package lint

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// removal looks for rows that a query removes where Delete would mark them.
// What is about deleted rows is a purge.
func (l *linter) removal(q *model.Query, n *ast.DeleteStmt) {
	r := newReading(n.Table, n.Alias)
	t := l.Schema.Table(r.table)
	if t == nil || !l.isMarked(t) || n.Where != nil && l.isOfDeleted(n.Where) || n.With != nil && l.isOfDeleted(n.With) {
		return
	}
	column := t.Column(l.Options.SoftDelete).Name
	l.find(RemovesRows, q.At(r.offset), "set "+quoted(column)+" instead, or call the Delete that is generated",
		"query %s removes rows of %q for good, where Delete sets %s", q.Name, t.Name, column)
}

// isOfDeleted reports whether a part of a statement says something of the
// column that marks deleted rows, other than that it is NULL.
func (l *linter) isOfDeleted(part ast.Node) bool {
	found := false
	isColumn := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			return strings.EqualFold(n.Name, l.Options.SoftDelete)
		case *ast.QualifiedRef:
			return strings.EqualFold(n.Parts[len(n.Parts)-1].Name, l.Options.SoftDelete)
		}
		return false
	}
	ast.Walk(part, func(n ast.Node) bool {
		if e := isNull(n); e != nil && isColumn(e) {
			return false
		}
		found = found || isColumn(n)
		return !found
	})
	return found
}

// isNull returns what an expression says to be NULL; nil for any other.
func isNull(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.NullCheckExpr:
		if n.Test == ast.TestIsNull {
			return sqlite.Unparen(n.X)
		}
	case *ast.IsExpr:
		if isNullLiteral(sqlite.Unparen(n.Y)) && n.Not == n.Distinct {
			return sqlite.Unparen(n.X)
		}
	}
	return nil
}

func isNullLiteral(e ast.Expr) bool {
	literal, ok := e.(*ast.Literal)
	return ok && literal.Kind == ast.LitNull
}

// deletion looks for what marks rows as deleted, or restores them, and leaves
// out what a generated method does with them.
func (l *linter) deletion(c change) {
	id := c.table.Column(l.Options.DeletionID)
	if id == nil || !l.isMarked(c.table) {
		return
	}
	value, isSet := c.value(l.Options.SoftDelete)
	if !isSet {
		return
	}
	method, does := "Delete", fmt.Sprintf("marks rows of %q as deleted", c.table.Name)
	if isNullLiteral(value) {
		method, does = "Restore", fmt.Sprintf("restores rows of %q", c.table.Name)
	}
	call := "call the " + method + " that is generated"
	_, isTold := c.value(id.Name)
	switch dependents := l.dependents(c.table); {
	case dependents != "":
		l.find(PartlyDeleted, c.query.At(c.offset), call,
			"query %s %s, and leaves as they are those of %s that depend on them", c.query.Name, does, dependents)
	case !isTold:
		l.find(PartlyDeleted, c.query.At(c.offset), "set "+quoted(id.Name)+" too, or "+call,
			"query %s %s and does not set %s, which says what deletion took them", c.query.Name, does, id.Name)
	}
}

// dependents lists the tables whose rows a deletion in a table takes along,
// those next to it.
func (l *linter) dependents(t *model.Table) string {
	var names []string
	for _, child := range l.Schema.Tables {
		if l.dependsOn(child, t) {
			names = append(names, `"`+child.Name+`"`)
		}
	}
	return strings.Join(names, ", ")
}
