package atlas

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"

	"github.com/rowhouse/rowhouse/internal/model"
)

// TestInitialMigration replays the migration made of this repository's own
// schema: the same schema must come out.
func TestInitialMigration(t *testing.T) {
	files, err := ReadFiles("../..", []string{"schema"})
	if err != nil {
		t.Fatal(err)
	}
	want, err := Replay(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	migrations, err := InitialMigration(files, "20260102030405", "initial")
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(migrations))
	if !slices.Equal(names, []string{"20260102030405_initial.sql", "atlas.sum"}) {
		t.Fatalf("files: %q", names)
	}
	got, err := Replay(t.Context(), []File{{Name: names[0], Text: string(migrations[names[0]])}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dump(withoutPositions(got)), dump(withoutPositions(want)); got != want {
		t.Errorf("the migration makes another schema:\n%s\nwant:\n%s", got, want)
	}
	checkDirectory(t, migrations)
}

// checkDirectory asks Atlas whether it takes the files.
func checkDirectory(t *testing.T, files map[string][]byte) {
	t.Helper()
	dir, err := migrate.NewLocalDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := dir.WriteFile(name, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate.Validate(dir); err != nil {
		t.Errorf("Atlas refuses the directory: %v", err)
	}
}

func TestInitialMigrationText(t *testing.T) {
	files := []File{
		{"schema/a.sql", "PRAGMA foreign_keys = ON; BEGIN;\n-- why\nCREATE TABLE a (\n  id TEXT -- it's; the \"key\n);\nCOMMIT"},
		{"schema/b.sql", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;"},
	}
	got, err := InitialMigration(files, "20260102030405", "initial")
	if err != nil {
		t.Fatal(err)
	}
	want := `-- schema/a.sql
CREATE TABLE a (
  id TEXT -- it's; the "key
);
-- schema/b.sql
CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
`
	if text := string(got["20260102030405_initial.sql"]); text != want {
		t.Errorf("got:\n%s\nwant:\n%s", text, want)
	}
}

func TestInitialMigrationErrors(t *testing.T) {
	for _, test := range []struct {
		version, text, want string
	}{
		{"1", someTable, "invalid version"},
		{"20260102030405", "CREATE VIEW [x;y] AS SELECT 1;", "Atlas reads 2 statements where SQLite reads 1"},
		{"20260102030405", "CREATE TABLE a ([x)y] TEXT);", "Atlas cannot read the statements"},
	} {
		_, err := InitialMigration([]File{{"a.sql", test.text}}, test.version, "initial")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s: got %v, want %s", test.version, test.text, err, test.want)
		}
	}
}

// withoutPositions removes what depends on the files a schema comes from.
func withoutPositions(schema *model.Schema) *model.Schema {
	for _, t := range schema.Tables {
		t.Pos = model.Position{}
		for _, c := range t.Columns {
			c.Pos = model.Position{}
		}
		for _, x := range t.Indexes {
			x.Pos = model.Position{}
		}
	}
	for _, v := range schema.Views {
		v.Pos = model.Position{}
	}
	for _, t := range schema.Triggers {
		t.Pos = model.Position{}
	}
	return schema
}
