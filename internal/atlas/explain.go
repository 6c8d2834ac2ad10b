package atlas

import (
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// explain turns SQLite's refusal of a statement into a problem: at the word
// that is wrong, and with a way to mend it.
func (r *replay) explain(st *statement, cause *failure) model.Problem {
	switch {
	case cause.denied != "":
		return model.Problem{Pos: st.pos(), Message: "the statement " + cause.denied, Fix: "remove it from the schema"}
	case cause.offset >= 0:
		return st.explainSyntax(cause)
	}
	for _, e := range explanations {
		if words, ok := match(e.message, cause.message); ok {
			return e.explain(r, st, cause, words)
		}
	}
	return model.Problem{Pos: st.pos(), Message: cause.message}
}

// explanation is what to say about one of SQLite's messages.
type explanation struct {
	message string                                     // with "*" for what varies
	at      func(st *statement, words []string) int    // the token at fault
	fix     string                                     // used where suggest finds nothing
	suggest func(*replay, *statement, []string) string // a fix from what is there; or nil
	rewrite func(*replay, *statement, []string) string // the message; nil to keep SQLite's
}

func (e explanation) explain(r *replay, st *statement, cause *failure, words []string) model.Problem {
	p := model.Problem{Pos: st.pos(), Message: cause.message, Fix: e.fix}
	if e.at != nil {
		p.Pos = st.script.at(st.tokens[e.at(st, words)].Pos)
	}
	if e.suggest != nil {
		p.Fix = orElse(e.suggest(r, st, words), e.fix)
	}
	if e.rewrite != nil {
		p.Message = e.rewrite(r, st, words)
	}
	return p
}

// explanations are tried in order.
var explanations = []explanation{
	{message: "* already exists", at: theName, rewrite: createdTwice, suggest: extendTable, fix: "remove one of them, or rename it"},
	{message: "there is already *", at: theName, fix: "rename one of them: tables, views and indexes share their names"},
	{message: "duplicate column name: *", at: lastWord, fix: "remove one of them, or rename it"},
	{message: "no such table: *", at: firstWord, suggest: similarTable, rewrite: noSuchTable, fix: "create it, or correct the name"},
	{message: `no such column: "*" - should this be a string literal in single-quotes?`, at: firstWord, fix: "write text in single quotes"},
	{message: "no such column: *", at: firstWord, suggest: similarColumn, fix: "add the column, or correct the name"},
	{message: "table * has no column named *", at: lastWord, fix: "add the column, or correct the name"},
	{message: `unknown column "*" in foreign key definition`, at: lastWord, suggest: similarColumn, fix: "add the column, or correct the name"},
	{message: "number of columns in foreign key does not match *", at: keyword(token.REFERENCES), fix: "name as many columns on both sides"},
	{message: "foreign key on * should reference only one column of table *", at: keyword(token.REFERENCES), fix: "use a FOREIGN KEY clause of the table for several columns"},
	{message: `table "*" has more than one primary key`, at: lastKeyword(token.PRIMARY), fix: "write one PRIMARY KEY (…, …) after the columns"},
	{message: "AUTOINCREMENT is only allowed *", at: keyword(token.AUTOINCR), fix: "declare the column INTEGER PRIMARY KEY, or leave AUTOINCREMENT out"},
	{message: "PRIMARY KEY missing on table *", at: keyword(token.WITHOUT), fix: "add a primary key, or leave WITHOUT ROWID out"},
	{message: `unknown datatype for *.*: "*"`, at: lastWord, fix: "a STRICT table takes INT, INTEGER, REAL, TEXT, BLOB and ANY"},
	{message: "missing datatype for *.*", at: lastWord, fix: "give the column a type: a STRICT table needs one"},
	{message: "unknown table option: *", at: lastWord, fix: "a table can be STRICT and WITHOUT ROWID"},
	{message: "default value of column [*] is not constant", at: keyword(token.DEFAULT), fix: "use a constant, or an expression without columns in parentheses"},
	{message: "Cannot add a NOT NULL column with default value NULL", at: keyword(token.ADD), fix: "give it a DEFAULT, or leave NOT NULL out"},
	{message: "Cannot add a UNIQUE column", at: keyword(token.ADD), fix: "add the column without it, and then a CREATE UNIQUE INDEX"},
	{message: "Cannot add a PRIMARY KEY column", at: keyword(token.ADD), fix: "put the column into the CREATE TABLE"},
	{message: "Cannot add a REFERENCES column *", at: keyword(token.ADD), fix: "leave its DEFAULT out"},
	{message: "Cannot add a column with non-constant default", at: keyword(token.ADD), fix: "use a constant DEFAULT, or put the column into the CREATE TABLE"},
	{message: "cannot add a STORED column", at: keyword(token.ADD), fix: "make it VIRTUAL, or put the column into the CREATE TABLE"},
	{message: "no such module: fts5", at: keyword(token.USING), fix: "use a rowhouse that was built with -tags sqlite_fts5"},
	{message: "no such module: *", at: lastWord, fix: "use fts5, fts4 or rtree"},
	{message: "no such collation sequence: *", at: lastWord, fix: "use BINARY, NOCASE or RTRIM"},
	{message: "no such function: *", at: firstWord, fix: "use a function that is built into SQLite"},
	{message: "no such *: *", at: lastWord, fix: "create it first, or correct the name"},
	{message: "object name reserved for internal use: *", at: theName, fix: "choose a name that does not start with sqlite_"},
	{message: "cannot drop * column: *", at: lastWord, fix: "create another table without the column"},
	{message: "too many columns on *", at: theName, fix: "split the table: SQLite takes 2000 columns"},
	{message: "must have at least one non-generated column", at: theName, fix: "add an ordinary column"},
	{message: "non-deterministic functions prohibited in *", fix: "use functions that always return the same for the same input"},
	{message: "not enough args to execute query: *", at: keyword(token.VARIABLE), rewrite: parameter, fix: "write the value itself"},
	{message: "view * is circularly defined", at: theName, fix: "let one of the views that use each other read a table"},
	{message: "the statement ran for more than *", fix: "take it out of the schema: it may never end"},
	{message: "database or disk is full", fix: "move rows out of the schema: it holds definitions"},
	{message: "string or blob too big", fix: "move rows out of the schema: it holds definitions"},
}

// match compares a message with a pattern, and returns what its "*" stand for.
func match(pattern, message string) (words []string, ok bool) {
	literals := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(message, literals[0])
	for i, literal := range literals[1:] {
		var word string
		if i == len(literals)-2 && literal == "" {
			word, rest = rest, ""
		} else if word, rest, ok = cut(rest, literal, ok); !ok {
			return nil, false
		}
		words = append(words, word)
	}
	return words, ok && rest == ""
}

func cut(text, separator string, ok bool) (before, after string, found bool) {
	if !ok {
		return "", "", false
	}
	return strings.Cut(text, separator)
}

// theName finds the name of the object that a statement makes.
func theName(st *statement, _ []string) int { return st.head.named }

// firstWord finds the first token that spells the last word of the message.
func firstWord(st *statement, words []string) int {
	for i := range st.tokens {
		if st.spells(i, words) {
			return i
		}
	}
	return 0
}

// lastWord finds the last such token.
func lastWord(st *statement, words []string) int {
	for i := len(st.tokens) - 1; i > 0; i-- {
		if st.spells(i, words) {
			return i
		}
	}
	return 0
}

// spells reports whether token i is the last of the words, or its last part
// if it is qualified.
func (st *statement) spells(i int, words []string) bool {
	word := model.Fold(model.Unquote(words[len(words)-1]))
	text := model.Fold(model.Unquote(st.text(i)))
	return text == word || text == word[strings.LastIndexByte(word, '.')+1:]
}

// keyword finds the first token of a kind.
func keyword(kind token.Kind) func(*statement, []string) int {
	return func(st *statement, _ []string) int {
		for i, t := range st.tokens {
			if t.Kind == kind {
				return i
			}
		}
		return 0
	}
}

// lastKeyword finds the last token of a kind.
func lastKeyword(kind token.Kind) func(*statement, []string) int {
	return func(st *statement, _ []string) int {
		for i := len(st.tokens) - 1; i > 0; i-- {
			if st.tokens[i].Kind == kind {
				return i
			}
		}
		return 0
	}
}
