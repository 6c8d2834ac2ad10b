package gen_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"github.com/rowhouse/rowhouse/gen"
)

// clock is the time in all tests, until they move it.
var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newDatabase creates a database of schema/*.sql in a folder.
func newDatabase(folder string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(folder, "test.db")+"?_foreign_keys=on&_synchronous=off&_journal_mode=memory")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob("../schema/*.sql")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if _, err := db.Exec(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return db, nil
}

// open returns a store on an empty database.
func open(t *testing.T, options ...gen.Option) (*gen.Store, *sql.DB) {
	t.Helper()
	db, err := newDatabase(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	store, err := gen.Open(t.Context(), db, append([]gen.Option{gen.WithClock(func() time.Time { return clock })}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return store, db
}

// must returns the result of a call that cannot fail in a right program.
func must[T any](result T, err error) T {
	if err != nil {
		panic(err)
	}
	return result
}

// world is a database with two organizations that look the same.
type world struct {
	db    *sql.DB
	store *gen.Store
	sys   *gen.System
	a, b  *organization
}

// organization is a tenant with at least a row in every owned table.
type organization struct {
	*gen.Scope // as owner sees it

	name          string // how its users' addresses end: "a" in owner@a.example
	id            gen.OrganizationID
	owner, member gen.UserID
	spare         gen.UserID // a member who is in no team yet
	stranger      gen.UserID // belongs to nothing
	team          gen.TeamID
	teams         []gen.TeamID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	w.store, w.db = open(t)
	w.sys = w.store.System("tests")
	w.a, w.b = w.organization(t, "a"), w.organization(t, "b")
	return w
}

// organization signs up three people and does with their organization what
// users do, all of it through the generated API.
func (w *world) organization(t *testing.T, name string) *organization {
	t.Helper()
	ctx := t.Context()
	o := &organization{name: name}
	user := func(who string) gen.UserID {
		return must(w.sys.Users.Create(ctx, gen.NewUser{Name: who, Email: who + "@" + name + ".example"})).ID
	}
	o.owner, o.member, o.spare, o.stranger = user("owner"), user("member"), user("spare"), user("stranger")
	o.id = must(w.sys.Organizations.Create(ctx, gen.NewOrganization{Name: "Acme", Slug: "acme-" + name})).ID
	job := must(w.sys.InOrganization(ctx, o.id))
	for _, user := range []gen.UserID{o.owner, o.member, o.spare} {
		must(job.Members.Create(ctx, gen.NewMember{UserID: user}))
	}
	o.Scope = must(w.store.Enter(ctx, o.owner, o.id))
	o.team = must(o.Teams.Create(ctx, gen.NewTeam{Name: "Sales"})).ID
	o.teams = []gen.TeamID{o.team, must(o.Teams.Create(ctx, gen.NewTeam{Name: "Support"})).ID}
	key := "key-" + name // unique among all organizations
	must(o.TeamMembers.Create(ctx, gen.NewTeamMember{TeamID: o.team, UserID: o.owner, MembershipKey: &key}))
	must(o.TeamMembers.Create(ctx, gen.NewTeamMember{TeamID: o.team, UserID: o.member}))
	must(o.Invitations.Create(ctx, gen.NewInvitation{InviterID: o.owner, Email: "new@example.com", ExpiresAt: clock.Add(time.Hour)}))
	must(o.Invitations.Create(ctx, gen.NewInvitation{InviterID: o.member, Email: "newer@example.com", ExpiresAt: clock.Add(time.Hour)}))
	must(o.OrganizationRoles.Create(ctx, gen.NewOrganizationRole{Role: "viewer", Permission: `{}`}))
	must(o.OrganizationRoles.Create(ctx, gen.NewOrganizationRole{Role: "buyer", Permission: `{"product":["read"]}`}))
	sku := "L-1"
	must(o.Products.Create(ctx, gen.NewProduct{Name: "Lamp", SKU: &sku, Price: 4900}))
	must(o.Products.Create(ctx, gen.NewProduct{Name: "Table", Price: 19900}))
	gone := must(o.Products.Create(ctx, gen.NewProduct{Name: "Gone", Price: 1}))
	if err := o.Products.Delete(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	return o
}

// dump returns every row of every table, as the database has it.
func (w *world) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range texts(t, w.db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		for _, row := range w.rows(t, table) {
			fmt.Fprintf(&b, "%s %s\n", table, row)
		}
	}
	return b.String()
}

// rows returns every row of a table.
func (w *world) rows(t *testing.T, table string) []string {
	t.Helper()
	rows, err := w.db.Query(fmt.Sprintf(`SELECT * FROM %q ORDER BY 1`, table))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%q", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// exec runs a statement past the generated code.
func (w *world) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := w.db.Exec(statement, args...); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// stays fails if anything in what was loaded is not the organization's,
// however deep it is. Its users are known by their addresses.
func (o *organization) stays(t *testing.T, loaded reflect.Value) {
	t.Helper()
	switch loaded.Kind() {
	case reflect.Pointer:
		if !loaded.IsNil() {
			o.stays(t, loaded.Elem())
		}
	case reflect.Slice:
		if loaded.Type().Elem().Kind() == reflect.Struct {
			for i := range loaded.Len() {
				o.stays(t, loaded.Index(i))
			}
		}
	case reflect.Struct:
		switch row := loaded.Interface().(type) {
		case time.Time:
			return
		case gen.User:
			if !strings.HasSuffix(row.Email, "@"+o.name+".example") {
				t.Errorf("in organization %s: user %+v", o.name, row)
			}
		case gen.Organization:
			if row.ID != o.id {
				t.Errorf("in organization %s: organization %+v", o.name, row)
			}
		case gen.TeamMember:
			if !slices.Contains(o.teams, row.TeamID) {
				t.Errorf("in organization %s: team member %+v", o.name, row)
			}
		default:
			if tenant := loaded.FieldByName("OrganizationID"); !tenant.IsValid() || tenant.String() != string(o.id) {
				t.Errorf("in organization %s: %T %+v", o.name, row, row)
			}
		}
		for _, field := range loaded.Fields() {
			o.stays(t, field)
		}
	}
}

// unchanged runs an operation that must not write a thing.
func (w *world) unchanged(t *testing.T, operation func()) {
	t.Helper()
	before := w.dump(t)
	operation()
	if after := w.dump(t); after != before {
		t.Errorf("the database changed:\n%s\nbefore:\n%s", after, before)
	}
}

// texts returns the first column of a query's rows.
func texts(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// wantError checks an error's kind and its whole text.
func wantError(t *testing.T, err, kind error, text string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
	}
	if err != nil && err.Error() != text {
		t.Errorf("error reads\n%s\nwant\n%s", err, text)
	}
}

// inJSON shows rows of whatever depth in a message.
func inJSON(rows reflect.Value) string {
	text, err := json.Marshal(rows.Interface())
	if err != nil {
		return err.Error()
	}
	return string(text)
}
