package lint

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// indexes looks for what is searched without an index: the rows of a tenant,
// and those that name a row which is changed or deleted.
func (l *linter) indexes(t *model.Table) {
	tenant := ""
	if l.isOwned(t) {
		tenant = l.Owners.Of(t).Column
	}
	if tenant != "" && !isIndexed(t, []string{tenant}, "") {
		l.noIndex(t, []string{tenant}, t.Column(tenant).Pos, "every query of a tenant reads the rows of all tenants")
	}
	for _, key := range t.ForeignKeys {
		if len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], tenant) || isIndexed(t, key.Columns, tenant) {
			continue
		}
		l.noIndex(t, key.Columns, l.placeOfKey(t, key.Columns, true),
			fmt.Sprintf("each delete in %q reads all rows of this table", key.Table))
	}
}

func (l *linter) noIndex(t *model.Table, columns []string, pos model.Position, effect string) {
	l.find(NoIndex, pos,
		fmt.Sprintf("write CREATE INDEX %s ON %s (%s)",
			quoted(t.Name+"_"+strings.Join(columns, "_")+"_idx"), quoted(t.Name), list(columns)),
		"no index of table %q starts with %s, so %s", t.Name, strings.Join(columns, ", "), effect)
}

// isIndexed reports whether rows are found by the columns: an index starts
// with all of them, in any order. The tenant alone tells few rows apart, so
// among several columns it may be missing.
func isIndexed(t *model.Table, columns []string, tenant string) bool {
	if startsWith(t.PrimaryKey, columns, tenant) {
		return true
	}
	for _, index := range t.Indexes {
		if (index.Where == "" || isNotNullOf(index.Where, columns)) && startsWith(searchable(t, index), columns, tenant) {
			return true
		}
	}
	return false
}

// searchable returns the leading columns of an index that an equation with a
// value of the column's own collation can use.
func searchable(t *model.Table, index *model.Index) []string {
	var names []string
	for _, term := range index.Columns {
		column := t.Column(term.Name)
		if column == nil || !strings.EqualFold(column.Collation, term.Collation) {
			break
		}
		names = append(names, term.Name)
	}
	return names
}

// startsWith reports whether the first of the names are the columns.
func startsWith(names, columns []string, tenant string) bool {
	var leading []string
	for _, name := range names {
		if !model.HasName(columns, name) {
			break
		}
		leading = append(leading, name)
	}
	for _, column := range columns {
		if !model.HasName(leading, column) && (len(columns) == 1 || !strings.EqualFold(column, tenant)) {
			return false
		}
	}
	return true
}

// isNotNullOf reports whether a condition is just that one of the columns is
// not NULL, which every search for a value implies.
func isNotNullOf(condition string, columns []string) bool {
	e, err := parser.ParseExpr(condition)
	if err != nil {
		return false
	}
	for _, column := range columns {
		switch e := e.(type) {
		case *ast.NullCheckExpr:
			if e.Test != ast.TestIsNull && isColumn(e.X, column) {
				return true
			}
		case *ast.IsExpr:
			if literal, ok := e.Y.(*ast.Literal); ok && e.Not && literal.Kind == ast.LitNull && isColumn(e.X, column) {
				return true
			}
		}
	}
	return false
}

// sharedKey notes keys that the database counts for all tenants together.
func (l *linter) sharedKey(t *model.Table) {
	if !l.isOwned(t) || !t.RowidKey() {
		return
	}
	key := t.PrimaryKey[0]
	l.find(SharedKey, t.Column(key).Pos, fmt.Sprintf("write %s TEXT NOT NULL PRIMARY KEY, which gets random ids", quoted(key)),
		"%s of table %q counts the rows of all tenants, so each can tell how many the others add", key, t.Name)
}
