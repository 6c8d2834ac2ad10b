// Package sqlboiler uses the models that SQLBoiler generates from the
// database. SQLBoiler has no prepared statements.
package sqlboiler

import (
	"context"
	"database/sql"

	"github.com/aarondl/null/v8"
	"github.com/aarondl/sqlboiler/v4/boil"
	"github.com/aarondl/sqlboiler/v4/queries"
	"github.com/aarondl/sqlboiler/v4/queries/qm"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlboiler/db"
)

type store struct{ handle *sql.DB }

// Open has nothing to set up.
func Open(_ context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{handle}
	return &contest.Contestant{
		Get:         contest.NewTask(s.get, neutralProduct),
		List:        contest.NewListTask(s.list, neutralProduct),
		ListCreator: contest.NewListTask(s.listCreator, neutralProductWithCreator),
		Nested:      contest.NewTask(s.nested, neutralOrganization),
		Insert:      contest.NewListTask(s.insert, neutralProduct),
		Update:      contest.NewTask(s.update, neutralProduct),
		Page:        contest.NewPagedTask(s.page, neutralProduct),
		Filter:      contest.NewListTask(s.filter, neutralProduct),
	}, nil
}

// live selects the products of an organization that are not deleted.
func live(organization string, more ...qm.QueryMod) []qm.QueryMod {
	return append([]qm.QueryMod{
		db.ProductWhere.OrganizationID.EQ(organization),
		db.ProductWhere.DeletedAt.IsNull(),
	}, more...)
}

func newest(organization string, more ...qm.QueryMod) []qm.QueryMod {
	return live(organization, append(more, qm.OrderBy("created_at DESC, id DESC"), qm.Limit(contest.Limit))...)
}

func (s *store) get(ctx context.Context, key contest.Key) (*db.Product, error) {
	return db.Products(live(key.Organization, db.ProductWhere.ID.EQ(key.ID))...).One(ctx, s.handle)
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	return db.Products(newest(in.Organization)...).All(ctx, s.handle)
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	creator := qm.Load(db.ProductRels.CreatedByUser,
		qm.Select(db.UserColumns.ID, db.UserColumns.Name, db.UserColumns.Email))
	return db.Products(newest(in.Organization, creator)...).All(ctx, s.handle)
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*db.Organization, error) {
	return db.Organizations(
		db.OrganizationWhere.ID.EQ(in.Organization),
		qm.Load(qm.Rels(db.OrganizationRels.Members, db.MemberRels.User)),
		qm.Load(qm.Rels(db.OrganizationRels.Teams, db.TeamRels.TeamMembers, db.TeamMemberRels.User)),
	).One(ctx, s.handle)
}

// insert runs one statement for each product: SQLBoiler has no bulk insert.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]*db.Product, error) {
	tx, err := s.handle.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	now := contest.Now.Unix()
	// All columns are named: SQLBoiler asks the database for those that are not.
	columns := boil.Whitelist(db.ProductColumns.ID, db.ProductColumns.OrganizationID, db.ProductColumns.Name,
		db.ProductColumns.Description, db.ProductColumns.Sku, db.ProductColumns.Price, db.ProductColumns.CreatedBy,
		db.ProductColumns.UpdatedBy, db.ProductColumns.CreatedAt, db.ProductColumns.UpdatedAt, db.ProductColumns.DeletedAt)
	products := make([]*db.Product, len(in.Products))
	for i, p := range in.Products {
		products[i] = &db.Product{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    null.StringFromPtr(p.Description),
			Sku:            null.StringFromPtr(p.SKU),
			Price:          p.Price,
			CreatedBy:      null.StringFrom(in.User),
			UpdatedBy:      null.StringFrom(in.User),
			CreatedAt:      now,
			UpdatedAt:      now,
		}
		if err := products[i].Insert(ctx, tx, columns); err != nil {
			return nil, err
		}
	}
	return products, tx.Commit()
}

// update is SQL: SQLBoiler's own updates return no row, and would take a
// second statement and a transaction around both.
func (s *store) update(ctx context.Context, in contest.Update) (*db.Product, error) {
	var p db.Product
	err := queries.Raw(`UPDATE product SET price = ?, updated_at = ?, updated_by = ?
		WHERE id = ? AND organization_id = ? AND deleted_at IS NULL
		RETURNING *`, in.Price, contest.Now.Unix(), in.User, in.ID, in.Organization).Bind(ctx, s.handle, &p)
	return &p, err
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]*db.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		after := qm.Where("(created_at, id) < (?, ?)", last.CreatedAt, last.ID)
		page, err = db.Products(newest(in.Organization, after)...).All(ctx, s.handle)
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]*db.Product, error) {
	mods := live(in.Organization, qm.Limit(contest.Limit))
	if in.PriceBelow != nil {
		mods = append(mods, db.ProductWhere.Price.LT(*in.PriceBelow))
	}
	if in.NameContains != "" {
		mods = append(mods, qm.Where("instr(name, ?) > 0", in.NameContains))
	}
	if in.SKUPrefix != "" {
		mods = append(mods, qm.Where("instr(sku, ?) = 1", in.SKUPrefix))
	}
	switch in.Order {
	case contest.NewestFirst:
		mods = append(mods, qm.OrderBy("created_at DESC, id DESC"))
	case contest.CheapestFirst:
		mods = append(mods, qm.OrderBy("price, id"))
	case contest.ByName:
		mods = append(mods, qm.OrderBy("name, id"))
	}
	return db.Products(mods...).All(ctx, s.handle)
}
