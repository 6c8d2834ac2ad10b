package gen_test

import (
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
