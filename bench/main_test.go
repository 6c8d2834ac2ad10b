package main

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/hand"
	"github.com/rowhouse/rowhouse/bench/dataset"
	"github.com/rowhouse/rowhouse/bench/harness"
)

// TestVerify compares the rows of all contestants, as the command does.
func TestVerify(t *testing.T) {
	data := dataset.Generate()
	arena, err := harness.NewArena(t.Context(), data, "../schema")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = arena.Close() })
	if _, err := arena.Verify(t.Context(), entrants, harness.Workloads(data)); err != nil {
		t.Error(err)
	}
}

// TestHand compares the rows of hand, by which all others are judged, with
// what the dataset says they are.
func TestHand(t *testing.T) {
	data := dataset.Generate()
	c := openHand(t, data)
	large, medium := contest.Organized{Organization: data.Large().ID}, data.Medium().ID
	newest := live(data, large.Organization)

	t.Run("page_10000", func(t *testing.T) {
		got, err := c.Page.Answer(t.Context(), large)
		same(t, got, err, newest)
		if len(newest) != 10_000 {
			t.Errorf("%d products", len(newest))
		}
	})
	t.Run("list", func(t *testing.T) {
		got, err := c.List.Answer(t.Context(), large)
		same(t, got, err, newest[:contest.Limit])
	})
	t.Run("list_creator", func(t *testing.T) {
		got, err := c.ListCreator.Answer(t.Context(), large)
		same(t, got, err, contest.All(newest[:contest.Limit], withCreator(data)))
	})
	t.Run("get", func(t *testing.T) {
		got, err := c.Get.Answer(t.Context(), contest.Key{Organization: large.Organization, ID: newest[7].ID})
		same(t, got, err, newest[7])
		_, err = c.Get.Answer(t.Context(), contest.Key{Organization: medium, ID: newest[7].ID})
		if err == nil {
			t.Error("another organization's product was found")
		}
	})
	t.Run("nested", func(t *testing.T) {
		got, err := c.Nested.Answer(t.Context(), large)
		want := data.Large()
		got.Sort()
		want.Sort()
		same(t, got, err, want)
	})
	t.Run("filter", func(t *testing.T) {
		price := int64(5_000)
		got, err := c.Filter.Answer(t.Context(), contest.Filter{
			Organization: medium, PriceBelow: &price, NameContains: "oak", SKUPrefix: "HOME", Order: contest.CheapestFirst,
		})
		want := slices.DeleteFunc(live(data, medium), func(p contest.Product) bool {
			return p.Price >= price || !strings.Contains(p.Name, "oak") || p.SKU == nil || !strings.HasPrefix(*p.SKU, "HOME")
		})
		slices.SortFunc(want, func(a, b contest.Product) int {
			return cmp.Or(cmp.Compare(a.Price, b.Price), cmp.Compare(a.ID, b.ID))
		})
		same(t, got, err, want)
		if len(want) == 0 {
			t.Error("no product matches")
		}
	})
}

func openHand(t *testing.T, data *dataset.Dataset) *contest.Contestant {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+t.TempDir()+"/test.db?_foreign_keys=on&_synchronous=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := dataset.Replay(t.Context(), db, "../schema"); err != nil {
		t.Fatal(err)
	}
	if err := data.Store(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	c, err := hand.Open(t.Context(), db, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// live are the products of an organization that are not deleted, newest first.
func live(data *dataset.Dataset, organization string) []contest.Product {
	products := slices.DeleteFunc(slices.Clone(data.Products), func(p contest.Product) bool {
		return p.OrganizationID != organization || p.DeletedAt != nil
	})
	slices.SortFunc(products, func(a, b contest.Product) int {
		return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return products
}

func withCreator(data *dataset.Dataset) func(contest.Product) contest.ProductWithCreator {
	return func(p contest.Product) contest.ProductWithCreator {
		row := contest.ProductWithCreator{Product: p}
		for _, u := range data.Users {
			if p.CreatedBy != nil && *p.CreatedBy == u.ID {
				row.Creator = &contest.Creator{ID: u.ID, Name: u.Name, Email: u.Email}
			}
		}
		return row
	}
}

func same(t *testing.T, got any, err error, want any) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%.2000s", diff)
	}
}
