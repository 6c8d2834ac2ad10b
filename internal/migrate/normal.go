package migrate

import (
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// names are folded names of tables, columns and other objects.
type names map[string]bool

// normal returns SQL in a form in which two texts are equal when they mean
// the same to SQLite: no comments, one blank between words, letters in lower
// case, names without quotes, one spelling of each operator. Text in single
// quotes stays as it is; so does text in double quotes, which SQLite takes for
// a name where there is one, and else for text too.
func (n names) normal(sql string) string {
	var words []string
	for _, t := range tokens(sql) {
		words = append(words, n.word(t.Text(sql)))
	}
	return strings.Join(words, " ")
}

// word returns one token in normal form.
func (n names) word(text string) string {
	name := model.Fold(model.Unquote(text))
	switch {
	case text[0] == '\'':
		return text
	case text[0] == '"' && !n[name]:
		return quoteText(model.Unquote(text))
	case text == "!=":
		return "<>"
	case text == "==":
		return "="
	}
	return name
}

// normalNames is normal for SQL in which whatever is quoted is a name, or may
// be quoted in any way.
func normalNames(sql string) string {
	var words []string
	for _, t := range tokens(sql) {
		words = append(words, model.Fold(model.Unquote(t.Text(sql))))
	}
	return strings.Join(words, " ")
}

// without removes a word from normal SQL that means what its absence means.
func without(normal, word string) string {
	return strings.ReplaceAll(normal+" ", " "+word+" ", " ")
}

// unwrapped returns an expression without the parentheses around all of it.
func unwrapped(expr string) string {
	for {
		words := tokens(expr)
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

// namesIn returns the names of all that is in schemas.
func namesIn(schemas ...*model.Schema) names {
	all := names{}
	for _, s := range schemas {
		for _, t := range s.Tables {
			all.addTable(t)
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

// addTable adds the names of a table and its columns.
func (n names) addTable(t *model.Table) {
	n[model.Fold(t.Name)] = true
	for _, c := range t.Columns {
		n[model.Fold(c.Name)] = true
	}
}

// tokens splits SQL, without comments and the end of the text.
func tokens(sql string) []token.Token {
	all := lexer.Lex(sql)
	return all[:len(all)-1]
}

// plain returns SQL on one line and without comments, to show it.
func plain(sql string) string {
	var b strings.Builder
	end := 0
	for i, t := range tokens(sql) {
		if i > 0 && t.Pos > end {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text(sql))
		end = t.End
	}
	return b.String()
}

// mentions reports whether SQL has one of the names, folded, as a word: in
// quotes too, since modules of virtual tables take names as text.
func mentions(sql string, names map[string]bool) bool {
	for _, t := range tokens(sql) {
		if names[model.Fold(model.Unquote(t.Text(sql)))] {
			return true
		}
	}
	return false
}

// quoteName returns a name as SQL reads it, without quotes where it needs
// none.
func quoteName(name string) string {
	if words := tokens(name); len(words) == 1 && words[0].Kind == token.ID && words[0].Text(name) == name && model.Unquote(name) == name {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// quoteNames joins names for a list in SQL.
func quoteNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quoteName(name)
	}
	return strings.Join(quoted, ", ")
}

// quoteText returns a text as SQL reads it.
func quoteText(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
