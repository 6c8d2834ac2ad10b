package sqlc

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

var (
	// located is a problem of sqlc's with a position: file:line:column: text.
	located = regexp.MustCompile(`^(.+?\.sql):(\d+):(\d+): (.*)$`)
	// console is what sqlc's parser prints besides, without the file.
	console = regexp.MustCompile(`^line (\d+):(\d+) (.*)$`)
	// quoted is a name that a message is about.
	quoted = regexp.MustCompile(`"([^"]+)"`)
)

// translate turns what sqlc printed into problems. Whatever it does not know
// is kept as it is: better an odd message than none.
func translate(stderr string, statements []*statement) model.Problems {
	t := translator{statements: statements, console: map[string]model.Position{}}
	for line := range strings.Lines(stderr) {
		t.line(strings.TrimRight(line, "\r\n"))
	}
	if len(t.problems) == 0 {
		t.problems.Add(model.Position{}, "", "sqlc failed: %s", strings.Join(t.rest, "\n"))
	}
	return t.problems
}

// translator reads sqlc's output line by line.
type translator struct {
	statements []*statement
	console    map[string]model.Position // by message, without the file
	rest       []string                  // lines that are neither
	problems   model.Problems
}

func (t *translator) line(line string) {
	if m := console.FindStringSubmatch(line); m != nil {
		pos := position("", m[1], m[2])
		pos.Column++ // it counts from 0
		t.console[m[3]] = pos
		return
	}
	m := located.FindStringSubmatch(line)
	if m == nil {
		if line != "" && !strings.HasPrefix(line, "# package") {
			t.rest = append(t.rest, line)
		}
		return
	}
	pos, message := position(m[1], m[2], m[3]), m[4]
	if exact, ok := t.console[message]; ok {
		pos.Line, pos.Column = exact.Line, exact.Column
	}
	s := t.statement(pos)
	if s == nil {
		message, fix := explain(message)
		t.problems.Add(pos, fix, "%s", message)
		return
	}
	pos = s.locate(pos, message)
	if cause, fix := s.unknown(message); cause != "" {
		t.problems.Add(pos, fix, "%s", cause)
		return
	}
	if alias := quoted.FindStringSubmatch(message); alias != nil && s.isAlias(alias[1]) {
		t.problems.Add(pos, "give its parameters a type, as in CAST(@name AS TEXT)",
			"sqlc cannot follow the expression named %q", alias[1])
		return
	}
	message, fix := explain(message)
	t.problems.Add(pos, fix, "%s", message)
}

func position(file, line, column string) model.Position {
	l, _ := strconv.Atoi(line)
	c, _ := strconv.Atoi(column)
	return model.Position{File: file, Line: l, Column: c}
}

// statement returns the statement of a query file around a position.
func (t *translator) statement(pos model.Position) *statement {
	for _, s := range t.statements {
		end := s.pos(s.end)
		if s.file.Name == pos.File && !s.bad && (pos.Line < end.Line || pos.Line == end.Line && pos.Column <= end.Column) {
			return s
		}
	}
	return nil
}

// locate makes a position more exact: sqlc often gives the statement's start,
// or the file's, although its message names the word that it is about.
func (s *statement) locate(pos model.Position, message string) model.Position {
	first := s.first()
	if pos.Line > first.Line || pos.Line == first.Line && pos.Column > first.Column {
		return pos
	}
	if m := quoted.FindStringSubmatch(message); m != nil {
		for _, it := range s.items {
			if strings.EqualFold(strings.Trim(it.text, "\"`[]"), m[1]) {
				return s.pos(it.pos)
			}
		}
	}
	return first
}

// isAlias reports whether a name stands in the statement only behind AS: then
// sqlc, which looked for a column of that name, lost its way.
func (s *statement) isAlias(name string) bool {
	found := false
	for i, it := range s.items {
		if i > 0 && it.text == name {
			if !strings.EqualFold(s.items[i-1].text, "AS") {
				return false
			}
			found = true
		}
	}
	return found
}

// explain shortens a message of sqlc's and says what to do about it.
func explain(message string) (cause, fix string) {
	for _, e := range fixes {
		if strings.Contains(message, e.part) {
			fix = e.fix
			break
		}
	}
	if i := strings.Index(message, " expecting {"); i >= 0 {
		message = message[:i]
	}
	for _, prefix := range []string{"mismatched input", "no viable alternative", "extraneous input", "missing "} {
		if strings.HasPrefix(message, prefix) {
			message = "sqlc cannot read this SQL, which SQLite can: " + message
		}
	}
	return message, fix
}

// fixes are what to do, by a part of sqlc's message.
var fixes = []struct{ part, fix string }{
	{"is ambiguous", "write the table before the column, as in product.name"},
	{"relation \"", "correct the name, or create the table in the schema"},
	{"column \"", "correct the name, or add the column to the schema"},
	{"table \"", "correct the name, or create the table in the schema"},
	{"function \"", "use one of SQLite's own functions"},
	{"could not determine data type of parameter", "say its type, as in CAST(@name AS TEXT)"},
	{"input", "write it in simpler SQL, or with the generated builders"},
	{"no viable alternative", "write it in simpler SQL, or with the generated builders"},
	{"edited query syntax is invalid", "write it in simpler SQL, or with the generated builders"},
}
