package migrate

import (
	"context"
	"slices"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// transaction tries a file that takes tables away as other tools run it, in
// one transaction, on the part of the schema that it has to do with.
func (f *fileLint) transaction(ctx context.Context) error {
	if !slices.ContainsFunc(f.Tables, replaced) {
		return nil
	}
	before, err := build(ctx, related(f.Edit))
	if err != nil {
		return err
	}
	defer before.Close()
	after, err := before.next(ctx, f.File)
	if err != nil {
		return err
	}
	defer after.Close()
	r := newRehearsal(slices.DeleteFunc(slices.Clone(f.Statements), aboutTransaction), before, after)
	r.renames = f.renames()
	for _, t := range f.Tables {
		if t.From != nil && meansToLose(t) {
			r.written[fold(t.From.Name)] = true
		}
	}
	problems, err := r.check(ctx)
	for _, p := range problems {
		if p.Pos.Line == 0 {
			p.Pos = f.Tables[slices.IndexFunc(f.Tables, replaced)].At.Pos
		}
		f.find(OneTransaction, p.Pos, p.Fix, "%s", p.Message)
	}
	return err
}

// meansToLose reports whether values of a table go by the word of a statement:
// those that it computes anew, and those of what it drops and makes again.
func meansToLose(t *atlas.TableEdit) bool {
	return t.To == nil || slices.ContainsFunc(t.Columns, func(c *atlas.ColumnEdit) bool {
		return c.From != nil && (c.Computed || c.To == nil && t.To.Column(c.From.Name) != nil)
	})
}

// renames returns what the file renames, by statement or in a copy.
func (f *fileLint) renames() Renames {
	renames := Renames{Tables: map[string]string{}, Columns: map[[2]string]string{}}
	for _, t := range f.Tables {
		if t.From == nil || t.To == nil {
			continue
		}
		if fold(t.From.Name) != fold(t.To.Name) {
			renames.Tables[fold(t.To.Name)] = fold(t.From.Name)
		}
		for _, c := range t.Columns {
			if c.From != nil && c.To != nil && fold(c.From.Name) != fold(c.To.Name) {
				renames.Columns[[2]string{fold(t.To.Name), fold(c.To.Name)}] = fold(c.From.Name)
			}
		}
	}
	return renames
}

// replaced reports whether a table is dropped, for good or for another one in
// its place.
func replaced(t *atlas.TableEdit) bool { return t.From != nil && (t.To == nil || t.Rebuilt) }

// aboutTransaction reports whether a statement begins or ends a transaction,
// or cannot be in one.
func aboutTransaction(st atlas.Statement) bool {
	switch tokens(st.SQL)[0].Kind {
	case token.BEGIN, token.COMMIT, token.END, token.ROLLBACK, token.SAVEPOINT, token.RELEASE, token.VACUUM:
		return true
	}
	return false
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
		if replaced(t) {
			gone[fold(t.From.Name)] = true
		}
	}
	for name := range descendants(edit.From, gone) {
		names[name] = true
	}
	has := func(name string) bool { return names[fold(name)] }
	for {
		part, size := only(edit.From, has, has), len(names)
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

// addWords adds the words of a statement, folded: the names of tables are
// among them.
func addWords(names map[string]bool, sql string) {
	for _, t := range tokens(sql) {
		names[fold(unquote(t.Text(sql)))] = true
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

// build makes a schema in an empty database. The caller closes the state.
func build(ctx context.Context, schema *model.Schema) (*State, error) {
	db, err := database.Memory(ctx)
	if err != nil {
		return nil, err
	}
	state := &State{Schema: schema, DB: db}
	var definitions []string
	for _, t := range schema.Tables {
		definitions = append(definitions, t.SQL)
	}
	for _, index := range indexesOf(schema) {
		definitions = append(definitions, index.SQL)
	}
	for _, d := range dependents(schema) {
		definitions = append(definitions, d.sql)
	}
	for _, definition := range definitions {
		if err := db.Exec(ctx, definition); err != nil {
			state.Close()
			return nil, err
		}
	}
	return state, nil
}
