// Package contest is what the contestants and the harness agree on: the
// workloads, what goes into them, and the rows that must come out.
package contest

import (
	"context"
	"database/sql"
	"time"
)

// Now is the time in all workloads, so that all contestants store the same.
var Now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// Limit is how many rows list, list_creator and filter ask for, and the size of a page.
const Limit = 100

// Contestant does the workloads with one library.
type Contestant struct {
	Get         Task[Key, Product]
	List        Task[Organized, []Product]
	ListCreator Task[Organized, []ProductWithCreator]
	Nested      Task[Organized, Organization]
	Insert      Task[Insert, []Product]
	Update      Task[Update, Product]
	Page        Task[Organized, []Product]
	Filter      Task[Filter, []Product]
}

// Open makes a contestant for a database, over its one connection. The user
// is a member of every organization: rowhouse enters organizations as a user,
// its rivals do not ask. What Open takes is released with the database.
type Open func(ctx context.Context, db *sql.DB, user string) (*Contestant, error)

// Organized is the input of workloads that only need to know whose rows to read.
type Organized struct{ Organization string }

// Key is a product of an organization.
type Key struct {
	Organization string
	ID           string
}

// Insert is products to add to an organization in one transaction.
type Insert struct {
	Organization string
	User         string // created_by and updated_by
	Products     []NewProduct
}

// NewProduct is what the caller knows of a product that is not stored yet.
// Its key is given, so that no contestant is timed for making keys.
type NewProduct struct {
	ID          string
	Name        string
	Description *string
	SKU         *string
	Price       int64
}

// Update sets the price of a product.
type Update struct {
	Organization string
	User         string // updated_by
	ID           string
	Price        int64
}

// Filter lists an organization's products. Each field but Order may be missing.
type Filter struct {
	Organization string
	PriceBelow   *int64
	NameContains string // without % and _, in the letters' own case
	SKUPrefix    string // likewise
	Order        Order
}

// Order is an order of products; ties are broken by id, in the same direction.
type Order int

// The orders that Filter chooses from.
const (
	NewestFirst   Order = iota // created_at DESC, id DESC
	CheapestFirst              // price, id
	ByName                     // name, id
)

// Task is one workload as one contestant does it.
type Task[In, Out any] struct {
	// Run does the work and drops what comes out, in the types of the contestant.
	// This is timed.
	Run func(context.Context, In) error
	// Answer does the work and makes neutral rows of what comes out.
	Answer func(context.Context, In) (Out, error)
}

// NewTask makes a task of a method, and of a conversion of its result.
func NewTask[In, Result, Out any](
	do func(context.Context, In) (Result, error),
	neutral func(Result) Out,
) Task[In, Out] {
	return Task[In, Out]{
		Run: func(ctx context.Context, in In) error {
			_, err := do(ctx, in)
			return err
		},
		Answer: func(ctx context.Context, in In) (Out, error) {
			result, err := do(ctx, in)
			if err != nil {
				var none Out
				return none, err
			}
			return neutral(result), nil
		},
	}
}

// NewListTask is NewTask for a method that returns many rows, by the conversion of one.
func NewListTask[In, Row, Out any](
	do func(context.Context, In) ([]Row, error),
	neutral func(Row) Out,
) Task[In, []Out] {
	return NewTask(do, func(rows []Row) []Out { return All(rows, neutral) })
}

// NewPagedTask is NewListTask for a method that hands its rows over page by
// page, as it reads them.
func NewPagedTask[In, Row, Out any](
	do func(context.Context, In, func(page []Row)) error,
	neutral func(Row) Out,
) Task[In, []Out] {
	return Task[In, []Out]{
		Run: func(ctx context.Context, in In) error {
			return do(ctx, in, func([]Row) {})
		},
		Answer: func(ctx context.Context, in In) ([]Out, error) {
			var all []Out
			err := do(ctx, in, func(page []Row) { all = append(all, All(page, neutral)...) })
			return all, err
		},
	}
}

// All converts all rows by the conversion of one.
func All[Row, Out any](rows []Row, neutral func(Row) Out) []Out {
	all := make([]Out, len(rows))
	for i, row := range rows {
		all[i] = neutral(row)
	}
	return all
}
