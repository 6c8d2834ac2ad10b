package plan

import (
	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
)

// UndoRenames returns the renames on the way back from the schema that files
// have made, to the one before them.
func UndoRenames(files []atlas.File, after, before *model.Schema) Renames {
	names := &trail{before: before, tables: map[string]string{}, columns: map[[2]string]string{}}
	for _, file := range files {
		for _, rename := range atlas.Renames(file) {
			names.follow(rename)
		}
	}
	return names.stillThere(after)
}

// trail follows the tables and columns of a schema through renames. Names are
// folded.
type trail struct {
	before  *model.Schema
	tables  map[string]string    // name before → name after
	columns map[[2]string]string // table and column before → column after
}

func (t *trail) follow(r atlas.Rename) {
	table := t.table(model.Fold(r.Table))
	if t.before.Table(table) == nil {
		return // a copy, as rebuilds make it
	}
	if r.Column == "" {
		t.tables[table] = model.Fold(r.New)
		return
	}
	t.columns[[2]string{table, t.column(table, model.Fold(r.Column))}] = model.Fold(r.New)
}

// table returns the name that a table had before.
func (t *trail) table(after string) string {
	for before, name := range t.tables {
		if name == after {
			return before
		}
	}
	return after
}

// column returns the name that a column had before.
func (t *trail) column(table, after string) string {
	for before, name := range t.columns {
		if before[0] == table && name == after {
			return before[1]
		}
	}
	return after
}

// stillThere returns the renames that can be undone: what was renamed is there
// before and after, and nothing else has taken its name meanwhile.
func (t *trail) stillThere(schema *model.Schema) Renames {
	renames := Renames{Tables: map[string]string{}, Columns: map[[2]string]string{}}
	for before, after := range t.tables {
		if schema.Table(after) != nil && schema.Table(before) == nil {
			renames.Tables[before] = after
		}
	}
	for before, after := range t.columns {
		was, is := t.before.Table(before[0]), schema.Table(renames.OldTable(before[0]))
		if is != nil && was.Column(before[1]) != nil && is.Column(after) != nil && is.Column(before[1]) == nil {
			renames.Columns[before] = after
		}
	}
	return renames
}
