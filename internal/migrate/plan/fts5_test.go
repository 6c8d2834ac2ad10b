//go:build sqlite_fts5

package plan

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
)

// TestFTS5 plans changes around full text indexes, which the SQLite driver
// has only when it is built with this tag.
func TestFTS5(t *testing.T) {
	const table = "CREATE TABLE t (a TEXT NOT NULL"
	const index = "); CREATE VIRTUAL TABLE f USING fts5(a, content='t', content_rowid='rowid'); " +
		"CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO f (rowid, a) VALUES (new.rowid, new.a); END"
	for _, f := range []migratetest.Feature{
		{Name: "new", Before: `CREATE TABLE t (a TEXT)`, After: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content=t)`, Has: "CREATE VIRTUAL TABLE f USING fts5(a, content=t)"},
		{Name: "same", Before: `CREATE VIRTUAL TABLE f USING fts5(a)`, After: "CREATE VIRTUAL TABLE f\nUSING FTS5( a )", Same: true},
		{Name: "changes", Before: `CREATE VIRTUAL TABLE f USING fts5(a)`, After: `CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter')`, Has: "INSERT INTO new_f (rowid, a) SELECT rowid, a FROM f"},
		{Name: "goes", Before: `CREATE VIRTUAL TABLE f USING fts5(a)`, After: ``, Loses: true, Has: "DROP TABLE f"},
		{Name: "of a rebuilt table", Before: table + index, After: table + " CHECK (length(a) > 1)" + index, Has: "INSERT INTO new_t (rowid, a) SELECT rowid, a FROM t"},
		{Name: "changes with its table", Before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, After: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE VIRTUAL TABLE f USING fts5(a, b, content='d', content_rowid='id')`, Has: "INSERT INTO f (f) VALUES ('rebuild')"},
		{Name: "loses a column with its table", Before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE VIRTUAL TABLE f USING fts5(a, b, content='d', content_rowid='id')`, After: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, Loses: true},
		{Name: "column is renamed with its table", Before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, After: "CREATE TABLE d (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb TEXT); CREATE VIRTUAL TABLE f USING fts5(b, content='d', content_rowid='id')"},
		{Name: "type of a column changes in its table", Before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a INT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, After: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT ''); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`},
		{Name: "spelled in another way", Before: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content="t")`, After: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content=t)`, Same: true},
		{Name: "kept by another rebuild", Before: `CREATE TABLE x (a INT); CREATE VIRTUAL TABLE f USING fts5(a)`, After: `CREATE TABLE x (a INT CHECK (a > 0)); CREATE VIRTUAL TABLE f USING fts5(a)`},
	} {
		t.Run(f.Name, func(t *testing.T) { testFeature(t, f) })
	}
}
