package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A scenario is two versions of a schema, with rows between them.
type scenario struct {
	name          string
	first, second files
	rows          string // SQL that inserts them, before the second version

	// What the second version calls a table, or a column "table.column", by
	// what the first calls it; "" where it has no such thing any more.
	renamed map[string]string

	// The error, where the rows do not satisfy the second version: then nothing
	// may change.
	impossible string

	// Done in turn to the second version.
	then []step
}

// files are a schema: names and SQL.
type files map[string]string

// schema is a schema in one file.
func schema(sql string) files { return files{"schema.sql": sql} }

// A step is a statement, and then a query that returns one value.
type step struct {
	do    string
	fails bool
	query string
	want  string
}

// write writes the schema into a folder that holds another version of it.
func (f files) write(t *testing.T, folder string) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, sql := range f {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(sql), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// objects returns what a database has that was made from the schema itself.
func (f files) objects(t *testing.T) map[string]string {
	t.Helper()
	db, err := openSQLite(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if _, err := db.ExecContext(t.Context(), f[name]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	s, err := takeSnapshot(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return s.Objects
}

// run has a tool run the first folder of migrations, inserts the rows, and has
// it run the second folder, which holds the first's migrations and one more.
func (s *scenario) run(t *testing.T, tool tool, first, second string) {
	if err := tool.Apply(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	err := inFile(tool, func(db *sql.DB) error {
		_, err := db.ExecContext(t.Context(), s.rows)
		return err
	})
	if err != nil {
		t.Fatalf("insert rows: %v", err)
	}
	before := look(t, tool)
	if diff := cmp.Diff(s.first.objects(t), before.Objects); diff != "" {
		t.Fatalf("the first migration made another schema (-want +got):\n%s", diff)
	}
	for table, rows := range before.Tables {
		if len(rows) == 0 {
			t.Fatalf("table %s has no row", table)
		}
	}

	err = tool.Apply(t.Context(), second)
	after := look(t, tool)
	if s.impossible != "" {
		if err == nil || !strings.Contains(err.Error(), s.impossible) {
			t.Errorf("error %v, want one with %q", err, s.impossible)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("failed, but not without a trace (-before +after):\n%s", diff)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.second.objects(t), after.Objects); diff != "" {
		t.Errorf("the second migration made another schema (-want +got):\n%s", diff)
	}
	if diff := s.compareRows(before, after); diff != "" {
		t.Errorf("rows were changed (-before +after):\n%s", diff)
	}
	if err := inFile(tool, func(db *sql.DB) error { return s.take(t.Context(), db) }); err != nil {
		t.Error(err)
	}
}

func look(t *testing.T, tool tool) (s *snapshot) {
	t.Helper()
	err := inFile(tool, func(db *sql.DB) (err error) {
		s, err = takeSnapshot(t.Context(), db)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// take takes the steps of the scenario.
func (s *scenario) take(ctx context.Context, db *sql.DB) error {
	var problems []error
	for _, step := range s.then {
		switch _, err := db.ExecContext(ctx, step.do); {
		case err != nil && !step.fails:
			problems = append(problems, fmt.Errorf("%s: %w", step.do, err))
		case err == nil && step.fails:
			problems = append(problems, fmt.Errorf("%s: no error", step.do))
		}
		if step.query == "" {
			continue
		}
		var got string
		if err := db.QueryRowContext(ctx, step.query).Scan(&got); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", step.query, err))
		} else if got != step.want {
			problems = append(problems, fmt.Errorf("%s: got %s, want %s", step.query, got, step.want))
		}
	}
	return errors.Join(problems...)
}

// compareRows says which rows and values of the first version are not in the
// second, where they should be.
func (s *scenario) compareRows(before, after *snapshot) string {
	want, got := map[string][]string{}, map[string][]string{}
	for table, rows := range before.Tables {
		to := s.nameAfter(table, table)
		if to == "" {
			continue
		}
		columns := map[string]string{} // in the second version → in the first
		for name := range rows[0] {
			if c := s.nameAfter(table+"."+name, name); c != "" {
				columns[c] = name
			}
		}
		for _, r := range rows {
			want[to] = append(want[to], line(columns, func(c string) string { return r[columns[c]] }))
		}
		for _, r := range after.Tables[to] {
			got[to] = append(got[to], line(columns, func(c string) string { return r[c] }))
		}
		slices.Sort(want[to])
		slices.Sort(got[to])
		if seq, ok := before.Sequences[table]; ok {
			want[to] = append(want[to], fmt.Sprint("sequence: ", seq))
			got[to] = append(got[to], fmt.Sprint("sequence: ", after.Sequences[to]))
		}
	}
	return cmp.Diff(want, got)
}

// line writes a row as text.
func line(columns map[string]string, value func(column string) string) string {
	var values []string
	for _, c := range slices.Sorted(maps.Keys(columns)) {
		values = append(values, c+" = "+value(c))
	}
	return strings.Join(values, ", ")
}

// nameAfter returns what the second version calls a thing of the first.
func (s *scenario) nameAfter(thing, name string) string {
	if after, ok := s.renamed[thing]; ok {
		return after
	}
	return name
}
