// Package rowhouse uses the package gen of this repository.
package rowhouse

import (
	"context"
	"database/sql"
	"time"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/gen"
)

type store struct {
	store  *gen.Store
	user   gen.UserID
	scopes map[string]*gen.Scope // by organization
}

// Open opens the store. Organizations are entered, as the user, when a
// workload first needs them: entering is one query, which a server runs for
// each request, and which none of the others need. It is not timed.
func Open(ctx context.Context, db *sql.DB, user string) (*contest.Contestant, error) {
	opened, err := gen.Open(ctx, db, gen.WithClock(func() time.Time { return contest.Now }))
	if err != nil {
		return nil, err
	}
	s := &store{store: opened, user: gen.UserID(user), scopes: map[string]*gen.Scope{}}
	return &contest.Contestant{
		Get:         contest.NewTask(s.get, neutralProduct),
		List:        contest.NewListTask(s.list, neutralProductOf),
		ListCreator: contest.NewListTask(s.listCreator, neutralProductWithCreator),
		Nested:      contest.NewTask(s.nested, neutralOrganization),
		Insert:      contest.NewListTask(s.insert, neutralProductOf),
		Update:      contest.NewTask(s.update, neutralProduct),
		Page:        contest.NewPagedTask(s.page, neutralProductOf),
		Filter:      contest.NewListTask(s.filter, neutralProductOf),
	}, nil
}

func (s *store) scope(ctx context.Context, organization string) (*gen.Scope, error) {
	if scope, ok := s.scopes[organization]; ok {
		return scope, nil
	}
	scope, err := s.store.Enter(ctx, s.user, gen.OrganizationID(organization))
	if err != nil {
		return nil, err
	}
	s.scopes[organization] = scope
	return scope, nil
}

func newest(scope *gen.Scope) *gen.ProductQuery {
	return scope.Products.OrderBy(gen.Products.CreatedAt.Desc(), gen.Products.ID.Desc())
}

func (s *store) get(ctx context.Context, key contest.Key) (*gen.Product, error) {
	scope, err := s.scope(ctx, key.Organization)
	if err != nil {
		return nil, err
	}
	return scope.Products.Get(ctx, gen.ProductID(key.ID))
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]gen.Product, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	return newest(scope).Limit(contest.Limit).All(ctx)
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]gen.Product, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	return newest(scope).Limit(contest.Limit).
		With(gen.Products.Creator.Select(gen.Users.ID, gen.Users.Name, gen.Users.Email)).
		All(ctx)
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*gen.Organization, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	return scope.Organization(ctx,
		gen.Organizations.Members.With(gen.Members.User),
		gen.Organizations.Teams.With(gen.Teams.Members.With(gen.TeamMembers.User)))
}

func (s *store) insert(ctx context.Context, in contest.Insert) ([]gen.Product, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	products := make([]gen.NewProduct, len(in.Products))
	for i, p := range in.Products {
		products[i] = gen.NewProduct{
			Name:        p.Name,
			Description: p.Description,
			SKU:         p.SKU,
			Price:       p.Price,
		}.WithID(gen.ProductID(p.ID))
	}
	return scope.Products.CreateMany(ctx, products)
}

func (s *store) update(ctx context.Context, in contest.Update) (*gen.Product, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	return scope.Products.Update(ctx, gen.ProductID(in.ID), gen.Products.Price.Set(in.Price))
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]gen.Product)) error {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return err
	}
	request := gen.PageRequest{Size: contest.Limit}
	for {
		page, err := newest(scope).Page(ctx, request)
		if err != nil {
			return err
		}
		each(page.Rows)
		if page.Next == "" {
			return nil
		}
		request.After = page.Next
	}
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]gen.Product, error) {
	scope, err := s.scope(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	var predicates []gen.ProductPredicate
	if in.PriceBelow != nil {
		predicates = append(predicates, gen.Products.Price.LT(*in.PriceBelow))
	}
	if in.NameContains != "" {
		predicates = append(predicates, gen.Products.Name.Contains(in.NameContains))
	}
	if in.SKUPrefix != "" {
		predicates = append(predicates, gen.Products.SKU.HasPrefix(in.SKUPrefix))
	}
	query := scope.Products.Where(predicates...)
	switch in.Order {
	case contest.NewestFirst:
		query = query.OrderBy(gen.Products.CreatedAt.Desc(), gen.Products.ID.Desc())
	case contest.CheapestFirst:
		query = query.OrderBy(gen.Products.Price.Asc(), gen.Products.ID.Asc())
	case contest.ByName:
		query = query.OrderBy(gen.Products.Name.Asc(), gen.Products.ID.Asc())
	}
	return query.Limit(contest.Limit).All(ctx)
}
