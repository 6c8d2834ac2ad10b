package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestLoadSchemas(t *testing.T) {
	const plugin = `plugins: [{ name: rowhouse, process: { cmd: rowhouse, format: json } }]
`
	for _, test := range []struct {
		name, text string
		want       []Target
		err        string
	}{
		{name: "nothing of rowhouse's", text: `version: "2"
sql:
  - { engine: sqlite, schema: db, queries: q, gen: { go: { out: gen } } }
  - { engine: sqlite, schema: [a.sql, b.sql], queries: q }
`, want: []Target{
			{Engine: "sqlite", Schema: []string{"db"}, Queries: []string{"q"}, Options: Default()},
			{Engine: "sqlite", Schema: []string{"a.sql", "b.sql"}, Queries: []string{"q"}, Options: Default()},
		}},
		{name: "rowhouse beside another", text: `version: "2"
` + plugin + `sql:
  - { engine: sqlite, schema: db, queries: q, gen: { go: { out: gen } } }
  - engine: sqlite
    schema: mine
    codegen: [{ plugin: rowhouse, out: out, options: { soft_delete: gone } }]
`, want: []Target{
			{Engine: "sqlite", Schema: []string{"mine"}, Out: "out", Options: func() Options { o := Default(); o.SoftDelete = "gone"; return o }()},
		}},
		{name: "another engine", text: `version: "2"
sql: [{ engine: mysql, schema: db, queries: q, gen: { go: { out: gen } } }]
`, err: `sqlc.yaml:2:17: engine "mysql" is not supported; write engine: sqlite`},
		{name: "not YAML", text: "\t", err: "sqlc.yaml: not YAML: found character that cannot start any token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.WriteFile(filepath.Join(root, "sqlc.yaml"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			project, err := LoadSchemas(root)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range project.Targets {
				project.Targets[i].Pos.File = ""
				project.Targets[i].Pos.Line, project.Targets[i].Pos.Column = 0, 0
			}
			if !reflect.DeepEqual(project.Targets, test.want) {
				t.Errorf("got %+v, want %+v", project.Targets, test.want)
			}
		})
	}
	if project, err := LoadSchemas(t.TempDir()); project != nil || err != nil {
		t.Errorf("without a file: %v, %v", project, err)
	}
}
