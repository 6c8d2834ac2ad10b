package typing_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/typing"
)

const schema = `
CREATE TABLE maker (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, site TEXT);
CREATE TABLE product (
  id TEXT PRIMARY KEY NOT NULL,
  maker_id TEXT REFERENCES maker (id),
  name TEXT NOT NULL,
  price INTEGER NOT NULL,
  weight REAL,
  stock INTEGER,
  sold BOOLEAN NOT NULL DEFAULT 0,
  data JSON,
  image BLOB,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE TABLE part (number INTEGER PRIMARY KEY, product_id TEXT NOT NULL REFERENCES product (id), label TEXT);
CREATE VIEW dear (key, title, twice) AS SELECT id, name, price * 2 FROM product WHERE price > 100;
`

const rows = `
INSERT INTO maker VALUES ('m', 'Maker', NULL);
INSERT INTO product VALUES
  ('a', 'm', 'Lamp', 150, 1.5, 3, 1, '{"color":"red"}', x'01', 1000, NULL),
  ('b', NULL, 'Chair', 50, NULL, NULL, 0, NULL, NULL, 2000, 3000);
INSERT INTO part VALUES (1, 'a', 'bulb'), (2, 'a', NULL);
`

// from is what the expressions below are selected from.
const from = " FROM product p LEFT JOIN maker m ON m.id = p.maker_id"

// results are result columns, alone or as a whole query, with what they hold.
var results = []struct{ query, want string }{
	// Columns, and what joins make of them.
	{"name" + " FROM product", "name text not null of product.name"},
	{"p.name, m.name, m.site, p.rowid" + from, "name text not null of product.name, name text of maker.name, site text of maker.site, rowid integer not null"},
	{"p.*" + " FROM part p", "number integer not null of part.number, product_id text not null of part.product_id, label text of part.label"},
	{"rowid FROM part", "number integer not null of part.number"},
	{"p.name, m.name FROM product p RIGHT JOIN maker m ON m.id = p.maker_id", "name text of product.name, name text not null of maker.name"},
	{"p.name, m.name FROM product p FULL JOIN maker m ON m.id = p.maker_id", "name text of product.name, name text of maker.name"},
	{"a.id, b.id FROM product a LEFT JOIN product b ON b.id = a.maker_id", "id text not null of product.id, id text of product.id"},
	{"a.id, u.id, u.n FROM product a LEFT JOIN (SELECT id, 1 AS n FROM maker) u ON u.id = a.maker_id", "id text not null of product.id, id text of maker.id, n integer"},
	{"a.id, c.label FROM product a LEFT JOIN (maker m JOIN part c ON c.label = m.id) ON m.id = a.maker_id", "id text not null of product.id, label text of part.label"},
	{"p.label, x.name FROM part p JOIN product x ON x.id = p.product_id LEFT JOIN maker m ON m.id = x.maker_id", "label text of part.label, name text not null of product.name"},
	{"* FROM (SELECT name, price * 2 AS twice FROM product)", "name text not null of product.name, twice integer not null"},
	{"* FROM dear", "key text not null of product.id, title text not null of product.name, twice integer not null"},
	{"* FROM (SELECT id FROM product) JOIN (SELECT id, site FROM maker) USING (id)", "id text not null of product.id, site text of maker.site"},
	{"key, type FROM product, json_each(product.data)", "key any, type text not null"},

	// Arithmetic and comparison.
	{"price * 2.5 AS v" + from, "v real not null"},
	{"price + 1 AS v, price / 2 AS half, price / stock AS ratio, price % 0 AS none, -stock AS minus, -weight AS less" + from, "v integer not null, half integer not null, ratio integer, none integer, minus integer, less real"},
	{"price + weight AS v, price & 1 AS bit, ~price AS inverse, p.name + 1 AS odd" + from, "v real, bit integer not null, inverse integer not null, odd any not null"},
	{"price > 3 AS v, stock > 3 AS w, NOT sold AS x, price > 3 AND stock > 3 AS y, p.name LIKE 'a%' AS z" + from, "v bool not null, w bool, x bool not null, y bool, z bool not null"},
	{"price IS NULL AS v, price IS 3 AS w, EXISTS (SELECT 1) AS x, stock IN (1, 2) AS y, price IN (SELECT stock FROM product) AS z" + from, "v bool not null, w bool not null, x bool not null, y bool, z bool"},
	{"price BETWEEN 1 AND 2 AS v, price IN (1, 2) AS w, true AS x, (price, 1) = (2, 1) AS y" + from, "v bool not null, w bool not null, x bool not null, y bool not null"},
	{"price / 0x0 AS h, price / CASE WHEN sold THEN 2 ELSE 0 END AS c, price / 0e5 AS e, price % 7 AS m, 9223372036854775808 AS big" + from, "h integer, c integer, e real, m integer not null, big real not null"},
	{"p.name || '!' AS v, p.name || m.site AS w" + from, "v text not null, w text"},
	{"1 AS i, 1.5 AS r, 'a' AS t, x'00' AS b, NULL AS n, CURRENT_TIMESTAMP AS now", "i integer not null, r real not null, t text not null, b blob not null, n any, now text not null"},
	{"+created_at AS v, created_at + 1 AS w, p.name COLLATE NOCASE AS x" + from, "v integer not null of product.created_at, w integer not null, x text not null of product.name"},

	// One of several.
	{"coalesce(stock, 0) AS v, coalesce(deleted_at, created_at) AS w, ifnull(m.name, 'none') AS x" + from, "v integer not null of product.stock or 0, w integer not null of product.deleted_at, product.created_at, x text not null of maker.name or none"},
	{"coalesce(stock, price * 2) AS v, coalesce(stock, deleted_at) AS w, coalesce(p.name, 1) AS x, coalesce(data, '{}') AS y" + from, "v integer not null, w integer of product.stock, product.deleted_at, x any not null of product.name or 1, y json not null of product.data or {}"},
	{"iif(price > 1, p.name, m.name) AS v, nullif(price, 0) AS w, iif(price > 1, 2) AS x" + from, "v text of product.name, maker.name, w integer of product.price, x integer"},
	{"CASE WHEN price > 1 THEN 'dear' ELSE 'cheap' END AS v, CASE p.name WHEN 'a' THEN 1 WHEN 'b' THEN 2.5 END AS w, CASE WHEN 1 THEN p.name ELSE 2.5 END AS x" + from, "v text not null, w real, x any not null of product.name or 2.5"},
	{"min(price, 3) AS v, max(price, stock) AS w" + from, "v integer not null of product.price or 3, w integer of product.price, product.stock"},

	// Aggregates.
	{"count(*) AS n, count(stock) AS m, sum(price) AS s, total(price) AS t, avg(price) AS a, min(created_at) AS l, max(p.name) AS x, group_concat(p.name) AS g" + from, "n integer not null, m integer not null, s integer, t real not null, a real, l integer of product.created_at, x text of product.name, g text"},
	{"p.name, sum(price) AS s, max(price) AS m, sum(stock) AS t, sum(weight) AS w, avg(price) AS a, sum(price) FILTER (WHERE price > 1000) AS f" + from + " GROUP BY p.name", "name text not null of product.name, s integer not null, m integer not null of product.price, t integer, w real, a real not null, f integer"},
	{"p.name, count(*) AS n" + from + " WHERE price < 0", "name text of product.name, n integer not null"},
	{"coalesce(sum(price), 0) AS v, sum(price) * 1.0 / count(*) AS w, sum(sold) AS x" + from, "v integer not null, w real, x integer"},

	// Windows.
	{"row_number() OVER (ORDER BY price) AS v, rank() OVER w AS r, ntile(4) OVER w AS n, cume_dist() OVER w AS c" + from + " WINDOW w AS (ORDER BY price)", "v integer not null, r integer not null, n integer not null, c real not null"},
	{"lag(price) OVER w AS v, lead(price, 1, 0) OVER w AS l, first_value(p.name) OVER (ORDER BY price) AS f, nth_value(price, 2) OVER w AS n" + from + " WINDOW w AS (ORDER BY price)", "v integer of product.price, l integer not null of product.price or 0, f text not null of product.name, n integer of product.price"},
	{"sum(price) OVER (PARTITION BY p.name) AS v, sum(price) OVER (ORDER BY price ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS f, max(stock) OVER () AS m, count(*) OVER () AS n" + from, "v integer not null, f integer, m integer of product.stock, n integer not null"},

	// Functions.
	{"unixepoch(CASE WHEN sold THEN 'now' ELSE 'never' END) AS u" + from, "u integer"},
	{"unixepoch() AS v, unixepoch('now', '-1 day') AS w, unixepoch(p.name) AS x, datetime('now') AS d, strftime('%Y', created_at, 'unixepoch') AS y, julianday('now') AS j, date() AS t" + from, "v integer not null, w integer not null, x integer, d text not null, y text, j real not null, t text not null"},
	{"length(p.name) AS v, length(m.site) AS w, lower(p.name) AS l, instr(p.name, 'a') AS i, substr(p.name, 1, 2) AS s, replace(p.name, 'a', 'b') AS r, trim(p.name) AS t, printf('%d', stock) AS f, hex(image) AS h, typeof(stock) AS y" + from, "v integer not null, w integer, l text not null, i integer not null, s text not null, r text not null, t text not null, f text not null, h text not null, y text not null"},
	{"abs(price) AS v, abs(weight) AS w, round(price) AS r, round(weight, 1) AS s, random() AS x" + from, "v integer not null, w real, r real not null, s real, x integer not null"},
	{"json_object('a', price) AS v, json_array(1, 2) AS a, json_extract(data, '$.color') AS x, data -> 'color' AS y, data ->> 'color' AS z, CAST(data ->> 'color' AS TEXT) AS c, json_valid(data) AS o, json_array_length('[1]') AS l" + from, "v json not null, a json not null, x any, y json, z any, c text, o bool, l integer"},
	{"json_group_array(p.name) AS v, json_group_object(p.id, price) AS w" + from, "v json not null, w json not null"},
	{"CAST(price AS TEXT) AS v, CAST(m.site AS INTEGER) AS w, CAST(price > 1 AS BOOLEAN) AS b, CAST('a' AS BLOB) AS c, CAST(price AS DECIMAL) AS d" + from, "v text not null, w integer, b bool not null, c blob not null, d real not null"},

	// Subqueries, common tables, compounds.
	{"(SELECT name FROM maker WHERE id = p.maker_id) AS v, (SELECT count(*) FROM part WHERE product_id = p.id) AS n, (SELECT max(label) FROM part) AS m, (SELECT coalesce(sum(number), 0) FROM part) AS s, (SELECT 1) AS o" + from, "v text of maker.name, n integer not null, m text of part.label, s integer not null, o integer not null"},
	{"(SELECT count(*) FROM part GROUP BY label) AS v, (SELECT count(*) FROM part LIMIT 0) AS w, (SELECT count(*) FROM part HAVING 0) AS x", "v integer, w integer, x integer"},
	{"id FROM product UNION SELECT maker_id FROM product", "id text of product.id, product.maker_id"},
	{"id FROM product UNION ALL SELECT NULL", "id text of product.id"},
	{"price FROM product UNION SELECT name FROM maker", "price any not null of product.price, maker.name"},
	{"price FROM product EXCEPT SELECT stock FROM product", "price integer not null of product.price"},
	{"1 AS n UNION ALL VALUES (2.5)", "n real not null"},
	{"WITH x AS (SELECT id, price * 2 AS twice FROM product) SELECT * FROM x", "id text not null of product.id, twice integer not null"},
	{"WITH x (a, b) AS (SELECT id, name FROM product) SELECT b, a FROM x", "b text not null of product.name, a text not null of product.id"},
	{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i, i * 1.5 AS r FROM n", "i integer not null, r real not null"},
	{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT nullif(i + 1, 3) FROM n WHERE i < 5) SELECT i FROM n", "i integer"},

	// What is written.
	{"INSERT INTO part (product_id, label) VALUES ('a', 'x') RETURNING number AS n, label, label || '!'", "n integer not null of part.number, label text of part.label,  text"},
	{"UPDATE product SET price = price * 2 WHERE id = 'a' RETURNING id, price AS cents, price * 0.01 AS euros", "id text not null of product.id, cents integer not null of product.price, euros real not null"},
	{"DELETE FROM part RETURNING *", "number integer not null of part.number, product_id text not null of part.product_id, label text of part.label"},
}

func TestResults(t *testing.T) {
	read := readSchema(t)
	empty, full := open(t), open(t)
	if _, err := full.Exec(rows); err != nil {
		t.Fatal(err)
	}
	for _, test := range results {
		text := test.query
		if !strings.HasPrefix(text, "WITH") && !strings.Contains(text, "RETURNING") {
			text = "SELECT " + text
		}
		names := columns(t, full, text)
		q := &model.Query{Name: "Q", Text: text}
		for _, name := range names {
			q.Columns = append(q.Columns, model.QueryColumn{Name: name})
		}
		if err := typing.Queries([]*model.Query{q}, read).Err(); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, c := range q.Columns {
			name := c.Name
			if strings.ContainsAny(name, "|") {
				name = ""
			}
			got = append(got, name+" "+describe(c.QueryType))
		}
		if list := strings.Join(got, ", "); list != test.want {
			t.Errorf("%s\n got %s\nwant %s", text, list, test.want)
		}
		holds(t, empty, q)
		holds(t, full, q)
	}
}

func describe(q model.QueryType) string {
	text := string(q.Kind)
	if q.NotNull {
		text += " not null"
	}
	for i, o := range q.Origins {
		text += map[bool]string{true: " of ", false: ", "}[i == 0] + o.Table + "." + o.Column
	}
	for _, literal := range q.Literals {
		text += " or " + literal
	}
	return text
}

// holds runs a query and compares the values with what typing says of them.
func holds(t *testing.T, db *sql.DB, q *model.Query) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	found, err := tx.Query(q.Text)
	if err != nil {
		t.Errorf("%s: %v", q.Text, err)
		return
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		values := make([]any, len(q.Columns))
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if c := q.Columns[i]; !fits(v, c.QueryType) {
				t.Errorf("%s: %s is %s, and yields %#v", q.Text, c.Name, describe(c.QueryType), v)
			}
		}
	}
	if err := found.Err(); err != nil {
		t.Errorf("%s: %v", q.Text, err)
	}
}

func fits(v any, q model.QueryType) bool {
	switch v := v.(type) {
	case nil:
		return !q.NotNull
	case int64:
		return q.Kind == model.Integer || q.Kind == model.Real || q.Kind == model.Any || q.Kind == model.Bool && (v == 0 || v == 1)
	case bool:
		return q.Kind == model.Bool
	case float64:
		return q.Kind == model.Real || q.Kind == model.Any
	case string:
		return q.Kind == model.Text || q.Kind == model.JSON || q.Kind == model.Any
	case []byte:
		return q.Kind == model.Blob || q.Kind == model.JSON || q.Kind == model.Any
	}
	return false
}

// parameters are statements with what their parameters hold.
var parameters = []struct{ query, want string }{
	{"SELECT id FROM product WHERE name = ?1 AND stock > ?2 AND created_at BETWEEN ?3 AND ?4", "name text not null of product.name, stock integer of product.stock, created_at integer not null of product.created_at, created_at integer not null of product.created_at"},
	{"SELECT id FROM product WHERE ?1 = name AND (name, price) = (?2, ?3) AND maker_id IS ?4", "name text not null of product.name, name text not null of product.name, price integer not null of product.price, maker_id text of product.maker_id"},
	{"SELECT id FROM product LIMIT ?1 OFFSET ?2", "limit integer not null, offset integer not null"},
	{"SELECT id FROM product WHERE name LIKE ?1 OR instr(name, ?2) OR lower(?3) = name", "name text not null,  text not null,  text not null"},
	{"SELECT id FROM product WHERE CAST(?1 AS TEXT) = '' OR stock = ?1", " text not null"},
	{"SELECT id FROM product WHERE price IN (?1, ?2) OR id IN (SELECT product_id FROM part WHERE label = ?3)", "price integer not null of product.price, price integer not null of product.price, label text of part.label"},
	{"SELECT id FROM product WHERE ?1 OR sold = ?2 OR (NOT ?3 AND price > 1)", " bool not null, sold bool not null of product.sold,  bool not null"},
	{"SELECT id FROM product WHERE price > ?1 * 2.5 AND created_at > unixepoch() - ?2", " real not null,  integer not null"},
	{"SELECT name FROM product GROUP BY name HAVING count(*) > ?1 AND max(created_at) > ?2", " integer not null, created_at integer not null of product.created_at"},
	{"SELECT name FROM product ORDER BY CASE ?1 WHEN 1 THEN name ELSE id END", " integer not null"},
	{"SELECT coalesce(stock, ?1) AS v, CASE WHEN sold THEN ?2 ELSE name END AS w FROM product", "stock integer of product.stock, name text not null of product.name"},
	{"SELECT m.id FROM product p LEFT JOIN maker m ON m.id = p.maker_id WHERE m.name = ?1 OR m.site = ?2", "name text not null of maker.name, site text of maker.site"},
	{"SELECT id FROM product WHERE (?1 IS NULL OR name = ?1)", "name text not null of product.name"},
	{"SELECT id FROM product WHERE id = ?1 OR maker_id = ?1", "id text not null of product.id, product.maker_id"},
	{"SELECT id FROM product WHERE id = ?1 OR price = ?1", "id any not null of product.id, product.price"},
	{"SELECT ?1 AS x", " any not null"},
	{"INSERT INTO part (product_id, label) VALUES (?1, ?2), (?3, upper(?4))", "product_id text not null of part.product_id, label text of part.label, product_id text not null of part.product_id,  text not null"},
	{"INSERT INTO maker SELECT ?1, name, ?2 FROM product WHERE price > ?3", "id text not null of maker.id, site text of maker.site, price integer not null of product.price"},
	{"INSERT INTO maker VALUES ('m', ?1, NULL) ON CONFLICT (id) DO UPDATE SET name = ?2, site = excluded.site || ?3 WHERE maker.name <> ?4", "name text not null of maker.name, name text not null of maker.name,  text not null, name text not null of maker.name"},
	{"UPDATE product SET price = price + ?1, (name, stock) = (?2, ?3) WHERE id = ?4", " integer not null, name text not null of product.name, stock integer of product.stock, id text not null of product.id"},
	{"UPDATE product SET name = m.name FROM maker AS m WHERE m.id = maker_id AND m.name = ?1", "name text not null of maker.name"},
	{"WITH x AS (SELECT id FROM product WHERE price > ?1) DELETE FROM part WHERE product_id IN (SELECT id FROM x) AND number = ?2", "price integer not null of product.price, number integer not null of part.number"},
	{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT i FROM n", " integer not null"},
	{"SELECT iif(?1, 1, 2) AS v FROM product WHERE json_extract(data, ?2) IS NOT NULL", " bool not null,  any not null"},
}

func TestParameters(t *testing.T) {
	read, db := readSchema(t), open(t)
	for _, test := range parameters {
		q := &model.Query{Name: "Q", Text: test.query}
		for _, name := range columns(t, db, test.query) {
			q.Columns = append(q.Columns, model.QueryColumn{Name: name})
		}
		for n := range parameterCount(test.query) {
			q.Params = append(q.Params, model.QueryParam{Number: n + 1})
		}
		if err := typing.Queries([]*model.Query{q}, read).Err(); err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		var got []string
		for _, p := range q.Params {
			got = append(got, p.Name+" "+describe(p.QueryType))
		}
		if list := strings.Join(got, ", "); list != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.query, list, test.want)
		}
	}
}

func parameterCount(text string) int {
	n := 0
	for strings.Contains(text, fmt.Sprintf("?%d", n+1)) {
		n++
	}
	return n
}

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	return db
}

// columns are the names that SQLite gives the result columns.
func columns(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	args := make([]any, parameterCount(text))
	for i := range args {
		args[i] = 1
	}
	found, err := tx.Query(text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = found.Close() }()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func readSchema(t testing.TB) *model.Schema {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "schema.sql"), []byte(schema), 0o644); err != nil {
		t.Fatal(err)
	}
	db, err := atlas.Open(context.Background(), root, []string{"schema.sql"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db.Schema
}

// FuzzQueries types whatever SQLite's grammar takes, sense or not.
func FuzzQueries(f *testing.F) {
	read := readSchema(f)
	for _, test := range slices.Concat(results, parameters) {
		f.Add(test.query)
		f.Add("SELECT " + test.query)
	}
	f.Add("SELECT CAST(0 AS )")
	f.Fuzz(func(t *testing.T, text string) {
		stmt, err := parser.ParseStatement(text)
		if err != nil {
			t.Skip()
		}
		q := &model.Query{Name: "Q", Text: text}
		ast.Walk(stmt, func(n ast.Node) bool {
			if p, ok := n.(*ast.BindParam); ok {
				q.Params = append(q.Params, model.QueryParam{Number: p.Number, Slice: p.Number%2 == 0})
			}
			return true
		})
		_ = typing.Queries([]*model.Query{q}, read)
		if len(q.Params) == 1 && q.Params[0].Kind == "" {
			t.Errorf("%s: the parameter has no kind", text)
		}
	})
}
