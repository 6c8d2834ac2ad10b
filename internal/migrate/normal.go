package migrate

import (
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// normal returns SQL in a form in which two texts are equal when they mean
// the same to SQLite: no comments, one blank between words, letters in lower
// case, names without quotes. Text in single quotes stays as it is.
func normal(sql string) string {
	var words []string
	for _, t := range tokens(sql) {
		words = append(words, word(t.Text(sql)))
	}
	return strings.Join(words, " ")
}

// word returns one token in normal form.
func word(text string) string {
	if text[0] == '\'' {
		return text
	}
	return model.Fold(model.Unquote(text))
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
