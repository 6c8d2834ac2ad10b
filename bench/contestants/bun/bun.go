// Package bun uses bun, which writes arguments into the text of its
// statements and so prepares none.
package bun

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/rowhouse/rowhouse/bench/contest"
)

type store struct{ db *bun.DB }

// Open sets bun up.
func Open(_ context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{bun.NewDB(handle, sqlitedialect.New())}
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
func (s *store) live(into any, organization string) *bun.SelectQuery {
	return s.db.NewSelect().Model(into).
		Where("product.organization_id = ?", organization).
		Where("product.deleted_at IS NULL")
}

func (s *store) newest(into any, organization string) *bun.SelectQuery {
	return s.live(into, organization).
		OrderExpr("product.created_at DESC, product.id DESC").
		Limit(contest.Limit)
}

func (s *store) get(ctx context.Context, key contest.Key) (product, error) {
	var p product
	err := s.live(&p, key.Organization).Where("product.id = ?", key.ID).Scan(ctx)
	return p, err
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]product, error) {
	var products []product
	err := s.newest(&products, in.Organization).Scan(ctx)
	return products, err
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]product, error) {
	var products []product
	err := s.newest(&products, in.Organization).
		Relation("Creator", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("id", "name", "email") }).
		Scan(ctx)
	return products, err
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*organization, error) {
	var o organization
	err := s.db.NewSelect().Model(&o).
		Where("organization.id = ?", in.Organization).
		Relation("Members.User").
		Relation("Teams.Members.User").
		Scan(ctx)
	return &o, err
}

// insert is one statement, and so needs no transaction of its own.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]product, error) {
	now := contest.Now.Unix()
	products := make([]product, len(in.Products))
	for i, p := range in.Products {
		products[i] = product{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    p.Description,
			SKU:            p.SKU,
			Price:          p.Price,
			CreatedBy:      &in.User,
			UpdatedBy:      &in.User,
			CreatedAt:      now,
			UpdatedAt:      now,
		}
	}
	_, err := s.db.NewInsert().Model(&products).Exec(ctx)
	return products, err
}

func (s *store) update(ctx context.Context, in contest.Update) (product, error) {
	var p product
	_, err := s.db.NewUpdate().Model(&p).
		Set("price = ?", in.Price).
		Set("updated_at = ?", contest.Now.Unix()).
		Set("updated_by = ?", in.User).
		Where("id = ?", in.ID).
		Where("organization_id = ?", in.Organization).
		Where("deleted_at IS NULL").
		Returning("*").
		Exec(ctx)
	return p, err
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page = nil
		err = s.newest(&page, in.Organization).
			Where("(product.created_at, product.id) < (?, ?)", last.CreatedAt, last.ID).
			Scan(ctx)
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]product, error) {
	var products []product
	query := s.live(&products, in.Organization)
	if in.PriceBelow != nil {
		query.Where("product.price < ?", *in.PriceBelow)
	}
	if in.NameContains != "" {
		query.Where("instr(product.name, ?) > 0", in.NameContains)
	}
	if in.SKUPrefix != "" {
		query.Where("instr(product.sku, ?) = 1", in.SKUPrefix)
	}
	switch in.Order {
	case contest.NewestFirst:
		query.Order("created_at DESC", "id DESC")
	case contest.CheapestFirst:
		query.Order("price", "id")
	case contest.ByName:
		query.Order("name", "id")
	}
	err := query.Limit(contest.Limit).Scan(ctx)
	return products, err
}
