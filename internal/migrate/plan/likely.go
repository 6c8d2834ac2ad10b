package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// renamedFrom is the directive of a table or column that had another name.
const renamedFrom = "renamed_from"

// ReadRenames reads the directives "-- atlas:renamed_from old" of the schema.
// One above what was there before has been carried out.
func ReadRenames(files []atlas.File, from, to *model.Schema) (Renames, error) {
	r := &renameReader{from: from, to: to}
	r.Tables, r.Columns = map[string]string{}, map[[2]string]string{}
	var ofColumns []directive
	for _, file := range files {
		for _, d := range atlas.Directives(file) {
			if d.Word != renamedFrom {
				continue
			}
			table, column := findAbout(to, d.About)
			about := directive{d.Pos, model.Unquote(d.Rest), table, column}
			switch {
			case d.Rest == "":
				r.problems.Add(d.Pos, "write the old name behind it", "nothing says what was renamed")
			case table == nil:
				r.problems.Add(d.Pos, "put it on the line above the column, or above CREATE TABLE", "the comment is about no table or column")
			case column == nil:
				r.table(about)
			default:
				ofColumns = append(ofColumns, about)
			}
		}
	}
	for _, d := range ofColumns { // now that tables have their names
		r.column(d)
	}
	return r.Renames, r.problems.Err()
}

// directive is a comment that gives the old name of a table, or of a column.
type directive struct {
	pos    model.Position
	old    string
	table  *model.Table
	column *model.Column // nil for the table
}

type renameReader struct {
	Renames
	from, to *model.Schema
	problems model.Problems
}

func (r *renameReader) table(d directive) {
	if len(r.from.Tables) == 0 || r.from.Table(d.table.Name) != nil {
		return
	}
	if old := r.from.Table(d.old); old != nil {
		r.Tables[model.Fold(d.table.Name)] = old.Name
		return
	}
	var known []string
	for _, t := range r.from.Tables {
		known = append(known, t.Name)
	}
	r.unknown(d, "table", known)
}

func (r *renameReader) column(d directive) {
	before := r.from.Table(r.OldTable(d.table.Name))
	if before == nil || before.Column(d.column.Name) != nil {
		return
	}
	if old := before.Column(d.old); old != nil {
		r.Columns[[2]string{model.Fold(d.table.Name), model.Fold(d.column.Name)}] = old.Name
		return
	}
	var known []string
	for _, c := range before.Columns {
		known = append(known, c.Name)
	}
	r.unknown(d, "column", known)
}

// unknown reports an old name that nothing has.
func (r *renameReader) unknown(d directive, kind string, known []string) {
	fix := "correct the name; or remove the comment, if no migration ever made that " + kind
	if guess := spell.DidYouMean(d.old, known); guess != "" {
		fix = guess
	}
	r.problems.Add(d.pos, fix, "there is no %s %s that could have been renamed", kind, d.old)
}

// findAbout returns the table or column that a directive is about: the first
// that begins there, and of those in the line before the directive, the last.
func findAbout(s *model.Schema, about model.Position) (table *model.Table, column *model.Column) {
	behind := about.Column == 0
	is := func(pos model.Position) bool {
		return pos.File == about.File && pos.Line == about.Line && (behind || pos.Column >= about.Column)
	}
	for _, t := range s.Tables {
		if is(t.Pos) {
			table, column = t, nil
			if !behind {
				return table, nil
			}
		}
		for _, c := range t.Columns {
			if is(c.Pos) {
				table, column = t, c
				if !behind {
					return table, column
				}
			}
		}
	}
	return table, column
}

// CheckRenames returns model.Problems for what the plan drops while something
// like it is new, but for what is named in drop.
func (p *Plan) CheckRenames(from, to *model.Schema, drop []string) error {
	var problems model.Problems
	for _, loss := range p.Losses {
		name := loss.name()
		if slices.ContainsFunc(drop, func(d string) bool { return model.Fold(d) == model.Fold(name) }) {
			continue
		}
		what, pos := similarColumn(from, to, loss, p.Renames)
		if loss.Column == "" {
			what, pos = similarTable(from, to, loss.Table, p.Renames)
		}
		if what != "" {
			old := name[strings.LastIndexByte(name, '.')+1:]
			problems.Add(pos, fmt.Sprintf(`if so, write "-- atlas:renamed_from %s" on the line above; if all values of %s are meant to go, add --drop %s`, old, name, name),
				"%s is gone and %s is new, as if it had another name now", loss, what)
		}
	}
	return problems.Err()
}

// similarTable finds a new table that has at least half the columns of one
// that is gone.
func similarTable(from, to *model.Schema, name string, renames Renames) (what string, pos model.Position) {
	old := from.Table(name)
	for _, t := range to.Tables {
		if from.Table(renames.OldTable(t.Name)) != nil || t.Virtual != old.Virtual {
			continue
		}
		shared := 0
		for _, c := range t.Columns {
			if old.Column(c.Name) != nil {
				shared++
			}
		}
		if 2*shared >= max(len(old.Columns), len(t.Columns)) {
			return "table " + t.Name, t.Pos
		}
	}
	return "", model.Position{}
}

// similarColumn finds a new column of the same type as one that is gone: the
// first that is defined alike, else the first of all.
func similarColumn(from, to *model.Schema, loss Loss, renames Renames) (what string, pos model.Position) {
	old := from.Table(loss.Table).Column(loss.Column)
	if old == nil {
		return "", model.Position{}
	}
	for _, t := range to.Tables {
		if model.Fold(renames.OldTable(t.Name)) != model.Fold(loss.Table) {
			continue
		}
		for _, c := range t.Columns {
			isNew := from.Table(loss.Table).Column(renames.OldColumn(t.Name, c.Name)) == nil
			if isNew && model.Fold(c.Type) == model.Fold(old.Type) && (what == "" || c.NotNull == old.NotNull) {
				what, pos = "column "+t.Name+"."+c.Name, c.Pos
				if c.NotNull == old.NotNull {
					return what, pos
				}
			}
		}
	}
	return what, pos
}
