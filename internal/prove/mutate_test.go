package prove

import (
	"flag"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"
)

// go test ./internal/prove -run TestMutants -mutants 36000 -seed 7 runs the
// full measure; the defaults keep an ordinary run short.
var (
	mutants     = flag.Int("mutants", 4000, "how many mutated statements to judge")
	mutantSeed  = flag.Int64("seed", 1, "of the random choices")
	mutantTries = flag.Int("tries", 4, "how often to run each proven mutant, with other arguments")
)

// TestMutants breaks statements of the corpus and lets the oracle look for a
// proven one that interferes. There must be none.
func TestMutants(t *testing.T) {
	all := oracles(t)
	samples := corpus(t)
	r := rand.New(rand.NewSource(*mutantSeed))
	seen := map[string]bool{}
	proven, made := 0, 0
	for made < *mutants {
		s := samples[r.Intn(len(samples))]
		w := all[s.world][Tenant].world
		m := &mutator{r: r, text: s.text, world: w, donors: samples}
		text := m.mutant()
		stmt, err := parser.ParseStatement(text)
		if seen[text] || err != nil || !isQuery(stmt) || all[s.world][Tenant].alwaysFails(text) {
			continue
		}
		seen[text] = true
		made++
		v := w.prover.Prove(text, w.params)
		if !v.Proven {
			continue
		}
		proven++
		o := all[s.world][v.By]
		for range *mutantTries {
			if found := o.judge(t, text, stmt, r); found != "" {
				t.Errorf("a mutant of %s is proven by %v and %s\n%s\n%s", s.name, v.By, found, text, strings.Join(v.Steps, "\n"))
				break
			}
		}
	}
	t.Logf("%d mutants, %d proven", made, proven)
	if proven*20 < made {
		t.Errorf("only %d of %d mutants are proven: the test shows nothing", proven, made)
	}
}

// mutator changes a statement's text, guided by its tokens and its tree.
type mutator struct {
	r      *rand.Rand
	text   string
	world  *world
	donors []sample
}

func (m *mutator) mutant() string {
	for range 1 + m.r.Intn(3) {
		before := m.text
		mutations[m.r.Intn(len(mutations))](m)
		if _, err := parser.ParseStatement(m.text); err != nil {
			m.text = before
		}
	}
	return m.text
}

var mutations = []func(*mutator){
	(*mutator).dropConjunct, (*mutator).dropConjunct, (*mutator).dropConjunct,
	(*mutator).swapToken, (*mutator).swapToken, (*mutator).swapToken, (*mutator).swapToken,
	(*mutator).changeQualifier, (*mutator).changeQualifier,
	(*mutator).changeColumn, (*mutator).changeColumn,
	(*mutator).changeParam, (*mutator).changeParam,
	(*mutator).changeTable,
	(*mutator).negate,
	(*mutator).exchange, (*mutator).exchange,
	(*mutator).graft, (*mutator).graft,
	(*mutator).widen,
	(*mutator).limit,
	(*mutator).conflict,
	(*mutator).dropClause,
	(*mutator).wrap, (*mutator).wrap,
	(*mutator).derive, (*mutator).derive,
}

// exprs lists the expressions of the statement.
func (m *mutator) exprs(want func(ast.Expr) bool) []ast.Expr {
	stmt, err := parser.ParseStatement(m.text)
	if err != nil {
		return nil
	}
	var found []ast.Expr
	ast.Walk(stmt, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && want(e) {
			found = append(found, e)
		}
		return true
	})
	return found
}

func (m *mutator) cut(n ast.Node) string { return m.text[n.Pos():n.End()] }

func (m *mutator) put(n ast.Node, with string) {
	m.text = m.text[:n.Pos()] + with + m.text[n.End():]
}

func pick[T any](m *mutator, list []T) (T, bool) {
	var none T
	if len(list) == 0 {
		return none, false
	}
	return list[m.r.Intn(len(list))], true
}

func logical(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && (b.Op == ast.OpAnd || b.Op == ast.OpOr)
}

func comparison(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op >= ast.OpEq && e.Op <= ast.OpGe
	case *ast.IsExpr, *ast.InExpr, *ast.ExistsExpr, *ast.NullCheckExpr, *ast.LikeExpr:
		return true
	}
	return false
}

func named(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.QualifiedRef:
		return true
	}
	return false
}

func (m *mutator) dropConjunct() {
	if e, ok := pick(m, m.exprs(logical)); ok {
		b := e.(*ast.BinaryExpr)
		m.put(b, m.cut([]ast.Expr{b.X, b.Y}[m.r.Intn(2)]))
	}
}

// swaps are the tokens that mean something else in the same place.
var swaps = map[string][]string{
	"AND": {"OR"}, "OR": {"AND"}, "=": {"<>", "IS", ">=", "LIKE", "IS NOT", "<", "GLOB"}, "<>": {"="}, "IS": {"=", "IS NOT"}, "<": {"=", ">"}, ">": {"=", "<"},
	"LEFT": {"RIGHT", "INNER", "FULL"}, "RIGHT": {"LEFT", "INNER"}, "FULL": {"LEFT", "RIGHT", "INNER"}, "JOIN": {"LEFT JOIN", "RIGHT JOIN", "FULL JOIN", ",", "NATURAL JOIN"},
	"UNION": {"EXCEPT", "INTERSECT"}, "EXCEPT": {"UNION", "INTERSECT"}, "INTERSECT": {"EXCEPT", "UNION"}, "ALL": {""}, "DISTINCT": {""},
	"EXISTS": {"NOT EXISTS"}, "IN": {"NOT IN"}, "NOT": {""}, "COUNT": {"max"}, "MAX": {"min"}, "UPDATE": {"UPDATE OR REPLACE", "UPDATE OR IGNORE"},
	"INSERT": {"INSERT OR REPLACE", "INSERT OR IGNORE"}, "NOTHING": {"UPDATE SET id = id"}, "ON": {"ON NOT"}, "PARTITION": {"ORDER"}, "RECURSIVE": {""}, ",": {" LEFT JOIN ", " JOIN "},
}

func (m *mutator) swapToken() {
	var found []token.Token
	for _, t := range lexer.Lex(m.text) {
		if swaps[strings.ToUpper(t.Text(m.text))] != nil {
			found = append(found, t)
		}
	}
	if t, ok := pick(m, found); ok {
		with, _ := pick(m, swaps[strings.ToUpper(t.Text(m.text))])
		m.text = m.text[:t.Pos] + with + m.text[t.End:]
	}
}

func (m *mutator) changeQualifier() {
	refs := m.exprs(func(e ast.Expr) bool { _, ok := e.(*ast.QualifiedRef); return ok })
	from, ok := pick(m, refs)
	to, _ := pick(m, refs)
	if ok {
		a, b := from.(*ast.QualifiedRef).Parts[0], to.(*ast.QualifiedRef).Parts[0]
		m.put(a, m.cut(b))
	}
}

func (m *mutator) changeColumn() {
	e, ok := pick(m, m.exprs(named))
	if !ok {
		return
	}
	name, _ := e.(*ast.Ident)
	if ref, qualified := e.(*ast.QualifiedRef); qualified {
		name = ref.Parts[len(ref.Parts)-1]
	}
	table, _ := pick(m, m.world.schema.Tables)
	other, _ := pick(m, table.Columns)
	m.put(name, quoteName(other.Name))
}

func (m *mutator) changeParam() {
	e, ok := pick(m, m.exprs(func(e ast.Expr) bool {
		switch e.(type) {
		case *ast.BindParam, *ast.Literal:
			return true
		}
		return false
	}))
	with, _ := pick(m, []string{m.world.params.Tenant[0], m.world.params.Actor[0], "@other", "@id", "NULL", "1", "'org_a'", ":" + m.world.params.Tenant[0][1:], "0"})
	if ok {
		m.put(e, with)
	}
}

func (m *mutator) changeTable() {
	stmt, err := parser.ParseStatement(m.text)
	if err != nil {
		return
	}
	var names []*ast.QualifiedName
	ast.Walk(stmt, func(n ast.Node) bool {
		if q, ok := n.(*ast.QualifiedName); ok {
			names = append(names, q)
		}
		return true
	})
	name, ok := pick(m, names)
	table, _ := pick(m, m.world.schema.Tables)
	if ok {
		m.put(name, quoteName(table.Name))
	}
}

func (m *mutator) negate() {
	if e, ok := pick(m, m.exprs(func(e ast.Expr) bool { return logical(e) || comparison(e) })); ok {
		m.put(e, "NOT ("+m.cut(e)+")")
	}
}

// exchange swaps two expressions of the statement.
func (m *mutator) exchange() {
	all := m.exprs(func(ast.Expr) bool { return true })
	a, ok := pick(m, all)
	b, _ := pick(m, all)
	if !ok || a.Pos() < b.End() && b.Pos() < a.End() {
		return
	}
	if b.Pos() < a.Pos() {
		a, b = b, a
	}
	left, right := m.cut(a), m.cut(b)
	m.put(b, left)
	m.put(a, right)
}

// graft replaces an expression by one of another statement.
func (m *mutator) graft() {
	donor, _ := pick(m, m.donors)
	if !strings.HasPrefix(m.world.name, donor.world) {
		return
	}
	other := &mutator{r: m.r, text: donor.text}
	kind := func(e ast.Expr) bool { return logical(e) || comparison(e) }
	if m.r.Intn(3) == 0 {
		kind = func(e ast.Expr) bool { return !logical(e) && !comparison(e) }
	}
	from, ok := pick(m, other.exprs(kind))
	to, ok2 := pick(m, m.exprs(kind))
	if ok && ok2 {
		m.put(to, other.cut(from))
	}
}

// widen adds an alternative to a condition.
func (m *mutator) widen() {
	all := m.exprs(comparison)
	a, ok := pick(m, all)
	b, _ := pick(m, all)
	if ok {
		op, _ := pick(m, []string{" OR ", " AND "})
		m.put(a, "("+m.cut(a)+op+m.cut(b)+")")
	}
}

// limit puts a LIMIT, an aggregate or a grouping into a subquery.
func (m *mutator) limit() {
	stmt, err := parser.ParseStatement(m.text)
	if err != nil {
		return
	}
	var queries []*ast.SelectQuery
	ast.Walk(stmt, func(n ast.Node) bool {
		if q, ok := n.(*ast.SelectQuery); ok {
			queries = append(queries, q)
		}
		return true
	})
	q, ok := pick(m, queries)
	if !ok {
		return
	}
	switch m.r.Intn(4) {
	case 0:
		m.text = m.text[:q.End()] + " LIMIT 2" + m.text[q.End():]
	case 1:
		m.put(q.Columns[0], "max("+m.cut(q.Columns[0])+")")
	case 2:
		m.put(q.Columns[0], "count(*) OVER (), "+m.cut(q.Columns[0]))
	case 3:
		if q.Where != nil {
			m.text = m.text[:q.Where.End()] + " GROUP BY 1" + m.text[q.Where.End():]
		}
	}
}

// conflict changes what an upsert does.
func (m *mutator) conflict() {
	if !strings.HasPrefix(strings.ToUpper(m.text), "INSERT") {
		return
	}
	table, _ := pick(m, m.world.schema.Tables)
	column, _ := pick(m, table.Columns)
	clause, _ := pick(m, []string{
		" ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO NOTHING", " ON CONFLICT DO UPDATE SET " + quoteName(column.Name) + " = excluded." + quoteName(column.Name),
		" ON CONFLICT (id) DO UPDATE SET " + quoteName(column.Name) + " = @other", " ON CONFLICT (" + quoteName(column.Name) + ") DO NOTHING",
	})
	body, _, _ := strings.Cut(m.text, " ON CONFLICT")
	body, _, _ = strings.Cut(body, " RETURNING")
	m.text = strings.TrimSuffix(strings.TrimSpace(body), ";") + clause
}

// dropClause removes a WHERE, HAVING, GROUP BY, PARTITION BY or ON.
func (m *mutator) dropClause() {
	tokens := lexer.Lex(m.text)
	starts := []token.Kind{token.WHERE, token.HAVING, token.GROUP, token.PARTITION, token.ORDER, token.LIMIT, token.ON}
	var found []int
	for i, t := range tokens {
		if slices.Contains(starts, t.Kind) {
			found = append(found, i)
		}
	}
	i, ok := pick(m, found)
	if !ok {
		return
	}
	depth, j := 0, i+1
	for ; j < len(tokens)-1; j++ {
		switch k := tokens[j].Kind; {
		case k == token.LP:
			depth++
		case k == token.RP:
			depth--
		case depth == 0 && (slices.Contains(starts, k) || k == token.SEMI || k == token.JOIN || k == token.JOIN_KW || k == token.UNION || k == token.RETURNING):
			depth = -1
		}
		if depth < 0 {
			break
		}
	}
	m.text = m.text[:tokens[i].Pos] + m.text[tokens[j].Pos:]
}

// wrap hides an expression in a function.
func (m *mutator) wrap() {
	if e, ok := pick(m, m.exprs(func(e ast.Expr) bool { return !logical(e) })); ok {
		form, _ := pick(m, []string{"coalesce($, @other)", "coalesce(@other, $)", "lower($)", "($ COLLATE NOCASE)", "CAST($ AS TEXT)", "+$", "CASE WHEN @flag THEN $ END", "CASE WHEN @flag THEN $ ELSE @other END", "nullif($, @other)", "($ || '')", "(SELECT $)", "iif($, 1, 0)", "(SELECT max($))", "(SELECT $ FROM team)", "(SELECT $ UNION SELECT @other)", "EXISTS (SELECT 1 WHERE $)", "max($, @other)", "(SELECT $ WHERE @flag)", "(SELECT count(*) WHERE $)"})
		m.put(e, strings.ReplaceAll(form, "$", m.cut(e)))
	}
}

// derive puts a derived table in the place of a table.
func (m *mutator) derive() {
	stmt, err := parser.ParseStatement(m.text)
	if err != nil {
		return
	}
	var refs []*ast.TableRef
	ast.Walk(stmt, func(n ast.Node) bool {
		if ref, ok := n.(*ast.TableRef); ok && ref.Name != nil && !ref.HasArgs {
			refs = append(refs, ref)
		}
		return true
	})
	ref, ok := pick(m, refs)
	form, _ := pick(m, []string{
		"(SELECT * FROM $)", "(SELECT * FROM $ LIMIT 3)", "(SELECT DISTINCT * FROM $)", "(SELECT *, count(*) OVER () AS n FROM $)", "(SELECT * FROM $ GROUP BY organization_id)",
		"(SELECT * FROM $ UNION ALL SELECT * FROM $)", "(SELECT * FROM $ EXCEPT SELECT * FROM $ WHERE rowid = 3)", "(SELECT * FROM $ GROUP BY id)", "(SELECT *, row_number() OVER (PARTITION BY organization_id) AS n FROM $)",
		"(SELECT a.* FROM $ a LEFT JOIN $ b ON b.id = a.id)", "(SELECT a.* FROM $ a, organization o WHERE o.id = @organization_id)", "(SELECT * FROM $ WHERE organization_id = @organization_id)", "(SELECT max(id) AS id, * FROM $)",
		"(WITH c AS (SELECT * FROM $) SELECT * FROM c)", "(SELECT b.* FROM $ a LEFT JOIN $ b ON b.id = a.id AND a.rowid > 2)",
	})
	if !ok {
		return
	}
	if m.world.name == "crm" {
		form = strings.NewReplacer("organization_id", "tenant_id", "organization", "tenant").Replace(form)
	}
	name := m.cut(ref.Name)
	with := strings.ReplaceAll(form, "$", name)
	if ref.Alias == nil {
		with += " AS " + name
	}
	m.put(ref.Name, with)
}
