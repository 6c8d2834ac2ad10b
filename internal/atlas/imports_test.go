package atlas

import (
	"slices"
	"testing"
)

// A file comes behind those that it imports, and else where its name puts it.
func TestImports(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string // in order
		wrong string
	}{
		{"none", map[string]string{"a.sql": someTable, "b.sql": ""}, []string{"schema/a.sql", "schema/b.sql"}, ""},
		{
			"later files",
			map[string]string{
				"a.sql": "-- A comment.\n-- atlas:import c.sql\n-- atlas:import ./b.sql\n\n" + someTable,
				"b.sql": "-- atlas:import d.sql\n\n" + someTable, "c.sql": "", "d.sql": "", "e.sql": "",
			},
			[]string{"schema/c.sql", "schema/d.sql", "schema/b.sql", "schema/a.sql", "schema/e.sql"},
			"",
		},
		{
			"not at the top",
			map[string]string{"a.sql": someTable + "-- atlas:import b.sql\n", "b.sql": ""},
			[]string{"schema/a.sql", "schema/b.sql"},
			"",
		},
		{
			"missing",
			map[string]string{"a.sql": "-- atlas:import b.sql\n\n" + someTable},
			nil,
			`schema/a.sql: it imports "b.sql", which is no file of the schema; correct the line -- atlas:import, or run rowhouse generate if the file is generated`,
		},
		{
			"circle",
			map[string]string{"a.sql": "-- atlas:import b.sql\n\n", "b.sql": "-- atlas:import a.sql\n\n"},
			nil,
			`schema/b.sql: it imports "a.sql", which imports it in turn; remove one of the lines -- atlas:import`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range test.files {
				files["schema/"+name] = text
			}
			read, err := ReadFiles(tree(t, files), []string{"schema"})
			if err == nil {
				read, err = Imported(read)
			}
			if test.wrong != "" {
				if err == nil || err.Error() != test.wrong {
					t.Errorf("got %v, want %s", err, test.wrong)
				}
				return
			}
			var got []string
			for _, file := range read {
				got = append(got, file.Name)
			}
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// A trigger can be on a table of a file that comes later by its name.
func TestImportsReplay(t *testing.T) {
	root := tree(t, map[string]string{
		"schema/a.sql": "-- atlas:import b.sql\n\nCREATE TRIGGER t AFTER DELETE ON b BEGIN SELECT 1; END;\n",
		"schema/b.sql": "CREATE TABLE b (id TEXT PRIMARY KEY);\n",
	})
	schema, err := Load(t.Context(), root, []string{"schema"})
	if err != nil || len(schema.Triggers) != 1 {
		t.Errorf("%v, %v", schema, err)
	}
}
