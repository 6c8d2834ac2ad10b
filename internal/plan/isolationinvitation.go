package plan

import (
	"slices"
	"strings"
)

// Inviting is what to try on invitations: both tenants invite a guest, who is
// in neither, and others answer.
type Inviting struct {
	Rows      []string // statements that add the guest, and a deleted team
	Guest     Sample   // key
	Addresses struct{ Guest, Mine, Theirs, Nobody string }
	Role      string
	Teams     [2]Sample // keys; of no columns without teams
	GoneTeam  *Sample   // key of a deleted one of the first tenant; nil without
	Named     *Sample   // what an invitation of the first tenant names: the teams of all, its own last
	Gone      []Gone    // under which the guest's invitation from the first tenant is gone
	Left      []string  // statements that take the guest out of the first tenant's team, and its answer back; nil where no such rows are marked
	Again     []Gone    // under which the first tenant may invite the guest, or the other's user, again
}

// Gone is a deletion under which an invitation is no more, or in nobody's way.
type Gone struct {
	What         string
	Mark, Unmark string
	Open         int    // invitations to the guest that are open then
	Address      string // that may be invited again
}

const (
	guestSide    = fresh + 1
	guestKey     = "guest"
	guestAddress = "guest@example.com"
)

// inviting returns nil where there are no invitations, or where unique keys
// allow fewer of them, or of members, than are tried.
func (s *sampler) inviting(in *Isolation) *Inviting {
	i := s.plan.Invitations
	if i == nil || !allows(i.Table, i.Table.column(i.Table.Class.Column), i.Email) ||
		!allows(i.Members, i.Members.column(i.Members.Class.Column), i.User) ||
		i.TeamMembers != nil && !allows(i.TeamMembers, i.Team, i.TeamUser) {
		return nil
	}
	trial := &Inviting{Guest: Sample{Column: s.plan.Users.Keys[0], Value: guestKey}, Role: nameOf(mine) + " role"}
	trial.Rows = append(trial.Rows, s.guest())
	a := &trial.Addresses
	a.Guest, a.Nobody = guestAddress, "nobody@example.com"
	a.Mine, a.Theirs = s.address(mine), s.address(theirs)
	if i.TeamMembers != nil {
		s.invitedTeams(trial, i)
	}
	s.gone(trial, i, in)
	return trial
}

// allows reports whether no unique key but the primary one is about rows that
// differ in some columns. A key with a column that stays NULL is about none.
func allows(t *Table, columns ...*Column) bool {
	return !slices.ContainsFunc(t.Statements.Unique[1:], func(u Unique) bool {
		differs := true
		for _, c := range columns {
			differs = differs && slices.Contains(u.Columns, c)
		}
		return !differs && !u.staysNull()
	})
}

// staysNull reports whether a column of the key is NULL unless somebody sets it.
func (u Unique) staysNull() bool {
	return slices.ContainsFunc(u.Columns, func(c *Column) bool { return c.Nullable && c.Default == "" && c.Job == NoJob })
}

// address is the address of the user of one side, as an invitation has it.
func (s *sampler) address(side int) string {
	return strings.ToLower(textOf(s.sample(s.plan.Users, s.plan.Invitations.email, side)))
}

// textOf is the value of a column of text.
func textOf(s Sample) string {
	text, _ := s.Value.(string)
	return text
}

// guest adds a user who is in no tenant.
func (s *sampler) guest() string {
	users := s.plan.Users
	others := map[*Column]Sample{}
	for _, c := range users.Columns {
		switch {
		case c == users.Keys[0]:
			others[c] = Sample{Column: c, SQL: sqlLiteral(guestKey, c.Type)}
		case c == s.plan.Invitations.email:
			others[c] = Sample{Column: c, SQL: sqlLiteral(guestAddress, c.Type)}
		case foreignKeyOf(users.source, c.Name) != nil:
			others[c] = s.referenced(users, c, mine)
		case c.Nullable:
			others[c] = null(c)
		default:
			others[c] = s.literal(users, c, guestSide)
		}
	}
	return s.row(users, guestSide, others)
}

// invitedTeams are a team of each tenant, and a deleted one.
func (s *sampler) invitedTeams(trial *Inviting, i *Invitations) {
	team := s.tables[s.Schema.Table("team")]
	for side := range trial.Teams {
		trial.Teams[side] = s.sample(team, team.Keys[0], side)
	}
	names := []string{textOf(trial.Teams[theirs])}
	if team.SoftDelete != nil {
		gone := s.literal(team, team.Keys[0], goneSide)
		trial.GoneTeam = &gone
		trial.Rows = append(trial.Rows, s.deleted(team))
		names = append(names, textOf(gone))
	}
	trial.Named = &Sample{Column: i.Teams, Value: strings.Join(append(names, textOf(trial.Teams[mine])), ",")}
}

// gone are the deletions of what the statements about invitations look at.
func (s *sampler) gone(trial *Inviting, i *Invitations, in *Isolation) {
	is := func(c *Column, literal string) string { return c.SQL + " = " + literal }
	text := func(c *Column, value string) string { return is(c, sqlLiteral(value, c.Type)) }
	ofMine := func(t *Table) string { return is(t.column(t.Class.Column), in.Tenant[mine].SQL) + " AND " }
	deleted := func(to *[]Gone, t *Table, condition string, g Gone) {
		if t.SoftDelete == nil {
			return
		}
		g.Mark = "UPDATE " + t.SQL + " SET " + is(t.SoftDelete, s.literal(t, t.SoftDelete, mine).SQL) + " WHERE " + condition
		g.Unmark = "UPDATE " + t.SQL + " SET " + is(t.SoftDelete, "NULL") + " WHERE " + condition
		*to = append(*to, g)
	}
	tenant, users := s.plan.Tenant, s.plan.Users
	invited := ofMine(i.Table)
	isGuest := text(users.Keys[0], guestKey)
	deleted(&trial.Gone, i.Table, invited+text(i.Email, trial.Addresses.Guest), Gone{What: "a deleted invitation", Open: 1})
	deleted(&trial.Gone, tenant, is(tenant.Keys[0], in.Tenant[mine].SQL), Gone{What: "an invitation of what is deleted", Open: 1})
	deleted(&trial.Gone, users, isGuest, Gone{What: "an invitation to a deleted user"})
	s.left(trial, i, invited+text(i.Email, trial.Addresses.Guest))
	if len(i.Table.Statements.Unique) > 1 {
		return // an address may not be invited again
	}
	deleted(&trial.Again, i.Table, invited+text(i.Email, trial.Addresses.Theirs),
		Gone{What: "whose invitation is deleted", Address: trial.Addresses.Theirs})
	deleted(&trial.Again, i.Members, ofMine(i.Members)+text(i.User, guestKey),
		Gone{What: "whose membership is deleted", Address: trial.Addresses.Guest})
	deleted(&trial.Again, users, isGuest, Gone{What: "whose user is deleted", Address: trial.Addresses.Guest})
}

// left is what a guest who has joined a team leaves, where that is marked and
// unique keys allow that the guest joins again.
func (s *sampler) left(trial *Inviting, i *Invitations, invited string) {
	t := i.TeamMembers
	if t == nil || t.SoftDelete == nil || slices.ContainsFunc(t.Statements.Unique[1:], func(u Unique) bool { return !u.staysNull() }) {
		return
	}
	trial.Left = []string{
		"UPDATE " + t.SQL + " SET " + t.SoftDelete.SQL + " = " + s.literal(t, t.SoftDelete, mine).SQL +
			" WHERE " + i.Team.SQL + " = " + trial.Teams[mine].SQL + " AND " + i.TeamUser.SQL + " = " + sqlLiteral(guestKey, i.TeamUser.Type),
		"UPDATE " + i.Table.SQL + " SET " + i.Status.SQL + " = 'pending' WHERE " + invited,
	}
}
