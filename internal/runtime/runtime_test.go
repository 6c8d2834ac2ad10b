package runtime

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	s := newSession(t)
	all := sorted(s.items(), items.N.Desc())
	for name, c := range map[string]struct {
		query *query
		want  string
	}{
		"all":               {all, "3 2 1"},
		"two orders":        {sorted(s.items(), items.Flag.Asc(), items.N.Asc()), "1 2 3"},
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
	table := "item"
	for _, c := range []struct {
		query *query
		what  string
	}{
		{s.items().limited(-1), "negative limit or offset"},
		{s.items().skipping(-1), "negative limit or offset"},
		{sorted(s.items(), Ordering[*item]{}), "zero Ordering"},
		{sorted(s.items(), items.N.Asc(), Ordering[*item]{}), "zero Ordering"},
		{selecting(s.items(), Selectable[*item](&Column[*item, string]{})), "zero column"},
		{with(s.items(), RelationOf[*item](&Relation[*item, *tag]{})), "zero Relation"},
		{with(s.items(), items.Tags.Limit(-1)), "negative limit or offset"},
		{with(s.items(), items.Tags.OrderBy(Ordering[*tag]{})), "zero Ordering"},
		{with(s.items(), items.Tags.Select(&Column[*tag, string]{})), "zero column"},
		{with(s.items(), items.Tags.With(&Relation[*tag, *item]{})), "zero Relation"},
	} {
		ctx := t.Context()
		if l := c.query.has.with; len(l) > 0 && l[0] != nil {
			table = "tag" // which the relation leads to
		}
		var rows []item
		var row *item
		err := c.query.all(ctx, &rows)
		wantError(t, err, ErrInvalid, "list "+table+": invalid value ("+c.what+")")
		err = c.query.first(ctx, &row)
		wantError(t, err, ErrInvalid, "first "+table+": invalid value ("+c.what+")")
		err = c.query.only(ctx, &row)
		wantError(t, err, ErrInvalid, "only "+table+": invalid value ("+c.what+")")
		_, err = c.query.count(ctx)
		wantError(t, err, ErrInvalid, "count "+table+": invalid value ("+c.what+")")
		_, err = c.query.exists(ctx)
		wantError(t, err, ErrInvalid, "exists "+table+": invalid value ("+c.what+")")
		_, err = c.query.remove(ctx)
		wantError(t, err, ErrInvalid, "delete "+table+": invalid value ("+c.what+")")
		_, err = c.query.update(ctx, changesOf([]Change[*item]{items.N.Set(1)}))
		wantError(t, err, ErrInvalid, "update "+table+": invalid value ("+c.what+")")
		var next, prev string
		err = c.query.page(ctx, PageRequest{}, &rows, &next, &prev)
		wantError(t, err, ErrInvalid, "page "+table+": invalid value ("+c.what+")")
		c.query.each(ctx, &item{}, func(err error) bool {
			wantError(t, err, ErrInvalid, "each "+table+": invalid value ("+c.what+")")
			return false
		})
	}
}

func TestFirstAndOnly(t *testing.T) {
	s := newSession(t)
	ctx := t.Context()
	first := func(q *query) (row *item, err error) { err = q.first(ctx, &row); return row, err }
	single := func(q *query) (row *item, err error) { err = q.only(ctx, &row); return row, err }

	if row, err := first(s.items()); err != nil || row.ID != "1" {
		t.Errorf("first by key = %+v, %v", row, err)
	}
	if row, err := first(sorted(s.items(), items.N.Desc())); err != nil || row.ID != "3" {
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
	base.has.where = slices.Grow(base.has.where, 8) // room that an append could share
	base.has.order = slices.Grow(base.has.order, 8)
	var wait sync.WaitGroup
	for id, name := range map[string]string{"1": "Lamp", "2": "Desk lamp", "3": "Table"} {
		wait.Go(func() {
			for range 20 {
				q := sorted(filtered(base, items.Name.Eq(name)), items.N.Asc()).limited(1)
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
	_, err = update(t, s, "1", Change[*item]{})
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change )")
	_, err = update(t, s, "1", items.N.Set(1), items.N.Set(1))
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change n)")
}

func TestUpdateTestsReferences(t *testing.T) {
	s := newSession(t)
	if _, err := update(t, s, "1", items.Made.Set("ma")); err != nil {
		t.Error(err)
	}
	for _, maker := range []string{"mb", "missing", "' OR 1=1 --"} {
		_, err := update(t, s, "1", items.Made.Set(maker), items.N.Set(5))
		wantError(t, err, ErrReference, "update item: invalid reference (maker_id)")
		_, err = update(t, s, "9", items.Made.Set(maker))
		wantError(t, err, ErrNotFound, "update item: not found")
	}
	if row, err := update(t, s, "1", items.Made.SetNull()); err != nil || row.N != 10 {
		t.Errorf("updated %+v, %v", row, err)
	}
}

func TestZeroSessions(t *testing.T) {
	ctx := t.Context()
	var none *session
	for name, s := range map[string]*session{"nil": none, "empty": {}, "with a tenant alone": {tenant: "a"}} {
		var rows []item
		var row *item
		err := s.items().all(ctx, &rows)
		wantError(t, err, ErrNoScope, "list item: no scope")
		err = (&query{session: s}).all(ctx, &rows)
		wantError(t, err, ErrNoScope, "list: no scope")
		err = (*query)(nil).refined().all(ctx, &rows)
		wantError(t, err, ErrNoScope, "list: no scope")
		err = s.get(ctx, &itemTable, &row, "1")
		wantError(t, err, ErrNoScope, "get item: no scope")
		_, err = create(s, newItem{})
		wantError(t, err, ErrNoScope, "create item: no scope")
		_, err = createMany(s, newItem{})
		wantError(t, err, ErrNoScope, "create item: no scope")
		_, err = update(t, s, "1", items.N.Set(1))
		wantError(t, err, ErrNoScope, "update item: no scope")
		err = s.upsert(ctx, &itemTable, &row, &newItem{}, nil)
		wantError(t, err, ErrNoScope, "upsert item: no scope")
		err = s.remove(ctx, &itemTable, "1")
		wantError(t, err, ErrNoScope, "delete item: no scope")
		_, err = s.items().remove(ctx)
		wantError(t, err, ErrNoScope, "delete item: no scope")
		_, err = s.items().update(ctx, changesOf([]Change[*item]{items.N.Set(1)}))
		wantError(t, err, ErrNoScope, "update item: no scope")
		err = s.items().loadInto(ctx, []item{{}})
		wantError(t, err, ErrNoScope, "load item: no scope")
		err = s.inTx(ctx, func(*session) error { return nil })
		wantError(t, err, ErrNoScope, "transaction: no scope")
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

func TestStatementsArePreparedOnceAShape(t *testing.T) {
	c, s := newCounter(t)
	for i := range 10 {
		all[item](t, where(s, items.N.In(int64(i), int64(i+1)), items.Name.Eq("x")).limited(i))
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
	if n := preparedOf(s); n != 2 {
		t.Errorf("the store counts %d statements", n)
	}
	if err := s.db.close(); err != nil {
		t.Error(err)
	}
	var rows []item
	if err := s.items().all(t.Context(), &rows); err != nil {
		t.Errorf("after close: %v", err)
	}
}

// A caller that makes up ever new shapes gets answers, and no more statements.
func TestPreparedStatementsAreBounded(t *testing.T) {
	c, s := newCounter(t)
	q := s.items()
	for range maxPrepared + 20 {
		q = filtered(q, items.ID.NotNull())
		if len(q.has.where) > 30 { // a statement cannot grow for ever either
			q = filtered(s.items(), Predicate[*item]{search{"id", "", func(column, p string) string {
				return "/* " + newKey(time.Now()) + " */ " + contains(column, p)
			}}})
		}
		if _, err := q.count(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := preparedOf(s); n != maxPrepared || len(c.prepared) != maxPrepared {
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
	if n := preparedOf(s); n != 1 {
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
