package runtime

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Change is what Update does to one column of a row R. The zero value is ErrInvalid.
type Change[R any] struct{ change }

type change struct {
	column     string
	value      any
	references []*reference
}

// reference is a foreign key whose new values must name a row of the scope.
// The same statement that writes them tests it.
type reference struct {
	table   string
	columns []string
	test    string // with {0}, {1}, … for the values of columns
}

// The marks in a generated UPDATE at which the caller's changes, and the
// tests of the references among them, are filled in.
const (
	changesMark    = "/* changes */"
	referencesMark = "/* references */"
)

// plain are the changes without their type.
func plain[R any](changes []Change[R]) []change {
	list := make([]change, len(changes))
	for i, c := range changes {
		list[i] = c.change
	}
	return list
}

// updateRow runs a generated UPDATE with the caller's changes and scans the
// row as it is then into fields. Of the statement's own arguments, the first
// keys ones are those of table.get.
func updateRow(ctx context.Context, s *session, t *table, statement string, changes []change, fields []any, keys int, args ...any) error {
	const op = "update"
	u := &changeWriter{args: slices.Clip(args), positions: map[string]int{}}
	if err := u.write(t.name, changes); err != nil {
		return err
	}
	text := strings.Replace(statement, changesMark, u.set.String(), 1)
	text = strings.Replace(text, referencesMark, u.tests.String(), 1)
	err := s.queryRow(ctx, text, u.args...).Scan(fields...)
	if errors.Is(err, sql.ErrNoRows) && len(u.referencing) > 0 {
		if s.queryRow(ctx, t.get, args[:keys]...).Scan(fields...) == nil {
			return refused(op, t.name, strings.Join(u.referencing, ", "), err)
		}
	}
	return failed(op, t.name, err)
}

// changeWriter writes the SET list and the reference tests of an UPDATE.
type changeWriter struct {
	set, tests  strings.Builder
	args        []any
	positions   map[string]int // column → number of its parameter
	referencing []string       // columns whose reference is tested
}

func (u *changeWriter) write(table string, changes []change) error {
	for i, c := range changes {
		if c.column == "" || u.positions[c.column] > 0 {
			return invalid("update", table, "zero or repeated Change "+c.column)
		}
		u.args = append(u.args, c.value)
		u.positions[c.column] = len(u.args)
		if i > 0 {
			u.set.WriteString(", ")
		}
		u.set.WriteString(c.column + " = " + placeholder(len(u.args)))
	}
	tested := map[*reference]bool{}
	for _, c := range changes {
		for _, r := range c.references {
			if !tested[r] {
				tested[r] = true
				u.test(r)
				u.referencing = append(u.referencing, c.column)
			}
		}
	}
	return nil
}

// test writes the test of the row as it will be: new values where the caller
// changes a column, the row's own elsewhere.
func (u *changeWriter) test(r *reference) {
	text := r.test
	for i, column := range r.columns {
		value := r.table + "." + column
		if position := u.positions[column]; position > 0 {
			value = placeholder(position)
		}
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", value)
	}
	u.tests.WriteString("\n  AND " + text)
}
