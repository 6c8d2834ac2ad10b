package sqlc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

const productTable = "CREATE TABLE product (id INTEGER PRIMARY KEY, organization_id INTEGER NOT NULL, name TEXT NOT NULL);\n"

// TestSliceStaysInTenant runs the query with which sqlc's own code returns
// another tenant's rows: the parameter behind the slice took its second value.
func TestSliceStaysInTenant(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "schema/a.sql", productTable)
	writeFile(t, root, "queries/a.sql", "-- name: Some :many\n"+
		"SELECT id FROM product WHERE id IN (sqlc.slice(ids)) AND organization_id = @org ORDER BY id;\n")
	queries, err := Analyze(t.Context(), root, target, schemaOf(t, root))
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, root)
	if _, err := db.Exec("INSERT INTO product VALUES (9, 42, 'theirs'), (10, 1, 'ours'), (42, 1, 'ours'), (43, 1, 'ours')"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ids  string
		want []int
	}{
		{"[9,42]", []int{42}},
		{"[9]", nil},
		{"[]", nil},
		{"[42,10,9]", []int{10, 42}},
	} {
		rows, err := db.Query(queries[0].Text, test.ids, 1)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			got = append(got, id)
		}
		if err := rows.Err(); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("ids %s: got %v, %v, want %v", test.ids, got, err, test.want)
		}
	}
}

// TestAnalyzeRepository analyses the queries that rowhouse ships.
func TestAnalyzeRepository(t *testing.T) {
	const root = "../.."
	queries, err := Analyze(t.Context(), root, target, schemaOf(t, root))
	if err != nil {
		t.Fatal(err)
	}
	if _, refused := Guard(queries, preparer(t, root)); len(refused) > 0 {
		t.Error(refused.Err())
	}
	for _, q := range queries {
		if len(q.Comments) == 0 {
			t.Errorf("%s: query %s is not documented", q.Pos, q.Name)
		}
	}
}

// TestAnalyzeWithoutQueries must not run sqlc, which calls that an error.
func TestAnalyzeWithoutQueries(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "queries/a.sql", "-- nothing yet\n;\n")
	writeFile(t, root, "queries/b.txt", "not SQL")
	queries, err := Analyze(t.Context(), root, target, schemaOf(t, root))
	if queries != nil || err != nil {
		t.Errorf("got %v, %v, want nothing", queries, err)
	}
	queries, err = Analyze(t.Context(), root, config.Target{Engine: "sqlite"}, nil)
	if queries != nil || err != nil {
		t.Errorf("without the key queries: got %v, %v, want nothing", queries, err)
	}
}

func TestAnalyzeCanceled(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	root := t.TempDir()
	writeFile(t, root, "schema/a.sql", productTable)
	writeFile(t, root, "queries/a.sql", "-- name: All :many\nSELECT * FROM product;\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Analyze(ctx, root, target, schemaOf(t, root)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if left, err := filepath.Glob(temp + "/rowhouse-*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSyntaxWithoutSchema(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "queries/a.sql", "-- name: A :one\nSELECT FROM x WHERE id = sqlc.arg(id);\n-- name: B :one\nSELECT 1 FROM x WHERE id = sqlc.arg(id) AND;\n")
	want := "queries/a.sql:2:8: near \"FROM\": syntax error\nqueries/a.sql:4:44: incomplete input"
	if err := Syntax(root, target).Err(); err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestTranslateKeepsWhatItDoesNotKnow(t *testing.T) {
	err := translate("# package \nerror creating compiler: oh\nno\n", nil).Err()
	if want := "sqlc failed: error creating compiler: oh\nno"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestGuard(t *testing.T) {
	queries := []*model.Query{
		{Name: "Good", Text: "good", Pos: model.Position{File: "q.sql", Line: 1}},
		{Name: "Bad", Text: "bad", Pos: model.Position{File: "q.sql", Line: 5}},
	}
	good, refused := Guard(queries, func(text string) error {
		if text == "bad" {
			return os.ErrInvalid
		}
		return nil
	})
	if len(good) != 1 || good[0] != queries[0] {
		t.Errorf("got %v, want the good query", good)
	}
	err := refused.Err()
	if want := "q.sql:5: SQLite refuses query Bad: invalid argument; mend the query; sqlc does not see this"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
