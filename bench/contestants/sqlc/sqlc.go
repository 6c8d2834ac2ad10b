// Package sqlc uses the code that sqlc generates from queries.sql, with its
// prepared statements. Instants stay unix seconds, as sqlc reads them.
package sqlc

import (
	"context"
	"database/sql"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlc/db"
)

type store struct {
	handle  *sql.DB
	queries *db.Queries
}

// Open prepares the statements.
func Open(ctx context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	queries, err := db.Prepare(ctx, handle)
	if err != nil {
		return nil, err
	}
	s := &store{handle: handle, queries: queries}
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

func (s *store) get(ctx context.Context, key contest.Key) (db.Product, error) {
	return s.queries.GetProduct(ctx, db.GetProductParams{ID: key.ID, OrganizationID: key.Organization})
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]db.Product, error) {
	return s.queries.ListProducts(ctx, db.ListProductsParams{OrganizationID: in.Organization, Limit: contest.Limit})
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]db.ListProductsWithCreatorRow, error) {
	return s.queries.ListProductsWithCreator(ctx, db.ListProductsWithCreatorParams{
		OrganizationID: in.Organization,
		Limit:          contest.Limit,
	})
}

// insert runs one statement for each product: sqlc has no bulk insert for SQLite.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]db.Product, error) {
	tx, err := s.handle.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	queries := s.queries.WithTx(tx)
	products := make([]db.Product, len(in.Products))
	for i, p := range in.Products {
		row := db.InsertProductParams{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    p.Description,
			SKU:            p.SKU,
			Price:          p.Price,
			CreatedBy:      &in.User,
			UpdatedBy:      &in.User,
			CreatedAt:      contest.Now.Unix(),
			UpdatedAt:      contest.Now.Unix(),
		}
		if err := queries.InsertProduct(ctx, row); err != nil {
			return nil, err
		}
		products[i] = stored(row)
	}
	return products, tx.Commit()
}

// stored is the row that an insert makes.
func stored(row db.InsertProductParams) db.Product {
	return db.Product{
		ID:             row.ID,
		OrganizationID: row.OrganizationID,
		Name:           row.Name,
		Description:    row.Description,
		SKU:            row.SKU,
		Price:          row.Price,
		CreatedBy:      row.CreatedBy,
		UpdatedBy:      row.UpdatedBy,
		CreatedAt:      row.CreatedAt,
		UpdatedAt:      row.UpdatedAt,
	}
}

func (s *store) update(ctx context.Context, in contest.Update) (db.Product, error) {
	return s.queries.UpdatePrice(ctx, db.UpdatePriceParams{
		Price:          in.Price,
		UpdatedAt:      contest.Now.Unix(),
		UpdatedBy:      &in.User,
		ID:             in.ID,
		OrganizationID: in.Organization,
	})
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]db.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page, err = s.queries.NextProducts(ctx, db.NextProductsParams{
			OrganizationID: in.Organization,
			CreatedAt:      last.CreatedAt,
			ID:             last.ID,
			Size:           contest.Limit,
		})
	}
	return err
}

// filter has a query for each order, which cannot be a parameter.
func (s *store) filter(ctx context.Context, in contest.Filter) ([]db.Product, error) {
	params := db.FilterNewestFirstParams{
		OrganizationID: in.Organization,
		PriceBelow:     in.PriceBelow,
		NameContains:   optional(in.NameContains),
		SkuPrefix:      optional(in.SKUPrefix),
		Size:           contest.Limit,
	}
	switch in.Order {
	case contest.CheapestFirst:
		return s.queries.FilterCheapestFirst(ctx, db.FilterCheapestFirstParams(params))
	case contest.ByName:
		return s.queries.FilterByName(ctx, db.FilterByNameParams(params))
	default:
		return s.queries.FilterNewestFirst(ctx, params)
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
