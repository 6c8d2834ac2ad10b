package gen_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// walk reads all pages of a query, forwards or backwards, and returns the keys
// of the rows. It follows cursors to the end, where one is missing.
func walk(t *testing.T, query *gen.ProductQuery, size int, backwards bool) []gen.ProductID {
	t.Helper()
	ctx := t.Context()
	first, err := query.Page(ctx, gen.PageRequest{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	if first.Prev != "" {
		t.Errorf("the first page has a page before")
	}
	pages := []gen.Page[gen.Product]{first}
	for last := first; last.Next != ""; last = pages[len(pages)-1] {
		page, err := query.Page(ctx, gen.PageRequest{Size: size, After: last.Next})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) == 0 || len(last.Rows) != size || page.Prev == "" || len(pages) > 1000 {
			t.Fatalf("after a page of %d of %d rows comes %+v", len(last.Rows), size, page)
		}
		pages = append(pages, page)
	}
	if backwards {
		for page := pages[len(pages)-1]; page.Prev != ""; page = pages[0] {
			page, err = query.Page(ctx, gen.PageRequest{Size: size, Before: page.Prev})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Rows) == 0 || page.Next == "" || len(pages) > 2000 {
				t.Fatalf("before a page comes %+v", page)
			}
			pages = slices.Insert(pages, 0, page)
		}
		pages = pages[:len(pages)/2] // all but the last, on the way back
	}
	keys := []gen.ProductID{}
	for _, page := range pages {
		for _, row := range page.Rows {
			keys = append(keys, row.ID)
		}
	}
	return keys
}

// Pages of any size, in any order and either direction, are the rows that the
// model finds: none twice and none left out, whatever is NULL or equal.
func TestPagesAreAsTheModelSays(t *testing.T) {
	r := newRelated(t, 7, 16)
	for o, job := range r.jobs {
		m := newModel(t, r.db, organizations[o])
		random := &wishes{rand.New(rand.NewPCG(9, uint64(o))), m}
		columns := reflect.ValueOf(gen.Products)
		for range 40 {
			w := wish{table: "product", limit: -1}
			if random.chance(30) {
				w.where = append(w.where, random.condition("product"))
			}
			query := w.refine(reflect.ValueOf(job.Products.Where())).Interface().(*gen.ProductQuery)
			descending := false
			for range random.IntN(4) {
				s := sorting{pick(random, columnsOf("product")), random.chance(50)}
				w.order, descending = append(w.order, s), s.descending
				direction := map[bool]string{false: "Asc", true: "Desc"}[s.descending]
				query = query.OrderBy(columns.FieldByName(s.column).Elem().FieldByName(direction).Call(nil)[0].Interface().(gen.ProductOrdering))
			}
			w.order = append(w.order, sorting{"ID", descending}) // ties go with the last column
			want := []gen.ProductID{}
			rows := m.find(w, m.rows["product"])
			for i := range rows.Len() {
				want = append(want, gen.ProductID(rows.Index(i).FieldByName("ID").String()))
			}
			for _, size := range []int{1, 2, 3, len(want), len(want) + 1} {
				if size == 0 {
					continue
				}
				if got := walk(t, query, size, false); !slices.Equal(got, want) {
					t.Errorf("%v by %d: %v, want %v", w, size, got, want)
				}
				got := walk(t, query, size, true)
				if n := len(got); n >= len(want) || n < len(want)-size || !slices.Equal(got, want[:n]) {
					if len(want) > size { // else there is one page, and none before
						t.Errorf("%v by %d, backwards: %v, want %v", w, size, got, want)
					}
				}
			}
			each := []gen.ProductID{}
			for row, err := range query.Each(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				each = append(each, row.ID)
			}
			if !slices.Equal(each, want) {
				t.Errorf("each %v: %v, want %v", w, each, want)
			}
		}
	}
}

// products creates products of the prices 1 to n.
func products(t *testing.T, scope *gen.Scope, n int) {
	t.Helper()
	inputs := make([]gen.NewProduct, n)
	for i := range inputs {
		inputs[i] = gen.NewProduct{Name: "numbered", Price: int64(i + 1)}
	}
	must(scope.Products.CreateMany(t.Context(), inputs))
}

var numbered = gen.Products.Name.Eq("numbered")

func prices(rows []gen.Product) []int64 {
	list := []int64{}
	for _, row := range rows {
		list = append(list, row.Price)
	}
	return list
}

func TestPageSizes(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	products(t, w.a.Scope, 101)
	query := w.a.Products.Where(numbered).OrderBy(gen.Products.Price.Asc())
	for _, c := range []struct {
		size, rows int
		next       bool
	}{{0, 100, true}, {1, 1, true}, {100, 100, true}, {101, 101, false}, {102, 101, false}, {1 << 40, 101, false}} {
		page, err := query.Page(ctx, gen.PageRequest{Size: c.size})
		if err != nil || len(page.Rows) != c.rows || (page.Next != "") != c.next || page.Prev != "" {
			t.Errorf("size %d: %d rows, next %q, prev %q, %v", c.size, len(page.Rows), page.Next, page.Prev, err)
		}
	}
	none, err := query.Where(gen.Products.Price.LT(0)).Page(ctx, gen.PageRequest{})
	if err != nil || none.Rows == nil || len(none.Rows) > 0 || none.Next != "" || none.Prev != "" {
		t.Errorf("no rows: %+v, %v", none, err)
	}
	cursor := must(query.Page(ctx, gen.PageRequest{Size: 1})).Next
	for name, c := range map[string]struct {
		query   *gen.ProductQuery
		request gen.PageRequest
		text    string
	}{
		"negative size":      {query, gen.PageRequest{Size: -1}, "negative size"},
		"after and before":   {query, gen.PageRequest{After: cursor, Before: cursor}, "After and Before"},
		"limit":              {query.Limit(5), gen.PageRequest{}, "a page of a query with Limit or Offset"},
		"negative limit":     {query.Limit(-5), gen.PageRequest{}, "negative limit or offset"},
		"offset":             {query.Offset(5), gen.PageRequest{}, "a page of a query with Limit or Offset"},
		"zero ordering":      {query.OrderBy(gen.ProductOrdering{}), gen.PageRequest{}, "zero Ordering"},
		"negative offset":    {query.Offset(-1), gen.PageRequest{}, "negative limit or offset"},
		"after, of a limit":  {query.Limit(5), gen.PageRequest{After: cursor}, "a page of a query with Limit or Offset"},
		"negative and after": {query, gen.PageRequest{Size: -9, After: cursor}, "negative size"},
	} {
		page, err := c.query.Page(ctx, c.request)
		if page.Rows != nil || page.Next != "" || page.Prev != "" {
			t.Errorf("%s: %+v besides an error", name, page)
		}
		wantError(t, err, gen.ErrInvalid, "page product: invalid value ("+c.text+")")
	}
}

// A cursor is a place in the order: rows that come and go elsewhere, and even
// the row that it was made from, do not matter.
func TestPagesWhileRowsComeAndGo(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	products(t, w.a.Scope, 10)
	query := w.a.Products.Where(numbered).OrderBy(gen.Products.Price.Asc())
	page := must(query.Page(ctx, gen.PageRequest{Size: 4}))
	if err := w.a.Products.Delete(ctx, page.Rows[3].ID); err != nil { // the cursor's own
		t.Fatal(err)
	}
	for _, price := range []int64{0, 2, 100, 5} {
		must(w.a.Products.Create(ctx, gen.NewProduct{Name: "numbered", Price: price}))
	}
	must(w.a.Products.Where(gen.Products.Price.Eq(7)).Delete(ctx))
	second := must(query.Page(ctx, gen.PageRequest{Size: 4, After: page.Next}))
	if got, want := prices(second.Rows), []int64{5, 5, 6, 8}; !slices.Equal(got, want) {
		t.Errorf("the second page has %v, want %v", got, want)
	}
	before := must(query.Page(ctx, gen.PageRequest{Size: 4, Before: second.Prev}))
	if got, want := prices(before.Rows), []int64{1, 2, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("the page before has %v, want %v", got, want)
	}
	first := must(query.Page(ctx, gen.PageRequest{Size: 4, Before: before.Prev}))
	if got, want := prices(first.Rows), []int64{0}; !slices.Equal(got, want) || first.Prev != "" || first.Next == "" {
		t.Errorf("the first page has %v, want %v; %+v", got, want, first)
	}
	third := must(query.Page(ctx, gen.PageRequest{Size: 4, After: second.Next}))
	must(w.a.Products.Where(gen.Products.Price.GT(8)).Delete(ctx))
	gone := must(query.Page(ctx, gen.PageRequest{Size: 4, After: second.Next}))
	if got, want := prices(third.Rows), []int64{9, 10, 100}; !slices.Equal(got, want) || len(gone.Rows) != 0 || gone.Next != "" {
		t.Errorf("the third page has %v, want %v, and then %+v", got, want, gone)
	}
}

// A cursor of another query, of another organization or table, or with any
// byte changed, is ErrInvalid.
func TestForeignAndDamagedCursors(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, o := range []*organization{w.a, w.b} {
		products(t, o.Scope, 5)
	}
	p := gen.Products
	base := w.a.Products.Where(p.Name.Eq("a b"), p.Description.NE("c")).OrderBy(p.Price.Asc())
	must(w.a.Products.CreateMany(ctx, []gen.NewProduct{{Name: "a b", Description: new(string)}, {Name: "a b", Description: new(string)}}))
	cursor := must(base.Page(ctx, gen.PageRequest{Size: 1})).Next
	if cursor == "" {
		t.Fatal("no cursor")
	}
	refused := func(name string, query *gen.ProductQuery, cursor string) {
		t.Helper()
		for _, request := range []gen.PageRequest{{After: cursor}, {Before: cursor}} {
			page, err := query.Page(ctx, request)
			if page.Rows != nil || !errors.Is(err, gen.ErrInvalid) {
				t.Errorf("%s: %d rows, %v, want ErrInvalid", name, len(page.Rows), err)
			}
		}
	}
	for name, query := range map[string]*gen.ProductQuery{
		"other value":            w.a.Products.Where(p.Name.Eq("a"), p.Description.NE("c")).OrderBy(p.Price.Asc()),
		"values that join alike": w.a.Products.Where(p.Name.Eq("a"), p.Description.NE("b c")).OrderBy(p.Price.Asc()),
		"other operator":         w.a.Products.Where(p.Name.LTE("a b"), p.Description.NE("c")).OrderBy(p.Price.Asc()),
		"other column":           w.a.Products.Where(p.SKU.Eq("a b"), p.Description.NE("c")).OrderBy(p.Price.Asc()),
		"fewer predicates":       w.a.Products.Where(p.Name.Eq("a b")).OrderBy(p.Price.Asc()),
		"more predicates":        base.Where(p.ID.NotNull()),
		"other direction":        w.a.Products.Where(p.Name.Eq("a b"), p.Description.NE("c")).OrderBy(p.Price.Desc()),
		"other order":            w.a.Products.Where(p.Name.Eq("a b"), p.Description.NE("c")).OrderBy(p.Name.Asc()),
		"longer order":           base.OrderBy(p.Name.Asc()),
		"no order":               w.a.Products.Where(p.Name.Eq("a b"), p.Description.NE("c")),
		"other organization":     w.b.Products.Where(p.Name.Eq("a b"), p.Description.NE("c")).OrderBy(p.Price.Asc()),
	} {
		refused(name, query, cursor)
	}
	for name, query := range map[string]*gen.ProductQuery{
		"select": base.Select(p.Name), "with": base.With(p.Creator), "built again": w.a.Products.OrderBy(p.Price.Asc()).Where(p.Name.Eq("a b")).Where(p.Description.NE("c")),
	} {
		if page, err := query.Page(ctx, gen.PageRequest{After: cursor}); err != nil || len(page.Rows) != 1 {
			t.Errorf("%s: %+v, %v, want the other row", name, page, err)
		}
	}
	number := w.a.Products.Where(p.Price.Eq(1))
	if one := must(number.Page(ctx, gen.PageRequest{Size: 1})); one.Next != "" {
		t.Errorf("one row, and the cursor %q", one.Next)
	}
	_, err := w.a.Teams.Page(ctx, gen.PageRequest{After: cursor})
	wantError(t, err, gen.ErrInvalid, "page team: invalid value: not a cursor of this query")

	for i := range cursor {
		for c := range 256 {
			if damaged := cursor[:i] + string([]byte{byte(c)}) + cursor[i+1:]; damaged != cursor {
				if page, err := base.Page(ctx, gen.PageRequest{After: damaged}); page.Rows != nil || !errors.Is(err, gen.ErrInvalid) {
					t.Errorf("byte %d changed from %q to %q: %v, want ErrInvalid", i, cursor[i], byte(c), err)
				}
			}
		}
		refused("cut", base, cursor[:max(i, 1)])
		refused("beheaded", base, cursor[i+1:]+"A")
	}
	payload := must(base64.RawURLEncoding.DecodeString(cursor))
	for name, forged := range map[string]string{
		"something else": "nonsense", "padding": cursor + "=", "twice": cursor + cursor, "other alphabet": "+/" + cursor,
		"no checksum":  base64.RawURLEncoding.EncodeToString(payload[8:]),
		"zero":         base64.RawURLEncoding.EncodeToString(append(make([]byte, 8), payload[8:]...)),
		"fewer values": base64.RawURLEncoding.EncodeToString(append(slices.Clone(payload[:8]), "[1]"...)),
	} {
		refused(name, base, forged)
	}
}

// Each reads everything in order, holds no connection while the loop runs, and
// stops when the loop does.
func TestEach(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	const n = 1203 // more than it reads at a time
	products(t, w.a.Scope, n)
	w.db.SetMaxOpenConns(1)
	query := w.a.Products.Where(numbered).OrderBy(gen.Products.Price.Desc())
	read := func(q *gen.ProductQuery, body func(i int, p gen.Product) bool) int {
		t.Helper()
		i := 0
		for p, err := range q.Each(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			if i++; !body(i-1, p) {
				break
			}
		}
		return i
	}
	order := func(i int, p gen.Product) bool {
		if p.Price != int64(n-i) {
			t.Errorf("row %d has price %d", i, p.Price)
			return false
		}
		return true
	}
	if got := read(query, order); got != n {
		t.Errorf("%d rows, want %d", got, n)
	}
	for _, limit := range []int{0, 1, 499, 500, 501, 1000, 1001, n, n + 1} {
		if got := read(query.Limit(limit), order); got != min(limit, n) {
			t.Errorf("Limit(%d): %d rows", limit, got)
		}
	}
	if got := read(query.Offset(600).Limit(550), func(i int, p gen.Product) bool { return order(i+600, p) }); got != 550 {
		t.Errorf("Offset and Limit: %d rows, want 550", got)
	}
	if got := read(query.Offset(n), order); got != 0 {
		t.Errorf("Offset past the end: %d rows", got)
	}
	if got := read(query, func(i int, _ gen.Product) bool { return i < 700 }); got != 701 {
		t.Errorf("broken out of after 701, at %d", got)
	}
	with := query.With(gen.Products.Creator).Limit(3)
	if got := read(with, func(_ int, p gen.Product) bool { return p.Creator != nil && p.Creator.ID == w.a.owner }); got != 3 {
		t.Errorf("With: stopped at row %d", got)
	}
	// The loop changes the very rows that it is about to read.
	read(query, func(i int, p gen.Product) bool {
		row, err := w.a.Products.Update(ctx, p.ID, gen.Products.SKU.Set(fmt.Sprint("sku-", i)))
		if err != nil || row.Price != p.Price {
			t.Fatalf("Update in a loop: %v", err)
		}
		return i < 600
	})
	if got := must(w.a.Products.Where(gen.Products.SKU.HasPrefix("sku-")).Count(ctx)); got != 601 {
		t.Errorf("the loop changed %d rows, want 601", got)
	}
}

// An error comes last, alone.
func TestEachFails(t *testing.T) {
	w := newWorld(t)
	products(t, w.a.Scope, 700)
	ctx, cancel := context.WithCancel(t.Context())
	var failures []error
	rows := 0
	for p, err := range w.a.Products.Where(numbered).Each(ctx) {
		if err != nil {
			failures = append(failures, err)
			if !reflect.ValueOf(p).IsZero() {
				t.Errorf("an error, and the row %+v", p)
			}
			continue
		}
		if rows++; rows == 10 {
			cancel()
		}
	}
	if len(failures) != 1 || !errors.Is(failures[0], context.Canceled) || rows < 10 {
		t.Errorf("%d rows, then %v, want context.Canceled once", rows, failures)
	}
	cancel()
	for p, err := range w.a.Products.Where().Limit(-1).Each(t.Context()) {
		wantError(t, err, gen.ErrInvalid, "each product: invalid value (negative limit or offset)")
		if !reflect.ValueOf(p).IsZero() {
			t.Errorf("an error, and the row %+v", p)
		}
	}
}

// Pages go through rows that JSON cannot hold, too.
func TestPagesOfBlobs(t *testing.T) {
	w := newWorld(t)
	products(t, w.a.Scope, 6)
	w.exec(t, `UPDATE product SET description = CASE price WHEN 1 THEN x'00ff' WHEN 2 THEN x'5a' WHEN 3 THEN '00FF' WHEN 4 THEN 'Z' WHEN 5 THEN '' END`)
	for name, c := range map[string]struct {
		order gen.ProductOrdering
		want  []int64
	}{
		"ascending":  {gen.Products.Description.Asc(), []int64{6, 5, 3, 4, 1, 2}}, // NULL, text, BLOB
		"descending": {gen.Products.Description.Desc(), []int64{2, 1, 4, 3, 5, 6}},
	} {
		got := []int64{}
		request := gen.PageRequest{Size: 1}
		for range 10 {
			page := must(w.a.Products.Where(numbered).OrderBy(c.order).Page(t.Context(), request))
			got = append(got, prices(page.Rows)...)
			if request.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Text of any kind is a place in an order.
func TestPagesOfNastyText(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	distinct := slices.Compact(slices.Sorted(slices.Values(nasty)))
	var inputs []gen.NewProduct
	for _, text := range distinct {
		inputs = append(inputs, gen.NewProduct{Name: "numbered", Description: &text})
	}
	must(w.a.Products.CreateMany(ctx, inputs))
	for _, size := range []int{1, 7} {
		var got []string
		request := gen.PageRequest{Size: size}
		for range distinct {
			page := must(w.a.Products.Where(numbered).OrderBy(gen.Products.Description.Asc()).Page(ctx, request))
			for _, row := range page.Rows {
				got = append(got, *row.Description)
			}
			if request.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(got, distinct) {
			t.Errorf("by %d: %q, want %q", size, got, distinct)
		}
	}
	if huge := strings.Repeat("x", 1<<20); must(w.a.Products.Create(ctx, gen.NewProduct{Name: huge})).Name != huge {
		t.Error("Create")
	}
	pages := 0
	for request := (gen.PageRequest{Size: 1}); ; pages++ { // cursors as long as their values
		page := must(w.a.Products.OrderBy(gen.Products.Name.Asc()).Page(ctx, request))
		if request.After = page.Next; page.Next == "" {
			break
		}
	}
	if want := int(must(w.a.Products.Count(ctx))) - 1; pages != want {
		t.Errorf("%d cursors, want %d", pages, want)
	}
}
