package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

// document returns a configuration with these options, indented by ten.
func document(options string) string {
	return `version: "2"
plugins:
  - name: rowhouse
    process: { cmd: rowhouse, format: json }
sql:
  - engine: sqlite
    schema: schema
    queries: [queries, more/*.sql]
    codegen:
      - plugin: rowhouse
        out: gen
        options:
` + options
}

func load(t *testing.T, name, text string) (*Project, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(root)
}

func TestLoad(t *testing.T) {
	project, err := load(t, "sqlc.yaml", document(`
          package: store
          tenant: { column: org_id }
          global_tables: [country]
          private_tables: []
          soft_delete: ""
          time: unix_ms
          typed_ids: false
          columns:
            product.price: { go_type: example.com/money.Amount, name: UnitPrice }
          relations: { product.created_by: { name: Author, reverse: Works } }
          roles: {}
`))
	if err != nil {
		t.Fatal(err)
	}
	options := Default()
	options.Package = "store"
	options.Tenant.Column = "org_id"
	options.GlobalTables = []string{"country"}
	options.PrivateTables = []string{}
	options.SoftDelete = ""
	options.Time = TimeUnixMilli
	options.TypedIDs = false
	options.Columns = map[string]ColumnOptions{"product.price": {GoType: "example.com/money.Amount", Name: "UnitPrice"}}
	options.Relations = map[string]RelationOptions{"product.created_by": {Name: "Author", Reverse: "Works"}}
	options.Roles = map[string][]Permission{}
	want := &Project{File: "sqlc.yaml", Targets: []Target{{
		Pos:     model.Position{File: "sqlc.yaml", Line: 10, Column: 9},
		Engine:  "sqlite",
		Schema:  []string{"schema"},
		Queries: []string{"queries", "more/*.sql"},
		Out:     "gen",
		Options: options,
	}}}
	if !reflect.DeepEqual(project, want) {
		t.Errorf("got  %+v\nwant %+v", project, want)
	}
}

func TestLoadDefaults(t *testing.T) {
	project, err := load(t, "sqlc.yml", strings.Replace(document(""), "        options:\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := project.Targets[0].Options; !reflect.DeepEqual(got, Default()) {
		t.Errorf("got %+v, want the defaults", got)
	}
}

// TestLoadBesideOthers reads a file that is mostly other people's: another
// block, another engine, another generator, anchors.
func TestLoadBesideOthers(t *testing.T) {
	project, err := load(t, "sqlc.yaml", `
version: 2
cloud: { project: "01" }
servers: [{ engine: postgresql, uri: "postgres://localhost" }]
overrides: { go: { rename: { id: Identifier } } }
plugins:
  - { name: py, wasm: { url: "https://example.com", sha256: "00" }, env: [HOME] }
  - { name: tenant-safe, process: { cmd: /usr/local/bin/rowhouse, format: json } }
rules: [{ name: r, rule: "true", message: m }]
options: { py: { emit: true } }
sql:
  - name: postgres
    engine: postgresql
    schema: pg
    queries: pg
    database: { managed: true }
    analyzer: { database: false }
    gen: { go: { package: pg, out: pg, whatever: 1 } }
    codegen: [{ plugin: py, out: py, options: { anything: [1, 2] } }]
  - &base
    engine: sqlite
    strict_order_by: false
    schema: a
    codegen: [{ plugin: tenant-safe, out: ./a/gen, options: {} }]
  - <<: *base
    schema: [b, c]
    codegen: [{ plugin: tenant-safe, out: b/gen }]
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, target := range project.Targets {
		got = append(got, target.Out+" of "+strings.Join(target.Schema, " "))
	}
	if want := []string{"a/gen of a", "b/gen of b c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadJSON(t *testing.T) {
	project, err := load(t, "sqlc.json", `{"version": "2",
"plugins": [{"name": "rowhouse", "process": {"cmd": "rowhouse", "format": "json"}}],
"sql": [{"engine": "sqlite", "schema": "s", "queries": "q", "codegen": [
	{"plugin": "rowhouse", "out": "gen", "options": {"json_case": "snake"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := project.Targets[0].Options.JSONCase; got != JSONSnake {
		t.Errorf("json_case is %q", got)
	}
}

func TestProblems(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{
			"several at once, ours and sqlc's",
			strings.Replace(document("          tenent: {}\n          time: unix_milli\n"), "schema:", "shema:", 1),
			`sqlc.yaml:6:5: the key "schema" is missing; add schema: schema, the folder of the CREATE TABLE statements
sqlc.yaml:7:5: unknown key "shema"; did you mean "schema"?
sqlc.yaml:13:11: unknown key "tenent"; did you mean "tenant"?
sqlc.yaml:14:17: "time": unknown value "unix_milli"; known here: text, unix, unix_ms`,
		},
		{
			"unknown option",
			document("          tenent: {}\n          tenant: { tabel: org }\n          colour: red\n"),
			`sqlc.yaml:13:11: unknown key "tenent"; did you mean "tenant"?
sqlc.yaml:14:21: unknown key "tabel"; did you mean "table"?
sqlc.yaml:15:11: unknown key "colour"; known here: audit, audit_log, bridge_tables, columns, deletion_id, dynamic_roles, global_tables, json_case, package, private_tables, relations, roles, sensitive, shared_tables, soft_delete, tenant, time, typed_ids, user_table, version`,
		},
		{
			"wrong values",
			document(`
          package: type
          typed_ids: "yes"
          soft_delete: false
          version: 3
          time: unix_milis
          json_case: kebab
          global_tables: country
          private_tables:
          audit: [created_at]
          sensitive: [token, a.b.c]
          columns:
            price: { json: true }
            product.price: { name: price, go_type: a b, time: "" }
          relations:
            created_by: {}
            product.created_by: { name: author, revers: Works, reverse: 3 }
            product.updated_by: Editor
`),
			`sqlc.yaml:14:20: "package": "type" cannot be the name of a package that others import; write a Go identifier such as "gen"
sqlc.yaml:15:22: "typed_ids" must be true or false, not the text "yes"; write typed_ids: true or typed_ids: false
sqlc.yaml:16:24: "soft_delete" must be text, not false; write soft_delete: "" to turn it off
sqlc.yaml:17:20: "version" must be text, not the number 3; put it in quotes
sqlc.yaml:18:17: "time": unknown value "unix_milis"; did you mean "unix_ms"?
sqlc.yaml:19:22: "json_case": unknown value "kebab"; known here: camel, snake
sqlc.yaml:20:26: "global_tables" must be a list, not the text "country"; write global_tables: [country]
sqlc.yaml:21:26: "private_tables" has no value; remove the key, or write "", [] or {} for nothing
sqlc.yaml:22:18: "audit" must be a mapping of keys to values, not a list
sqlc.yaml:23:23: "sensitive": "token" does not name a column; write "table.column", as in "product.price"
sqlc.yaml:23:30: "sensitive": "a.b.c" does not name a column; write "table.column", as in "product.price"
sqlc.yaml:25:13: "columns": "price" does not name a column; write "table.column", as in "product.price"
sqlc.yaml:26:36: "name": "price" is not an exported Go name; start it with a capital letter, as in "UnitPrice"
sqlc.yaml:26:52: "go_type": "a b" does not name a Go type; write a predeclared type such as "int32", or an import path and a type such as "example.com/money.Amount"
sqlc.yaml:26:63: "time": unknown value ""; known here: text, unix, unix_ms
sqlc.yaml:28:13: "relations": "created_by" does not name a column; write "table.column", as in "product.price"
sqlc.yaml:29:41: "name": "author" is not an exported Go name; start it with a capital letter, as in "UnitPrice"
sqlc.yaml:29:49: unknown key "revers"; did you mean "reverse"?
sqlc.yaml:29:73: "reverse" must be text, not the number 3; put it in quotes
sqlc.yaml:30:33: "product.updated_by" must be a mapping of keys to values, not the text "Editor"`,
		},
		{
			"roles",
			document(`          roles:
            "a,b": ["*"]
            "-": []
            admin: "*"
            member: [product, product:read:all, "product:re*", "*:read", "a:b:own", ":read", 3]
            guest: { product: read }
`),
			`sqlc.yaml:14:13: "roles": "a,b" cannot be a role; write a name with letters, without commas and blanks, as in "admin"
sqlc.yaml:15:13: "roles": "-" cannot be a role; write a name with letters, without commas and blanks, as in "admin"
sqlc.yaml:16:20: "admin" must be a list, not the text "*"; write admin: ["*"]
sqlc.yaml:17:22: "member": "product" is not a permission; write "table:action" or "table:action:own", as in "product:update", or "*" for everything
sqlc.yaml:17:31: "member": "product:read:all" is not a permission; write "table:action" or "table:action:own", as in "product:update", or "*" for everything
sqlc.yaml:17:49: "member": "product:re*" is not a permission; write "table:action" or "table:action:own", as in "product:update", or "*" for everything
sqlc.yaml:17:85: "member": ":read" is not a permission; write "table:action" or "table:action:own", as in "product:update", or "*" for everything
sqlc.yaml:17:94: "member" must be text, not the number 3; put it in quotes
sqlc.yaml:18:20: "guest" must be a list, not a mapping; write guest: []`,
		},
		{
			"dynamic roles alone",
			document("          dynamic_roles: true\n"),
			`sqlc.yaml:13:26: "dynamic_roles" without "roles"; add the roles that every tenant has, as in roles: { owner: ["*"] }`,
		},
		{
			"not YAML",
			"version: \"2\"\nsql: [\n",
			`sqlc.yaml:2: not YAML: did not find expected node content`,
		},
		{
			"twice",
			"version: \"2\"\nversion: \"2\"\n",
			`sqlc.yaml:2:1: key "version" appears twice, first in line 1; keep one of them`,
		},
		{
			"two documents",
			document("          {}\n") + "---\nversion: \"1\"\n",
			`sqlc.yaml:14:1: a second document, which sqlc ignores; remove the line ---`,
		},
		{
			"the plugin's own terms",
			strings.NewReplacer("engine: sqlite", "engine: postgresql", "format: json", "format: protobuf",
				"out: gen", "out: ../gen", "schema: schema", "schema: /etc").Replace(document("          {}\n")) +
				"options: { rowhouse: { package: x } }\n",
			`sqlc.yaml:4:14: rowhouse speaks to sqlc in JSON alone; write process: { cmd: rowhouse, format: json }
sqlc.yaml:6:13: engine "postgresql" comes with a later version of rowhouse; write engine: sqlite
sqlc.yaml:7:13: "schema": path "/etc" leads out of the project; write a path relative to this file, and keep this file above its SQL
sqlc.yaml:11:14: "out": "../gen" is not a folder of its own inside the project; write a folder below this file, as in out: gen
sqlc.yaml:14:22: options of rowhouse belong to one package each, so they are not read from here; move them to "options" of the codegen entry`,
		},
		{
			"missing keys",
			"plugins: [{ name: rowhouse, process: { cmd: rowhouse, format: json } }]\n" +
				"sql:\n  - codegen:\n      - plugin: rowhouse\n      - plugin: rowhoose\n        out: x\n      - out: y\n",
			`sqlc.yaml:1:1: the key "version" is missing; add the line version: "2"
sqlc.yaml:3:5: the key "engine" is missing; add engine: sqlite
sqlc.yaml:3:5: the key "schema" is missing; add schema: schema, the folder of the CREATE TABLE statements
sqlc.yaml:4:9: the key "out" is missing; add out: gen, the folder of the generated package
sqlc.yaml:5:17: unknown plugin "rowhoose"; did you mean "rowhouse"?
sqlc.yaml:7:9: the key "plugin" is missing; add plugin: rowhouse`,
		},
		{
			"one folder for two packages",
			document("          {}\n") + "      - plugin: rowhouse\n        out: ./gen\n",
			`sqlc.yaml:14:9: "gen" is also written by the entry in line 10; give each a folder of its own`,
		},
		{
			"version 1",
			"version: \"1\"\npackages: []\n",
			`sqlc.yaml:1:10: version "1" of sqlc's configuration is not supported; write version: "2"
sqlc.yaml:2:1: unknown key "packages"; known here: cloud, options, overrides, plugins, rules, servers, sql, version`,
		},
		{
			"no entry for rowhouse",
			"version: \"2\"\nsql: [{ engine: sqlite, schema: s, gen: { go: { out: x } } }]\n",
			"sqlc.yaml:1:1: no codegen entry uses the plugin rowhouse; " + pasteFix,
		},
		{"empty", "# nothing\n", "sqlc.yaml: the file is empty; " + pasteFix},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, "sqlc.yaml", test.text)
			var problems *Error
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if err.Error() != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", err, test.want)
			}
		})
	}
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := Load("testdata/nowhere")
	want := "no sqlc.yaml in testdata/nowhere; run rowhouse init to start a project, or name the project's folder with -C"
	var problems *Error
	if !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadTwoFiles(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"sqlc.yaml", "sqlc.json"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Load(root)
	if want := "sqlc.json: sqlc.yaml is there too, and sqlc reads only one of them; keep one"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParseOptions(t *testing.T) {
	for _, text := range []string{"", "null", "{}"} {
		if got, err := ParseOptions([]byte(text)); err != nil || !reflect.DeepEqual(got, Default()) {
			t.Errorf("ParseOptions(%q) = %+v, %v, want the defaults", text, got, err)
		}
	}
	got, err := ParseOptions([]byte(`{"package":"x","columns":{"a.b":{"time":"text"}}}`))
	if err != nil || got.Package != "x" || got.Columns["a.b"].Time != TimeText || got.UserTable != "user" {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = ParseOptions([]byte(`{"tenent":{}}`))
	var problems *Error
	if want := `sqlc.yaml: unknown key "tenent"; did you mean "tenant"?`; !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRolesPositions(t *testing.T) {
	text := document("          roles: &r\n            admin: [product:read, \"*\"]\n          dynamic_roles: true\n")
	project, err := parse("sqlc.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Permission{
		{"product:read", model.Position{File: "sqlc.yaml", Line: 14, Column: 21}},
		{"*", model.Position{File: "sqlc.yaml", Line: 14, Column: 35}},
	}
	options := project.Targets[0].Options
	if got := options.Roles["admin"]; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if options.RolesPos != (model.Position{File: "sqlc.yaml", Line: 13, Column: 11}) ||
		options.DynamicRolesPos != (model.Position{File: "sqlc.yaml", Line: 15, Column: 11}) {
		t.Errorf("roles are at %v, dynamic_roles at %v", options.RolesPos, options.DynamicRolesPos)
	}
	parsed, err := ParseOptions([]byte(`{"roles": {"admin": ["*"]}, "dynamic_roles": true}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed.Roles["admin"]; !slices.Equal(got, []Permission{{"*", model.Position{File: "sqlc.yaml"}}}) || !parsed.DynamicRoles {
		t.Errorf("got %v", got)
	}
	if file := (model.Position{File: "sqlc.yaml"}); parsed.RolesPos != file || parsed.DynamicRolesPos != file {
		t.Errorf("roles are at %v, dynamic_roles at %v", parsed.RolesPos, parsed.DynamicRolesPos)
	}
}

// TestOptionsShape keeps what is accepted and what is read together.
func TestOptionsShape(t *testing.T) {
	compareShape(t, "options", optionsShape, reflect.TypeFor[Options]())
}

func compareShape(t *testing.T, name string, s shape, typ reflect.Type, extra ...string) {
	t.Helper()
	keys := slices.Clone(extra)
	for field := range typ.Fields() {
		key := field.Tag.Get("yaml")
		if key == "-" { // where something is
			continue
		}
		keys = append(keys, key)
		switch elem := field.Type; elem.Kind() {
		case reflect.Struct:
			compareShape(t, key, s.fields[key], elem)
		case reflect.Map:
			if elem.Elem().Kind() == reflect.Slice { // of texts
				continue
			}
			compareShape(t, key, *s.fields[key].elem, elem.Elem())
		}
	}
	slices.Sort(keys)
	if known := slices.Sorted(maps.Keys(s.fields)); !slices.Equal(keys, known) {
		t.Errorf("%s: the type has %q, the shape %q", name, keys, known)
	}
}

// TestRepository reads the configuration of rowhouse itself.
func TestRepository(t *testing.T) {
	project, err := Load("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(project.Targets) != 1 || project.Targets[0].Out != "gen" {
		t.Errorf("got %+v", project)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(document("          {}\n")))
	f.Add([]byte("a: &a [*a]\nsql: *a\n"))
	f.Add([]byte("<<: {}\n? [x]\n: !!binary y\n"))
	f.Add([]byte("sql: [{codegen: [{options: &o {tenant: *o}}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		project, err := parse("sqlc.yaml", text)
		if (project == nil) == (err == nil) {
			t.Errorf("parse = %v, %v", project, err)
		}
		_, _ = ParseOptions(text)
	})
}
