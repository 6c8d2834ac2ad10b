package export

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// pieces returns the tokens of a statement, white space and comments among
// them.
func pieces(sql string) []token.Token {
	words, trivia := lexer.LexFile(sql)
	all := slices.Concat(words[:len(words)-1], trivia)
	slices.SortFunc(all, func(a, b token.Token) int { return a.Pos - b.Pos })
	return all
}

// withoutLines returns a function that removes comments in which a line is
// what a tool takes for an instruction.
func withoutLines(instruction *regexp.Regexp) func(sql string) string {
	return func(sql string) string {
		var b strings.Builder
		for _, piece := range pieces(sql) {
			text := piece.Text(sql)
			if piece.Kind == token.COMMENT && instruction.MatchString(text) {
				text = " "
			}
			b.WriteString(text)
		}
		return b.String()
	}
}

// spellForWrangler writes a statement so that wrangler finds its end, and
// changes nothing inside it. wrangler splits files by its own idea of SQL: it
// does not know [names], takes $ for PostgreSQL's quotes, removes comments
// together with the gap that they leave between words, and knows CASE, BEGIN
// and END only between blanks.
func spellForWrangler(sql string) string {
	w := &wranglerSpelling{sql: sql, words: sqltext.Tokens(sql), ends: map[int]bool{}}
	w.findEnds()
	for _, piece := range pieces(sql) {
		switch text := piece.Text(sql); piece.Kind {
		case token.SPACE:
			w.space(text)
		case token.COMMENT:
			w.comment(text)
		default:
			w.word(piece)
		}
	}
	return string(w.written)
}

// wranglerSpelling is a statement that is being written.
type wranglerSpelling struct {
	sql     string
	words   []token.Token
	body    int          // where the BEGIN of a trigger is; 0 in other statements
	ends    map[int]bool // where the END of a CASE or a trigger begins
	written []byte
	apart   bool // a blank must come next
	joined  bool // a line end may not come next, so that no empty line is left of a comment
}

// findEnds finds the words BEGIN and END that are no names.
func (w *wranglerSpelling) findEnds() {
	tree, _ := parser.Options{UpdateDeleteLimit: true}.ParseStatement(w.sql)
	ast.Walk(tree, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseExpr); ok {
			w.ends[c.End()-len("END")] = true
		}
		return true
	})
	if _, ok := tree.(*ast.CreateTriggerStmt); !ok {
		return
	}
	w.ends[w.words[len(w.words)-1].Pos] = true
	for i, t := range w.words[:len(w.words)-1] {
		if t.Kind == token.BEGIN && slices.Contains(triggerVerbs, w.words[i+1].Kind) {
			w.body = t.Pos
			return
		}
	}
}

// triggerVerbs begin the statements of a trigger.
var triggerVerbs = []token.Kind{token.SELECT, token.INSERT, token.UPDATE, token.DELETE, token.REPLACE, token.WITH}

func (w *wranglerSpelling) space(text string) {
	if w.joined {
		text = strings.TrimPrefix(text, "\n")
	}
	w.written = append(w.written, text...)
	w.apart, w.joined = w.apart && text == "", false
}

// comment leaves a blank in the place of a comment, and nothing of a line that
// has no more than it.
func (w *wranglerSpelling) comment(text string) {
	if strings.HasPrefix(text, "/*") {
		w.space(" ")
		return
	}
	w.written = bytes.TrimRight(w.written, " \t")
	w.joined = bytes.HasSuffix(w.written, []byte("\n"))
}

func (w *wranglerSpelling) word(t token.Token) {
	text := t.Text(w.sql)
	keyword := t.Kind == token.CASE || t.Kind == token.BEGIN && t.Pos == w.body || t.Kind == token.END && w.ends[t.Pos]
	switch {
	case keyword:
		text = strings.ToUpper(text)
	case t.Kind == token.BEGIN, t.Kind == token.END, text[0] == '[', t.Kind == token.ID && text[0] != '"' && strings.Contains(text, "$"):
		text = `"` + strings.ReplaceAll(model.Unquote(text), `"`, `""`) + `"`
	case t.Kind == token.STRING && !w.defines():
		text = cutTransaction(text)
	}
	if w.apart || keyword && len(w.written) > 0 && !w.endsIn(" \t\n\r\f") || text[0] == '"' && w.endsIn(`"`) {
		w.written = append(w.written, ' ')
	}
	w.written = append(w.written, text...)
	w.apart, w.joined = keyword, false
}

// endsIn reports whether the last character is one of some.
func (w *wranglerSpelling) endsIn(some string) bool {
	n := len(w.written)
	return n > 0 && strings.IndexByte(some, w.written[n-1]) >= 0
}

// defines reports whether the text of the statement is kept in the schema.
func (w *wranglerSpelling) defines() bool {
	return w.words[0].Kind == token.CREATE || w.words[0].Kind == token.ALTER
}

// cutTransaction cuts a text in two where it has what wrangler cuts out.
func cutTransaction(text string) string {
	if cut := strings.ReplaceAll(text, beginTransaction, "BEGIN' || ' TRANSACTION"); cut != text {
		return "(" + cut + ")"
	}
	return text
}

// beginTransaction is a text that wrangler cuts out of a file, with the COMMIT
// that follows, wherever it stands.
const beginTransaction = "BEGIN TRANSACTION"

// checkForWrangler returns what cannot be written for wrangler.
func checkForWrangler(statements []atlas.Statement) model.Problems {
	var problems model.Problems
	for _, st := range statements {
		if strings.Contains(st.SQL, beginTransaction) {
			problems.Add(st.Pos, "write it in lower case", "wrangler cuts the text %s out of the file", beginTransaction)
		}
	}
	return problems
}
