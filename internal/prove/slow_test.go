package prove

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHugeStatements bounds the time that a statement can take, whatever is
// in it.
func TestHugeStatements(t *testing.T) {
	w := loadWorld(t, "base")
	many := func(n int, text, sep string) string { return strings.TrimSuffix(strings.Repeat(text+sep, n), sep) }
	for name, text := range map[string]string{
		"joins":   "SELECT 1 FROM " + many(60, "product NATURAL JOIN team", " JOIN "),
		"commas":  "SELECT 1 FROM " + many(200, "product", ", "),
		"ors":     "SELECT 1 FROM product WHERE " + many(400, "(organization_id = @x OR organization_id = @organization_id)", " AND "),
		"exists":  "SELECT 1 FROM product p WHERE " + many(200, "EXISTS (SELECT 1 FROM team_member tm WHERE tm.user_id = p.created_by)", " OR "),
		"nested":  "SELECT 1 FROM product p WHERE " + strings.Repeat("EXISTS (SELECT 1 FROM team WHERE (name = p.name OR id = p.id) AND ", 60) + "1" + strings.Repeat(")", 60),
		"derived": "SELECT 1 FROM " + strings.Repeat("(SELECT * FROM ", 80) + "product" + strings.Repeat(")", 80),
		"ctes":    "WITH a0 AS (SELECT * FROM team)" + ctes(40) + " SELECT * FROM a40",
		"union":   many(300, "SELECT id FROM team WHERE organization_id = @organization_id", " UNION ALL "),
		"left":    "SELECT 1 FROM team t " + strings.Repeat("LEFT JOIN team_member m ON m.team_id = t.id AND m.user_id IS NOT NULL ", 60),
		"ands":    "SELECT 1 FROM product WHERE " + many(3000, "price > 1", " AND "),
		"parens":  "SELECT " + strings.Repeat("(", 3000) + "1" + strings.Repeat(")", 3000),
	} {
		start := time.Now()
		w.prover.Prove(text, w.params)
		took := time.Since(start)
		t.Log(name, took)
		if took > 3*time.Second {
			t.Errorf("%s takes %v", name, took)
		}
	}
}

// ctes is a chain of expressions, each of which names the one before twice.
func ctes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", a%d AS (SELECT x.* FROM a%d x, a%d y)", i+1, i, i)
	}
	return b.String()
}
