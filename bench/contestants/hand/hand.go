// Package hand is what all contestants are compared to: hand-written
// database/sql, each statement prepared once.
package hand

import (
	"context"
	"database/sql"
	"strings"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

type store struct {
	db *sql.DB

	getProduct, listProducts, listWithCreator, nextPage *sql.Stmt
	insertProduct, updatePrice                          *sql.Stmt
	organization, members, teams, teamMembers, users    *sql.Stmt

	filters map[string]*sql.Stmt // by their text
}

// Open prepares the statements.
func Open(ctx context.Context, db *sql.DB, _ string) (*contest.Contestant, error) {
	s := &store{db: db, filters: map[string]*sql.Stmt{}}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	return &contest.Contestant{
		Get:         contest.NewTask(s.get, plain.NeutralProduct),
		List:        contest.NewListTask(s.list, plain.NeutralProduct),
		ListCreator: contest.NewListTask(s.listCreator, plain.NeutralProductWithCreator),
		Nested:      contest.NewTask(s.nested, plain.NeutralOrganization),
		Insert:      contest.NewListTask(s.insert, plain.NeutralProduct),
		Update:      contest.NewTask(s.update, plain.NeutralProduct),
		Page:        contest.NewPagedTask(s.page, plain.NeutralProduct),
		Filter:      contest.NewListTask(s.filter, plain.NeutralProduct),
	}, nil
}

func (s *store) prepare(ctx context.Context) error {
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&s.getProduct, plain.GetProduct},
		{&s.listProducts, plain.ListProducts},
		{&s.listWithCreator, plain.ListProductsWithCreator},
		{&s.nextPage, plain.NextPage},
		{&s.insertProduct, plain.InsertProduct},
		{&s.updatePrice, plain.UpdatePrice},
		{&s.organization, plain.GetOrganization},
		{&s.members, plain.ListMembers},
		{&s.teams, plain.ListTeams},
		{&s.teamMembers, plain.ListTeamMembers},
		{&s.users, plain.ListUsers},
	} {
		stmt, err := s.db.PrepareContext(ctx, p.text)
		if err != nil {
			return err
		}
		*p.stmt = stmt
	}
	return nil
}

func (s *store) get(ctx context.Context, key contest.Key) (plain.Product, error) {
	return readProduct(s.getProduct.QueryRowContext(ctx, key.ID, key.Organization))
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]plain.Product, error) {
	return all(ctx, s.listProducts, readProducts, in.Organization, contest.Limit)
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]plain.ProductWithCreator, error) {
	return all(ctx, s.listWithCreator, readProductsWithCreator, in.Organization, contest.Limit)
}

// insert returns what it stored without asking for it: nothing in the row is
// made by the database. A RETURNING in each statement of the transaction
// takes several times as long.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]plain.Product, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	stmt := tx.StmtContext(ctx, s.insertProduct)
	products := plain.NewProducts(in)
	for i := range products {
		p := &products[i]
		_, err := stmt.ExecContext(ctx, p.ID, p.OrganizationID, p.Name, p.Description, p.SKU, p.Price,
			p.CreatedBy, p.UpdatedBy, p.CreatedAt.Unix(), p.UpdatedAt.Unix())
		if err != nil {
			return nil, err
		}
	}
	return products, tx.Commit()
}

func (s *store) update(ctx context.Context, in contest.Update) (plain.Product, error) {
	return readProduct(s.updatePrice.QueryRowContext(ctx, in.Price, contest.Now.Unix(), in.User, in.ID, in.Organization))
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]plain.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page, err = all(ctx, s.nextPage, readProducts, in.Organization, last.CreatedAt.Unix(), last.ID, contest.Limit)
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]plain.Product, error) {
	var text strings.Builder
	text.WriteString(plain.FilterProducts)
	args := []any{in.Organization}
	if in.PriceBelow != nil {
		text.WriteString(" AND price < ?")
		args = append(args, *in.PriceBelow)
	}
	if in.NameContains != "" {
		text.WriteString(" AND instr(name, ?) > 0")
		args = append(args, in.NameContains)
	}
	if in.SKUPrefix != "" {
		text.WriteString(" AND instr(sku, ?) = 1")
		args = append(args, in.SKUPrefix)
	}
	text.WriteString(plain.OrderBy(in.Order) + " LIMIT ?")
	stmt, err := s.prepared(ctx, text.String())
	if err != nil {
		return nil, err
	}
	return all(ctx, stmt, readProducts, append(args, contest.Limit)...)
}

// prepared returns the statement of a text. There are few texts, so all are kept.
func (s *store) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := s.filters[text]; ok {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.filters[text] = stmt
	return stmt, nil
}
