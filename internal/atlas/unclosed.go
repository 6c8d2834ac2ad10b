package atlas

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// unclosed finds a quote or comment that runs to the end of the file, and the
// offset up to which the file can be read all the same. It returns no problem
// when everything is closed.
func (s *script) unclosed() (readable int, problem *model.Problem) {
	if n := len(s.tokens) - 1; n >= 0 && s.opensQuote(s.tokens[n]) {
		start := s.misquoted(n)
		quote := s.Text[start.Pos : start.Pos+1]
		return start.Pos, &model.Problem{
			Pos:     s.at(start.Pos),
			Message: fmt.Sprintf("the quote %s that opens here is not closed", quote),
			Fix:     "close it with " + closing(quote),
		}
	}
	if n := len(s.trivia) - 1; n >= 0 && s.opensComment(s.trivia[n]) {
		return s.trivia[n].Pos, &model.Problem{
			Pos:     s.at(s.trivia[n].Pos),
			Message: "the comment /* that opens here is not closed",
			Fix:     "close it with */",
		}
	}
	return len(s.Text), nil
}

// opensQuote reports whether a token is a quote without an end.
func (s *script) opensQuote(t token.Token) bool {
	return t.Kind == token.ILLEGAL && isQuote(t.Text(s.Text))
}

func (s *script) opensComment(t token.Token) bool {
	text := t.Text(s.Text)
	return t.Kind == token.COMMENT && strings.HasPrefix(text, "/*") &&
		(len(text) < 4 || !strings.HasSuffix(text, "*/"))
}

// misquoted returns the token whose closing quote was probably forgotten,
// where the quotes up to token last do not pair up: the first that runs over
// the end of its line.
func (s *script) misquoted(last int) token.Token {
	for _, t := range s.tokens[:last] {
		if text := t.Text(s.Text); isQuote(text) && strings.Contains(text, "\n") {
			return t
		}
	}
	return s.tokens[last]
}

// isQuote reports whether a token's text opens a quote: of a text, name or
// blob.
func isQuote(text string) bool {
	return strings.IndexByte("'\"`[", text[0]) >= 0 || strings.HasPrefix(strings.ToLower(text), "x'")
}

func closing(quote string) string {
	if quote == "[" {
		return "]"
	}
	return quote
}
