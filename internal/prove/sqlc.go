package prove

import (
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"
)

// span is a stretch of text.
type span struct{ start, stop int }

// split finds the statements of a script.
func split(text string) []span {
	var parts []span
	tokens, _ := lexer.LexFile(text)
	start, stop, depth := -1, 0, 0
	body := false // of a trigger, in which semicolons do not end the statement
	for _, t := range tokens {
		if t.Kind == token.EOF {
			break
		}
		if t.Kind == token.SEMI && (!body || depth == 0) {
			if start >= 0 {
				parts = append(parts, span{start, stop})
			}
			start, body, depth = -1, false, 0
			continue
		}
		if start < 0 {
			start = t.Pos
		}
		stop = t.End
		switch t.Kind {
		case token.TRIGGER:
			body = true
		case token.BEGIN, token.CASE:
			depth++
		case token.END:
			depth--
		}
	}
	if start >= 0 {
		parts = append(parts, span{start, stop})
	}
	return parts
}

// plainSQL replaces the calls of sqlc by what SQLite reads, each in as many
// bytes: sqlc.arg(x) by @x, sqlc.embed(t) by t.*. It returns the parameters
// that sqlc.narg and sqlc.slice name, by offset.
func plainSQL(text string) (plain string, optional map[int]string) {
	optional = map[int]string{}
	tokens, _ := lexer.LexFile(text)
	out := []byte(text)
	for i := 0; i+5 < len(tokens); i++ {
		t := tokens[i:]
		if !strings.EqualFold(text[t[0].Pos:t[0].End], "sqlc") || t[1].Kind != token.DOT || t[3].Kind != token.LP || t[5].Kind != token.RP {
			continue
		}
		name := strings.Trim(text[t[4].Pos:t[4].End], "'\"`[]")
		if name == "" {
			continue
		}
		replacement := "@" + name
		switch strings.ToLower(text[t[2].Pos:t[2].End]) {
		case "arg":
		case "narg", "slice":
			optional[t[0].Pos] = name
		case "embed":
			replacement = text[t[4].Pos:t[4].End] + ".*"
		default:
			continue
		}
		blank(out[t[0].Pos:t[5].End], replacement)
	}
	return string(out), optional
}

// blank overwrites a stretch with a shorter text and spaces, keeping lines.
func blank(stretch []byte, with string) {
	for i := range stretch {
		switch {
		case i < len(with):
			stretch[i] = with[i]
		case stretch[i] != '\n':
			stretch[i] = ' '
		}
	}
}
