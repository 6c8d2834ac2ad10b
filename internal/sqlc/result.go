package sqlc

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// anyType is the type of a value of which nothing is known.
const anyType = "any"

// results returns the result columns as far as they can be believed. sqlc is
// right about columns of tables; of expressions it says that 1.5 and
// price * 2.5 are integers, and that most are never NULL. So an expression
// has a type here only if its form alone decides it, and "any" otherwise;
// likewise for NOT NULL. The fix for the user is always a CAST.
func results(s *statement, w wireQuery, aligned alignment) []model.QueryColumn {
	stmt, err := s.parse()
	if err != nil {
		return nil // readQueries rejected it
	}
	r := resultReader{statement: s, query: newShape(stmt), aligned: aligned, text: w.Text}
	var columns []model.QueryColumn
	for _, c := range r.query.columns {
		n := min(r.width(c), len(w.Columns)-len(columns))
		for _, wire := range w.Columns[len(columns) : len(columns)+n] {
			columns = append(columns, r.column(c, wire))
		}
	}
	return columns
}

// shape is what matters of a statement for its result columns.
type shape struct {
	columns []*ast.ResultColumn
	from    []*ast.TableRef
	// derived is set where columns may come from a subquery, a CTE or several
	// SELECTs, through which sqlc does not carry NULLs.
	derived bool
}

func newShape(stmt ast.Stmt) shape {
	switch stmt := stmt.(type) {
	case *ast.SelectStmt:
		query, ok := stmt.Cores[0].(*ast.SelectQuery)
		if !ok {
			return shape{derived: true}
		}
		derived := stmt.With != nil || len(stmt.Cores) > 1
		for _, item := range query.From {
			derived = derived || item.Name == nil
		}
		return shape{columns: query.Columns, from: query.From, derived: derived}
	case *ast.InsertStmt:
		return shape{columns: stmt.Returning}
	case *ast.UpdateStmt:
		return shape{columns: stmt.Returning}
	case *ast.DeleteStmt:
		return shape{columns: stmt.Returning}
	}
	return shape{}
}

// resultReader reads the result columns of one statement.
type resultReader struct {
	statement *statement
	query     shape
	aligned   alignment
	text      string // sqlc's
}

// item returns the item of the statement at which a node starts.
func (r *resultReader) item(n ast.Node) (int, item) {
	pos := r.statement.tokens[0].Pos + n.Pos()
	for i, it := range r.statement.items {
		if it.pos == pos {
			return i, it
		}
	}
	return 0, item{}
}

// width is the number of sqlc's columns that a result column stands for.
func (r *resultReader) width(c *ast.ResultColumn) int {
	i, it := r.item(c)
	if it.kind != star {
		return 1
	}
	image := r.aligned.images[i]
	return 1 + strings.Count(r.text[image.from:image.to], ",")
}

// column returns one of sqlc's columns, corrected.
func (r *resultReader) column(c *ast.ResultColumn, wire wireColumn) model.QueryColumn {
	out := model.QueryColumn{Name: wire.Name, Type: wire.dataType(), Embed: wire.EmbedTable.name()}
	if c.Alias != nil {
		out.Name = c.Alias.Name // sqlc forgets it in RETURNING
	}
	_, it := r.item(c)
	switch {
	case out.Embed != "":
		out.NotNull = !r.query.derived && !optional(r.query.from, it.name)
	case r.query.derived:
		if out.Type == "int" || out.Type == "bool" { // sqlc's guesses, which no table declares
			out.Type = anyType
		}
	case it.kind == star || isColumn(c.Expr):
		out.QueryOrigin = wire.origin()
		if table := tableOf(c.Expr, it); table != "" { // sqlc mixes up a table that is joined with itself
			out.NotNull = out.NotNull && !optional(r.query.from, table)
		}
	default:
		out.Type, out.NotNull = typeOf(c.Expr)
	}
	return out
}

func isColumn(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.QualifiedRef:
		return true
	}
	return false
}

// tableOf returns the table that a column or star is qualified with, or "".
func tableOf(e ast.Expr, it item) string {
	if ref, ok := e.(*ast.QualifiedRef); ok {
		return ref.Parts[len(ref.Parts)-2].Name
	}
	if it.kind == star {
		return it.name
	}
	return ""
}

// optional reports whether an outer join may leave out the row of a table.
func optional(from []*ast.TableRef, name string) bool {
	found := len(from) == 0 // the one table of an INSERT, UPDATE or DELETE
	for _, item := range from {
		known := item.Alias
		if known == nil && item.Name != nil {
			known = item.Name.Name
		}
		if known != nil && sameName(known.Name, name) {
			if found = true; item.Join != nil && item.Join.Type&ast.JoinLeft != 0 {
				return true
			}
			continue
		}
		if found && item.Join != nil && item.Join.Type&ast.JoinRight != 0 {
			return true
		}
	}
	return !found
}

// functions are the SQL functions whose result has one type, whatever they
// are given. Those not listed as never NULL are NULL for NULL.
var functions = map[string]struct {
	result  string
	notNull bool
}{
	"avg":          {result: "real"},
	"count":        {result: "integer", notNull: true},
	"group_concat": {result: "text"},
	"instr":        {result: "integer"},
	"length":       {result: "integer"},
	"lower":        {result: "text"},
	"ltrim":        {result: "text"},
	"replace":      {result: "text"},
	"rtrim":        {result: "text"},
	"total":        {result: "real", notNull: true},
	"trim":         {result: "text"},
	"upper":        {result: "text"},
}

// typeOf returns the type of an expression, and whether it is never NULL.
func typeOf(e ast.Expr) (result string, notNull bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return typeOf(e.X)
	case *ast.Literal:
		return literalType(e)
	case *ast.CastExpr:
		_, notNull := typeOf(e.X)
		return castType(e.Type.Name), notNull
	case *ast.ExistsExpr, *ast.NullCheckExpr, *ast.IsExpr:
		return "bool", true
	case *ast.FuncCall:
		name := strings.ToLower(e.Name.Name)
		if name == "coalesce" || name == "ifnull" {
			return anyType, anyNotNull(e.Args)
		}
		if f, ok := functions[name]; ok {
			return f.result, f.notNull
		}
	}
	return anyType, false
}

// anyNotNull reports whether one of the expressions is never NULL.
func anyNotNull(exprs []ast.Expr) bool {
	for _, e := range exprs {
		if _, notNull := typeOf(e); notNull {
			return true
		}
	}
	return false
}

func literalType(e *ast.Literal) (result string, notNull bool) {
	switch e.Kind {
	case ast.LitInteger:
		return "integer", true
	case ast.LitFloat:
		return "real", true
	case ast.LitString:
		return "text", true
	case ast.LitBlob:
		return "blob", true
	}
	return anyType, false
}

// castType returns the type that CAST gives, by SQLite's rules of affinity.
// BOOLEAN is a number to SQLite; who writes it promises that it is 0 or 1.
func castType(name string) string {
	for _, rule := range []struct{ part, result string }{
		{"INT", "integer"},
		{"CHAR", "text"},
		{"CLOB", "text"},
		{"TEXT", "text"},
		{"BLOB", "blob"},
		{"REAL", "real"},
		{"FLOA", "real"},
		{"DOUB", "real"},
		{"BOOL", "bool"},
	} {
		if strings.Contains(strings.ToUpper(name), rule.part) {
			return rule.result
		}
	}
	return anyType // NUMERIC: an integer or not, as the value has it
}
