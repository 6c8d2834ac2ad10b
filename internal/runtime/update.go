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

// updateRow runs a generated UPDATE with the caller's changes and returns the
// row as it is then. Of the statement's own arguments, the first keys ones
// are those of table.get.
func updateRow[R any](ctx context.Context, s *session, t *table[R], statement string, changes []Change[R], keys int, args ...any) (*R, error) {
	const op = "update"
	plain := make([]change, len(changes))
	for i, c := range changes {
		plain[i] = c.change
	}
	u := &changeWriter{args: slices.Clip(args), positions: map[string]int{}}
	if err := u.write(t.name, plain); err != nil {
		return nil, err
	}
	text := strings.Replace(statement, changesMark, u.set.String(), 1)
	text = strings.Replace(text, referencesMark, u.tests.String(), 1)

	var r R
	err := t.scan(s.queryRow(ctx, text, u.args...), &r)
	if errors.Is(err, sql.ErrNoRows) && len(u.referencing) > 0 {
		if t.scan(s.queryRow(ctx, t.get, args[:keys]...), &r) == nil {
			return nil, refused(op, t.name, strings.Join(u.referencing, ", "), err)
		}
	}
	if err != nil {
		return nil, failed(op, t.name, err)
	}
	return &r, nil
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
