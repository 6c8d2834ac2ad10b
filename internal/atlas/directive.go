package atlas

import (
	"sort"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Directive is a comment of a SQL file that is meant for the tool:
// "-- atlas:renamed_from title".
type Directive struct {
	Pos  model.Position
	Word string // behind "atlas:"
	Rest string // what follows it

	// About is where what it is about begins: for a comment on a line of its
	// own, the next statement, column or constraint; for one behind SQL, only
	// the line is known, and Column is 0. The zero value is nothing.
	About model.Position
}

// Directives returns the directives of a file.
func Directives(file File) []Directive {
	s := newScript(file)
	var found []Directive
	for _, t := range s.trivia {
		if t.Kind != token.COMMENT {
			continue
		}
		text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(t.Text(s.Text), "--")), "atlas:")
		if !ok {
			continue
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
		found = append(found, Directive{Pos: s.at(t.Pos), Word: word, Rest: strings.TrimSpace(rest), About: s.about(t)})
	}
	return found
}

// about returns what a comment is about.
func (s *script) about(comment token.Token) model.Position {
	pos := s.at(comment.Pos)
	next := sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].Pos > comment.Pos })
	switch {
	case next > 0 && s.at(s.tokens[next-1].Pos).Line == pos.Line:
		return model.Position{File: s.Name, Line: pos.Line}
	case next == len(s.tokens):
		return model.Position{}
	}
	return s.at(s.tokens[next].Pos)
}
