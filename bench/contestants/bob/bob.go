// Package bob uses the models that bob generates from the database. Queries
// whose text is always the same are prepared.
package bob

import (
	"context"
	"database/sql"

	"github.com/aarondl/opt/omit"
	"github.com/aarondl/opt/omitnull"
	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/sqlite"
	"github.com/stephenafamo/bob/dialect/sqlite/dialect"
	"github.com/stephenafamo/bob/dialect/sqlite/sm"
	"github.com/stephenafamo/bob/dialect/sqlite/um"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/bob/db"
)

type store struct {
	db bob.DB

	getProduct      prepared[contest.Key]
	listProducts    prepared[contest.Organized]
	listWithCreator prepared[contest.Organized]
	nextPage        prepared[position]
	updatePrice     prepared[change]
}

// prepared is a prepared query for products; its arguments are fields of A.
type prepared[A any] = bob.QueryStmt[A, *db.Product, db.ProductSlice]

// position is where in the list of an organization the next page begins.
type position struct {
	Organization string
	CreatedAt    int64
	ID           string
}

// change is an update, with its instant.
type change struct {
	Organization string
	ID           string
	Price        int64
	UpdatedAt    int64
	UpdatedBy    string
}

var products = db.Products.Columns

// Open prepares the queries.
func Open(ctx context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{db: bob.NewDB(handle)}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
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

// live selects the products of an organization that are not deleted. The
// organization is an argument of the query.
func live(more ...bob.Mod[*dialect.SelectQuery]) db.ProductsQuery {
	q := db.Products.Query(
		sm.Where(products.OrganizationID.EQ(bob.Named("organization"))),
		sm.Where(products.DeletedAt.IsNull()),
	)
	q.Apply(more...)
	return q
}

func newest(more ...bob.Mod[*dialect.SelectQuery]) db.ProductsQuery {
	q := live(sm.OrderBy(products.CreatedAt).Desc(), sm.OrderBy(products.ID).Desc(), sm.Limit(contest.Limit))
	q.Apply(more...)
	return q
}

func (s *store) prepare(ctx context.Context) (err error) {
	s.getProduct, err = prepare[contest.Key](ctx, s.db, live(sm.Where(products.ID.EQ(bob.Named("id")))))
	if err != nil {
		return err
	}
	s.listProducts, err = prepare[contest.Organized](ctx, s.db, newest())
	if err != nil {
		return err
	}
	s.listWithCreator, err = prepare[contest.Organized](ctx, s.db,
		newest(db.Preload.Product.CreatedByUser(sqlite.PreloadOnly("id", "name", "email"))))
	if err != nil {
		return err
	}
	after := sqlite.Group(products.CreatedAt, products.ID).LT(bob.NamedGroup("created_at", "id"))
	s.nextPage, err = prepare[position](ctx, s.db, newest(sm.Where(after)))
	if err != nil {
		return err
	}
	update := db.Products.Update(
		um.SetCol("price").To(bob.Named("price")),
		um.SetCol("updated_at").To(bob.Named("updated_at")),
		um.SetCol("updated_by").To(bob.Named("updated_by")),
		um.Where(products.ID.EQ(bob.Named("id"))),
		um.Where(products.OrganizationID.EQ(bob.Named("organization"))),
		um.Where(products.DeletedAt.IsNull()),
	)
	s.updatePrice, err = bob.PrepareQueryx[change, bob.StdPrepared, *db.Product, db.ProductSlice](ctx, s.db, update, update.Scanner)
	return err
}

func prepare[A any](ctx context.Context, handle bob.DB, q db.ProductsQuery) (prepared[A], error) {
	return bob.PrepareQueryx[A, bob.StdPrepared, *db.Product, db.ProductSlice](ctx, handle, q, q.Scanner)
}

func (s *store) get(ctx context.Context, key contest.Key) (*db.Product, error) {
	return only(s.getProduct.All(ctx, key))
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	return s.listProducts.All(ctx, in)
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]*db.Product, error) {
	return s.listWithCreator.All(ctx, in)
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*db.Organization, error) {
	return db.Organizations.Query(
		db.SelectWhere.Organizations.ID.EQ(in.Organization),
		db.SelectThenLoad.Organization.Members(db.SelectThenLoad.Member.User()),
		db.SelectThenLoad.Organization.Teams(
			db.SelectThenLoad.Team.TeamMembers(db.SelectThenLoad.TeamMember.User()),
		),
	).One(ctx, s.db)
}

// insert is one statement, and so needs no transaction of its own.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]*db.Product, error) {
	now := contest.Now.Unix()
	rows := make([]*db.ProductSetter, len(in.Products))
	for i, p := range in.Products {
		rows[i] = &db.ProductSetter{
			ID:             omit.From(p.ID),
			OrganizationID: omit.From(in.Organization),
			Name:           omit.From(p.Name),
			Description:    omitnull.FromPtr(p.Description),
			Sku:            omitnull.FromPtr(p.SKU),
			Price:          omit.From(p.Price),
			CreatedBy:      omitnull.From(in.User),
			UpdatedBy:      omitnull.From(in.User),
			CreatedAt:      omit.From(now),
			UpdatedAt:      omit.From(now),
		}
	}
	return db.Products.Insert(bob.ToMods(rows...)).All(ctx, s.db)
}

func (s *store) update(ctx context.Context, in contest.Update) (*db.Product, error) {
	return only(s.updatePrice.All(ctx, change{
		Organization: in.Organization,
		ID:           in.ID,
		Price:        in.Price,
		UpdatedAt:    contest.Now.Unix(),
		UpdatedBy:    in.User,
	}))
}

// only returns the one row of a prepared query. Its own method One leaves the
// rows open in bob 0.41, and so keeps the connection.
func only(products db.ProductSlice, err error) (*db.Product, error) {
	if err == nil && len(products) != 1 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, err
	}
	return products[0], nil
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]*db.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page, err = s.nextPage.All(ctx, position{in.Organization, last.CreatedAt, last.ID})
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]*db.Product, error) {
	query := db.Products.Query(
		db.SelectWhere.Products.OrganizationID.EQ(in.Organization),
		db.SelectWhere.Products.DeletedAt.IsNull(),
		sm.Limit(contest.Limit),
	)
	if in.PriceBelow != nil {
		query.Apply(db.SelectWhere.Products.Price.LT(*in.PriceBelow))
	}
	if in.NameContains != "" {
		query.Apply(db.SelectWhere.Products.Name.Like("%" + in.NameContains + "%"))
	}
	if in.SKUPrefix != "" {
		query.Apply(db.SelectWhere.Products.Sku.Like(in.SKUPrefix + "%"))
	}
	switch in.Order {
	case contest.NewestFirst:
		query.Apply(sm.OrderBy(products.CreatedAt).Desc(), sm.OrderBy(products.ID).Desc())
	case contest.CheapestFirst:
		query.Apply(sm.OrderBy(products.Price), sm.OrderBy(products.ID))
	case contest.ByName:
		query.Apply(sm.OrderBy(products.Name), sm.OrderBy(products.ID))
	}
	return query.All(ctx, s.db)
}
