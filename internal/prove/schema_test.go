package prove

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// world is a schema of testdata with its options and prover.
type world struct {
	name    string
	ddl     string
	options config.Options
	prover  *Prover
	params  Params
	schema  *model.Schema
	owners  *tenancy.Map
}

func baseOptions() config.Options {
	o := config.Default()
	o.GlobalTables = []string{"country"}
	return o
}

func crmOptions() config.Options {
	o := config.Default()
	o.Tenant = config.Tenant{Table: "tenant", Column: "tenant_id", Members: "membership"}
	o.GlobalTables = []string{"currency"}
	o.SharedTables = []string{"tax_rate"}
	o.BridgeTables = nil
	return o
}

func loadWorld(t testing.TB, name string) *world {
	t.Helper()
	w := &world{name: name}
	switch name {
	case "base":
		w.options = baseOptions()
		w.params = Params{Tenant: []string{"@organization_id"}, Actor: []string{"@user_id"}}
	case "crm":
		w.options = crmOptions()
		w.params = Params{Tenant: []string{"@tenant_id"}, Actor: []string{"@user_id"}}
	}
	text, err := os.ReadFile("testdata/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	w.ddl = string(text)
	w.schema = readSchema(t, w.ddl)
	owners, problems := tenancy.Classify(w.schema, w.options)
	if owners == nil {
		t.Fatal(problems)
	}
	w.owners = owners
	w.prover = New(w.schema, owners, w.options)
	return w
}

// readSchema replays DDL on a real SQLite and reads back what it made.
func readSchema(t testing.TB, ddl string) *model.Schema {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(ddl); err != nil {
		t.Fatal(err)
	}
	schema := &model.Schema{}
	for _, o := range query(t, db, "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid") {
		switch o[0] {
		case "table":
			schema.Tables = append(schema.Tables, readTable(t, db, o[1], o[3]))
		case "view":
			schema.Views = append(schema.Views, &model.View{Name: o[1], SQL: o[3]})
		case "trigger":
			schema.Triggers = append(schema.Triggers, &model.Trigger{Name: o[1], Table: o[2], SQL: o[3]})
		}
	}
	return schema
}

func readTable(t testing.TB, db *sql.DB, name, text string) *model.Table {
	table := &model.Table{Name: name, SQL: text}
	keys := map[string]string{}
	for _, c := range query(t, db, "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk, hidden FROM pragma_table_xinfo(?)", name) {
		table.Columns = append(table.Columns, &model.Column{
			Name: c[0], Type: strings.TrimSpace(strings.TrimSuffix(c[1], "GENERATED ALWAYS")), NotNull: c[2] == "1", Default: c[3],
			Generated: c[5] == "2" || c[5] == "3", Collation: "BINARY",
		})
		if c[4] != "0" {
			keys[c[4]] = c[0]
		}
	}
	for i := 1; keys[fmt.Sprint(i)] != ""; i++ {
		table.PrimaryKey = append(table.PrimaryKey, keys[fmt.Sprint(i)])
	}
	stmt, err := parser.ParseStatement(text)
	if err != nil {
		t.Fatal(err)
	}
	create := stmt.(*ast.CreateTableStmt)
	for _, option := range create.Options {
		table.WithoutRowid = table.WithoutRowid || option.Without
		table.Strict = table.Strict || strings.EqualFold(option.Name.Name, "strict")
	}
	for _, c := range create.Columns {
		for _, constraint := range c.Constraints {
			if constraint.Kind == ast.ColumnCollate {
				table.Column(c.Name.Name).Collation = strings.ToUpper(constraint.Collation.Name)
			}
		}
	}
	if table.WithoutRowid {
		for _, key := range table.PrimaryKey {
			table.Column(key).NotNull = true
		}
	}
	readIndexes(t, db, table)
	readKeys(t, db, table)
	return table
}

func readIndexes(t testing.TB, db *sql.DB, table *model.Table) {
	for _, i := range query(t, db, "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)", table.Name) {
		index := &model.Index{Name: i[0], Unique: i[1] == "1", Origin: model.Origin(i[2])}
		if i[3] == "1" {
			index.Where = "1"
		}
		for _, c := range query(t, db, "SELECT coalesce(name, ''), coll, \"desc\" FROM pragma_index_xinfo(?) WHERE key = 1", i[0]) {
			index.Columns = append(index.Columns, model.IndexColumn{Name: c[0], Collation: c[1], Desc: c[2] == "1"})
		}
		table.Indexes = append(table.Indexes, index)
	}
}

func readKeys(t testing.TB, db *sql.DB, table *model.Table) {
	var last string
	for _, k := range query(t, db, "SELECT id, \"table\", \"from\", coalesce(\"to\", ''), on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq", table.Name) {
		if k[0] != last || len(table.ForeignKeys) == 0 {
			table.ForeignKeys = append(table.ForeignKeys, &model.ForeignKey{Table: k[1], OnUpdate: k[4], OnDelete: k[5]})
			last = k[0]
		}
		key := table.ForeignKeys[len(table.ForeignKeys)-1]
		key.Columns, key.RefColumns = append(key.Columns, k[2]), append(key.RefColumns, k[3])
		key.Deferred = strings.Contains(strings.ToUpper(table.SQL), "INITIALLY DEFERRED")
	}
}

// query returns rows as text.
func query(t testing.TB, db *sql.DB, text string, args ...any) [][]string {
	t.Helper()
	rows, err := db.Query(text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, _ := rows.Columns()
	var out [][]string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		targets := make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = v.String
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
