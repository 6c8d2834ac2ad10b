package atlas

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// insert notes whose rows a table that the file made is filled with.
func (t *trace) insert(st *statement, n *ast.InsertStmt) {
	table := t.table(n.Table.Name.Name)
	if table == nil || table.from != nil || n.Select == nil {
		return
	}
	read := t.tablesIn(n.With, n.Select)
	c := t.copyRows(st, table, read, n.Select)
	if len(n.Columns) == 0 {
		t.copyByPosition(c, table.written(), read, n.Select)
		return
	}
	var targets []*tracedColumn
	for _, name := range n.Columns {
		targets = append(targets, table.column(name.Name))
	}
	t.copyValues(st, targets, read, n.Select)
}

// written returns the columns that an INSERT without a list of columns gives
// values to.
func (t *traced) written() []*tracedColumn {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c *tracedColumn) bool { return c.generated })
}

// copyRows notes that a table got rows of other ones by a query.
func (t *trace) copyRows(st *statement, table *traced, read []*traced, query *ast.SelectStmt) *copied {
	c := newCopied(st, query)
	for _, source := range read {
		for _, root := range source.roots() {
			if !slices.Contains(table.sources, root) {
				table.sources = append(table.sources, root)
			}
			c.roots = append(c.roots, root)
		}
		if source.from == nil {
			table.copies = append(table.copies, source.copies...)
		}
	}
	table.copies = append(table.copies, c)
	return c
}

// copyValues notes that columns, of which some may be nil, got the values of
// a query of some tables.
func (t *trace) copyValues(st *statement, targets []*tracedColumn, read []*traced, query *ast.SelectStmt) {
	for i, value := range t.results(query) {
		if i < len(targets) && targets[i] != nil {
			targets[i].fill(st, columnIn(read, value.Expr))
		}
	}
}

// copyByPosition is copyValues where nothing but their order says which column
// gets which values. Those that come under another column's name are noted,
// and are no rename.
func (t *trace) copyByPosition(c *copied, targets []*tracedColumn, read []*traced, query *ast.SelectStmt) {
	values := t.results(query)
	for i, value := range values {
		if i >= len(targets) {
			break
		}
		source := columnIn(read, value.Expr)
		if source != nil && shifts(targets, values, i, read) {
			c.Shifted = append(c.Shifted, Displaced{source.name, targets[i].name})
			continue
		}
		targets[i].fill(c.statement, source)
	}
}

// fill notes that a column got another one's values, or, where that is nil,
// computed ones.
func (c *tracedColumn) fill(st *statement, source *tracedColumn) {
	if source != nil {
		c.copy(source)
	} else {
		c.filled = st
	}
}

// roots returns the tables of before that the rows of a table come from.
func (t *traced) roots() []*traced {
	if t.from != nil {
		return []*traced{t}
	}
	return t.sources
}

// copy notes that a column got another one's values as they are.
func (c *tracedColumn) copy(source *tracedColumn) {
	if c.from == nil {
		c.from = source.from
	}
	if source.isRenamed() && model.Fold(source.name) == model.Fold(c.name) {
		c.at = source.at
	}
	if source.filled != nil {
		c.filled = source.filled
	}
}

// isRenamed reports whether a statement gave the column another name.
func (c *tracedColumn) isRenamed() bool {
	return c.from != nil && c.at != nil && model.Fold(c.name) != model.Fold(c.from.Name)
}

// tablesIn returns the tables that parts of a statement read, anywhere in
// them.
func (t *trace) tablesIn(parts ...ast.Node) []*traced {
	var found []*traced
	for _, part := range parts {
		ast.Walk(part, func(n ast.Node) bool {
			if ref, ok := n.(*ast.TableRef); ok && ref.Name != nil {
				if table := t.table(ref.Name.Name.Name); table != nil && !slices.Contains(found, table) {
					found = append(found, table)
				}
			}
			return true
		})
	}
	return found
}

// results returns the columns that a query yields, with those of a table in
// the place of *; none where that is not plain to see.
func (t *trace) results(query *ast.SelectStmt) []*ast.ResultColumn {
	if len(query.Cores) != 1 {
		return nil
	}
	core, ok := query.Cores[0].(*ast.SelectQuery)
	if !ok {
		return nil
	}
	var values []*ast.ResultColumn
	for _, column := range core.Columns {
		if _, ok := column.Expr.(*ast.Star); !ok {
			values = append(values, column)
			continue
		}
		if len(core.From) != 1 || core.From[0].Name == nil || t.table(core.From[0].Name.Name.Name) == nil {
			return nil
		}
		for _, c := range t.table(core.From[0].Name.Name.Name).columns {
			if !c.isHidden() {
				values = append(values, &ast.ResultColumn{Expr: &ast.Ident{Name: c.name}})
			}
		}
	}
	return values
}

// isHidden reports whether * leaves the column out.
func (c *tracedColumn) isHidden() bool { return c.from != nil && c.from.Hidden }

// resultNames returns the names that a query gives its columns.
func (t *trace) resultNames(query *ast.SelectStmt) []string {
	var names []string
	for _, value := range t.results(query) {
		if value.Alias != nil {
			names = append(names, value.Alias.Name)
		} else {
			names = append(names, columnName(value.Expr))
		}
	}
	return names
}

// columnIn returns the column of one of the tables that an expression names;
// nil where it is anything else.
func columnIn(tables []*traced, value ast.Expr) *tracedColumn {
	name := columnName(value)
	if name == "" {
		return nil
	}
	for _, table := range tables {
		if column := table.column(name); column != nil {
			return column
		}
	}
	return nil
}

// columnName returns the name of a column that an expression is, "" where it
// is anything else.
func columnName(value ast.Expr) string {
	switch n := value.(type) {
	case *ast.Ident:
		return n.Name
	case *ast.QualifiedRef:
		return n.Parts[len(n.Parts)-1].Name
	case *ast.ParenExpr:
		return columnName(n.X)
	}
	return ""
}

// successor returns the table that the file made in the place of one that it
// dropped, and filled with its rows: the one of the same name, or else the
// only one. It returns nil where there is none.
func (t *trace) successor(gone *traced) *traced {
	var copies []*traced
	for _, table := range t.all {
		if table.dropped != nil || table.from != nil || !slices.Contains(table.sources, gone) {
			continue
		}
		if model.Fold(table.name) == model.Fold(gone.from.Name) {
			return table
		}
		if len(table.sources) == 1 {
			copies = append(copies, table)
		}
	}
	if len(copies) == 1 {
		return copies[0]
	}
	return nil
}

// inherit gives the columns of a table those of the one whose rows it got,
// where no statement said otherwise: a column that keeps its name is the same
// one.
func (t *traced) inherit(old *traced) {
	taken := map[*model.Column]bool{}
	for _, column := range t.columns {
		if column.from != nil && old.from.Column(column.from.Name) != column.from {
			column.from = nil // of another table
		}
		taken[column.from] = true
	}
	for _, column := range t.columns {
		if same := old.column(column.name); column.from == nil && same != nil && !taken[same.from] {
			column.from = same.from
			taken[same.from] = true
		}
	}
	for _, column := range slices.Concat(old.columns, old.lost) {
		if column.from != nil && !taken[column.from] {
			t.lost = append(t.lost, &tracedColumn{from: column.from, name: column.name, at: orStatement(dropOf(old, column), t.made)})
		}
	}
}

// dropOf returns the statement that dropped a column of a table; nil where
// the column went with the table.
func dropOf(t *traced, column *tracedColumn) *statement {
	if slices.Contains(t.lost, column) {
		return column.at
	}
	return nil
}

func orStatement(st, other *statement) *statement {
	if st == nil {
		return other
	}
	return st
}
