package plan

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// renamesOf returns what a migration renames, by statement or in a copy.
func renamesOf(edit *atlas.Edit) Renames {
	renames := Renames{Tables: map[string]string{}, Columns: map[[2]string]string{}}
	for _, t := range edit.Tables {
		if t.From == nil || t.To == nil {
			continue
		}
		if model.Fold(t.From.Name) != model.Fold(t.To.Name) {
			renames.Tables[model.Fold(t.To.Name)] = model.Fold(t.From.Name)
		}
		for _, c := range t.Columns {
			if c.From != nil && c.To != nil && model.Fold(c.From.Name) != model.Fold(c.To.Name) {
				renames.Columns[[2]string{model.Fold(t.To.Name), model.Fold(c.To.Name)}] = model.Fold(c.From.Name)
			}
		}
	}
	return renames
}

// meansToLose reports whether values of a table go by the word of a statement:
// those that it computes anew, and those of what it drops and makes again.
func meansToLose(t *atlas.TableEdit) bool {
	return t.To == nil || slices.ContainsFunc(t.Columns, func(c *atlas.ColumnEdit) bool {
		return c.From != nil && (c.Computed || c.To == nil && t.To.Column(c.From.Name) != nil)
	})
}

// writtenTables returns the folded names of the tables whose rows statements
// change on purpose: those that an UPDATE, a DELETE or a REPLACE names, those
// that triggers on the named ones mention, and those that reference them.
func writtenTables(statements []atlas.Statement, schema *model.Schema) map[string]bool {
	written := map[string]bool{}
	for _, st := range statements {
		table, replaces := writes(st.SQL)
		if table == "" {
			continue
		}
		if replaces && schema.Table(table) != nil {
			written[model.Fold(table)] = true
		}
		for _, trigger := range schema.Triggers {
			for _, t := range schema.Tables {
				if model.Fold(trigger.Table) == model.Fold(table) && sqltext.Mentions(trigger.SQL, map[string]bool{model.Fold(t.Name): true}) {
					written[model.Fold(t.Name)] = true
				}
			}
		}
	}
	return descendants(schema, written)
}

// writes returns the table that a statement writes to, "" for none, and
// whether it may change the rows that were there.
func writes(sql string) (table string, replaces bool) {
	tree, _ := parser.Options{UpdateDeleteLimit: true}.ParseStatement(sql)
	switch n := tree.(type) {
	case *ast.UpdateStmt:
		return n.Table.Name.Name, true
	case *ast.DeleteStmt:
		return n.Table.Name.Name, true
	case *ast.InsertStmt:
		return n.Table.Name.Name, n.Replace || n.OrConflict == ast.ConflictReplace || len(n.Upserts) > 0
	}
	return "", false
}

// related returns the part of the schema before a file that it has to do with:
// what its statements mention, what references a table that goes, what all
// these reference, and what their triggers and views mention.
func related(edit *atlas.Edit) *model.Schema {
	names, gone := map[string]bool{}, map[string]bool{}
	for _, st := range edit.Statements {
		addWords(names, st.SQL)
	}
	for _, t := range edit.Tables {
		if t.IsReplaced() {
			gone[model.Fold(t.From.Name)] = true
		}
	}
	for name := range descendants(edit.From, gone) {
		names[name] = true
	}
	addOwners(names, edit.From)
	has := func(name string) bool { return names[model.Fold(name)] }
	for {
		part, size := edit.From.Part(has, has), len(names)
		for _, d := range dependents(part) {
			addWords(names, d.sql)
		}
		for _, name := range ancestors(edit.From, keys(tablesByName(part))) {
			names[name] = true
		}
		if len(names) == size {
			return part
		}
	}
}

// partAfter returns what a migration makes of the part of the schema that it
// has to do with: all but what is in the other part.
func partAfter(edit *atlas.Edit, part *model.Schema) *model.Schema {
	others := objectsOf(edit.From)
	for o := range objectsOf(part) {
		delete(others, o)
	}
	after := &model.Schema{}
	for _, t := range edit.To.Tables {
		if !others[nameOf(Table, t.Name)] {
			after.Tables = append(after.Tables, t)
		}
	}
	for _, v := range edit.To.Views {
		if !others[nameOf(View, v.Name)] {
			after.Views = append(after.Views, v)
		}
	}
	for _, t := range edit.To.Triggers {
		if !others[nameOf(Trigger, t.Name)] {
			after.Triggers = append(after.Triggers, t)
		}
	}
	return after
}

// nameOf returns a kind and a folded name.
func nameOf(kind Kind, name string) object { return object{kind: kind, name: model.Fold(name)} }

// objectsOf returns the names of tables, views and triggers.
func objectsOf(s *model.Schema) map[object]bool {
	found := map[object]bool{}
	for _, t := range s.Tables {
		found[nameOf(Table, t.Name)] = true
	}
	for _, v := range s.Views {
		found[nameOf(View, v.Name)] = true
	}
	for _, t := range s.Triggers {
		found[nameOf(Trigger, t.Name)] = true
	}
	return found
}

// addOwners adds the tables of the indexes and triggers that are named.
func addOwners(names map[string]bool, s *model.Schema) {
	for _, index := range indexesOf(s) {
		if names[model.Fold(index.Name)] {
			names[model.Fold(index.table)] = true
		}
	}
	for _, t := range s.Triggers {
		if names[model.Fold(t.Name)] {
			names[model.Fold(t.Table)] = true
		}
	}
}

// addWords adds the words of a statement, folded: the names of tables are
// among them.
func addWords(names map[string]bool, sql string) {
	for _, t := range sqltext.Tokens(sql) {
		names[model.Fold(model.Unquote(t.Text(sql)))] = true
	}
}

// keys returns the names of tables as a set.
func keys(tables map[string]*model.Table) map[string]bool {
	names := map[string]bool{}
	for name := range tables {
		names[name] = true
	}
	return names
}
