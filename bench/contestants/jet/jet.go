// Package jet uses the tables and models that jet generates from the
// database, with jet's cache of prepared statements. Instants stay unix
// seconds, which jet reads as int32.
package jet

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:revive,staticcheck // as jet's documentation writes queries
	"github.com/go-jet/jet/v2/stmtcache"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/jet/db/model"
	"github.com/rowhouse/rowhouse/bench/contestants/jet/db/table"
)

type store struct{ db *stmtcache.DB }

// Open sets the cache up.
func Open(_ context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{stmtcache.New(handle)}
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

// What jet fills with related rows.
type (
	productWithCreator struct {
		model.Product

		Creator *model.User
	}
	organization struct {
		model.Organization

		Members []member
	}
	member struct {
		model.Member

		User model.User
	}
	team struct {
		model.Team

		Members []teamMember
	}
	teamMember struct {
		model.TeamMember

		User model.User
	}
	tree struct {
		organization

		teams []team
	}
)

var product = table.Product

// live matches the products of an organization that are not deleted.
func live(organization string) BoolExpression {
	return product.OrganizationID.EQ(String(organization)).AND(product.DeletedAt.IS_NULL())
}

func newest(condition BoolExpression) SelectStatement {
	return SELECT(product.AllColumns).
		FROM(product).
		WHERE(condition).
		ORDER_BY(product.CreatedAt.DESC(), product.ID.DESC()).
		LIMIT(contest.Limit)
}

func (s *store) get(ctx context.Context, key contest.Key) (model.Product, error) {
	var p model.Product
	err := SELECT(product.AllColumns).
		FROM(product).
		WHERE(live(key.Organization).AND(product.ID.EQ(String(key.ID)))).
		QueryContext(ctx, s.db, &p)
	return p, err
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]model.Product, error) {
	var products []model.Product
	err := newest(live(in.Organization)).QueryContext(ctx, s.db, &products)
	return products, err
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]productWithCreator, error) {
	var products []productWithCreator
	err := SELECT(product.AllColumns, table.User.ID, table.User.Name, table.User.Email).
		FROM(product.LEFT_JOIN(table.User, table.User.ID.EQ(product.CreatedBy))).
		WHERE(live(in.Organization)).
		ORDER_BY(product.CreatedAt.DESC(), product.ID.DESC()).
		LIMIT(contest.Limit).
		QueryContext(ctx, s.db, &products)
	return products, err
}

// nested is two queries: all in one would combine each member with each team member.
func (s *store) nested(ctx context.Context, in contest.Organized) (*tree, error) {
	var t tree
	err := SELECT(table.Organization.AllColumns, table.Member.AllColumns, table.User.AllColumns).
		FROM(table.Organization.
			LEFT_JOIN(table.Member, table.Member.OrganizationID.EQ(table.Organization.ID)).
			LEFT_JOIN(table.User, table.User.ID.EQ(table.Member.UserID))).
		WHERE(table.Organization.ID.EQ(String(in.Organization))).
		QueryContext(ctx, s.db, &t.organization)
	if err != nil {
		return nil, err
	}
	err = SELECT(table.Team.AllColumns, table.TeamMember.AllColumns, table.User.AllColumns).
		FROM(table.Team.
			LEFT_JOIN(table.TeamMember, table.TeamMember.TeamID.EQ(table.Team.ID)).
			LEFT_JOIN(table.User, table.User.ID.EQ(table.TeamMember.UserID))).
		WHERE(table.Team.OrganizationID.EQ(String(in.Organization))).
		QueryContext(ctx, s.db, &t.teams)
	return &t, err
}

// insert is one statement, and so needs no transaction of its own.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]model.Product, error) {
	now := int32(contest.Now.Unix())
	products := make([]model.Product, len(in.Products))
	for i, p := range in.Products {
		products[i] = model.Product{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    p.Description,
			Sku:            p.SKU,
			Price:          int32(p.Price),
			CreatedBy:      &in.User,
			UpdatedBy:      &in.User,
			CreatedAt:      now,
			UpdatedAt:      now,
		}
	}
	_, err := product.INSERT(product.AllColumns).MODELS(products).ExecContext(ctx, s.db)
	return products, err
}

func (s *store) update(ctx context.Context, in contest.Update) (model.Product, error) {
	var p model.Product
	err := product.UPDATE(product.Price, product.UpdatedAt, product.UpdatedBy).
		SET(Int(in.Price), Int(contest.Now.Unix()), String(in.User)).
		WHERE(live(in.Organization).AND(product.ID.EQ(String(in.ID)))).
		RETURNING(product.AllColumns).
		QueryContext(ctx, s.db, &p)
	return p, err
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]model.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		after := ROW(product.CreatedAt, product.ID).LT(ROW(Int32(last.CreatedAt), String(last.ID)))
		page = nil
		err = newest(live(in.Organization).AND(after)).QueryContext(ctx, s.db, &page)
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]model.Product, error) {
	condition := live(in.Organization)
	if in.PriceBelow != nil {
		condition = condition.AND(product.Price.LT(Int(*in.PriceBelow)))
	}
	if in.NameContains != "" {
		condition = condition.AND(product.Name.LIKE(String("%" + in.NameContains + "%")))
	}
	if in.SKUPrefix != "" {
		condition = condition.AND(product.Sku.LIKE(String(in.SKUPrefix + "%")))
	}
	var products []model.Product
	err := SELECT(product.AllColumns).
		FROM(product).
		WHERE(condition).
		ORDER_BY(order(in.Order)...).
		LIMIT(contest.Limit).
		QueryContext(ctx, s.db, &products)
	return products, err
}

func order(o contest.Order) []OrderByClause {
	switch o {
	case contest.CheapestFirst:
		return []OrderByClause{product.Price, product.ID}
	case contest.ByName:
		return []OrderByClause{product.Name, product.ID}
	default:
		return []OrderByClause{product.CreatedAt.DESC(), product.ID.DESC()}
	}
}
