// Package driver uses mattn/go-sqlite3 through the interfaces of
// database/sql/driver, without the pool and the conversions of database/sql.
package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

type store struct {
	conn driver.Conn

	getProduct, listProducts, listWithCreator, nextPage *statement
	insertProduct, updatePrice                          *statement
	organization, members, teams, teamMembers, users    *statement

	filters map[string]*statement // by their text
}

// Open prepares the statements on the connection of the database. It goes on
// belonging to database/sql, which does not run anything on it meanwhile.
func Open(ctx context.Context, db *sql.DB, _ string) (*contest.Contestant, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	s := &store{filters: map[string]*statement{}}
	err = conn.Raw(func(raw any) error {
		s.conn = raw.(driver.Conn)
		return s.prepareAll()
	})
	if err != nil {
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

func (s *store) prepareAll() error {
	for _, p := range []struct {
		stmt **statement
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
		stmt, err := s.prepare(p.text)
		if err != nil {
			return err
		}
		*p.stmt = stmt
	}
	return nil
}

func (s *store) prepare(text string) (*statement, error) {
	stmt, err := s.conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	return &statement{query: stmt.(driver.StmtQueryContext), exec: stmt.(driver.StmtExecContext)}, nil
}

func (s *store) get(ctx context.Context, key contest.Key) (plain.Product, error) {
	return one(ctx, s.getProduct, product, key.ID, key.Organization)
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]plain.Product, error) {
	return collect(ctx, s.listProducts, product, in.Organization, int64(contest.Limit))
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]plain.ProductWithCreator, error) {
	return collect(ctx, s.listWithCreator, productWithCreator, in.Organization, int64(contest.Limit))
}

func (s *store) insert(ctx context.Context, in contest.Insert) ([]plain.Product, error) {
	tx, err := s.conn.(driver.ConnBeginTx).BeginTx(ctx, driver.TxOptions{})
	if err != nil {
		return nil, err
	}
	products := plain.NewProducts(in)
	for i := range products {
		p := &products[i]
		err := s.insertProduct.run(ctx, p.ID, p.OrganizationID, p.Name, nullable(p.Description), nullable(p.SKU), p.Price,
			nullable(p.CreatedBy), nullable(p.UpdatedBy), p.CreatedAt.Unix(), p.UpdatedAt.Unix())
		if err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
	}
	return products, tx.Commit()
}

func (s *store) update(ctx context.Context, in contest.Update) (plain.Product, error) {
	return one(ctx, s.updatePrice, product, in.Price, contest.Now.Unix(), in.User, in.ID, in.Organization)
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]plain.Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page, err = collect(ctx, s.nextPage, product, in.Organization, last.CreatedAt.Unix(), last.ID, int64(contest.Limit))
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]plain.Product, error) {
	var text strings.Builder
	text.WriteString(plain.FilterProducts)
	args := []driver.Value{in.Organization}
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
	stmt, err := s.prepared(text.String())
	if err != nil {
		return nil, err
	}
	return collect(ctx, stmt, product, append(args, int64(contest.Limit))...)
}

// prepared returns the statement of a text. There are few texts, so all are kept.
func (s *store) prepared(text string) (*statement, error) {
	if stmt, ok := s.filters[text]; ok {
		return stmt, nil
	}
	stmt, err := s.prepare(text)
	if err != nil {
		return nil, err
	}
	s.filters[text] = stmt
	return stmt, nil
}
