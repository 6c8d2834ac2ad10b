// Package harness runs contestants on the workloads: once to see that their
// rows are right and to count their statements, then against the clock.
package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/dataset"
)

// Workload is work that all contestants do, over a cycle of inputs.
type Workload struct {
	Name string

	inputs int                                 // length of the cycle
	of     func(*contest.Contestant) operation // the work as a contestant does it
	undo   string                              // statement that restores the database after each call, not timed
	writes bool                                // what is stored is compared too
}

// operation is a workload of one contestant. Both take the number of the
// input, as contest.Task has them.
type operation struct {
	run    func(ctx context.Context, input int) error
	answer func(ctx context.Context, input int) (any, error)
}

func workload[In, Out any](
	name string,
	task func(*contest.Contestant) contest.Task[In, Out],
	inputs ...In,
) Workload {
	return Workload{
		Name:   name,
		inputs: len(inputs),
		of: func(c *contest.Contestant) operation {
			t := task(c)
			return operation{
				run: func(ctx context.Context, input int) error { return t.Run(ctx, inputs[input]) },
				answer: func(ctx context.Context, input int) (any, error) {
					return t.Answer(ctx, inputs[input])
				},
			}
		},
	}
}

// cycle is how many inputs get and update take in turn, so that they do not
// read the same row each time.
const cycle = 50

// Workloads returns all workloads on a dataset.
func Workloads(d *dataset.Dataset) []Workload {
	large := contest.Organized{Organization: d.Large().ID}
	insert := workload("insert_1000",
		func(c *contest.Contestant) contest.Task[contest.Insert, []contest.Product] { return c.Insert },
		insertion(d))
	insert.undo = "DELETE FROM product WHERE id LIKE '" + insertedKeys + "%'"
	insert.writes = true
	update := workload("update",
		func(c *contest.Contestant) contest.Task[contest.Update, contest.Product] { return c.Update },
		updates(d)...)
	update.writes = true
	return []Workload{
		workload("get",
			func(c *contest.Contestant) contest.Task[contest.Key, contest.Product] { return c.Get },
			keys(d)...),
		workload("list",
			func(c *contest.Contestant) contest.Task[contest.Organized, []contest.Product] { return c.List },
			large),
		workload("list_creator",
			func(c *contest.Contestant) contest.Task[contest.Organized, []contest.ProductWithCreator] {
				return c.ListCreator
			},
			large),
		workload("nested",
			func(c *contest.Contestant) contest.Task[contest.Organized, contest.Organization] { return c.Nested },
			large),
		insert,
		update,
		workload("page_10000",
			func(c *contest.Contestant) contest.Task[contest.Organized, []contest.Product] { return c.Page },
			large),
		workload("filter",
			func(c *contest.Contestant) contest.Task[contest.Filter, []contest.Product] { return c.Filter },
			filters(d)...),
	}
}

// some returns products of the large organization that are not deleted, from
// all over it.
func some(d *dataset.Dataset) []contest.Product {
	all := slices.DeleteFunc(slices.Clone(d.Products), func(p contest.Product) bool {
		return p.OrganizationID != d.Large().ID || p.DeletedAt != nil
	})
	chosen := make([]contest.Product, cycle)
	for i := range chosen {
		chosen[i] = all[i*len(all)/cycle]
	}
	return chosen
}

func keys(d *dataset.Dataset) []contest.Key {
	return contest.All(some(d), func(p contest.Product) contest.Key {
		return contest.Key{Organization: p.OrganizationID, ID: p.ID}
	})
}

func updates(d *dataset.Dataset) []contest.Update {
	return contest.All(some(d), func(p contest.Product) contest.Update {
		return contest.Update{Organization: p.OrganizationID, User: d.Everywhere().ID, ID: p.ID, Price: p.Price + 1}
	})
}

// insertedKeys is how the keys of inserted products begin, and no others.
const insertedKeys = "ffff"

func insertion(d *dataset.Dataset) contest.Insert {
	in := contest.Insert{Organization: d.Large().ID, User: d.Everywhere().ID}
	for i := range 1000 {
		p := contest.NewProduct{
			ID:    fmt.Sprintf(insertedKeys+"%04x-0000-7000-8000-000000000000", i),
			Name:  fmt.Sprintf("new product %d", i),
			Price: int64(i),
		}
		if i%3 != 0 {
			description := strings.Repeat("A description. ", 1+i%8)
			p.Description = &description
		}
		if i%4 != 0 {
			sku := fmt.Sprintf("NEW-%05d", i)
			p.SKU = &sku
		}
		in.Products = append(in.Products, p)
	}
	return in
}

// filters returns each choice of the three optional filters, in each order.
func filters(d *dataset.Dataset) []contest.Filter {
	price := int64(5_000)
	var all []contest.Filter
	for choice := range 8 {
		for _, order := range []contest.Order{contest.NewestFirst, contest.CheapestFirst, contest.ByName} {
			f := contest.Filter{Organization: d.Medium().ID, Order: order}
			if choice&1 != 0 {
				f.PriceBelow = &price
			}
			if choice&2 != 0 {
				f.NameContains = "oak"
			}
			if choice&4 != 0 {
				f.SKUPrefix = "HOME"
			}
			all = append(all, f)
		}
	}
	return all
}
