package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/migrate/transaction"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Anew is what to do about a migration that loses rows, or fails.
const Anew = "remove the file, and plan the change anew with rowhouse migrate diff, which copies also the tables that reference a changed one"

// copyAll is what to do about a copy that loses rows or values.
const copyAll = "copy every row, and every column that stays; what is to go is deleted or dropped by a statement of its own"

// Trial is what a migration would do to rows, tried in one transaction.
type Trial struct {
	DropLosses model.Problems // what DROP TABLE does to the rows of other tables
	Missing    []TableLoss    // what else is not there any more though no statement says so
	Failures   model.Problems // statements that fail whatever is in the tables, or leave another schema
	Recounted  []string       // AUTOINCREMENT tables, by their names before, that do not go on counting where they were
}

// TableLoss is what a table has lost.
type TableLoss struct {
	Table   string // by its name before
	Problem model.Problem
}

// Losses returns the rows and values that are not there any more though no
// statement says so.
func (t *Trial) Losses() model.Problems {
	losses := slices.Clone(t.DropLosses)
	for _, m := range t.Missing {
		losses = append(losses, m.Problem)
	}
	return losses
}

// Try runs a migration in one transaction, on copies of the part of the schema
// that it has to do with, with rows in the tables: with foreign keys on, as
// goose, golang-migrate, dbmate and D1 run it, where PRAGMA foreign_keys has
// no effect; or with foreign keys off. The statements are those of the
// migration, perhaps some of them, or in the spelling of another tool.
//
// A statement that fails only because of the values in some rows is neither a
// loss nor a failure: nothing comes of it.
func Try(ctx context.Context, edit *atlas.Edit, statements []atlas.Statement, foreignKeys bool) (*Trial, error) {
	part := related(edit)
	before, err := Assemble(ctx, part)
	if err != nil {
		return nil, err
	}
	defer before.Close()
	after, err := Assemble(ctx, partAfter(edit, part))
	if err != nil {
		return nil, err
	}
	defer after.Close()
	return newRehearsal(edit, statements, before, after, foreignKeys).try(ctx)
}

// TryApply tries a migration as Apply runs it: with foreign keys on, unless
// the migration turns them off.
func TryApply(ctx context.Context, edit *atlas.Edit, m *atlas.Migration) (*Trial, error) {
	statements := slices.DeleteFunc(slices.Clone(edit.Statements), transaction.About)
	t, err := Try(ctx, edit, statements, !m.TurnsForeignKeysOff())
	var known model.Problems
	if err != nil && !errors.As(err, &known) { // which say where
		err = fmt.Errorf("try %s: %w", m.Name, err)
	}
	return t, err
}

// rehearsal is a migration, and the database to try it on.
type rehearsal struct {
	file          string
	statements    []atlas.Statement
	before, after *State
	foreignKeys   bool
	renames       Renames
	edit          *atlas.Edit
	written       map[string]bool // folded names of the tables whose rows its own statements change
}

func newRehearsal(edit *atlas.Edit, statements []atlas.Statement, before, after *State, foreignKeys bool) *rehearsal {
	r := &rehearsal{
		file: edit.File.Name, edit: edit, before: before, after: after, foreignKeys: foreignKeys,
		renames: renamesOf(edit), written: writtenTables(statements, before.Schema),
	}
	for _, st := range statements {
		if !transaction.Ignores(st.SQL) {
			r.statements = append(r.statements, st)
		}
	}
	for _, t := range edit.Tables {
		if t.From != nil && meansToLose(t) {
			r.written[model.Fold(t.From.Name)] = true
		}
	}
	return r
}

func (r *rehearsal) try(ctx context.Context) (*Trial, error) {
	attempts := []int{sampleRows, sampleRows - 1, 1, 0} // the last row has NULLs; a single one is unique
	if !r.dropsTable() {
		attempts = []int{0} // all else says what it does to rows
	}
	for _, rows := range attempts {
		o, err := r.run(ctx, rows, false)
		switch {
		case err != nil:
			return nil, err
		case o.err == nil && (rows > 0 || !r.dropsTable()):
			return r.judge(o), nil
		case o.err != nil && (rows == 0 || o.breaksKeys):
			return &Trial{Failures: o.failure()}, nil
		}
	}
	o, err := r.run(ctx, sampleRows, true) // no rows satisfy it
	if err != nil {
		return nil, err
	}
	return &Trial{DropLosses: r.lossesByDrop(o)}, nil
}

// failure explains a statement that fails.
func (o *outcome) failure() model.Problems {
	var problems model.Problems
	if o.breaksKeys {
		problems.Add(o.at.Pos, Anew, "%s fails where rows reference what is dropped: foreign keys stay on in a transaction", sqltext.Brief(o.at.SQL))
	} else {
		problems.Add(o.at.Pos, "write it so that it runs in one transaction with foreign keys on", "%s fails in a transaction: %v", sqltext.Brief(o.at.SQL), o.err)
	}
	return problems
}

// judge explains what is not right after a run.
func (r *rehearsal) judge(o *outcome) *Trial {
	t := &Trial{Recounted: o.recounted}
	ofWritten := slices.ContainsFunc(o.effects, func(e effect) bool { return r.written[model.Fold(e.table)] && !r.isDropped(e.table) })
	if len(o.missing) > 0 || ofWritten {
		t.DropLosses = r.lossesByDrop(o)
	}
	if len(t.DropLosses) == 0 {
		for _, m := range o.missing {
			t.Missing = append(t.Missing, r.explainMissing(m))
		}
	}
	for _, d := range o.remainder {
		t.Failures.Add(model.Position{File: r.file}, Anew, "in a transaction with foreign keys on, the migration makes another schema: %s", d)
	}
	return t
}

// explainMissing says what a table has lost, at the copy that lost it.
func (r *rehearsal) explainMissing(m missingContents) TableLoss {
	pos, fix := model.Position{File: r.file}, Anew
	if t := r.edit.Table(m.table); t != nil {
		pos = t.At.Pos
		if len(t.Copies) > 0 {
			pos, fix = t.Copies[0].At.Pos, copyAll
		}
	}
	message := "tried with rows in the tables, the migration loses " + strings.Join(m.what, ", ")
	return TableLoss{m.table, model.Problem{Pos: pos, Message: message, Fix: fix}}
}

// lossesByDrop explains the effects of each DROP TABLE on tables that stay.
func (r *rehearsal) lossesByDrop(o *outcome) model.Problems {
	var problems model.Problems
	for _, st := range r.statements {
		var deletes, changes []string
		for _, e := range o.effects {
			switch {
			case e.by != st || r.isDropped(e.table):
			case e.deletes:
				deletes = append(deletes, e.table)
			default:
				changes = append(changes, e.table)
			}
		}
		var verbs []string
		if len(deletes) > 0 {
			verbs = append(verbs, "deletes rows of "+strings.Join(deletes, ", "))
		}
		if len(changes) > 0 {
			verbs = append(verbs, "changes rows of "+strings.Join(changes, ", "))
		}
		if len(verbs) > 0 {
			problems.Add(st.Pos, Anew, "%s %s: in a transaction, and always on D1, foreign keys stay on",
				sqltext.Brief(st.SQL), strings.Join(verbs, ", and "))
		}
	}
	return problems
}

// isDropped reports whether the migration drops a table that it found.
func (r *rehearsal) isDropped(table string) bool {
	return r.before.Schema.Table(table) != nil && r.after.Schema.Table(table) == nil
}
