package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Roles is what the option roles asks for.
type Roles struct {
	Roles       []*Role       // by name
	Permissions []*Permission // those of tables, in the order of the schema, then those of no table
	Dynamic     bool          // Enter reads further roles of the tenant
}

// everything is all that a role can permit. Who may do something with all rows
// may do so with the user's own.
func (r *Roles) everything() []*Permission {
	partial := map[*Permission]bool{}
	for _, permission := range r.Permissions {
		partial[permission.own] = true
	}
	return slices.DeleteFunc(slices.Clone(r.Permissions), func(p *Permission) bool { return partial[p] })
}

// Role is a role of members and all that it permits.
type Role struct {
	Name        string // as stored
	Const       string // RoleOwner
	Permissions []*Permission
}

// Permission is a constant of the generated package.
type Permission struct {
	Name  string // product:update
	Const string // PermProductUpdate
	Table *Table // nil for one that only Can and Require ask for

	resource, action string
	own              *Permission // for the user's own rows alone; nil where that means nothing
}

// Needs are the permissions that methods of a scope need on a table; nil
// where no role can have one, or there are no roles.
type Needs struct{ Create, Read, Update, Delete *Permission }

// The actions of permissions on tables.
const (
	createAction = "create"
	readAction   = "read"
	updateAction = "update"
	deleteAction = "delete"
)

var tableActions = []string{createAction, readAction, updateAction, deleteAction}

const (
	anything  = "*"
	ownSuffix = ":own"
)

// authorizer resolves the permissions of roles.
type authorizer struct {
	*planner
	roles *Roles
}

// planRoles decides what each role permits.
func (p *planner) planRoles() {
	if len(p.Options.Roles) == 0 {
		return
	}
	a := &authorizer{p, &Roles{Dynamic: p.Options.DynamicRoles}}
	p.plan.Roles = a.roles
	for _, t := range p.plan.Tables {
		a.onTable(t)
	}
	names := slices.Sorted(maps.Keys(p.Options.Roles))
	for _, name := range names {
		for _, permission := range p.Options.Roles[name] {
			a.declare(permission.Text)
		}
	}
	for _, name := range names {
		a.roles.Roles = append(a.roles.Roles, a.role(name))
	}
	for _, permission := range a.roles.Permissions {
		a.claim(permission.Const, "permission "+permission.Name)
	}
	if !p.plan.Role {
		a.wrong(a.Options.RolesPos, "add role TEXT NOT NULL DEFAULT 'member' to it",
			"option roles: table %q has no text column %q", p.Owners.Members.Name, roleColumn)
	}
}

// wrong reports an error of the configuration.
func (p *planner) wrong(pos model.Position, fix, format string, args ...any) {
	p.misconfigured.Add(pos, fix, format, args...)
}

func (a *authorizer) claim(name, what string) {
	if problem, ok := a.names.claim(name, what, a.Options.RolesPos); !ok {
		a.misconfigured = append(a.misconfigured, problem)
	}
}

// onTable adds the permissions on a table: all of them where a scope writes
// it, to read where it only follows relations to it, or queries read it.
func (a *authorizer) onTable(t *Table) {
	name := t.Row
	if t.ReadOnly() {
		name = t.Rows // AuditLog
	}
	add := func(action string) *Permission {
		permission := a.add(t.Name, action, "Perm"+name+joined(action))
		permission.Table = t
		if t.Creator() != nil && action != createAction { // what one creates is one's own
			permission.own = &Permission{
				Name: permission.Name + ownSuffix, Const: permission.Const + "Own", Table: t,
			}
			a.roles.Permissions = append(a.roles.Permissions, permission.own)
		}
		return permission
	}
	switch {
	case t.ReadOnly():
		t.Needs = Needs{Read: add(readAction)}
	case t.Scoped() || t.Class.Kind == tenancy.Root:
		t.Needs = Needs{add(createAction), add(readAction), add(updateAction), add(deleteAction)}
	case !a.isPersonal(t):
		t.Needs = Needs{Read: add(readAction)}
	}
}

func (a *authorizer) add(resource, action, constant string) *Permission {
	permission := &Permission{Name: resource + ":" + action, Const: constant, resource: resource, action: action}
	a.roles.Permissions = append(a.roles.Permissions, permission)
	return permission
}

// declare adds a permission that no table has, where the text is one. A
// resource that is nearly a table's name is taken for a slip of the pen.
func (a *authorizer) declare(text string) {
	resource, action, found := strings.Cut(text, ":")
	switch {
	case !found, resource == anything, action == anything, strings.HasSuffix(action, ownSuffix),
		slices.Contains(tableActions, action),
		a.Schema.Table(resource) != nil, spell.DidYouMean(resource, a.tables()) != "",
		len(a.matching(resource, action)) > 0:
		return
	}
	a.add(resource, action, "Perm"+joined(resource)+joined(action))
}

// role resolves what a role permits.
func (a *authorizer) role(name string) *Role {
	role := &Role{Name: name, Const: "Role" + joined(name)}
	a.claim(role.Const, "role "+name)
	granted := map[*Permission]bool{}
	for _, permission := range a.Options.Roles[name] {
		for _, one := range a.resolve(name, permission) {
			granted[one] = true
		}
	}
	for _, permission := range a.roles.Permissions {
		full := slices.ContainsFunc(a.roles.Permissions, func(p *Permission) bool { return p.own == permission && granted[p] })
		if granted[permission] && !full {
			role.Permissions = append(role.Permissions, permission)
		}
	}
	return role
}

// resolve returns the permissions that a text of the configuration means.
func (a *authorizer) resolve(role string, permission config.Permission) []*Permission {
	text := permission.Text
	if text == anything {
		text = "*:*"
	}
	text, own := strings.CutSuffix(text, ownSuffix)
	resource, action, _ := strings.Cut(text, ":")
	matching := a.matching(resource, action)
	if len(matching) == 0 {
		cause, fix := a.unknown(resource, action)
		a.wrong(permission.Pos, fix, "%q: %q: %s", role, permission.Text, cause)
		return nil
	}
	if !own {
		return matching
	}
	for i, one := range matching {
		switch {
		case one.Table == nil || one.Table.Creator() == nil:
			a.wrong(permission.Pos, "leave out "+ownSuffix, "%q: %q: %q has no column %s that says whose a row is",
				role, permission.Text, one.resource, a.Options.Audit.CreatedBy)
			return nil
		case one.own != nil:
			matching[i] = one.own
		}
	}
	return matching
}

// matching returns the permissions of a resource and an action, either of
// which may be any.
func (a *authorizer) matching(resource, action string) []*Permission {
	var list []*Permission
	for _, p := range a.roles.Permissions {
		if p.resource != "" && (resource == anything || strings.EqualFold(resource, p.resource)) &&
			(action == anything || action == p.action) {
			list = append(list, p)
		}
	}
	return list
}

// unknown says why nothing is of a resource and an action, and what to do.
func (a *authorizer) unknown(resource, action string) (cause, fix string) {
	actions := a.actions(resource)
	switch {
	case resource == anything, len(actions) > 0:
		return fmt.Sprintf("there is no action %q", action), orKnown(action, actions)
	case a.Schema.Table(resource) != nil:
		return fmt.Sprintf("no scope reaches table %q", resource), "remove it"
	}
	return fmt.Sprintf("there is no table %q", resource), orKnown(resource, a.tables())
}

// tables are the names of those that there are permissions on.
func (a *authorizer) tables() []string {
	var names []string
	for _, t := range a.plan.Tables {
		if t.Needs.Read != nil {
			names = append(names, t.Name)
		}
	}
	return names
}

// actions are those that there are on a resource.
func (a *authorizer) actions(resource string) []string {
	var names []string
	for _, p := range a.matching(resource, anything) {
		if !slices.Contains(names, p.action) {
			names = append(names, p.action)
		}
	}
	return names
}

// orKnown is the fix for a name that is none of known.
func orKnown(name string, known []string) string {
	if nearest := spell.DidYouMean(name, known); nearest != "" {
		return nearest
	}
	return "known here: " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}

// storedRoles is the expression of what roles of the tenant's own permit, as a
// JSON list of pairs, among those that a member has; "" where there are none
// such. A row that is not text permits nothing, and must not be an error.
func (p *planner) storedRoles(role string) string {
	if !p.Options.DynamicRoles {
		return ""
	}
	name := p.Options.Tenant.Table + "_role"
	t := p.tables[p.Schema.Table(name)]
	if t == nil || !t.Scoped() || t.column(roleColumn) == nil || t.column(permissionColumn) == nil {
		p.wrong(p.Options.DynamicRolesPos, "add the table, or remove the option",
			"option dynamic_roles needs a table %q of the tenant's with the columns %s and %s", name, roleColumn, permissionColumn)
		return ""
	}
	own, permission := t.SQL+"."+p.dialect.quote(roleColumn), t.SQL+"."+p.dialect.quote(permissionColumn)
	conditions := append(p.ownership(t, existing, t.SQL+"."),
		p.dialect.isText(own), p.dialect.isText(permission), p.dialect.isListed(role, own))
	return "(SELECT " + p.dialect.pairs(own, permission) + "\n    FROM " + t.SQL +
		"\n    WHERE " + strings.Join(conditions, "\n      AND ") + ")"
}

// permissionColumn is the column of the tenant's own roles that says what one permits.
const permissionColumn = "permission"
