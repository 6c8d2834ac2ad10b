package atlas

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// trace follows tables and columns through the statements of a migration, by
// what the statements say: which table is which after a rename, and which
// tables are but new copies of old ones. The schemas before and after the
// migration do not tell.
type trace struct {
	before  map[string]*model.Table // the tables before the file, by folded name
	tables  map[string]*traced      // that are there now, by folded name; old ones once they are spoken of
	all     []*traced               // in the order in which they are first spoken of
	made    map[object]*statement   // indexes, views and triggers
	dropped map[object]*statement
	renames bool // some table or column got another name
}

// traced is a table on its way through the file.
type traced struct {
	from    *model.Table // that it was before the file; nil where the file made it
	name    string
	columns []*tracedColumn
	lost    []*tracedColumn // that were dropped
	sources []*traced       // tables of before whose rows it got, by way of other tables too
	copies  []*copied       // the statements by which it got them

	made, renamed, altered, dropped *statement

	fromQuery bool // made by CREATE TABLE … AS SELECT
}

// tracedColumn is a column on its way through the file.
type tracedColumn struct {
	from   *model.Column // that it was, or whose values it was given; nil for a new one
	name   string
	at     *statement // that added, renamed, altered or dropped it
	filled *statement // that last computed values for it

	generated bool // nobody writes it
}

func newTrace(before map[string]*model.Table) *trace {
	return &trace{
		before:  before,
		tables:  map[string]*traced{},
		made:    map[object]*statement{},
		dropped: map[object]*statement{},
	}
}

// table returns the table that has the name now; nil if there is none.
func (t *trace) table(name string) *traced {
	key := model.Fold(name)
	if found, ok := t.tables[key]; ok {
		return found
	}
	from := t.before[key]
	if from == nil {
		return nil
	}
	found := &traced{from: from, name: from.Name}
	for _, column := range from.Columns {
		found.columns = append(found.columns, &tracedColumn{from: column, name: column.Name})
	}
	t.add(found)
	return found
}

func (t *trace) add(table *traced) {
	t.tables[model.Fold(table.name)] = table
	t.all = append(t.all, table)
}

// column returns the column that has the name now; nil if there is none.
func (t *traced) column(name string) *tracedColumn {
	for _, column := range t.columns {
		if model.Fold(column.name) == model.Fold(name) {
			return column
		}
	}
	return nil
}

// follow notes what a statement does.
func (t *trace) follow(st *statement) {
	tree, _ := parse(st.sql())
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		t.createTable(st, n)
	case *ast.CreateVirtualTableStmt:
		if t.table(st.head.name) == nil {
			t.add(&traced{name: st.head.name, made: st})
		}
	case *ast.AlterTableStmt:
		if table := t.table(n.Table.Name.Name); table != nil {
			t.alterTable(table, st, n)
		}
	case *ast.DropTableStmt:
		if table := t.table(n.Name.Name.Name); table != nil {
			table.dropped = st
			t.tables[model.Fold(table.name)] = nil
		}
	case *ast.InsertStmt:
		t.insert(st, n)
	case *ast.UpdateStmt:
		t.update(st, n)
	case *ast.CreateIndexStmt:
		t.made[st.object()] = st
		t.table(n.Table.Name)
	case *ast.CreateViewStmt, *ast.CreateTriggerStmt:
		t.made[st.object()] = st
	case *ast.DropIndexStmt:
		t.dropped[st.object()] = st
		t.indexed(st.head.name)
	case *ast.DropViewStmt, *ast.DropTriggerStmt:
		t.dropped[st.object()] = st
	}
}

// object returns what a statement makes or drops.
func (st *statement) object() object { return object{st.head.object, model.Fold(st.head.name)} }

// indexed returns the table of before that has an index; nil if there is none.
func (t *trace) indexed(index string) *traced {
	for _, table := range t.before {
		for _, x := range table.Indexes {
			if strings.EqualFold(x.Name, index) {
				return t.table(table.Name)
			}
		}
	}
	return nil
}

func (t *trace) createTable(st *statement, n *ast.CreateTableStmt) {
	if t.table(n.Name.Name.Name) != nil {
		return // IF NOT EXISTS
	}
	table := &traced{name: n.Name.Name.Name, made: st}
	for _, column := range n.Columns {
		generated := slices.ContainsFunc(column.Constraints, func(c *ast.ColumnConstraint) bool { return c.Kind == ast.ColumnGenerated })
		table.columns = append(table.columns, &tracedColumn{name: column.Name.Name, at: st, generated: generated})
	}
	if n.Select != nil {
		for _, name := range t.resultNames(n.Select) {
			table.columns = append(table.columns, &tracedColumn{name: name, at: st})
		}
		table.fromQuery = true
		read := t.tablesIn(n.Select)
		t.copyRows(st, table, read, n.Select)
		t.copyValues(st, table.columns, read, n.Select)
	}
	t.add(table)
}

func (t *trace) alterTable(table *traced, st *statement, n *ast.AlterTableStmt) {
	table.altered = st
	switch n.Action {
	case ast.AlterRenameTable:
		t.renames = true
		t.tables[model.Fold(table.name)] = nil
		table.name, table.renamed = n.NewName.Name, st
		t.tables[model.Fold(table.name)] = table
	case ast.AlterRenameColumn:
		t.renames = true
		if column := table.column(n.Column.Name); column != nil {
			column.name, column.at = n.NewName.Name, st
		}
	case ast.AlterSetNotNull, ast.AlterDropNotNull:
		if column := table.column(n.Column.Name); column != nil {
			column.at = st
		}
	case ast.AlterAddColumn:
		table.columns = append(table.columns, &tracedColumn{name: n.ColumnDef.Name.Name, at: st})
	case ast.AlterDropColumn:
		if column := table.column(n.Column.Name); column != nil {
			column.at = st
			table.lost = append(table.lost, column)
			table.columns = slices.DeleteFunc(table.columns, func(c *tracedColumn) bool { return c == column })
		}
	}
}

// update notes the columns that got computed values.
func (t *trace) update(st *statement, n *ast.UpdateStmt) {
	table := t.table(n.Table.Name.Name)
	if table == nil {
		return
	}
	for _, pair := range n.Set {
		for _, name := range pair.Columns {
			if column := table.column(name.Name); column != nil {
				column.filled = st
			}
		}
	}
}
