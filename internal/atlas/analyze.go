package atlas

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlite"
	_ "ariga.io/atlas/sql/sqlite/sqlitecheck" // registers the analyzers for SQLite

	"github.com/rowhouse/rowhouse/internal/model"
)

// Analyzers are Atlas's analyzers for SQLite, with the codes of what they
// find.
var Analyzers = map[string][]string{
	"destructive":  {"DS101", "DS102", "DS103"},
	"data_depend":  {"MF101", "MF102", "MF103", "MF104", "LT101"},
	"condrop":      {"CD101"},
	"incompatible": {"BC101", "BC102"},
}

// Diagnostic is one thing that an analyzer found.
type Diagnostic struct {
	Code string // "DS102"
	Text string // "dropping table "user""
	At   Statement
}

// Analyze has Atlas's analyzers judge what a migration does.
//
// They do not get to see each statement's own effect, which would mean to
// inspect the schema after each, but what the whole file changes, every
// change with the statement that makes it. So a column that is added and
// dropped again is none, and a table that is rebuilt is changed.
func Analyze(ctx context.Context, e *Edit) ([]Diagnostic, error) {
	a := &analysis{edit: e, schema: schema.New("main")}
	if err := a.compare(); err != nil {
		return nil, fmt.Errorf("analyze %s: %w", e.File.Name, err)
	}
	analyzers, err := sqlcheck.AnalyzerFor(sqlite.DriverName, nil)
	if err != nil {
		return nil, fmt.Errorf("analyze %s: %w", e.File.Name, err)
	}
	for _, analyzer := range analyzers {
		// One without a name merges the statements of a rebuild, which are
		// one change here already.
		if _, named := analyzer.(sqlcheck.NamedAnalyzer); named {
			_ = analyzer.Analyze(ctx, a.pass()) // says again that there are diagnostics
		}
	}
	return a.found, nil
}

// analysis turns an edit into what the analyzers read, and what they report
// into diagnostics.
type analysis struct {
	edit    *Edit
	schema  *schema.Schema
	changes []*change
	found   []Diagnostic
}

// change is one change of the schema and the statement that makes it.
type change struct {
	schema.Change
	table *schema.Table // of which it changes a part; nil for one about a whole table
	at    Statement
}

// compare lists the changes.
func (a *analysis) compare() error {
	for _, t := range a.edit.Tables {
		switch {
		case t.From == nil:
			a.add(&schema.AddTable{T: a.after(t.To)}, nil, t.At)
		case t.To == nil:
			a.add(&schema.DropTable{T: a.after(t.From)}, nil, t.At)
		default:
			if err := a.compareTable(t); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(a.changes, func(x, y *change) int { return cmp.Compare(x.rank(), y.rank()) })
	return nil
}

func (a *analysis) add(c schema.Change, table *schema.Table, at Statement) {
	a.changes = append(a.changes, &change{c, table, at})
}

// rank orders changes. Atlas takes what is dropped after it was added for
// temporary: what the file drops was there before, so that comes first.
func (c *change) rank() int {
	switch c.Change.(type) {
	case *schema.DropTable, *schema.DropColumn:
		return 0
	case *schema.RenameTable, *schema.RenameColumn:
		return 1
	}
	return 2
}

// after converts a table under its own names.
func (a *analysis) after(t *model.Table) *schema.Table {
	c := &converter{a.schema, asTheyAre}
	return c.convert(t)
}

// compareTable lists the changes of one table. Its columns that are dropped
// are compared under names that no other has, for one of the same name may
// have been added.
func (a *analysis) compareTable(t *TableEdit) error {
	from := (&converter{a.schema, naming{a.tableName, a.columnName}}).convert(t.From)
	to := a.after(t.To)
	for _, c := range t.Columns {
		if c.From == nil && t.Rebuilt && c.Computed {
			column, _ := to.Column(c.To.Name)
			column.SetDefault(&schema.RawExpr{X: "COMPUTED"}) // the copy gives every row a value
		}
	}
	changes, err := sqlite.DefaultDiff.TableDiff(from, to)
	if err != nil {
		return err
	}
	for _, column := range from.Columns {
		if name, dropped := strings.CutSuffix(column.Name, droppedMark); dropped {
			column.Name = name
		}
	}
	a.renames(t, to)
	for _, c := range changes {
		if key, ok := c.(*schema.DropForeignKey); !ok || !t.dropsColumnOf(key.F) {
			a.add(c, to, a.statementOf(t, c))
		}
	}
	return nil
}

// dropsColumnOf reports whether a foreign key goes because a column of it
// does, which says all.
func (t *TableEdit) dropsColumnOf(key *schema.ForeignKey) bool {
	return slices.ContainsFunc(key.Columns, func(column *schema.Column) bool {
		return slices.ContainsFunc(t.Columns, func(c *ColumnEdit) bool {
			return c.To == nil && c.From.Name == column.Name
		})
	})
}

// renames lists the renames of a table and its columns.
func (a *analysis) renames(t *TableEdit, to *schema.Table) {
	if model.Fold(t.From.Name) != model.Fold(t.To.Name) {
		at := t.At
		if t.renamed != nil {
			at = t.renamed.exported()
		}
		a.add(&schema.RenameTable{From: schema.NewTable(t.From.Name).SetSchema(a.schema), To: to}, nil, at)
	}
	for _, c := range t.Columns {
		if c.From != nil && c.To != nil && model.Fold(c.From.Name) != model.Fold(c.To.Name) {
			column, _ := to.Column(c.To.Name)
			a.add(&schema.RenameColumn{From: schema.NewColumn(c.From.Name), To: column}, to, c.At)
		}
	}
}

// droppedMark ends the name under which a dropped column is compared.
const droppedMark = "\x00"

// tableName returns what a table of before is called after the file.
func (a *analysis) tableName(name string) string {
	if t := a.edit.Table(name); t != nil && t.To != nil {
		return t.To.Name
	}
	return name
}

// columnName returns what a column of before is called after the file.
func (a *analysis) columnName(table, name string) string {
	t := a.edit.Table(table)
	if t == nil || t.To == nil {
		return name
	}
	switch c := t.Column(name); {
	case c == nil:
		return name
	case c.To == nil:
		return name + droppedMark
	default:
		return c.To.Name
	}
}

// statementOf returns the statement that makes a change of a table.
func (a *analysis) statementOf(t *TableEdit, c schema.Change) Statement {
	switch c := c.(type) {
	case *schema.AddColumn:
		return t.after(c.C.Name).At
	case *schema.ModifyColumn:
		return t.after(c.To.Name).At
	case *schema.DropColumn:
		return t.Column(c.C.Name).At
	case *schema.AddIndex:
		return a.edit.MadeIndex(t, c.I.Name)
	case *schema.ModifyIndex:
		return a.edit.MadeIndex(t, c.To.Name)
	case *schema.DropIndex:
		return a.edit.DroppedIndex(t, c.I.Name)
	}
	return t.At
}

// after returns what happens to the column that is called name in the end.
func (t *TableEdit) after(name string) *ColumnEdit {
	i := slices.IndexFunc(t.Columns, func(c *ColumnEdit) bool { return c.To != nil && c.To.Name == name })
	if i < 0 {
		return &ColumnEdit{At: t.At}
	}
	return t.Columns[i]
}

// pass hands the changes to one analyzer. Their positions are indexes of the
// changes, by which the reports lead back to them.
func (a *analysis) pass() *sqlcheck.Pass {
	file := &sqlcheck.File{File: migrate.NewLocalFile(a.edit.File.Name, nil), Parser: answers{a}}
	for i, c := range a.changes {
		changes := schema.Changes{c.Change}
		if c.table != nil {
			changes = schema.Changes{&schema.ModifyTable{T: c.table, Changes: changes}}
		}
		file.Changes = append(file.Changes, &sqlcheck.Change{Changes: changes, Stmt: &migrate.Stmt{Pos: i, Text: c.at.SQL}})
	}
	return &sqlcheck.Pass{File: file, Reporter: sqlcheck.ReportWriterFunc(a.report)}
}

// report notes what an analyzer found.
func (a *analysis) report(r sqlcheck.Report) {
	for _, d := range r.Diagnostics {
		a.found = append(a.found, Diagnostic{
			Code: d.Code,
			Text: strings.ToLower(d.Text[:1]) + d.Text[1:],
			At:   a.changes[d.Pos].at,
		})
	}
}
