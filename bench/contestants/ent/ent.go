// Package ent uses the client that ent generates from the package schema.
package ent

import (
	"context"
	"database/sql"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/ent/db"
	"github.com/rowhouse/rowhouse/bench/contestants/ent/db/organization"
	"github.com/rowhouse/rowhouse/bench/contestants/ent/db/predicate"
	"github.com/rowhouse/rowhouse/bench/contestants/ent/db/product"
	"github.com/rowhouse/rowhouse/bench/contestants/ent/db/user"
)

type store struct{ client *db.Client }

// Open makes a client. ent has no prepared statements.
func Open(_ context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{db.NewClient(db.Driver(entsql.OpenDB(dialect.SQLite, handle)))}
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

// live are the products of an organization that are not deleted.
func (s *store) live(organization string) *db.ProductQuery {
	return s.client.Product.Query().Where(product.OrganizationID(organization), product.DeletedAtIsNil())
}

func (s *store) newest(organization string) *db.ProductQuery {
	return s.live(organization).Order(product.ByCreatedAt(entsql.OrderDesc()), product.ByID(entsql.OrderDesc()))
}

func (s *store) get(ctx context.Context, key contest.Key) (*db.Product, error) {
	return s.live(key.Organization).Where(product.ID(key.ID)).Only(ctx)
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	return s.newest(in.Organization).Limit(contest.Limit).All(ctx)
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	return s.newest(in.Organization).Limit(contest.Limit).
		WithCreator(func(q *db.UserQuery) { q.Select(user.FieldID, user.FieldName, user.FieldEmail) }).
		All(ctx)
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*db.Organization, error) {
	return s.client.Organization.Query().
		Where(organization.ID(in.Organization)).
		WithMembers(func(q *db.MemberQuery) { q.WithUser() }).
		WithTeams(func(q *db.TeamQuery) {
			q.WithMembers(func(q *db.TeamMemberQuery) { q.WithUser() })
		}).
		Only(ctx)
}

// insert is one statement, and so needs no transaction of its own.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]*db.Product, error) {
	now := contest.Now.Unix()
	return s.client.Product.MapCreateBulk(in.Products, func(c *db.ProductCreate, i int) {
		p := in.Products[i]
		c.SetID(p.ID).
			SetOrganizationID(in.Organization).
			SetName(p.Name).
			SetNillableDescription(p.Description).
			SetNillableSku(p.SKU).
			SetPrice(p.Price).
			SetCreatedBy(in.User).
			SetUpdatedBy(in.User).
			SetCreatedAt(now).
			SetUpdatedAt(now)
	}).Save(ctx)
}

func (s *store) update(ctx context.Context, in contest.Update) (*db.Product, error) {
	return s.client.Product.UpdateOneID(in.ID).
		Where(product.OrganizationID(in.Organization), product.DeletedAtIsNil()).
		SetPrice(in.Price).
		SetUpdatedAt(contest.Now.Unix()).
		SetUpdatedBy(in.User).
		Save(ctx)
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]*db.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		page, err = s.newest(in.Organization).Where(after(page[len(page)-1])).Limit(contest.Limit).All(ctx)
	}
	return err
}

// after matches what comes after a product in newest.
func after(last *db.Product) predicate.Product {
	return func(s *entsql.Selector) {
		columns := []string{s.C(product.FieldCreatedAt), s.C(product.FieldID)}
		s.Where(entsql.CompositeLT(columns, last.CreatedAt, last.ID))
	}
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]*db.Product, error) {
	query := s.live(in.Organization)
	if in.PriceBelow != nil {
		query.Where(product.PriceLT(*in.PriceBelow))
	}
	if in.NameContains != "" {
		query.Where(product.NameContains(in.NameContains))
	}
	if in.SKUPrefix != "" {
		query.Where(product.SkuHasPrefix(in.SKUPrefix))
	}
	switch in.Order {
	case contest.NewestFirst:
		query.Order(product.ByCreatedAt(entsql.OrderDesc()), product.ByID(entsql.OrderDesc()))
	case contest.CheapestFirst:
		query.Order(product.ByPrice(), product.ByID())
	case contest.ByName:
		query.Order(product.ByName(), product.ByID())
	}
	return query.Limit(contest.Limit).All(ctx)
}
