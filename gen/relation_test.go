package gen_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// related is a database of two organizations that share their users, so that
// relations lead from one to the other wherever they are let.
type related struct {
	store *gen.Store
	db    *sql.DB
	count *counter
	jobs  []*gen.Scope // of each organization
}

var organizations = []gen.OrganizationID{"a", "b"}

func newRelated(t *testing.T, seed uint64, size int) *related {
	t.Helper()
	r := &related{}
	r.store, r.db, r.count = openCounting(t, func(db *sql.DB) { fill(t, db, rand.New(rand.NewPCG(seed, 1)), size) })
	for _, id := range organizations {
		r.jobs = append(r.jobs, must(r.store.System("tests").InOrganization(t.Context(), id)))
	}
	return r
}

// fill writes rows past the generated code, which would refuse some of them.
func fill(t *testing.T, db *sql.DB, random *rand.Rand, size int) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert := func(statement string, args ...any) {
		t.Helper()
		if _, err := tx.Exec(statement, args...); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	key := func(kind string, n int) string { return fmt.Sprintf("%s%d", kind, n) }
	maybe := func(value any) any {
		if random.IntN(4) == 0 {
			return nil
		}
		return value
	}
	user := func() string { return key("u", random.IntN(size)) }
	word := func() string { return []string{"", "lamp", "Lamp", "ü\x00", `"`}[random.IntN(5)] }
	for i := range size {
		insert(`INSERT INTO user (id, name, email, image, created_at, updated_at) VALUES (?, ?, ?, ?, 1, ?)`,
			key("u", i), word(), key("u", i)+"@example.com", maybe(word()), random.IntN(3))
	}
	for o, organization := range organizations {
		insert(`INSERT INTO organization (id, name, slug, metadata, created_at) VALUES (?, 'Acme', ?, '{}', 0)`, organization, organization)
		id := func(i int) int { return 2*i + o } // the organizations take turns
		for i := range size {
			insert(`INSERT INTO invitation (id, organization_id, inviter_id, email, role, expires_at, created_at) VALUES (?, ?, ?, ?, ?, 9, ?)`,
				key("i", id(i)), organization, user(), word(), maybe(word()), random.IntN(3))
			insert(`INSERT INTO member (id, organization_id, user_id, role, created_at) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
				key("m", id(i)), organization, user(), word())
			insert(`INSERT INTO organization_role (id, organization_id, role, permission, created_at, updated_at) VALUES (?, ?, ?, '', 0, ?)`,
				key("r", id(i)), organization, word(), maybe(random.IntN(3)))
			insert(`INSERT INTO product (id, organization_id, name, description, sku, price, created_by, updated_by, created_at, updated_at, deleted_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				key("p", id(i)), organization, word(), maybe(word()), maybe(key("s", i)), random.IntN(3), maybe(user()), maybe(user()), i, i, maybe(nil))
			insert(`INSERT INTO team (id, organization_id, name, created_at) VALUES (?, ?, ?, 0)`, key("t", id(i)), organization, word())
			for j := range 2 {
				insert(`INSERT INTO team_member (id, team_id, user_id, created_at) VALUES (?, ?, ?, ?)`,
					key("x", 2*id(i)+j), key("t", id(random.IntN(i+1))), user(), maybe(random.IntN(3)))
			}
		}
		insert(`UPDATE product SET deleted_at = 5 WHERE organization_id = ? AND price = 1`, organization)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// Relations to any depth, refined at random, yield what the model finds, by
// one statement.
func TestRelationsAreAsTheModelSays(t *testing.T) {
	for seed := range uint64(5) {
		r := newRelated(t, seed, 2+int(seed)*2)
		for o, job := range r.jobs {
			m := newModel(t, r.db, organizations[o])
			random := &wishes{rand.New(rand.NewPCG(seed, uint64(o))), m}
			for table, of := range modelled {
				for range 10 {
					w := random.wish(table, nil, 3)
					if of.handle != "" {
						handle := reflect.ValueOf(job).Elem().FieldByName(of.handle).Addr()
						r.compare(t, m, w, m.rows[table], func() []reflect.Value {
							return w.refine(handle.MethodByName("Where").Call(nil)[0]).MethodByName("All").Call([]reflect.Value{reflect.ValueOf(t.Context())})
						})
					} else if table == "organization" {
						w = wish{table: table, limit: -1, with: w.with}
						r.compare(t, m, w, m.rows[table], func() []reflect.Value {
							return inSlice(reflect.ValueOf(job.Organization).Call(append([]reflect.Value{reflect.ValueOf(t.Context())}, w.relations()...)))
						})
					}
				}
			}
		}
	}
}

// compare reads what a wish is for, which must be what the model finds among
// the rows of its table.
func (r *related) compare(t *testing.T, m *model, w wish, among reflect.Value, read func() []reflect.Value) {
	t.Helper()
	want := m.find(w, among)
	var results []reflect.Value
	if n := r.count.since(func() { results = read() }); n != 1 {
		t.Errorf("%v: %d statements, want one", w, n)
	}
	if err, _ := reflect.TypeAssert[error](results[1]); err != nil {
		t.Errorf("%v: %v", w, err)
		return
	}
	got := results[0]
	settle(w, got)
	settle(w, want)
	if !reflect.DeepEqual(got.Interface(), want.Interface()) {
		t.Errorf("in %s: %v\ngot  %s\nwant %s", m.tenant, w, inJSON(got), inJSON(want))
	}
}

// inSlice makes the row of (*R, error) a slice of one.
func inSlice(results []reflect.Value) []reflect.Value {
	slice := reflect.MakeSlice(reflect.SliceOf(results[0].Type().Elem()), 0, 1)
	if !results[0].IsNil() {
		slice = reflect.Append(slice, results[0].Elem())
	}
	return []reflect.Value{slice, results[1]}
}

// Load brings relations to rows that one has already, be they in any order,
// several times among them, or read without their keys.
func TestLoadIsAsTheModelSays(t *testing.T) {
	for seed := range uint64(5) {
		r := newRelated(t, seed, 2+int(seed)*2)
		for o, job := range r.jobs {
			m := newModel(t, r.db, organizations[o])
			random := &wishes{rand.New(rand.NewPCG(seed, uint64(o))), m}
			for table, of := range modelled {
				if of.handle == "" {
					continue
				}
				for range 10 {
					w := wish{table: table, limit: -1, order: []sorting{}, with: random.wish(table, nil, 3).with}
					rows := reflect.MakeSlice(m.rows[table].Type(), 0, 0)
					for range m.rows[table].Len() {
						rows = reflect.Append(rows, m.rows[table].Index(random.IntN(m.rows[table].Len())))
					}
					if rows.Len() == 0 {
						continue
					}
					r.compare(t, m, w, rows, func() []reflect.Value {
						loaded := reflect.MakeSlice(rows.Type(), rows.Len(), rows.Len())
						reflect.Copy(loaded, rows)
						load := reflect.ValueOf(job).Elem().FieldByName(of.handle).Addr().MethodByName("Load")
						args := append([]reflect.Value{reflect.ValueOf(t.Context()), loaded}, w.relations()...)
						return []reflect.Value{loaded, load.Call(args)[0]}
					})
				}
			}
		}
	}
}

// The number of statements does not depend on the number of rows.
func TestOneStatementHoweverManyRows(t *testing.T) {
	for _, size := range []int{5, 20, 400} {
		r := newRelated(t, 1, size)
		job, ctx := r.jobs[0], t.Context()
		products := must(job.Products.All(ctx))
		teams := must(job.Teams.All(ctx))
		for name, operation := range map[string]func() error{
			"With to one": func() error {
				_, err := job.Products.With(gen.Products.Creator, gen.Products.Updater).All(ctx)
				return err
			},
			"With to many": func() error { _, err := job.Teams.With(gen.Teams.Members).All(ctx); return err },
			"With many levels": func() error {
				_, err := job.Teams.With(gen.Teams.Members.With(gen.TeamMembers.User.With(gen.Users.CreatedProducts.Limit(2)))).All(ctx)
				return err
			},
			"Page": func() error {
				_, err := job.Products.With(gen.Products.Creator).Page(ctx, gen.PageRequest{Size: size})
				return err
			},
			"LoadCreator": func() error { return job.Products.LoadCreator(ctx, products) },
			"LoadMembers": func() error { return job.Teams.LoadMembers(ctx, teams) },
			"Load": func() error {
				return job.Teams.Load(ctx, teams, gen.Teams.Members.With(gen.TeamMembers.User), gen.Teams.Organization)
			},
			"Organization": func() error {
				_, err := job.Organization(ctx, gen.Organizations.Members.With(gen.Members.User),
					gen.Organizations.Teams.With(gen.Teams.Members.With(gen.TeamMembers.User)))
				return err
			},
			"CreateMany": func() error {
				inputs := make([]gen.NewProduct, size)
				_, err := job.Products.CreateMany(ctx, inputs)
				return err
			},
		} {
			n := r.count.since(func() {
				if err := operation(); err != nil {
					t.Errorf("%s of %d: %v", name, size, err)
				}
			})
			if n != 1 {
				t.Errorf("%s of %d rows: %d statements, want one", name, size, n)
			}
		}
	}
}

// What is not there, and what was not asked for, differ.
func TestWhatIsNotLoaded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	job := must(w.sys.InOrganization(ctx, w.a.id))
	imported := must(job.Products.Create(ctx, gen.NewProduct{Name: "Imported"}))
	query := w.a.Products.Where(gen.Products.ID.Eq(imported.ID))
	for name, q := range map[string]*gen.ProductQuery{
		"joined": query.With(gen.Products.Creator), "refined": query.With(gen.Products.Creator.OrderBy(gen.Users.ID.Asc())),
	} {
		if p := must(q.Only(ctx)); p.Creator != nil || p.Updater != nil || p.Organization != nil {
			t.Errorf("%s: no one made it, and it has %+v", name, p)
		}
	}
	empty := must(w.a.Teams.Create(ctx, gen.NewTeam{Name: "Empty"}))
	team := must(w.a.Teams.Where(gen.Teams.ID.Eq(empty.ID)).With(gen.Teams.Members).Only(ctx))
	if team.Members == nil || len(team.Members) != 0 {
		t.Errorf("Members of an empty team = %#v, want an empty slice", team.Members)
	}
	if team := must(w.a.Teams.Get(ctx, empty.ID)); team.Members != nil {
		t.Errorf("Members that were not loaded = %#v, want nil", team.Members)
	}
	teams := []gen.Team{*empty}
	if err := w.a.Teams.LoadMembers(ctx, teams); err != nil || teams[0].Members == nil || len(teams[0].Members) != 0 {
		t.Errorf("LoadMembers of an empty team = %#v, %v, want an empty slice", teams[0].Members, err)
	}
	if owner := must(w.a.Members.Where(gen.Members.UserID.Eq(w.a.owner)).With(gen.Members.User).Only(ctx)); owner.User == nil || owner.User.ID != w.a.owner {
		t.Errorf("User = %+v", owner.User)
	}
}

// A deleted product is in no relation.
func TestDeletedRowsStayOutOfRelations(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	made := func() map[string]int {
		member := must(w.a.Members.Where(gen.Members.UserID.Eq(w.a.owner)).With(gen.Members.User.With(gen.Users.CreatedProducts, gen.Users.UpdatedProducts.Limit(9))).Only(ctx))
		of := must(w.a.Organization(ctx, gen.Organizations.Products, gen.Organizations.Teams))
		return map[string]int{
			"CreatedProducts": len(member.User.CreatedProducts), "UpdatedProducts": len(member.User.UpdatedProducts), "Products": len(of.Products),
		}
	}
	if got, want := made(), map[string]int{"CreatedProducts": 2, "UpdatedProducts": 2, "Products": 2}; !reflect.DeepEqual(got, want) {
		t.Errorf("with one of three deleted: %v, want %v", got, want)
	}
	lamp := must(w.a.Products.Where(gen.Products.Name.Eq("Lamp")).Only(ctx))
	if err := w.a.Products.Delete(ctx, lamp.ID); err != nil {
		t.Fatal(err)
	}
	if got, want := made(), map[string]int{"CreatedProducts": 1, "UpdatedProducts": 1, "Products": 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("with two of three deleted: %v, want %v", got, want)
	}
	rows := []gen.Product{*lamp}
	if err := w.a.Products.LoadCreator(ctx, rows); err != nil || rows[0].Creator != nil {
		t.Errorf("LoadCreator of a deleted product = %+v, %v, want nothing", rows[0].Creator, err)
	}
}

// A user of both organizations leads to the rows of the one that asks, even
// though plain foreign keys name those of the other.
func TestRelationsStayInTheOrganization(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	both := w.a.owner
	must(w.b.Members.Create(ctx, gen.NewMember{UserID: both}))
	w.exec(t, `UPDATE product SET created_by = ?1, updated_by = ?1`, both)
	w.exec(t, `UPDATE invitation SET inviter_id = ?1`, both)
	w.exec(t, `UPDATE team_member SET user_id = ?1`, both)

	paths := gen.Members.User.With(
		gen.Users.Members.With(gen.Members.Organization),
		gen.Users.CreatedProducts.With(gen.Products.Organization),
		gen.Users.UpdatedProducts.OrderBy(gen.Products.ID.Asc()),
		gen.Users.Invitations.Limit(100),
		gen.Users.TeamMembers.With(gen.TeamMembers.Team.With(gen.Teams.Organization)),
		gen.Users.Organizations.With(gen.Organizations.Members, gen.Organizations.Products),
	)
	for _, o := range []*organization{w.a, w.b} {
		member := must(o.Members.Where(gen.Members.UserID.Eq(both)).With(paths).Only(ctx))
		user := member.User
		got := []int{len(user.CreatedProducts), len(user.UpdatedProducts), len(user.Invitations), len(user.TeamMembers), len(user.Organizations)}
		if want := []int{2, 2, 2, 2, 1}; !reflect.DeepEqual(got, want) || len(user.Members) != 1 {
			t.Errorf("in %s the user leads to %v rows and %+v, want %v", o.name, got, user.Members, want)
		}
		user.Email = "both@" + o.name + ".example" // is of both
		o.stays(t, reflect.ValueOf(member))
	}
}

// A row that raw SQL has moved to another organization's team is that one's.
func TestARowThatMovedIsNotLoaded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	row := must(w.a.TeamMembers.Where(gen.TeamMembers.UserID.Eq(w.a.owner)).With(gen.TeamMembers.Team).Only(ctx))
	w.exec(t, `UPDATE team_member SET team_id = ? WHERE id = ?`, w.b.team, row.ID)
	stale := []gen.TeamMember{*row}
	stale[0].Team = nil
	if err := w.a.TeamMembers.LoadTeam(ctx, stale); err != nil || stale[0].Team != nil {
		t.Errorf("LoadTeam = %+v, %v, want nothing", stale[0].Team, err)
	}
	member := must(w.a.Members.Where(gen.Members.UserID.Eq(w.a.owner)).With(gen.Members.User.With(gen.Users.TeamMembers.With(gen.TeamMembers.Team))).Only(ctx))
	if len(member.User.TeamMembers) != 0 {
		t.Errorf("TeamMembers = %+v, want none", member.User.TeamMembers)
	}
	if n := must(w.b.TeamMembers.Where(gen.TeamMembers.ID.Eq(row.ID)).Count(ctx)); n != 1 {
		t.Errorf("the other organization has %d rows, want one", n)
	}
}

// Tenants' rows are not reached from System, nor private tables from a Scope.
func TestRelationsThatNobodyMayFollow(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	must(w.sys.Sessions.Create(ctx, gen.NewSession{UserID: w.a.owner, Token: "secret"}))
	must(w.sys.Identities.Create(ctx, gen.NewIdentity{UserID: w.a.owner, ProviderID: "credential"}))
	failure := func(_ any, err error) error { return err }
	users := must(w.sys.Users.All(ctx))
	for name, err := range map[string]error{
		"sessions":            failure(w.a.Members.With(gen.Members.User.With(gen.Users.Sessions)).All(ctx)),
		"identities":          failure(w.a.Products.With(gen.Products.Creator.With(gen.Users.Identities)).First(ctx)),
		"identities, refined": failure(w.a.Products.With(gen.Products.Creator.With(gen.Users.Identities.Limit(0))).Page(ctx, gen.PageRequest{})),
		"of the organization": failure(w.a.Organization(ctx, gen.Organizations.Users.With(gen.Users.Sessions))),
		"loaded":              w.a.Members.Load(ctx, must(w.a.Members.All(ctx)), gen.Members.User.With(gen.Users.Sessions)),
		"loaded, of no rows":  w.a.Members.Load(ctx, nil, gen.Members.User.With(gen.Users.Identities)),
		"in a count":          failure(w.a.Members.With(gen.Members.User.With(gen.Users.Sessions)).Count(ctx)),

		"a user's products":       failure(w.sys.Users.With(gen.Users.CreatedProducts).All(ctx)),
		"a user's member":         failure(w.sys.Users.With(gen.Users.Members).First(ctx)),
		"a user's organizations":  failure(w.sys.Users.With(gen.Users.Organizations).Only(ctx)),
		"a session's user's":      failure(w.sys.Sessions.With(gen.Sessions.User.With(gen.Users.TeamMembers)).All(ctx)),
		"an organization's":       failure(w.sys.Organizations.With(gen.Organizations.Members).All(ctx)),
		"an organization's users": failure(w.sys.Organizations.With(gen.Organizations.Users).All(ctx)),
		"a user's, loaded":        w.sys.Users.Load(ctx, users, gen.Users.Invitations),
		"an organization's teams": w.sys.Organizations.Load(ctx, nil, gen.Organizations.Teams),
	} {
		if !errors.Is(err, gen.ErrNoScope) {
			t.Errorf("%s: %v, want ErrNoScope", name, err)
		}
	}
	for query, err := range w.sys.Users.With(gen.Users.UpdatedProducts).Each(ctx) {
		if !errors.Is(err, gen.ErrNoScope) {
			t.Errorf("Each: %v, want ErrNoScope", err)
		}
		if query.ID != "" {
			t.Errorf("Each yields %+v", query)
		}
	}

	// What belongs to users is System's to follow.
	user := must(w.sys.Users.Where(gen.Users.ID.Eq(w.a.owner)).With(gen.Users.Sessions, gen.Users.Identities).Only(ctx))
	if len(user.Sessions) != 1 || len(user.Identities) != 1 {
		t.Errorf("System loads %+v", user)
	}
	session := must(w.sys.Sessions.With(gen.Sessions.User).Only(ctx))
	if session.User == nil || session.User.ID != w.a.owner {
		t.Errorf("System loads %+v", session.User)
	}
	if err := w.sys.Users.LoadSessions(ctx, users); err != nil {
		t.Error(err)
	}
	for _, u := range users {
		if want := map[bool]int{true: 1}[u.ID == w.a.owner]; u.Sessions == nil || len(u.Sessions) != want {
			t.Errorf("LoadSessions of %s: %+v, want %d", u.Name, u.Sessions, want)
		}
	}
}

// Zero relations and columns are mistakes, not wildcards.
func TestZeroRelationsAndColumns(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.a.Products.With(&gen.Relation[*gen.Product, *gen.User]{}).All(ctx)
	wantError(t, err, gen.ErrInvalid, "list product: invalid value (zero Relation)")
	_, err = w.a.Products.With(gen.Products.Creator.With(&gen.Relation[*gen.User, *gen.Product]{})).All(ctx)
	wantError(t, err, gen.ErrInvalid, "list user: invalid value (zero Relation)")
	_, err = w.a.Products.Select(&gen.Column[*gen.Product, string]{}).All(ctx)
	wantError(t, err, gen.ErrInvalid, "list product: invalid value (zero column)")
	_, err = w.a.Products.With(gen.Products.Creator.OrderBy(gen.Ordering[*gen.User]{})).All(ctx)
	wantError(t, err, gen.ErrInvalid, "list user: invalid value (zero Ordering)")
	_, err = w.a.Products.With(gen.Products.Creator.Limit(-1)).All(ctx)
	wantError(t, err, gen.ErrInvalid, "list user: invalid value (negative limit or offset)")
	_, err = w.a.Products.Upsert(ctx, gen.NewProduct{Name: "Lamp"}, &gen.Column[*gen.Product, string]{})
	wantError(t, err, gen.ErrInvalid, "upsert product: invalid value (no unique index on )")
}
