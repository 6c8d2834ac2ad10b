package migratetest

import (
	"fmt"
	"strings"
)

// ManyTables is a schema of tables in families of ten, each referencing the
// one before it.
func ManyTables(n int) string {
	var b strings.Builder
	for i := range n {
		reference := ""
		if i%10 > 0 {
			reference = fmt.Sprintf(" REFERENCES t%d (id) ON DELETE CASCADE", i-1)
		}
		fmt.Fprintf(&b, `CREATE TABLE t%[1]d (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL,
  parent_id       TEXT%[2]s,
  name            TEXT    COLLATE NOCASE,
  price           INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0),
  created_at      INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX t%[1]d_organization_id_created_at ON t%[1]d (organization_id, created_at DESC);
`, i, reference)
	}
	return b.String()
}
