package atlas

import (
	"slices"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Edit is what a migration does to a schema.
type Edit struct {
	File       File
	From, To   *model.Schema
	Statements []Statement
	Tables     []*TableEdit // that the statements are about, in that order

	// Keys are the foreign keys that the file leaves with a target that is
	// not there, or is none: SQLite takes them, and no row can be written.
	Keys model.Problems

	trace *trace
	from  map[string]*TableEdit // by folded name before
}

// TableEdit is what happens to a table. From is nil for a new one, To for one
// that is dropped.
type TableEdit struct {
	From, To *model.Table
	At       Statement // that makes, drops or last alters it
	Columns  []*ColumnEdit

	// Rebuilt says that To is another table, which was filled with the rows
	// of From and took its place.
	Rebuilt bool

	// Of a table that is rebuilt: the statements that copied the rows, and
	// whether it was made by CREATE TABLE … AS SELECT, which keeps none of the
	// constraints.
	Copies    []Copy
	FromQuery bool

	renamed *statement
	gone    *statement // that dropped From
}

// ColumnEdit is what happens to a column. From is nil for a new one, To for
// one that is dropped.
type ColumnEdit struct {
	From, To *model.Column
	At       Statement // that adds, drops, renames or otherwise changes it
	Computed bool      // its values are the results of expressions

	filled *statement
}

// newEdit pairs what there was with what there is.
func newEdit(s *script, t *trace, from, to *model.Schema) *Edit {
	e := &Edit{File: s.File, From: from, To: to, trace: t, from: map[string]*TableEdit{}}
	for _, st := range s.statements {
		e.Statements = append(e.Statements, st.exported())
	}
	heirs := map[*traced]*traced{} // new table → the old one in whose place it is
	for _, table := range t.all {
		if table.from != nil && table.dropped != nil {
			if heir := t.successor(table); heir != nil && heirs[heir] == nil {
				heirs[heir] = table
				heir.inherit(table)
			}
		}
	}
	for _, table := range t.all {
		edit := e.tableEdit(table, heirs)
		if edit == nil {
			continue
		}
		e.Tables = append(e.Tables, edit)
		if edit.From != nil {
			e.from[model.Fold(edit.From.Name)] = edit
		}
	}
	return e
}

func (st *statement) exported() Statement { return Statement{st.pos(), st.sql()} }

// tableEdit returns what happens to a table; nil where that is told of another
// one, or where nothing of it is left to tell.
func (e *Edit) tableEdit(table *traced, heirs map[*traced]*traced) *TableEdit {
	if table.dropped != nil {
		if table.from == nil || isHeired(table, heirs) {
			return nil
		}
		return &TableEdit{From: table.from, At: table.dropped.exported(), gone: table.dropped}
	}
	edit := &TableEdit{From: table.from, To: e.To.Table(table.name), renamed: table.renamed}
	if old := heirs[table]; old != nil {
		edit.From, edit.Rebuilt, edit.gone = old.from, true, old.dropped
		edit.Copies, edit.FromQuery = table.copiesOf(old), table.fromQuery
	}
	if edit.To == nil {
		return nil
	}
	at := orStatement(table.made, table.altered)
	if at != nil {
		edit.At = at.exported()
	}
	for _, column := range table.columns {
		if to := edit.To.Column(column.name); to != nil {
			edit.Columns = append(edit.Columns, column.edit(column.from, to, at))
		}
	}
	for _, column := range table.lost {
		if column.from != nil {
			edit.Columns = append(edit.Columns, column.edit(column.from, nil, at))
		}
	}
	return edit
}

func isHeired(table *traced, heirs map[*traced]*traced) bool {
	for _, old := range heirs {
		if old == table {
			return true
		}
	}
	return false
}

// edit returns what happens to a column of a table that a statement changed.
func (c *tracedColumn) edit(from, to *model.Column, table *statement) *ColumnEdit {
	edit := &ColumnEdit{From: from, To: to, Computed: c.filled != nil, filled: c.filled}
	if at := orStatement(c.at, table); at != nil {
		edit.At = at.exported()
	}
	return edit
}

// IsReplaced reports whether a table is dropped, for good or for another one
// in its place.
func (t *TableEdit) IsReplaced() bool { return t.From != nil && (t.To == nil || t.Rebuilt) }

// Column returns what happens to a column of before; nil where that is not
// known.
func (t *TableEdit) Column(from string) *ColumnEdit {
	i := slices.IndexFunc(t.Columns, func(c *ColumnEdit) bool { return c.From != nil && model.Fold(c.From.Name) == model.Fold(from) })
	if i < 0 {
		return nil
	}
	return t.Columns[i]
}

// Table returns what happens to a table of before; nil where the file does
// not speak of it.
func (e *Edit) Table(from string) *TableEdit { return e.from[model.Fold(from)] }

// MadeIndex returns the statement that makes an index of a table, which may
// be the one that makes the table.
func (e *Edit) MadeIndex(t *TableEdit, name string) Statement {
	if st := e.trace.made[object{token.INDEX, model.Fold(name)}]; st != nil {
		return st.exported()
	}
	return t.At
}

// DroppedIndex returns the statement that drops an index of a table, which
// may be the one that drops the table.
func (e *Edit) DroppedIndex(t *TableEdit, name string) Statement {
	return e.dropped(token.INDEX, name, t)
}

// DroppedView returns the statement that drops a view.
func (e *Edit) DroppedView(name string) Statement { return e.dropped(token.VIEW, name, nil) }

// DroppedTrigger returns the statement that drops a trigger, which may be the
// one that drops its table; t is nil where nothing happens to that.
func (e *Edit) DroppedTrigger(t *TableEdit, name string) Statement {
	return e.dropped(token.TRIGGER, name, t)
}

func (e *Edit) dropped(kind token.Kind, name string, t *TableEdit) Statement {
	st := e.trace.dropped[object{kind, model.Fold(name)}]
	switch {
	case st != nil:
		return st.exported()
	case t != nil && t.gone != nil:
		return t.gone.exported()
	case t != nil:
		return t.At
	}
	return Statement{Pos: model.Position{File: e.File.Name}}
}
