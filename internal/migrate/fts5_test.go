//go:build sqlite_fts5

package migrate

import "testing"

// TestFTS5 plans changes around full text indexes, which the SQLite driver
// has only when it is built with this tag.
func TestFTS5(t *testing.T) {
	const table = "CREATE TABLE t (a TEXT NOT NULL"
	const index = "); CREATE VIRTUAL TABLE f USING fts5(a, content='t', content_rowid='rowid'); " +
		"CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO f (rowid, a) VALUES (new.rowid, new.a); END"
	for _, f := range []feature{
		{name: "new", before: `CREATE TABLE t (a TEXT)`, after: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content=t)`, has: "CREATE VIRTUAL TABLE f USING fts5(a, content=t)"},
		{name: "same", before: `CREATE VIRTUAL TABLE f USING fts5(a)`, after: "CREATE VIRTUAL TABLE f\nUSING FTS5( a )", same: true},
		{name: "changes", before: `CREATE VIRTUAL TABLE f USING fts5(a)`, after: `CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter')`, has: "INSERT INTO new_f (rowid, a) SELECT rowid, a FROM f"},
		{name: "goes", before: `CREATE VIRTUAL TABLE f USING fts5(a)`, after: ``, loses: true, has: "DROP TABLE f"},
		{name: "of a rebuilt table", before: table + index, after: table + " CHECK (length(a) > 1)" + index, has: "INSERT INTO new_t (rowid, a) SELECT rowid, a FROM t"},
		{name: "changes with its table", before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, after: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE VIRTUAL TABLE f USING fts5(a, b, content='d', content_rowid='id')`, has: "INSERT INTO f (f) VALUES ('rebuild')"},
		{name: "loses a column with its table", before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE VIRTUAL TABLE f USING fts5(a, b, content='d', content_rowid='id')`, after: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, loses: true},
		{name: "column is renamed with its table", before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, after: "CREATE TABLE d (id INTEGER PRIMARY KEY,\n-- atlas:renamed_from a\nb TEXT); CREATE VIRTUAL TABLE f USING fts5(b, content='d', content_rowid='id')"},
		{name: "type of a column changes in its table", before: `CREATE TABLE d (id INTEGER PRIMARY KEY, a INT); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`, after: `CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT ''); CREATE VIRTUAL TABLE f USING fts5(a, content='d', content_rowid='id')`},
		{name: "spelled in another way", before: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content="t")`, after: `CREATE TABLE t (a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content=t)`, same: true},
		{name: "kept by another rebuild", before: `CREATE TABLE x (a INT); CREATE VIRTUAL TABLE f USING fts5(a)`, after: `CREATE TABLE x (a INT CHECK (a > 0)); CREATE VIRTUAL TABLE f USING fts5(a)`},
	} {
		t.Run(f.name, f.test)
	}
}
