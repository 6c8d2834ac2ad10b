package gen_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// roundTrip creates, reads, changes and deletes a row of a global table.
func roundTrip[R any, K ~string, N withID[N, K], Q query[R, Q]](
	t *testing.T, table handle[R, K, N, Q], id *gen.TextColumn[*R, K], input N, change gen.Change[*R],
) *R {
	t.Helper()
	ctx := t.Context()
	created, err := table.Create(ctx, input.WithID("chosen"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := table.Get(ctx, "chosen"); err != nil || !reflect.DeepEqual(got, created) {
		t.Errorf("Get = %+v, %v, want %+v", got, err, created)
	}
	if got, err := table.Where(id.Eq("chosen")).Only(ctx); err != nil || !reflect.DeepEqual(got, created) {
		t.Errorf("Only = %+v, %v, want %+v", got, err, created)
	}
	updated, err := table.Update(ctx, "chosen", change)
	if err != nil || reflect.DeepEqual(updated, created) {
		t.Errorf("Update = %+v, %v, want another row than %+v", updated, err, created)
	}
	if _, err := table.Create(ctx, input.WithID("chosen")); !errors.Is(err, gen.ErrConflict) {
		t.Errorf("second Create: %v, want ErrConflict", err)
	}
	if got, err := table.Upsert(ctx, input.WithID("chosen")); err != nil || !reflect.DeepEqual(got, created) {
		t.Errorf("Upsert = %+v, %v, want %+v", got, err, created)
	}
	if n, err := table.Where(id.Eq("chosen")).Update(ctx, change); n != 1 || err != nil {
		t.Errorf("Update of a query = %d, %v, want 1", n, err)
	}
	if page, err := table.Where(id.Eq("chosen")).Page(ctx, gen.PageRequest{}); err != nil || len(page.Rows) != 1 || !reflect.DeepEqual(&page.Rows[0], updated) {
		t.Errorf("Page = %+v, %v, want %+v", page, err, updated)
	}
	for got, err := range table.Where(id.Eq("chosen")).Each(ctx) {
		if err != nil || !reflect.DeepEqual(&got, updated) {
			t.Errorf("Each = %+v, %v, want %+v", got, err, updated)
		}
	}
	if n, err := table.Where(id.Eq("chosen")).Delete(ctx); n != 1 || err != nil {
		t.Errorf("Delete of a query = %d, %v, want 1", n, err)
	}
	if rows, err := table.CreateMany(ctx, []N{input.WithID("chosen")}); err != nil || len(rows) != 1 || !reflect.DeepEqual(&rows[0], created) {
		t.Errorf("CreateMany = %+v, %v, want %+v", rows, err, created)
	}
	if rows, err := table.Select(id).Where(id.Eq("chosen")).All(ctx); err != nil || len(rows) != 1 {
		t.Errorf("Select = %+v, %v, want one row", rows, err)
	}
	if err := table.Delete(ctx, "chosen"); err != nil {
		t.Error(err)
	}
	if err := table.Delete(ctx, "chosen"); !errors.Is(err, gen.ErrNotFound) {
		t.Errorf("second Delete: %v, want ErrNotFound", err)
	}
	return created
}

func TestSystemTables(t *testing.T) {
	w := newWorld(t)
	user := w.a.owner
	hash, token := gen.Secret("hash"), gen.Secret("token")
	at := clock.Add(time.Hour)
	tests := map[string]func(t *testing.T){
		"Identities": func(t *testing.T) {
			row := roundTrip(t, &w.sys.Identities, gen.Identities.ID,
				gen.NewIdentity{UserID: user, ProviderID: "credential", AccountID: "1", Password: &hash, AccessToken: &token, AccessTokenExpiresAt: &at},
				gen.Identities.Password.SetNull())
			if row.Password.Reveal() != "hash" || row.AccessToken.Reveal() != "token" || row.RefreshToken != nil || !row.AccessTokenExpiresAt.Equal(at) {
				t.Errorf("stored %+v", row)
			}
		},
		"Organizations": func(t *testing.T) {
			row := roundTrip(t, &w.sys.Organizations, gen.Organizations.ID,
				gen.NewOrganization{Name: "New", Slug: "new", Metadata: json.RawMessage(`{"plan":"free"}`)},
				gen.Organizations.Metadata.SetNull())
			if string(row.Metadata) != `{"plan":"free"}` || !row.CreatedAt.Equal(clock) {
				t.Errorf("stored %+v", row)
			}
		},
		"RateLimits": func(t *testing.T) {
			at := at.Add(123 * time.Millisecond) // kept in milliseconds
			row := roundTrip(t, &w.sys.RateLimits, gen.RateLimits.ID,
				gen.NewRateLimit{Key: "10.0.0.1/sign-in", Count: 1, LastRequest: at}, gen.RateLimits.Count.Set(2))
			if !row.LastRequest.Equal(at) {
				t.Errorf("LastRequest = %v, want %v", row.LastRequest, at)
			}
		},
		"Sessions": func(t *testing.T) {
			row := roundTrip(t, &w.sys.Sessions, gen.Sessions.ID,
				gen.NewSession{UserID: user, Token: token, ExpiresAt: at}, gen.Sessions.ActiveTeamID.Set("any"))
			if row.Token.Reveal() != "token" || row.ActiveOrganizationID != nil {
				t.Errorf("stored %+v", row)
			}
		},
		"Users": func(t *testing.T) {
			row := roundTrip(t, &w.sys.Users, gen.Users.ID,
				gen.NewUser{Name: "Eve", Email: "eve@example.com", IsAnonymous: true}, gen.Users.EmailVerified.Set(true))
			if row.EmailVerified || !row.IsAnonymous || row.Image != nil {
				t.Errorf("stored %+v", row)
			}
		},
		"Verifications": func(t *testing.T) {
			row := roundTrip(t, &w.sys.Verifications, gen.Verifications.ID,
				gen.NewVerification{Identifier: "eve@example.com", Value: token, ExpiresAt: at}, gen.Verifications.Value.Set("other"))
			if row.Value.Reveal() != "token" {
				t.Errorf("stored %+v", row)
			}
		},
		"Queries": TestSystemQueries,
	}
	system := reflect.TypeFor[gen.System]()
	for field := range system.Fields() {
		if field.IsExported() && tests[field.Name] == nil {
			t.Errorf("no test for System.%s", field.Name)
		}
	}
	for name, test := range tests {
		t.Run(name, test)
	}
}

func TestSystemMethods(t *testing.T) {
	w := newWorld(t)
	each(t, reflect.TypeFor[*gen.System](), map[string]func(*testing.T){
		"ExportOrganization": TestExportEraseImport,
		"EraseOrganization":  TestEraseRefuses,
		"ImportOrganization": TestForgedArchive,
		"Reason": func(t *testing.T) {
			if got := w.sys.Reason(); got != "tests" {
				t.Errorf("Reason = %q, want tests", got)
			}
		},
		"InOrganization": func(t *testing.T) {
			job, err := w.sys.InOrganization(t.Context(), w.b.id)
			if err != nil || job.OrganizationID() != w.b.id || job.UserID() != "" || job.Role() != "" {
				t.Fatalf("InOrganization = %+v, %v", job, err)
			}
			if n := must(job.Products.Count(t.Context())); n != 2 {
				t.Errorf("the job sees %d products, want the 2 of its organization", n)
			}
			for _, missing := range []gen.OrganizationID{"missing", "", gen.OrganizationID(w.a.owner), "%"} {
				job, err := w.sys.InOrganization(t.Context(), missing)
				wantError(t, err, gen.ErrNotFound, "enter: not found")
				if job != nil {
					t.Errorf("InOrganization(%q) returned a scope", missing)
				}
			}
		},
		"InTx": func(t *testing.T) {
			theirs := w.rows(t, "product")
			err := w.sys.InTx(t.Context(), func(tx *gen.System) error {
				if tx.Reason() != "tests" {
					t.Errorf("in a transaction the reason is %q", tx.Reason())
				}
				job, err := tx.InOrganization(t.Context(), w.a.id)
				if err != nil {
					return err
				}
				w.a.stays(t, reflect.ValueOf(must(job.Products.All(t.Context()))))
				_, err = job.Teams.Update(t.Context(), w.b.team, gen.Teams.Name.Set("Taken"))
				wantError(t, err, gen.ErrNotFound, "update team: not found")
				_, err = tx.Users.Update(t.Context(), w.b.owner, gen.Users.Name.Set("Renamed")) // users are no tenant's
				return err
			})
			if err != nil || !slices.Equal(w.rows(t, "product"), theirs) {
				t.Errorf("InTx: %v", err)
			}
			if user := must(w.sys.Users.Get(t.Context(), w.b.owner)); user.Name != "Renamed" {
				t.Errorf("after InTx the user is %+v", user)
			}
		},
	})
}

// TestSecretsStayOutOfSight: a row with secrets can be logged and sent.
func TestSecretsStayOutOfSight(t *testing.T) {
	w := newWorld(t)
	token, hash := gen.Secret("top-secret"), gen.Secret("top-secret")
	session := must(w.sys.Sessions.Create(t.Context(), gen.NewSession{UserID: w.a.owner, Token: token, ExpiresAt: clock}))
	identity := must(w.sys.Identities.Create(t.Context(), gen.NewIdentity{UserID: w.a.owner, Password: &hash}))
	for _, row := range []any{session, *session, identity, *identity} {
		for _, text := range []string{fmt.Sprint(row), fmt.Sprintf("%+v", row), fmt.Sprintf("%#v", row), string(must(json.Marshal(row)))} {
			if strings.Contains(text, "top-secret") {
				t.Errorf("a secret shows: %s", text)
			}
		}
	}
}

// TestCanceledContext: a cancelled request does not read or write.
func TestCanceledContext(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.unchanged(t, func() {
		if _, err := w.a.Products.All(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("All: %v, want context.Canceled", err)
		}
		if _, err := w.a.Products.Create(ctx, gen.NewProduct{Name: "Late"}); !errors.Is(err, context.Canceled) {
			t.Errorf("Create: %v, want context.Canceled", err)
		}
		if _, err := w.store.Enter(ctx, w.a.owner, w.a.id); !errors.Is(err, context.Canceled) {
			t.Errorf("Enter: %v, want context.Canceled", err)
		}
	})
}
