package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/model"
)

// queryOfDeleted looks for tables with deleted rows that a query reads
// without a condition on them.
func (l *linter) queryOfDeleted(q *model.Query) {
	for _, r := range l.unconditioned(q.Text) {
		l.find(ReadsDeleted, q.At(r.offset), l.deletedFix(r)+", or say -- "+markPrefix+withDeleted,
			"query %s reads deleted rows of %q", q.Name, r.table)
	}
}

// viewOfDeleted looks for the same in a view that does not show which of its
// rows are deleted, so that no query can leave them out.
func (l *linter) viewOfDeleted(v *model.View) {
	shows := slices.ContainsFunc(v.Columns, func(c *model.Column) bool { return strings.EqualFold(c.Name, l.Options.SoftDelete) })
	if shows {
		return
	}
	for _, r := range l.unconditioned(v.SQL) {
		l.find(ReadsDeleted, v.Pos, l.deletedFix(r), "view %q shows deleted rows of %q", v.Name, r.table)
	}
}

func (l *linter) deletedFix(r reading) string {
	return fmt.Sprintf("add AND %s.%s IS NULL", quoted(r.alias), quoted(l.Options.SoftDelete))
}

// unconditioned returns the references of a statement to tables and views
// with deleted rows, where no condition is about the column that marks them.
func (l *linter) unconditioned(text string) []reading {
	tree, err := parser.ParseStatement(text)
	if err != nil {
		return nil // who prepares the statement says so
	}
	var found []reading
	for _, b := range blocks(tree, l.Options.SoftDelete) {
		for _, ref := range b.refs {
			if !b.excused && l.hasDeleted(ref.table) && !b.conditioned(ref.alias) {
				found = append(found, ref.reading)
			}
		}
	}
	return found
}

// hasDeleted reports whether a table or view has the column that marks
// deleted rows.
func (l *linter) hasDeleted(name string) bool {
	if t := l.Schema.Table(name); t != nil {
		return t.Column(l.Options.SoftDelete) != nil
	}
	v := l.Schema.View(name)
	return v != nil && slices.ContainsFunc(v.Columns, func(c *model.Column) bool {
		return strings.EqualFold(c.Name, l.Options.SoftDelete)
	})
}
