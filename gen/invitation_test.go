package gen_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// guest is a user in no organization, and an invitation of organization a.
type guest struct {
	*gen.Actor
	invitation *gen.Invitation
}

// newGuest signs up a user whose address is not in lower case, and invites it.
func (w *world) newGuest(t *testing.T) *guest {
	t.Helper()
	user := must(w.sys.Users.Create(t.Context(), gen.NewUser{Name: "Guest", Email: "Guest@Example.com"}))
	return &guest{w.store.As(user.ID), must(w.a.Invite(t.Context(), "guest@EXAMPLE.com", "admin", time.Hour))}
}

// is sets columns of the guest's invitation.
func (g *guest) is(t *testing.T, w *world, changes ...gen.InvitationChange) {
	t.Helper()
	must(w.a.Invitations.Update(t.Context(), g.invitation.ID, changes...))
}

func TestInvite(t *testing.T) {
	w := newWorld(t)
	got, err := w.a.Invite(t.Context(), "Someone@Example.COM", "admin,member", time.Hour)
	if err != nil || got.Email != "someone@example.com" || *got.Role != "admin,member" || got.InviterID != w.a.owner ||
		got.OrganizationID != w.a.id || got.Status != gen.InvitationStatusPending || !got.ExpiresAt.Equal(clock.Add(time.Hour)) {
		t.Fatalf("Invite = %+v, %v", got, err)
	}
	w.unchanged(t, func() {
		for _, email := range []string{"someone@example.com", "SOMEONE@example.com", "Spare@a.example"} {
			_, err := w.a.Invite(t.Context(), email, "member", time.Hour)
			wantError(t, err, gen.ErrConflict, "invite invitation: conflict with another row")
		}
		_, err := w.a.Invite(t.Context(), "", "member", time.Hour)
		wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (no address)")
		_, err = w.a.Invite(t.Context(), "else@example.com", "", time.Hour)
		wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (no role)")
		for _, email := range []string{
			" spare@a.example", "spare@a.example ", "\tspare@a.example", "not an address", "else@example.com\n", "else@example.com\x00",
			"else@exam\u00a0ple.com", "else\u0085@example.com", "\u2028else@example.com", "else\x7f@example.com",
		} {
			_, err := w.a.Invite(t.Context(), email, "member", time.Hour)
			wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (a blank or control character in the address)")
		}
		for _, role := range []string{"owner ", " owner", "owner, admin", "owner ,admin", "owner,", ",owner", "owner,,admin", ",", " ", "owner\n", "\x00owner"} {
			_, err := w.a.Invite(t.Context(), "else@example.com", role, time.Hour)
			wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (an empty role, or blanks around one)")
		}
		_, err = w.a.Invite(t.Context(), "else@example.com", "member", 0)
		wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (it would have expired)")
		_, err = must(w.sys.InOrganization(t.Context(), w.a.id)).Invite(t.Context(), "else@example.com", "member", time.Hour)
		wantError(t, err, gen.ErrNoScope, "invite: no scope")
	})
	must(w.b.Invite(t.Context(), "someone@example.com", "member", time.Hour)) // another organization's do not count
	must(w.b.Invite(t.Context(), "spare@a.example", "member", time.Hour))
	must(w.a.Invitations.Update(t.Context(), got.ID, gen.Invitations.ExpiresAt.Set(clock)))
	again := must(w.a.Invite(t.Context(), "someone@example.com", "member", time.Hour)) // nor do those that have expired
	if err := w.a.CancelInvitation(t.Context(), again.ID); err != nil {
		t.Fatal(err)
	}
	must(w.a.Invite(t.Context(), "someone@example.com", "member", time.Hour)) // nor those that are canceled
}

// TestInviteOtherLetters: those of ASCII alone have two cases, in Go as in the database.
func TestInviteOtherLetters(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	signUp := func(email string) *gen.Actor {
		t.Helper()
		return w.store.As(must(w.sys.Users.Create(ctx, gen.NewUser{Name: email, Email: email})).ID)
	}
	upper, ascii := signUp("\u00c9@X.com"), signUp("k@x.com") // É
	one := must(w.a.Invite(ctx, "\u00c9@x.COM", "admin", time.Hour))
	if one.Email != "\u00c9@x.com" {
		t.Errorf("stored %q", one.Email)
	}
	if open := must(upper.Invitations(ctx)); len(open) != 1 || open[0].ID != one.ID {
		t.Errorf("Invitations = %+v", open)
	}
	must(w.a.Invite(ctx, "\u00e9@x.com", "member", time.Hour)) // é is another's
	_, err := w.a.Invite(ctx, "\u00c9@X.com", "member", time.Hour)
	wantError(t, err, gen.ErrConflict, "invite invitation: conflict with another row")
	must(upper.AcceptInvitation(ctx, one.ID))
	_, err = w.a.Invite(ctx, "\u00c9@x.com", "member", time.Hour) // a member's
	wantError(t, err, gen.ErrConflict, "invite invitation: conflict with another row")

	kelvin := must(w.a.Invite(ctx, "\u212a@x.com", "member", time.Hour))
	if open := must(ascii.Invitations(ctx)); kelvin.Email != "\u212a@x.com" || len(open) != 0 {
		t.Errorf("stored %q, of which k@x.com sees %+v", kelvin.Email, open)
	}
	w.unchanged(t, func() {
		_, err := ascii.AcceptInvitation(ctx, kelvin.ID)
		wantError(t, err, gen.ErrNotFound, "accept invitation: not found")
	})
	must(signUp("\u212a@X.com").AcceptInvitation(ctx, kelvin.ID))
	if got := must(w.a.Invite(ctx, "\xffA@x.com", "member", time.Hour)); got.Email != "\xffa@x.com" { // bytes of no letter stay
		t.Errorf("stored %q", got.Email)
	}
}

// TestInviteToTeams names teams of the organization's own alone, each once.
func TestInviteToTeams(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	named := func(email string, teams ...gen.TeamID) string {
		t.Helper()
		invitation := must(w.a.Invite(ctx, email, "member", time.Hour, teams...))
		stored := texts(t, w.db, `SELECT quote(team_id) FROM invitation WHERE id = ?`, string(invitation.ID))
		return stored[0]
	}
	sales, support := w.a.teams[0], w.a.teams[1]
	for _, c := range []struct {
		email string
		teams []gen.TeamID
		want  string
	}{
		{"none@example.com", nil, "NULL"},
		{"empty@example.com", []gen.TeamID{}, "NULL"},
		{"one@example.com", []gen.TeamID{sales}, "'" + string(sales) + "'"},
		{"two@example.com", []gen.TeamID{support, sales}, "'" + string(support) + "," + string(sales) + "'"},
		{"again@example.com", []gen.TeamID{support, sales, support}, "'" + string(support) + "," + string(sales) + "'"},
	} {
		if got := named(c.email, c.teams...); got != c.want {
			t.Errorf("%s: team_id is %s, want %s", c.email, got, c.want)
		}
	}
	w.unchanged(t, func() {
		for _, teams := range [][]gen.TeamID{{w.b.team}, {sales, w.b.team}, {w.b.team, sales}, {"missing"}, {""}} {
			invitation, err := w.a.Invite(ctx, "else@example.com", "member", time.Hour, teams...)
			wantError(t, err, gen.ErrReference, "invite invitation: invalid reference (team_id)")
			if invitation != nil {
				t.Errorf("invited to %v: %+v", teams, invitation)
			}
		}
		_, err := w.a.Invite(ctx, "else@example.com", "member", time.Hour, sales+","+support)
		wantError(t, err, gen.ErrInvalid, "invite invitation: invalid value (a comma in a team's id)")
	})
	if err := w.a.Teams.Delete(ctx, support); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t, func() {
		_, err := w.a.Invite(ctx, "else@example.com", "member", time.Hour, support)
		wantError(t, err, gen.ErrReference, "invite invitation: invalid reference (team_id)")
	})
}

// TestAcceptJoinsTheTeams takes an invitation from Invite to the teams.
func TestAcceptJoinsTheTeams(t *testing.T) {
	w := newWorld(t)
	user := must(w.sys.Users.Create(t.Context(), gen.NewUser{Name: "Guest", Email: "guest@example.com"})).ID
	theirs := must(w.b.Invite(t.Context(), "guest@example.com", "member", time.Hour, w.b.team))
	mine := must(w.a.Invite(t.Context(), "guest@example.com", "member", time.Hour, w.a.teams...))
	must(w.store.As(user).AcceptInvitation(t.Context(), mine.ID))
	got := texts(t, w.db, `SELECT team_id FROM team_member WHERE user_id = ? ORDER BY team_id`, string(user))
	want := []string{string(w.a.teams[0]), string(w.a.teams[1])}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("joined %v, want %v", got, want)
	}
	must(w.store.As(user).AcceptInvitation(t.Context(), theirs.ID))
	if got := texts(t, w.db, `SELECT team_id FROM team_member WHERE user_id = ?`, string(user)); !slices.Contains(got, string(w.b.team)) || len(got) != 3 {
		t.Errorf("joined %v, want the team of organization b too", got)
	}
}

func TestCancelInvitation(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	w.unchanged(t, func() {
		wantError(t, w.b.CancelInvitation(t.Context(), g.invitation.ID), gen.ErrNotFound, "cancel invitation: not found")
		wantError(t, w.a.CancelInvitation(t.Context(), "missing"), gen.ErrNotFound, "cancel invitation: not found")
	})
	if err := w.a.CancelInvitation(t.Context(), g.invitation.ID); err != nil {
		t.Fatal(err)
	}
	if got := must(w.a.Invitations.Get(t.Context(), g.invitation.ID)); got.Status != gen.InvitationStatusCanceled {
		t.Errorf("status %s after CancelInvitation", got.Status)
	}
	w.unchanged(t, func() {
		wantError(t, w.a.CancelInvitation(t.Context(), g.invitation.ID), gen.ErrConflict, "cancel invitation: conflict with another row (status)")
	})
}

func TestInvitations(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	theirs := must(w.b.Invite(t.Context(), "guest@example.com", "member", time.Minute))
	must(w.b.Invite(t.Context(), "other@example.com", "member", time.Minute))
	ids := func(user gen.UserID) []gen.InvitationID {
		ids := []gen.InvitationID{}
		for _, row := range must(w.store.As(user).Invitations(t.Context())) {
			ids = append(ids, row.ID)
		}
		return ids
	}
	if got := ids(g.UserID()); !slices.Equal(got, []gen.InvitationID{theirs.ID, g.invitation.ID}) {
		t.Errorf("Invitations = %v", got)
	}
	if got := ids(w.a.owner); len(got) != 0 {
		t.Errorf("Invitations of another user = %v", got)
	}
	g.is(t, w, gen.Invitations.ExpiresAt.Set(clock))
	if err := g.RejectInvitation(t.Context(), theirs.ID); err != nil {
		t.Fatal(err)
	}
	if got := ids(g.UserID()); len(got) != 0 {
		t.Errorf("Invitations = %v, want neither the expired nor the rejected one", got)
	}
}

func TestRejectInvitation(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	w.unchanged(t, func() {
		for _, user := range []gen.UserID{w.a.owner, w.b.stranger, "missing"} {
			err := w.store.As(user).RejectInvitation(t.Context(), g.invitation.ID)
			wantError(t, err, gen.ErrNotFound, "reject invitation: not found")
		}
	})
	if err := g.RejectInvitation(t.Context(), g.invitation.ID); err != nil {
		t.Fatal(err)
	}
	if got := must(w.a.Invitations.Get(t.Context(), g.invitation.ID)); got.Status != gen.InvitationStatusRejected {
		t.Errorf("status %s after RejectInvitation", got.Status)
	}
	w.unchanged(t, func() {
		wantError(t, g.RejectInvitation(t.Context(), g.invitation.ID), gen.ErrConflict, "reject invitation: conflict with another row (status)")
	})
}

func TestAcceptInvitation(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	teams := strings.Join([]string{string(w.a.teams[0]), "gone", string(w.b.team), string(w.a.teams[1]), string(w.a.team)}, ",")
	g.is(t, w, gen.Invitations.TeamID.Set(teams))
	w.unchanged(t, func() {
		for _, user := range []gen.UserID{w.a.owner, w.a.stranger, w.b.stranger, "missing"} { // not theirs
			_, err := w.store.As(user).AcceptInvitation(t.Context(), g.invitation.ID)
			wantError(t, err, gen.ErrNotFound, "accept invitation: not found")
		}
		_, err := g.AcceptInvitation(t.Context(), must(w.b.Invitations.Limit(1).All(t.Context()))[0].ID)
		wantError(t, err, gen.ErrNotFound, "accept invitation: not found")
	})
	member, err := g.AcceptInvitation(t.Context(), g.invitation.ID)
	if err != nil || member.OrganizationID != w.a.id || member.UserID != g.UserID() || member.Role != "admin" {
		t.Fatalf("AcceptInvitation = %+v, %v", member, err)
	}
	if got := must(w.a.Invitations.Get(t.Context(), g.invitation.ID)); got.Status != gen.InvitationStatusAccepted {
		t.Errorf("status %s after AcceptInvitation", got.Status)
	}
	scope := must(g.Enter(t.Context(), w.a.id))
	joined := must(scope.TeamMembers.Where(gen.TeamMembers.UserID.Eq(g.UserID())).All(t.Context()))
	if len(joined) != 2 || len(texts(t, w.db, `SELECT id FROM team_member WHERE user_id = ?`, string(g.UserID()))) != 2 {
		t.Errorf("joined %+v, want the two teams of organization a", joined)
	}
	if _, err := g.Enter(t.Context(), w.b.id); err == nil {
		t.Error("entered organization b")
	}
	g.is(t, w, gen.Invitations.ExpiresAt.Set(clock)) // what is accepted does not expire
	w.unchanged(t, func() {
		again, err := g.AcceptInvitation(t.Context(), g.invitation.ID)
		if err != nil || *again != *member {
			t.Errorf("accepted again: %+v, %v, want %+v", again, err, member)
		}
	})
	if err := w.a.Members.Delete(t.Context(), member.ID); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t, func() { // an old invitation is no way back
		_, err := g.AcceptInvitation(t.Context(), g.invitation.ID)
		wantError(t, err, gen.ErrConflict, "accept invitation: conflict with another row (status)")
	})
}

func TestClosedInvitationsAreNotAccepted(t *testing.T) {
	for _, c := range []struct {
		name, column string
		change       gen.InvitationChange
	}{
		{"expired", "expires_at", gen.Invitations.ExpiresAt.Set(clock)},
		{"canceled", "status", gen.Invitations.Status.Set(gen.InvitationStatusCanceled)},
		{"rejected", "status", gen.Invitations.Status.Set(gen.InvitationStatusRejected)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			g := w.newGuest(t)
			g.is(t, w, c.change)
			w.unchanged(t, func() {
				member, err := g.AcceptInvitation(t.Context(), g.invitation.ID)
				wantError(t, err, gen.ErrConflict, "accept invitation: conflict with another row ("+c.column+")")
				if member != nil {
					t.Errorf("AcceptInvitation = %+v", member)
				}
			})
		})
	}
}

// TestAMemberWhoAcceptsKeepsTheRole: who was added in the meantime.
func TestAMemberWhoAcceptsKeepsTheRole(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	member := must(w.a.Members.Create(t.Context(), gen.NewMember{UserID: g.UserID(), Role: "owner"}))
	got, err := g.AcceptInvitation(t.Context(), g.invitation.ID)
	if err != nil || *got != *member {
		t.Errorf("AcceptInvitation = %+v, %v, want %+v", got, err, member)
	}
	if got := must(w.a.Invitations.Get(t.Context(), g.invitation.ID)); got.Status != gen.InvitationStatusAccepted {
		t.Errorf("status %s", got.Status)
	}
}

// TestConcurrentAccepts has eight goroutines accept one invitation.
func TestConcurrentAccepts(t *testing.T) {
	w := newWorld(t)
	g := w.newGuest(t)
	g.is(t, w, gen.Invitations.TeamID.Set(string(w.a.team)))
	var members [8]*gen.Member
	var errs [8]error
	var all sync.WaitGroup
	for i := range members {
		all.Go(func() { members[i], errs[i] = g.AcceptInvitation(t.Context(), g.invitation.ID) })
	}
	all.Wait()
	for i, member := range members {
		if errs[i] != nil || member == nil || *member != *members[0] {
			t.Errorf("accept %d: %+v, %v", i, member, errs[i])
		}
	}
	for _, table := range []string{"member", "team_member"} {
		if n := len(texts(t, w.db, `SELECT id FROM `+table+` WHERE user_id = ?`, string(g.UserID()))); n != 1 {
			t.Errorf("%d rows in %s, want 1", n, table)
		}
	}
}
