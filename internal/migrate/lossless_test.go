package migrate

import (
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
)

// losses is what is said of migratetest.Losing.
const losses = "migrations/2_second.sql:3:1: DROP TABLE p deletes rows of c: in a transaction, and always on D1, foreign keys stay on; " + plan.Anew

// TestApplyLoses refuses a migration that would lose rows of a table which no
// statement mentions, before anything is applied.
func TestApplyLoses(t *testing.T) {
	p := liveProject(t, migratetest.Losing)
	want := losses + "; --allow-loss applies it all the same"
	if got := applyError(t.Context(), t, p, ApplyOptions{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := p.Pending(t.Context(), p.Env.URL, ApplyOptions{}); err == nil || err.Error() != want {
		t.Errorf("a dry run says %v", err)
	}
	mustApply(t, p, ApplyOptions{Amount: 1})
	migratetest.Exec(t, p.Root, "INSERT INTO p (id) VALUES (1)", "INSERT INTO c (p) VALUES (1)")
	if got := applyError(t.Context(), t, p, ApplyOptions{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	mustApply(t, p, ApplyOptions{AllowLoss: true})
	if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT count(*) FROM c"); got[0] != "0" {
		t.Errorf("%s rows are left: is there nothing to refuse?", got[0])
	}
}

// TestApplyRefusesKeys: a migration after which no row could be written to a
// table is not applied.
func TestApplyRefusesKeys(t *testing.T) {
	p := liveProject(t, "-- 1_first.sql --\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n-- 2_second.sql --\nCREATE TABLE b (a INTEGER REFERENCES nowhere (id));\n")
	_, err := p.Apply(t.Context(), p.Env.URL, ApplyOptions{})
	const want = `migrations/2_second.sql:1:38: foreign key of table "b" references table "nowhere", which does not exist`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
