package lint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/migrate/transaction"
	"github.com/rowhouse/rowhouse/internal/model"
)

// copies looks at the statements by which a table that is rebuilt got its rows.
func (f *fileLint) copies(t *atlas.TableEdit) {
	for _, c := range t.Copies {
		if len(c.Omits) > 0 {
			clauses := strings.Join(c.Omits, ", ")
			f.find(RowsLeftOut, c.At.Pos, "copy without "+clauses+"; rows that are to go are deleted first, by a DELETE of their own",
				"the copy of table %q may leave rows out: it has %s", t.From.Name, clauses)
		}
		if len(c.Shifted) > 0 {
			f.find(ValuesShifted, c.At.Pos, "name the columns: INSERT INTO … ("+sqltext.QuoteAll(columnNames(t))+") SELECT …",
				"the copy of table %q puts values under other names, by their position: %s", t.From.Name, displacements(c.Shifted))
		}
	}
}

// columnNames returns the columns of a table that others may write.
func columnNames(t *atlas.TableEdit) []string {
	var names []string
	for _, c := range t.To.Columns {
		if !c.Generated && !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}

// displacements returns "those of a into b, those of b into a".
func displacements(all []atlas.Displaced) string {
	texts := make([]string, len(all))
	for i, d := range all {
		texts[i] = fmt.Sprintf("those of %s into %s", d.From, d.To)
	}
	return strings.Join(texts, ", ")
}

// explainsLoss reports whether what is found in the statements that copied a
// table says already that rows or values of it go.
func (f *fileLint) explainsLoss(table string) bool {
	t := f.Table(table)
	return t != nil && slices.ContainsFunc(t.Copies, func(c atlas.Copy) bool { return len(c.Omits)+len(c.Shifted) > 0 })
}

// transaction tries a file as other tools run it, in one transaction.
func (f *fileLint) transaction(ctx context.Context) error {
	t, err := plan.Try(ctx, f.Edit, slices.DeleteFunc(slices.Clone(f.Statements), transaction.IsOutside), true)
	if err != nil {
		return err
	}
	for _, m := range t.Missing {
		if !f.explainsLoss(m.Table) {
			f.find(OneTransaction, m.Problem.Pos, m.Problem.Fix, "%s", m.Problem.Message)
		}
	}
	for _, p := range slices.Concat(t.DropLosses, t.Failures) {
		if i := slices.IndexFunc(f.Tables, (*atlas.TableEdit).IsReplaced); i >= 0 && p.Pos.Line == 0 {
			p.Pos = f.Tables[i].At.Pos
		}
		f.find(OneTransaction, p.Pos, p.Fix, "%s", p.Message)
	}
	for _, name := range t.Recounted {
		if t := f.Table(name); t != nil {
			f.recounted(t, "it is rebuilt, and counts on from its last row")
		}
	}
	return nil
}

// uncounted finds tables that are no longer AUTOINCREMENT.
func (f *fileLint) uncounted(t *atlas.TableEdit) {
	if plan.Autoincrement(t.From) && !plan.Autoincrement(t.To) {
		f.recounted(t, "it is AUTOINCREMENT no longer")
	}
}

// recounted finds that a table gives out numbers which rows had that are
// deleted.
func (f *fileLint) recounted(t *atlas.TableEdit, why string) {
	pos := t.At.Pos
	if len(t.Copies) > 0 {
		pos = t.Copies[0].At.Pos
	}
	f.find(NumbersAgain, pos, "let rowhouse migrate diff write it, which takes along what sqlite_sequence says",
		"table %q may give out numbers again that deleted rows had: %s", t.To.Name, why)
}

// constraintsOfQuery finds what a table has lost that is made again by CREATE
// TABLE … AS SELECT.
func (f *fileLint) constraintsOfQuery(t *atlas.TableEdit) {
	if !t.FromQuery || t.From.Virtual || t.To.Virtual {
		return
	}
	if lost := lostConstraints(t); len(lost) > 0 {
		f.find(ConstraintLost, t.Copies[0].At.Pos, "write CREATE TABLE with its columns and constraints, and copy the rows by INSERT INTO … SELECT",
			"CREATE TABLE … AS SELECT keeps no constraint: table %q loses %s", t.To.Name, strings.Join(lost, "; "))
	}
}

// lostConstraints returns the keys, checks and references of a table that it
// has no longer, and what its columns said, as text.
func lostConstraints(t *atlas.TableEdit) []string {
	lost := plan.LostRules(t.From, t.To)
	for _, c := range t.Columns {
		if c.From == nil || c.To == nil {
			continue
		}
		var words []string
		if c.From.NotNull && !c.To.NotNull && !model.HasName(t.From.PrimaryKey, c.From.Name) {
			words = append(words, "NOT NULL")
		}
		if c.From.Default != "" && c.To.Default == "" {
			words = append(words, "DEFAULT "+c.From.Default)
		}
		if len(words) > 0 {
			lost = append(lost, strings.Join(words, " ")+" of "+c.To.Name)
		}
	}
	return lost
}
