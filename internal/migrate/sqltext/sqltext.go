// Package sqltext reads and writes the text of SQL: its words, names and
// quotes, and the form in which two texts that mean the same are equal. All
// stations of migrations stand on it.
package sqltext

import (
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// Names are folded names of tables, columns and other objects.
type Names map[string]bool

// Normal returns SQL in a form in which two texts are equal when they mean
// the same to SQLite: no comments, one blank between words, letters in lower
// case, names without quotes, one spelling of each operator. Text in single
// quotes stays as it is; so does text in double quotes, which SQLite takes for
// a name where there is one, and else for text too.
func (n Names) Normal(sql string) string {
	var words []string
	for _, t := range Tokens(sql) {
		words = append(words, n.word(t.Text(sql)))
	}
	return strings.Join(words, " ")
}

// word returns one token in normal form.
func (n Names) word(text string) string {
	name := model.Fold(model.Unquote(text))
	switch {
	case text[0] == '\'':
		return text
	case text[0] == '"' && !n[name]:
		return sqlite.Literal(model.Unquote(text))
	case text == "!=":
		return "<>"
	case text == "==":
		return "="
	}
	return name
}

// NormalNames is Normal for SQL in which whatever is quoted is a name, or may
// be quoted in any way.
func NormalNames(sql string) string {
	var words []string
	for _, t := range Tokens(sql) {
		words = append(words, model.Fold(model.Unquote(t.Text(sql))))
	}
	return strings.Join(words, " ")
}

// Without removes a word from normal SQL that means what its absence means.
func Without(normal, word string) string {
	return strings.ReplaceAll(normal+" ", " "+word+" ", " ")
}

// Unwrapped returns an expression without the parentheses around all of it.
func Unwrapped(expr string) string {
	for {
		words := Tokens(expr)
		if len(words) < 3 || words[0].Kind != token.LP || closing(words) != len(words)-1 {
			return expr
		}
		expr = expr[words[1].Pos:words[len(words)-2].End]
	}
}

// closing returns the index of the parenthesis that closes the first one.
func closing(words []token.Token) int {
	depth := 0
	for i, t := range words {
		switch t.Kind {
		case token.LP:
			depth++
		case token.RP:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// NamesIn returns the names of all that is in schemas.
func NamesIn(schemas ...*model.Schema) Names {
	all := Names{}
	for _, s := range schemas {
		for _, t := range s.Tables {
			all.AddTable(t)
			for _, index := range t.Indexes {
				all[model.Fold(index.Name)] = true
			}
		}
		for _, v := range s.Views {
			all[model.Fold(v.Name)] = true
			for _, c := range v.Columns {
				all[model.Fold(c.Name)] = true
			}
		}
		for _, t := range s.Triggers {
			all[model.Fold(t.Name)] = true
		}
	}
	return all
}

// AddTable adds the names of a table and its columns.
func (n Names) AddTable(t *model.Table) {
	n[model.Fold(t.Name)] = true
	for _, c := range t.Columns {
		n[model.Fold(c.Name)] = true
	}
}

// Tokens splits SQL, without comments and the end of the text.
func Tokens(sql string) []token.Token {
	all := lexer.Lex(sql)
	return all[:len(all)-1]
}

// Plain returns SQL on one line and without comments, to show it.
func Plain(sql string) string {
	var b strings.Builder
	end := 0
	for i, t := range Tokens(sql) {
		if i > 0 && t.Pos > end {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text(sql))
		end = t.End
	}
	return b.String()
}

// Brief returns the beginning of a statement, to name it by.
func Brief(sql string) string {
	const longest = 60
	line := strings.Join(strings.Fields(Plain(sql)), " ")
	if len(line) > longest {
		line = strings.ToValidUTF8(line[:longest], "") + " …"
	}
	return line
}

// Mentions reports whether SQL has one of the names, folded, as a word: in
// quotes too, since modules of virtual tables take names as text.
func Mentions(sql string, names map[string]bool) bool {
	for _, t := range Tokens(sql) {
		if names[model.Fold(model.Unquote(t.Text(sql)))] {
			return true
		}
	}
	return false
}

// Quote returns a name as SQL reads it, without quotes where it needs
// none.
func Quote(name string) string {
	if words := Tokens(name); len(words) == 1 && words[0].Kind == token.ID && words[0].Text(name) == name && model.Unquote(name) == name {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteAll joins names for a list in SQL.
func QuoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Quote(name)
	}
	return strings.Join(quoted, ", ")
}
