package plan

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// planNeeds finds the permissions that a query of a Scope needs: those that it
// names or else, since nothing may slip past the roles, those on each table
// that it reads or writes.
func (p *planner) planNeeds(q *Query, source *model.Query) {
	if p.plan.Roles == nil || source.Scope.Kind != model.Tenant {
		return // a mark is a problem of internal/pipeline then
	}
	if len(source.Can) == 0 {
		q.Needs = p.accesses(source.Text)
		return
	}
	a := &authorizer{p, p.plan.Roles}
	for _, name := range source.Can {
		resource, action, _ := strings.Cut(name, ":")
		matching := a.matching(resource, action)
		switch {
		case resource == anything || action == anything || action == "":
			p.problems.Add(source.Pos, `write a table and an action, as in "product:update"`,
				"query %s: rowhouse:can %s names no permission", source.Name, name)
		case strings.HasSuffix(name, ownSuffix):
			p.problems.Add(source.Pos, "leave out "+ownSuffix,
				"query %s: rowhouse:can %s: nothing restricts a query to the user's own rows", source.Name, name)
		case len(matching) == 0:
			cause, fix := a.unknown(resource, action)
			p.problems.Add(source.Pos, fix, "query %s: rowhouse:can %s: %s", source.Name, name, cause)
		default:
			q.Needs = append(q.Needs, matching[0])
		}
	}
}

// accessed collects the permissions on the tables of a statement.
type accessed struct {
	*planner
	needs   []*Permission
	written map[*ast.QualifiedName]bool // not read besides
	views   map[*model.View]bool        // seen already
}

// accesses are the permissions on the tables of a statement, in their order.
func (p *planner) accesses(text string) []*Permission {
	a := &accessed{p, nil, map[*ast.QualifiedName]bool{}, map[*model.View]bool{}}
	a.statement(text)
	return a.needs
}

func (a *accessed) statement(text string) {
	tree, err := parser.ParseStatement(text)
	if err != nil {
		return // it was not proven either
	}
	ast.Walk(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.InsertStmt:
			a.insert(n)
		case *ast.UpdateStmt:
			a.write(n.Table, func(needs Needs) *Permission { return needs.Update })
		case *ast.DeleteStmt:
			a.write(n.Table, func(needs Needs) *Permission { return needs.Delete })
		case *ast.QualifiedName:
			a.read(n)
		}
		return true
	})
}

func (a *accessed) insert(n *ast.InsertStmt) {
	a.write(n.Table, func(needs Needs) *Permission { return needs.Create })
	if slices.ContainsFunc(n.Upserts, func(u *ast.Upsert) bool { return !u.DoNothing }) {
		a.write(n.Table, func(needs Needs) *Permission { return needs.Update })
	}
	if n.Replace || n.OrConflict == ast.ConflictReplace {
		a.write(n.Table, func(needs Needs) *Permission { return needs.Delete })
	}
}

func (a *accessed) write(table *ast.QualifiedName, permission func(Needs) *Permission) {
	a.written[table] = true
	a.need(table, permission)
}

// read is a table in a FROM, or a view that stands for others.
func (a *accessed) read(name *ast.QualifiedName) {
	switch view := a.Schema.View(name.Name.Name); {
	case a.written[name] || view != nil && a.views[view]:
	case view != nil:
		a.views[view] = true
		a.statement(view.SQL)
	default:
		a.need(name, func(needs Needs) *Permission { return needs.Read })
	}
}

func (a *accessed) need(table *ast.QualifiedName, permission func(Needs) *Permission) {
	t := a.tables[a.Schema.Table(table.Name.Name)]
	if t == nil {
		return // of a WITH, or one that the database has by itself
	}
	if one := permission(t.Needs); one != nil && !slices.Contains(a.needs, one) {
		a.needs = append(a.needs, one)
	}
}
