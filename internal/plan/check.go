package plan

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// allowed is what the CHECK constraints say of a column's values.
type allowed struct {
	texts   []string // x IN ('a', 'b')
	numbers []string // x IN (0, 1)
	json    bool     // json_valid(x)
}

func (a allowed) isBool() bool {
	numbers := slices.Sorted(slices.Values(a.numbers))
	return slices.Equal(numbers, []string{"0", "1"})
}

// allowedValues reads the CHECK constraints of a table, by column in lower
// case. A constraint of another form says nothing about types.
func allowedValues(t *model.Table) map[string]allowed {
	values := map[string]allowed{}
	for _, check := range t.Checks {
		expr, err := parser.ParseExpr(check.Expr)
		if err != nil {
			continue
		}
		for _, conjunct := range conjuncts(expr) {
			column, found := allowedBy(unlessNull(conjunct))
			if column == "" {
				continue
			}
			column = strings.ToLower(column)
			merged := values[column]
			merged.json = merged.json || found.json
			if merged.texts == nil && merged.numbers == nil {
				merged.texts, merged.numbers = found.texts, found.numbers
			}
			values[column] = merged
		}
	}
	return values
}

// defaultValue returns a DEFAULT as an expression: SQLite takes a bare or
// double-quoted word there for text.
func defaultValue(sql string) string {
	expr, err := parser.ParseExpr(sql)
	if err != nil {
		return sql
	}
	if strings.Contains(sql, "--") {
		return sql + "\n" // a comment, perhaps: it must not swallow what follows
	}
	if strings.EqualFold(sql, "TRUE") || strings.EqualFold(sql, "FALSE") {
		return sql
	}
	if word, ok := sqlite.Unparen(expr).(*ast.Ident); ok {
		return sqlite.Literal(word.Name)
	}
	return sql
}

func conjuncts(expr ast.Expr) []ast.Expr {
	if and, ok := sqlite.Unparen(expr).(*ast.BinaryExpr); ok && and.Op == ast.OpAnd {
		return append(conjuncts(and.X), conjuncts(and.Y)...)
	}
	return []ast.Expr{sqlite.Unparen(expr)}
}

// unlessNull returns B of "x IS NULL OR B", in either order: a CHECK lets
// NULL pass anyway.
func unlessNull(expr ast.Expr) ast.Expr {
	or, ok := expr.(*ast.BinaryExpr)
	if !ok || or.Op != ast.OpOr {
		return expr
	}
	x, y := sqlite.Unparen(or.X), sqlite.Unparen(or.Y)
	if isNullTest(x) {
		return y
	}
	if isNullTest(y) {
		return x
	}
	return expr
}

func isNullTest(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.NullCheckExpr:
		return expr.Test == ast.TestIsNull
	case *ast.IsExpr:
		literal, ok := sqlite.Unparen(expr.Y).(*ast.Literal)
		return ok && !expr.Not && literal.Kind == ast.LitNull
	}
	return false
}

// allowedBy reads one constraint.
func allowedBy(expr ast.Expr) (column string, values allowed) {
	switch expr := expr.(type) {
	case *ast.InExpr:
		if expr.Not {
			return "", allowed{}
		}
		return columnName(expr.X), literals(expr.List)
	case *ast.FuncCall:
		if strings.EqualFold(expr.Name.Name, "json_valid") && len(expr.Args) > 0 {
			return columnName(expr.Args[0]), allowed{json: true}
		}
	}
	return "", allowed{}
}

func columnName(expr ast.Expr) string {
	switch expr := sqlite.Unparen(expr).(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.QualifiedRef:
		return expr.Parts[len(expr.Parts)-1].Name
	}
	return ""
}

// literals returns the values of a list in which all are texts or all numbers.
func literals(list []ast.Expr) allowed {
	var values allowed
	for _, item := range list {
		literal, ok := sqlite.Unparen(item).(*ast.Literal)
		if !ok {
			return allowed{}
		}
		switch literal.Kind {
		case ast.LitString:
			values.texts = append(values.texts, literal.Value)
		case ast.LitInteger:
			values.numbers = append(values.numbers, literal.Value)
		default:
			return allowed{}
		}
	}
	if len(values.texts) > 0 && len(values.numbers) > 0 {
		return allowed{}
	}
	return values
}

// replaces reports whether a constraint of a table says ON CONFLICT REPLACE.
func replaces(t *model.Table) bool {
	actions, ok := sqlite.OnConflict(t.SQL)
	return !ok || slices.Contains(actions, ast.ConflictReplace)
}
