package atlas

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// explainSyntax explains a statement that does not parse, by the token that
// SQLite stumbled over.
func (st *statement) explainSyntax(cause *failure) model.Problem {
	p := model.Problem{Pos: st.script.at(cause.offset), Message: cause.message}
	fault := st.tokenAt(cause.offset)
	switch {
	case fault == len(st.tokens):
		return st.explainEnd(p)
	case st.kind(fault) == token.ILLEGAL:
		p.Fix = "remove it, or quote the name or text that it is part of"
	case fault > 0 && st.kind(fault) == token.RP && st.kind(fault-1) == token.COMMA:
		p.Pos = st.script.at(st.tokens[fault-1].Pos)
		p.Message = `"," before ")"`
		p.Fix = "remove the comma"
	case st.kind(fault) == token.ID:
		p.Fix = similarKeyword(st.text(fault))
	case isWord(st.text(fault)) && fault > 0:
		p.Fix = fmt.Sprintf(`if it is meant as a name, quote it: "%s"`, st.text(fault))
	}
	p.Fix = orElse(p.Fix, "correct the SQL before or at this word")
	return p
}

// explainEnd explains a statement that ends too early.
func (st *statement) explainEnd(p model.Problem) model.Problem {
	if open := st.openParenthesis(); open >= 0 {
		p.Pos = st.script.at(st.tokens[open].Pos)
		p.Message = `the "(" that opens here is not closed`
		p.Fix = `close it with ")"`
		return p
	}
	last := len(st.tokens) - 1
	p.Pos = st.script.at(st.tokens[last].Pos)
	p.Message = fmt.Sprintf("the statement ends too early, after %q", st.text(last))
	p.Fix = "complete it"
	if st.head.object == token.TRIGGER {
		p.Fix = "complete it: the body of a trigger ends with END;"
	}
	return p
}

// tokenAt returns the index of the token at a byte offset of the file; the
// number of tokens when it is past the last.
func (st *statement) tokenAt(offset int) int {
	for i, t := range st.tokens {
		if t.Pos >= offset {
			return i
		}
	}
	return len(st.tokens)
}

// openParenthesis returns the token of the last "(" that has no ")"; -1 if
// there is none.
func (st *statement) openParenthesis() int {
	var open []int
	for i, t := range st.tokens {
		switch {
		case t.Kind == token.LP:
			open = append(open, i)
		case t.Kind == token.RP && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return -1
	}
	return open[len(open)-1]
}

func isWord(text string) bool {
	return strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz_") == ""
}

// keywords are the words of a schema that are worth a guess at a misspelling.
var keywords = []string{
	"ADD", "ALTER", "CASCADE", "CHECK", "COLLATE", "COLUMN", "CONSTRAINT", "CREATE", "DEFAULT", "DELETE", "DROP",
	"EXISTS", "FOREIGN", "INDEX", "INSERT", "NOT", "NULL", "PRAGMA", "PRIMARY", "REFERENCES", "RENAME", "SELECT",
	"TABLE", "TRIGGER", "UNIQUE", "UPDATE", "VIEW", "VIRTUAL", "WHERE",
}

// similarKeyword suggests the keyword that a word at fault resembles.
func similarKeyword(word string) string {
	if len(word) < 3 {
		return ""
	}
	return spell.DidYouMean(word, keywords)
}
