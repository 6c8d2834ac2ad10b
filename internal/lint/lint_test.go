package lint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	migrationlint "github.com/rowhouse/rowhouse/internal/migrate/lint"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/prove"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestFindings lints each testdata/*.txtar, and compares what is found with
// its section "want".
func TestFindings(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := &archive.Files[len(archive.Files)-1]
			var got strings.Builder
			if err := report.Write(&got, report.Text, Run(input(t, archive.Files))); err != nil {
				t.Fatal(err)
			}
			if *update {
				want.Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got.String() != string(want.Data) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want.Data)
			}
		})
	}
}

// input reads an archive: options.json, schema/*.sql and queries/*.sql.
func input(t *testing.T, files []txtar.File) Input {
	t.Helper()
	in := Input{Options: config.Default()}
	in.Options.SharedTables = []string{"template"}
	var schema []atlas.File
	for _, f := range files {
		if f.Name == "options.json" {
			var err error
			if in.Options, err = config.ParseOptions(f.Data); err != nil {
				t.Fatal(err)
			}
		}
		file := File{Name: f.Name, Text: string(f.Data)}
		switch filepath.Dir(f.Name) {
		case "schema":
			schema = append(schema, atlas.File(file))
		case "queries":
			in.Queries = append(in.Queries, queries(file)...)
		default:
			continue
		}
		in.Files = append(in.Files, file)
	}
	var err error
	if in.Schema, err = atlas.Replay(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	owners, _ := tenancy.Classify(in.Schema, in.Options)
	if owners == nil {
		t.Fatal("nobody owns the tables")
	}
	in.Owners = owners
	prover := prove.New(in.Schema, owners, in.Options)
	for _, q := range in.Queries {
		params := prove.Params{Tenant: []string{"@organization_id"}}
		if strings.Contains(q.Text, "@user_id") {
			params.Actor = []string{"@user_id"}
		}
		if verdict := prover.Prove(q.Text, params); verdict.Proven && verdict.By == prove.Actor {
			q.Scope.Kind = model.Actor
		}
	}
	return in
}

var nameLine = regexp.MustCompile(`-- name: (\w+)`)

// queries makes queries of a file as internal/sqlc does, but for what sqlc
// rewrites.
func queries(file File) []*model.Query {
	s := newSource(file)
	var found []*model.Query
	for _, e := range s.elements {
		name := nameLine.FindStringSubmatchIndex(file.Text[e.start:])
		q := &model.Query{
			Name: file.Text[e.start+name[2] : e.start+name[3]],
			Text: file.Text[e.first:e.end],
			Pos:  s.at(e.start + name[0]),
		}
		for _, token := range s.tokens {
			if token.Pos >= e.first {
				q.Places = append(q.Places, model.Place{Offset: token.Pos - e.first, Pos: s.at(token.Pos)})
			}
		}
		found = append(found, q)
	}
	return found
}

// TestRulesAreDocumented holds docs/lint.md to the codes, those of migrate
// lint too.
func TestRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(Page)))
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(text), "\n## ")
	for _, r := range slices.Concat(Rules(), migrationlint.Rules()) {
		if want := Page + "#" + strings.ToLower(r.Code); r.Help != want {
			t.Errorf("%s is documented at %s, want %s", r.Code, r.Help, want)
		}
		var found []string
		for _, section := range sections {
			if strings.HasPrefix(section, r.Code+"\n") {
				found = append(found, section)
			}
		}
		if len(found) != 1 {
			t.Errorf("%s has %d sections %q in %s", r.Code, len(found), "## "+r.Code, Page)
			continue
		}
		for _, part := range []string{"**" + strings.ToUpper(r.Title[:1]) + r.Title[1:] + "**", string(r.Severity), "*Why.*", "*Fix.*", "*Silence.*"} {
			if !strings.Contains(found[0], part) {
				t.Errorf("the section of %s does not say %q", r.Code, part)
			}
		}
	}
}

// TestPartial: where something could not be read, no silence is called
// needless.
func TestPartial(t *testing.T) {
	in := input(t, []txtar.File{{Name: "schema/a.sql", Data: []byte(`
CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY);
CREATE TABLE organization (id TEXT NOT NULL PRIMARY KEY);
-- rowhouse:ignore RH104 needless
CREATE TABLE member (
  organization_id TEXT NOT NULL REFERENCES organization (id),
  user_id TEXT NOT NULL UNIQUE REFERENCES user (id), -- rowhouse:ignore RH101 one organization for each user
  PRIMARY KEY (organization_id, user_id)
);`)}})
	if got := fmt.Sprint(Run(in)); got != "[schema/a.sql:4:1: RH303 rowhouse:ignore silences nothing: there is no RH104 here; remove it, or put it directly above or behind what it is about]" {
		t.Error(got)
	}
	in.Partial = true
	if got := Run(in); len(got) != 0 {
		t.Error(got)
	}
}
