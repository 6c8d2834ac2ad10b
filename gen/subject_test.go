package gen_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

// reader is what yields rows: a table's handle, or a query of it. The tests
// fail when one of them has a method that no test uses.
type reader[R any] interface {
	All(ctx context.Context) ([]R, error)
	Count(ctx context.Context) (int64, error)
	Page(ctx context.Context, request gen.PageRequest) (gen.Page[R], error)
}

// refinable is what makes queries Q.
type refinable[R, Q any] interface {
	Where(predicates ...gen.Predicate[*R]) Q
	OrderBy(orderings ...gen.Ordering[*R]) Q
	Limit(n int) Q
	Select(columns ...gen.Selectable[*R]) Q
}

// query is a query Q of rows R.
type query[R, Q any] interface {
	reader[R]
	refinable[R, Q]
	Offset(n int) Q
	First(ctx context.Context) (*R, error)
	Only(ctx context.Context) (*R, error)
	Exists(ctx context.Context) (bool, error)
	Each(ctx context.Context) iter.Seq2[R, error]
	Update(ctx context.Context, changes ...gen.Change[*R]) (int64, error)
	Delete(ctx context.Context) (int64, error)
}

// handle is a table's handle with rows R, keys K, inputs N and queries Q.
type handle[R, K, N, Q any] interface {
	reader[R]
	refinable[R, Q]
	Get(ctx context.Context, id K) (*R, error)
	Create(ctx context.Context, input N) (*R, error)
	CreateMany(ctx context.Context, inputs []N) ([]R, error)
	Upsert(ctx context.Context, input N, conflict ...gen.Selectable[*R]) (*R, error)
	Update(ctx context.Context, id K, changes ...gen.Change[*R]) (*R, error)
	Delete(ctx context.Context, id K) error
}

// owned is the handle of a table with relations, as all tables of a Scope are,
// since they lead to the organization.
type owned[R, K, N, Q any] interface {
	handle[R, K, N, Q]
	With(relations ...gen.RelationOf[*R]) Q
	Load(ctx context.Context, rows []R, relations ...gen.RelationOf[*R]) error
}

// restorer is the handle of a table that marks deleted rows.
type restorer[K, Q any] interface {
	WithDeleted() Q
	OnlyDeleted() Q
	Restore(ctx context.Context, id K) error
	Purge(ctx context.Context, id K) error
	PurgeDeleted(ctx context.Context, olderThan time.Duration) (int, error)
}

// ownedQuery is a query of such a handle.
type ownedQuery[R, Q any] interface {
	query[R, Q]
	With(relations ...gen.RelationOf[*R]) Q
}

// withID is an input whose key the caller may choose.
type withID[N, K any] interface{ WithID(id K) N }

// foreign is a foreign key that names something of another organization.
type foreign[R, N any] struct {
	column string // of the generated columns: "TeamID"
	input  N
	change gen.Change[*R]
}

// taken is an input with a value that another organization's row has, and the
// column in which no two rows may have it, whichever organization's they are.
type taken[R, N any] struct {
	column gen.Selectable[*R]
	input  N
}

// subject is an owned table under test.
type subject[R any, K ~string, N withID[N, K], Q ownedQuery[R, Q]] struct {
	table  string // in the schema
	keys   string // SQL: the keys of the visible rows of tenant ?1
	handle func(*gen.Scope) owned[R, K, N, Q]
	key    func(R) K

	columns  any // gen.Products
	id       *gen.TextColumn[*R, K]
	tenant   *gen.TextColumn[*R, gen.OrganizationID] // nil where rows are owned by path
	inputs   func(o *organization) N                 // valid in o, a new one each time
	change   gen.Change[*R]                          // allowed anywhere
	foreigns func(own, other *organization) []foreign[R, N]
	bridges  []string // columns that may name users who are no members
	taken    func(own, other *organization) []taken[R, N]
}

// tested is a subject without its type parameters.
type tested interface{ test(t *testing.T) }

// subjects are the owned tables by the name of their field in Scope.
var subjects = map[string]tested{
	"Members": subject[gen.Member, gen.MemberID, gen.NewMember, *gen.MemberQuery]{
		table: "member", keys: `SELECT id FROM member WHERE organization_id = ?1`,
		handle:  func(s *gen.Scope) owned[gen.Member, gen.MemberID, gen.NewMember, *gen.MemberQuery] { return &s.Members },
		key:     func(m gen.Member) gen.MemberID { return m.ID },
		columns: gen.Members, id: gen.Members.ID, tenant: gen.Members.OrganizationID,
		inputs:  func(o *organization) gen.NewMember { return gen.NewMember{UserID: o.stranger} },
		change:  gen.Members.Role.Set("admin"),
		bridges: []string{"UserID"},
	},
	"Invitations": subject[gen.Invitation, gen.InvitationID, gen.NewInvitation, *gen.InvitationQuery]{
		table: "invitation", keys: `SELECT id FROM invitation WHERE organization_id = ?1`,
		handle: func(s *gen.Scope) owned[gen.Invitation, gen.InvitationID, gen.NewInvitation, *gen.InvitationQuery] {
			return &s.Invitations
		},
		key:     func(i gen.Invitation) gen.InvitationID { return i.ID },
		columns: gen.Invitations, id: gen.Invitations.ID, tenant: gen.Invitations.OrganizationID,
		inputs: func(o *organization) gen.NewInvitation {
			return gen.NewInvitation{InviterID: o.owner, Email: "next@example.com", ExpiresAt: clock.Add(time.Hour)}
		},
		change:  gen.Invitations.Status.Set(gen.InvitationStatusCanceled),
		bridges: []string{"InviterID"},
	},
	"OrganizationRoles": subject[gen.OrganizationRole, gen.OrganizationRoleID, gen.NewOrganizationRole, *gen.OrganizationRoleQuery]{
		table: "organization_role", keys: `SELECT id FROM organization_role WHERE organization_id = ?1`,
		handle: func(s *gen.Scope) owned[gen.OrganizationRole, gen.OrganizationRoleID, gen.NewOrganizationRole, *gen.OrganizationRoleQuery] {
			return &s.OrganizationRoles
		},
		key:     func(r gen.OrganizationRole) gen.OrganizationRoleID { return r.ID },
		columns: gen.OrganizationRoles, id: gen.OrganizationRoles.ID, tenant: gen.OrganizationRoles.OrganizationID,
		inputs: func(*organization) gen.NewOrganizationRole {
			return gen.NewOrganizationRole{Role: "seller", Permission: `{}`}
		},
		change: gen.OrganizationRoles.Permission.Set(`{"product":["*"]}`),
	},
	"Products": subject[gen.Product, gen.ProductID, gen.NewProduct, *gen.ProductQuery]{
		table: "product", keys: `SELECT id FROM product WHERE organization_id = ?1 AND deleted_at IS NULL`,
		handle: func(s *gen.Scope) owned[gen.Product, gen.ProductID, gen.NewProduct, *gen.ProductQuery] {
			return &s.Products
		},
		key:     func(p gen.Product) gen.ProductID { return p.ID },
		columns: gen.Products, id: gen.Products.ID, tenant: gen.Products.OrganizationID,
		inputs: func(*organization) gen.NewProduct { return gen.NewProduct{Name: "Chair", Price: 9900} },
		change: gen.Products.Price.Set(1),
	},
	"Teams": subject[gen.Team, gen.TeamID, gen.NewTeam, *gen.TeamQuery]{
		table: "team", keys: `SELECT id FROM team WHERE organization_id = ?1`,
		handle:  func(s *gen.Scope) owned[gen.Team, gen.TeamID, gen.NewTeam, *gen.TeamQuery] { return &s.Teams },
		key:     func(t gen.Team) gen.TeamID { return t.ID },
		columns: gen.Teams, id: gen.Teams.ID, tenant: gen.Teams.OrganizationID,
		inputs: func(*organization) gen.NewTeam { return gen.NewTeam{Name: "Research"} },
		change: gen.Teams.Name.Set("Renamed"),
	},
	"TeamMembers": subject[gen.TeamMember, gen.TeamMemberID, gen.NewTeamMember, *gen.TeamMemberQuery]{
		table: "team_member",
		keys: `SELECT team_member.id FROM team_member JOIN team ON team.id = team_member.team_id
			WHERE team.organization_id = ?1`,
		handle: func(s *gen.Scope) owned[gen.TeamMember, gen.TeamMemberID, gen.NewTeamMember, *gen.TeamMemberQuery] {
			return &s.TeamMembers
		},
		key:     func(m gen.TeamMember) gen.TeamMemberID { return m.ID },
		columns: gen.TeamMembers, id: gen.TeamMembers.ID,
		inputs: func(o *organization) gen.NewTeamMember { return gen.NewTeamMember{TeamID: o.team, UserID: o.spare} },
		change: gen.TeamMembers.MembershipKey.Set("key"),
		foreigns: func(own, other *organization) []foreign[gen.TeamMember, gen.NewTeamMember] {
			return []foreign[gen.TeamMember, gen.NewTeamMember]{
				{"TeamID", gen.NewTeamMember{TeamID: other.team, UserID: own.spare}, gen.TeamMembers.TeamID.Set(other.team)},
				{"TeamID", gen.NewTeamMember{TeamID: "missing", UserID: own.spare}, gen.TeamMembers.TeamID.Set("missing")},
				{"UserID", gen.NewTeamMember{TeamID: own.team, UserID: other.member}, gen.TeamMembers.UserID.Set(other.member)},
				{"UserID", gen.NewTeamMember{TeamID: own.team, UserID: own.stranger}, gen.TeamMembers.UserID.Set(own.stranger)},
				{"UserID", gen.NewTeamMember{TeamID: own.team, UserID: "missing"}, gen.TeamMembers.UserID.Set("missing")},
			}
		},
		taken: func(own, other *organization) []taken[gen.TeamMember, gen.NewTeamMember] {
			key := "key-" + other.name
			return []taken[gen.TeamMember, gen.NewTeamMember]{
				{gen.TeamMembers.MembershipKey, gen.NewTeamMember{TeamID: own.team, UserID: own.spare, MembershipKey: &key}},
			}
		},
	},
}

// attempts are what a Scope of one organization does to the rows of another,
// by the method of the handle or query that it uses.
func (x *trial[R, K, N, Q]) attempts() map[string]func(*testing.T) {
	terminal := func(t *testing.T) {
		x.reads(t, "the handle", x.own, x.ownKeys)
		x.reads(t, "a query of all", x.own.Where(), x.ownKeys)
	}
	attempts := map[string]func(*testing.T){
		"Get": x.get, "Create": x.create, "CreateMany": x.createMany, "Upsert": x.upsert,
		"Update": x.update, "Delete": x.delete,
		"Where": x.where, "OrderBy": x.orderBy, "Limit": x.limit, "Offset": x.offset,
		"Select": x.choose, "With": x.with, "Load": x.load, "Page": x.page,
		"All": terminal, "First": terminal, "Only": terminal, "Count": terminal, "Exists": terminal, "Each": terminal,
	}
	if _, marks := x.own.(restorer[K, Q]); marks {
		attempts["Restore"], attempts["Purge"], attempts["PurgeDeleted"] = x.restore, x.restore, x.purgeDeleted
		attempts["WithDeleted"], attempts["OnlyDeleted"] = x.seeDeleted, x.seeDeleted
	}
	for field, relation := range x.relations() {
		attempts["Load"+field] = func(t *testing.T) { x.loadOne(t, field, relation) }
	}
	return attempts
}

func (s subject[R, K, N, Q]) test(t *testing.T) {
	w := newWorld(t)
	x := &trial[R, K, N, Q]{subject: s, world: w, own: s.handle(w.a.Scope), other: s.handle(w.b.Scope)}
	x.ownKeys = keys[K](t, w, s.keys, w.a.id)
	x.otherKeys = keys[K](t, w, s.keys, w.b.id)
	if len(x.ownKeys) < 2 || len(x.otherKeys) < 2 {
		t.Fatalf("the organizations have too few rows in %s, so nothing is tested", s.table)
	}
	attempts := x.attempts()
	for _, typ := range []reflect.Type{reflect.TypeOf(x.own), reflect.TypeFor[Q]()} {
		for method := range typ.Methods() {
			if attempts[method.Name] == nil {
				t.Errorf("no cross-tenant test knows how to use %v.%s", typ, method.Name)
			}
		}
	}
	for name, attempt := range attempts {
		t.Run(name, func(t *testing.T) {
			w.unchanged(t, func() { attempt(t) })
		})
	}
	t.Run("references", x.references)
	t.Run("bridges", x.mayNameStrangers)
	t.Run("works in its own organization", x.roundTrip)
	t.Run("works on all rows of its own organization", x.bulk)
}

// restore tries to restore and to purge rows that the other has, and some that
// it has deleted.
func (x *trial[R, K, N, Q]) restore(t *testing.T) {
	own := x.own.(restorer[K, Q])
	for _, key := range append(x.deletedOfOther(t), x.otherKeys...) {
		wantError(t, own.Restore(t.Context(), key), gen.ErrNotFound, "restore "+x.table+": not found")
		wantError(t, own.Purge(t.Context(), key), gen.ErrNotFound, "purge "+x.table+": not found")
	}
}

// purgeDeleted purges what the own organization has deleted, and takes it back.
func (x *trial[R, K, N, Q]) purgeDeleted(t *testing.T) {
	own := x.deleted(t, x.a.id)
	if len(own) == 0 || len(x.deletedOfOther(t)) == 0 {
		t.Error("nobody has deleted anything, so nothing is tested")
	}
	undone := errors.New("undone")
	err := x.a.InTx(t.Context(), func(tx *gen.Scope) error {
		if n, err := x.handle(tx).(restorer[K, Q]).PurgeDeleted(t.Context(), 0); n != len(own) || err != nil {
			t.Errorf("PurgeDeleted = %d, %v, want %d", n, err, len(own))
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Error(err)
	}
}

func (x *trial[R, K, N, Q]) seeDeleted(t *testing.T) {
	own, gone := x.own.(restorer[K, Q]), x.deleted(t, x.a.id)
	x.reads(t, "OnlyDeleted", own.OnlyDeleted(), gone)
	all := slices.Sorted(slices.Values(slices.Concat(gone, x.ownKeys)))
	x.reads(t, "WithDeleted", own.WithDeleted(), all)
}

// deletedOfOther are the keys of what the other has deleted.
func (x *trial[R, K, N, Q]) deletedOfOther(t *testing.T) []K { return x.deleted(t, x.b.id) }

func (x *trial[R, K, N, Q]) deleted(t *testing.T, tenant gen.OrganizationID) []K {
	t.Helper()
	return keys[K](t, x.world, "SELECT id FROM "+x.table+" WHERE organization_id = ?1 AND deleted_at IS NOT NULL ORDER BY id", tenant)
}

func keys[K ~string](t *testing.T, w *world, query string, tenant gen.OrganizationID) []K {
	t.Helper()
	var list []K
	for _, key := range texts(t, w.db, query, string(tenant)) {
		list = append(list, K(key))
	}
	return list
}

// trial is a subject in a world: a's Scope against the rows of b.
type trial[R any, K ~string, N withID[N, K], Q ownedQuery[R, Q]] struct {
	subject[R, K, N, Q]
	*world
	own, other         owned[R, K, N, Q]
	ownKeys, otherKeys []K // in order
}

// relations are those of the table, by the field that they fill.
func (x *trial[R, K, N, Q]) relations() map[string]gen.RelationOf[*R] {
	found := map[string]gen.RelationOf[*R]{}
	columns := reflect.ValueOf(x.columns)
	for i := range columns.NumField() {
		if relation, ok := reflect.TypeAssert[gen.RelationOf[*R]](columns.Field(i)); ok {
			found[columns.Type().Field(i).Name] = relation
		}
	}
	return found
}

func (x *trial[R, K, N, Q]) allRelations() []gen.RelationOf[*R] {
	return slices.Collect(maps.Values(x.relations()))
}

func (x *trial[R, K, N, Q]) get(t *testing.T) {
	for _, key := range x.otherKeys {
		row, err := x.own.Get(t.Context(), key)
		wantError(t, err, gen.ErrNotFound, "get "+x.table+": not found")
		if row != nil {
			t.Errorf("Get returned %+v", row)
		}
	}
}

func (x *trial[R, K, N, Q]) update(t *testing.T) {
	for _, key := range x.otherKeys {
		_, err := x.own.Update(t.Context(), key, x.change)
		wantError(t, err, gen.ErrNotFound, "update "+x.table+": not found")
		_, err = x.own.Update(t.Context(), key)
		wantError(t, err, gen.ErrNotFound, "get "+x.table+": not found")
		for _, f := range x.foreignKeys(x.b, x.a) { // right for b, were it b who asks
			_, err := x.own.Update(t.Context(), key, f.change)
			wantError(t, err, gen.ErrNotFound, "update "+x.table+": not found")
		}
	}
	for name, query := range x.queriesOfOther() {
		if n, err := query.Update(t.Context(), x.change); n != 0 || err != nil {
			t.Errorf("%s: Update = %d, %v, want 0", name, n, err)
		}
		for _, f := range x.foreignKeys(x.b, x.a) {
			if n, err := query.Update(t.Context(), f.change); n != 0 || err != nil {
				t.Errorf("%s: Update to %s = %d, %v, want 0", name, f.column, n, err)
			}
		}
	}
}

// queriesOfOther match all rows of b and none of a.
func (x *trial[R, K, N, Q]) queriesOfOther() map[string]Q {
	queries := map[string]Q{
		"by key":       x.own.Where(x.id.In(x.otherKeys...)),
		"all but own":  x.own.Where(x.id.NotIn(x.ownKeys...)),
		"limited":      x.own.Where(x.id.In(x.otherKeys...)).OrderBy(x.id.Asc()).Limit(5),
		"past the own": x.own.OrderBy(x.id.Asc()).Offset(len(x.ownKeys)),
	}
	if x.tenant != nil {
		queries["by organization"] = x.own.Where(x.tenant.Eq(x.b.id))
		queries["or anything"] = x.own.Where(x.tenant.Eq(x.b.id), gen.Or(x.id.NotNull(), x.id.IsNull()))
	}
	return queries
}

func (x *trial[R, K, N, Q]) delete(t *testing.T) {
	for _, key := range x.otherKeys {
		wantError(t, x.own.Delete(t.Context(), key), gen.ErrNotFound, "delete "+x.table+": not found")
	}
	for name, query := range x.queriesOfOther() {
		if n, err := query.Delete(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: Delete = %d, %v, want 0", name, n, err)
		}
	}
}

// create gives a new row the key of another organization's row.
func (x *trial[R, K, N, Q]) create(t *testing.T) {
	for _, key := range x.otherKeys {
		row, err := x.own.Create(t.Context(), x.inputs(x.a).WithID(key))
		wantError(t, err, gen.ErrConflict, "create "+x.table+": conflict with another row ("+x.table+".id)")
		if row != nil {
			t.Errorf("Create returned %+v", row)
		}
	}
}

// createMany does so beside a row with which nothing is wrong.
func (x *trial[R, K, N, Q]) createMany(t *testing.T) {
	for _, key := range x.otherKeys {
		rows, err := x.own.CreateMany(t.Context(), []N{x.inputs(x.a), x.inputs(x.a).WithID(key)})
		if rows != nil || !errors.Is(err, gen.ErrConflict) {
			t.Errorf("CreateMany = %+v, %v, want ErrConflict", rows, err)
		}
	}
	for _, none := range [][]N{nil, {}} {
		if rows, err := x.own.CreateMany(t.Context(), none); err != nil || rows == nil || len(rows) > 0 {
			t.Errorf("CreateMany of nothing = %+v, %v, want an empty slice", rows, err)
		}
	}
}

// upsert gives a row the key of another organization's row, or a value that
// is unique among all organizations.
func (x *trial[R, K, N, Q]) upsert(t *testing.T) {
	conflicts := func(input N, columns ...gen.Selectable[*R]) {
		t.Helper()
		row, err := x.own.Upsert(t.Context(), input, columns...)
		if row != nil || !errors.Is(err, gen.ErrConflict) {
			t.Errorf("Upsert = %+v, %v, want ErrConflict", row, err)
		}
	}
	for _, key := range x.otherKeys {
		conflicts(x.inputs(x.a).WithID(key))
		conflicts(x.inputs(x.a).WithID(key), x.id)
	}
	if x.taken != nil {
		for _, v := range x.taken(x.a, x.b) {
			conflicts(v.input, v.column)
			conflicts(v.input.WithID("fresh"), v.column)
			conflicts(v.input.WithID(x.ownKeys[0]), v.column)
			conflicts(v.input) // it is not in the conflict, and taken still
		}
	}
	_, err := x.own.Upsert(t.Context(), x.inputs(x.a), x.id, x.id, unselectable[R](x.columns))
	if !errors.Is(err, gen.ErrInvalid) {
		t.Errorf("Upsert without a unique index: %v, want ErrInvalid", err)
	}
}

// unselectable is a column that no unique index has alone.
func unselectable[R any](columns any) gen.Selectable[*R] {
	column, _ := reflect.TypeAssert[gen.Selectable[*R]](reflect.ValueOf(columns).FieldByName("CreatedAt"))
	return column
}

// choose reads keys alone, which are its own.
func (x *trial[R, K, N, Q]) choose(t *testing.T) {
	for name, query := range map[string]Q{
		"handle": x.own.Select(x.id), "query": x.own.OrderBy(x.id.Asc()).Select(x.id), "twice": x.own.Select(x.id, x.id).Select(x.id),
	} {
		x.reads(t, "select of a "+name, query, x.ownKeys)
		for _, row := range must(query.All(t.Context())) {
			var want R
			reflect.ValueOf(&want).Elem().FieldByName("ID").SetString(string(x.key(row)))
			if !reflect.DeepEqual(row, want) {
				t.Errorf("select of a %s: row %+v has more than was selected", name, row)
			}
		}
	}
	x.reads(t, "select beside others' keys", x.own.Where(x.id.In(x.otherKeys...)).Select(x.id), nil)
}

// with loads all that the rows lead to, and nothing of b.
func (x *trial[R, K, N, Q]) with(t *testing.T) {
	x.reads(t, "with", x.own.With(x.allRelations()...), x.ownKeys)
	x.reads(t, "with beside others' keys", x.own.Where(x.id.In(x.otherKeys...)).With(x.allRelations()...), nil)
	for field, relation := range x.relations() {
		for _, row := range must(x.own.With(relation).All(t.Context())) {
			value := reflect.ValueOf(row)
			x.a.stays(t, value)
			for other := range x.relations() {
				if loaded := !value.FieldByName(other).IsZero(); loaded != (other == field) {
					t.Errorf("With(%s): %s is loaded: %t", field, other, loaded)
				}
			}
		}
	}
}

// load loads what rows lead to that b has, or that somebody made up.
func (x *trial[R, K, N, Q]) load(t *testing.T) {
	x.loads(t, "all relations", func(rows []R) error {
		return x.own.Load(t.Context(), rows, x.allRelations()...)
	})
}

// loadOne does the same through the method of one relation, and loads what
// its own rows lead to.
func (x *trial[R, K, N, Q]) loadOne(t *testing.T, field string, relation gen.RelationOf[*R]) {
	load := func(rows []R) error {
		method := reflect.ValueOf(x.own).MethodByName("Load" + field)
		err, _ := reflect.TypeAssert[error](method.Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(rows)})[0])
		return err
	}
	x.loads(t, field, load)
	want := must(x.own.OrderBy(x.id.Asc()).With(relation).All(t.Context()))
	rows := must(x.own.OrderBy(x.id.Asc()).All(t.Context()))
	if err := load(rows); err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("Load%s = %+v, %v, want %+v", field, rows, err, want)
	}
}

func (x *trial[R, K, N, Q]) loads(t *testing.T, name string, load func([]R) error) {
	t.Helper()
	theirs := must(x.other.OrderBy(x.id.Asc()).All(t.Context()))
	rows := slices.Clone(theirs)
	if err := load(rows); err != nil || !reflect.DeepEqual(rows, theirs) {
		t.Errorf("%s of others' rows: %+v, %v, want nothing loaded", name, rows, err)
	}
	var none R
	for _, key := range []K{x.otherKeys[0], "missing", ""} { // all else is missing
		row := none
		reflect.ValueOf(&row).Elem().FieldByName("ID").SetString(string(key))
		rows := []R{row}
		if err := load(rows); err != nil || !reflect.DeepEqual(rows, []R{row}) {
			t.Errorf("%s of a made-up row: %+v, %v, want nothing loaded", name, rows, err)
		}
	}
	// A row of its own, in which everything but the key is b's: the database
	// knows better what it leads to.
	rows = slices.Clone(theirs[:1])
	reflect.ValueOf(&rows[0]).Elem().FieldByName("ID").SetString(string(x.ownKeys[0]))
	if err := load(rows); err != nil {
		t.Errorf("%s of a forged row: %v", name, err)
	}
	for field := range x.relations() {
		x.a.stays(t, reflect.ValueOf(rows[0]).FieldByName(field))
	}
	for _, empty := range [][]R{nil, {}} {
		if err := load(empty); err != nil {
			t.Errorf("%s of no rows: %v", name, err)
		}
	}
}

// page uses b's cursors.
func (x *trial[R, K, N, Q]) page(t *testing.T) {
	first := must(x.other.Page(t.Context(), gen.PageRequest{Size: 1}))
	second := must(x.other.Page(t.Context(), gen.PageRequest{Size: 1, After: first.Next}))
	for name, request := range map[string]gen.PageRequest{
		"after": {After: first.Next}, "before": {Before: second.Prev}, "the wrong way": {Before: first.Next},
	} {
		if first.Next == "" || second.Prev == "" {
			t.Fatal("no cursors, so nothing is tested")
		}
		page, err := x.own.Page(t.Context(), request)
		if page.Rows != nil || !errors.Is(err, gen.ErrInvalid) {
			t.Errorf("%s another organization's cursor: %+v, %v, want ErrInvalid", name, page, err)
		}
	}
	x.reads(t, "page", x.own, x.ownKeys)
}

// where tries predicates that b's rows match.
func (x *trial[R, K, N, Q]) where(t *testing.T) {
	other := x.otherKeys[0]
	var none gen.Predicate[*R]
	for _, c := range []struct {
		name      string
		predicate gen.Predicate[*R]
		own       bool // sees all rows of its own organization; none otherwise
	}{
		{"id = other's", x.id.Eq(other), false},
		{"id in others'", x.id.In(x.otherKeys...), false},
		{"id between others'", x.id.Between(other, other), false},
		{"id begins as other's", x.id.HasPrefix(string(other)), false},
		{"id contains other's", x.id.Contains(string(other)), false},
		{"not id in own", x.id.NotIn(x.ownKeys...), false},
		{"not (id in own)", gen.Not(x.id.In(x.ownKeys...)), false},
		{"own and other's", gen.And(x.id.Eq(x.ownKeys[0]), x.id.Eq(other)), false},
		{"text that would end the string", x.id.Eq("' OR 1=1 --"), false},
		{"id is null", x.id.IsNull(), false},
		{"nothing or nothing", gen.Or[*R](), false},
		{"zero", none, false},
		{"not zero", gen.Not(none), false},
		{"zero and anything", gen.And(none, x.id.NotNull()), false},
		{"not (other's and zero)", gen.Not(gen.And(x.id.Eq(other), none)), true},

		{"id <> other's", x.id.NE(other), true},
		{"not (id = other's)", gen.Not(x.id.Eq(other)), true},
		{"id not in others'", x.id.NotIn(x.otherKeys...), true},
		{"everything or everything", gen.Or(x.id.Eq(other), x.id.NE(other)), true},
		{"id is not null", x.id.NotNull(), true},
		{"not null or zero", gen.Or(x.id.NotNull(), none), true},
		{"everything", gen.And[*R](), true},
		{"not nothing", gen.Not(gen.Or[*R]()), true},
		{"id > nothing", x.id.GT(""), true},
		{"id >= nothing", x.id.GTE(""), true},
		{"id < the end", x.id.LT("\U0010ffff"), true},
		{"id <= the end", x.id.LTE("\U0010ffff"), true},
		{"id contains nothing", x.id.Contains(""), true},
		{"or within and", gen.And(gen.Or(x.id.Eq(other), x.id.NotNull()), gen.And[*R]()), true},
	} {
		x.sees(t, c.name, c.predicate, c.own)
	}
	if x.tenant == nil {
		return
	}
	own, theirs := x.a.id, x.b.id
	x.sees(t, "organization = other", x.tenant.Eq(theirs), false)
	x.sees(t, "organization <> own", x.tenant.NE(own), false)
	x.sees(t, "organization not in own", x.tenant.NotIn(own), false)
	x.sees(t, "organization in both", x.tenant.In(own, theirs), true)
	x.sees(t, "organization is not null", x.tenant.NotNull(), true)
	x.sees(t, "own or other organization", gen.Or(x.tenant.Eq(own), x.tenant.Eq(theirs)), true)
}

// sees checks a predicate on the handle, on a query, and beside others.
func (x *trial[R, K, N, Q]) sees(t *testing.T, name string, predicate gen.Predicate[*R], own bool) {
	t.Helper()
	want := x.ownKeys
	if !own {
		want = nil
	}
	x.reads(t, name, x.own.Where(predicate), want)
	x.reads(t, name+", twice", x.own.Where(predicate, predicate), want)
	x.reads(t, name+", ordered first", x.own.OrderBy(x.id.Asc()).Where(predicate), want)
	x.reads(t, name+", refined", x.own.Where(predicate).Where(x.id.NotNull()), want)
}

func (x *trial[R, K, N, Q]) orderBy(t *testing.T) {
	x.reads(t, "ascending", x.own.OrderBy(x.id.Asc()), x.ownKeys)
	x.reads(t, "descending", x.own.OrderBy(x.id.Desc()).OrderBy(x.id.Asc()), x.ownKeys)
}

func (x *trial[R, K, N, Q]) limit(t *testing.T) {
	x.readsWindow(t, "limit", x.own.Limit(1000).Limit(100), x.ownKeys)
	x.readsWindow(t, "limit 1", x.own.OrderBy(x.id.Asc()).Limit(1), x.ownKeys[:1])
	x.readsWindow(t, "limit 0", x.own.Limit(0), nil)
}

func (x *trial[R, K, N, Q]) offset(t *testing.T) {
	x.reads(t, "offset 0", x.own.Where().Offset(1000).Offset(0), x.ownKeys)
	x.readsWindow(t, "offset past the own rows", x.own.OrderBy(x.id.Asc()).Offset(len(x.ownKeys)), nil)
}

// reads checks everything that a source can read: exactly the rows with the
// keys want.
func (x *trial[R, K, N, Q]) reads(t *testing.T, name string, from reader[R], want []K) {
	t.Helper()
	x.readsRows(t, name, from, want)
	var got []K
	request := gen.PageRequest{Size: 1}
	for range len(want) + 2 { // one more than there should be
		page, err := from.Page(t.Context(), request)
		if err != nil {
			t.Errorf("%s: Page: %v", name, err)
			return
		}
		got = append(got, x.keysOf(page.Rows)...)
		if request.After = page.Next; page.Next == "" {
			break
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%s: the pages have %v, want %v", name, got, want)
	}
}

// readsWindow is reads for a query with Limit or Offset, of which there are no pages.
func (x *trial[R, K, N, Q]) readsWindow(t *testing.T, name string, from reader[R], want []K) {
	t.Helper()
	x.readsRows(t, name, from, want)
	_, err := from.Page(t.Context(), gen.PageRequest{})
	wantError(t, err, gen.ErrInvalid, "page "+x.table+": invalid value (a page of a query with Limit or Offset)")
}

func (x *trial[R, K, N, Q]) keysOf(rows []R) []K {
	var list []K
	for _, row := range rows {
		list = append(list, x.key(row))
	}
	return list
}

func (x *trial[R, K, N, Q]) readsRows(t *testing.T, name string, from reader[R], want []K) {
	t.Helper()
	ctx := t.Context()
	rows, err := from.All(ctx)
	got := x.keysOf(rows)
	if slices.Sort(got); err != nil || rows == nil || !slices.Equal(got, want) {
		t.Errorf("%s: All = %v, %v, want %v", name, got, err, want)
	}
	if n, err := from.Count(ctx); err != nil || n != int64(len(want)) {
		t.Errorf("%s: Count = %d, %v, want %d", name, n, err, len(want))
	}
	query, ok := from.(Q)
	if !ok {
		return // a handle
	}
	if found, err := query.Exists(ctx); err != nil || found != (len(want) > 0) {
		t.Errorf("%s: Exists = %t, %v, want %t", name, found, err, len(want) > 0)
	}
	var each []K
	for row, err := range query.Each(ctx) {
		if err != nil {
			t.Errorf("%s: Each: %v", name, err)
		}
		each = append(each, x.key(row))
	}
	if slices.Sort(each); !slices.Equal(each, want) {
		t.Errorf("%s: Each = %v, want %v", name, each, want)
	}
	first, err := query.First(ctx)
	x.single(t, name+": First", first, err, want)
	only, err := query.Only(ctx)
	if len(want) > 1 {
		wantError(t, err, gen.ErrInvalid, "only "+x.table+": invalid value (more than one row matches)")
		return
	}
	x.single(t, name+": Only", only, err, want)
}

func (x *trial[R, K, N, Q]) single(t *testing.T, name string, row *R, err error, want []K) {
	t.Helper()
	switch {
	case len(want) == 0:
		if row != nil || !errors.Is(err, gen.ErrNotFound) {
			t.Errorf("%s = %+v, %v, want ErrNotFound", name, row, err)
		}
	case err != nil:
		t.Errorf("%s: %v", name, err)
	case !slices.Contains(want, x.key(*row)):
		t.Errorf("%s has key %v, want one of %v", name, x.key(*row), want)
	}
}

func (x *trial[R, K, N, Q]) foreignKeys(own, other *organization) []foreign[R, N] {
	if x.foreigns == nil {
		return nil
	}
	return x.foreigns(own, other)
}

// references writes foreign keys that lead out of the organization, through
// every settable column that holds another table's key.
func (x *trial[R, K, N, Q]) references(t *testing.T) {
	covered := map[string]bool{}
	for _, f := range x.foreignKeys(x.a, x.b) {
		covered[f.column] = true
		x.unchanged(t, func() {
			row, err := x.own.Create(t.Context(), f.input)
			var failure *gen.Error
			if row != nil || !errors.Is(err, gen.ErrReference) || !errors.As(err, &failure) || failure.Op != "create" || failure.Table != x.table {
				t.Errorf("Create with a foreign %s = %+v, %v, want ErrReference", f.column, row, err)
			}
			for _, inputs := range [][]N{{f.input}, {x.inputs(x.a), f.input}, {f.input, x.inputs(x.a)}} {
				rows, err := x.own.CreateMany(t.Context(), inputs)
				if rows != nil || !errors.Is(err, gen.ErrReference) {
					t.Errorf("CreateMany with a foreign %s = %+v, %v, want ErrReference", f.column, rows, err)
				}
			}
			for _, input := range []N{f.input, f.input.WithID(x.ownKeys[0]), f.input.WithID(x.otherKeys[0])} {
				row, err := x.own.Upsert(t.Context(), input)
				if row != nil || !errors.Is(err, gen.ErrReference) {
					t.Errorf("Upsert with a foreign %s = %+v, %v, want ErrReference", f.column, row, err)
				}
			}
			for _, changes := range [][]gen.Change[*R]{{f.change}, {x.change, f.change}} {
				n, err := x.own.Where().Update(t.Context(), changes...)
				if n != 0 || !errors.Is(err, gen.ErrReference) {
					t.Errorf("Update of all to a foreign %s = %d, %v, want ErrReference", f.column, n, err)
				}
			}
			for _, key := range x.ownKeys {
				row, err := x.own.Update(t.Context(), key, f.change)
				if row != nil || !errors.Is(err, gen.ErrReference) {
					t.Errorf("Update with a foreign %s = %+v, %v, want ErrReference", f.column, row, err)
				}
				row, err = x.own.Update(t.Context(), key, x.change, f.change)
				if row != nil || !errors.Is(err, gen.ErrReference) {
					t.Errorf("Update with a foreign %s besides = %+v, %v, want ErrReference", f.column, row, err)
				}
			}
		})
	}
	for _, column := range settableKeys(reflect.TypeOf(x.columns)) {
		if !covered[column] && !slices.Contains(x.bridges, column) {
			t.Errorf("no test sets %s.%s to a key of another organization", x.table, column)
		}
	}
}

// settableKeys lists the columns with a Set whose argument is a key.
func settableKeys(columns reflect.Type) []string {
	var names []string
	for column := range columns.Fields() {
		set, ok := column.Type.Elem().FieldByName("Set")
		if ok && slices.Contains(keyTypes, set.Type.In(0)) {
			names = append(names, column.Name)
		}
	}
	return names
}

var keyTypes = []reflect.Type{
	reflect.TypeFor[gen.IdentityID](), reflect.TypeFor[gen.InvitationID](), reflect.TypeFor[gen.MemberID](),
	reflect.TypeFor[gen.OrganizationID](), reflect.TypeFor[gen.OrganizationRoleID](), reflect.TypeFor[gen.ProductID](),
	reflect.TypeFor[gen.RateLimitID](), reflect.TypeFor[gen.SessionID](), reflect.TypeFor[gen.TeamID](),
	reflect.TypeFor[gen.TeamMemberID](), reflect.TypeFor[gen.UserID](), reflect.TypeFor[gen.VerificationID](),
}

// mayNameStrangers is the other half of references: a bridge table brings
// users in, so it names people who are not members. A missing user is still
// refused.
func (x *trial[R, K, N, Q]) mayNameStrangers(t *testing.T) {
	strangers := map[string]func() error{
		"invitation": func() error {
			_, err := x.a.Invitations.Create(t.Context(), gen.NewInvitation{InviterID: x.a.stranger, Email: "x@example.com"})
			return err
		},
		"member": func() error {
			_, err := x.a.Members.Create(t.Context(), gen.NewMember{UserID: x.b.stranger})
			return err
		},
	}
	missing := map[string]func() error{
		"invitation": func() error {
			_, err := x.a.Invitations.Create(t.Context(), gen.NewInvitation{InviterID: "missing", Email: "x@example.com"})
			return err
		},
		"member": func() error {
			_, err := x.a.Members.Create(t.Context(), gen.NewMember{UserID: "missing"})
			return err
		},
	}
	if len(x.bridges) == 0 {
		return
	}
	if err := strangers[x.table](); err != nil {
		t.Errorf("naming a user who is no member: %v", err)
	}
	x.unchanged(t, func() {
		wantError(t, missing[x.table](), gen.ErrReference, "create "+x.table+": invalid reference")
	})
}

// roundTrip is the read and the write that must work, beside all those that
// must not.
func (x *trial[R, K, N, Q]) roundTrip(t *testing.T) {
	ctx := t.Context()
	own := x.handle(must(x.store.Enter(ctx, x.a.owner, x.a.id)))
	other := x.handle(x.b.Scope)
	created, err := own.Create(ctx, x.inputs(x.a).WithID("chosen"))
	if err != nil {
		t.Fatal(err)
	}
	if x.key(*created) != "chosen" {
		t.Errorf("Create made key %q, want the one that was given", x.key(*created))
	}
	got, err := own.Get(ctx, "chosen")
	if err != nil || !reflect.DeepEqual(got, created) {
		t.Errorf("Get = %+v, %v, want %+v", got, err, created)
	}
	updated, err := own.Update(ctx, "chosen", x.change)
	if err != nil || reflect.DeepEqual(updated, created) {
		t.Errorf("Update = %+v, %v, want another row than %+v", updated, err, created)
	}
	_, err = other.Get(ctx, "chosen")
	wantError(t, err, gen.ErrNotFound, "get "+x.table+": not found")
	wantError(t, other.Delete(ctx, "chosen"), gen.ErrNotFound, "delete "+x.table+": not found")
	if err := own.Delete(ctx, "chosen"); err != nil {
		t.Errorf("Delete: %v", err)
	}
	wantError(t, own.Delete(ctx, "chosen"), gen.ErrNotFound, "delete "+x.table+": not found")
	_, err = own.Get(ctx, "chosen")
	wantError(t, err, gen.ErrNotFound, "get "+x.table+": not found")
}

// bulk changes and deletes all that a query of a's finds: all of a's rows, and
// none of b's.
func (x *trial[R, K, N, Q]) bulk(t *testing.T) {
	ctx := t.Context()
	own := keys[K](t, x.world, x.keys, x.a.id)
	isOwn := func(row string) bool {
		return slices.ContainsFunc(own, func(key K) bool { return strings.HasPrefix(row, fmt.Sprintf("[%q", key)) })
	}
	others := slices.DeleteFunc(x.rows(t, x.table), isOwn)
	untouched := func(operation string) {
		t.Helper()
		if now := slices.DeleteFunc(x.rows(t, x.table), isOwn); !slices.Equal(now, others) {
			t.Errorf("%s changed rows of others to\n%s\nfrom\n%s", operation, now, others)
		}
	}
	everything := gen.Or(x.id.NotNull(), x.id.In(x.otherKeys...))

	changed, err := x.own.Where(everything).OrderBy(x.id.Asc()).Limit(1).Update(ctx, x.change)
	if changed != 1 || err != nil {
		t.Errorf("Update of one = %d, %v", changed, err)
	}
	changed, err = x.own.Where(everything, x.id.NE(own[0])).Update(ctx, x.change)
	if want := int64(len(own)) - 1; err != nil && !errors.Is(err, gen.ErrConflict) || err == nil && changed != want {
		t.Errorf("Update of the rest = %d, %v, want %d", changed, err, want)
	}
	untouched("Update")

	deleted, err := x.own.Where(everything).OrderBy(x.id.Asc()).Limit(1).Delete(ctx)
	if deleted != 1 || err != nil {
		t.Errorf("Delete of one = %d, %v", deleted, err)
	}
	x.reads(t, "after Delete of one", x.own, own[1:])
	deleted, err = x.own.Where(everything).Delete(ctx)
	if want := int64(len(own)) - 1; deleted != want || err != nil {
		t.Errorf("Delete of the rest = %d, %v, want %d", deleted, err, want)
	}
	untouched("Delete")
	x.reads(t, "after Delete", x.own, nil)
	x.reads(t, "b's, after a's Delete", x.other, keys[K](t, x.world, x.keys, x.b.id))
}
