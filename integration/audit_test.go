package integration

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// auditRows are what a program that knows nothing of the log does, Better Auth
// say. Every tool runs them as a migration, and so in its own engine.
const auditRows = `
INSERT INTO "user" (id, name, email, created_at, updated_at) VALUES ('u1', 'Ann', 'ann@x', 1, 1);
INSERT INTO organization (id, name, slug, created_at) VALUES ('o1', 'Acme', 'acme', 1), ('o2', 'Bolt', 'bolt', 1);
INSERT INTO product (id, organization_id, name, price, created_by, created_at, updated_at) VALUES ('p1', 'o1', 'Lamp', 4900, 'u1', 1, 1), ('p2', 'o2', 'Lamp', 1, NULL, 1, 1);
UPDATE product SET price = 5900, updated_at = 2 WHERE id = 'p1';
UPDATE product SET deleted_at = 3 WHERE id = 'p1';
DELETE FROM product WHERE id = 'p1';
INSERT INTO team (id, organization_id, name, created_at) VALUES ('t2', 'o2', 'Sales', 1);
INSERT INTO team_member (id, team_id, user_id) VALUES ('tm2', 't2', 'u1');
DELETE FROM organization WHERE id = 'o2';
`

// auditEntries are what the log holds then.
var auditEntries = []string{
	"o1 u1 create product p1",
	"o2 NULL create product p2",
	`o1 NULL update product p1 {"price":4900} {"price":5900}`,
	`o1 NULL delete product p1 {"deleted_at":null} {"deleted_at":3}`,
	"o1 NULL purge product p1",
	"o2 NULL create team_member tm2",
	"o2 NULL delete team_member tm2",
	"o2 NULL delete product p2",
}

// TestAuditLog has every tool, and so D1, make the log and write to it.
func TestAuditLog(t *testing.T) {
	p := project(t.TempDir())
	p.rowhouse(t, "init", "--module", "example.com/audited", ".")
	config := filepath.Join(string(p), "sqlc.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	options := strings.Replace(string(text), "options:\n", "options:\n          audit_log: [product, team_member]\n", 1)
	if err := os.WriteFile(config, []byte(options), 0o644); err != nil {
		t.Fatal(err)
	}
	p.rowhouse(t, "generate")
	p.rowhouse(t, "migrate", "diff", "log")
	if err := os.WriteFile(filepath.Join(string(p), "migrations", "99991231235959_rows.sql"), []byte(auditRows), 0o644); err != nil {
		t.Fatal(err)
	}
	p.rowhouse(t, "migrate", "hash")
	for _, tool := range tools {
		t.Run(tool.format, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), tool.format)
			p.rowhouse(t, "migrate", "export", "--format", tool.format, "-o", folder)
			opened := tool.open(t.TempDir())
			if err := opened.Apply(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			var found [][]string
			err := inFile(opened, func(db *sql.DB) (err error) {
				found, err = texts(t.Context(), db, `SELECT concat_ws(' ', organization_id, coalesce(actor, 'NULL'), action, table_name, row_id,
					CASE WHEN after IS NOT NULL AND before IS NOT NULL THEN before || ' ' || after END) FROM audit_log ORDER BY id`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, entry := range found {
				got = append(got, entry[0])
			}
			if diff := cmp.Diff(auditEntries, got); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
		})
	}
}
