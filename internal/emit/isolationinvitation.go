package emit

import (
	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// var isolationGuest = []string{…}
func guestVar(in *plan.Inviting) *Statement {
	return doc("isolationGuest adds a user who is in neither tenant, and what an invitation must not name.").
		Var().Id("isolationGuest").Op("=").Add(literals(in.Rows)).Line()
}

// inviteTest emits a test that invitations lead those whom they are to into
// their own tenant, and nobody else anywhere:
//
//	func TestIsolationOfInvite(t *testing.T) {
//		w := openIsolation(t)
//		…
//		w.untouched()
//	}
func inviteTest(p *plan.Plan) *Statement {
	name := "TestIsolationOf" + p.Invitations.Invite
	return doc(name + " has two tenants invite one guest, and others answer.").
		Func().Id(name).Params(Id("t").Op("*").Qual("testing", "T")).BlockFunc(func(g *Group) {
		user := func(key plan.Sample) *Statement { return Id("w").Dot("store").Dot("As").Call(goValue(key)) }
		g.Id("w").Op(":=").Id("openIsolation").Call(Id("t"))
		g.Id("w").Dot("unenforced").Call(Id("isolationGuest"))
		g.Id("ctx").Op(":=").Qual(contextPath, "Background").Call()
		g.Id("guest").Op(":=").Add(user(p.Isolation.Inviting.Guest))
		g.Id("stranger").Op(":=").Add(user(p.Isolation.User[0]))
		g.Id("other").Op(":=").Add(user(p.Isolation.User[1]))
		tryInvite(g, p)
		tryTeams(g, p)
		tryAnswers(g, p)
		tryGone(g, p)
		tryAccept(g, p)
		tryAgain(g, p)
		g.Line().Id("w").Dot("untouched").Call()
	}).Line()
}

// w.a.Invite(ctx, "guest@example.com", "a role", time.Hour, TeamID("a team id"))
func inviting(p *plan.Plan, scope, address string, teams ...plan.Sample) *Statement {
	args := []Code{Id("ctx"), Lit(address), Lit(p.Isolation.Inviting.Role), Qual("time", "Hour")}
	if p.Invitations.TeamMembers != nil {
		for _, team := range teams {
			args = append(args, goValue(team))
		}
	}
	return Id("w").Dot(scope).Dot(p.Invitations.Invite).Call(args...)
}

// w.must("Invite", err)
func must(what string) *Statement { return Id("w").Dot("must").Call(Lit(what), Err()) }

// tryInvite expects that another tenant's invitations and members are in nobody's way.
func tryInvite(g *Group, p *plan.Plan) {
	in, invite := p.Isolation.Inviting, p.Invitations.Invite
	g.Line().Comment("whom another has invited, or has as a member, may be invited")
	g.List(Id("theirs"), Err()).Op(":=").Add(inviting(p, "b", in.Addresses.Guest, in.Teams[1]))
	g.Add(must(invite + " by the other"))
	g.List(Id("mine"), Err()).Op(":=").Add(inviting(p, "a", in.Addresses.Guest, in.Teams[0]))
	g.Add(must(invite + " of whom the other has invited"))
	g.List(Id("_"), Err()).Op("=").Add(inviting(p, "a", in.Addresses.Theirs))
	g.Add(must(invite + " of the other's member"))
	g.List(Id("_"), Err()).Op("=").Add(inviting(p, "a", in.Addresses.Guest))
	g.Add(is(invite+" again", Err(), "ErrConflict"))
	g.List(Id("_"), Err()).Op("=").Add(inviting(p, "a", in.Addresses.Mine))
	g.Add(is(invite+" of a member", Err(), "ErrConflict"))
}

// tryTeams expects that an invitation names no other teams than the tenant's.
func tryTeams(g *Group, p *plan.Plan) {
	in, i := p.Isolation.Inviting, p.Invitations
	if i.TeamMembers == nil {
		return
	}
	g.Line().Comment("to teams of its own")
	refused := func(what string, teams ...plan.Sample) {
		g.List(Id("_"), Err()).Op("=").Add(inviting(p, "a", in.Addresses.Nobody, teams...))
		g.Add(is(i.Invite+" to "+what, Err(), "ErrReference"))
	}
	refused("another's team", in.Teams[0], in.Teams[1])
	if in.GoneTeam != nil {
		refused("a deleted team", *in.GoneTeam)
	}
	g.Add(sees("what was refused", 0, Id("w").Dot("a").Dot(i.Table.Rows).Dot("Where").Call(
		Id(i.Table.Rows).Dot(i.Email.Field).Dot("Eq").Call(Lit(in.Addresses.Nobody)))))
}

// answer is a method of an invitation that returns an error alone.
//
//	w.a.CancelInvitation(ctx, mine.ID)
func answer(i *plan.Invitations, who, method, invitation string) *Statement {
	return Id(who).Dot(method).Call(Id("ctx"), Id(invitation).Dot(i.Table.Keys[0].Field))
}

// tryAnswers expects that nobody answers an invitation but whom it is to, and
// that nobody cancels another tenant's.
func tryAnswers(g *Group, p *plan.Plan) {
	i := p.Invitations
	g.Line().Comment("to others it is not there")
	for _, who := range []string{"stranger", "other"} {
		tryNoAnswer(g, i, who, "another's invitation")
	}
	g.Add(is(i.Cancel+" of another's invitation", answer(i, "w.b", i.Cancel, "mine"), "ErrNotFound"))
	g.Add(is(i.Cancel+" of another's invitation", answer(i, "w.a", i.Cancel, "theirs"), "ErrNotFound"))
	g.List(Id("own"), Err()).Op(":=").Add(inviting(p, "a", p.Isolation.Inviting.Addresses.Nobody, p.Isolation.Inviting.Teams[0]))
	g.Add(must(i.Invite))
	g.Add(is(i.Cancel, answer(i, "w.a", i.Cancel, "own"), ""))
	g.List(Id("open"), Err()).Op(":=").Id("stranger").Dot(i.Table.Rows).Call(Id("ctx"))
	g.Add(countsOpen("invitations of whom nobody invited", 0))
	for _, listed := range []struct {
		who, what string
		n         int
	}{{"other", "invitations by one", 1}, {"guest", "invitations by two", 2}} {
		g.Add(listOpen(i, listed.who))
		g.Add(countsOpen(listed.what, listed.n))
	}
}

// tryNoAnswer expects that an invitation is not there for somebody.
func tryNoAnswer(g *Group, i *plan.Invitations, who, what string) {
	g.List(Id("_"), Err()).Op("=").Add(answer(i, who, i.Accept, "mine"))
	g.Add(is(i.Accept+" of "+what, Err(), "ErrNotFound"))
	g.Add(is(i.Reject+" of "+what, answer(i, who, i.Reject, "mine"), "ErrNotFound"))
}

// open, err = guest.Invitations(ctx)
func listOpen(i *plan.Invitations, who string) *Statement {
	return List(Id("open"), Err()).Op("=").Id(who).Dot(i.Table.Rows).Call(Id("ctx"))
}

// w.counts("invitations", len(open), 1, err)
func countsOpen(what string, n int) *Statement {
	return Id("w").Dot("counts").Call(Lit(what), Len(Id("open")), Lit(n), Err())
}

// w.unenforced([]string{`UPDATE …`})
func unenforced(statements ...string) *Statement {
	return Id("w").Dot("unenforced").Call(Index().String().ValuesFunc(func(g *Group) {
		for _, statement := range statements {
			g.Add(sqlLiteral(statement))
		}
	}))
}

// tryGone expects that an invitation is not there once what it is about is deleted.
func tryGone(g *Group, p *plan.Plan) {
	i := p.Invitations
	for _, gone := range p.Isolation.Inviting.Gone {
		g.Line().Comment(gone.What + " is gone")
		g.Add(unenforced(gone.Mark))
		tryNoAnswer(g, i, "guest", gone.What)
		g.Add(listOpen(i, "guest"))
		g.Add(countsOpen("invitations but for "+gone.What, gone.Open))
		g.Add(unenforced(gone.Unmark))
	}
}

// tryAccept expects that whom an invitation is to enters its tenant, and of
// the teams that it names joins those of that tenant.
func tryAccept(g *Group, p *plan.Plan) {
	i, tenant := p.Invitations, p.Isolation.Tenant
	accept := func(what, invitation string) {
		g.List(Id("_"), Err()).Op("=").Add(answer(i, "guest", i.Accept, invitation))
		g.Add(must(what))
	}
	enter := func(side int, want string) {
		g.List(Id("_"), Err()).Op("=").Id("guest").Dot("Enter").Call(Id("ctx"), goValue(tenant[side]))
		g.Add(is("Enter of the guest", Err(), want))
	}
	joined := func(what, scope string, n int) {
		if to := i.TeamMembers; to != nil {
			g.Add(sees(what, n, Id("w").Dot(scope).Dot(to.Rows).Dot("Where").Call(
				Id(to.Rows).Dot(i.TeamUser.Field).Dot("Eq").Call(goValue(p.Isolation.Inviting.Guest)))))
		}
	}
	g.Line().Comment("it leads to where it is from")
	if named := p.Isolation.Inviting.Named; named != nil {
		g.List(Id("_"), Err()).Op("=").Id("w").Dot("a").Dot(i.Table.Rows).Dot("Update").Call(
			Id("ctx"), Id("mine").Dot(i.Table.Keys[0].Field), set(i.Table, *named))
		g.Add(must("Update"))
	}
	accept(i.Accept, "mine")
	enter(0, "")
	enter(1, "ErrNotMember")
	joined("teams that the guest has joined", "a", 1)
	joined("teams of the other", "b", 0)
	accept(i.Accept+" of the other's", "theirs")
	enter(1, "")
	joined("teams of the other that the guest has joined", "b", 1)
	if left := p.Isolation.Inviting.Left; left != nil {
		g.Line().Comment("also into a team that was left")
		g.Add(unenforced(left...))
		accept(i.Accept+" of one who has left a team", "mine")
		joined("teams that the guest has joined again", "a", 1)
	}
	for _, gone := range p.Isolation.Inviting.Gone {
		g.Line().Comment("also once it is accepted, " + gone.What + " is gone")
		g.Add(unenforced(gone.Mark))
		g.List(Id("_"), Err()).Op("=").Add(answer(i, "guest", i.Accept, "mine"))
		g.Add(is(i.Accept+" of "+gone.What, Err(), "ErrNotFound"))
		g.Add(unenforced(gone.Unmark))
	}
}

// tryAgain expects that what is deleted is in no invitation's way.
func tryAgain(g *Group, p *plan.Plan) {
	i := p.Invitations
	for n, gone := range p.Isolation.Inviting.Again {
		g.Line().Comment(gone.What + " may be invited again")
		g.Add(unenforced(gone.Mark))
		assign := "="
		if n == 0 {
			assign = ":="
		}
		g.List(Id("again"), Err()).Op(assign).Add(inviting(p, "a", gone.Address))
		g.Add(must(i.Invite + " of one " + gone.What))
		g.Add(is(i.Cancel, answer(i, "w.a", i.Cancel, "again"), ""))
		g.Add(unenforced(gone.Unmark))
	}
}
