package atlas

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Copy is a statement that fills a new table with the rows of others.
type Copy struct {
	At      Statement
	Omits   []string    // clauses by which it may leave rows out: "WHERE", "INSERT OR IGNORE"
	Shifted []Displaced // values that, by their position, come under another name
}

// Displaced says that the values of one column come into another one.
type Displaced struct{ From, To string }

// copied is a copy, and the tables of before that its rows come from.
type copied struct {
	Copy

	statement *statement
	roots     []*traced
}

// newCopied returns what is known of a copy from its statement alone.
func newCopied(st *statement, query *ast.SelectStmt) *copied {
	c := &copied{Copy: Copy{At: st.exported()}, statement: st}
	tree, _ := parse(st.sql())
	if insert, ok := tree.(*ast.InsertStmt); ok {
		c.omit(insertOmission(insert))
		c.omitWith(insert.With)
	}
	c.omitQuery(query)
	return c
}

// insertOmission returns what an INSERT says of rows that conflict with
// others; "" where they make it fail.
func insertOmission(n *ast.InsertStmt) string {
	switch {
	case n.Replace:
		return "REPLACE"
	case n.OrConflict == ast.ConflictIgnore || n.OrConflict == ast.ConflictReplace:
		return "INSERT OR " + n.OrConflict.String()
	case slices.ContainsFunc(n.Upserts, func(u *ast.Upsert) bool { return u.DoNothing }):
		return "ON CONFLICT DO NOTHING"
	case len(n.Upserts) > 0:
		return "ON CONFLICT DO UPDATE"
	}
	return ""
}

// omit notes a clause; "" for none.
func (c *copied) omit(clause string) {
	if clause != "" && !slices.Contains(c.Omits, clause) {
		c.Omits = append(c.Omits, clause)
	}
}

func (c *copied) omitIf(condition bool, clause string) {
	if condition {
		c.omit(clause)
	}
}

// omitWith notes the clauses of the queries that another one names.
func (c *copied) omitWith(n *ast.With) {
	if n == nil {
		return
	}
	for _, named := range n.CTEs {
		c.omitQuery(named.Select)
	}
}

// omitQuery notes the clauses by which a query yields fewer rows than it
// reads. Queries inside its expressions yield values, and no rows.
func (c *copied) omitQuery(query *ast.SelectStmt) {
	c.omitWith(query.With)
	for _, op := range query.Ops {
		c.omitIf(!op.All, op.Op)
	}
	for _, core := range query.Cores {
		if core, ok := core.(*ast.SelectQuery); ok {
			c.omitCore(core)
		}
	}
}

func (c *copied) omitCore(core *ast.SelectQuery) {
	c.omitIf(core.Distinct == ast.DistinctDistinct, "DISTINCT")
	c.omitTables(core.From)
	c.omitIf(core.Where != nil && !c.isTrue(core.Where), "WHERE")
	c.omitIf(len(core.GroupBy) > 0, "GROUP BY")
	c.omitIf(core.Having != nil, "HAVING")
	c.omitIf(core.Limit != nil, "LIMIT")
	if len(core.GroupBy) == 0 {
		for _, column := range core.Columns {
			c.omit(aggregate(column))
		}
	}
}

// omitTables notes the joins that drop rows which have no partner.
func (c *copied) omitTables(tables []*ast.TableRef) {
	for _, ref := range tables {
		switch {
		case ref.Join == nil:
		case ref.Join.Type&ast.JoinLeft != 0:
			continue // every row of the first table is there
		default:
			c.omit("JOIN")
		}
		if ref.Select != nil {
			c.omitQuery(ref.Select)
		}
		c.omitTables(ref.List)
	}
}

// isTrue reports whether a condition holds for every row: ON CONFLICT behind a
// SELECT wants a WHERE before it.
func (c *copied) isTrue(condition ast.Expr) bool {
	text := c.At.SQL[condition.Pos():condition.End()]
	return slices.Contains([]string{"1", "true", "1=1"}, model.Fold(strings.ReplaceAll(text, " ", "")))
}

// aggregates are the functions that make one row of many. Those of one
// argument are no aggregates with two.
var aggregates = []string{"avg", "count", "group_concat", "json_group_array", "json_group_object", "max", "min", "string_agg", "sum", "total"}

// aggregate returns the aggregate in an expression, as "max()"; "" for none.
func aggregate(n ast.Node) (found string) {
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			return false
		case *ast.FuncCall:
			name := model.Fold(n.Name.Name)
			isScalar := (name == "max" || name == "min") && len(n.Args) > 1
			if n.Over == nil && !isScalar && slices.Contains(aggregates, name) {
				found = name + "()"
			}
		}
		return true
	})
	return found
}

// shifts reports whether a copy without a list of columns puts a column's
// values under another one's name: the new table has the column, and its
// values come elsewhere; or the old one has a column of the name under which
// they come.
func shifts(targets []*tracedColumn, values []*ast.ResultColumn, i int, read []*traced) bool {
	name, target := columnName(values[i].Expr), targets[i].name
	alias := values[i].Alias
	if model.Fold(name) == model.Fold(target) || alias != nil && model.Fold(alias.Name) == model.Fold(target) {
		return false
	}
	if columnIn(read, &ast.Ident{Name: target}) != nil {
		return true
	}
	for k, column := range targets {
		if model.Fold(column.name) == model.Fold(name) {
			return k >= len(values) || model.Fold(columnName(values[k].Expr)) != model.Fold(name)
		}
	}
	return false
}

// copiesOf returns the statements by which a table got rows of another one.
func (t *traced) copiesOf(root *traced) []Copy {
	var found []Copy
	for _, c := range t.copies {
		if slices.Contains(c.roots, root) {
			found = append(found, c.Copy)
		}
	}
	return found
}
