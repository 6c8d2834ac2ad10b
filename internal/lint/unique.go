package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// uniques looks at what a table declares unique.
func (l *linter) uniques(t *model.Table) {
	for _, index := range l.uniqueIndexes(t) {
		columns := columnNames(index)
		if len(columns) == 0 {
			columns = []string{t.Columns[0].Name} // of expressions alone
		}
		pos := index.Pos
		if index.Origin != model.OriginCreateIndex {
			pos = l.placeOfKey(t, columns, false)
		}
		if !l.carriesTenant(t, columnNames(index)) {
			l.globalUnique(t, index, pos)
		}
		if index.Origin != model.OriginPrimaryKey {
			l.uniqueDeleted(t, index, pos)
		}
	}
}

// uniqueIndexes returns the unique indexes of a table that can refuse a row:
// not a random id as primary key, which no other tenant can guess, and not
// what the primary key makes unique already.
func (l *linter) uniqueIndexes(t *model.Table) []*model.Index {
	randomID := len(t.PrimaryKey) == 1
	var found []*model.Index
	for _, index := range t.Indexes {
		switch {
		case !index.Unique:
		case index.Origin == model.OriginPrimaryKey && randomID:
		case index.Origin != model.OriginPrimaryKey && len(t.PrimaryKey) > 0 && containsAll(columnNames(index), t.PrimaryKey):
		default:
			found = append(found, index)
		}
	}
	return found
}

// columnNames returns the columns of an index, without its expressions.
func columnNames(index *model.Index) []string {
	var names []string
	for _, column := range index.Columns {
		if column.Name != "" {
			names = append(names, column.Name)
		}
	}
	return names
}

// carriesTenant reports whether rows of two tenants never agree in the
// columns: they name the tenant, or a row of the tenant's.
func (l *linter) carriesTenant(t *model.Table, columns []string) bool {
	class := l.Owners.Of(t)
	switch class.Kind {
	case tenancy.Root:
		return model.HasName(columns, class.Column)
	case tenancy.Owned:
	default:
		return true
	}
	if class.Column != "" && model.HasName(columns, class.Column) {
		return true
	}
	return slices.ContainsFunc(t.ForeignKeys, func(key *model.ForeignKey) bool {
		parent := l.Schema.Table(key.Table)
		return l.isOwned(parent) && !l.Owners.Of(parent).Shared && containsAll(columns, key.Columns)
	})
}

func (l *linter) globalUnique(t *model.Table, index *model.Index, pos model.Position) {
	l.find(GlobalUnique, pos, l.tenantUnique(t, index),
		"%s of table %q is unique across all tenants, so a conflict tells that another tenant has the value",
		terms(index), t.Name)
}

// tenantUnique says how an index comes to be unique within a tenant.
func (l *linter) tenantUnique(t *model.Table, index *model.Index) string {
	class := l.Owners.Of(t)
	tenant := []string{class.Column}
	switch {
	case class.Kind == tenancy.Root:
		return "if all tenants share these names, say why: -- " + markPrefix + ignore + " " + GlobalUnique.Code + " REASON"
	case class.Column == "":
		tenant = class.Path.Columns
	}
	columns := columnNames(index)
	if len(columns) < len(index.Columns) {
		return fmt.Sprintf("put %s before its other terms", list(tenant))
	}
	return fmt.Sprintf("make it UNIQUE (%s)", list(append(slices.Clone(tenant), columns...)))
}

// terms returns what an index is on, as a message says it.
func terms(index *model.Index) string {
	names := make([]string, len(index.Columns))
	for i, column := range index.Columns {
		names[i] = orElse(column.Name, "an expression")
	}
	return strings.Join(names, ", ")
}

// uniqueDeleted looks at what a deleted row keeps others from using.
func (l *linter) uniqueDeleted(t *model.Table, index *model.Index, pos model.Position) {
	deleted := t.Column(l.Options.SoftDelete)
	if deleted == nil || l.isReferenced(t, index) || isNullIn(index.Where, deleted.Name) || inExpression(index, deleted.Name) {
		return
	}
	if model.HasName(columnNames(index), deleted.Name) {
		l.find(UniqueDeleted, pos,
			fmt.Sprintf("leave %s out, and add WHERE %[1]s IS NULL to a CREATE UNIQUE INDEX", quoted(deleted.Name)),
			"%s of table %q are unique with %s, which is NULL in every row that is not deleted: NULLs differ, so nothing is unique",
			terms(index), t.Name, deleted.Name)
		return
	}
	l.find(UniqueDeleted, pos,
		fmt.Sprintf("write CREATE UNIQUE INDEX %s ON %s (%s) WHERE %s IS NULL",
			quoted(t.Name+"_"+strings.Join(columnNames(index), "_")+"_key"), quoted(t.Name), list(columnNames(index)), quoted(deleted.Name)),
		"%s of table %q stays taken by a row that was deleted", terms(index), t.Name)
}

// isReferenced reports whether a foreign key needs the index to be on all
// rows.
func (l *linter) isReferenced(t *model.Table, index *model.Index) bool {
	for _, child := range l.Schema.Tables {
		for _, key := range child.ForeignKeys {
			columns := columnNames(index)
			if strings.EqualFold(key.Table, t.Name) && len(columns) == len(key.RefColumns) && containsAll(columns, key.RefColumns) {
				return true
			}
		}
	}
	return false
}

// isNullIn reports whether a condition holds only where the column is NULL.
func isNullIn(condition, column string) bool {
	e, err := parser.ParseExpr(condition)
	return err == nil && impliesNull(e, column)
}

func impliesNull(e ast.Expr, column string) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return impliesNull(e.X, column)
	case *ast.BinaryExpr:
		return e.Op == ast.OpAnd && (impliesNull(e.X, column) || impliesNull(e.Y, column))
	case *ast.NullCheckExpr:
		return e.Test == ast.TestIsNull && isColumn(e.X, column)
	case *ast.IsExpr:
		literal, ok := e.Y.(*ast.Literal)
		return ok && literal.Kind == ast.LitNull && !e.Not && isColumn(e.X, column)
	}
	return false
}

func isColumn(e ast.Expr, name string) bool {
	column, ok := sqlite.Unparen(e).(*ast.Ident)
	return ok && strings.EqualFold(column.Name, name)
}

// inExpression reports whether an expression of the index is about the
// column, as in coalesce(deleted_at, 0).
func inExpression(index *model.Index, column string) bool {
	tree, err := parser.ParseStatement(index.SQL)
	n, ok := tree.(*ast.CreateIndexStmt)
	if err != nil || !ok {
		return false
	}
	return slices.ContainsFunc(n.Columns, func(term *ast.OrderingTerm) bool {
		if _, plain := term.Expr.(*ast.Ident); plain {
			return false
		}
		return mentions(term.Expr, func(_, name string) bool { return strings.EqualFold(name, column) })
	})
}
