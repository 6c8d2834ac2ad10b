package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// base is the schema that rowhouse init ships, with a tenant table that is
// made again: almost every other table goes with it.
func base(t *testing.T) *scenario {
	t.Helper()
	names, err := filepath.Glob("../schema/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	first, second := files{}, files{}
	for _, name := range names {
		sql, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		first[filepath.Base(name)], second[filepath.Base(name)] = string(sql), string(sql)
	}
	column := "  slug       TEXT    NOT NULL,"
	second["organization.sql"] = strings.Replace(first["organization.sql"], column, column[:len(column)-1]+" CHECK (slug <> ''),", 1)
	if second["organization.sql"] == first["organization.sql"] {
		t.Fatal("organization has no column slug as it was")
	}
	return &scenario{
		name: "base", first: first, second: second,
		rows: `
INSERT INTO "user" (id, name, email, created_at, updated_at) VALUES ('u1', 'Ann', 'ann@x', 1, 1), ('u2', 'Bea', 'bea@x', 2, 2);
INSERT INTO identity (id, user_id, provider_id, account_id, password, created_at, updated_at)
  VALUES ('i1', 'u1', 'credential', 'u1', 'hash', 1, 1), ('i2', 'u2', 'oauth', 'x', NULL, 2, 2);
INSERT INTO session (id, user_id, token, expires_at, active_organization_id, created_at, updated_at) VALUES ('s1', 'u1', 't', 9, 'o1', 1, 1);
INSERT INTO verification VALUES ('v1', 'ann@x', 'code', 9, 1, 1);
INSERT INTO rate_limit VALUES ('r1', 'key', 1, 1);
INSERT INTO organization (id, name, slug, created_at) VALUES ('o1', 'Acme', 'acme', 1), ('o2', 'Bolt', 'bolt', 2);
INSERT INTO organization_role (id, organization_id, role, permission, created_at) VALUES ('r1', 'o1', 'clerk', '{}', 1);
INSERT INTO member (id, organization_id, user_id, created_at) VALUES ('m1', 'o1', 'u1', 1), ('m2', 'o2', 'u1', 1), ('m3', 'o2', 'u2', 2);
INSERT INTO invitation (id, organization_id, inviter_id, email, expires_at, created_at) VALUES ('i1', 'o1', 'u1', 'cid@x', 9, 1);
INSERT INTO team (id, organization_id, name, created_at) VALUES ('t1', 'o1', 'Sales', 1), ('t2', 'o2', 'Sales', 1);
INSERT INTO team_member (id, team_id, user_id) VALUES ('tm1', 't1', 'u1'), ('tm2', 't2', 'u1'), ('tm3', 't2', 'u2');
INSERT INTO product (id, organization_id, name, sku, price, created_by, created_at, updated_at, deleted_at) VALUES
  ('p1', 'o1', 'Lamp', 'L', 4900, 'u1', 1, 1, NULL), ('p2', 'o2', 'Lamp', 'L', 1, 'u2', 1, 1, 2), ('p3', 'o2', 'Lamp', 'L', 1, NULL, 1, 1, NULL);
`,
		then: []step{
			{do: "INSERT INTO organization (id, name, slug, created_at) VALUES ('o3', 'None', '', 1)", fails: true},
			{do: "DELETE FROM organization WHERE id = 'o2'", query: "SELECT (SELECT count(*) FROM team_member) || (SELECT count(*) FROM product)", want: "11"},
		},
	}
}
