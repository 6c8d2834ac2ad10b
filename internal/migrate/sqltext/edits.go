package sqltext

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Edits are replacements in SQL, by the places where its parts stand.
type Edits struct {
	SQL   string // the text as it was
	parts []edit
}

type edit struct {
	start, end int
	text       string
}

// Replace replaces a node of the text.
func (e *Edits) Replace(n ast.Node, text string) { e.Add(n.Pos(), n.End(), text) }

// Add replaces what stands between two places, unless something that begins
// there is replaced already.
func (e *Edits) Add(start, end int, text string) {
	if !slices.ContainsFunc(e.parts, func(p edit) bool { return p.start == start }) {
		e.parts = append(e.parts, edit{start, end, text})
	}
}

// Qualifiers replaces a table's name where it stands before a dot.
func (e *Edits) Qualifiers(name, text string) {
	words := Tokens(e.SQL)
	for i, t := range words[:len(words)-1] {
		if words[i+1].Kind == token.DOT && model.Fold(model.Unquote(t.Text(e.SQL))) == model.Fold(name) {
			e.Add(t.Pos, t.End, text)
		}
	}
}

// Apply returns the text with the replacements.
func (e *Edits) Apply() string {
	slices.SortFunc(e.parts, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	end := 0
	for _, p := range e.parts {
		b.WriteString(e.SQL[end:p.start] + p.text)
		end = p.end
	}
	return b.String() + e.SQL[end:]
}
