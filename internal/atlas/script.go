package atlas

import (
	"slices"
	"sort"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// script is a file split into tokens, lines and statements.
type script struct {
	File
	tokens     []token.Token // without the one for the end of the file
	trivia     []token.Token // white space and comments
	lines      []int         // where each line starts
	statements []*statement
}

func newScript(file File) *script {
	s := &script{File: file, lines: []int{0}}
	tokens, trivia := lexer.LexFile(file.Text)
	s.tokens, s.trivia = tokens[:len(tokens)-1], trivia
	for i := range len(file.Text) {
		if file.Text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	s.statements = s.split(s.tokens)
	return s
}

// at returns the position of a byte offset.
func (s *script) at(offset int) model.Position {
	line := sort.SearchInts(s.lines, offset+1) - 1
	return model.Position{File: s.Name, Line: line + 1, Column: offset - s.lines[line] + 1}
}

// statement is one statement of a script, without the semicolon.
type statement struct {
	script *script
	tokens []token.Token
	head   head
}

func newStatement(s *script, tokens []token.Token) *statement {
	st := &statement{script: s, tokens: tokens}
	st.head = readHead(st)
	return st
}

// start returns the byte offset of the statement in its file.
func (st *statement) start() int { return st.tokens[0].Pos }

// end returns the byte offset after the statement.
func (st *statement) end() int { return st.tokens[len(st.tokens)-1].End }

// sql returns the statement's text.
func (st *statement) sql() string { return st.script.Text[st.start():st.end()] }

// text returns the spelling of the statement's token i.
func (st *statement) text(i int) string { return st.tokens[i].Text(st.script.Text) }

// kind returns the kind of token i, EOF past the last.
func (st *statement) kind(i int) token.Kind {
	if i >= len(st.tokens) {
		return token.EOF
	}
	return st.tokens[i].Kind
}

// pos returns the position of the statement.
func (st *statement) pos() model.Position { return st.script.at(st.start()) }

// split cuts tokens into statements at semicolons. The tokens are SQLite's, so
// that quotes, brackets and comments cannot mislead it. The body of a trigger
// belongs to its statement up to "; END".
func (s *script) split(tokens []token.Token) []*statement {
	var found []*statement
	first := 0
	for i := range len(tokens) + 1 {
		part := tokens[first:i]
		if i < len(tokens) && (tokens[i].Kind != token.SEMI || createsTrigger(part) && !endsTrigger(part)) {
			continue
		}
		if len(part) > 0 {
			found = append(found, newStatement(s, part))
		}
		first = i + 1
	}
	return found
}

// createsTrigger reports whether tokens begin with CREATE [TEMP] TRIGGER,
// perhaps after EXPLAIN, as sqlite3_complete looks for it.
func createsTrigger(tokens []token.Token) bool {
	for i, t := range tokens {
		switch {
		case t.Kind == token.TRIGGER:
			return i > 0
		case i > 4 || !slices.Contains(triggerHead, t.Kind):
			return false
		}
	}
	return false
}

var triggerHead = []token.Kind{token.EXPLAIN, token.QUERY, token.PLAN, token.CREATE, token.TEMP}

// endsTrigger reports whether tokens end with "; END", the only END of a
// trigger that is not of a CASE.
func endsTrigger(tokens []token.Token) bool {
	n := len(tokens)
	return n > 2 && tokens[n-1].Kind == token.END && tokens[n-2].Kind == token.SEMI
}

// head is what the first words of a statement say it is about. It can be read
// also from a statement that does not parse.
type head struct {
	verb   token.Kind // CREATE, ALTER, DROP, …
	object token.Kind // TABLE, INDEX, VIEW or TRIGGER; EOF otherwise
	name   string     // of the object
	named  int        // index of the name's token; 0 without one
}

// readHead reads the words up to the object's name.
func readHead(st *statement) head {
	h := head{verb: st.kind(0), object: token.EOF}
	i := 1
	for st.kind(i) == token.TEMP || st.kind(i) == token.UNIQUE || st.kind(i) == token.VIRTUAL {
		i++
	}
	switch st.kind(i) {
	case token.TABLE, token.INDEX, token.VIEW, token.TRIGGER:
		h.object = st.kind(i)
		i++
	default:
		return h
	}
	switch {
	case st.kind(i) == token.IF && st.kind(i+1) == token.EXISTS:
		i += 2
	case st.kind(i) == token.IF && st.kind(i+1) == token.NOT && st.kind(i+2) == token.EXISTS:
		i += 3
	}
	if st.kind(i+1) == token.DOT {
		i += 2
	}
	if i < len(st.tokens) {
		h.name, h.named = model.Unquote(st.text(i)), i
	}
	return h
}
