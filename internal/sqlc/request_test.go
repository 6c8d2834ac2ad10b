package sqlc

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
)

// TestPluginMode hands the files to sqlc as they are, as its own generate
// does, and expects of its request the queries that Analyze returns.
func TestPluginMode(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"schema", "queries"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join("../..", folder))); err != nil {
			t.Fatal(err)
		}
	}
	settings, err := json.Marshal(map[string]any{
		"version": "2",
		"sql": []any{map[string]any{
			"engine": "sqlite", "schema": "schema", "queries": "queries",
			"gen": map[string]any{"json": map[string]any{"out": "out", "filename": "request.json"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, root, "sqlc.json", string(settings))
	if stderr, ok, err := runChild(t.Context(), root, "generate"); !ok {
		t.Fatal(stderr, err)
	}
	content, err := os.ReadFile(filepath.Join(root, "out/request.json"))
	if err != nil {
		t.Fatal(err)
	}
	request, err := ReadRequest(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	got, err := request.Analyzed(root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Analyze(t.Context(), root, target, schemaOf(t, root))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// request is a request of one query, whose text sqlc garbled if asked to.
func request(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return `{
		"settings": {"version": "2", "engine": "sqlite", "schema": ["schema"], "queries": ["queries"],
			"codegen": {"out": "gen", "plugin": "rowhouse", "options": "e30="}},
		"catalog": {"name": "", "schemas": []},
		"queries": [{"text": ` + string(encoded) + `, "name": "Get", "cmd": ":one", "comments": [], "filename": "a.sql",
			"insert_into_table": null,
			"columns": [{"name": "name", "not_null": true, "original_name": "name", "length": -1,
				"table": {"catalog": "", "schema": "", "name": "product"}, "type": {"name": "TEXT"}}],
			"params": [{"number": 1, "column": {"name": "id", "type": {"name": "INTEGER"}}}]}],
		"sqlc_version": "v1.31.1", "plugin_options": "eyJwYWNrYWdlIjoic3RvcmUifQ==", "global_options": ""
	}`
}

func TestReadRequest(t *testing.T) {
	r, err := ReadRequest(strings.NewReader(request("SELECT name FROM product WHERE id = ?1")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Target()
	if err != nil {
		t.Fatal(err)
	}
	options := config.Default()
	options.Package = "store"
	want := config.Target{Engine: "sqlite", Schema: []string{"schema"}, Queries: []string{"queries"}, Out: "gen", Options: options}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestGarbledRequest lists ways in which sqlc's text may differ from the
// user's, none of which may pass.
func TestGarbledRequest(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "queries/a.sql", "-- name: Get :one\nSELECT name FROM product WHERE id = @id;\n")
	const garbled = `; keep comments and strings in ASCII and on lines of their own, or use rowhouse generate instead of sqlc generate`
	for _, test := range []struct{ text, want string }{
		{"SELECT name FROM product WHERE id = ?1", ""},
		{"SELECT name FROM product", `queries/a.sql:2:26: sqlc garbles query Get near "WHERE"` + garbled},
		{"SELECT name FROM product WHERE id = ?1 OR 1", `queries/a.sql:2:37: sqlc garbles query Get near "@id"` + garbled},
		{"SELECT name FROM product WHERE id = 1", `queries/a.sql:2:37: sqlc garbles query Get near "@id"` + garbled},
		{"", `queries/a.sql:2:1: sqlc garbles query Get near "SELECT"` + garbled},
	} {
		r, err := ReadRequest(strings.NewReader(request(test.text)))
		if err != nil {
			t.Fatal(err)
		}
		queries, err := r.Analyzed(root)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want || (err == nil) != (len(queries) == 1) {
			t.Errorf("text %q:\ngot  %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestReadRequestErrors(t *testing.T) {
	for _, text := range []string{"", "{", `{"queries": 1}`, "{} {}", "null x"} {
		if r, err := ReadRequest(strings.NewReader(text)); err == nil {
			t.Errorf("ReadRequest(%q) = %v, want an error", text, r)
		}
	}
}

func TestWriteResponse(t *testing.T) {
	var out strings.Builder
	if err := WriteResponse(&out, map[string][]byte{"b.go": []byte("b"), "a.go": []byte("package a\n")}); err != nil {
		t.Fatal(err)
	}
	want := `{"files":[{"name":"a.go","contents":"cGFja2FnZSBhCg=="},{"name":"b.go","contents":"Yg=="}]}` + "\n"
	if out.String() != want {
		t.Errorf("got %s, want %s", out.String(), want)
	}
	out.Reset()
	if err := WriteResponse(&out, nil); err != nil || out.String() != `{"files":[]}`+"\n" {
		t.Errorf("got %s, %v", out.String(), err)
	}
}
