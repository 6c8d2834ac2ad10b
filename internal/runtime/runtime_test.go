package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
)

// The tests drive the runtime as generated code does, with a table item that
// belongs to a tenant.
const schema = `
CREATE TABLE tenant (id TEXT PRIMARY KEY NOT NULL);
CREATE TABLE maker (id TEXT PRIMARY KEY NOT NULL, tenant_id TEXT NOT NULL REFERENCES tenant (id));
CREATE TABLE item (
  id        TEXT PRIMARY KEY NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  name      TEXT NOT NULL UNIQUE,
  note      TEXT,
  n         INTEGER NOT NULL DEFAULT 0,
  r         REAL NOT NULL DEFAULT 0,
  flag      INTEGER NOT NULL DEFAULT 0,
  maker_id  TEXT REFERENCES maker (id),
  CHECK (n < 1000000)
);
INSERT INTO tenant VALUES ('a'), ('b');
INSERT INTO maker VALUES ('ma', 'a'), ('mb', 'b');
`

// item is a row of the table.
type item struct {
	ID   string
	Name string
	Note *string
	N    int64
}

var itemTable = table{
	name:    "item",
	columns: "id, name, note, n",
	from:    "\nFROM item\nWHERE tenant_id = ?1",
	get:     itemGet,
	scoped:  true,
	key:     "id",
}

const (
	itemGet    = "SELECT id, name, note, n FROM item WHERE id = ?2 AND tenant_id = ?1"
	itemUpdate = "UPDATE item\nSET /* changes */\nWHERE id = ?2\n  AND tenant_id = ?1/* references */\nRETURNING id, name, note, n"
)

func itemFields(row *item) []any { return []any{&row.ID, &row.Name, &row.Note, &row.N} }

var makerReference = reference{
	table:   "item",
	columns: []string{"maker_id"},
	test:    "({0} IS NULL OR EXISTS (SELECT 1 FROM maker WHERE maker.id = {0} AND maker.tenant_id = ?1))",
}

var items = struct {
	ID    TextColumn[item, string]
	Name  TextField[item, string]
	Note  NullableTextField[item, string]
	N     Field[item, int64]
	R     Field[item, float64]
	Flag  Field[item, bool]
	Maker NullableTextField[item, string]
}{
	ID:    textColumn[item, string]("id", bindText),
	Name:  textField[item, string]("name", bindText),
	Note:  nullableTextField[item, string]("note", bindText),
	N:     field[item, int64]("n", bindInteger),
	R:     field[item, float64]("r", bindReal),
	Flag:  field[item, bool]("flag", bindBool),
	Maker: nullableTextField[item, string]("maker_id", bindText, &makerReference),
}

func newHandle(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "test.db")+"?_foreign_keys=on&_synchronous=off&_journal_mode=memory")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	return db
}

// newSession returns a session of tenant a, with rows of both tenants.
func newSession(t testing.TB) *session {
	t.Helper()
	db := newHandle(t)
	if _, err := db.Exec(`INSERT INTO item (id, tenant_id, name, note, n) VALUES
		('1', 'a', 'Lamp', NULL, 10), ('2', 'a', 'Desk lamp', 'old', 20), ('3', 'a', 'Table', 'new', 30),
		('9', 'b', 'Lamp of b', 'old', 20)`); err != nil {
		t.Fatal(err)
	}
	opened, err := openDatabase(context.Background(), db, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.close() })
	return &session{db: opened, tenant: "a"}
}

func (s *session) items() query { return query{session: s, table: &itemTable} }

// found returns the keys of the rows that a query yields, in its order.
func found(t testing.TB, q query) string {
	t.Helper()
	rows, err := all(context.Background(), q, itemFields)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, row := range rows {
		keys = append(keys, row.ID)
	}
	return strings.Join(keys, " ")
}

func where(s *session, predicates ...Predicate[item]) query {
	return s.items().filtered(tests(predicates)).sorted(terms([]Ordering[item]{items.ID.Asc()}))
}

// wantError checks an error's kind and its whole text.
func wantError(t testing.TB, err, kind error, text string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
	}
	if err != nil && err.Error() != text {
		t.Errorf("error reads\n%s\nwant\n%s", err, text)
	}
}

func TestWindow(t *testing.T) {
	s := newSession(t)
	all := s.items().sorted(terms([]Ordering[item]{items.N.Desc()}))
	for name, c := range map[string]struct {
		query query
		want  string
	}{
		"all":               {all, "3 2 1"},
		"two orders":        {s.items().sorted(terms([]Ordering[item]{items.Flag.Asc(), items.N.Asc()})), "1 2 3"},
		"limit":             {all.limited(2), "3 2"},
		"limit 0":           {all.limited(0), ""},
		"large limit":       {all.limited(1 << 40), "3 2 1"},
		"offset alone":      {all.skipping(1), "2 1"},
		"offset and limit":  {all.skipping(1).limited(1), "2"},
		"past the end":      {all.skipping(3), ""},
		"the last one wins": {all.limited(1).limited(2).skipping(2).skipping(0), "3 2"},
	} {
		if got := found(t, c.query); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		n, err := c.query.count(t.Context())
		if want := len(strings.Fields(c.want)); err != nil || n != int64(want) {
			t.Errorf("%s: count %d, %v, want %d", name, n, err, want)
		}
		exists, err := c.query.exists(t.Context())
		if err != nil || exists != (c.want != "") {
			t.Errorf("%s: exists %t, %v", name, exists, err)
		}
	}
}

func TestInvalidWindows(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct {
		query query
		what  string
	}{
		{s.items().limited(-1), "negative limit or offset"},
		{s.items().skipping(-1), "negative limit or offset"},
		{s.items().sorted(terms([]Ordering[item]{{}})), "zero Ordering"},
	} {
		ctx := t.Context()
		_, err := all(ctx, c.query, itemFields)
		wantError(t, err, ErrInvalid, "list item: invalid value ("+c.what+")")
		_, err = only(ctx, c.query, "first", 1, itemFields)
		wantError(t, err, ErrInvalid, "first item: invalid value ("+c.what+")")
		_, err = c.query.count(ctx)
		wantError(t, err, ErrInvalid, "count item: invalid value ("+c.what+")")
		_, err = c.query.exists(ctx)
		wantError(t, err, ErrInvalid, "exists item: invalid value ("+c.what+")")
	}
}

func TestFirstAndOnly(t *testing.T) {
	s := newSession(t)
	ctx := t.Context()
	first := func(q query) (*item, error) { return only(ctx, q, "first", 1, itemFields) }
	single := func(q query) (*item, error) { return only(ctx, q, "only", 2, itemFields) }

	if row, err := first(s.items()); err != nil || row.ID != "1" {
		t.Errorf("first by key = %+v, %v", row, err)
	}
	if row, err := first(s.items().sorted([]string{"n DESC"})); err != nil || row.ID != "3" {
		t.Errorf("first by order = %+v, %v", row, err)
	}
	if row, err := first(s.items().skipping(1)); err != nil || row.ID != "2" {
		t.Errorf("first of the rest = %+v, %v", row, err)
	}
	_, err := first(where(s, items.ID.Eq("9")))
	wantError(t, err, ErrNotFound, "first item: not found")
	_, err = first(s.items().limited(0))
	wantError(t, err, ErrNotFound, "first item: not found")

	if row, err := single(where(s, items.N.Eq(20))); err != nil || row.ID != "2" {
		t.Errorf("only = %+v, %v", row, err)
	}
	if row, err := single(s.items().limited(1)); err != nil || row.ID != "1" {
		t.Errorf("only of one = %+v, %v", row, err)
	}
	_, err = single(where(s, items.ID.Eq("9")))
	wantError(t, err, ErrNotFound, "only item: not found")
	_, err = single(s.items())
	wantError(t, err, ErrInvalid, "only item: invalid value (more than one row matches)")
}

// A query can be kept and refined in several ways at once.
func TestQueriesDoNotAlias(t *testing.T) {
	s := newSession(t)
	base := where(s, items.N.GT(0), items.N.LT(100))
	base.where = slices.Grow(base.where, 8) // room that an append could share
	base.order = slices.Grow(base.order, 8)
	var wait sync.WaitGroup
	for id, name := range map[string]string{"1": "Lamp", "2": "Desk lamp", "3": "Table"} {
		wait.Go(func() {
			for range 20 {
				q := base.filtered([]test{items.Name.Eq(name).test}).sorted([]string{"n"}).limited(1)
				if got := found(t, q); got != id {
					t.Errorf("found %q, want %q", got, id)
				}
			}
		})
	}
	wait.Wait()
	if got := found(t, base); got != "1 2 3" {
		t.Errorf("the query they came from finds %q", got)
	}
}

func update(t *testing.T, s *session, id string, changes ...Change[item]) (item, error) {
	t.Helper()
	var row item
	err := updateRow(t.Context(), s, &itemTable, itemUpdate, plain(changes), itemFields(&row), 2, s.tenant, id)
	return row, err
}

func TestUpdate(t *testing.T) {
	s := newSession(t)
	row, err := update(t, s, "1", items.Name.Set("it's a \"lamp\""), items.Note.Set("x"), items.N.Set(-1))
	if err != nil || row.Name != "it's a \"lamp\"" || *row.Note != "x" || row.N != -1 {
		t.Errorf("updated %+v, %v", row, err)
	}
	if row, err = update(t, s, "1", items.Note.SetNull()); err != nil || row.Note != nil || row.N != -1 {
		t.Errorf("updated %+v, %v", row, err)
	}
	_, err = update(t, s, "9", items.N.Set(1))
	wantError(t, err, ErrNotFound, "update item: not found")
	_, err = update(t, s, "1", items.Name.Set("Table"))
	wantError(t, err, ErrConflict, "update item: conflict with another row (item.name)")
	_, err = update(t, s, "1", items.N.Set(1_000_000))
	wantError(t, err, ErrInvalid, "update item: invalid value (n)")
	_, err = update(t, s, "1", Change[item]{})
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change )")
	_, err = update(t, s, "1", items.N.Set(1), items.N.Set(1))
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change n)")
}

func TestUpdateTestsReferences(t *testing.T) {
	s := newSession(t)
	if _, err := update(t, s, "1", items.Maker.Set("ma")); err != nil {
		t.Error(err)
	}
	for _, maker := range []string{"mb", "missing", "' OR 1=1 --"} {
		_, err := update(t, s, "1", items.Maker.Set(maker), items.N.Set(5))
		wantError(t, err, ErrReference, "update item: invalid reference (maker_id)")
		_, err = update(t, s, "9", items.Maker.Set(maker))
		wantError(t, err, ErrNotFound, "update item: not found")
	}
	if row, err := update(t, s, "1", items.Maker.SetNull()); err != nil || row.N != 10 {
		t.Errorf("updated %+v, %v", row, err)
	}
}

func TestZeroSessions(t *testing.T) {
	ctx := t.Context()
	var none *session
	for name, s := range map[string]*session{"nil": none, "empty": {}, "with a tenant alone": {tenant: "a"}} {
		_, err := all(ctx, s.items(), itemFields)
		wantError(t, err, ErrNoScope, "list item: no scope")
		_, err = all(ctx, query{session: s}, itemFields)
		wantError(t, err, ErrNoScope, "list: no scope")
		_, err = within(ctx, s, "SELECT 1", "a")
		wantError(t, err, ErrNoScope, "enter: no scope")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	_, _, err := enter(ctx, nil, "SELECT 'role'", "a", "u")
	wantError(t, err, ErrNoScope, "enter: no scope")
}

// A statement that finds a role for a missing key does not let anyone in.
func TestMissingKeysNeverEnter(t *testing.T) {
	s := newSession(t)
	ctx := t.Context()
	for _, c := range []struct{ tenant, user any }{{"", "u"}, {nil, "u"}, {int64(0), "u"}, {"a", ""}, {"a", nil}, {int64(1), int64(0)}} {
		_, _, err := enter(ctx, s.db, "SELECT 'owner' WHERE ?1 IS ?1 AND ?2 IS ?2", c.tenant, c.user)
		wantError(t, err, ErrNotMember, "enter: not a member")
	}
	for _, tenant := range []any{"", nil, int64(0)} {
		_, err := within(ctx, s, "SELECT 1 WHERE ?1 IS ?1", tenant)
		wantError(t, err, ErrNotFound, "enter: not found")
	}
	got, role, err := enter(ctx, s.db, "SELECT 'owner' WHERE ?1 IS ?1 AND ?2 IS ?2", "a", "u")
	if err != nil || role != "owner" || got.tenant != "a" || got.user != "u" {
		t.Errorf("enter = %+v, %q, %v", got, role, err)
	}
}

// counter is a driver that counts the statements it prepares, by text.
type counter struct {
	name     string
	mu       sync.Mutex
	prepared map[string]int
}

func (c *counter) Connect(context.Context) (driver.Conn, error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(c.name)
	if err != nil {
		return nil, err
	}
	return &countingConn{conn.(*sqlite3.SQLiteConn), c}, nil
}

func (c *counter) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

type countingConn struct {
	*sqlite3.SQLiteConn
	counter *counter
}

func (c *countingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.counter.mu.Lock()
	c.counter.prepared[text]++
	c.counter.mu.Unlock()
	return c.SQLiteConn.PrepareContext(ctx, text)
}

func newCounter(t *testing.T) (*counter, *session) {
	t.Helper()
	c := &counter{name: "file:" + filepath.Join(t.TempDir(), "test.db") + "?_foreign_keys=on&_synchronous=off", prepared: map[string]int{}}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	opened, err := openDatabase(t.Context(), db, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, &session{db: opened, tenant: "a"}
}

func TestStatementsArePreparedOnceAShape(t *testing.T) {
	c, s := newCounter(t)
	for i := range 10 {
		if _, err := all(t.Context(), where(s, items.N.In(int64(i), int64(i+1)), items.Name.Eq("x")).limited(i), itemFields); err != nil {
			t.Fatal(err)
		}
		_, _ = update(t, s, "1", items.N.Set(int64(i)))
	}
	if len(c.prepared) != 2 {
		t.Errorf("prepared %d texts, want 2", len(c.prepared))
	}
	for text, n := range c.prepared {
		if n != 1 {
			t.Errorf("prepared %d times: %s", n, text)
		}
	}
	if n := s.db.prepared.Load(); n != 2 {
		t.Errorf("the store counts %d statements", n)
	}
	if err := s.db.close(); err != nil {
		t.Error(err)
	}
	if _, err := all(t.Context(), s.items(), itemFields); err != nil {
		t.Errorf("after close: %v", err)
	}
}

// A caller that makes up ever new shapes gets answers, and no more statements.
func TestPreparedStatementsAreBounded(t *testing.T) {
	c, s := newCounter(t)
	q := s.items()
	for range maxPrepared + 20 {
		q = q.filtered([]test{items.ID.NotNull().test})
		if len(q.where) > 30 { // a statement cannot grow for ever either
			q = s.items().filtered([]test{search{"id", "", func(column, p string) string {
				return "/* " + newKey(time.Now()) + " */ " + contains(column, p)
			}}})
		}
		if _, err := q.count(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.db.prepared.Load(); n != maxPrepared || len(c.prepared) != maxPrepared {
		t.Errorf("%d statements are kept, %d were prepared, want %d", n, len(c.prepared), maxPrepared)
	}
}

func TestStatementsAreSharedByGoroutines(t *testing.T) {
	s := newSession(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 20 {
				if got := found(t, where(s, items.N.Eq(int64(10*(1+i%3))))); got == "" {
					t.Error("found nothing")
				}
			}
		})
	}
	wait.Wait()
	if n := s.db.prepared.Load(); n != 1 {
		t.Errorf("%d statements are kept, want 1", n)
	}
}

func TestOpenChecksWhatTheCodeReliesOn(t *testing.T) {
	ctx := t.Context()
	open := func(dsn string) *sql.DB {
		db, err := sql.Open("sqlite3", dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	_, err := openDatabase(ctx, nil, nil, nil)
	wantError(t, err, ErrInvalid, "open: invalid value: the database handle is nil")

	_, err = openDatabase(ctx, open("file:"+filepath.Join(t.TempDir(), "off.db")), nil, nil)
	wantError(t, err, ErrInvalid, "open: invalid value: the connection does not enforce foreign keys; "+
		`open it with "?_foreign_keys=on" (mattn/go-sqlite3) or "?_pragma=foreign_keys(1)" (modernc.org/sqlite)`)

	_, err = openDatabase(ctx, newHandle(t), []tableColumns{
		{"item", []string{"id", "NAME", "price"}}, {"Maker", []string{"id"}}, {"invoice", []string{"id"}},
	}, nil)
	wantError(t, err, ErrInvalid, "open: invalid value: the database lacks column item.price, table invoice; "+
		"bring it up to the schema that this package was generated from")

	db := open("file:" + filepath.Join(t.TempDir(), "closed.db"))
	_ = db.Close()
	_, err = openDatabase(ctx, db, nil, nil)
	if err == nil || err.Error() != "open: cannot tell whether foreign keys are enforced: sql: database is closed" {
		t.Errorf("a closed handle: %v", err)
	}

	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
	d, err := openDatabase(ctx, newHandle(t), []tableColumns{{"item", []string{"id"}}},
		[]Option{nil, WithClock(nil), WithClock(func() time.Time { return now })})
	if err != nil {
		t.Fatal(err)
	}
	s := &session{db: d}
	if got := s.now(); !got.Equal(now) || got.Location() != time.UTC {
		t.Errorf("now = %v, want %v in UTC", got, now)
	}
}
