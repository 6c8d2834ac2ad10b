package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
)

// sourceNames are the sources of arguments in short.
var sourceNames = map[ArgSource]string{
	FromTenant: "tenant", FromKey: "key", FromInput: "input", FromNewKey: "new", FromClock: "clock",
	FromUser: "user", FromList: "list", FromOne: "one", FromNull: "null",
}

func sourcesOf(list []Arg) string {
	var names []string
	for _, a := range list {
		names = append(names, sourceNames[a.Source])
	}
	return strings.Join(names, " ")
}

// Which tables are inserted as one JSON list: those of which it is known
// beforehand, to the byte, what is stored.
func TestInsertsOfLists(t *testing.T) {
	for _, c := range []struct {
		name, schema string
		set          func(*config.Options)
		want         string // what is stored, "" where rows go one by one
	}{
		{"texts", owned("a TEXT NOT NULL, b VARCHAR(9)"), nil, "new tenant input input"},
		{"numbers", owned("a INTEGER NOT NULL, b REAL, c DOUBLE NOT NULL"), nil, "new tenant input input input"},
		{"a boolean as an integer", owned("a INTEGER NOT NULL CHECK (a IN (0, 1))"), nil, "new tenant input"},
		{"instants", owned("a_at INTEGER"), nil, "new tenant input"},
		{"instants as text", owned("a_at TEXT"), func(o *config.Options) { o.Time = config.TimeText }, "new tenant input"},
		{"JSON as text", owned("a TEXT CHECK (json_valid(a))"), nil, "new tenant input"},
		{"a text without regard to case", owned("a TEXT COLLATE NOCASE NOT NULL"), nil, "new tenant input"},
		{"a strict table", owned("a TEXT NOT NULL, b INT") + " STRICT", nil, "new tenant input input"},
		{
			"jobs", owned("created_at INTEGER NOT NULL, updated_at INTEGER, created_by TEXT REFERENCES user (id), updated_by TEXT REFERENCES user (id), version INTEGER NOT NULL, deleted_at INTEGER"), nil,
			"new tenant clock clock user user one null",
		},
		{"a key that the caller gives", "CREATE TABLE thing (" + tenantOwned + ", n INTEGER NOT NULL, PRIMARY KEY (organization_id, n))", nil, "tenant input"},
		{"a text default", owned("a TEXT NOT NULL DEFAULT 'it''s', b TEXT NOT NULL DEFAULT word, c TEXT DEFAULT NULL"), nil, "new tenant input input input"},
		{"a number as default", owned("a INTEGER NOT NULL DEFAULT (-1), b REAL DEFAULT 1, c REAL NOT NULL DEFAULT 1.5, d INTEGER DEFAULT TRUE"), nil, "new tenant input input input input"},
		{"an expression that is Go's zero", owned("a INTEGER NOT NULL DEFAULT 0, b TEXT NOT NULL DEFAULT ''"), nil, "new tenant input input"},
		{"a boolean by its declaration", owned("a BOOLEAN NOT NULL"), nil, "new tenant input"},
		{"an instant by its declaration", owned("a DATETIME NOT NULL"), nil, "new tenant input"},

		{"a BLOB", owned("a BLOB"), nil, ""},
		{"no type", owned("a"), nil, ""},
		{"numbers that become others", owned("a NUMERIC NOT NULL"), nil, ""},
		{"JSON that becomes a number", owned("a JSON NOT NULL"), nil, ""},
		{"a row of the same list", owned("parent_id TEXT REFERENCES thing (id)"), nil, ""},
		{"a type of the user's", owned("x INTEGER"), column(config.ColumnOptions{GoType: "int32"}), ""},
		{"JSON in an integer column", owned("x INTEGER"), column(config.ColumnOptions{JSON: true}), ""},
		{"a generated column", owned("a TEXT, b TEXT AS (upper(a))"), nil, ""},
		{"a stored generated column", owned("a TEXT, b TEXT AS (upper(a)) STORED"), nil, ""},
		{"INTEGER PRIMARY KEY", "CREATE TABLE thing (id INTEGER PRIMARY KEY, " + tenantOwned + ")", nil, ""},
		{"a default that is an expression", owned("a INTEGER NOT NULL DEFAULT (unixepoch())"), nil, ""},
		{"a default of the clock's", owned("a TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP"), nil, ""},
		{"two texts as a default", owned("a TEXT NOT NULL DEFAULT ('a' || 'b')"), nil, ""},
		{"a number as the default of a text", owned("a TEXT NOT NULL DEFAULT 5"), nil, ""},
		{"a text as the default of a number", owned("a INTEGER NOT NULL DEFAULT '5'"), nil, ""},
		{"a real as the default of an integer", owned("a INTEGER NOT NULL DEFAULT 5.0"), nil, ""},
		{"a BLOB as a default", owned("a TEXT NOT NULL DEFAULT x'00'"), nil, ""},
	} {
		s := last(t, c.schema, c.set).Statements
		if got := sourcesOf(s.Stored); got != c.want {
			t.Errorf("%s: stores %q, want %q", c.name, got, c.want)
		}
		if (s.Many == "") != (c.want == "") || (s.ManyArgs == nil) != (c.want == "") {
			t.Errorf("%s: stores %q with the statement %q", c.name, c.want, s.Many)
		}
	}
}

// statementOf is a statement of a table of the schema, without its first line break.
func statementOf(t *testing.T, schema, table string, text func(Statements) string) string {
	t.Helper()
	p, err := planOf(t, schema, classes(schema))
	if err != nil {
		t.Fatal(err)
	}
	for _, planned := range p.Tables {
		if planned.Name == table {
			return strings.TrimPrefix(text(planned.Statements), "\n")
		}
	}
	t.Fatalf("no table %s", table)
	return ""
}

// schemas of what statements are about.
const (
	productTable = `CREATE TABLE product (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), sku TEXT, price INTEGER NOT NULL,
 created_by TEXT REFERENCES user (id), updated_by TEXT REFERENCES user (id), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, version INTEGER NOT NULL, deleted_at INTEGER);
CREATE UNIQUE INDEX product_sku ON product (organization_id, sku) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX product_lower ON product (organization_id, lower(sku));
CREATE INDEX product_price ON product (price);`
	seatTable     = teamTable + `CREATE TABLE seat (team_id TEXT NOT NULL REFERENCES team (id), "order" INTEGER NOT NULL, assignee_id TEXT REFERENCES user (id), PRIMARY KEY (team_id, "order"), UNIQUE (assignee_id));`
	pairTable     = teamTable + "CREATE TABLE pair (team_id TEXT NOT NULL REFERENCES team (id), user_id TEXT NOT NULL REFERENCES user (id), PRIMARY KEY (team_id, user_id));"
	templateTable = "CREATE TABLE template (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT REFERENCES organization (id), name TEXT NOT NULL);"
	countryTable  = "CREATE TABLE country (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, deleted_at INTEGER);"
)

// classes are the options of a schema of these tables.
func classes(schema string) func(*config.Options) {
	return func(o *config.Options) {
		if strings.Contains(schema, countryTable) {
			o.GlobalTables = []string{"country"}
		}
		if strings.Contains(schema, templateTable) {
			o.SharedTables = []string{"template"}
		}
	}
}

// What a row must be for others to lead to it, and that it is not deleted.
func TestOwnerAndAlive(t *testing.T) {
	const all = productTable + seatTable + templateTable + countryTable
	for _, c := range []struct{ table, owner, alive string }{
		{"product", "product.organization_id = ?1", "product.deleted_at IS NULL"},
		{"team", "team.organization_id = ?1", ""},
		{"seat", "seat.team_id IN (SELECT team.id FROM team WHERE team.organization_id = ?1)", ""},
		{"template", "(template.organization_id = ?1 OR template.organization_id IS NULL)", ""},
		{"organization", "organization.id = ?1", ""},
		{"country", "", "country.deleted_at IS NULL"},
		{"user", "", ""},
	} {
		if got := statementOf(t, all, c.table, func(s Statements) string { return s.Owner }); got != c.owner {
			t.Errorf("the owner of %s: %s, want %s", c.table, got, c.owner)
		}
		if got := statementOf(t, all, c.table, func(s Statements) string { return s.Alive }); got != c.alive {
			t.Errorf("alive in %s: %s, want %s", c.table, got, c.alive)
		}
	}
}

func TestUpserts(t *testing.T) {
	for _, c := range []struct{ name, schema, table, upsert, unique string }{
		{"jobs, and a partial index", productTable, "product", `
DO UPDATE SET sku = excluded.sku, price = excluded.price, updated_by = excluded.updated_by,
  updated_at = excluded.updated_at, version = product.version + 1
WHERE product.organization_id = ?1
  AND product.deleted_at IS NULL`, "id; organization_id,sku WHERE deleted_at IS NULL"},
		{"a path", seatTable, "seat", `
DO UPDATE SET assignee_id = excluded.assignee_id
WHERE EXISTS (SELECT 1 FROM team WHERE team.id = seat.team_id AND team.organization_id = ?1)`, `team_id,order; assignee_id`},
		{"nothing but its key", pairTable, "pair", `
DO UPDATE SET team_id = pair.team_id
WHERE EXISTS (SELECT 1 FROM team WHERE team.id = pair.team_id AND team.organization_id = ?1)`, "team_id,user_id"},
		{"the tenant in the key", "CREATE TABLE setting (" + tenantOwned + ", name TEXT NOT NULL, value TEXT, PRIMARY KEY (organization_id, name));", "setting", `
DO UPDATE SET value = excluded.value
WHERE setting.organization_id = ?1`, "organization_id,name"},
		{"shared rows, which are not written", templateTable, "template", `
DO UPDATE SET name = excluded.name
WHERE template.organization_id = ?1`, "id"},
		{"no tenant", countryTable, "country", `
DO UPDATE SET name = excluded.name
WHERE country.deleted_at IS NULL`, "code"},
		{"nothing to restrict", "", "organization", `
DO UPDATE SET id = organization.id`, "id"},
	} {
		upsert := statementOf(t, c.schema, c.table, func(s Statements) string { return s.Upsert })
		if want := strings.TrimPrefix(c.upsert, "\n"); upsert != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, upsert, want)
		}
		unique := statementOf(t, c.schema, c.table, func(s Statements) string {
			var keys []string
			for _, u := range s.Unique {
				var columns []string
				for _, column := range u.Columns {
					columns = append(columns, column.Name)
				}
				keys = append(keys, strings.TrimSpace(strings.Join(columns, ",")+" "+u.Where))
			}
			return strings.Join(keys, "; ")
		})
		if unique != c.unique {
			t.Errorf("%s: unique are %s, want %s", c.name, unique, c.unique)
		}
	}
}

// An INSERT, of one row and of a list, tests what the rows reference.
func TestInserts(t *testing.T) {
	const schema = productTable + "CREATE TABLE part (id TEXT NOT NULL PRIMARY KEY, " + tenantOwned + ", product_id TEXT REFERENCES product (id), " +
		"note TEXT NOT NULL DEFAULT 'none', created_at INTEGER, deleted_at INTEGER)"
	for _, c := range []struct {
		name string
		text func(Statements) string
		want string
	}{
		{"Insert", func(s Statements) string { return s.Insert + "\n" + sourcesOf(s.InsertArgs) }, `
INSERT INTO part (id, organization_id, product_id, note, created_at)
SELECT ?2, ?1, ?3, coalesce(?4, 'none'), ?5
WHERE (?3 IS NULL OR EXISTS (SELECT 1 FROM product WHERE product.id = ?3 AND product.organization_id = ?1 AND product.deleted_at IS NULL))
tenant new input input clock`},
		{"Tests", func(s Statements) string { return s.Tests }, `
WHERE (?3 IS NULL OR EXISTS (SELECT 1 FROM product WHERE product.id = ?3 AND product.organization_id = ?1 AND product.deleted_at IS NULL))`},
		{"Many", func(s Statements) string { return s.Many + "\n" + sourcesOf(s.ManyArgs) }, `
INSERT INTO part (id, organization_id, product_id, note, created_at)
SELECT "input.".value ->> 0, ?1, "input.".value ->> 1, "input.".value ->> 2, ?3
FROM json_each(?2) AS "input."
WHERE NOT EXISTS (SELECT 1 FROM json_each(?2) AS "input." WHERE NOT (("input.".value ->> 1 IS NULL OR EXISTS (SELECT 1 FROM product WHERE product.id = "input.".value ->> 1 AND product.organization_id = ?1 AND product.deleted_at IS NULL))))
tenant list clock`},
	} {
		if got, want := statementOf(t, schema, "part", c.text), strings.TrimPrefix(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// What changes and removes a row with a key, and the rows of a query: both
// take the same arguments after the tenant and the key.
func TestChanges(t *testing.T) {
	describe := func(s Statements) string {
		return fmt.Sprintf("%s\n%s\n%s%s\n%s%s\n%s", strings.TrimPrefix(s.Update, "\n"), sourcesOf(s.UpdateArgs),
			strings.TrimPrefix(s.Change, "\n"), s.Remove, sourcesOf(s.RemoveArgs), s.Clear, s.Write)
	}
	for _, c := range []struct{ name, schema, table, want string }{
		{"jobs, and soft deletion", productTable, "product", `
UPDATE product
SET /* changes */, updated_at = ?3, updated_by = ?4, version = version + 1
WHERE id = ?2
  AND organization_id = ?1
  AND deleted_at IS NULL/* references */
clock user
UPDATE product
SET /* changes */, updated_at = ?2, updated_by = ?3, version = version + 1
WHERE organization_id = ?1
  AND deleted_at IS NULL/* references */
UPDATE product
SET deleted_at = ?3, updated_at = ?3, updated_by = ?4, version = version + 1
WHERE id = ?2
  AND organization_id = ?1
  AND deleted_at IS NULL
clock user
UPDATE product
SET deleted_at = ?2, updated_at = ?2, updated_by = ?3, version = version + 1
WHERE organization_id = ?1
  AND deleted_at IS NULL
`},
		{"a path, and a key of two columns", seatTable, "seat", `
UPDATE seat
SET /* changes */
WHERE team_id = ?2
  AND "order" = ?3
  AND EXISTS (SELECT 1 FROM team WHERE team.id = seat.team_id AND team.organization_id = ?1)/* references */

UPDATE seat
SET /* changes */
WHERE EXISTS (SELECT 1 FROM team WHERE team.id = seat.team_id AND team.organization_id = ?1)/* references */
DELETE FROM seat
WHERE team_id = ?2
  AND "order" = ?3
  AND EXISTS (SELECT 1 FROM team WHERE team.id = seat.team_id AND team.organization_id = ?1)

DELETE FROM seat
WHERE EXISTS (SELECT 1 FROM team WHERE team.id = seat.team_id AND team.organization_id = ?1)
`},
		{"shared rows, which are not written", templateTable, "template", `
UPDATE template
SET /* changes */
WHERE id = ?2
  AND organization_id = ?1/* references */

UPDATE template
SET /* changes */
WHERE organization_id = ?1/* references */
DELETE FROM template
WHERE id = ?2
  AND organization_id = ?1

DELETE FROM template
WHERE organization_id = ?1

FROM template
WHERE id = ?2
  AND organization_id = ?1`},
		{"no tenant", countryTable, "country", `
UPDATE country
SET /* changes */
WHERE code = ?1
  AND deleted_at IS NULL/* references */

UPDATE country
SET /* changes */
WHERE deleted_at IS NULL/* references */
UPDATE country
SET deleted_at = ?2
WHERE code = ?1
  AND deleted_at IS NULL
clock
UPDATE country
SET deleted_at = ?1
WHERE deleted_at IS NULL
`},
		{"nothing to restrict", "", "user", `
UPDATE user
SET /* changes */
WHERE id = ?1/* references */

UPDATE user
SET /* changes */
WHERE TRUE/* references */
DELETE FROM user
WHERE id = ?1

DELETE FROM user
WHERE TRUE
`},
	} {
		if got := statementOf(t, c.schema, c.table, describe); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant%s", c.name, got, c.want)
		}
	}
}
