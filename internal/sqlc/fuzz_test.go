package sqlc

import (
	"strings"
	"testing"

	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

func FuzzReadRequest(f *testing.F) {
	f.Add(request("SELECT name FROM product WHERE id = ?1"))
	f.Add(request("SELECT p.id, p.name FROM product AS p WHERE id IN (/*SLICE:ids*/?)"))
	f.Add(`{"queries": [{"name": "Get", "params": [{"number": -1}], "columns": [{}]}]}`)
	statements := check(split(model.File{Name: "queries/a.sql", Text: "-- name: Get :one\nSELECT p.* FROM product AS p WHERE id IN (sqlc.slice(ids));\n"}))
	f.Fuzz(func(_ *testing.T, text string) {
		wire, err := decode(strings.NewReader(text))
		if err != nil {
			return
		}
		_, _ = compile(statements, wire.Queries)
	})
}

func check(statements []*statement) []*statement {
	c := checker{named: map[string]*statement{}}
	for _, s := range statements {
		c.statement(s)
	}
	return statements
}

// FuzzCompile gives compile what sqlc would make of a file at its best: the
// parameters numbered and nothing else changed. Whatever the checks let
// through must come out as SQL without sqlc's functions.
func FuzzCompile(f *testing.F) {
	f.Add("-- name: A :many\nSELECT * FROM t WHERE a IN (sqlc.slice(a)) AND b = @b /* c */ AND c = sqlc.narg('c');")
	f.Add("-- name: A :one\nSELECT sqlc.embed(t), t.*, ? FROM t")
	f.Add("-- name: A :exec\nDELETE FROM t WHERE a = 'x\n--y' AND b = ?2;;\n/* name: B :exec */ INSERT INTO t VALUES ($a::b(c))")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range check(split(model.File{Name: "a.sql", Text: text})) {
			if s.bad {
				continue
			}
			s.copyTo(blank([]byte(text), 0, len(text)))
			query, problems := compileQuery(s, atBest(s))
			if len(problems) > 0 {
				continue
			}
			if _, err := parser.ParseStatement(query.Text); err != nil {
				t.Errorf("%q became %q: %v", text, query.Text, err)
			}
		}
	})
}

// atBest is what sqlc would say of a statement if it made no mistakes.
func atBest(s *statement) wireQuery {
	w := wireQuery{Name: s.name, Cmd: s.cmd, Columns: []wireColumn{{}}}
	numbers, used := map[string]int{}, 0
	var text strings.Builder
	for _, it := range s.items {
		switch it.kind {
		case scalar, slice:
			n := numbers[it.name]
			if it.name == "" || n == 0 {
				used++
				n = used
				numbers[it.name] = n
			}
			text.WriteString("?" + string(rune('0'+n%10)) + " ")
		case embed:
			text.WriteString(it.name + "." + "x ")
		default:
			text.WriteString(it.text + " ")
		}
	}
	w.Text = text.String()
	return w
}

// FuzzStage checks that what sqlc gets to see keeps its lines.
func FuzzStage(f *testing.F) {
	f.Add("CREATE TABLE `t` (a); CREATE TRIGGER x AFTER UPDATE ON t BEGIN SELECT 1; END; INSERT INTO t VALUES (';');")
	f.Add("CREATE /* c */ TABLE t (a) -- d\n;;DROP")
	f.Add("`")
	f.Fuzz(func(t *testing.T, text string) {
		got := string(schemaForSQLC(text))
		if len(got) > len(text) || strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, got)
		}
	})
}
