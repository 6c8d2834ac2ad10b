package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// roleSchema has tables of every kind of permission.
const roleSchema = `ALTER TABLE member ADD COLUMN role TEXT;
CREATE TABLE session (id TEXT PRIMARY KEY NOT NULL, user_id TEXT NOT NULL REFERENCES user (id));
CREATE TABLE country (id TEXT PRIMARY KEY NOT NULL);
CREATE TABLE rate (id TEXT PRIMARY KEY NOT NULL);
CREATE TABLE thing (id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organization (id), country_id TEXT REFERENCES country (id));
CREATE TABLE note (id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organization (id), created_by TEXT REFERENCES user (id));`

// granting gives the role x these permissions.
func granting(permissions ...string) func(*config.Options) {
	return func(o *config.Options) {
		o.GlobalTables = []string{"country", "rate"}
		o.Roles = map[string][]config.Permission{"x": nil}
		o.RolesPos, o.DynamicRolesPos = model.Position{File: "sqlc.yaml", Line: 7}, model.Position{File: "sqlc.yaml", Line: 8}
		for i, text := range permissions {
			pos := model.Position{File: "sqlc.yaml", Line: i + 1}
			o.Roles["x"] = append(o.Roles["x"], config.Permission{Text: text, Pos: pos})
		}
	}
}

func TestRolePermissions(t *testing.T) {
	for _, c := range []struct{ permissions, want string }{
		{"", ""},
		{"thing:read", "thing:read"},
		{"THING:read thing:read", "thing:read"},
		{"thing:*", "thing:create thing:read thing:update thing:delete"},
		{"note:*:own", "note:create note:read:own note:update:own note:delete:own"},
		{"note:create:own", "note:create"},
		{"note:read:own note:read note:update:own", "note:read note:update:own"},
		{"*:delete", "organization:delete member:delete thing:delete note:delete"},
		{"*:read", "organization:read user:read member:read country:read rate:read thing:read note:read"},
		{"report:export", "report:export"},
		{"report:* report:export", "report:export"},
		{"*:export report:export door:export", "report:export door:export"},
		{"country:*", "country:read"},
		{"report:export * note:read:own", "organization:create organization:read organization:update organization:delete user:read " +
			"member:create member:read member:update member:delete country:read rate:read thing:create thing:read thing:update thing:delete " +
			"note:create note:read note:update note:delete report:export"},
	} {
		p, err := planOf(t, roleSchema, granting(strings.Fields(c.permissions)...))
		if err != nil {
			t.Errorf("%s: %v", c.permissions, err)
			continue
		}
		var got []string
		for _, permission := range p.Roles.Roles[0].Permissions {
			got = append(got, permission.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s permits %q, want %q", c.permissions, got, c.want)
		}
	}
}

func TestRoleMistakes(t *testing.T) {
	for _, c := range []struct{ permission, want string }{
		{"tihng:read", `there is no table "tihng"; did you mean "thing"?`},
		{"tihng:export", `there is no table "tihng"; did you mean "thing"?`},
		{"warehouse:read", `there is no table "warehouse"; known here: country, member, note, organization, rate, thing, user`},
		{"warehouse:*", `there is no table "warehouse"; known here: country, member, note, organization, rate, thing, user`},
		{"thing:raed", `there is no action "raed"; did you mean "read"?`},
		{"thing:approve", `there is no action "approve"; known here: create, delete, read, update`},
		{"country:update", `there is no action "update"; known here: read`},
		{"*:approve", `there is no action "approve"; known here: create, delete, read, update`},
		{"session:read", `no scope reaches table "session"; remove it`},
		{"thing:read:own", `"thing" has no column created_by that says whose a row is; leave out :own`},
		{"*:read:own", `"organization" has no column created_by that says whose a row is; leave out :own`},
		{"report:export:own", `there is no table "report"; known here: country, member, note, organization, rate, thing, user`},
	} {
		_, err := planOf(t, roleSchema, granting(c.permission))
		var wrong *config.Error
		if want := `sqlc.yaml:1: "x": "` + c.permission + `": ` + c.want; !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestQueryNeeds: a query that names no permissions needs those on its tables.
func TestQueryNeeds(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"SELECT id FROM thing", "thing:read"},
		{"SELECT thing.id FROM thing JOIN note USING (id), user", "thing:read note:read user:read"},
		{"SELECT id FROM note WHERE id IN (SELECT id FROM thing) OR id IN country", "note:read thing:read country:read"},
		{"WITH x AS (SELECT id FROM main.thing) SELECT id FROM x, json_each('[]')", "thing:read"},
		{"SELECT id FROM seen", "thing:read note:read"},
		{"INSERT INTO thing (id) SELECT id FROM note", "thing:create note:read"},
		{"INSERT INTO thing (id) VALUES (1) ON CONFLICT DO NOTHING", "thing:create"},
		{"INSERT INTO thing (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING id", "thing:create thing:update"},
		{"INSERT OR REPLACE INTO thing (id) VALUES (1)", "thing:create thing:delete"},
		{"UPDATE thing SET id = (SELECT max(id) FROM thing)", "thing:update thing:read"},
		{"DELETE FROM Thing WHERE EXISTS (SELECT 1 FROM note)", "thing:delete note:read"},
		{"SELECT 1", ""},
	} {
		query := &model.Query{Name: "Q", Cmd: ":exec", Text: c.query, Scope: model.Scope{Kind: model.Tenant, Tenant: 1}}
		views := "CREATE VIEW first AS SELECT thing.id FROM thing, note; CREATE VIEW seen AS SELECT a.id FROM first AS a, first AS b;"
		p, err := planOf(t, roleSchema+views, granting(), query)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		var got []string
		for _, permission := range p.Queries[0].Queries[0].Needs {
			got = append(got, permission.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s needs %q, want %q", c.query, got, c.want)
		}
	}
}

func TestRoleNames(t *testing.T) {
	for _, c := range []struct {
		name, schema, want string
		set                func(*config.Options)
	}{
		{
			"two roles of one name", "", "sqlc.yaml:7: role sales_clerk needs the Go name RoleSalesClerk, which role sales-clerk has; rename one of them",
			func(o *config.Options) { o.Roles["sales-clerk"], o.Roles["sales_clerk"] = nil, nil },
		},
		{
			"a table of the role's name", "CREATE TABLE role_x (id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organization (id));",
			`sqlc.yaml:7: role x needs the Go name RoleX, which table "role_x" has; rename one of them`, nil,
		},
		{
			"no table of dynamic roles", "", `sqlc.yaml:8: option dynamic_roles needs a table "organization_role" of the tenant's with the columns role and permission; add the table, or remove the option`,
			func(o *config.Options) { o.DynamicRoles = true },
		},
	} {
		set := granting()
		_, err := planOf(t, roleSchema+c.schema, func(o *config.Options) {
			set(o)
			if c.set != nil {
				c.set(o)
			}
		})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, c.want)
		}
	}
	if _, err := planOf(t, "", func(o *config.Options) {
		granting()(o)
		o.GlobalTables = nil
	}); err == nil || !strings.Contains(err.Error(), `sqlc.yaml:7: option roles: table "member" has no text column "role"`) {
		t.Errorf("members without a role: %v", err)
	}
	// a table named permission gives way, as one named store does
	p, err := planOf(t, roleSchema+"CREATE TABLE permission (id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organization (id));", granting())
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(p.Tables, func(t *Table) bool { return t.Row == "PermissionRow" }); i < 0 {
		t.Error("the table permission keeps its name")
	}
}
