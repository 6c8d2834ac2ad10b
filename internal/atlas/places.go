package atlas

import (
	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// places says where in the user's files the objects of the database were
// written. Names are folded.
type places struct {
	tables  map[string]*tablePlace
	objects map[object]*statement // that made an index, view or trigger
}

type object struct {
	kind token.Kind
	name string
}

// tablePlace says where a table, its columns and the tables it references
// were written.
type tablePlace struct {
	name       string
	names      []string // of the columns
	pos        model.Position
	columns    map[string]model.Position
	references map[reference]model.Position
}

// reference identifies a foreign key by its columns, the table it references,
// and the columns there, none where they are left to the primary key.
type reference struct {
	columns, parent, target string
}

func newReference(columns []string, parent string, target []string) reference {
	return reference{model.FoldAll(columns), model.Fold(parent), model.FoldAll(target)}
}

func newPlaces() *places {
	return &places{tables: map[string]*tablePlace{}, objects: map[object]*statement{}}
}

// object returns where an index, view or trigger was made.
func (p *places) object(kind token.Kind, name string) model.Position {
	if st := p.objects[object{kind, model.Fold(name)}]; st != nil {
		return st.pos()
	}
	return model.Position{}
}

// table returns the place of a table; an empty one when it is unknown.
func (p *places) table(name string) *tablePlace {
	if place := p.tables[model.Fold(name)]; place != nil {
		return place
	}
	return &tablePlace{}
}

// column returns where a column was defined; the table, if that is all that
// is known.
func (t *tablePlace) column(name string) model.Position {
	if pos, ok := t.columns[model.Fold(name)]; ok {
		return pos
	}
	return t.pos
}

// reference returns where a foreign key names its parent.
func (t *tablePlace) reference(key *model.ForeignKey) model.Position {
	for _, target := range [][]string{key.RefColumns, nil} {
		if pos, ok := t.references[newReference(key.Columns, key.Table, target)]; ok {
			return pos
		}
	}
	return t.column(key.Columns[0])
}

// record notes what a statement that succeeded made, changed or removed. The
// tree is nil for one that only SQLite can parse.
func (p *places) record(st *statement, tree ast.Stmt) {
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		p.createTable(st, n)
	case *ast.AlterTableStmt:
		p.alterTable(st, n)
	case nil, *ast.CreateVirtualTableStmt, *ast.CreateIndexStmt, *ast.CreateViewStmt, *ast.CreateTriggerStmt:
		p.create(st)
	case *ast.DropTableStmt:
		delete(p.tables, model.Fold(n.Name.Name.Name))
	case *ast.DropIndexStmt, *ast.DropViewStmt, *ast.DropTriggerStmt:
		delete(p.objects, object{st.head.object, model.Fold(st.head.name)})
	}
}

// create notes a new object by the first words of its statement.
func (p *places) create(st *statement) {
	name := model.Fold(st.head.name)
	switch {
	case st.head.verb != token.CREATE:
	case st.head.object == token.TABLE:
		if p.tables[name] == nil { // else IF NOT EXISTS made nothing
			p.tables[name] = newTablePlace(st)
		}
	default:
		key := object{st.head.object, name}
		if _, exists := p.objects[key]; !exists {
			p.objects[key] = st
		}
	}
}

func newTablePlace(st *statement) *tablePlace {
	return &tablePlace{
		name:       st.head.name,
		pos:        st.pos(),
		columns:    map[string]model.Position{},
		references: map[reference]model.Position{},
	}
}

func (p *places) createTable(st *statement, n *ast.CreateTableStmt) {
	name := model.Fold(n.Name.Name.Name)
	if p.tables[name] != nil {
		return
	}
	t := newTablePlace(st)
	p.tables[name] = t
	for _, column := range n.Columns {
		t.add(st, column)
	}
	for _, constraint := range n.Constraints {
		if constraint.Kind == ast.TableForeignKey {
			t.refer(st, indexedNames(constraint.FKColumns), constraint.References)
		}
	}
}

// add notes a column definition.
func (t *tablePlace) add(st *statement, column *ast.ColumnDef) {
	t.names = append(t.names, column.Name.Name)
	t.columns[model.Fold(column.Name.Name)] = st.script.at(st.start() + column.Pos())
	for _, constraint := range column.Constraints {
		if constraint.Kind == ast.ColumnReferences {
			t.refer(st, []string{column.Name.Name}, constraint.References)
		}
	}
}

// refer notes where a foreign key names its parent.
func (t *tablePlace) refer(st *statement, columns []string, n *ast.ForeignKeyClause) {
	key := newReference(columns, n.Table.Name, indexedNames(n.Columns))
	if _, exists := t.references[key]; !exists {
		t.references[key] = st.script.at(st.start() + n.Table.Pos())
	}
}

func indexedNames(columns []*ast.IndexedColumn) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name.Name)
	}
	return names
}

func (p *places) alterTable(st *statement, n *ast.AlterTableStmt) {
	t := p.tables[model.Fold(n.Table.Name.Name)]
	if t == nil {
		return
	}
	switch n.Action {
	case ast.AlterAddColumn:
		t.add(st, n.ColumnDef)
	case ast.AlterRenameTable:
		delete(p.tables, model.Fold(n.Table.Name.Name))
		p.tables[model.Fold(n.NewName.Name)] = t
		t.name = n.NewName.Name
	case ast.AlterRenameColumn:
		t.columns[model.Fold(n.NewName.Name)] = t.column(n.Column.Name)
		t.names = append(t.names, n.NewName.Name)
	}
}
