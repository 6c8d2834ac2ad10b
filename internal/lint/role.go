package lint

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// withoutRole looks for queries that the acting user proves. They belong to no
// scope, so that no role is asked whether it permits them. The members' table
// tells which tenants the user is in, which must come before any role.
func (l *linter) withoutRole(q *model.Query) {
	if len(l.Options.Roles) == 0 || q.Scope.Kind != model.Actor {
		return
	}
	found := l.ownedIn(q.Text, map[*model.View]bool{})
	if len(found) == 0 {
		return
	}
	var names []string
	for _, r := range found {
		if name := `"` + r.table + `"`; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	l.find(AsksNoRole, q.At(found[0].offset), "write it for @"+l.Options.Tenant.Column+", so that it belongs to a scope",
		"query %s is of a user who has entered no %s, so no role is asked before it uses %s",
		q.Name, l.Owners.Root.Name, strings.Join(names, ", "))
}

// ownedIn returns the references of a statement to tables of tenants, but for
// the members' table. A view stands for what it reads, and is where that is.
func (l *linter) ownedIn(text string, seen map[*model.View]bool) []reading {
	tree, err := parser.ParseStatement(text)
	if err != nil {
		return nil // who prepares the statement says so
	}
	var found []reading
	ast.Walk(tree, func(n ast.Node) bool {
		name, ok := n.(*ast.QualifiedName)
		if !ok {
			return true
		}
		if t := l.Schema.Table(name.Name.Name); t != l.Owners.Members && l.isOwned(t) {
			found = append(found, reading{offset: name.Pos(), table: t.Name})
		}
		if view := l.Schema.View(name.Name.Name); view != nil && !seen[view] {
			seen[view] = true
			for _, r := range l.ownedIn(view.SQL, seen) {
				found = append(found, reading{offset: name.Pos(), table: r.table})
			}
		}
		return true
	})
	return found
}
