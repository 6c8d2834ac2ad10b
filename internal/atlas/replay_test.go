package atlas

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestLargeFiles replays what is far larger than any schema: each must be
// answered in seconds.
func TestLargeFiles(t *testing.T) {
	const size = 10 << 20
	table := func(i int) string {
		return fmt.Sprintf("CREATE TABLE table_%d (id TEXT NOT NULL PRIMARY KEY, name TEXT);\n", i)
	}
	for _, test := range []struct {
		name, want string
		line       func(i int) string
	}{
		{
			"tables", "schema/a.sql:10001:1: the schema creates more than 10000 tables, indexes, views and triggers; split the schema into several databases",
			table,
		},
		{
			"rows", "",
			func(i int) string {
				if i == 0 {
					return table(0)
				}
				return fmt.Sprintf("INSERT INTO table_0 (id, name) VALUES ('%d', '%s');\n", i, strings.Repeat("x", 200))
			},
		},
		{
			"comments", "",
			func(i int) string {
				if i == 0 {
					return table(0)
				}
				return strings.Repeat("-", 1000) + "\n"
			},
		},
		{
			"one statement", "schema/a.sql:2:14: too many columns on a; split the table",
			func(i int) string {
				if i == 0 {
					return "-- a table\nCREATE TABLE a (id TEXT\n"
				}
				return fmt.Sprintf(", column_%d TEXT NOT NULL DEFAULT '' CHECK (column_%d <> 'x')\n", i, i)
			},
		},
		{
			"nonsense", "more than 200 problems: the rest is not checked",
			func(i int) string { return fmt.Sprintf("SELEC %d;\n", i) },
		},
		{
			"missing semicolons", "more than 200 problems: the rest is not checked",
			func(i int) string { return fmt.Sprintf("CREATE TABLE table_%d (id TEXT)\n", i) },
		},
		{
			"parentheses", "schema/a.sql:1:",
			func(int) string { return "CREATE TABLE a (id TEXT DEFAULT " + strings.Repeat("(", 50_000) + "\n" },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(test.line(i))
			}
			if test.name == "one statement" {
				b.WriteString(");")
			}
			start := time.Now()
			_, err := Replay(t.Context(), []File{{Name: "schema/a.sql", Text: b.String()}})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Logf("took %v", took)
			}
			if err == nil && test.want != "" || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %.500v, want %s", err, test.want)
			}
		})
	}
}

// TestEndless replays a statement that would never end.
func TestEndless(t *testing.T) {
	script := `CREATE TABLE a (n INTEGER);
INSERT INTO a WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n WHERE n < 0;
CREATE TABLE b (id TEXT, id TEXT);`
	r, err := startReplay(t.Context(), []File{{Name: "schema/a.sql", Text: script}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.timeout = 50 * time.Millisecond
	if err := r.run(t.Context(), r.scripts[0]); err != nil {
		t.Fatal(err)
	}
	want := "schema/a.sql:2:1: the statement ran for more than 50ms; take it out of the schema: it may never end\n" +
		"schema/a.sql:3:26: duplicate column name: id; remove one of them, or rename it"
	if got := fmt.Sprint(r.problems.Err()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Replay(ctx, []File{{Name: "a.sql", Text: someTable}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestOutside makes sure that the refusals of testdata/problems/outside.txtar
// left no trace.
func TestOutside(t *testing.T) {
	path := t.TempDir() + "/leak.db"
	for _, statement := range []string{"ATTACH '%s' AS x;", "VACUUM INTO '%s';", "VACUUM main INTO '%s';", "SELECT writefile('%s', 'x');"} {
		_, err := Replay(t.Context(), []File{{Name: "a.sql", Text: fmt.Sprintf(statement, path)}})
		if err == nil {
			t.Errorf("%s is not refused", statement)
		}
		if _, err := os.Stat(path); err == nil {
			t.Fatalf("%s wrote a file", statement)
		}
	}
}

// FuzzReplay checks that no text makes a replay panic, hang or fail without
// saying where.
func FuzzReplay(f *testing.F) {
	for _, seed := range []string{
		someTable, "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;", "'", "/*", "[", "x'", "CREATE", ";;",
		"CREATE TABLE a (b REFERENCES c);", "CREATE TABLE a (id TEXT\nCREATE TABLE b (", "ALTER TABLE a RENAME TO b;",
		"CREATE VIEW v AS SELECT * FROM v;", "CREATE VIRTUAL TABLE v USING fts4 (a);", "BEGIN; CREATE TABLE a (b); ROLLBACK;",
		"CREATE TABLE a (b AS (c), c AS (b), CHECK (b), FOREIGN KEY (b, c) REFERENCES a);", "DROP TABLE IF EXISTS a;",
		"EXPLAIN QUERY PLAN CREATE TRIGGER t", "CREATE TEMP TABLE a (b);", "PRAGMA user_version = 1; SELECT ?;",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		r, err := startReplay(t.Context(), []File{{Name: "a.sql", Text: first}, {Name: "b.sql", Text: second}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		r.timeout = 100 * time.Millisecond
		for _, s := range r.scripts {
			if err := r.run(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.inspect(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range r.problems {
			if p.Pos.Line == 0 || p.Message == "" {
				t.Errorf("problem without position or cause: %+v", p)
			}
		}
	})
}

// BenchmarkReplay replays and inspects 1,000 tables.
func BenchmarkReplay(b *testing.B) {
	files := []File{{Name: "schema/tables.sql", Text: manyTables(1000)}}
	for b.Loop() {
		if _, err := Replay(b.Context(), files); err != nil {
			b.Fatal(err)
		}
	}
}

// manyTables returns a schema of n tables, each with keys and an index.
func manyTables(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, `CREATE TABLE table_%[1]d (
  id TEXT NOT NULL PRIMARY KEY,
  parent_id TEXT NOT NULL REFERENCES table_%[2]d (id) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE,
  flag INTEGER NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER
);
CREATE INDEX table_%[1]d_parent_id_idx ON table_%[1]d (parent_id);
`, i, i/2)
	}
	return s.String()
}
