package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
)

// The tests drive the runtime as generated code does. What generated code
// would declare is in this file: makers, items and tags that belong to a
// tenant. An item has a maker or none; items and tags go together in pairs,
// with a note of each in item_tag. Tags are hidden once they are deleted.
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
CREATE TABLE tag (
  id         TEXT PRIMARY KEY NOT NULL,
  tenant_id  TEXT NOT NULL REFERENCES tenant (id),
  mark       BLOB,
  rank       INTEGER,
  deleted_at INTEGER
);
CREATE TABLE item_tag (
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  item_id   TEXT NOT NULL REFERENCES item (id),
  tag_id    TEXT NOT NULL REFERENCES tag (id),
  PRIMARY KEY (item_id, tag_id)
);
INSERT INTO tenant VALUES ('a'), ('b');
INSERT INTO maker VALUES ('ma', 'a'), ('mb', 'b');
`

// Rows of both tenants.
const someItems = `INSERT INTO item (id, tenant_id, name, note, n) VALUES
	('1', 'a', 'Lamp', NULL, 10), ('2', 'a', 'Desk lamp', 'old', 20), ('3', 'a', 'Table', 'new', 30),
	('9', 'b', 'Lamp of b', 'old', 20)`

// What the rows have to do with each other. Some of it crosses over to tenant
// b, as no statement of a scope would write it: nothing of it may be read.
const someLinks = `
INSERT INTO maker VALUES ('mc', 'a');
UPDATE item SET maker_id = 'ma' WHERE id IN ('1', '2');
UPDATE item SET maker_id = 'mb' WHERE id IN ('3', '9');
INSERT INTO tag VALUES ('t1', 'a', x'00ff', 5, NULL), ('t2', 'a', NULL, NULL, NULL), ('t3', 'a', x'', 7, NULL),
	('t4', 'a', NULL, 1, 99), ('t9', 'b', NULL, 1, NULL);
INSERT INTO item_tag VALUES ('a', '1', 't1'), ('a', '1', 't2'), ('a', '2', 't1'), ('a', '2', 't4'), ('a', '2', 't9'),
	('b', '3', 't1'), ('b', '9', 't9'), ('b', '9', 't1');
`

type maker struct {
	ID       string
	TenantID string

	Items []item
}

type item struct {
	ID       string
	TenantID string
	Name     string
	Note     *string
	N        int64
	R        float64
	Flag     bool
	MakerID  *string

	Maker *maker
	Tags  []tag
}

type tag struct {
	ID        string
	TenantID  string
	Mark      []byte
	Rank      *int64
	DeletedAt *time.Time

	Items []item
	Pairs []itemTag
}

type itemTag struct {
	TenantID string
	ItemID   string
	TagID    string

	Item *item
	Tag  *tag
}

// newItem is the input of an item.
type newItem struct {
	id      string
	Name    string
	Note    *string
	N       int64
	R       float64
	Flag    bool
	MakerID *string
}

type makerColumns struct {
	ID    *TextColumn[*maker, string]
	Items *Relation[*maker, *item]
}

var makers = makerColumns{
	ID:    textColumn[*maker, string]("id", bindText),
	Items: related[*maker, *item](&makerItems),
}

type itemColumns struct {
	ID     *TextColumn[*item, string]
	Tenant *TextColumn[*item, string]
	Name   *TextField[*item, string]
	Note   *NullableTextField[*item, string]
	N      *Field[*item, int64]
	R      *Field[*item, float64]
	Flag   *Field[*item, bool]
	Made   *NullableTextField[*item, string]
	Maker  *Relation[*item, *maker]
	Tags   *Relation[*item, *tag]
}

var items = itemColumns{
	ID:     textColumn[*item, string]("id", bindText),
	Tenant: textColumn[*item, string]("tenant_id", bindText),
	Name:   textField[*item, string]("name", bindText),
	Note:   nullableTextField[*item, string]("note", bindText),
	N:      field[*item, int64]("n", bindInteger),
	R:      field[*item, float64]("r", bindReal),
	Flag:   field[*item, bool]("flag", bindBool),
	Made:   nullableTextField[*item, string]("maker_id", bindText, &makerReference),
	Maker:  related[*item, *maker](&itemMaker),
	Tags:   related[*item, *tag](&itemTags),
}

// blobs is a column whose values no list can hold.
var blobs = column[*item, []byte]("name", bindBlob)

type tagColumns struct {
	ID    *TextColumn[*tag, string]
	Mark  *NullableField[*tag, []byte]
	Rank  *NullableField[*tag, int64]
	Items *Relation[*tag, *item]
	Pairs *Relation[*tag, *itemTag]
}

var tags = tagColumns{
	ID:    textColumn[*tag, string]("id", bindText),
	Mark:  nullableField[*tag, []byte]("mark", bindBlob),
	Rank:  nullableField[*tag, int64]("rank", bindInteger),
	Items: related[*tag, *item](&tagItems),
	Pairs: related[*tag, *itemTag](&tagPairs),
}

type itemTagColumns struct {
	ItemID *TextColumn[*itemTag, string]
	TagID  *TextColumn[*itemTag, string]
	Item   *Relation[*itemTag, *item]
	Tag    *Relation[*itemTag, *tag]
}

var pairs = itemTagColumns{
	ItemID: textColumn[*itemTag, string]("item_id", bindText),
	TagID:  textColumn[*itemTag, string]("tag_id", bindText),
	Item:   related[*itemTag, *item](&pairItem),
	Tag:    related[*itemTag, *tag](&pairTag),
}

var (
	makerItems = relation{field: "Items", target: &itemTable, from: []string{"id"}, to: []string{"maker_id"}, many: true, exact: true}
	itemMaker  = relation{field: "Maker", target: &makerTable, from: []string{"maker_id"}, to: []string{"id"}, exact: true}
	itemTags   = relation{
		field: "Tags", target: &tagTable, from: []string{"id"}, to: []string{"item_id"}, many: true, exact: true,
		through: &through{table: &itemTagTable, from: []string{"tag_id"}, to: []string{"id"}},
	}
	tagItems = relation{
		field: "Items", target: &itemTable, from: []string{"id"}, to: []string{"tag_id"}, many: true, exact: true,
		through: &through{table: &itemTagTable, from: []string{"item_id"}, to: []string{"id"}},
	}
	tagPairs = relation{field: "Pairs", target: &itemTagTable, from: []string{"id"}, to: []string{"tag_id"}, many: true, exact: true}
	pairItem = relation{field: "Item", target: &itemTable, from: []string{"item_id"}, to: []string{"id"}, exact: true}
	pairTag  = relation{field: "Tag", target: &tagTable, from: []string{"tag_id"}, to: []string{"id"}, exact: true}
)

var makerReference = reference{
	table:   "item",
	columns: []string{"maker_id"},
	test:    "({0} IS NULL OR EXISTS (SELECT 1 FROM maker WHERE maker.id = {0} AND maker.tenant_id = ?1))",
}

var makerTable = table{
	name:    "maker",
	sql:     "maker",
	columns: []columnInfo{{"id", isKey | isExact}, {"tenant_id", isTenant | isExact}},
	key:     []string{"id"},
	fields: func(address any) []any {
		row := address.(*maker)
		return []any{&row.ID, &row.TenantID}
	},
	scoped: true,
	rowid:  "rowid",
	from:   "\nFROM maker\nWHERE tenant_id = ?1",
	owner:  "maker.tenant_id = ?1",
	get:    "\nFROM maker\nWHERE id = ?2\n  AND tenant_id = ?1",
	unique: []uniqueKey{{columns: []string{"id"}}},
}

var itemTable = table{
	name: "item",
	sql:  "item",
	columns: []columnInfo{
		{"id", isKey | isExact},
		{"tenant_id", isTenant | isExact},
		{"name", isExact},
		{"note", isExact | isNull},
		{"n", isExact},
		{"r", isReal},
		{"flag", 0},
		{"maker_id", isExact | isNull},
	},
	key: []string{"id"},
	fields: func(address any) []any {
		row := address.(*item)
		return []any{&row.ID, &row.TenantID, &row.Name, textOrNull(&row.Note), &row.N, &row.R, &row.Flag, textOrNull(&row.MakerID)}
	},
	input: func(address any) []any {
		row := address.(*newItem)
		return []any{&row.id, &row.Name, textOrNull(&row.Note), &row.N, &row.R, &row.Flag, textOrNull(&row.MakerID)}
	},
	scoped: true,
	rowid:  "rowid",
	from:   "\nFROM item\nWHERE tenant_id = ?1",
	owner:  "item.tenant_id = ?1",
	get:    "\nFROM item\nWHERE id = ?2\n  AND tenant_id = ?1",
	insert: `
INSERT INTO item (id, tenant_id, name, note, n, r, flag, maker_id)
SELECT ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8` + itemTests,
	insertArgs: []argument{
		{from: theTenant},
		{from: theKey},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
	},
	many: `
INSERT INTO item (id, tenant_id, name, note, n, r, flag, maker_id)
SELECT "input.".value ->> 0, ?1, "input.".value ->> 1, "input.".value ->> 2, "input.".value ->> 3,
  "input.".value ->> 4, "input.".value ->> 5, "input.".value ->> 6
FROM json_each(?2) AS "input."
WHERE NOT EXISTS (SELECT 1 FROM json_each(?2) AS "input." WHERE NOT ("input.".value ->> 6 IS NULL OR EXISTS (SELECT 1 FROM maker WHERE maker.id = "input.".value ->> 6 AND maker.tenant_id = ?1)))`,
	manyArgs: []argument{{from: theTenant}, {from: theList}},
	stored: []argument{
		{from: theKey},
		{from: theTenant},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
		{from: theInput},
	},
	upsert: `
DO UPDATE SET name = excluded.name, note = excluded.note, n = excluded.n, r = excluded.r, flag = excluded.flag,
  maker_id = excluded.maker_id
WHERE item.tenant_id = ?1`,
	unique: []uniqueKey{{columns: []string{"id"}}, {columns: []string{"name"}}},
	tests:  itemTests,
	tested: "maker_id",
	update: "\nUPDATE item\nSET /* changes */\nWHERE id = ?2\n  AND tenant_id = ?1/* references */",
	change: "\nUPDATE item\nSET /* changes */\nWHERE tenant_id = ?1/* references */",
	remove: "\nDELETE FROM item\nWHERE id = ?2\n  AND tenant_id = ?1",
	clear:  "\nDELETE FROM item\nWHERE tenant_id = ?1",
}

const itemTests = `
WHERE (?8 IS NULL OR EXISTS (SELECT 1 FROM maker WHERE maker.id = ?8 AND maker.tenant_id = ?1))`

var tagTable = table{
	name: "tag",
	sql:  "tag",
	columns: []columnInfo{
		{"id", isKey | isExact},
		{"tenant_id", isTenant | isExact},
		{"mark", isBlob | isNull},
		{"rank", isExact | isNull},
		{"deleted_at", isHidden | isNull},
	},
	key: []string{"id"},
	fields: func(address any) []any {
		row := address.(*tag)
		return []any{&row.ID, &row.TenantID, &row.Mark, integerOrNull(&row.Rank), unixOrNull(&row.DeletedAt)}
	},
	scoped: true,
	rowid:  "rowid",
	from:   "\nFROM tag\nWHERE tenant_id = ?1\n  AND deleted_at IS NULL",
	owner:  "tag.tenant_id = ?1",
	alive:  "tag.deleted_at IS NULL",
	get:    "\nFROM tag\nWHERE id = ?2\n  AND tenant_id = ?1\n  AND deleted_at IS NULL",
	unique: []uniqueKey{{columns: []string{"id"}}},
}

var itemTagTable = table{
	name: "item_tag",
	sql:  "item_tag",
	columns: []columnInfo{
		{"tenant_id", isTenant | isExact},
		{"item_id", isKey | isExact},
		{"tag_id", isKey | isExact},
	},
	key: []string{"item_id", "tag_id"},
	fields: func(address any) []any {
		row := address.(*itemTag)
		return []any{&row.TenantID, &row.ItemID, &row.TagID}
	},
	scoped: true,
	from:   "\nFROM item_tag\nWHERE tenant_id = ?1",
	owner:  "item_tag.tenant_id = ?1",
	get:    "\nFROM item_tag\nWHERE item_id = ?2\n  AND tag_id = ?3\n  AND tenant_id = ?1",
	unique: []uniqueKey{{columns: []string{"item_id", "tag_id"}}},
}

// expectedTables are what Open is told to expect.
var expectedTables = []tableColumns{{"item", []string{"id", "name", "note", "n"}}, {"maker", []string{"id"}}}

const connection = "?_foreign_keys=on&_synchronous=off&_journal_mode=memory&_busy_timeout=5000"

func newHandle(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "test.db")+connection)
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
	if _, err := db.Exec(someItems); err != nil {
		t.Fatal(err)
	}
	opened, err := openDatabase(context.Background(), db, expectedTables, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.close() })
	return &session{db: opened, tenant: "a"}
}

// mustExec runs statements outside of any scope.
func mustExec(t testing.TB, s *session, statements string, args ...any) {
	t.Helper()
	if _, err := s.db.handle.Exec(statements, args...); err != nil {
		t.Fatal(err)
	}
}

// counter is a driver that counts the statements it prepares, by text.
type counter struct {
	name     string
	mu       sync.Mutex
	prepared map[string]int
	texts    []string // in order
	conn     *sqlite3.SQLiteConn
}

func (c *counter) Connect(context.Context) (driver.Conn, error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(c.name)
	if err != nil {
		return nil, err
	}
	c.conn = conn.(*sqlite3.SQLiteConn)
	return &countingConn{c.conn, c}, nil
}

func (c *counter) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// since returns the texts prepared since the last call.
func (c *counter) since() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := c.texts
	c.texts = nil
	return texts
}

type countingConn struct {
	*sqlite3.SQLiteConn
	counter *counter
}

func (c *countingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.counter.mu.Lock()
	c.counter.prepared[text]++
	c.counter.texts = append(c.counter.texts, text)
	c.counter.mu.Unlock()
	return c.SQLiteConn.PrepareContext(ctx, text)
}

// newCounter returns a session of tenant a on one connection, whose
// statements are counted. There are no items yet.
func newCounter(t testing.TB) (*counter, *session) {
	t.Helper()
	c := &counter{name: "file:" + filepath.Join(t.TempDir(), "test.db") + connection, prepared: map[string]int{}}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	opened, err := openDatabase(context.Background(), db, expectedTables, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.close() })
	return c, &session{db: opened, tenant: "a"}
}

// newLinked is newCounter with rows of both tenants, and all that leads from
// one to another.
func newLinked(t testing.TB) (*counter, *session) {
	t.Helper()
	c, s := newCounter(t)
	mustExec(t, s, someItems)
	mustExec(t, s, someLinks)
	c.since()
	return c, s
}

// system is the session without a tenant.
func system(s *session) *session { return &session{db: s.db, reason: "test"} }

func (s *session) items() *query  { return newQuery(s, &itemTable) }
func (s *session) makers() *query { return newQuery(s, &makerTable) }
func (s *session) tags() *query   { return newQuery(s, &tagTable) }
func (s *session) pairs() *query  { return newQuery(s, &itemTagTable) }

// filtered, sorted, selecting and with are the bodies of generated methods.
func filtered[R any](q *query, predicates ...Predicate[R]) *query {
	q = q.refined()
	for _, p := range predicates {
		q.filter(p.test)
	}
	return q
}

func sorted[R any](q *query, orderings ...Ordering[R]) *query {
	q = q.refined()
	for _, o := range orderings {
		q.sort(o.term)
	}
	return q
}

func selecting[R any](q *query, columns ...Selectable[R]) *query {
	q = q.refined()
	var row R
	for _, c := range columns {
		q.choose(c.column(row))
	}
	return q
}

func with[R any](q *query, relations ...RelationOf[R]) *query {
	q = q.refined()
	var row R
	for _, r := range relations {
		q.load(r.load(row))
	}
	return q
}

// all returns the rows of a query.
func all[R any](t testing.TB, q *query) []R {
	t.Helper()
	var rows []R
	if err := q.all(context.Background(), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// where are the items that all predicates match, by key.
func where(s *session, predicates ...Predicate[*item]) *query {
	return sorted(filtered(s.items(), predicates...), items.ID.Asc())
}

// found returns the keys of the items that a query yields, in its order.
func found(t testing.TB, q *query) string {
	t.Helper()
	return keysOf(all[item](t, q))
}

func keysOf(rows []item) string {
	var keys []string
	for _, row := range rows {
		keys = append(keys, row.ID)
	}
	return strings.Join(keys, " ")
}

func insert(t testing.TB, s *session, id, name string, n int64, r float64) {
	t.Helper()
	if _, err := s.exec(context.Background(), `INSERT INTO item (id, tenant_id, name, n, r) VALUES (?1, 'a', ?2, ?3, ?4)`, id, name, n, r); err != nil {
		t.Fatal(err)
	}
}

func changesOf(changes []Change[*item]) []change {
	list := make([]change, len(changes))
	for i, c := range changes {
		list[i] = c.change
	}
	return list
}

func update(t testing.TB, s *session, id string, changes ...Change[*item]) (*item, error) {
	t.Helper()
	var row *item
	err := s.update(context.Background(), &itemTable, &row, changesOf(changes), id)
	return row, err
}

func create(s *session, input newItem) (*item, error) {
	var row *item
	err := s.create(context.Background(), &itemTable, &row, &input)
	return row, err
}

func createMany(s *session, inputs ...newItem) ([]item, error) {
	var rows []item
	err := s.createMany(context.Background(), &itemTable, &rows, inputs)
	return rows, err
}

func get(s *session, id string) (*item, error) {
	var row *item
	err := s.get(context.Background(), &itemTable, &row, id)
	return row, err
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

//go:fix inline
func pointer[V any](v V) *V { return new(v) }

// textOf is the statement that has been written.
func textOf(w *writer) string { return string(w.sql) }

// preparedOf is how many statements a store keeps.
func preparedOf(s *session) int { return len(*s.db.statements.Load()) }

// byColumn returns the session on an engine that rounds the floating-point
// numbers of JSON, so that rows which have some are read column by column.
func byColumn(s *session) *session {
	opened, err := openDatabase(context.Background(), s.db.handle, expectedTables, []Option{WithClock(s.db.now)})
	if err != nil {
		panic(err)
	}
	opened.exactReals = false
	return &session{db: opened, tenant: s.tenant, user: s.user, reason: s.reason}
}

// aimed is an element whose value goes to a field, and is a key.
func aimed(field any) *element {
	e := &element{}
	e.aim(field)
	return e
}
