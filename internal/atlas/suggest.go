package atlas

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// orElse returns text, or other where it is empty.
func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// createdTwice says where the first of two objects of a name is.
func createdTwice(r *replay, st *statement, _ []string) string {
	kind, first := "table", r.places.table(st.head.name).pos
	for _, k := range []token.Kind{token.VIEW, token.INDEX, token.TRIGGER} {
		if pos := r.places.object(k, st.head.name); first == (model.Position{}) {
			kind, first = strings.ToLower(k.String()), pos
		}
	}
	return fmt.Sprintf("%s %q already exists: it is created at %s", kind, st.head.name, first)
}

// extendTable suggests to add to a table instead of creating it again.
func extendTable(r *replay, st *statement, _ []string) string {
	if st.head.object != token.TABLE || r.places.table(st.head.name).pos == (model.Position{}) {
		return ""
	}
	return "remove one of them, or add to the first with ALTER TABLE … ADD COLUMN"
}

// parameter says what SQLite means by arguments.
func parameter(_ *replay, _ *statement, _ []string) string {
	return "a schema has no parameters"
}

// noSuchTable says so when the table is created later.
func noSuchTable(r *replay, _ *statement, words []string) string {
	name, _ := missing("no such table: "+words[0], "table")
	if later := r.createdLater(name); later != nil {
		return fmt.Sprintf("no such table yet: %s is created at %s", name, later.pos())
	}
	return "no such table: " + name
}

// createdLater finds the statement that creates a table that is not there.
func (r *replay) createdLater(name string) *statement {
	if r.creating == nil {
		r.creating = map[string]*statement{}
		for _, s := range r.scripts {
			for _, st := range s.statements {
				if st.head.verb == token.CREATE && st.head.object == token.TABLE {
					r.creating[model.Fold(st.head.name)] = st
				}
			}
		}
	}
	return r.creating[model.Fold(name)]
}

// similarTable suggests a table of nearly the same name, or an order in which
// the table exists.
func similarTable(r *replay, st *statement, words []string) string {
	name, _ := missing("no such table: "+words[0], "table")
	if later := r.createdLater(name); later != nil {
		if later.script.Name == st.script.Name {
			return "move the statement below it"
		}
		return "rename the file so that it comes after that one: files are read in name order"
	}
	var names []string
	for _, t := range r.places.tables {
		names = append(names, t.name)
	}
	return spell.DidYouMean(name, names)
}

// similarColumn suggests a column of nearly the same name.
func similarColumn(r *replay, st *statement, words []string) string {
	var names []string
	tree, _ := parse(st.sql())
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		for _, column := range n.Columns {
			names = append(names, column.Name.Name)
		}
	case *ast.CreateIndexStmt:
		names = r.places.table(n.Table.Name).names
	case *ast.AlterTableStmt:
		names = r.places.table(n.Table.Name.Name).names
	}
	word := model.Unquote(words[0])
	return spell.DidYouMean(word[strings.LastIndexByte(word, '.')+1:], names)
}
