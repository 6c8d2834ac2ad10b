package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// block is one SELECT with the rows of its FROM clause.
type block struct {
	query *ast.SelectQuery
	scope *scope
	group int32
	parts []part
}

// part is what a FROM clause asks to be proven: a source, or the expression
// of an ON clause, within the group whose rows it concerns.
type part struct {
	group int32
	src   *source
	on    ast.Expr
}

// join is a node of the tree of joins; a leaf has no left.
type join struct {
	leaf        *ast.TableRef
	left, right *join
	kind        joinKind
	on          ast.Expr
	using       []*ast.Ident
	natural     bool
}

type joinKind int8

const (
	innerJoin joinKind = iota
	leftJoin
	rightJoin
	fullJoin
	badJoin
)

// joinTree reads a flat FROM list, which joins to the left.
func joinTree(list []*ast.TableRef) *join {
	var tree *join
	for _, ref := range list {
		node := &join{leaf: ref}
		if ref.List != nil {
			node = joinTree(ref.List)
			if ref.Alias != nil {
				node = &join{leaf: ref}
			}
		}
		if tree == nil {
			tree = node
			if ref.On != nil || ref.Using != nil {
				tree = &join{left: tree, right: tree, kind: badJoin}
			}
			continue
		}
		tree = &join{
			left: tree, right: node, kind: kindOf(ref.Join),
			on: ref.On, using: ref.Using, natural: ref.Join.Type&ast.JoinNatural != 0,
		}
	}
	return tree
}

func kindOf(op *ast.JoinOperator) joinKind {
	for _, word := range op.Words {
		if !slices.Contains([]string{"NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", "JOIN"}, strings.ToUpper(word)) {
			return badJoin
		}
	}
	left, right := op.Type&ast.JoinLeft != 0, op.Type&ast.JoinRight != 0
	switch {
	case (left || right) && op.Type&ast.JoinInner != 0, !left && !right && op.Type&ast.JoinOuter != 0:
		return badJoin
	case left && right:
		return fullJoin
	case left:
		return leftJoin
	case right:
		return rightJoin
	}
	return innerJoin
}

// openFrom adds the rows of a FROM clause to the facts, and what its ON
// clauses say of them.
func (f *facts) openFrom(b *block, list []*ast.TableRef) {
	if len(list) == 0 {
		return
	}
	var conditions []func()
	f.openJoin(b, joinTree(list), b.group, &conditions)
	for _, condition := range conditions {
		condition()
	}
}

// openJoin opens a tree of joins whose rows exist when the group does. The
// conditions run once every source can be named.
func (f *facts) openJoin(b *block, j *join, g int32, conditions *[]func()) {
	if j.left == nil {
		src := f.openSource(b, j.leaf, g)
		b.scope.sources = append(b.scope.sources, src)
		b.parts = append(b.parts, part{group: g, src: src})
		return
	}
	left, right := g, g
	switch j.kind {
	case leftJoin:
		right = f.addGroup(g)
	case rightJoin:
		left = f.addGroup(g)
	case fullJoin:
		left, right = f.addGroup(g), f.addGroup(g)
	case badJoin:
		f.proof.reject(b.query.Pos(), "", "this join is not one that SQLite has")
		return
	}
	f.openJoin(b, j.left, left, conditions)
	split := len(b.scope.sources)
	f.openJoin(b, j.right, right, conditions)
	*conditions = append(*conditions, func() { f.openCondition(b, j, left, right, split) })
}

// openCondition adds what an ON or USING clause says once both sides exist.
func (f *facts) openCondition(b *block, j *join, left, right int32, split int) {
	matched := func(fn func(*facts)) {
		f.when(left, func(g *facts) { g.when(right, fn) })
	}
	if j.on != nil {
		b.parts = append(b.parts, part{group: max(left, right), on: j.on})
		if j.kind != innerJoin && f.looksAhead(b, j) {
			f.proof.reject(j.on.Pos(), "move the condition to the later join",
				"the ON clause of an outer join names a table that is joined later")
			return
		}
		matched(func(g *facts) { g.where(b.scope, j.on) })
	}
	for _, pair := range f.merge(b, j, split) {
		matched(func(g *facts) {
			g.columnNotNull(pair[0].src, pair[0].col)
			g.columnNotNull(pair[1].src, pair[1].col)
			g.equate(g.column(pair[0].src, pair[0].col), g.column(pair[1].src, pair[1].col))
		})
	}
}

// looksAhead reports whether an ON clause names a source that comes after
// its join.
func (f *facts) looksAhead(b *block, j *join) bool {
	last := lastLeaf(j)
	known := b.scope
	for i, src := range b.scope.sources {
		if src.offset == last.Pos() {
			known = newScope(b.scope.parent, b.scope.sources[:i+1]...)
		}
	}
	ahead := false
	ast.Walk(j.on, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			return false
		case *ast.Ident, *ast.QualifiedRef:
			all, err := b.scope.resolve(asExpr(n))
			before, err2 := known.resolve(asExpr(n))
			ahead = ahead || err == nil && (err2 != nil || all.src != before.src)
			return false
		}
		return true
	})
	return ahead
}

func lastLeaf(j *join) *ast.TableRef {
	for j.left != nil {
		j = j.right
	}
	return j.leaf
}

// merge resolves USING and NATURAL: the pairs of columns that must be equal.
// From then on their name means the left one.
func (f *facts) merge(b *block, j *join, split int) [][2]meaning {
	if j.using == nil && !j.natural {
		return nil
	}
	if j.kind == rightJoin || j.kind == fullJoin || j.right.left != nil || len(b.scope.sources) <= split {
		f.proof.reject(j.pos(), "write the condition with ON", "USING and NATURAL are not understood in this join")
		return nil
	}
	right := b.scope.sources[split]
	leftScope := newScope(nil, b.scope.sources[:split]...)
	var pairs [][2]meaning
	for _, name := range j.commonColumns(leftScope, right) {
		l, found, err := leftScope.lookup("", name)
		i := right.column(name)
		if err != nil || !found || i < 0 {
			f.proof.reject(j.pos(), "write the condition with ON", "column %s of USING is not one column on each side", name)
			return nil
		}
		if right.merged == nil {
			right.merged = make([]bool, right.width())
		}
		right.merged[i] = true
		pairs = append(pairs, [2]meaning{l, {src: right, col: i}})
	}
	return pairs
}

func (j *join) pos() int { return lastLeaf(j).Pos() }

// commonColumns lists the columns that USING names or that NATURAL finds on
// both sides.
func (j *join) commonColumns(left *scope, right *source) []string {
	var names []string
	for _, ident := range j.using {
		names = append(names, model.Fold(ident.Name))
	}
	if !j.natural {
		return names
	}
	for i := range right.width() {
		name := right.columnName(i)
		if slices.ContainsFunc(left.sources, func(s *source) bool { return s.column(name) >= 0 }) {
			names = append(names, name)
		}
	}
	return names
}

func (s *source) columnName(i int) string {
	if s.table != nil {
		return s.table.columns[i].name
	}
	return s.columns[i]
}

// openSource opens one item of a FROM clause.
func (f *facts) openSource(b *block, ref *ast.TableRef, g int32) *source {
	src := &source{offset: ref.Pos(), group: g}
	if ref.Join != nil {
		src.offset = ref.Join.End()
	}
	if ref.Name != nil {
		src.offset = ref.Name.Pos()
	}
	if ref.Alias != nil {
		src.name = model.Fold(ref.Alias.Name)
	} else if ref.Name != nil {
		src.name = model.Fold(ref.Name.Name.Name)
	}
	src.label = label(ref)
	switch {
	case ref.Select != nil:
		f.openBody(src, ref.Select, b.scope.parent, ref.Select)
	case ref.List != nil:
		f.proof.reject(src.offset, "name the tables inside instead", "a parenthesised join with an alias is not understood")
	case ref.HasArgs:
		f.openFunction(src, ref)
	default:
		f.openNamed(src, ref.Name, b.scope.parent)
	}
	return src
}

// label is how messages name an item of a FROM clause.
func label(ref *ast.TableRef) string {
	switch {
	case ref.Name == nil && ref.Alias == nil:
		return "the derived table"
	case ref.Name == nil:
		return fmt.Sprintf("the derived table %s", ref.Alias.Name)
	case ref.Alias == nil:
		return fmt.Sprintf("%q", ref.Name.Name.Name)
	}
	return fmt.Sprintf("%q AS %s", ref.Name.Name.Name, ref.Alias.Name)
}

// openFunction opens a table-valued function.
func (f *facts) openFunction(src *source, ref *ast.TableRef) {
	name := model.Fold(ref.Name.Name.Name)
	columns := tableFunctions[name]
	if columns == nil || ref.Name.Schema != nil {
		f.proof.reject(src.offset, "", "table-valued function %s is not known to read its arguments alone", name)
	}
	src.columns, src.args, src.closed = columns, ref.Args, true
	src.star = hiddenFrom[name]
	src.outputs = make([]output, len(columns))
}

// openNamed opens a table, view or common table expression.
func (f *facts) openNamed(src *source, name *ast.QualifiedName, env *scope) {
	folded := model.Fold(name.Name.Name)
	if name.Schema == nil {
		if cte, at := env.cte(folded); cte != nil {
			f.openCTE(src, cte, at)
			return
		}
	} else if model.Fold(name.Schema.Name) != "main" {
		f.proof.reject(src.offset, "", "%s is in the schema %q, of which nothing is known", src.label, name.Schema.Name)
		return
	}
	if t := f.proof.tables[folded]; t != nil {
		src.table = t
		src.row = f.addRow(t, src.group, true)
		src.star = t.starWidth()
		return
	}
	if v := f.proof.views[folded]; v != nil && !v.broken {
		f.openBody(src, v.body, nil, v)
		f.rename(src, v.columns)
		return
	}
	f.proof.reject(src.offset, "", "%s", f.proof.unknownTable(folded))
}

// starWidth is the number of columns * expands to; hidden ones come last or
// make the table's * unusable.
func (t *table) starWidth() int {
	for i, c := range t.columns {
		if c.hidden {
			return i
		}
	}
	return len(t.columns)
}

// rename gives the columns of a view or common table expression their
// declared names.
func (f *facts) rename(src *source, names []*ast.Ident) {
	if len(names) == 0 {
		return
	}
	if len(names) != len(src.columns) {
		f.proof.reject(src.offset, "", "%s declares %d columns and yields %d", src.label, len(names), len(src.columns))
		return
	}
	src.columns = nil
	for _, name := range names {
		src.columns = append(src.columns, model.Fold(name.Name))
	}
}

// openBody opens a derived table: one row of it stands for rows of its
// sources.
func (f *facts) openBody(src *source, body *ast.SelectStmt, env *scope, key any) {
	src.body, src.env, src.key = body, env, key
	leave, ok := f.proof.enter(src, key)
	if !ok {
		return
	}
	defer leave()
	src.setOutputs(f.openSelect(body, env, src.group))
}

func (s *source) setOutputs(outputs []output) {
	s.outputs = outputs
	s.columns = nil
	for _, out := range outputs {
		s.columns = append(s.columns, out.name)
	}
	s.star = len(outputs)
}
