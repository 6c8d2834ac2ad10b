package atlas

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/model"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestProblems replays the wrong schemas of testdata/problems. Each file says
// what is wrong, the SQL, and the exact text of every problem.
func TestProblems(t *testing.T) {
	golden(t, "testdata/problems/*.txtar", func(files []File) string {
		_, err := Replay(t.Context(), files)
		if err == nil {
			return "none\n"
		}
		var problems model.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("not model.Problems: %v", err)
		}
		return err.Error() + "\n"
	})
}

// TestSchema replays the schemas of testdata/schema and prints what came out.
func TestSchema(t *testing.T) {
	golden(t, "testdata/schema/*.txtar", func(files []File) string {
		schema, err := Replay(t.Context(), files)
		if err != nil {
			t.Fatal(err)
		}
		return dump(schema)
	})
}

// golden compares the section "want" of archives with what run makes of the
// sections before it.
func golden(t *testing.T, pattern string, run func([]File) string) {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var (
				files []File
				want  *txtar.File
			)
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = &archive.Files[i]
					continue
				}
				files = append(files, File{Name: f.Name, Text: string(f.Data)})
			}
			got := run(files)
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want.Data) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want.Data)
			}
		})
	}
}

// dump prints a schema, one object or column a line.
func dump(schema *model.Schema) string {
	var b strings.Builder
	for _, t := range schema.Tables {
		fmt.Fprintf(&b, "table %q %s%s\n", t.Name, t.Pos, flags(map[string]bool{
			"strict": t.Strict, "without rowid": t.WithoutRowid, "virtual": t.Virtual, "rowid key": t.RowidKey(),
		}))
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  column %q %s %q%s\n", c.Name, c.Pos, c.Type, flags(map[string]bool{
				"not null": c.NotNull, "generated": c.Generated, "hidden": c.Hidden,
				"default " + c.Default: c.Default != "", "collate " + c.Collation: c.Collation != "BINARY",
			}))
		}
		if len(t.PrimaryKey) > 0 {
			fmt.Fprintf(&b, "  primary key %q\n", t.PrimaryKey)
		}
		for _, x := range t.Indexes {
			dumpIndex(&b, x)
		}
		for _, k := range t.ForeignKeys {
			fmt.Fprintf(&b, "  references %q -> %q %q on update %s, on delete %s%s\n",
				k.Columns, k.Table, k.RefColumns, k.OnUpdate, k.OnDelete, flags(map[string]bool{"deferred": k.Deferred}))
		}
		for _, c := range t.Checks {
			fmt.Fprintf(&b, "  check %q of %q: %s\n", c.Name, c.Column, c.Expr)
		}
	}
	for _, v := range schema.Views {
		fmt.Fprintf(&b, "view %q %s\n", v.Name, v.Pos)
		for _, c := range v.Columns {
			fmt.Fprintf(&b, "  column %q %q\n", c.Name, c.Type)
		}
	}
	for _, t := range schema.Triggers {
		fmt.Fprintf(&b, "trigger %q on %q %s\n", t.Name, t.Table, t.Pos)
	}
	return b.String()
}

func dumpIndex(b *strings.Builder, x *model.Index) {
	var terms []string
	for _, c := range x.Columns {
		terms = append(terms, fmt.Sprintf("%q %s%s", c.Name, c.Collation, flags(map[string]bool{"desc": c.Desc})))
	}
	fmt.Fprintf(b, "  index %q %s (%s) origin %s%s\n", x.Name, x.Pos, strings.Join(terms, ", "), x.Origin,
		flags(map[string]bool{"unique": x.Unique, "where " + x.Where: x.Where != ""}))
}

// flags lists the names that are true, in order.
func flags(set map[string]bool) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			b.WriteString(" [" + name + "]")
		}
	}
	return b.String()
}
