package sqlc

import (
	"strings"

	"github.com/sqlc-dev/meyer/token"
)

// itemKind is the kind of an item.
type itemKind int

const (
	word     itemKind = iota // any other token
	scalar                   // a parameter of one value
	slice                    // sqlc.slice(name)
	star                     // * or t.*, for which sqlc writes the columns
	embed                    // sqlc.embed(t), likewise
	badMacro                 // sqlc.something else
)

// item is a token, or several that mean one thing to sqlc.
type item struct {
	kind     itemKind
	text     string
	name     string // of a parameter, "" for ? and ?N; the t of t.* and sqlc.embed(t)
	pos, end int    // byte offsets
}

// macros are the functions of sqlc.
var macros = map[string]itemKind{"arg": scalar, "narg": scalar, "slice": slice, "embed": embed}

// itemize groups the tokens of a statement of text.
func itemize(text string, tokens []token.Token) []item {
	var items []item
	for i := 0; i < len(tokens); {
		n, it := 1, item{kind: word}
		switch {
		case tokens[i].Kind == token.VARIABLE:
			it = variable(tokens[i].Text(text))
		case tokens[i].Text(text) == "sqlc" && kindAt(tokens, i+1) == token.DOT:
			n, it = macro(text, tokens[i:])
		case kindAt(tokens, i+1) == token.DOT && kindAt(tokens, i+2) == token.STAR:
			n, it = 3, item{kind: star, name: tokens[i].Text(text)}
		case tokens[i].Kind == token.STAR && startsColumn(kindAt(tokens, i-1)):
			it = item{kind: star}
		}
		it.pos, it.end = tokens[i].Pos, tokens[i+n-1].End
		it.text = text[it.pos:it.end]
		items = append(items, it)
		i += n
	}
	return items
}

func kindAt(tokens []token.Token, i int) token.Kind {
	if i < 0 || i >= len(tokens) {
		return token.EOF
	}
	return tokens[i].Kind
}

// startsColumn reports whether a result column may follow the token, so that
// a * behind it is no multiplication.
func startsColumn(k token.Kind) bool {
	switch k {
	case token.SELECT, token.DISTINCT, token.ALL, token.COMMA, token.RETURNING:
		return true
	}
	return false
}

func variable(text string) item {
	if text[0] == '?' {
		return item{kind: scalar}
	}
	return item{kind: scalar, name: text[1:]}
}

// macro recognizes sqlc.f(name) in the one spelling that sqlc replaces as a
// whole.
func macro(text string, tokens []token.Token) (int, item) {
	n := 1
	for n < len(tokens) && kindAt(tokens, n-1) != token.RP {
		n++
	}
	parts := make([]string, 0, 6)
	for _, t := range tokens[:n] {
		parts = append(parts, t.Text(text))
	}
	if len(parts) != 6 || parts[3] != "(" || parts[5] != ")" {
		return n, item{kind: badMacro}
	}
	kind, known := macros[parts[2]]
	compact := strings.Join(parts, "") == text[tokens[0].Pos:tokens[5].End]
	name := parts[4]
	if kind != embed {
		name = strings.Trim(name, "'")
	}
	if !known || !compact || strings.HasPrefix(name, `"`) {
		return n, item{kind: badMacro}
	}
	return n, item{kind: kind, name: name}
}
