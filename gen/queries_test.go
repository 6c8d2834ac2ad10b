package gen_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// TestScopeQueries runs every query of queries/*.sql that is proven for an organization.
func TestScopeQueries(t *testing.T) {
	w := newWorld(t)
	q, theirs, ctx := w.a.Queries, w.b.Queries, t.Context()
	job := must(w.sys.InOrganization(ctx, w.a.id))
	must(job.Members.Create(ctx, gen.NewMember{UserID: w.b.owner, Role: "admin,member"})) // of both organizations
	must(w.a.TeamMembers.Create(ctx, gen.NewTeamMember{TeamID: w.a.team, UserID: w.b.owner}))

	each(t, reflect.TypeFor[gen.ScopeQueries](), map[string]func(*testing.T){
		"MembershipByRole": func(t *testing.T) {
			params := gen.MembershipByRoleParams{UserID: w.b.owner, Role: "admin"}
			member, err := q.MembershipByRole(ctx, params)
			if err != nil || member.UserID != w.b.owner || member.OrganizationID != w.a.id {
				t.Errorf("admin = %+v, %v", member, err)
			}
			for _, role := range []string{"owner", "adm", "admin,member,owner", "%"} {
				params.Role = role
				_, err := q.MembershipByRole(ctx, params)
				wantError(t, err, gen.ErrNotFound, "MembershipByRole: not found")
			}
			_, err = theirs.MembershipByRole(ctx, gen.MembershipByRoleParams{UserID: w.b.owner, Role: "admin"})
			wantError(t, err, gen.ErrNotFound, "MembershipByRole: not found")
		},
		"CountMembersByRole": func(t *testing.T) {
			rows, err := q.CountMembersByRole(ctx)
			want := []gen.CountMembersByRoleRow{{Role: "member", Members: 3}, {Role: "admin,member", Members: 1}}
			if err != nil || !reflect.DeepEqual(rows, want) {
				t.Errorf("got %+v, %v, want %+v", rows, err, want)
			}
		},
		"LatestProducts": func(t *testing.T) {
			rows, err := q.LatestProducts(ctx, 10)
			if err != nil || len(rows) != 2 {
				t.Fatalf("got %+v, %v, want the two that are not deleted", rows, err)
			}
			for _, row := range rows {
				if row.OrganizationID != w.a.id || row.DeletedAt != nil {
					t.Errorf("row %+v", row)
				}
			}
			if rows, err := q.LatestProducts(ctx, 1); err != nil || len(rows) != 1 {
				t.Errorf("MaxRows 1: %+v, %v", rows, err)
			}
		},
		"ProductsWithCreator": func(t *testing.T) {
			must(job.Products.Create(ctx, gen.NewProduct{Name: "Imported"}))
			rows, err := q.ProductsWithCreator(ctx, 10)
			if err != nil || len(rows) != 3 {
				t.Fatalf("got %+v, %v, want three", rows, err)
			}
			for _, row := range rows {
				switch {
				case row.Name == "Imported":
					if row.CreatorID != nil || row.CreatorName != nil || row.CreatorEmail != nil {
						t.Errorf("no one imported it: %+v", row)
					}
				case row.CreatorID == nil || *row.CreatorID != w.a.owner || *row.CreatorName != "owner" || *row.CreatorEmail != "owner@a.example":
					t.Errorf("the owner made it: %+v", row)
				}
			}
		},
		"TeamsOfMember": func(t *testing.T) {
			rows, err := q.TeamsOfMember(ctx, w.b.owner)
			if err != nil || len(rows) != 1 || rows[0].ID != w.a.team {
				t.Errorf("got %+v, %v, want the team of that organization", rows, err)
			}
		},
	})
}

// TestActorQueries runs every query that is proven for a user.
func TestActorQueries(t *testing.T) {
	w := newWorld(t)
	q, ctx := w.store.As(w.b.owner).Queries, t.Context()
	job := must(w.sys.InOrganization(ctx, w.a.id))
	must(job.Members.Create(ctx, gen.NewMember{UserID: w.b.owner, Role: "admin,member"})) // of both organizations
	must(w.a.TeamMembers.Create(ctx, gen.NewTeamMember{TeamID: w.a.team, UserID: w.b.owner}))

	each(t, reflect.TypeFor[gen.ActorQueries](), map[string]func(*testing.T){
		"MembershipsOfUser": func(t *testing.T) {
			rows, err := q.MembershipsOfUser(ctx)
			if err != nil || len(rows) != 2 {
				t.Fatalf("got %+v, %v, want both organizations", rows, err)
			}
			roles := map[gen.OrganizationID]string{}
			for _, row := range rows {
				roles[row.Organization.ID] = row.Role
				if row.Organization.Name != "Acme" || !row.MemberSince.Equal(clock) {
					t.Errorf("row %+v", row)
				}
			}
			if roles[w.a.id] != "admin,member" || roles[w.b.id] != "member" {
				t.Errorf("roles %v", roles)
			}
			if rows, err := w.store.As(w.a.stranger).Queries.MembershipsOfUser(ctx); err != nil || rows == nil || len(rows) != 0 {
				t.Errorf("a stranger: %v, %v, want an empty slice", rows, err)
			}
		},
		"TeamsOfUser": func(t *testing.T) {
			rows, err := q.TeamsOfUser(ctx)
			if err != nil || len(rows) != 2 || rows[0].OrganizationID == rows[1].OrganizationID {
				t.Errorf("got %+v, %v, want a team of each organization", rows, err)
			}
		},
	})
}

// TestSystemQueries runs every query that is marked as unscoped.
func TestSystemQueries(t *testing.T) {
	w := newWorld(t)
	q, ctx := w.sys.Queries, t.Context()

	each(t, reflect.TypeFor[gen.SystemQueries](), map[string]func(*testing.T){
		"OrganizationBySlug": func(t *testing.T) {
			row, err := q.OrganizationBySlug(ctx, "acme-b")
			if err != nil || row.ID != w.b.id {
				t.Errorf("got %+v, %v", row, err)
			}
			_, err = q.OrganizationBySlug(ctx, "acme")
			wantError(t, err, gen.ErrNotFound, "OrganizationBySlug: not found")
		},
		"PendingInvitations": func(t *testing.T) {
			params := gen.PendingInvitationsParams{Email: "new@example.com", Now: clock}
			rows, err := q.PendingInvitations(ctx, params)
			if err != nil || len(rows) != 2 {
				t.Fatalf("got %+v, %v, want one of each organization", rows, err)
			}
			for _, row := range rows {
				if row.OrganizationName != "Acme" || row.InviterName != "owner" || row.Role != nil || !row.ExpiresAt.Equal(clock.Add(time.Hour)) {
					t.Errorf("row %+v", row)
				}
			}
			params.Now = clock.Add(time.Hour)
			if rows, err := q.PendingInvitations(ctx, params); err != nil || len(rows) != 0 {
				t.Errorf("expired: %+v, %v, want none", rows, err)
			}
		},
		"SessionByToken": func(t *testing.T) {
			must(w.sys.Sessions.Create(ctx, gen.NewSession{UserID: w.a.member, Token: "token", ExpiresAt: clock.Add(time.Hour)}))
			row, err := q.SessionByToken(ctx, gen.SessionByTokenParams{Token: "token", Now: clock})
			if err != nil || row.User.ID != w.a.member || row.Session.UserID != w.a.member || row.Session.Token.Reveal() != "token" {
				t.Errorf("got %+v, %v", row, err)
			}
			for _, params := range []gen.SessionByTokenParams{
				{Token: "token", Now: clock.Add(time.Hour)}, {Token: "tok", Now: clock}, {Now: clock},
			} {
				_, err := q.SessionByToken(ctx, params)
				wantError(t, err, gen.ErrNotFound, "SessionByToken: not found")
			}
		},
		"DeleteExpiredSessions": func(t *testing.T) {
			must(w.sys.Sessions.Create(ctx, gen.NewSession{UserID: w.a.member, Token: "old", ExpiresAt: clock.Add(-time.Second)}))
			must(w.sys.Sessions.Create(ctx, gen.NewSession{UserID: w.a.member, Token: "new", ExpiresAt: clock.Add(time.Second)}))
			if n, err := q.DeleteExpiredSessions(ctx, clock); err != nil || n != 1 {
				t.Errorf("deleted %d, %v, want 1", n, err)
			}
			if n, err := q.DeleteExpiredSessions(ctx, clock); err != nil || n != 0 {
				t.Errorf("then deleted %d, %v, want 0", n, err)
			}
		},
		"DeleteExpiredVerifications": func(t *testing.T) {
			must(w.sys.Verifications.Create(ctx, gen.NewVerification{Identifier: "x", Value: "1", ExpiresAt: clock}))
			if n, err := q.DeleteExpiredVerifications(ctx, clock); err != nil || n != 1 {
				t.Errorf("deleted %d, %v, want 1", n, err)
			}
		},
	})
}
