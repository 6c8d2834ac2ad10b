package dataset

import (
	"context"
	"database/sql"
	"fmt"
)

// Store writes the content into an empty database of the schema.
func (d *Dataset) Store(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store the dataset: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	w := &writer{ctx: ctx, tx: tx}
	d.storeUsers(w)
	d.storeOrganizations(w)
	d.storeProducts(w)
	if w.err != nil {
		return fmt.Errorf("store the dataset: %w", w.err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store the dataset: %w", err)
	}
	return nil
}

func (d *Dataset) storeUsers(w *writer) {
	insert := w.prepare(`INSERT INTO "user" (id, name, email, email_verified, image, is_anonymous, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	for _, u := range d.Users {
		insert(u.ID, u.Name, u.Email, u.EmailVerified, u.Image, u.IsAnonymous, u.CreatedAt, u.UpdatedAt)
	}
}

func (d *Dataset) storeOrganizations(w *writer) {
	organization := w.prepare(`INSERT INTO organization (id, name, slug, logo, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?)`)
	member := w.prepare(`INSERT INTO member (id, organization_id, user_id, role, created_at) VALUES (?, ?, ?, ?, ?)`)
	team := w.prepare(`INSERT INTO team (id, organization_id, name, member_count, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)`)
	teamMember := w.prepare(`INSERT INTO team_member (id, team_id, user_id, membership_key, created_at) VALUES (?, ?, ?, ?, ?)`)
	for _, o := range d.Organizations {
		organization(o.ID, o.Name, o.Slug, o.Logo, o.Metadata, o.CreatedAt)
		for _, m := range o.Members {
			member(m.ID, m.OrganizationID, m.UserID, m.Role, m.CreatedAt)
		}
		for _, t := range o.Teams {
			team(t.ID, t.OrganizationID, t.Name, t.MemberCount, t.CreatedAt, t.UpdatedAt)
			for _, m := range t.Members {
				teamMember(m.ID, m.TeamID, m.UserID, m.MembershipKey, m.CreatedAt)
			}
		}
	}
}

func (d *Dataset) storeProducts(w *writer) {
	insert := w.prepare(`INSERT INTO product (id, organization_id, name, description, sku, price, created_by, updated_by,
		created_at, updated_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	for _, p := range d.Products {
		insert(p.ID, p.OrganizationID, p.Name, p.Description, p.SKU, p.Price, p.CreatedBy, p.UpdatedBy,
			p.CreatedAt, p.UpdatedAt, p.DeletedAt)
	}
}

// writer inserts rows until one fails; err is why.
type writer struct {
	ctx context.Context //nolint:containedctx // lives as long as Store
	tx  *sql.Tx
	err error
}

// prepare returns a function that runs a statement with arguments.
func (w *writer) prepare(statement string) func(args ...any) {
	if w.err != nil {
		return func(...any) {}
	}
	stmt, err := w.tx.PrepareContext(w.ctx, statement)
	if err != nil {
		w.err = err
		return func(...any) {}
	}
	return func(args ...any) {
		if w.err == nil {
			_, w.err = stmt.ExecContext(w.ctx, args...)
		}
	}
}
