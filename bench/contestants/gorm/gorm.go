// Package gorm uses GORM as its page about performance advises: with prepared
// statements, and without a transaction around each write.
package gorm

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/rowhouse/rowhouse/bench/contest"
)

type store struct{ db *gorm.DB }

// Open sets GORM up.
func Open(_ context.Context, handle *sql.DB, _ string) (*contest.Contestant, error) {
	db, err := gorm.Open(sqlite.New(sqlite.Config{Conn: handle}), &gorm.Config{
		PrepareStmt:            true,
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return contest.Now },
	})
	if err != nil {
		return nil, err
	}
	s := &store{db}
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
func (s *store) live(ctx context.Context, organization string) *gorm.DB {
	return s.db.WithContext(ctx).Where("organization_id = ? AND deleted_at IS NULL", organization)
}

func (s *store) newest(ctx context.Context, organization string) *gorm.DB {
	return s.live(ctx, organization).Order("created_at DESC, id DESC").Limit(contest.Limit)
}

func (s *store) get(ctx context.Context, key contest.Key) (Product, error) {
	var p Product
	err := s.live(ctx, key.Organization).Where("id = ?", key.ID).Take(&p).Error
	return p, err
}

func (s *store) list(ctx context.Context, in contest.Organized) ([]Product, error) {
	var products []Product
	err := s.newest(ctx, in.Organization).Find(&products).Error
	return products, err
}

func (s *store) listCreator(ctx context.Context, in contest.Organized) ([]Product, error) {
	var products []Product
	err := s.newest(ctx, in.Organization).
		Preload("Creator", func(db *gorm.DB) *gorm.DB { return db.Select("id", "name", "email") }).
		Find(&products).Error
	return products, err
}

func (s *store) nested(ctx context.Context, in contest.Organized) (*Organization, error) {
	var o Organization
	err := s.db.WithContext(ctx).
		Preload("Members.User").
		Preload("Teams.Members.User").
		Take(&o, "id = ?", in.Organization).Error
	return &o, err
}

// insert is one statement, and so needs no transaction of its own.
func (s *store) insert(ctx context.Context, in contest.Insert) ([]Product, error) {
	products := make([]Product, len(in.Products))
	for i, p := range in.Products {
		products[i] = Product{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    p.Description,
			SKU:            p.SKU,
			Price:          p.Price,
			CreatedBy:      &in.User,
			UpdatedBy:      &in.User,
		}
	}
	err := s.db.WithContext(ctx).Create(&products).Error
	return products, err
}

func (s *store) update(ctx context.Context, in contest.Update) (Product, error) {
	var p Product
	err := s.live(ctx, in.Organization).
		Model(&p).
		Clauses(clause.Returning{}).
		Where("id = ?", in.ID).
		Updates(Product{Price: in.Price, UpdatedBy: &in.User}).Error
	return p, err
}

func (s *store) page(ctx context.Context, in contest.Organized, each func([]Product)) error {
	page, err := s.list(ctx, in)
	for err == nil && len(page) > 0 {
		each(page)
		last := page[len(page)-1]
		page = nil
		err = s.newest(ctx, in.Organization).
			Where("(created_at, id) < (?, ?)", last.CreatedAt, last.ID).
			Find(&page).Error
	}
	return err
}

func (s *store) filter(ctx context.Context, in contest.Filter) ([]Product, error) {
	query := s.live(ctx, in.Organization)
	if in.PriceBelow != nil {
		query = query.Where("price < ?", *in.PriceBelow)
	}
	if in.NameContains != "" {
		query = query.Where("instr(name, ?) > 0", in.NameContains)
	}
	if in.SKUPrefix != "" {
		query = query.Where("instr(sku, ?) = 1", in.SKUPrefix)
	}
	switch in.Order {
	case contest.NewestFirst:
		query = query.Order("created_at DESC, id DESC")
	case contest.CheapestFirst:
		query = query.Order("price, id")
	case contest.ByName:
		query = query.Order("name, id")
	}
	var products []Product
	err := query.Limit(contest.Limit).Find(&products).Error
	return products, err
}
