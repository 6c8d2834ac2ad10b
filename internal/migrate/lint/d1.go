package lint

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/d1"
	"github.com/rowhouse/rowhouse/internal/model"
)

// d1 finds what Cloudflare D1 refuses of the file.
func (f *fileLint) d1() {
	before, after := &model.Schema{}, &model.Schema{}
	for _, t := range f.Tables {
		if t.From != nil {
			before.Tables = append(before.Tables, t.From)
		}
		if t.To != nil {
			after.Tables = append(after.Tables, t.To)
		}
	}
	for _, p := range d1.Check(f.Statements, before, after) {
		f.find(D1Refused, p.Pos, p.Fix, "%s", p.Message)
	}
	for _, st := range f.Statements {
		f.d1Patterns(st)
	}
	f.d1Text()
}

// d1PatternBytes is the longest pattern of LIKE and GLOB.
const d1PatternBytes = 50

func (f *fileLint) d1Patterns(st atlas.Statement) {
	tree, err := parser.Options{UpdateDeleteLimit: true}.ParseStatement(st.SQL)
	if err != nil {
		return
	}
	ast.Walk(tree, func(n ast.Node) bool {
		like, ok := n.(*ast.LikeExpr)
		if !ok || model.Fold(like.Op.Name) != "like" && model.Fold(like.Op.Name) != "glob" {
			return true
		}
		if pattern, ok := like.Y.(*ast.Literal); ok && len(pattern.Value) > d1PatternBytes {
			f.find(D1Refused, at(st, pattern.Pos()), "compare with substr() or instr()",
				"the pattern has %d bytes, and D1 allows %d", len(pattern.Value), d1PatternBytes)
		}
		return true
	})
}

// at returns the position of an offset in a statement.
func at(st atlas.Statement, offset int) model.Position {
	pos := model.At(st.Pos.File, st.SQL, offset)
	if pos.Line == 1 {
		pos.Column += st.Pos.Column - 1
	}
	pos.Line += st.Pos.Line - 1
	return pos
}

// d1Text finds what keeps wrangler from running the file: words that it looks
// for anywhere in the text, and an end without a semicolon.
func (f *fileLint) d1Text() {
	const words = "BEGIN TRANSACTION"
	text := f.File.Text
	all, trivia := lexer.LexFile(text)
	for _, t := range slices.Concat(all, trivia) {
		if i := strings.Index(t.Text(text), words); i >= 0 {
			f.find(D1Text, model.At(f.File.Name, text, t.Pos+i), "word it differently", "wrangler takes the words %s for a transaction, here too", words)
		}
	}
	if last := len(all) - 2; last >= 0 && all[last].Kind != token.SEMI {
		f.find(D1Text, model.At(f.File.Name, text, all[last].Pos), `end it with ";"`,
			"the file does not end in a semicolon, and wrangler puts a statement of its own behind it")
	}
}
