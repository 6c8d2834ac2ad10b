package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Invitations is how users are invited to a tenant and become its members,
// where the tables have the shape of Better Auth's.
type Invitations struct {
	Table, Members *Table
	TeamMembers    *Table // nil where an invitation names no teams

	Inviter, Email, Role, Status, Expires *Column // of Table
	User, MemberRole                      *Column // of Members
	Team, TeamUser                        *Column // of TeamMembers
	Teams                                 *Column // of Table: ids with commas; nil without one

	// Statements; the runtime's invitationTables says what their parameters are.
	Taken, Found, Open, Joins, Missing string

	// Where there are roles: all that a role can permit, and the statement that
	// reads what roles of the tenant's own permit; "" without such.
	Permissions []*Permission
	StoredRoles string

	Invite, Accept, Reject, Cancel string // methods

	email *Column // of the users
}

// planInvitations returns nil unless the tables are there, with the columns
// that the statements go by and no others that an input has to give.
func (p *planner) planInvitations() *Invitations {
	tenant, users := p.plan.Tenant, p.plan.Users
	t, members := p.tables[p.Schema.Table("invitation")], p.tables[p.Owners.Members]
	if t == nil || !isOwn(t) || !isOwn(members) || t.NewKey == nil || !isText(t.Keys[0].Type) || !isText(tenant.Keys[0].Type) || !isText(users.Keys[0].Type) {
		return nil
	}
	i := &Invitations{
		Table: t, Members: members,
		Inviter: p.naming(t, "inviter_id", users), Email: plainText(t, "email"), Role: plainText(t, roleColumn),
		Status: t.column("status"), Expires: t.column("expires_at"), Teams: plainText(t, "team_id"),
		User: p.naming(members, p.Owners.MemberUser, users), MemberRole: plainText(members, roleColumn),
		email:  plainText(users, "email"),
		Invite: "Invite", Accept: "Accept" + t.Row, Reject: "Reject" + t.Row, Cancel: "Cancel" + t.Row,
	}
	fits := isGiven(t, i.Inviter, i.Email, i.Role, i.Status, i.Expires) && isGiven(members, i.User, i.MemberRole) &&
		isText(i.Status.Type) && i.Expires.Type.Package == "time" && !i.MemberRole.Nullable && i.email != nil
	if !fits || slices.ContainsFunc(p.plan.Tables, func(t *Table) bool { return t.Rows == i.Invite || t.Rows == i.Cancel }) {
		return nil
	}
	p.planInvitedTeams(i)
	p.planInvitedRoles(i)
	p.invitationStatements(i)
	return i
}

// planInvitedRoles plans what tells a role that permits everything from others.
func (p *planner) planInvitedRoles(i *Invitations) {
	if p.plan.Roles == nil {
		return
	}
	i.Permissions = p.plan.Roles.everything()
	if stored := p.storedRoles(p.dialect.placeholder(2)); stored != "" {
		i.StoredRoles = "\nSELECT " + stored
	}
}

// planInvitedTeams plans which teams an invitation names, and what that
// becomes, where there are teams. A foreign key could not name several.
func (p *planner) planInvitedTeams(i *Invitations) {
	team, to := p.tables[p.Schema.Table("team")], p.tables[p.Schema.Table("team_member")]
	if i.Teams == nil || team == nil || to == nil || !isOwn(team) || len(team.Keys) != 1 || !isText(team.Keys[0].Type) ||
		!to.Scoped() || !i.Teams.Settable() || foreignKeyOf(i.Table.source, i.Teams.Name) != nil {
		return
	}
	key, user := p.naming(to, "team_id", team), p.naming(to, "user_id", p.plan.Users)
	if !isGiven(to, key, user) {
		return
	}
	i.TeamMembers, i.Team, i.TeamUser = to, key, user
	joined := []string{of(to, key) + " = " + of(team, team.Keys[0]), of(to, user) + " = " + p.dialect.placeholder(3)}
	member := exists(to.SQL, append(joined, alive(to)...))
	is := func(id string) []string {
		return append([]string{of(team, team.Keys[0]) + " = " + id}, p.ownership(team, existing, team.SQL+".")...)
	}
	i.Joins = "\nSELECT 1\nFROM " + team.SQL + where(append(is(p.dialect.placeholder(2)), "NOT "+member))
	i.Missing = "\nSELECT 1\nFROM " + p.dialect.list(p.dialect.placeholder(2)) + " AS named" +
		where([]string{"NOT " + exists(team.SQL, is("named.value"))}) + "\nLIMIT 1"
}

// invitationStatements writes the statements. Addresses are compared in lower
// case, which is that of ASCII, as the runtime has it too; only for the list of
// an address's invitations, which an index finds, must theirs be stored so.
func (p *planner) invitationStatements(i *Invitations) {
	t, tenant, users := i.Table, p.plan.Tenant, p.plan.Users
	first, second, third := p.dialect.placeholder(1), p.dialect.placeholder(2), p.dialect.placeholder(3)
	lower := func(text string) string { return "lower(" + text + ")" }
	invited, email := of(t, i.Email), of(users, i.email)
	open := func(now string) []string {
		return []string{of(t, i.Status) + " = 'pending'", of(t, i.Expires) + " > " + now}
	}
	pending := append(p.ownership(t, existing, t.SQL+"."), lower(invited)+" = "+second)
	member := append(p.ownership(i.Members, existing, i.Members.SQL+"."), lower(email)+" = "+second)
	i.Taken = "\nSELECT 1\nFROM " + t.SQL + where(append(pending, open(third)...)) +
		"\nUNION ALL\nSELECT 1\nFROM " + i.Members.SQL + joinAlive(users, of(users, users.Keys[0])+" = "+of(i.Members, i.User)) +
		where(member) + "\nLIMIT 1"

	tenantKey := t.column(t.Class.Column)
	ofTenant := joinAlive(tenant, of(tenant, tenant.Keys[0])+" = "+of(t, tenantKey))
	teams := "''"
	if i.TeamMembers != nil {
		teams = "coalesce(" + of(t, i.Teams) + ", '')"
	}
	i.Found = fmt.Sprintf("\nSELECT %s, coalesce(%s, ''), %s, %s, %s\nFROM %s",
		of(t, tenantKey), of(t, i.Role), teams, of(t, i.Status), open(third)[1], t.SQL) + ofTenant +
		joinAlive(users, of(users, users.Keys[0])+" = "+second, lower(email)+" = "+lower(invited)) +
		where(append([]string{of(t, t.Keys[0]) + " = " + first}, alive(t)...))
	i.Open = "\nSELECT " + p.whole(t, t.SQL+".") + "\nFROM " + t.SQL + ofTenant +
		joinAlive(users, of(users, users.Keys[0])+" = "+first, invited+" IN ("+email+", "+lower(email)+")") +
		where(append(open(second), alive(t)...)) + "\nORDER BY " + of(t, i.Expires) + ", " + of(t, t.Keys[0])
}

// isOwn reports whether a table's rows are a tenant's by a column of their own.
func isOwn(t *Table) bool { return t.Scoped() && t.Class.Column != "" && !t.Class.Shared }

// plainText returns a column of any text, or nil.
func plainText(t *Table, name string) *Column {
	if c := t.column(name); c != nil && c.Type == textType {
		return c
	}
	return nil
}

// naming returns a column that names a row of another table by its only key, or nil.
func (p *planner) naming(t *Table, name string, other *Table) *Column {
	c := t.column(name)
	if c == nil || c.Nullable || !slices.ContainsFunc(t.source.ForeignKeys, func(key *model.ForeignKey) bool {
		return len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], name) && p.tables[p.Schema.Table(key.Table)] == other
	}) || len(other.Keys) != 1 || c.Type != other.Keys[0].Type {
		return nil
	}
	return c
}

// isGiven reports whether an input of the table needs these columns and no others.
func isGiven(t *Table, columns ...*Column) bool {
	for _, c := range columns {
		if c == nil || c.Job != NoJob || c.Key {
			return false
		}
	}
	return !slices.ContainsFunc(t.Columns, func(c *Column) bool {
		return c.Job == NoJob && !c.Nullable && c.Default == "" && !slices.Contains(columns, c)
	})
}

// of is a column beside those of other tables.
func of(t *Table, c *Column) string { return t.SQL + "." + c.SQL }

// joinAlive joins the rows of a table that are not deleted.
func joinAlive(t *Table, conditions ...string) string {
	return "\nJOIN " + t.SQL + " ON " + strings.Join(append(conditions, alive(t)...), " AND ")
}

// alive are the conditions under which a row is not deleted.
func alive(t *Table) []string {
	if t.SoftDelete == nil {
		return nil
	}
	return []string{of(t, t.SoftDelete) + " IS NULL"}
}
