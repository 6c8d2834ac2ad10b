package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// openSelect adds to the facts that a row of a SELECT exists, in the group:
// the rows it is made of, and what its conditions say of them. It returns
// the columns of that row.
func (f *facts) openSelect(s *ast.SelectStmt, env *scope, g int32) []output {
	env = env.under(s.With)
	if len(s.Cores) == 1 {
		return f.openCore(s.Cores[0], env, g)
	}
	return f.openCompound(s, env, g)
}

func (f *facts) openCore(core ast.SelectCore, env *scope, g int32) []output {
	switch core := core.(type) {
	case *ast.SelectQuery:
		if collapses(core) {
			g = f.addGroup(g) // the row exists though no row of a source may
		}
		b := f.openBlock(core, env, g)
		return f.outputs(b)
	case *ast.ValuesClause:
		return f.openValues(core, env)
	}
	return nil
}

// openCompound opens a row of a compound: it comes from one of the SELECTs.
// An EXCEPT takes rows away only, and an INTERSECT has rows of both sides.
func (f *facts) openCompound(s *ast.SelectStmt, env *scope, g int32) []output {
	outputs := f.blankOutputs(s.Cores, env, g)
	var alternatives []func(*facts)
	for i, core := range s.Cores {
		if i > 0 && s.Ops[i-1].Op == "EXCEPT" {
			continue
		}
		alternatives = append(alternatives, func(h *facts) {
			h.equateOutputs(outputs, h.openCore(core, env, g))
		})
	}
	f.when(g, func(h *facts) { h.oneOf(alternatives...) })
	return outputs
}

// blankOutputs lists the columns of a compound, of which only the names are
// known, and whether they compare byte by byte in every SELECT.
func (f *facts) blankOutputs(cores []ast.SelectCore, env *scope, g int32) []output {
	var outputs []output
	for i, core := range cores {
		for j, out := range f.openCore(core, env, f.addGroup(g)) {
			blank := f.blank(out)
			switch {
			case i == 0:
				outputs = append(outputs, blank)
			case j < len(outputs):
				outputs[j].meet(blank)
			}
		}
	}
	return outputs
}

// blank is a result column without what it is read from.
func (f *facts) blank(out output) output {
	o := f.output(out)
	return output{
		name: out.name, key: f.proof.freshKey(), plain: f.comparesPlainly(out),
		typed: o.isColumn() && o.binary, of: o.affinity,
	}
}

// meet keeps what is true of both columns.
func (o *output) meet(other output) (changed bool) {
	before := *o
	o.plain = o.plain && other.plain
	o.typed = o.typed && other.typed && o.of == other.of
	return *o != before
}

// equateOutputs records that a row with unknown columns is this one.
func (f *facts) equateOutputs(unknown, known []output) {
	if len(unknown) != len(known) {
		return
	}
	for i := range unknown {
		f.equate(f.output(known[i]), f.output(unknown[i]))
	}
}

func (f *facts) openValues(core *ast.ValuesClause, env *scope) []output {
	var outputs []output
	for i, e := range core.Rows[0] {
		out := output{name: fmt.Sprintf("column%d", i+1), expr: e, scope: env}
		if len(core.Rows) > 1 {
			out.expr, out.key, out.plain = nil, f.proof.freshKey(), true
		}
		outputs = append(outputs, out)
	}
	return outputs
}

// openBlock opens a SELECT's sources and uses its conditions.
func (f *facts) openBlock(q *ast.SelectQuery, env *scope, g int32) *block {
	f.proof.spend(2)
	b := &block{query: q, scope: newScope(env), group: g}
	f.openFrom(b, q.From)
	b.scope = b.scope.withAliases(q.Columns)
	f.when(g, func(h *facts) {
		h.where(b.scope, q.Where)
		h.whereGroups(b)
	})
	return b
}

// whereGroups uses the parts of HAVING that are true of every row of a
// group or of none.
func (f *facts) whereGroups(b *block) {
	if b.query.Having == nil || len(b.query.GroupBy) == 0 {
		return
	}
	for _, e := range conjuncts(b.query.Having) {
		if f.groupWide(b, e) {
			f.where(b.scope, e)
		}
	}
}

func conjuncts(e ast.Expr) []ast.Expr {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return conjuncts(x.X)
	case *ast.BinaryExpr:
		if x.Op == ast.OpAnd {
			return append(conjuncts(x.X), conjuncts(x.Y)...)
		}
	}
	return []ast.Expr{e}
}

// groupWide reports whether an expression has one value for each group.
func (f *facts) groupWide(b *block, e ast.Expr) bool {
	wide := true
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt, *ast.FuncCall:
			wide = false
		case *ast.Ident, *ast.QualifiedRef:
			o := f.operand(b.scope, asExpr(n))
			wide = wide && (o.kind == constantValue || o.isColumn() && f.fixedByGroup(b, o))
			return false
		}
		return wide
	})
	return wide
}

// fixedByGroup reports whether GROUP BY gives a column one value for each
// group: it is a term of it, or its row is determined by terms of it.
func (f *facts) fixedByGroup(b *block, o operand) bool {
	var terms []term
	for _, e := range b.query.GroupBy {
		if g := f.operand(b.scope, b.groupTerm(e)); g.isColumn() && g.binary {
			terms = append(terms, g.term)
		}
	}
	if slices.Contains(terms, o.term) {
		return true
	}
	if o.kind != columnValue {
		return false
	}
	for _, key := range o.src.table.keys {
		open := func(c int) bool {
			return !slices.Contains(terms, f.col(o.src.row, c)) || c < len(o.src.table.columns) && !o.src.table.columns[c].notNull
		}
		if !slices.ContainsFunc(key, open) {
			return true
		}
	}
	return false
}

// groupTerm returns the expression of a GROUP BY term, which may be the
// number of a result column.
func (b *block) groupTerm(e ast.Expr) ast.Expr {
	literal, ok := e.(*ast.Literal)
	if !ok || literal.Kind != ast.LitInteger {
		return e
	}
	var n int
	if _, err := fmt.Sscanf(literal.Value, "%d", &n); err != nil || n < 1 || n > len(b.query.Columns) {
		return e
	}
	for _, c := range b.query.Columns[:n] {
		if _, ok := c.Expr.(*ast.Star); ok {
			return e
		}
	}
	return b.query.Columns[n-1].Expr
}

// outputs lists the result columns of a block. Of a grouped one only what is
// the same in all rows of a group says something of the row that stands for
// it.
func (f *facts) outputs(b *block) []output {
	var outs []output
	for _, c := range b.query.Columns {
		if star, ok := c.Expr.(*ast.Star); ok {
			outs = append(outs, f.expand(b, star)...)
			continue
		}
		outs = append(outs, output{name: b.outputName(c), expr: c.Expr, scope: b.scope.plain})
	}
	if len(b.query.GroupBy) == 0 {
		return outs
	}
	for i, out := range outs {
		if o := f.output(out); o.isColumn() && !f.fixedByGroup(b, o) {
			outs[i] = output{name: out.name, key: f.proof.freshKey()}
		}
	}
	return outs
}

func (b *block) outputName(c *ast.ResultColumn) string {
	if c.Alias != nil {
		return model.Fold(c.Alias.Name)
	}
	switch e := c.Expr.(type) {
	case *ast.Ident, *ast.QualifiedRef:
		if m, err := b.scope.plain.resolve(e); err == nil && m.src != nil {
			if m.col == m.src.width() {
				return "rowid"
			}
			return m.src.columnName(m.col)
		}
	}
	return model.Fold(strings.TrimSpace(ast.String(c.Expr)))
}

// expand lists the columns of * or table.*.
func (f *facts) expand(b *block, star *ast.Star) []output {
	var outs []output
	found := false
	for _, src := range b.scope.sources {
		if star.Table != nil && model.Fold(star.Table.Name) != src.name || src.qualifiedOnly {
			continue
		}
		found = true
		for i := range src.star {
			if star.Table == nil && src.merged != nil && src.merged[i] {
				continue
			}
			outs = append(outs, output{name: src.columnName(i), src: src, col: i})
		}
	}
	if !found {
		f.proof.reject(star.Pos(), "", "%s names no table of the FROM clause", ast.String(star))
	}
	return outs
}

// collapses reports whether a SELECT makes one row of all its rows.
func collapses(q *ast.SelectQuery) bool {
	return len(q.GroupBy) == 0 && (q.Having != nil || aggregates(q))
}

// aggregates reports whether a SELECT calls an aggregate of its own.
func aggregates(q *ast.SelectQuery) bool {
	found := false
	look := func(e ast.Expr) {
		ast.Walk(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectStmt:
				return false
			case *ast.FuncCall:
				found = found || isAggregate(n)
			}
			return !found
		})
	}
	for _, c := range q.Columns {
		look(c.Expr)
	}
	look(q.Having)
	for _, o := range q.OrderBy {
		look(o.Expr)
	}
	return found
}
