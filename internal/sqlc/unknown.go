package sqlc

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
)

// unknown explains a message of sqlc's that a name does not exist, where
// SQLite knows the name; "" where it does not.
func (s *statement) unknown(message string) (cause, fix string) {
	m := notFound.FindStringSubmatch(message)
	if m == nil {
		return "", ""
	}
	kind, name := m[1], strings.ToLower(m[2])
	stmt, err := s.parse()
	switch {
	case err != nil:
		return "", ""
	case kind == "relation" && name == "":
		return "sqlc cannot follow a parameter in a statement without FROM", "give it a type, as in CAST(@name AS TEXT)"
	case kind == "relation" && isCommonTable(stmt, name):
		return fmt.Sprintf("sqlc does not know %q of WITH in this place", m[2]), "write its SELECT as a subquery where it is used"
	case kind == "relation":
		return "", ""
	case name == "rowid" || name == "oid" || name == "_rowid_":
		return fmt.Sprintf("sqlc does not know %s, which SQLite does", m[2]), "give the table an INTEGER PRIMARY KEY and write its name"
	case valuesColumn.MatchString(name):
		return fmt.Sprintf("sqlc does not know %s of VALUES", m[2]), "write SELECT 1 AS name UNION ALL SELECT 2 in its place"
	case listsColumn(stmt, name):
		return fmt.Sprintf("sqlc does not know %q of the column list in WITH", m[2]), "name the columns in its SELECT, with AS"
	case jsonColumns[name] && calls(stmt, "json_each", "json_tree"):
		return fmt.Sprintf("sqlc does not know %s of json_each", m[2]), fmt.Sprintf("write CAST(%s AS TEXT), INTEGER or REAL", m[2])
	}
	return "", ""
}

var (
	notFound     = regexp.MustCompile(`^(relation|column|table alias) "([^"]*)" does not exist`)
	valuesColumn = regexp.MustCompile(`^column\d+$`)
	jsonColumns  = map[string]bool{
		"key": true, "value": true, "type": true, "atom": true, "id": true, "parent": true, "fullkey": true, "path": true,
	}
)

func isCommonTable(stmt ast.Stmt, name string) bool {
	return contains(stmt, func(n ast.Node) bool {
		cte, ok := n.(*ast.CTE)
		return ok && strings.EqualFold(cte.Name.Name, name)
	})
}

func listsColumn(stmt ast.Stmt, name string) bool {
	return contains(stmt, func(n ast.Node) bool {
		cte, ok := n.(*ast.CTE)
		if !ok {
			return false
		}
		for _, column := range cte.Columns {
			if strings.EqualFold(column.Name, name) {
				return true
			}
		}
		return false
	})
}

func calls(stmt ast.Stmt, functions ...string) bool {
	return contains(stmt, func(n ast.Node) bool {
		item, ok := n.(*ast.TableRef)
		if !ok || item.Name == nil {
			return false
		}
		for _, name := range functions {
			if strings.EqualFold(item.Name.Name.Name, name) {
				return true
			}
		}
		return false
	})
}

// contains reports whether a node of the statement is of a kind.
func contains(stmt ast.Stmt, is func(ast.Node) bool) bool {
	found := false
	ast.Walk(stmt, func(n ast.Node) bool {
		found = found || is(n)
		return !found
	})
	return found
}
