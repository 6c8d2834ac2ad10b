package emit

import (
	"fmt"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// invitationFile emits how a user is invited to a tenant, and answers.
func invitationFile(p *plan.Plan) *File {
	f := newFile(p)
	f.Add(inviteMethod(p))
	f.Add(cancelMethod(p.Invitations))
	f.Add(invitedMethod(p.Invitations))
	f.Add(acceptMethod(p))
	f.Add(rejectMethod(p.Invitations))
	f.Add(invitationsVar(p))
	return f
}

// invitationsOf calls a method of a session with the tables.
func invitationsOf(receiver, method string, args ...Code) *Statement {
	return Id(receiver).Dot("session").Dot(method).Call(append([]Code{Id("ctx"), Op("&").Id("tenantInvitations")}, args...)...)
}

//	func (s *Scope) Invite(ctx context.Context, email, role string, ttl time.Duration, teams ...TeamID) (row *Invitation, err error) {
//		err = s.session.invite(ctx, &tenantInvitations, &row, offer{
//			email: email,
//			role:  role,
//			ttl:   ttl,
//			teams: distinct(teams),
//			input: func(email, teams string, expires time.Time) any {
//				return &NewInvitation{InviterID: s.userID, Email: email, Role: &role, TeamID: unlessEmpty(teams), Status: "pending", ExpiresAt: expires}
//			},
//		})
//		return row, err
//	}
func inviteMethod(p *plan.Plan) *Statement {
	i := p.Invitations
	instant := Qual("time", "Time")
	params := []Code{ctxParam(), List(Id("email"), Id("role")).String(), Id("ttl").Qual("time", "Duration")}
	fields := []Code{pair("email", Id("email")), pair("role", Id("role")), pair("ttl", Id("ttl"))}
	row := []Code{given(i.Inviter, Id("s").Dot("userID")), given(i.Email, Id("email")), given(i.Role, Id("role"))}
	inputParams := []Code{List(Id("email"), Id("_")).String(), Id("expires").Add(instant)}
	if i.TeamMembers != nil {
		params = append(params, Id("teams").Op("...").Add(typeOf(i.Team.Type)))
		fields = append(fields, pair("teams", Id("distinct").Call(Id("teams"))))
		row = append(row, pair(i.Teams.Field, invitedTeams(i)))
		inputParams[0] = List(Id("email"), Id("teams")).String()
	}
	row = append(row, pair(i.Status.Field, Lit("pending")), given(i.Expires, Id("expires")))
	fields = append(fields, pair("input", Func().Params(inputParams...).Any().Block(
		Return(Op("&").Id(i.Table.New).Add(keyed(row...))))))
	return doc(inviteDoc(p)...).Func().Params(Id("s").Op("*").Id("Scope")).Id(i.Invite).Params(params...).
		Params(Id("row").Op("*").Id(i.Table.Row), Err().Error()).Block(
		Err().Op("=").Add(invitationsOf("s", "invite", Op("&").Id("row"), Id("offer").Add(keyed(fields...)))),
		Return(Id("row"), Err()),
	).Line()
}

// invitedTeams is the text of an invitation's teams, as its column takes it.
func invitedTeams(i *plan.Invitations) *Statement {
	if i.Teams.Input.Pointer {
		return Id("unlessEmpty").Call(Id("teams"))
	}
	return Id("teams")
}

func inviteDoc(p *plan.Plan) []string {
	i := p.Invitations
	lines := []string{
		fmt.Sprintf("%s invites an address to the %s, with a role or several with commas, as the user who", i.Invite, p.Tenant.Name),
		"acts. The address is stored with its letters A to Z in lower case. ttl, from now, is how long it may",
		"be accepted.",
	}
	if i.TeamMembers != nil {
		lines = append(lines, "Who accepts it joins the teams, too.")
	}
	lines = append(lines,
		"",
		"Returns ErrConflict if the address is a member's, or has a pending invitation that has not",
		"expired; ErrInvalid if the address is empty or has a blank or control character, if a role is empty or",
		"has blanks around it, or if ttl is not positive; and ErrNoScope in a Scope of System, where no user acts.",
	)
	if i.TeamMembers != nil {
		lines = append(lines, fmt.Sprintf("Returns ErrReference if a team is not the %s's.", p.Tenant.Name))
	}
	if len(i.Permissions) > 0 {
		lines = append(lines, "Returns ErrForbidden if the role permits everything, and those of the user who acts do not.")
	}
	return lines
}

// given is the field of an input with a variable's value.
func given(c *plan.Column, value *Statement) *Statement {
	if c.Input.Pointer {
		value = Op("&").Add(value)
	}
	return pair(c.Field, value)
}

//	func (s *Scope) CancelInvitation(ctx context.Context, id InvitationID) error {
//		return s.session.cancel(ctx, &tenantInvitations, string(id))
//	}
func cancelMethod(i *plan.Invitations) *Statement {
	return doc(
		i.Cancel+" takes a pending invitation back: its status is canceled then.",
		"Returns ErrNotFound if there is none with that key in the Scope, and ErrConflict if it is answered",
		"or canceled already.",
	).Func().Params(Id("s").Op("*").Id("Scope")).Id(i.Cancel).Params(ctxParam(), idParam(i)).Error().Block(
		Return(invitationsOf("s", "cancel", idValue(i))),
	).Line()
}

func idParam(i *plan.Invitations) *Statement { return Id("id").Add(keyType(i.Table)) }

func idValue(i *plan.Invitations) *Statement { return keyValue(i.Table, Id("id")) }

//	func (a *Actor) Invitations(ctx context.Context) ([]Invitation, error) {
//		return invitedTo[Invitation](ctx, a.session, &tenantInvitations, invitationFields)
//	}
func invitedMethod(i *plan.Invitations) *Statement {
	return doc(
		i.Table.Rows+" returns the pending invitations to the user's address that have not expired, those",
		"first that expire first. Whether the address is the user's, nobody has proven who did not verify it.",
	).Func().Params(Id("a").Op("*").Id("Actor")).Id(i.Table.Rows).Params(ctxParam()).Params(Index().Id(i.Table.Row), Error()).Block(
		Return(Id("invitedTo").Types(Id(i.Table.Row)).Call(
			Id("ctx"), Id("a").Dot("session"), Op("&").Id("tenantInvitations"), Id(i.Table.Private+"Fields"))),
	).Line()
}

//	func (a *Actor) AcceptInvitation(ctx context.Context, id InvitationID) (*Member, error) {
//		var row *Member
//		err := a.session.accept(ctx, &tenantInvitations, &row, string(id), joining{
//			member: func(role string) any {
//				return &NewMember{UserID: a.userID, Role: role}
//			},
//			team: func(id string) (row, input any) {
//				return new(*TeamMember), &NewTeamMember{TeamID: TeamID(id), UserID: a.userID}
//			},
//		})
//		if err != nil {
//			return nil, err
//		}
//		return row, nil
//	}
func acceptMethod(p *plan.Plan) *Statement {
	i := p.Invitations
	user := func() *Statement { return Id("a").Dot("userID") }
	as := []Code{pair("member", Func().Params(Id("role").String()).Any().Block(
		Return(Op("&").Id(i.Members.New).Values(given(i.User, user()), given(i.MemberRole, Id("role"))))))}
	lines := []string{
		i.Accept + " makes the user a member with the role of the invitation, in one",
		"transaction, and returns the membership. Who is a member already keeps the role; who accepts",
		"again, or twice at the same time, gets the same membership.",
	}
	if i.TeamMembers != nil {
		as = append(as, pair("team", Func().Params(Id("id").String()).Params(List(Id("row"), Id("input")).Any()).Block(
			Return(New(Op("*").Id(i.TeamMembers.Row)), Op("&").Id(i.TeamMembers.New).Values(
				pair(i.Team.Field, typeOf(i.Team.Type).Call(Id("id"))), given(i.TeamUser, user()))))))
		lines = append(lines, "Of the teams that it names the user joins those that there are still.")
	}
	return doc(append(lines,
		"",
		"Returns ErrNotFound if there is none with that key to the user's address, whose letters A to Z may be",
		"of either case, and ErrConflict if it is not pending any more or has expired; the error names column "+i.Status.Name+" or "+i.Expires.Name+".",
	)...).Func().Params(Id("a").Op("*").Id("Actor")).Id(i.Accept).Params(ctxParam(), idParam(i)).
		Params(Op("*").Id(i.Members.Row), Error()).Block(
		Var().Id("row").Op("*").Id(i.Members.Row),
		Err().Op(":=").Add(invitationsOf("a", "accept", Op("&").Id("row"), idValue(i), Id("joining").Add(keyed(as...)))),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), Err())),
		Return(Id("row"), Nil()),
	).Line()
}

//	func (a *Actor) RejectInvitation(ctx context.Context, id InvitationID) error {
//		return a.session.reject(ctx, &tenantInvitations, string(id))
//	}
func rejectMethod(i *plan.Invitations) *Statement {
	return doc(
		i.Reject+" answers an invitation with no, also one that has expired.",
		"Returns ErrNotFound if there is none with that key to the user's address, and ErrConflict if it",
		"is not pending any more.",
	).Func().Params(Id("a").Op("*").Id("Actor")).Id(i.Reject).Params(ctxParam(), idParam(i)).Error().Block(
		Return(invitationsOf("a", "reject", idValue(i))),
	).Line()
}

// invitedRoles are the fields by which Invite tells which roles permit everything:
//
//	roles:       rolePermissions,
//	permissions: []string{"product:create"},
//	stored:      `SELECT …`,
func invitedRoles(i *plan.Invitations) []Code {
	if len(i.Permissions) == 0 {
		return nil
	}
	var permissions []Code
	for _, permission := range i.Permissions {
		permissions = append(permissions, Lit(permission.Name))
	}
	fields := []Code{pair("roles", Id("rolePermissions")), pair("permissions", Index().String().Add(keyed(permissions...)))}
	if i.StoredRoles != "" {
		fields = append(fields, pair("stored", sqlLiteral(i.StoredRoles)))
	}
	return fields
}

// var tenantInvitations = invitationTables{…}
func invitationsVar(p *plan.Plan) *Statement {
	i := p.Invitations
	fields := []Code{
		pair("table", Op("&").Id(i.Table.Private+"Table")),
		pair("members", Op("&").Id(i.Members.Private+"Table")),
	}
	if i.TeamMembers != nil {
		fields = append(fields,
			pair("teamMembers", Op("&").Id(i.TeamMembers.Private+"Table")),
			pair("teams", sqlLiteral(i.Teams.SQL)),
		)
	}
	fields = append(fields,
		pair("role", sqlLiteral(i.Role.SQL)),
		pair("status", sqlLiteral(i.Status.SQL)),
		pair("expires", sqlLiteral(i.Expires.SQL)),
		pair("user", sqlLiteral(i.User.SQL)),
		pair("bind", Id(i.Expires.Type.Bind)),
		pair("taken", sqlLiteral(i.Taken)),
		pair("found", sqlLiteral(i.Found)),
		pair("open", sqlLiteral(i.Open)),
	)
	if i.TeamMembers != nil {
		fields = append(fields, pair("joins", sqlLiteral(i.Joins)), pair("missing", sqlLiteral(i.Missing)))
	}
	fields = append(fields, invitedRoles(i)...)
	return doc("tenantInvitations is how users are invited to " + article(p.Tenant.Name) + " " + p.Tenant.Name + ".").
		Var().Id("tenantInvitations").Op("=").Id("invitationTables").Add(keyed(fields...)).Line()
}
