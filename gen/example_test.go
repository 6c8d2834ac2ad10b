package gen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/rowhouse/rowhouse/gen"
)

// example is a store with the organizations North, of Ada, and South, of Bob.
func example() (store *gen.Store, north, south *gen.Scope, closeAll func()) {
	folder, err := os.MkdirTemp("", "gen-*")
	if err != nil {
		log.Fatal(err)
	}
	db := must(newDatabase(folder))
	ctx := context.Background()
	store = must(gen.Open(ctx, db))
	sys := store.System("sign-up")
	enter := func(user, organization string) *gen.Scope {
		u := must(sys.Users.Create(ctx, gen.NewUser{Name: user, Email: user + "@example.com"}))
		o := must(sys.Organizations.Create(ctx, gen.NewOrganization{Name: organization, Slug: organization}))
		must(must(sys.InOrganization(ctx, o.ID)).Members.Create(ctx, gen.NewMember{UserID: u.ID, Role: "owner"}))
		return must(store.Enter(ctx, u.ID, o.ID))
	}
	north, south = enter("Ada", "North"), enter("Bob", "South")
	return store, north, south, func() {
		_ = store.Close()
		_ = db.Close()
		_ = os.RemoveAll(folder)
	}
}

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "gen-*")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	db, err := newDatabase(folder) // sql.Open, with foreign keys enforced, and the schema
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()

	store, err := gen.Open(context.Background(), db)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()

	_, err = store.Enter(context.Background(), "nobody", "nowhere")
	fmt.Println(err)
	// Output: enter: not a member
}

func ExampleStore_Enter() {
	store, north, south, done := example()
	defer done()
	ctx := context.Background()

	// The request's session says who asks, its URL says where.
	scope, err := store.Enter(ctx, north.UserID(), north.OrganizationID())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("entered as", scope.Role())

	_, err = store.Enter(ctx, north.UserID(), south.OrganizationID())
	fmt.Println(errors.Is(err, gen.ErrNotMember))
	// Output:
	// entered as owner
	// true
}

func ExampleScope() {
	_, north, south, done := example()
	defer done()
	ctx := context.Background()

	lamp, err := north.Products.Create(ctx, gen.NewProduct{Name: "Lamp", Price: 4900})
	if err != nil {
		log.Fatal(err)
	}
	lamp, err = north.Products.Update(ctx, lamp.ID, gen.Products.Price.Set(3900))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lamp.Name, lamp.Price, *lamp.UpdatedBy == north.UserID())

	_, err = south.Products.Get(ctx, lamp.ID) // another organization's
	fmt.Println(err)
	// Output:
	// Lamp 3900 true
	// get product: not found
}

func ExampleProductQuery() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	for name, price := range map[string]int64{"Desk lamp": 4900, "Floor lamp": 12900, "Lamp shade": 1900, "Table": 19900} {
		must(north.Products.Create(ctx, gen.NewProduct{Name: name, Price: price}))
	}

	lamps := north.Products.Where(gen.Products.Name.Contains("lamp"))
	cheap := lamps.Where(gen.Products.Price.LT(10000))
	rest := north.Products.Where(gen.Or(
		gen.Products.Name.HasPrefix("Lamp"),
		gen.Not(gen.Products.Price.Between(0, 10000)),
	))
	for _, query := range []*gen.ProductQuery{lamps, cheap, rest} {
		products, err := query.OrderBy(gen.Products.Price.Desc()).Limit(50).All(ctx)
		if err != nil {
			log.Fatal(err)
		}
		var names []string
		for _, p := range products {
			names = append(names, p.Name)
		}
		fmt.Printf("%q\n", names)
	}
	// Output:
	// ["Floor lamp" "Desk lamp"]
	// ["Desk lamp"]
	// ["Table" "Floor lamp" "Lamp shade"]
}

func ExampleStore_System() {
	store, north, _, done := example()
	defer done()
	ctx := context.Background()

	sys := store.System("nightly report")
	ada, err := sys.Users.Where(gen.Users.Email.Eq("Ada@example.com")).Only(ctx)
	if err != nil {
		log.Fatal(err)
	}
	job, err := sys.InOrganization(ctx, north.OrganizationID())
	if err != nil {
		log.Fatal(err)
	}
	members, err := job.Members.Where(gen.Members.UserID.Eq(ada.ID)).Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sys.Reason(), members)

	_, err = store.System("").Users.Count(ctx) // no reason, no rows
	fmt.Println(err)
	// Output:
	// nightly report 1
	// count user: no scope
}

func ExampleActor_Organizations() {
	store, north, _, done := example()
	defer done()

	organizations, err := store.As(north.UserID()).Organizations(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range organizations {
		fmt.Println(o.Name)
	}
	// Output: North
}

func ExampleSecret() {
	token := gen.Secret("9f1c")
	fmt.Println(token)
	fmt.Println(token.Reveal())
	// Output:
	// [redacted]
	// 9f1c
}

func ExampleProductQuery_With() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	must(north.Products.Create(ctx, gen.NewProduct{Name: "Lamp", Price: 4900}))

	products, err := north.Products.
		Where(gen.Products.Price.LT(5000)).
		With(gen.Products.Creator.Select(gen.Users.ID, gen.Users.Name)).
		All(ctx) // one statement
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range products {
		fmt.Println(p.Name, "by", p.Creator.Name)
	}
	// Output: Lamp by Ada
}

func ExampleScope_Organization() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	team := must(north.Teams.Create(ctx, gen.NewTeam{Name: "Sales"}))
	must(north.TeamMembers.Create(ctx, gen.NewTeamMember{TeamID: team.ID, UserID: north.UserID()}))

	o, err := north.Organization(ctx,
		gen.Organizations.Members.With(gen.Members.User),
		gen.Organizations.Teams.With(gen.Teams.Members.With(gen.TeamMembers.User)),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range o.Members {
		fmt.Println(o.Name, m.User.Name, m.Role)
	}
	for _, t := range o.Teams {
		fmt.Println(t.Name, t.Members[0].User.Name)
	}
	// Output:
	// North Ada owner
	// Sales Ada
}

func ExampleProductTable_Load() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	products := must(north.Products.CreateMany(ctx, []gen.NewProduct{{Name: "Lamp"}, {Name: "Table"}}))

	// One statement for all rows that one has already.
	if err := north.Products.LoadCreator(ctx, products); err != nil {
		log.Fatal(err)
	}
	for _, p := range products {
		fmt.Println(p.Name, "by", p.Creator.Name)
	}
	// Output:
	// Lamp by Ada
	// Table by Ada
}

func ExampleProductQuery_Page() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	for i := range 5 {
		must(north.Products.Create(ctx, gen.NewProduct{Name: fmt.Sprint("Lamp ", i+1), Price: 4900}))
	}

	query := north.Products.OrderBy(gen.Products.Price.Asc(), gen.Products.Name.Asc())
	request := gen.PageRequest{Size: 2}
	for {
		page, err := query.Page(ctx, request)
		if err != nil {
			log.Fatal(err)
		}
		for _, p := range page.Rows {
			fmt.Print(p.Name, ", ")
		}
		fmt.Println("more:", page.Next != "")
		if page.Next == "" {
			break
		}
		request.After = page.Next // what a client sends back
	}
	// Output:
	// Lamp 1, Lamp 2, more: true
	// Lamp 3, Lamp 4, more: true
	// Lamp 5, more: false
}

func ExampleProductQuery_Each() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	must(north.Products.CreateMany(ctx, []gen.NewProduct{{Name: "Lamp", Price: 4900}, {Name: "Table", Price: 19900}}))

	for p, err := range north.Products.OrderBy(gen.Products.Price.Desc()).Each(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Name) // the loop may use the store, and may be broken out of
	}
	// Output:
	// Table
	// Lamp
}

func ExampleProductTable_CreateMany() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()

	products, err := north.Products.CreateMany(ctx, []gen.NewProduct{
		{Name: "Lamp", Price: 4900},
		{Name: "Table", Price: 19900},
	})
	if err != nil {
		log.Fatal(err) // and none was created
	}
	for _, p := range products {
		fmt.Println(p.Name, p.Price, *p.CreatedBy == north.UserID())
	}
	// Output:
	// Lamp 4900 true
	// Table 19900 true
}

func ExampleProductTable_Upsert() {
	_, north, south, done := example()
	defer done()
	ctx := context.Background()

	sku := "L-1"
	for _, input := range []gen.NewProduct{{Name: "Lamp", SKU: &sku, Price: 4900}, {Name: "Lamp", SKU: &sku, Price: 3900}} {
		p, err := north.Products.Upsert(ctx, input, gen.Products.SKU)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Name, p.Price)
	}
	// Another organization's row with the same SKU is another row.
	p := must(south.Products.Upsert(ctx, gen.NewProduct{Name: "Lantern", SKU: &sku}, gen.Products.SKU))
	fmt.Println(p.Name, must(north.Products.Count(ctx)), must(south.Products.Count(ctx)))
	// Output:
	// Lamp 4900
	// Lamp 3900
	// Lantern 1 1
}

func ExampleProductQuery_Update() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()
	must(north.Products.CreateMany(ctx, []gen.NewProduct{{Name: "Lamp", Price: 10}, {Name: "Desk lamp", Price: 20}, {Name: "Table", Price: 30}}))

	lamps := north.Products.Where(gen.Products.Name.Contains("amp"))
	changed, err := lamps.Update(ctx, gen.Products.Price.Set(15))
	if err != nil {
		log.Fatal(err)
	}
	deleted, err := lamps.Where(gen.Products.Name.HasPrefix("Desk")).Delete(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed, deleted)
	// Output: 2 1
}

func ExampleScope_InTx() {
	_, north, _, done := example()
	defer done()
	ctx := context.Background()

	errNoMoney := errors.New("no money")
	err := north.InTx(ctx, func(tx *gen.Scope) error {
		if _, err := tx.Products.Create(ctx, gen.NewProduct{Name: "Lamp"}); err != nil {
			return err
		}
		return errNoMoney // nothing remains
	})
	fmt.Println(err, must(north.Products.Count(ctx)))
	// Output: no money 0
}

func ExampleStore_InTx() {
	store, _, _, done := example()
	defer done()
	ctx := context.Background()

	// A user, an organization and a membership: all, or none of them.
	err := store.InTx(ctx, func(tx *gen.Store) error {
		sys := tx.System("sign-up")
		user, err := sys.Users.Create(ctx, gen.NewUser{Name: "Eve", Email: "eve@example.com"})
		if err != nil {
			return err
		}
		organization, err := sys.Organizations.Create(ctx, gen.NewOrganization{Name: "East", Slug: "east"})
		if err != nil {
			return err
		}
		job, err := sys.InOrganization(ctx, organization.ID)
		if err != nil {
			return err
		}
		_, err = job.Members.Create(ctx, gen.NewMember{UserID: user.ID, Role: "owner"})
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(store.System("example").Users.Count(ctx)))
	// Output: 3
}

func ExampleSystem_ImportOrganization() {
	store, north, _, done := example()
	defer done()
	ctx := context.Background()
	must(north.Products.Create(ctx, gen.NewProduct{Name: "Lamp"}))
	sys := store.System("a copy to try things on")

	var archive bytes.Buffer
	if _, err := sys.ExportOrganization(ctx, north.OrganizationID(), &archive); err != nil {
		log.Fatal(err)
	}
	copied, err := sys.ImportOrganization(ctx, &archive, gen.NewIDs(),
		gen.WithChanges(gen.Organizations.Slug.Set("north-copy")))
	if err != nil {
		log.Fatal(err)
	}
	erased, err := sys.EraseOrganization(ctx, north.OrganizationID())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(copied.Total(), "rows copied,", erased.Total(), "erased")
	// Output: 3 rows copied, 3 erased
}
