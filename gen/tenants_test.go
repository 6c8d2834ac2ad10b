package gen_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// TestOneOrganizationCannotReachAnother takes every table of a Scope and
// every method of its handle and of its queries, as they are found by
// reflection, and uses them on another organization's rows.
func TestOneOrganizationCannotReachAnother(t *testing.T) {
	tables := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[gen.Scope]()) {
		if field.IsExported() && field.Name != "Queries" { // TestScopeQueries runs those
			tables[field.Name] = true
		}
	}
	for name := range tables {
		if subjects[name] == nil {
			t.Errorf("no cross-tenant test knows the table Scope.%s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(subjects)) {
		if !tables[name] {
			t.Errorf("Scope has no table %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subjects[name].test(t)
		})
	}
}

// TestScopeMethods does the same for the methods of Scope itself.
func TestScopeMethods(t *testing.T) {
	w := newWorld(t)
	tests := map[string]func(t *testing.T){
		"UserID": func(t *testing.T) {
			if got := w.a.UserID(); got != w.a.owner {
				t.Errorf("UserID = %s, want %s", got, w.a.owner)
			}
		},
		"OrganizationID": func(t *testing.T) {
			if got := w.a.OrganizationID(); got != w.a.id {
				t.Errorf("OrganizationID = %s, want %s", got, w.a.id)
			}
		},
		"Role": func(t *testing.T) {
			if got := w.a.Role(); got != "member" {
				t.Errorf("Role = %s, want member", got)
			}
		},
		"Organization": func(t *testing.T) {
			got, err := w.a.Organization(t.Context())
			if err != nil || got.ID != w.a.id || got.Slug != "acme-a" {
				t.Errorf("Organization = %+v, %v", got, err)
			}
			got, err = w.a.Organization(t.Context(), gen.Organizations.Members.With(gen.Members.User),
				gen.Organizations.Teams.With(gen.Teams.Members.With(gen.TeamMembers.User)), gen.Organizations.Products)
			if err != nil || got.Slug != "acme-a" || len(got.Members) != 3 || len(got.Teams) != 2 || len(got.Products) != 2 {
				t.Fatalf("Organization with relations = %+v, %v", got, err)
			}
			w.a.stays(t, reflect.ValueOf(got))
		},
		"InTx": func(t *testing.T) {
			lamp := must(w.b.Products.Where(gen.Products.Name.Eq("Lamp")).Only(t.Context())).ID
			w.unchanged(t, func() {
				err := w.a.InTx(t.Context(), func(tx *gen.Scope) error {
					if tx.UserID() != w.a.owner || tx.OrganizationID() != w.a.id || tx.Role() != w.a.Role() {
						t.Errorf("in a transaction the scope is %s's in %s as %s", tx.UserID(), tx.OrganizationID(), tx.Role())
					}
					w.a.stays(t, reflect.ValueOf(must(tx.Products.With(gen.Products.Creator).All(t.Context()))))
					_, err := tx.Products.Update(t.Context(), lamp, gen.Products.Price.Set(1))
					return err
				})
				wantError(t, err, gen.ErrNotFound, "update product: not found")
			})
		},
		"Invite":           TestInvite,
		"CancelInvitation": TestCancelInvitation,
		"UpdateOrganization": func(t *testing.T) {
			theirs := must(w.b.Organization(t.Context()))
			w.unchanged(t, func() {
				_, err := w.a.UpdateOrganization(t.Context(), gen.Organizations.Slug.Set("acme-b"))
				wantError(t, err, gen.ErrConflict, "update organization: conflict with another row (organization.slug)")
			})
			got, err := w.a.UpdateOrganization(t.Context(), gen.Organizations.Name.Set("Apex"))
			if err != nil || got.ID != w.a.id || got.Name != "Apex" {
				t.Errorf("UpdateOrganization = %+v, %v", got, err)
			}
			if again := must(w.b.Organization(t.Context())); !reflect.DeepEqual(again, theirs) {
				t.Errorf("the other organization became %+v", again)
			}
		},
	}
	each(t, reflect.TypeFor[*gen.Scope](), tests)
}

// each runs a test for every method of a type; a method without a test, or a
// test without a method, fails.
func each(t *testing.T, typ reflect.Type, tests map[string]func(*testing.T)) {
	t.Helper()
	for method := range typ.Methods() {
		if tests[method.Name] == nil {
			t.Errorf("no test for %v.%s", typ, method.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		if _, ok := typ.MethodByName(name); !ok {
			t.Errorf("%v has no method %s", typ, name)
			continue
		}
		t.Run(name, tests[name])
	}
}

func TestStoreMethods(t *testing.T) {
	w := newWorld(t)
	each(t, reflect.TypeFor[*gen.Store](), map[string]func(*testing.T){
		"As":        TestActor,
		"Enter":     TestEnterTellsNoMoreThanNotMember,
		"System":    TestSystemMethods,
		"RateLimit": TestRateLimit,
		"InTx": func(t *testing.T) {
			err := w.store.InTx(t.Context(), func(tx *gen.Store) error {
				scope, err := tx.Enter(t.Context(), w.a.owner, w.a.id)
				if err != nil {
					return err
				}
				w.a.stays(t, reflect.ValueOf(must(scope.Products.All(t.Context()))))
				_, err = tx.Enter(t.Context(), w.a.owner, w.b.id)
				return err
			})
			wantError(t, err, gen.ErrNotMember, "enter: not a member")
		},
		"Close": func(t *testing.T) {
			must(w.a.Products.All(t.Context()))
			if err := w.store.Close(); err != nil {
				t.Error(err)
			}
			if err := w.db.PingContext(t.Context()); err != nil {
				t.Errorf("the handle is the caller's to close: %v", err)
			}
		},
	})
}

func TestEnterTellsNoMoreThanNotMember(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name         string
		user         gen.UserID
		organization gen.OrganizationID
	}{
		{"a stranger", w.a.stranger, w.a.id},
		{"a member of another organization", w.b.owner, w.a.id},
		{"a missing organization", w.a.owner, "missing"},
		{"a missing user", "missing", w.a.id},
		{"an empty organization", w.a.owner, ""},
		{"an empty user", "", w.a.id},
		{"nothing", "", ""},
		{"the id in another case", w.a.owner, gen.OrganizationID(upper(w.a.id))},
		{"a pattern", w.a.owner, "%"},
		{"a condition", w.a.owner, "' OR 1=1 --"},
		{"the arguments swapped", gen.UserID(w.a.id), gen.OrganizationID(w.a.owner)},
	} {
		scope, err := w.store.Enter(t.Context(), c.user, c.organization)
		wantError(t, err, gen.ErrNotMember, "enter: not a member")
		if scope != nil {
			t.Errorf("%s: got a scope", c.name)
		}
		scope, err = w.store.As(c.user).Enter(t.Context(), c.organization)
		wantError(t, err, gen.ErrNotMember, "enter: not a member")
		if scope != nil {
			t.Errorf("%s: got a scope through Actor", c.name)
		}
	}
}

func upper(id gen.OrganizationID) string {
	text := []byte(id)
	for i, c := range text {
		if 'a' <= c && c <= 'f' {
			text[i] = c - 'a' + 'A'
		}
	}
	return string(text)
}

// TestAnOrganizationWithoutAKeyIsNotEntered: an empty id must never become
// "no filter", even if somebody managed to store such an organization.
func TestAnOrganizationWithoutAKeyIsNotEntered(t *testing.T) {
	w := newWorld(t)
	for _, statement := range []string{
		`INSERT INTO organization (id, name, slug, created_at) VALUES ('', 'Nobody', 'nobody', 0)`,
		`INSERT INTO member (id, organization_id, user_id, created_at) SELECT 'x', '', id, 0 FROM user WHERE email = 'owner@a.example'`,
		`INSERT INTO user (id, name, email, created_at, updated_at) VALUES ('', 'Nobody', 'nobody', 0, 0)`,
	} {
		if _, err := w.db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.store.Enter(t.Context(), w.a.owner, "")
	wantError(t, err, gen.ErrNotMember, "enter: not a member")
	_, err = w.sys.InOrganization(t.Context(), "")
	wantError(t, err, gen.ErrNotFound, "enter: not found")

	// Nor does a request without a user become the user without an id.
	must(w.a.Members.Create(t.Context(), gen.NewMember{UserID: ""}))
	_, err = w.store.Enter(t.Context(), "", w.a.id)
	wantError(t, err, gen.ErrNotMember, "enter: not a member")
}

func TestAMemberWhoLeftCannotEnterAgain(t *testing.T) {
	w := newWorld(t)
	membership := must(w.a.Members.Where(gen.Members.UserID.Eq(w.a.member)).Only(t.Context()))
	must(w.store.Enter(t.Context(), w.a.member, w.a.id))
	if err := w.a.Members.Delete(t.Context(), membership.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.store.Enter(t.Context(), w.a.member, w.a.id)
	wantError(t, err, gen.ErrNotMember, "enter: not a member")
}

func TestActor(t *testing.T) {
	w := newWorld(t)
	job := must(w.sys.InOrganization(t.Context(), w.b.id))
	must(job.Members.Create(t.Context(), gen.NewMember{UserID: w.a.owner, Role: "admin,member"}))
	me := w.store.As(w.a.owner)
	each(t, reflect.TypeFor[*gen.Actor](), map[string]func(*testing.T){
		"UserID": func(t *testing.T) {
			if me.UserID() != w.a.owner {
				t.Errorf("UserID = %s, want %s", me.UserID(), w.a.owner)
			}
		},
		"Enter": func(t *testing.T) {
			scope, err := me.Enter(t.Context(), w.b.id)
			if err != nil || scope.OrganizationID() != w.b.id || scope.UserID() != w.a.owner || scope.Role() != "admin,member" {
				t.Errorf("Enter = %+v, %v", scope, err)
			}
		},
		"Invitations":      TestInvitations,
		"AcceptInvitation": TestAcceptInvitation,
		"RejectInvitation": TestRejectInvitation,
		"Organizations": func(t *testing.T) {
			for _, c := range []struct {
				user gen.UserID
				want []gen.OrganizationID
			}{
				{w.a.owner, []gen.OrganizationID{w.a.id, w.b.id}},
				{w.b.owner, []gen.OrganizationID{w.b.id}},
				{w.a.stranger, []gen.OrganizationID{}},
				{"", []gen.OrganizationID{}},
			} {
				rows, err := w.store.As(c.user).Organizations(t.Context())
				got := []gen.OrganizationID{}
				for _, row := range rows {
					got = append(got, row.ID)
				}
				slices.Sort(c.want)
				if err != nil || rows == nil || !slices.Equal(got, c.want) {
					t.Errorf("Organizations of %q = %v, %v, want %v", c.user, got, err, c.want)
				}
			}
		},
	})
}
