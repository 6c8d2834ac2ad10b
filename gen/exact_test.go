package gen_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// nasty are texts that something on the way might change.
var nasty = []string{
	"", " ", "\x00", "a\x00b", "\x00\x00", "'", `"`, `\`, `\\`, `\"`, `\u0041`, `\x41`, "\\\x00", "a\nb\r\n\tc", "\b\f\v\x1b\x7f",
	"null", "true", "0", "-1", "1e999", "0x10", "[]", "{}", "[1,", `{"a":1}`, `",1]`, `"]["`, "' OR 1=1 --", "?1", "%_", "NaN",
	"ü", "日本語", "😀👩‍👩‍👧", "\u2028\u2029", "\ufeff", "\ufffd", "\U0010ffff", "e\u0301", "\u0085\u00a0",
	"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xffb", "\xe6\x97", "\"\xff\\", "\x80\x00\x81",
}

// random makes up values, most of them nasty ones.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, seed))} }

func (r random) text() string {
	switch r.IntN(4) {
	case 0:
		return nasty[r.IntN(len(nasty))]
	case 1:
		return nasty[r.IntN(len(nasty))] + nasty[r.IntN(len(nasty))]
	case 2:
		return strings.Repeat(nasty[r.IntN(len(nasty))], r.IntN(50))
	}
	bytes := make([]byte, r.IntN(20))
	for i := range bytes {
		bytes[i] = byte(r.Uint32())
	}
	return string(bytes)
}

func (r random) maybe() *string {
	if r.IntN(4) == 0 {
		return nil
	}
	text := r.text()
	return &text
}

func (r random) integer() int64 {
	extremes := []int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64, math.MaxInt64 - 1, 0, -1, 1 << 53, 1<<53 + 1, -1<<53 - 1, 999999999999999999, -1e18}
	if r.IntN(2) == 0 {
		return extremes[r.IntN(len(extremes))]
	}
	return int64(r.Uint64())
}

// product makes up a product whose SKU no other one has.
func (r random) product(n int) gen.NewProduct {
	sku := fmt.Sprint(n, ":", r.text())
	return gen.NewProduct{Name: r.text(), Description: r.maybe(), SKU: &sku, Price: r.integer()}
}

// exact is what of a product comes from its input.
type exact struct{ name, description, sku, price string }

func exactly(name string, description, sku *string, price int64) exact {
	show := func(text *string) string {
		if text == nil {
			return "NULL"
		}
		return fmt.Sprintf("%x", *text)
	}
	return exact{show(&name), show(description), show(sku), fmt.Sprint(price)}
}

// paths are all ways to read the product with a key.
func paths(scope *gen.Scope, id gen.ProductID) map[string]func(context.Context) (*gen.Product, error) {
	query := scope.Products.Where(gen.Products.ID.Eq(id))
	one := func(rows []gen.Product, err error) (*gen.Product, error) {
		if err != nil || len(rows) != 1 {
			return nil, fmt.Errorf("%d rows: %w", len(rows), err)
		}
		return &rows[0], nil
	}
	of := func(o *gen.Organization, err error) (*gen.Product, error) {
		if err != nil {
			return nil, err
		}
		return one(o.Products, nil)
	}
	load := func(ctx context.Context) (*gen.Product, error) {
		members := must(scope.Members.Where(gen.Members.UserID.Eq(scope.UserID())).All(ctx))
		err := scope.Members.Load(ctx, members, gen.Members.Organization.With(gen.Organizations.Products.Where(gen.Products.ID.Eq(id)).Limit(2)))
		return of(members[0].Organization, err)
	}
	return map[string]func(context.Context) (*gen.Product, error){
		"Get": func(ctx context.Context) (*gen.Product, error) { return scope.Products.Get(ctx, id) },
		"All": func(ctx context.Context) (*gen.Product, error) { return one(query.All(ctx)) },
		"ordered": func(ctx context.Context) (*gen.Product, error) {
			return one(query.OrderBy(gen.Products.Name.Asc()).All(ctx))
		},
		"First": query.First,
		"Only":  query.Only,
		"Page": func(ctx context.Context) (*gen.Product, error) {
			page, err := query.OrderBy(gen.Products.Description.Desc()).Page(ctx, gen.PageRequest{})
			return one(page.Rows, err)
		},
		"Each": func(ctx context.Context) (*gen.Product, error) {
			for row, err := range query.Each(ctx) {
				return &row, err
			}
			return nil, gen.ErrNotFound
		},
		"With":         query.With(gen.Products.Creator, gen.Products.Organization).First,
		"With refined": query.With(gen.Products.Creator.OrderBy(gen.Users.ID.Asc())).First,
		"in With": func(ctx context.Context) (*gen.Product, error) {
			return of(scope.Organization(ctx, gen.Organizations.Products.Where(gen.Products.ID.Eq(id))))
		},
		"in With, ordered": func(ctx context.Context) (*gen.Product, error) {
			return of(scope.Organization(ctx, gen.Organizations.Products.Where(gen.Products.ID.Eq(id)).OrderBy(gen.Products.SKU.Asc())))
		},
		"in Load": load,
	}
}

// Rows come back as they were written, byte by byte, whatever the path.
func TestRowsAreExact(t *testing.T) {
	w := newWorld(t)
	scope, ctx := w.a.Scope, t.Context()
	random := newRandom(1)
	want := map[gen.ProductID]exact{}
	compare := func(path string, row *gen.Product, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if got := exactly(row.Name, row.Description, row.SKU, row.Price); got != want[row.ID] {
			t.Errorf("%s of %q:\ngot  %v\nwant %v", path, row.ID, got, want[row.ID])
		}
	}
	product := func() (gen.NewProduct, gen.ProductID) {
		p := random.product(len(want))
		id := gen.ProductID(fmt.Sprint(len(want), ":", random.text()))
		want[id] = exactly(p.Name, p.Description, p.SKU, p.Price)
		return p.WithID(id), id
	}

	for range 150 {
		p, id := product()
		row, err := scope.Products.Create(ctx, p)
		compare("Create", row, err)

		changed, upserted := random.product(len(want)), random.product(len(want)).WithID(id)
		changed.SKU, upserted.SKU = p.SKU, p.SKU
		want[id] = exactly(changed.Name, p.Description, changed.SKU, changed.Price)
		row, err = scope.Products.Update(ctx, id, gen.Products.Name.Set(changed.Name), gen.Products.Price.Set(changed.Price))
		compare("Update", row, err)
		want[id] = exactly(upserted.Name, upserted.Description, upserted.SKU, upserted.Price)
		row, err = scope.Products.Upsert(ctx, upserted)
		compare("Upsert", row, err)
		upserted.Price++
		want[id] = exactly(upserted.Name, upserted.Description, upserted.SKU, upserted.Price)
		row, err = scope.Products.Upsert(ctx, upserted.WithID("another"), gen.Products.SKU)
		compare("Upsert of the SKU", row, err)
		if changed.Description != nil {
			want[id] = exactly(upserted.Name, changed.Description, upserted.SKU, upserted.Price)
			if n, err := scope.Products.Where(gen.Products.SKU.Eq(*p.SKU)).Update(ctx, gen.Products.Description.Set(*changed.Description)); n != 1 || err != nil {
				t.Errorf("Update of a query: %d, %v", n, err)
			}
		}
	}
	var inputs []gen.NewProduct
	var ids []gen.ProductID
	for range 150 {
		p, id := product()
		inputs, ids = append(inputs, p), append(ids, id)
	}
	rows, err := scope.Products.CreateMany(ctx, inputs)
	if len(rows) != len(inputs) || err != nil {
		t.Fatalf("CreateMany: %d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if row.ID != ids[i] {
			t.Errorf("CreateMany: row %d is %q, want %q", i, row.ID, ids[i])
		}
		compare("CreateMany", &row, nil)
	}

	for id := range want {
		for path, read := range paths(scope, id) {
			row, err := read(ctx)
			if err == nil && row.ID != id {
				t.Errorf("%s of %q: another row, %q", path, id, row.ID)
			}
			compare(path, row, err)
		}
	}
}

// Values are found by what they are, byte by byte.
func TestPredicatesAreExact(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var inputs []gen.NewProduct
	distinct := slices.Compact(slices.Sorted(slices.Values(nasty)))
	for _, text := range distinct {
		inputs = append(inputs, gen.NewProduct{Name: "x", Description: &text})
	}
	must(w.a.Products.CreateMany(ctx, inputs))
	for _, text := range distinct {
		column := gen.Products.Description
		for name, predicate := range map[string]gen.ProductPredicate{
			"Eq": column.Eq(text), "In": column.In(text), "Between": column.Between(text, text),
			"GTE and LTE": gen.And(column.GTE(text), column.LTE(text)),
		} {
			row, err := w.a.Products.Where(predicate).Only(ctx)
			if err != nil || *row.Description != text {
				t.Errorf("%s %q: %v", name, text, err)
			}
		}
		contain, begin := 0, 0
		for _, other := range distinct {
			if strings.Contains(other, text) {
				contain++
			}
			if strings.HasPrefix(other, text) {
				begin++
			}
		}
		if n := must(w.a.Products.Where(column.Contains(text)).Count(ctx)); n != int64(contain) {
			t.Errorf("Contains %q finds %d, want %d", text, n, contain)
		}
		if n := must(w.a.Products.Where(column.HasPrefix(text)).Count(ctx)); n != int64(begin) {
			t.Errorf("HasPrefix %q finds %d, want %d", text, n, begin)
		}
	}
}

// Values of some megabytes, beside others.
func TestHugeValues(t *testing.T) {
	w := newWorld(t)
	scope, ctx := w.a.Scope, t.Context()
	huge := strings.Repeat("\x00\"\\\xffü😀 lamp", 3<<20/16)
	small := "small"
	inputs := []gen.NewProduct{{Name: huge}, {Name: "a", Description: &small}, {Name: "b", Description: &huge}, {Name: small}}
	rows, err := scope.Products.CreateMany(ctx, inputs)
	if err != nil {
		t.Fatal(err)
	}
	row, err := scope.Products.Create(ctx, gen.NewProduct{Name: huge, Description: &huge})
	if err != nil {
		t.Fatal(err)
	}
	inputs, rows = append(inputs, gen.NewProduct{Name: huge, Description: &huge}), append(rows, *row)
	for i, input := range inputs {
		want := exactly(input.Name, input.Description, nil, 0)
		if got := exactly(rows[i].Name, rows[i].Description, rows[i].SKU, rows[i].Price); got != want {
			t.Errorf("row %d differs as it is returned", i)
		}
		if i%4 > 0 {
			continue // one row whose name is huge, and one with more
		}
		for path, read := range paths(scope, rows[i].ID) {
			row, err := read(ctx)
			if err != nil {
				t.Errorf("row %d, %s: %v", i, path, err)
			} else if exactly(row.Name, row.Description, row.SKU, row.Price) != want {
				t.Errorf("row %d differs in %s", i, path)
			}
		}
	}
}

// A BLOB in a column of text, which JSON cannot carry, and text that is none:
// tables that are not STRICT may hold both.
func TestBlobsInColumnsOfText(t *testing.T) {
	w := newWorld(t)
	scope, ctx := w.a.Scope, t.Context()
	insert := `INSERT INTO product (id, organization_id, name, description, sku, price, created_by, created_at, updated_at) VALUES `
	w.exec(t, insert+`('cast', ?1, CAST(x'00ff' AS TEXT), x'00ff22', 's', 1, ?2, 0, 0), ('blob', ?1, x'', NULL, x'5c', -9223372036854775808, ?2, 0, 0)`, w.a.id, w.a.owner)
	w.exec(t, `UPDATE user SET name = x'fe', image = CAST(x'00' AS TEXT) WHERE id = ?`, w.a.owner)
	text := func(s string) *string { return &s }
	want := map[gen.ProductID]exact{
		"cast": exactly("\x00\xff", text("\x00\xff\""), text("s"), 1),
		"blob": exactly("", nil, text(`\`), math.MinInt64),
	}
	check := func(scope *gen.Scope) {
		t.Helper()
		for id, want := range want {
			for path, read := range paths(scope, id) {
				row, err := read(ctx)
				if err != nil {
					t.Errorf("%s of %s: %v", path, id, err)
					continue
				}
				if got := exactly(row.Name, row.Description, row.SKU, row.Price); got != want || row.ID != id || row.OrganizationID != w.a.id {
					t.Errorf("%s of %s:\ngot  %v\nwant %v", path, id, got, want)
				}
				if row.Creator != nil && (row.Creator.ID != w.a.owner || row.Creator.Name != "\xfe" || *row.Creator.Image != "\x00") {
					t.Errorf("%s of %s: the creator is %+v", path, id, row.Creator)
				}
			}
		}
	}
	check(scope)

	// Beside rows without BLOBs, to every depth.
	o := must(scope.Organization(ctx, gen.Organizations.Products.With(gen.Products.Creator), gen.Organizations.Members.With(gen.Members.User.With(gen.Users.CreatedProducts))))
	if len(o.Products) != 4 || len(o.Members) != 3 {
		t.Errorf("Organization = %+v", o)
	}
	for _, p := range o.Products {
		if p.Creator == nil || p.Creator.Name != "\xfe" {
			t.Errorf("product %s has the creator %+v", p.ID, p.Creator)
		}
	}
	for _, m := range o.Members {
		if want := map[bool]int{true: 4}[m.UserID == w.a.owner]; len(m.User.CreatedProducts) != want {
			t.Errorf("%s made %+v, want %d", m.User.Email, m.User.CreatedProducts, want)
		}
	}
	rows := must(scope.Products.Where(gen.Products.ID.In("cast", "blob")).All(ctx))
	if err := scope.Products.LoadCreator(ctx, rows); err != nil || rows[0].Creator == nil || rows[1].Creator == nil {
		t.Errorf("LoadCreator = %+v, %v", rows, err)
	}

	// What changes such a row changes it once, also where the statement had to
	// run again to return it.
	change := func(scope *gen.Scope, price int64) {
		t.Helper()
		for id := range want {
			row, err := scope.Products.Update(ctx, id, gen.Products.Price.Set(price))
			if err != nil {
				t.Errorf("Update of %s: %v", id, err)
				continue
			}
			want[id] = exact{want[id].name, want[id].description, want[id].sku, fmt.Sprint(price)}
			if got := exactly(row.Name, row.Description, row.SKU, row.Price); got != want[id] {
				t.Errorf("Update of %s:\ngot  %v\nwant %v", id, got, want[id])
			}
		}
	}
	change(scope, 5)
	if err := scope.InTx(ctx, func(tx *gen.Scope) error {
		change(tx, 6)
		check(tx)
		return nil
	}); err != nil {
		t.Error(err)
	}
	check(scope)
	row, err := scope.Products.Upsert(ctx, gen.NewProduct{Name: "text", Price: 7}.WithID("cast"))
	if err != nil || row.Name != "text" || row.Description != nil || row.Price != 7 {
		t.Errorf("Upsert = %+v, %v", row, err)
	}
}
