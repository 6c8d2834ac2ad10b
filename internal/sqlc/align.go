package sqlc

import (
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"
)

// alignment says what became of each item of a statement in sqlc's text.
type alignment struct {
	// images holds, by item, the offsets in sqlc's text.
	images []span
	// reached is the number of items that could be followed from the start:
	// all of them where the alignment succeeded.
	reached int
}

type span struct{ from, to int }

// aligner matches the items of a statement with those of sqlc's text. The
// two must be the same words in the same order, except that a star may have
// become a list of columns and a parameter another spelling of one.
//
// Anything else means that sqlc lost or moved a part of the statement.
type aligner struct {
	source    []item
	rewritten []item
	text      string
	alignment
}

// align reports whether text is the statement as sqlc may rewrite it.
func align(source []item, text string) (alignment, bool) {
	a := &aligner{source: source, rewritten: itemize(text, withoutEnd(lexer.Lex(text))), text: text}
	a.images = make([]span, len(source))
	ok := a.match(0, 0)
	return a.alignment, ok
}

// withoutEnd removes the token that stands for the end of the text, and
// semicolons before it.
func withoutEnd(tokens []token.Token) []token.Token {
	for len(tokens) > 0 && (tokens[len(tokens)-1].Kind == token.EOF || tokens[len(tokens)-1].Kind == token.SEMI) {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// match matches the source from item i with the text from item j.
func (a *aligner) match(i, j int) bool {
	for ; i < len(a.source); i, j = i+1, j+1 {
		a.reached = max(a.reached, i)
		if k := a.source[i].kind; k == star || k == embed {
			return a.matchColumns(i, j)
		}
		if j >= len(a.rewritten) || !same(a.source[i], a.rewritten[j]) {
			return false
		}
		a.images[i] = span{a.rewritten[j].pos, a.rewritten[j].end}
	}
	return j == len(a.rewritten)
}

// matchColumns tries every list of columns that may stand for star or embed
// i. Where the same table is written out twice, both lists must be equal,
// since otherwise the border between them would be a guess.
func (a *aligner) matchColumns(i, j int) bool {
	for _, end := range a.columnLists(a.source[i], j) {
		image := span{a.rewritten[j].pos, a.rewritten[end-1].end}
		if !a.consistent(i, image) {
			continue
		}
		a.images[i] = image
		if a.match(i+1, end) {
			return true
		}
	}
	return false
}

// columnLists returns the ends of the lists of columns that start at j.
func (a *aligner) columnLists(source item, j int) []int {
	if j >= len(a.rewritten) {
		return nil
	}
	if a.rewritten[j].kind == star && source.kind == star && a.rewritten[j].name == source.name {
		return []int{j + 1}
	}
	var ends []int
	for k := j; ; k++ {
		end := a.column(source.name, k)
		if end == k {
			return ends
		}
		ends = append(ends, end)
		if k = end; k >= len(a.rewritten) || a.rewritten[k].text != "," {
			return ends
		}
	}
}

// column returns the index behind a column of a table ("" for any) at k, or
// k if none is there.
func (a *aligner) column(table string, k int) int {
	switch {
	case k >= len(a.rewritten) || !isName(a.rewritten[k]):
		return k
	case k+2 < len(a.rewritten) && a.rewritten[k+1].text == "." && isName(a.rewritten[k+2]):
		if table != "" && !sameName(table, a.rewritten[k].text) {
			return k
		}
		return k + 3
	case table != "":
		return k
	}
	return k + 1
}

// consistent reports whether the columns written out for item i are those
// written out for the items of the same table before it.
func (a *aligner) consistent(i int, image span) bool {
	for k, earlier := range a.source[:i] {
		if earlier.name == "" || earlier.kind != star && earlier.kind != embed || !sameName(earlier.name, a.source[i].name) {
			continue
		}
		before := a.images[k]
		return a.text[before.from:before.to] == a.text[image.from:image.to]
	}
	return true
}

func sameName(a, b string) bool {
	const quotes = "\"`[]"
	return strings.EqualFold(strings.Trim(a, quotes), strings.Trim(b, quotes))
}

func isName(it item) bool {
	c := it.text[0]
	return it.kind == word && (c == '"' || c == '`' || c == '[' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z')
}

// same reports whether sqlc may have turned item a into b.
func same(a, b item) bool {
	if a.kind == scalar || a.kind == slice {
		return b.kind == scalar || b.kind == slice // which it leaves as it is where it loses it
	}
	return a.kind == b.kind && a.text == b.text
}
