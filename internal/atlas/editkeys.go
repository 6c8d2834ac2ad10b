package atlas

import (
	"fmt"
	"slices"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// checkKeys finds the foreign keys that the file leaves with a target that is
// not there, or is none. Tables are those of before and after, by folded names.
func (e *Edit) checkKeys(r *replay, before, after map[string]*model.Table) {
	touched := map[string]bool{}
	for _, table := range e.trace.all {
		touched[model.Fold(table.name)] = true
	}
	known := keyProblems(newReplay(nil, nil), e.From, before, touched)
	for _, p := range keyProblems(r, e.To, after, touched) {
		isKnown := slices.ContainsFunc(known, func(old keyProblem) bool { return old.Message == p.Message })
		if !isKnown {
			e.Keys = append(e.Keys, p.at(e))
		}
	}
}

// keyProblem is what is wrong with a foreign key of a table.
type keyProblem struct {
	model.Problem

	table string
	key   *model.ForeignKey
}

// keyProblems checks the foreign keys from and to some tables.
func keyProblems(r *replay, schema *model.Schema, tables map[string]*model.Table, touched map[string]bool) []keyProblem {
	i := &inspection{replay: r, schema: schema, folded: tables}
	var found []keyProblem
	for _, t := range schema.Tables {
		for _, key := range t.ForeignKeys {
			if !touched[model.Fold(t.Name)] && !touched[model.Fold(key.Table)] {
				continue
			}
			r.problems = nil
			i.checkForeignKey(t, key)
			for _, p := range r.problems {
				found = append(found, keyProblem{p, t.Name, key})
			}
		}
	}
	return found
}

// at returns the problem with a position: that of the key, where the file
// writes it; of what drops the table that it references; or of what else the
// file does to one of the two.
func (p keyProblem) at(e *Edit) model.Problem {
	if p.Pos.Line > 0 {
		return p.Problem
	}
	p.Pos = e.droppedKey(p.key)
	for _, table := range e.trace.all {
		isParent := model.Fold(table.name) == model.Fold(p.key.Table)
		if isParent && table.dropped != nil && e.To.Table(p.key.Table) == nil {
			return model.Problem{
				Pos:     table.dropped.pos(),
				Message: fmt.Sprintf("table %q is dropped, and %q references it: no row can be written there any more", table.name, p.table),
				Fix:     "take the foreign key out of " + p.table + " before, or drop that table too",
			}
		}
		if st := orStatement(table.altered, table.made); st != nil && (isParent || model.Fold(table.name) == model.Fold(p.table)) {
			p.Pos = st.pos()
		}
	}
	return p.Problem
}

// droppedKey returns where the file drops a unique index of the columns that a
// foreign key references; the file alone where it does not.
func (e *Edit) droppedKey(key *model.ForeignKey) model.Position {
	if parent := e.From.Table(key.Table); parent != nil {
		for _, index := range parent.Indexes {
			st := e.trace.dropped[object{token.INDEX, model.Fold(index.Name)}]
			if st != nil && index.Unique && len(index.Columns) == len(key.RefColumns) {
				return st.pos()
			}
		}
	}
	return model.Position{File: e.File.Name}
}
