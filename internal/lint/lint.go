// Package lint looks for what a schema and its queries allow although no
// proof forbids it: what one tenant can learn of another from errors and
// numbers, what slows down once there are many tenants, deleted rows that
// come back, and queries that go past what generated methods keep.
//
// It stands beside internal/plan: it reads the model and the ownership of its
// tables, and what it finds is for internal/report.
package lint

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Input is what is looked at.
type Input struct {
	Schema  *model.Schema
	Owners  *tenancy.Map
	Options config.Options
	Queries []*model.Query
	Files   []File // of schema and queries: where silences are written

	// Partial says that something could not be read, so that nobody knows
	// whether a silence is needed.
	Partial bool
}

// File is one file of SQL.
type File struct {
	Name string // as positions spell it
	Text string
}

// Run returns what it finds in the schema and the queries, but for what
// comments silence; and what is wrong with those comments.
func Run(in Input) []report.Finding {
	l := &linter{Input: in, sources: map[string]*source{}}
	var marks []*mark
	for _, file := range in.Files {
		s := newSource(file)
		l.sources[file.Name] = s
		marks = append(marks, s.marks()...)
	}
	for _, t := range in.Schema.Tables {
		l.uniques(t)
		l.references(t)
		l.indexes(t)
		l.sharedKey(t)
		l.deletions(t)
		l.actors(t)
	}
	for _, v := range in.Schema.Views {
		l.viewOfDeleted(v)
	}
	for _, q := range in.Queries {
		l.queryOfDeleted(q)
		l.changes(q)
		l.withoutRole(q)
	}
	return report.Sort(l.silence(marks))
}

// linter collects findings.
type linter struct {
	Input
	sources  map[string]*source
	findings []report.Finding
}

// find adds a finding.
func (l *linter) find(r report.Rule, pos model.Position, fix, format string, args ...any) {
	l.findings = append(l.findings, report.Finding{Rule: r, Pos: pos, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// placeOfKey returns where a key on those columns of a table is written: the
// table's own clause, or else the first of the columns.
func (l *linter) placeOfKey(t *model.Table, columns []string, foreign bool) model.Position {
	if pos, ok := l.sources[t.Pos.File].constraint(t.Pos, columns, foreign); ok {
		return pos
	}
	if column := t.Column(columns[0]); column != nil {
		return column.Pos
	}
	return t.Pos
}

// isOwned reports whether the rows of a table are a tenant's.
func (l *linter) isOwned(t *model.Table) bool {
	return t != nil && l.Owners.Of(t).Kind == tenancy.Owned
}

// quoted returns a name as SQL reads it.
func quoted(name string) string {
	tokens := lexer.Lex(name)
	if len(tokens) == 2 && token.IsPlainID(tokens[0].Kind) && tokens[0].End == len(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// list returns names as a list in SQL.
func list(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = quoted(name)
	}
	return strings.Join(out, ", ")
}

// containsAll reports whether every one of the parts is among the names.
func containsAll(names, parts []string) bool {
	for _, part := range parts {
		if !model.HasName(names, part) {
			return false
		}
	}
	return true
}
