package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// base is what every schema of these tests begins with: line 1.
const base = `CREATE TABLE organization (id TEXT NOT NULL PRIMARY KEY); CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY); ` +
	`CREATE TABLE member (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), user_id TEXT NOT NULL REFERENCES user (id));` + "\n"

// planOf plans the base and a schema, with options changed by set.
func planOf(t *testing.T, schema string, set func(*config.Options), queries ...*model.Query) (*Plan, error) {
	t.Helper()
	read, err := atlas.Replay(t.Context(), []atlas.File{{Name: "schema.sql", Text: base + schema}})
	if err != nil {
		t.Fatal(err)
	}
	options := config.Default()
	if set != nil {
		set(&options)
	}
	owners, problems := tenancy.Classify(read, options)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return New(Input{Schema: read, Owners: owners, Queries: queries, Options: options})
}

// owned is a table of a tenant with these columns.
func owned(columns string) string {
	return "CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), " + columns + ")"
}

// global makes these tables global.
func global(tables ...string) func(*config.Options) {
	return func(o *config.Options) { o.GlobalTables = tables }
}

// last plans a schema and returns its last table.
func last(t *testing.T, schema string, set func(*config.Options)) *Table {
	t.Helper()
	p, err := planOf(t, schema, set)
	if err != nil {
		t.Fatal(err)
	}
	return p.Tables[len(p.Tables)-1]
}

// goType is the column's Go type as a row has it.
func goType(c *Column) string {
	name := c.Type.Name
	if c.Type.Package != "" {
		name = c.Type.Package + "." + name
	}
	if c.Pointer() {
		return "*" + name
	}
	return name
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		column string // the definition of column x
		want   string
		set    func(*config.Options)
	}{
		{"x TEXT NOT NULL", "string", nil},
		{"x TEXT", "*string", nil},
		{"x VARCHAR(20) NOT NULL", "string", nil},
		{"x INTEGER NOT NULL", "int64", nil},
		{"x INT", "*int64", nil},
		{"x BIGINT NOT NULL", "int64", nil},
		{"x REAL NOT NULL", "float64", nil},
		{"x DOUBLE PRECISION", "*float64", nil},
		{"x DECIMAL(10, 2) NOT NULL", "float64", nil},
		{"x NUMERIC", "*float64", nil},
		{"x BLOB NOT NULL", "[]byte", nil},
		{"x BLOB", "[]byte", nil},
		{"x", "[]byte", nil},

		{"x BOOLEAN NOT NULL", "bool", nil},
		{"x BOOL", "*bool", nil},
		{"x INTEGER NOT NULL CHECK (x IN (0, 1))", "bool", nil},
		{"x INTEGER NOT NULL CHECK (x IN (1, 0))", "bool", nil},
		{"x INTEGER CHECK (x IS NULL OR x IN (0, 1))", "*bool", nil},
		{"x INTEGER CHECK (x IN (0, 1) OR x ISNULL)", "*bool", nil},
		{"x INTEGER NOT NULL CHECK ((x) IN ((0), (1)))", "bool", nil},
		{"x INTEGER NOT NULL CHECK (thing.x IN (0, 1) AND x < 5)", "bool", nil},
		{"x INTEGER NOT NULL CHECK (x IN (0, 1, 2))", "int64", nil},
		{"x INTEGER NOT NULL CHECK (x NOT IN (0, 1))", "int64", nil},
		{"x INTEGER NOT NULL CHECK (x BETWEEN 0 AND 1)", "int64", nil},
		{"x TEXT NOT NULL CHECK (x IN ('0', '1'))", "ThingX", nil},

		{"x DATETIME NOT NULL", "time.Time", nil},
		{"x TIMESTAMP", "*time.Time", nil},
		{"x DATE NOT NULL", "time.Time", nil},
		{"x JSON NOT NULL", "encoding/json.RawMessage", nil},
		{"x JSONB", "encoding/json.RawMessage", nil},
		{"x TEXT NOT NULL CHECK (json_valid(x))", "encoding/json.RawMessage", nil},
		{"x TEXT CHECK (x IS NULL OR json_valid(x, 6))", "encoding/json.RawMessage", nil},

		{"x TEXT NOT NULL CHECK (x IN ('a', 'b'))", "ThingX", nil},
		{"x TEXT CHECK (x IN ('a', 'b'))", "*ThingX", nil},
		{"x TEXT NOT NULL CHECK (x IN ('it''s', 'xml', ''))", "ThingX", nil},
		{"x TEXT NOT NULL CHECK (x IN ('a', NULL))", "string", nil}, // lets anything pass
		{"x TEXT NOT NULL CHECK (x IN ('a', 1))", "string", nil},
		{"x TEXT NOT NULL CHECK (x IN ('+', '-'))", "string", nil}, // no Go names
		{"x TEXT NOT NULL CHECK (x IN ('a b', 'a_b'))", "string", nil},
		{"x TEXT NOT NULL CHECK (x = 'a' OR x = 'b')", "string", nil},
		{"x TEXT NOT NULL CHECK (x COLLATE NOCASE IN ('a', 'b'))", "string", nil},
		{"x TEXT NOT NULL CHECK (lower(x) IN ('a', 'b'))", "string", nil},

		{"x TEXT REFERENCES user (id)", "*UserID", nil},
		{"x TEXT NOT NULL REFERENCES thing (id)", "ThingID", nil},
		{"x TEXT NOT NULL REFERENCES user (id)", "string", func(o *config.Options) { o.TypedIDs = false }},
		{"x INTEGER NOT NULL", "int32", column(config.ColumnOptions{GoType: "int32"})},
		{"x INTEGER", "*example.com/money.Amount", column(config.ColumnOptions{GoType: "example.com/money.Amount"})},
		{"x TEXT", "encoding/json.RawMessage", column(config.ColumnOptions{JSON: true})},
		{"x INTEGER", "*time.Time", column(config.ColumnOptions{Time: config.TimeUnixMilli})},
		{"x TEXT", "*Secret", func(o *config.Options) { o.Sensitive = []string{"THING.X"} }},
		{"x INTEGER", "*int64", func(o *config.Options) { o.Sensitive = []string{"thing.x"} }},
	} {
		for _, end := range []string{"", " STRICT"} {
			schema := owned(c.column) + end
			if end != "" && !strict(c.column) {
				continue
			}
			if got := goType(last(t, schema, c.set).column("x")); got != c.want {
				t.Errorf("%s%s is %s, want %s", c.column, end, got, c.want)
			}
		}
	}
}

func column(options config.ColumnOptions) func(*config.Options) {
	return func(o *config.Options) { o.Columns = map[string]config.ColumnOptions{"Thing.X": options} }
}

// strict reports whether a STRICT table may have the column.
func strict(column string) bool {
	fields := strings.Fields(column)
	if len(fields) < 2 {
		return false
	}
	switch fields[1] {
	case "TEXT", "INTEGER", "INT", "REAL", "BLOB":
		return true
	}
	return false
}

// The name says that a column is an instant where its storage agrees.
func TestInstantsByName(t *testing.T) {
	for _, c := range []struct {
		column string
		time   config.TimeEncoding
		want   string
	}{
		{"paid_at INTEGER", config.TimeUnix, "unixOrNull"},
		{"PAID_AT INTEGER", config.TimeUnix, "unixOrNull"},
		{"paid_at INTEGER", config.TimeUnixMilli, "unixMilliOrNull"},
		{"paid_at TEXT", config.TimeText, "isoOrNull"},
		{"paid_at TEXT", config.TimeUnix, ""},
		{"paid_at INTEGER", config.TimeText, ""},
		{"paid_at REAL", config.TimeUnix, ""},
		{"paidat INTEGER", config.TimeUnix, ""},
		{"paid DATETIME", config.TimeText, "isoOrNull"},
	} {
		table := last(t, owned(c.column), func(o *config.Options) { o.Time = c.time })
		got := table.Columns[2].Type
		if got.Package != "time" {
			got.NullField = "" // what a column of that storage has anyway
		}
		if got.NullField != c.want {
			t.Errorf("%s with time %s is read by %q, want %q", c.column, c.time, got.NullField, c.want)
		}
	}
}

func TestSecrets(t *testing.T) {
	p, err := planOf(t, `
CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, token TEXT NOT NULL, refresh_token TEXT, note TEXT);
CREATE TABLE identity (id TEXT NOT NULL PRIMARY KEY, password TEXT, scope TEXT);
CREATE TABLE two_factor (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id), secret TEXT, backup_codes TEXT);
CREATE TABLE voucher (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), token TEXT, password TEXT, pin TEXT);`,
		func(o *config.Options) { o.Sensitive = []string{"voucher.pin", "two_factor.backup_codes"} })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range p.Tables {
		for _, c := range table.Columns {
			if c.Type == secretType {
				got = append(got, table.Name+"."+c.Name)
				if c.RowJSON() != "-" || c.JSON == "-" {
					t.Errorf("%s.%s is %q in the JSON of a row and %q in that of an input", table.Name, c.Name, c.RowJSON(), c.JSON)
				}
			}
		}
	}
	want := "session.token session.refresh_token identity.password two_factor.secret two_factor.backup_codes voucher.pin"
	if strings.Join(got, " ") != want {
		t.Errorf("secrets are %s, want %s", got, want)
	}
}

func TestInputs(t *testing.T) {
	for _, c := range []struct {
		column string
		want   InputField
	}{
		{"x TEXT NOT NULL", InputField{}},
		{"x TEXT", InputField{Pointer: true}},
		{"x TEXT DEFAULT 'a'", InputField{Pointer: true, Default: true}},
		{"x TEXT NOT NULL DEFAULT 'a'", InputField{Default: true}},
		{"x TEXT NOT NULL DEFAULT ''", InputField{}}, // as Go has it
		{`x TEXT NOT NULL DEFAULT ""`, InputField{}},
		{"x TEXT NOT NULL DEFAULT word", InputField{Default: true}},
		{"x INTEGER NOT NULL DEFAULT 0", InputField{}},
		{"x INTEGER NOT NULL DEFAULT (0)", InputField{}},
		{"x INTEGER NOT NULL DEFAULT +0", InputField{}},
		{"x INTEGER NOT NULL DEFAULT 1", InputField{Pointer: true, Default: true}}, // 0 is a value too
		{"x REAL NOT NULL DEFAULT 0.0", InputField{}},
		{"x BOOLEAN NOT NULL DEFAULT FALSE", InputField{}},
		{"x BOOLEAN NOT NULL DEFAULT TRUE", InputField{Pointer: true, Default: true}},
		{"x INTEGER NOT NULL DEFAULT 1 CHECK (x IN (0, 1))", InputField{Pointer: true, Default: true}},
		{"x TEXT NOT NULL DEFAULT 'a' CHECK (x IN ('a', 'b'))", InputField{Default: true}},
		{"x DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", InputField{Default: true}},
		{"x BLOB NOT NULL DEFAULT x'00'", InputField{Default: true}},
		{"x BLOB", InputField{}},
		{"x JSON NOT NULL DEFAULT '{}'", InputField{Default: true}},
	} {
		if got := last(t, owned(c.column), nil).column("x").Input; got != c.want {
			t.Errorf("%s: input %+v, want %+v", c.column, got, c.want)
		}
	}
}

func TestDefaultsAreExpressions(t *testing.T) {
	for sql, want := range map[string]string{
		"word":                     "'word'",
		`"it's"`:                   "'it''s'",
		"'text'":                   "'text'",
		"TRUE":                     "TRUE",
		"false":                    "false",
		"NULL":                     "NULL",
		"CURRENT_TIMESTAMP":        "CURRENT_TIMESTAMP",
		"unixepoch()":              "unixepoch()",
		"unixepoch() -- now":       "unixepoch() -- now\n",
		"-1":                       "-1",
		"x'00'":                    "x'00'",
		"not an expression at all": "not an expression at all",
		"":                         "",
	} {
		if got := defaultValue(sql); got != want {
			t.Errorf("DEFAULT %s is %q, want %q", sql, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	const tenant = "organization_id TEXT NOT NULL REFERENCES organization (id)"
	for _, c := range []struct{ name, schema, want string }{
		{"text", "CREATE TABLE x (id TEXT NOT NULL PRIMARY KEY, " + tenant + ")", "XID(ID); made: ID"},
		{"integer", "CREATE TABLE x (id INTEGER PRIMARY KEY, " + tenant + ")", "XID(ID); made: ID"},
		{"integer without rowid", "CREATE TABLE x (id INTEGER PRIMARY KEY, " + tenant + ") WITHOUT ROWID", "XID(ID)"},
		{"integer descending is not the rowid", "CREATE TABLE x (id INTEGER PRIMARY KEY DESC, " + tenant + ")", "XID(ID)"},
		{"int is not the rowid", "CREATE TABLE x (id INT PRIMARY KEY NOT NULL, " + tenant + ")", "XID(ID)"},
		{"the tenant is part of it", "CREATE TABLE x (id TEXT NOT NULL, " + tenant + ", PRIMARY KEY (organization_id, id))", "XID(ID); made: ID"},
		{"in key order", "CREATE TABLE x (a TEXT NOT NULL, b INTEGER NOT NULL, " + tenant + ", PRIMARY KEY (b, organization_id, a))", "int64(B) string(A)"},
		{"the tenant alone", "CREATE TABLE x (organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organization (id))", "OrganizationID(OrganizationID)"},
		{"a foreign key", "CREATE TABLE x (member_id TEXT NOT NULL PRIMARY KEY REFERENCES member (id), " + tenant + ")", "MemberID(MemberID)"},
		{"a blob", "CREATE TABLE x (id BLOB NOT NULL PRIMARY KEY, " + tenant + ")", "[]byte(ID)"},
		{"an instant", "CREATE TABLE x (at DATETIME NOT NULL, " + tenant + ", PRIMARY KEY (organization_id, at))", "Time(At)"},
		{"an instant by name", "CREATE TABLE x (made_at INTEGER NOT NULL, " + tenant + ", PRIMARY KEY (organization_id, made_at))", "Time(MadeAt)"},
	} {
		table := last(t, c.schema, nil)
		var parts []string
		for _, key := range table.Keys {
			parts = append(parts, fmt.Sprintf("%s(%s)", key.Type.Name, key.Field))
		}
		got := strings.Join(parts, " ")
		if table.NewKey != nil {
			got += "; made: " + table.NewKey.Field
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for _, key := range table.Keys {
			if key.Settable() || key.Nullable {
				t.Errorf("%s: key column %s can be changed or NULL", c.name, key.Name)
			}
		}
	}
}

func TestJobs(t *testing.T) {
	table := last(t, owned(`
		created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER, version INTEGER NOT NULL,
		created_by TEXT REFERENCES user (id), updated_by TEXT REFERENCES user (id), size INTEGER AS (length(note)), note TEXT`), nil)
	jobs := map[Job]string{}
	for _, c := range table.Columns {
		jobs[c.Job] += c.Name
	}
	for job, want := range map[Job]string{
		KeyColumn: "id", TenantColumn: "organization_id", CreatedAt: "created_at", UpdatedAt: "updated_at", DeletedAt: "deleted_at",
		Version: "version", CreatedBy: "created_by", UpdatedBy: "updated_by", Generated: "size", NoJob: "note",
	} {
		if jobs[job] != want {
			t.Errorf("job %d: %q, want %q", job, jobs[job], want)
		}
	}

	// Which deletion took a row is said where deleted rows are marked.
	if c := last(t, owned(`deletion_id TEXT`), nil).column("deletion_id"); c.Job != NoJob {
		t.Errorf("deletion_id alone has job %d", c.Job)
	}
	if c := last(t, owned(`deletion_id TEXT, deleted_at INTEGER`), nil).column("deletion_id"); c.Job != DeletionID {
		t.Errorf("deletion_id has job %d", c.Job)
	}

	// A column that only has the name is an ordinary one.
	table = last(t, owned(`created_at TEXT, updated_by TEXT, created_by TEXT REFERENCES member (id), version TEXT, updated_at REAL`), nil)
	for _, c := range table.Columns[2:] {
		if c.Job != NoJob {
			t.Errorf("%s %s has job %d", c.Name, c.source.Type, c.Job)
		}
	}
	table = last(t, owned(`created_at INTEGER, version INTEGER NOT NULL, deleted_at INTEGER`), func(o *config.Options) {
		o.Audit, o.Version, o.SoftDelete = config.Audit{}, "", ""
	})
	for _, c := range table.Columns[2:] {
		if c.Job != NoJob {
			t.Errorf("%s has job %d, though the options name none", c.Name, c.Job)
		}
	}
}

func TestTableNames(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"product", "Product Products NewProduct ProductTable product_table.go"},
		{"products", "Product Products NewProduct ProductTable product_table.go"},
		{"team_mate", "TeamMate TeamMates NewTeamMate TeamMateTable team_mate_table.go"},
		{"equipment", "Equipment EquipmentRows NewEquipment EquipmentTable equipment_table.go"},
		{"news", "News NewsRows NewNews NewsTable news_table.go"},
		{"store", "StoreRow Stores NewStoreRow StoreRowTable store_row_table.go"},
		{"scope", "ScopeRow Scopes NewScopeRow ScopeRowTable scope_row_table.go"},
		{"system", "SystemRow Systems NewSystemRow SystemRowTable system_row_table.go"},
		{"error", "ErrorRow Errors NewErrorRow ErrorRowTable error_row_table.go"},
		{"secret", "SecretRow Secrets NewSecretRow SecretRowTable secret_row_table.go"},
		{"predicate", "PredicateRow Predicates NewPredicateRow PredicateRowTable predicate_row_table.go"},
		{"query", "Query QueriesRows NewQuery QueryTable query_table.go"},
		{"order", "Order Orders NewOrder OrderTable order_table.go"},
		{"table", "Table Tables NewTable TableTable table_table.go"},
		{"type", "Type Types NewType TypeTable type_table.go"},
		{"context", "Context Contexts NewContext ContextTable context_table.go"},
		{"report_windows", "ReportWindow ReportWindows NewReportWindow ReportWindowTable report_window_table.go"},
		{"x_test", "XTest XTests NewXTest XTestTable x_test_table.go"},
		{"api_keys", "APIKey APIKeys NewAPIKey APIKeyTable api_key_table.go"},
		{"1st", "X1st X1sts NewX1st X1stTable x1st_table.go"},
		{"größe", "Größe Größes NewGröße GrößeTable größe_table.go"},
		{"日本語", "X日本語 X日本語Rows NewX日本語 X日本語Table x日本語_table.go"},
		{`a "b" c`, "ABC ABCs NewABC ABCTable abc_table.go"},
	} {
		quoted := `"` + strings.ReplaceAll(c.table, `"`, `""`) + `"`
		table := last(t, "CREATE TABLE "+quoted+" (id TEXT NOT NULL PRIMARY KEY)", global(c.table))
		got := strings.Join([]string{table.Row, table.Rows, table.New, table.Handle, table.File}, " ")
		if got != c.want {
			t.Errorf("table %q: %s\nwant %s", c.table, got, c.want)
		}
	}
}

// Everything that stands in the way is reported, with its place and a fix.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name   string
		schema string
		set    func(*config.Options)
		want   string
	}{
		{
			"two tables, one name", "CREATE TABLE price (id TEXT PRIMARY KEY NOT NULL);\nCREATE TABLE prices (id TEXT PRIMARY KEY NOT NULL);", global("price", "prices"),
			`schema.sql:3:1: table "prices" needs the Go name Price, which table "price" has; rename one of them`,
		}, {
			"a table and the types of another", "CREATE TABLE price (id TEXT PRIMARY KEY NOT NULL);\nCREATE TABLE price_query (id TEXT PRIMARY KEY NOT NULL);", global("price", "price_query"),
			`schema.sql:3:1: table "price_query" needs the Go name PriceQuery, which table "price" has; rename one of them`,
		}, {
			"a table and the input of another", "CREATE TABLE price (id TEXT PRIMARY KEY NOT NULL);\nCREATE TABLE new_price (id TEXT PRIMARY KEY NOT NULL);", global("price", "new_price"),
			`schema.sql:3:1: table "new_price" needs the Go name NewPrice, which table "price" has; rename one of them`,
		}, {
			"two columns, one name", owned("user_name TEXT,\nuserName TEXT"), nil,
			`schema.sql:3:1: column "userName" of table "thing" needs the Go name UserName, which column user_name has; set another in sqlc.yaml: columns: { "thing.userName": { name: … } }`,
		}, {
			"a column and a method", owned("with_id TEXT"), nil,
			`schema.sql:2:111: column "with_id" of table "thing" needs the Go name WithID, which the method WithID has; set another in sqlc.yaml: columns: { "thing.with_id": { name: … } }`,
		}, {
			"a column without letters", owned(`"😀" TEXT`), nil,
			`schema.sql:2:111: column "😀" of table "thing" has no letter to make a Go name of; set another in sqlc.yaml: columns: { "thing.😀": { name: … } }`,
		}, {
			"a table without letters", `CREATE TABLE "😀" (id TEXT PRIMARY KEY NOT NULL)`, global("😀"),
			`schema.sql:2:1: table "😀" has no letter to make a Go name of; rename the table`,
		}, {
			"no primary key", `CREATE TABLE log (line TEXT)`, global("log"),
			`schema.sql:2:1: table "log" has no primary key, so its rows cannot be told apart; add one, such as "id TEXT PRIMARY KEY NOT NULL"`,
		}, {
			"a column that replaces rows", owned("x TEXT UNIQUE ON CONFLICT REPLACE"), nil,
			`schema.sql:2:1: table "thing" says ON CONFLICT REPLACE, by which a write deletes the rows that it conflicts with, whoever's they are; remove it, and use Upsert`,
		}, {
			"a constraint that replaces rows", owned("x TEXT, UNIQUE (x) ON CONFLICT REPLACE"), nil,
			`schema.sql:2:1: table "thing" says ON CONFLICT REPLACE, by which a write deletes the rows that it conflicts with, whoever's they are; remove it, and use Upsert`,
		}, {
			"ANY", owned("x ANY") + " STRICT", nil,
			`schema.sql:2:111: table "thing": column x is declared ANY, which has no Go type; declare the type that it holds, or set its go_type in sqlc.yaml`,
		}, {
			"soft deletion by a text", owned("deleted_at TEXT"), nil,
			`schema.sql:2:111: column deleted_at of table "thing" marks deleted rows, so it must hold an instant or NULL; declare it INTEGER without NOT NULL, or name another column in the option soft_delete`,
		}, {
			"soft deletion by an integer, with instants as text", owned("deleted_at INTEGER"), func(o *config.Options) { o.Time = config.TimeText },
			`schema.sql:2:111: column deleted_at of table "thing" marks deleted rows, so it must hold an instant or NULL; declare it TEXT without NOT NULL, or name another column in the option soft_delete`,
		}, {
			"soft deletion without NULL", owned("deleted_at INTEGER NOT NULL"), nil,
			`schema.sql:2:111: column deleted_at of table "thing" marks deleted rows, so it must hold an instant or NULL; declare it INTEGER without NOT NULL, or name another column in the option soft_delete`,
		}, {
			"what says which deletion took a row", owned("deleted_at INTEGER, deletion_id INTEGER"), nil,
			`schema.sql:2:131: column deletion_id of table "thing" says which deletion took a row, so it must hold text or NULL; declare it TEXT without NOT NULL, or name another column in the option deletion_id`,
		}, {
			"nothing that says which deletion took rows", owned("deleted_at INTEGER") + ";\nCREATE TABLE part (id TEXT NOT NULL PRIMARY KEY, thing_id TEXT NOT NULL REFERENCES thing (id), deleted_at INTEGER);", nil,
			"schema.sql:2:1: a deleted row of table \"thing\" takes rows of \"part\" along, and they must be found again when it is restored; add \"deletion_id TEXT\" to it\n" +
				"schema.sql:3:1: a deleted row of table \"part\" goes along with the row of \"thing\" that it depends on, and must be found again when that is restored; add \"deletion_id TEXT\" to it",
		}, {
			"rows that depend on each other", owned("part_id TEXT NOT NULL REFERENCES part (id) DEFERRABLE INITIALLY DEFERRED, deleted_at INTEGER, deletion_id TEXT") +
				";\nCREATE TABLE part (id TEXT NOT NULL PRIMARY KEY, thing_id TEXT NOT NULL REFERENCES thing (id), deleted_at INTEGER, deletion_id TEXT);", nil,
			`schema.sql:2:1: rows of table "thing" depend on rows of "part" and these on them, so no deletion could take one along with the other; let column part_id be NULL`,
		}, {
			"a generated reference", owned("raw TEXT, other TEXT AS (lower(raw)) STORED REFERENCES thing (id)"), nil,
			`schema.sql:2:121: column other of table "thing" is generated and references thing, so no statement can tell whose row it names; reference it with a column that is written, or with a key that carries organization_id`,
		}, {
			"a type that is none", owned("x TEXT"), column(config.ColumnOptions{GoType: "int33"}),
			`schema.sql:2:111: table "thing": go_type "int33" is not a Go type; write it as "int32" or "example.com/money.Amount"`,
		}, {
			"an unexported type", owned("x TEXT"), column(config.ColumnOptions{GoType: "example.com/money.amount"}),
			`schema.sql:2:111: table "thing": go_type "example.com/money.amount" is not a Go type; write it as "int32" or "example.com/money.Amount"`,
		}, {
			"milliseconds in a column that drivers parse", owned("x DATETIME"), func(o *config.Options) { o.Time = config.TimeUnixMilli },
			`schema.sql:2:111: table "thing": column x is declared DATETIME, where drivers take small integers for seconds; declare it INTEGER to hold milliseconds`,
		}, {
			"options that name no column", owned("x TEXT"), func(o *config.Options) {
				o.Columns, o.Sensitive = map[string]config.ColumnOptions{"thing.y": {JSON: true}}, []string{"nothing.x"}
			},
			"sqlc.yaml: the options name column \"thing.y\", which the schema does not have; correct the name or remove it\n" +
				"sqlc.yaml: the options name column \"nothing.x\", which the schema does not have; correct the name or remove it",
		}, {
			"no package name", "", func(o *config.Options) { o.Package = "my-gen" },
			`sqlc.yaml: option package: "my-gen" is not a Go package name; choose a Go identifier in lower case`,
		}, {
			"all at once", owned("a TEXT,\nA_ TEXT,\ndeleted_at TEXT"), nil,
			"schema.sql:3:1: column \"A_\" of table \"thing\" needs the Go name A, which column a has; set another in sqlc.yaml: columns: { \"thing.A_\": { name: … } }\n" +
				"schema.sql:4:1: column deleted_at of table \"thing\" marks deleted rows, so it must hold an instant or NULL; declare it INTEGER without NOT NULL, or name another column in the option soft_delete",
		},
	} {
		p, err := planOf(t, c.schema, c.set)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: the problems are\n%v\nwant\n%s", c.name, err, c.want)
		}
		if p != nil {
			t.Errorf("%s: there is a plan all the same", c.name)
		}
	}
}

// Rows depend on others where a key that is never NULL leads to them, and both
// tables mark what is deleted.
func TestDependents(t *testing.T) {
	marked := func(name, columns string) string {
		return "CREATE TABLE " + name + " (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), " +
			columns + " deleted_at INTEGER, deletion_id TEXT);\n"
	}
	for _, c := range []struct{ name, schema, want string }{
		{"a chain, in any order of tables", marked("a", "b_id TEXT NOT NULL REFERENCES b (id),") + marked("b", "c_id TEXT NOT NULL REFERENCES c (id),") + marked("c", ""), "b: a; c: b a; "},
		{"a diamond", marked("a", "") + marked("b", "a_id TEXT NOT NULL REFERENCES a (id),") + marked("c", "a_id TEXT NOT NULL REFERENCES a (id),") +
			marked("d", "c_id TEXT NOT NULL REFERENCES c (id), b_id TEXT NOT NULL REFERENCES b (id),"), "a: b c d; b: d; c: d; "},
		{"a key that may be NULL", marked("a", "") + marked("b", "a_id TEXT REFERENCES a (id),"), ""},
		{"what is not marked", marked("a", "") + "CREATE TABLE b (id TEXT NOT NULL PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id));", ""},
		{"a table itself", marked("a", "a_id TEXT NOT NULL REFERENCES a (id),"), "a: itself; "},
		{"a tree", marked("a", "a_id TEXT REFERENCES a (id),"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := planOf(t, c.schema, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, table := range p.Tables {
				var names []string
				if table.Recursive {
					names = append(names, "itself")
				}
				for _, dependent := range table.Dependents {
					names = append(names, dependent.Name)
				}
				if len(names) > 0 {
					got += table.Name + ": " + strings.Join(names, " ") + "; "
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Without the option nothing goes along, and no column is asked for. A row still
// does not come back while what it depends on is deleted.
func TestNoDependents(t *testing.T) {
	part := last(t, owned("deleted_at INTEGER, deletion_id INTEGER")+
		"; CREATE TABLE z_part (id TEXT NOT NULL PRIMARY KEY, thing_id TEXT NOT NULL REFERENCES thing (id), deleted_at INTEGER);",
		func(o *config.Options) { o.DeletionID = "" })
	const alive = "NOT EXISTS (SELECT 1 FROM thing WHERE thing.id = z_part.thing_id AND thing.deleted_at IS NOT NULL)"
	if s := part.Statements.Deletion; !strings.HasSuffix(s.Restore, alive) || s.Lost == "" || s.Take+s.Move+s.Claim+s.Revive != "" {
		t.Errorf("the statements are %+v", s)
	}
	if thing := part.parents[0].table; len(thing.Dependents) > 0 || thing.column("deletion_id").Job != NoJob {
		t.Errorf("%s has the dependents %v", thing.Name, thing.Dependents)
	}
}

func TestEnums(t *testing.T) {
	table := last(t, owned(`state TEXT NOT NULL CHECK (state IN ('open', 'two words', 'it''s', 'xml', 'x', '', '1st'))`), nil)
	var got []string
	for _, v := range table.Enums[0].Values {
		got = append(got, v.Name+"="+v.Value)
	}
	want := "ThingStateOpen=open|ThingStateTwoWords=two words|ThingStateItS=it's|ThingStateXML=xml|ThingStateX=x|ThingStateEmpty=|ThingState1st=1st"
	if strings.Join(got, "|") != want {
		t.Errorf("values %s, want %s", strings.Join(got, "|"), want)
	}
	// Beside a table that has the name already.
	p, err := planOf(t, owned(`state TEXT NOT NULL CHECK (state IN ('open'))`)+";CREATE TABLE thing_state (id TEXT PRIMARY KEY NOT NULL);", global("thing_state"))
	if err != nil || p.Tables[3].Enums[0].Name != "ThingStateValue" {
		t.Errorf("%v", err)
	}
}

// The tests of foreign keys, as the statements carry them.
func TestReferences(t *testing.T) {
	const parent = "CREATE TABLE parent (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), deleted_at INTEGER, UNIQUE (organization_id, id));\n"
	const isMember = "EXISTS (SELECT 1 FROM member WHERE member.user_id = {0} AND member.organization_id = ?1)"
	for _, c := range []struct{ name, schema, want string }{
		{"to a row of the tenant", parent + owned("parent_id TEXT NOT NULL REFERENCES parent (id)"), "EXISTS (SELECT 1 FROM parent WHERE parent.id = {0} AND parent.organization_id = ?1 AND parent.deleted_at IS NULL)"},
		{"that may be missing", owned("user_id TEXT REFERENCES user (id)"), "({0} IS NULL OR " + isMember + ")"},
		{"to a user", owned("user_id TEXT NOT NULL REFERENCES user (id)"), isMember},
		{"to itself", owned("thing_id TEXT NOT NULL REFERENCES thing (id)"), "EXISTS (SELECT 1 FROM thing AS referenced WHERE referenced.id = {0} AND referenced.organization_id = ?1)"},
		{"that carries the tenant", parent + owned("parent_id TEXT, FOREIGN KEY (organization_id, parent_id) REFERENCES parent (organization_id, id)"), "({1} IS NULL OR EXISTS (SELECT 1 FROM parent WHERE parent.organization_id = {0} AND parent.id = {1} AND parent.deleted_at IS NULL))"},
		{"to the tenant besides", owned("partner_id TEXT REFERENCES organization (id)"), "({0} IS NULL OR EXISTS (SELECT 1 FROM organization WHERE organization.id = {0} AND organization.id = ?1))"},
		{"to what is global", "CREATE TABLE country (id TEXT NOT NULL PRIMARY KEY);" + owned("country_id TEXT REFERENCES country (id)"), ""},
		{"that rowhouse fills", owned("created_by TEXT REFERENCES user (id)"), ""},
	} {
		table := last(t, c.schema, func(o *config.Options) {
			if strings.Contains(c.schema, "country") {
				o.GlobalTables = []string{"country"}
			}
		})
		var tests []string
		for _, r := range table.References {
			tests = append(tests, r.Test)
		}
		if got := strings.Join(tests, "\n"); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
	bridge := last(t, "CREATE TABLE invitation (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), inviter_id TEXT NOT NULL REFERENCES user (id))", nil)
	if len(bridge.References) != 0 {
		t.Errorf("a bridge table tests %s", bridge.References[0].Test)
	}
}

func TestQueryProblems(t *testing.T) {
	query := func(name, cmd string) *model.Query {
		return &model.Query{Name: name, Cmd: cmd, Text: "SELECT 1", Pos: model.Position{File: "queries/a.sql", Line: 1}}
	}
	text := model.QueryColumn{Name: "name", QueryType: model.QueryType{Kind: model.Text, NotNull: true}}
	withColumns := func(q *model.Query, columns ...model.QueryColumn) *model.Query {
		q.Columns = columns
		return q
	}
	withParam := func(q *model.Query, param model.QueryParam) *model.Query {
		q.Params = []model.QueryParam{param}
		return q
	}
	for _, c := range []struct {
		name    string
		queries []*model.Query
		want    string
	}{
		{"an annotation of sqlc's that is not here", []*model.Query{query("Copy", ":copyfrom")}, `queries/a.sql:1: query Copy: :copyfrom is not supported; use :one, :many, :iter, :exec or :execrows`},
		{"no columns", []*model.Query{query("Get", ":one")}, `queries/a.sql:1: query Get: :one yields no columns; add RETURNING, or use :exec`},
		{"one name twice", []*model.Query{query("Do", ":exec"), query("do", ":exec")}, `queries/a.sql:1: query do needs the Go name Do, which query Do has; rename one of them`},
		{"a column without a type", []*model.Query{withColumns(query("Get", ":one"), model.QueryColumn{Name: "n", Pos: model.Position{File: "queries/a.sql", Line: 2, Column: 8}, QueryType: model.QueryType{Kind: model.Any}}, text)}, `queries/a.sql:2:8: query Get: result column 1 (n) has no type; write CAST(… AS TEXT), INTEGER, REAL, BOOLEAN or BLOB around it`},
		{"a parameter without a type", []*model.Query{withParam(query("Do", ":exec"), model.QueryParam{Number: 1, Name: "n", Pos: model.Position{File: "queries/a.sql", Line: 2, Column: 8}, QueryType: model.QueryType{Kind: model.Any}})}, `queries/a.sql:2:8: query Do: parameter n has no type; write CAST(@n AS TEXT), INTEGER, REAL, BOOLEAN or BLOB`},
		{"names that the store has too", []*model.Query{withColumns(query("Organizations", ":one"), text, text), query("InTenant", ":exec"), withColumns(query("Member", ":one"), text, text)}, ``},
	} {
		_, err := planOf(t, "", nil, c.queries...)
		if got := fmt.Sprint(err); got != c.want && (c.want != "" || err != nil) {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}
