package gen_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// A deleted product is hidden from every method, and still in the table.
func TestDeletedProductsAreHidden(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	lamp := must(w.a.Products.Where(gen.Products.Name.Eq("Lamp")).Only(ctx))
	if err := w.a.Products.Delete(ctx, lamp.ID); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t, func() {
		_, err := w.a.Products.Get(ctx, lamp.ID)
		wantError(t, err, gen.ErrNotFound, "get product: not found")
		_, err = w.a.Products.Update(ctx, lamp.ID, gen.Products.Price.Set(1))
		wantError(t, err, gen.ErrNotFound, "update product: not found")
		wantError(t, w.a.Products.Delete(ctx, lamp.ID), gen.ErrNotFound, "delete product: not found")
	})
	for name, query := range map[string]*gen.ProductQuery{
		"by id":         w.a.Products.Where(gen.Products.ID.Eq(lamp.ID)),
		"by deleted_at": w.a.Products.Where(gen.Products.DeletedAt.NotNull()),
		"or anything":   w.a.Products.Where(gen.Or(gen.Products.DeletedAt.NotNull(), gen.Products.ID.Eq(lamp.ID))),
	} {
		if rows, err := query.All(ctx); err != nil || len(rows) != 0 {
			t.Errorf("%s: All = %+v, %v, want nothing", name, rows, err)
		}
		if n, err := query.Count(ctx); err != nil || n != 0 {
			t.Errorf("%s: Count = %d, %v, want 0", name, n, err)
		}
		if found, err := query.Exists(ctx); err != nil || found {
			t.Errorf("%s: Exists = %t, %v, want false", name, found, err)
		}
	}
	kept := texts(t, w.db, `SELECT id FROM product WHERE id = ? AND deleted_at = ?`, lamp.ID, clock.Unix())
	if len(kept) != 1 {
		t.Error("the deleted product is no longer in the table")
	}
	// Its sku is free again.
	must(w.a.Products.Create(ctx, gen.NewProduct{Name: "Lamp", SKU: lamp.SKU}))
}

func TestUniqueValuesAreThoseOfTheOrganization(t *testing.T) {
	w := newWorld(t)
	sku := "L-1" // both organizations have it
	w.unchanged(t, func() {
		_, err := w.a.Products.Create(t.Context(), gen.NewProduct{Name: "Copy", SKU: &sku})
		wantError(t, err, gen.ErrConflict, "create product: conflict with another row (product.organization_id, product.sku)")
	})
}

// Who and when is filled in, and moves with the clock and the user.
func TestAuditColumns(t *testing.T) {
	now := clock
	store, db := open(t, gen.WithClock(func() time.Time { return now }))
	w := &world{store: store, db: db, sys: store.System("tests")}
	w.a = w.organization(t, "a")
	ctx := t.Context()
	as := func(user gen.UserID) *gen.Scope { return must(store.Enter(ctx, user, w.a.id)) }

	product := must(as(w.a.owner).Products.Create(ctx, gen.NewProduct{Name: "Desk"}))
	wantAudit(t, product, &w.a.owner, clock, &w.a.owner, clock)

	now = clock.Add(90*time.Minute + 400*time.Millisecond) // stored in seconds
	product = must(as(w.a.member).Products.Update(ctx, product.ID, gen.Products.Price.Set(1)))
	wantAudit(t, product, &w.a.owner, clock, &w.a.member, clock.Add(90*time.Minute))

	now = clock.Add(24 * time.Hour)
	job := must(w.sys.InOrganization(ctx, w.a.id))
	product = must(job.Products.Update(ctx, product.ID, gen.Products.Price.Set(2)))
	wantAudit(t, product, &w.a.owner, clock, nil, now)
	byJob := must(job.Products.Create(ctx, gen.NewProduct{Name: "Chair"}))
	wantAudit(t, byJob, nil, now, nil, now)

	now = clock.Add(48 * time.Hour)
	if err := as(w.a.member).Products.Delete(ctx, product.ID); err != nil {
		t.Fatal(err)
	}
	deleted := texts(t, db, `SELECT updated_by FROM product WHERE id = ? AND deleted_at = ? AND updated_at = deleted_at`, product.ID, now.Unix())
	if len(deleted) != 1 || deleted[0] != string(w.a.member) {
		t.Errorf("deleted by %q, want %q", deleted, w.a.member)
	}
}

func wantAudit(t *testing.T, p *gen.Product, createdBy *gen.UserID, createdAt time.Time, updatedBy *gen.UserID, updatedAt time.Time) {
	t.Helper()
	if !reflect.DeepEqual(p.CreatedBy, createdBy) || !p.CreatedAt.Equal(createdAt) {
		t.Errorf("created by %v at %v, want %v at %v", show(p.CreatedBy), p.CreatedAt, show(createdBy), createdAt)
	}
	if !reflect.DeepEqual(p.UpdatedBy, updatedBy) || !p.UpdatedAt.Equal(updatedAt) {
		t.Errorf("updated by %v at %v, want %v at %v", show(p.UpdatedBy), p.UpdatedAt, show(updatedBy), updatedAt)
	}
	for _, instant := range []time.Time{p.CreatedAt, p.UpdatedAt} {
		if instant.Location() != time.UTC {
			t.Errorf("%v is not in UTC", instant)
		}
	}
}

func show(id *gen.UserID) string {
	if id == nil {
		return "nobody"
	}
	return string(*id)
}

// Columns that rowhouse fills have no setter and no field in the input.
func TestColumnsWithAJobCannotBeSet(t *testing.T) {
	input, columns := reflect.TypeFor[gen.NewProduct](), reflect.TypeFor[gen.ProductColumns]()
	for _, name := range []string{"ID", "OrganizationID", "CreatedBy", "UpdatedBy", "CreatedAt", "UpdatedAt", "DeletedAt"} {
		if _, ok := input.FieldByName(name); ok {
			t.Errorf("NewProduct has a field %s", name)
		}
		column, ok := columns.FieldByName(name)
		if !ok {
			t.Errorf("Products has no column %s", name)
			continue
		}
		for _, setter := range []string{"Set", "SetNull"} {
			if _, ok := column.Type.Elem().FieldByName(setter); ok {
				t.Errorf("Products.%s has %s", name, setter)
			}
		}
	}
}

func TestRowsInJSON(t *testing.T) {
	w := newWorld(t)
	lamp := must(w.a.Products.Where(gen.Products.Name.Eq("Lamp")).Only(t.Context()))
	lamp.ID, lamp.OrganizationID, lamp.CreatedBy, lamp.UpdatedBy = "p", "o", nil, nil
	want := `{"id":"p","organizationId":"o","name":"Lamp","description":null,"sku":"L-1","price":4900,` +
		`"createdBy":null,"updatedBy":null,"createdAt":"2026-03-01T12:00:00Z","updatedAt":"2026-03-01T12:00:00Z","deletedAt":null}`
	if got := string(must(json.Marshal(lamp))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The schema's own rules come back as ErrInvalid and ErrReference, without
// the values that broke them.
func TestWhatTheSchemaForbids(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.unchanged(t, func() {
		_, err := w.a.Invitations.Create(ctx, gen.NewInvitation{InviterID: w.a.owner, Email: "x", Status: "lost-secret"})
		wantError(t, err, gen.ErrInvalid, "create invitation: invalid value (status)")
		_, err = w.sys.Sessions.Create(ctx, gen.NewSession{UserID: "missing", Token: "a-secret"})
		wantError(t, err, gen.ErrReference, "create session: invalid reference")
		_, err = w.sys.Users.Create(ctx, gen.NewUser{Email: "owner@a.example"})
		wantError(t, err, gen.ErrConflict, "create user: conflict with another row (user.email)")
	})
}
