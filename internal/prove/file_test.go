package prove

import (
	"strings"
	"testing"
)

func TestFile(t *testing.T) {
	w := loadWorld(t, "base")
	text := `-- name: One :many
SELECT * FROM product
WHERE organization_id = sqlc.arg(org) AND id IN (sqlc.slice('ids')) AND name = sqlc.narg("name");

SELECT sqlc.embed(p), u.name FROM product AS p JOIN user u ON u.id = p.created_by WHERE p.organization_id = $org;
SELECT * FROM product WHERE organization_id = :org; /* a comment; */ SELECT * FROM product WHERE organization_id = @org AND id = :org;
SELECT o.* FROM organization o JOIN member m ON m.organization_id = o.id WHERE m.user_id = @me;
SELECT * FROM product WHERE organization_id = sqlc.narg(org);
SELECT * FROM team_member AS tm;
SELECT nonsense FROM;
`
	want := []struct {
		line   int
		proven bool
		reason string
	}{
		{2, true, `"product": organization_id = @org`},
		{5, true, `"product" AS p: organization_id = $org; "user" AS u: id is named by a row that is tied`},
		{6, true, `"product": organization_id = :org`},
		{6, false, `@org and :org are different parameters; spell the parameter in one way`},
		{7, true, `"organization" AS o: id is that of a membership of @me; "member" AS m: organization_id is that of a membership of @me`},
		{8, false, `org holds a verified value, so it cannot be optional or a list here; use sqlc.arg(org)`},
		{9, false, `"team_member" AS tm is not tied to the tenant; add AND tm.team_id IN (SELECT id FROM team WHERE organization_id = @org)`},
		{10, false, `the statement cannot be read: incomplete input`},
	}
	got := w.prover.File(text, "org", "me")
	if len(got) != len(want) {
		t.Fatalf("%d statements, want %d: %+v", len(got), len(want), got)
	}
	for i, g := range got {
		if g.Line != want[i].line || g.Verdict.Proven != want[i].proven || g.Reason() != want[i].reason {
			t.Errorf("statement %d: line %d, proven %v\n got %s\nwant %s", i, g.Line, g.Verdict.Proven, g.Reason(), want[i].reason)
		}
		for _, f := range g.Verdict.Findings {
			if f.Offset < g.Offset || f.Offset > g.Offset+len(g.Text) {
				t.Errorf("finding %+v lies outside of its statement", f)
			}
		}
	}
}

// TestFindings holds the exact texts, and that the position is the
// reference's.
func TestFindings(t *testing.T) {
	all := worlds(t)
	for _, c := range []struct{ world, text, at, want string }{
		{"base", "SELECT m.role FROM member AS m", "member", `"member" AS m is not tied to the tenant; add AND m.organization_id = @organization_id`},
		{"base", "SELECT u.name FROM user u WHERE u.id = @id", "user", `"user" AS u is not reached through a row of the tenant; add AND u.id IN (SELECT user_id FROM member WHERE organization_id = @organization_id)`},
		{"base", "SELECT token FROM session", "session", `"session" is private: no query of a tenant may reach it`},
		{"base", "UPDATE product SET category_id = @c WHERE organization_id = @organization_id", "@c", `category_id may name another tenant's row of "category"; use (SELECT id FROM category WHERE id = @c AND organization_id = @organization_id)`},
		{"base", "UPDATE product SET assignee_id = @a WHERE organization_id = @organization_id", "@a", `assignee_id may name a user who is not a member; use (SELECT user_id FROM member WHERE user_id = @a AND organization_id = @organization_id)`},
		{"base", "UPDATE product SET organization_id = @o WHERE organization_id = @organization_id", "@o", `the row written to "product" is not shown to be the tenant's; set organization_id to @organization_id`},
		{"base", "DELETE FROM category WHERE organization_id = @organization_id", "category", `ON DELETE SET NULL reaches rows of "product" through (category_id), which may be another tenant's; carry the tenant in the key, or let it RESTRICT`},
		{"base", "SELECT name FROM sqlite_master", "sqlite_master", `sqlite_master describes the whole database, every tenant's part of it`},
		{"base", "SELECT nam FROM product WHERE organization_id = @organization_id", "nam", `column nam is not known here`},
		{"crm", `SELECT total FROM "order"`, `"order"`, `"order" is not tied to the tenant; add AND "order".tenant_id = @tenant_id`},
		{"crm", "SELECT * FROM line_note n", "line_note", `"line_note" AS n is not tied to the tenant; add AND n.quote_line_id IN (SELECT id FROM quote_line WHERE quote_line.quote_id IN (SELECT id FROM quote WHERE quote.deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id)))`},
		{"crm", "SELECT * FROM mystery", "mystery", `"mystery" is neither owned by a tenant nor global; give "mystery" a tenant column, or list it under global_tables`},
		{"crm", "SELECT total FROM grand_total", "grand_total", `view grand_total: "deal" is not tied to the tenant; add AND deal.tenant_id = @tenant_id`},
		{"crm", "UPDATE ticket SET status = 'closed' WHERE tenant_id = @tenant_id", "ticket", `trigger ticket_closed: "counter" is not tied to the tenant; add AND counter.tenant_id = @tenant_id`},
	} {
		w := all[c.world]
		v := w.prover.Prove(c.text, w.params)
		if v.Proven || len(v.Findings) != 1 || v.Findings[0].String() != c.want || !strings.HasPrefix(c.text[v.Findings[0].Offset:], c.at) {
			t.Errorf("%s\n got %+v\nwant %s at %s", c.text, v, c.want, c.at)
		}
	}
}

// TestNumberedParams spells parameters as sqlc's rewritten text does.
func TestNumberedParams(t *testing.T) {
	w := loadWorld(t, "base")
	if v := w.prover.Prove("SELECT * FROM product WHERE organization_id = @organization_id AND id = ?1", w.params); v.Proven {
		t.Error("?1 is the parameter of the tenant, and the caller's to bind")
	}
	for text, want := range map[string]bool{
		"SELECT * FROM product WHERE id = ?1 AND organization_id = ?2": true,
		"SELECT * FROM product WHERE id = ? AND organization_id = ?":   true,
		"SELECT * FROM product WHERE id = ?2 AND organization_id = ?1": false,
		"SELECT * FROM product WHERE organization_id = ? AND id = ?":   false,
	} {
		if v := w.prover.Prove(text, Params{Tenant: []string{"?2"}}); v.Proven != want {
			t.Errorf("%s: %+v", text, v)
		}
	}
}
