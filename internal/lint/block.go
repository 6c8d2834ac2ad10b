package lint

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"
)

// block is one SELECT, or the UPDATE itself, with what it reads from and the
// expressions in which it may say what it thinks of deleted rows.
type block struct {
	column string // that marks deleted rows
	query  *ast.SelectQuery
	refs   []reference
	says   []ast.Expr

	// excused says that another block has a condition on the rows of this
	// one, or that the statement is about the column itself.
	excused bool
}

// reference is something that a block reads from.
type reference struct {
	reading
	body *ast.SelectStmt // of a subquery or common table expression
}

// reading is a reference to a table or view.
type reading struct {
	offset int
	table  string // "" for a subquery
	alias  string
}

// blocks returns the blocks of a statement.
func blocks(tree ast.Stmt, column string) []*block {
	ctes := map[string]*ast.SelectStmt{}
	ast.Walk(tree, func(n ast.Node) bool {
		if cte, ok := n.(*ast.CTE); ok {
			ctes[strings.ToLower(cte.Name.Name)] = cte.Select
		}
		return true
	})
	var found []*block
	ast.Walk(tree, func(n ast.Node) bool {
		b := &block{column: column}
		switch n := n.(type) {
		case *ast.SelectQuery:
			b.query = n
			b.selects(n)
		case *ast.UpdateStmt:
			b.updates(n)
		default:
			return true
		}
		b.resolve(ctes)
		found = append(found, b)
		return true
	})
	excuse(found)
	return found
}

func (b *block) selects(n *ast.SelectQuery) {
	b.say(n.Where, n.Having)
	for _, column := range n.Columns {
		switch column.Expr.(type) {
		case *ast.Ident, *ast.QualifiedRef: // may be what * was expanded to
		default:
			b.say(column.Expr)
		}
	}
	b.from(n.From)
}

func (b *block) updates(n *ast.UpdateStmt) {
	b.say(n.Where)
	b.refs = append(b.refs, reference{reading: newReading(n.Table, n.Alias)})
	b.from(n.From)
	for _, pair := range n.Set {
		for _, assigned := range pair.Columns {
			b.excused = b.excused || strings.EqualFold(assigned.Name, b.column)
		}
	}
}

func newReading(name *ast.QualifiedName, alias *ast.Ident) reading {
	r := reading{offset: name.Pos(), table: name.Name.Name, alias: name.Name.Name}
	if alias != nil {
		r.alias = alias.Name
	}
	return r
}

// say notes expressions; nil ones are none.
func (b *block) say(exprs ...ast.Expr) {
	for _, e := range exprs {
		if e != nil {
			b.says = append(b.says, e)
		}
	}
}

func (b *block) from(items []*ast.TableRef) {
	for _, item := range items {
		b.say(item.On)
		b.from(item.List)
		switch {
		case item.Name != nil && !item.HasArgs:
			b.refs = append(b.refs, reference{reading: newReading(item.Name, item.Alias)})
		case item.Select != nil && item.Alias != nil:
			b.refs = append(b.refs, reference{reading: reading{alias: item.Alias.Name}, body: item.Select})
		}
	}
}

// resolve finds the references that are common table expressions.
func (b *block) resolve(ctes map[string]*ast.SelectStmt) {
	for i, ref := range b.refs {
		if body := ctes[strings.ToLower(ref.table)]; body != nil {
			b.refs[i].body, b.refs[i].table = body, ""
		}
	}
}

// excuse marks the blocks whose rows another block has a condition on.
func excuse(blocks []*block) {
	conditioned := map[ast.SelectCore]bool{}
	for _, b := range blocks {
		for _, ref := range b.refs {
			if ref.body != nil && b.conditioned(ref.alias) {
				for _, core := range ref.body.Cores {
					conditioned[core] = true
				}
			}
		}
	}
	for _, b := range blocks {
		b.excused = b.excused || b.query != nil && conditioned[b.query]
	}
}

// conditioned reports whether the block says something of the deleted rows
// of what it calls alias.
func (b *block) conditioned(alias string) bool {
	for _, e := range b.says {
		if mentions(e, func(qualifier, name string) bool {
			return strings.EqualFold(name, b.column) && (qualifier == "" || strings.EqualFold(qualifier, alias))
		}) {
			return true
		}
	}
	return false
}

// mentions reports whether an expression names a column that fits. In the
// subqueries of the expression, names without a qualifier are not its own.
func mentions(e ast.Node, fits func(qualifier, name string) bool) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			qualified := func(qualifier, name string) bool { return qualifier != "" && fits(qualifier, name) }
			for _, child := range n.Children() {
				found = found || mentions(child, qualified)
			}
			return false
		case *ast.QualifiedRef:
			last := len(n.Parts) - 1
			found = found || fits(n.Parts[last-1].Name, n.Parts[last].Name)
			return false
		case *ast.Ident:
			found = found || fits("", n.Name)
		}
		return !found
	})
	return found
}
