package tenancy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// base is the first line of every schema.
const base = `CREATE TABLE organization (id TEXT NOT NULL PRIMARY KEY); CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY); ` +
	`CREATE TABLE member (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id), user_id TEXT NOT NULL REFERENCES user (id));` + "\n"

func classify(t *testing.T, schema string, set func(*config.Options)) (*tenancy.Map, string) {
	t.Helper()
	read, err := atlas.Replay(t.Context(), []atlas.File{{Name: "schema.sql", Text: schema}})
	if err != nil {
		t.Fatal(err)
	}
	options := config.Default()
	if set != nil {
		set(&options)
	}
	m, problems := tenancy.Classify(read, options)
	if err := problems.Err(); err != nil {
		return m, err.Error()
	}
	var lines []string
	for _, table := range read.Tables {
		lines = append(lines, table.Name+": "+describe(m.Of(table)))
	}
	return m, strings.Join(lines, "\n")
}

func describe(c *tenancy.Class) string {
	text := [...]string{"unclassified", "root", "owned", "global"}[c.Kind]
	if c.Column != "" {
		text += " by " + c.Column
	}
	if c.Path != nil {
		text += fmt.Sprintf(" over %s", strings.Join(c.Path.Columns, ", "))
	}
	if c.Shared {
		text += ", shared"
	}
	if c.Bridge {
		text += ", bridge"
	}
	if c.Private {
		text += ", private"
	}
	return text
}

const tenant = "organization_id TEXT NOT NULL REFERENCES organization (id)"

// Whose the rows of a table are follows from its keys.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name   string
		schema string
		set    func(*config.Options)
		want   string // of the tables besides the base
	}{
		{"a tenant column", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + ")", nil, "a: owned by organization_id"},
		{"its name does not matter", "CREATE TABLE a (id TEXT PRIMARY KEY, company TEXT NOT NULL REFERENCES organization (id))", nil, "a: owned by company"},
		{"nor does case", "CREATE TABLE A (id TEXT PRIMARY KEY, ORGANIZATION_ID TEXT NOT NULL REFERENCES Organization (ID))", nil, "A: owned by ORGANIZATION_ID"},
		{"the configured column before others", "CREATE TABLE a (id TEXT PRIMARY KEY, partner_id TEXT NOT NULL REFERENCES organization (id), " + tenant + ")", nil, "a: owned by organization_id"},
		{"the one that is NOT NULL", "CREATE TABLE a (id TEXT PRIMARY KEY, partner_id TEXT REFERENCES organization (id), owner_id TEXT NOT NULL REFERENCES organization (id))", nil, "a: owned by owner_id"},
		{"the key is the tenant", "CREATE TABLE a (organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organization (id))", nil, "a: owned by organization_id"},
		{"a tree", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + ", parent_id TEXT REFERENCES a (id))", nil, "a: owned by organization_id"},

		{
			"by path", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + "); CREATE TABLE b (id TEXT PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id))", nil,
			"a: owned by organization_id\nb: owned over a_id",
		},
		{
			"four steps, declared backwards", "CREATE TABLE e (id TEXT PRIMARY KEY, d_id TEXT NOT NULL REFERENCES d (id)); CREATE TABLE d (id TEXT PRIMARY KEY, c_id TEXT NOT NULL REFERENCES c (id));" +
				"CREATE TABLE c (id TEXT PRIMARY KEY, b_id TEXT NOT NULL REFERENCES b (id)); CREATE TABLE b (id TEXT PRIMARY KEY, " + tenant + ")", nil,
			"e: owned over d_id\nd: owned over c_id\nc: owned over b_id\nb: owned by organization_id",
		},
		{
			"the shortest path", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + "); CREATE TABLE b (id TEXT PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id));" +
				"CREATE TABLE c (id TEXT PRIMARY KEY, b_id TEXT NOT NULL REFERENCES b (id), a_id TEXT NOT NULL REFERENCES a (id))", nil,
			"a: owned by organization_id\nb: owned over a_id\nc: owned over a_id",
		},
		{
			"by path with a nullable mention of a tenant", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + "); CREATE TABLE b (id TEXT PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id), partner_id TEXT REFERENCES organization (id))", nil,
			"a: owned by organization_id\nb: owned over a_id",
		},
		{"to a member", "CREATE TABLE a (id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES member (id))", nil, "a: owned over member_id"},
		{"a tree by path", "CREATE TABLE a (id TEXT PRIMARY KEY, parent_id TEXT NOT NULL REFERENCES a (id), member_id TEXT NOT NULL REFERENCES member (id))", nil, "a: owned over member_id"},

		{
			"a key that carries the tenant", "CREATE TABLE a (" + tenant + ", id TEXT NOT NULL, PRIMARY KEY (organization_id, id)); " +
				"CREATE TABLE b (org TEXT NOT NULL, a_id TEXT NOT NULL, id TEXT PRIMARY KEY, UNIQUE (id, org), FOREIGN KEY (org, a_id) REFERENCES a (organization_id, id));" +
				"CREATE TABLE c (o TEXT NOT NULL, b_id TEXT NOT NULL, FOREIGN KEY (b_id, o) REFERENCES b (id, org), PRIMARY KEY (b_id))", nil,
			"a: owned by organization_id\nb: owned by org\nc: owned by o",
		},
		{
			"a composite key that does not", "CREATE TABLE a (id TEXT PRIMARY KEY, x TEXT NOT NULL, y TEXT NOT NULL, " + tenant + ", UNIQUE (x, y)); " +
				"CREATE TABLE b (x TEXT NOT NULL, y TEXT NOT NULL, PRIMARY KEY (x), FOREIGN KEY (x, y) REFERENCES a (x, y))", nil,
			"a: owned by organization_id\nb: owned over x, y",
		},

		{
			"users' own", "CREATE TABLE a (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id)); CREATE TABLE b (id TEXT PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id))", nil,
			"a: global\nb: global",
		},
		{"listed", "CREATE TABLE a (id TEXT PRIMARY KEY)", func(o *config.Options) { o.GlobalTables = []string{"A"} }, "a: global"},
		{"private", "CREATE TABLE session (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user (id))", nil, "session: global, private"},
		{"a private mention of a tenant", "CREATE TABLE session (id TEXT PRIMARY KEY, organization_id TEXT REFERENCES organization (id))", nil, "session: global, private"},
		{"an owned table may name users", "CREATE TABLE invitation (id TEXT PRIMARY KEY, " + tenant + ", user_id TEXT NOT NULL REFERENCES user (id))", nil, "invitation: owned by organization_id, bridge"},
		{
			"shared", "CREATE TABLE a (id TEXT PRIMARY KEY, organization_id TEXT REFERENCES organization (id))", func(o *config.Options) { o.SharedTables = []string{"a"} },
			"a: owned by organization_id, shared",
		},
	} {
		_, got := classify(t, base+c.schema, c.set)
		const common = "organization: root by id\nuser: global\nmember: owned by organization_id, bridge\n"
		if want := common + c.want; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// What the schema leaves unclear is an error, never a guess.
func TestProblems(t *testing.T) {
	const fix = `add "organization_id TEXT NOT NULL REFERENCES organization (id)", or list "a" under global_tables in sqlc.yaml`
	for _, c := range []struct {
		name   string
		schema string
		set    func(*config.Options)
		want   string
	}{
		{
			"neither owned nor global", "CREATE TABLE a (id TEXT PRIMARY KEY)", nil,
			`schema.sql:2:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"a nullable tenant column", "CREATE TABLE a (id TEXT PRIMARY KEY,\norganization_id TEXT REFERENCES organization (id))", nil,
			`schema.sql:3:1: column organization_id of table "a" may be NULL, so a row could belong to no tenant; declare it NOT NULL, or list "a" under shared_tables in sqlc.yaml if rows without a tenant are everyone's`,
		},
		{
			"a nullable tenant column beside a path", "CREATE TABLE a (id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES member (id),\norganization_id TEXT REFERENCES organization (id))", nil,
			`schema.sql:3:1: column organization_id of table "a" may be NULL, so a row could belong to no tenant; declare it NOT NULL, or list "a" under shared_tables in sqlc.yaml if rows without a tenant are everyone's`,
		},
		{
			"a tenant column that references nothing", "CREATE TABLE a (id TEXT PRIMARY KEY,\norganization_id TEXT NOT NULL)", nil,
			`schema.sql:3:1: column organization_id of table "a" does not reference organization(id), so nothing says whose its rows are; write organization_id TEXT NOT NULL REFERENCES organization (id)`,
		},
		{
			"a tenant column that references nothing, beside a path", "CREATE TABLE a (id TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES member (id),\norganization_id TEXT NOT NULL)", nil,
			`schema.sql:3:1: column organization_id of table "a" does not reference organization(id), so it may differ from whose the rows are by member_id; write organization_id TEXT NOT NULL REFERENCES organization (id)`,
		},
		{
			"a deferred key", "CREATE TABLE a (id TEXT PRIMARY KEY,\norganization_id TEXT NOT NULL REFERENCES organization (id) DEFERRABLE INITIALLY DEFERRED)", nil,
			`schema.sql:3:1: the foreign key organization_id of table "a" says whose its rows are, so it must not be deferred; remove DEFERRABLE INITIALLY DEFERRED`,
		},
		{
			"a collation that takes two tenants for one", "CREATE TABLE a (id TEXT PRIMARY KEY,\norganization_id TEXT COLLATE NOCASE NOT NULL REFERENCES organization (id))", nil,
			`schema.sql:3:1: tenant column organization_id of table "a" compares with collation NOCASE, which takes different tenants for one; remove the COLLATE clause`,
		},
		{
			"two tenants and no word which", "CREATE TABLE a (id TEXT PRIMARY KEY, buyer TEXT NOT NULL REFERENCES organization (id), seller TEXT NOT NULL REFERENCES organization (id))", nil,
			`schema.sql:2:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"a nullable path", "CREATE TABLE a (id TEXT PRIMARY KEY, member_id TEXT REFERENCES member (id))", nil,
			`schema.sql:2:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"a circle", "CREATE TABLE a (id TEXT PRIMARY KEY, a_id TEXT NOT NULL REFERENCES a (id))", nil,
			`schema.sql:2:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"a path over shared rows", "CREATE TABLE s (id TEXT PRIMARY KEY, organization_id TEXT REFERENCES organization (id));\nCREATE TABLE a (id TEXT PRIMARY KEY, s_id TEXT NOT NULL REFERENCES s (id))",
			func(o *config.Options) { o.SharedTables = []string{"s"} },
			`schema.sql:3:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"a user and a global table is not the user's alone", "CREATE TABLE g (id TEXT PRIMARY KEY);\nCREATE TABLE a (id TEXT PRIMARY KEY, g_id TEXT NOT NULL REFERENCES g (id))",
			func(o *config.Options) { o.GlobalTables = []string{"g"} },
			`schema.sql:3:1: table "a" is neither owned by a tenant nor global; ` + fix,
		},
		{
			"listed, and owned", "CREATE TABLE a (id TEXT PRIMARY KEY, " + tenant + ")", func(o *config.Options) { o.GlobalTables = []string{"a"} },
			`schema.sql:2:1: table "a" is listed as global, yet every row belongs to a tenant through organization_id; remove it from global_tables and private_tables in sqlc.yaml`,
		},
		{"lists that name nothing", "", func(o *config.Options) {
			o.GlobalTables, o.SharedTables, o.BridgeTables, o.PrivateTables = []string{"g"}, []string{"s"}, []string{"b", "invitation"}, []string{"p", "session"}
		}, "sqlc.yaml: option global_tables names table \"g\", which the schema does not have; correct the name or remove it\n" +
			"sqlc.yaml: option private_tables names table \"p\", which the schema does not have; correct the name or remove it\n" +
			"sqlc.yaml: option shared_tables names table \"s\", which the schema does not have; correct the name or remove it\n" +
			"sqlc.yaml: option bridge_tables names table \"b\", which the schema does not have; correct the name or remove it"},
	} {
		m, got := classify(t, base+c.schema, c.set)
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		if m == nil {
			t.Errorf("%s: no map", c.name)
		}
	}
}

// Without tenants, users or members nothing can be generated at all.
func TestUnusable(t *testing.T) {
	const organization, user = "CREATE TABLE organization (id TEXT NOT NULL PRIMARY KEY);\n", "CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY);\n"
	for _, c := range []struct{ name, schema, want string }{
		{"nothing", "", "the schema has no tables; run rowhouse init to see a schema to start from"},
		{"no tenant", user, `sqlc.yaml: the schema has no table "organization", which the option tenant.table names; add the table, or set the option tenant.table to the table that takes its place`},
		{"no tenant and no users", "CREATE TABLE a (id)", `sqlc.yaml: the schema has no table "organization", which the option tenant.table names; add the table, or set the option tenant.table to the table that takes its place` + "\n" +
			`sqlc.yaml: the schema has no table "user", which the option user_table names; add the table, or set the option user_table to the table that takes its place`},
		{
			"a key of two columns", "CREATE TABLE organization (a, b, PRIMARY KEY (a, b));\n" + user,
			`schema.sql:1:1: table "organization" needs a primary key of one column, since it is the tenant.table; give it one, such as "id TEXT PRIMARY KEY NOT NULL"`,
		},
		{"no members", organization + user, `sqlc.yaml: the schema has no table "member", which the option tenant.members names; add the table, or set the option tenant.members to the table that takes its place`},
		{
			"members without users", organization + user + "CREATE TABLE member (id TEXT PRIMARY KEY, " + tenant + ")",
			`schema.sql:3:1: table "member" lists the members, so it must reference organization and user; give it a NOT NULL foreign key to each`,
		},
		{
			"members who may be nobody", organization + user + "CREATE TABLE member (id TEXT PRIMARY KEY, " + tenant + ", user_id TEXT REFERENCES user (id))",
			`schema.sql:3:1: table "member" lists the members, so it must reference organization and user; give it a NOT NULL foreign key to each`,
		},
		{
			"members by path", organization + user + "CREATE TABLE member (id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES team (id), user_id TEXT NOT NULL REFERENCES user (id));\nCREATE TABLE team (id TEXT PRIMARY KEY, " + tenant + ")",
			`schema.sql:3:1: table "member" lists the members, so it must reference organization and user; give it a NOT NULL foreign key to each`,
		},
		{
			"two users and no word which", organization + user + "CREATE TABLE member (id TEXT PRIMARY KEY, " + tenant + ", inviter TEXT NOT NULL REFERENCES user (id), invited TEXT NOT NULL REFERENCES user (id))",
			`schema.sql:3:1: table "member" references user with columns inviter and invited, so nothing says which of them is the member; name the member's column user_id, or let the others be NULL`,
		},
	} {
		m, got := classify(t, c.schema, nil)
		if got != c.want || m != nil {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// Who invited a member is not the member.
func TestMembers(t *testing.T) {
	const organization, user = "CREATE TABLE organization (id TEXT NOT NULL PRIMARY KEY);\n", "CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY);\n"
	for name, columns := range map[string]string{
		"named":            "invited_by TEXT NOT NULL REFERENCES user (id), user_id TEXT NOT NULL REFERENCES user (id)",
		"the NOT NULL":     "invited_by TEXT REFERENCES user (id), user_id TEXT NOT NULL REFERENCES user (id)",
		"referenced twice": "user_id TEXT NOT NULL REFERENCES user (id) REFERENCES user (id)",
	} {
		m, got := classify(t, organization+user+"CREATE TABLE member (id TEXT PRIMARY KEY, "+tenant+", "+columns+")", nil)
		if m == nil || m.MemberUser != "user_id" || m.MemberTenant != "organization_id" {
			t.Errorf("%s: %+v\n%s", name, m, got)
		}
	}
}

func TestOtherNames(t *testing.T) {
	m, got := classify(t, `
CREATE TABLE company (number INTEGER PRIMARY KEY);
CREATE TABLE person (email TEXT NOT NULL PRIMARY KEY);
CREATE TABLE employment (id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES person (email), company_number INTEGER NOT NULL REFERENCES company (number));
CREATE TABLE desk (id INTEGER PRIMARY KEY, company_number INTEGER NOT NULL REFERENCES company);`, func(o *config.Options) {
		o.Tenant = config.Tenant{Table: "company", Column: "company_number", Members: "employment"}
		o.UserTable = "person"
	})
	want := "company: root by number\nperson: global\nemployment: owned by company_number, bridge\ndesk: owned by company_number"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if m.RootKey != "number" || m.UserKey != "email" || m.MemberTenant != "company_number" || m.MemberUser != "person" || m.Members.Name != "employment" {
		t.Errorf("the map is %+v", m)
	}
}
