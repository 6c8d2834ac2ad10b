package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// sampleRows is how many rows a table gets: some that differ in every column,
// and a last one with as many NULLs as it may have, which references what the
// first one does.
const sampleRows = 4

// sampleSequence is where the numbers of an AUTOINCREMENT table have come to
// in the sample: further than its last row.
const sampleSequence = 1000

// fill puts rows into tables, named by folded names; nil for all. Row i of a
// table references row i of its parents, whether or not these are filled.
//
// Values satisfy the CHECK constraints where trying finds some that do.
// Otherwise the rows violate them, and the connection is left to ignore them.
func fill(ctx context.Context, db *database.DB, schema *model.Schema, names []string) error {
	return newSampler(db, schema).fill(ctx, names, sampleRows)
}

// cell is a column of one of the rows.
type cell struct {
	column *model.Column
	row    int
}

// sampler makes rows.
type sampler struct {
	db      *database.DB
	schema  *model.Schema
	tables  map[string]*model.Table
	choices map[cell]int                  // which of its values a column takes: see values
	left    map[*model.Table]map[int]bool // the rows that a table refused

	// What the tables will be, if that is known, and an empty database that
	// has them: rows that satisfy both are better than those that do not.
	later    map[string]*model.Table // by the folded names of today
	laterDB  *database.DB
	laterCol func(table, column string) string // the column's name today
}

func newSampler(db *database.DB, schema *model.Schema) *sampler {
	return &sampler{db: db, schema: schema, tables: tablesByName(schema), choices: map[cell]int{}, left: map[*model.Table]map[int]bool{}}
}

// fill inserts the first rows of the sample. The last one is that with NULLs.
func (s *sampler) fill(ctx context.Context, names []string, rows int) error {
	for _, pragma := range []string{"foreign_keys = OFF", "ignore_check_constraints = OFF"} {
		if err := s.db.Exec(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	if err := s.withoutTriggers(ctx, func() error { return s.fillAll(ctx, names, rows) }); err != nil {
		return err
	}
	return s.db.Exec(ctx, "PRAGMA foreign_keys = ON")
}

// withoutTriggers calls f while there are no triggers: they may refuse rows,
// or change them.
func (s *sampler) withoutTriggers(ctx context.Context, f func() error) error {
	var triggers []dependent
	err := s.db.Query(ctx, func(scan func(...any) error) error {
		d := dependent{kind: Trigger}
		if err := scan(&d.name, &d.sql); err != nil {
			return err
		}
		triggers = append(triggers, d)
		return nil
	}, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
	if err != nil {
		return err
	}
	for _, t := range triggers {
		if err := s.db.Exec(ctx, "DROP TRIGGER "+sqltext.Quote(t.name)); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	for _, t := range triggers {
		if err := s.db.Exec(ctx, t.sql); err != nil {
			return err
		}
	}
	return nil
}

func (s *sampler) fillAll(ctx context.Context, names []string, rows int) error {
	ordered, _ := parentsFirst(s.schema.Tables)
	for _, t := range ordered {
		if names != nil && !slices.Contains(names, model.Fold(t.Name)) {
			continue
		}
		if err := s.fillTable(ctx, t, rows); err != nil {
			return fmt.Errorf("sample table %s: %w", t.Name, err)
		}
	}
	return nil
}

// fillTable inserts the rows of one table. A virtual table that takes none of
// them stays empty.
func (s *sampler) fillTable(ctx context.Context, t *model.Table, rows int) error {
	s.left[t] = map[int]bool{}
	for i := range rows {
		if !s.choose(ctx, t, i) && i == 0 && !t.Virtual {
			if err := s.db.Exec(ctx, "PRAGMA ignore_check_constraints = ON"); err != nil {
				return err
			}
		}
		// A row that is refused is one that cannot be there: a second NULL in
		// a key, a second row of a table that may have but one.
		s.left[t][i] = s.insert(ctx, s.db, t, t, i) != nil
	}
	if Autoincrement(t) {
		return s.db.Exec(ctx, "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", sampleSequence, t.Name)
	}
	return nil
}

// maxTries bounds the search for values that satisfy all constraints of a
// table.
const maxTries = 2000

// choose finds values for the columns of a row that constraints and
// expressions mention, by trying. It reports whether there are some.
func (s *sampler) choose(ctx context.Context, t *model.Table, row int) bool {
	later := s.later[model.Fold(t.Name)]
	return later != nil && s.search(ctx, t, later, row) || s.search(ctx, t, nil, row)
}

// search tries values until the table takes a row, and the one that it will
// be too, if there is one.
func (s *sampler) search(ctx context.Context, t, later *model.Table, row int) bool {
	var cells []cell
	var limits []int
	for _, c := range s.constrained(t) {
		cells, limits = append(cells, cell{c, row}), append(limits, len(s.values(t, c, row)))
	}
	for _, c := range cells {
		s.choices[c] = 0
	}
	for range maxTries {
		if s.fits(ctx, s.db, t, t, row) && (later == nil || s.fits(ctx, s.laterDB, t, later, row)) {
			return true
		}
		if !s.next(cells, limits) {
			break
		}
	}
	return false
}

// next moves on to the next combination of choices, as an odometer does.
func (s *sampler) next(cells []cell, limits []int) bool {
	for i, c := range cells {
		if s.choices[c]++; s.choices[c] < limits[i] {
			return true
		}
		s.choices[c] = 0
	}
	return false
}

// fits reports whether a table takes a row of another one; it is not kept.
func (s *sampler) fits(ctx context.Context, db *database.DB, t, into *model.Table, row int) bool {
	if db.Exec(ctx, "SAVEPOINT sample_row") != nil {
		return false
	}
	err := s.insert(ctx, db, t, into, row)
	if db.Exec(ctx, "ROLLBACK TO sample_row") != nil || db.Exec(ctx, "RELEASE sample_row") != nil {
		return false
	}
	return err == nil
}

// insert inserts row i of a table into itself, or into what it will be.
func (s *sampler) insert(ctx context.Context, db *database.DB, t, into *model.Table, i int) error {
	var names, marks []string
	var values []any
	for _, c := range into.Columns {
		today := c
		if into != t {
			today = t.Column(s.laterCol(into.Name, c.Name))
		}
		if c.Generated || c.Hidden || today == nil {
			continue
		}
		names, marks = append(names, sqltext.Quote(c.Name)), append(marks, "?")
		values = append(values, s.value(t, today, i, 0))
	}
	return db.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
		sqltext.Quote(into.Name), strings.Join(names, ", "), strings.Join(marks, ", ")), values...)
}

// maxDepth bounds how far a value is followed through foreign keys that form
// a circle.
const maxDepth = 32

// value returns the value of a column in row i: that of the column it
// references, if there is one.
func (s *sampler) value(t *model.Table, c *model.Column, i, depth int) any {
	last := i == sampleRows-1
	if last && !c.NotNull && !model.HasName(t.PrimaryKey, c.Name) && depth == 0 {
		return nil
	}
	for _, key := range t.ForeignKeys {
		at := slices.IndexFunc(key.Columns, func(name string) bool { return model.Fold(name) == model.Fold(c.Name) })
		parent := s.tables[model.Fold(key.Table)]
		if at < 0 || at >= len(key.RefColumns) || parent == nil || depth == maxDepth {
			continue
		}
		target := parent.Column(key.RefColumns[at])
		if target == nil || target == c {
			continue
		}
		if target.Generated { // which value it has is for the database to say
			return nil
		}
		if last && !model.HasName(t.PrimaryKey, c.Name) || s.left[parent][i] {
			i = 0
		}
		return s.value(parent, target, i, depth+1)
	}
	values := s.values(t, c, i)
	return values[min(s.choices[cell{c, i}], len(values)-1)]
}

// values returns the values that a column of row i may have, the likeliest
// first: one of its type, those that constraints name, some that are often
// asked for.
func (s *sampler) values(t *model.Table, c *model.Column, i int) []any {
	n := int64(i + 1)
	var values []any
	switch upper := strings.ToUpper(c.Type); {
	case strings.Contains(upper, "INT"):
		values = append(values, n)
	case strings.Contains(upper, "CHAR"), strings.Contains(upper, "CLOB"), strings.Contains(upper, "TEXT"):
		values = append(values, fmt.Sprintf("%s %d", c.Name, n))
	case strings.Contains(upper, "BLOB"):
		values = append(values, fmt.Appendf(nil, "\x00%d", n))
	case strings.Contains(upper, "REAL"), strings.Contains(upper, "FLOA"), strings.Contains(upper, "DOUB"):
		values = append(values, float64(n)+0.5)
	case t.Virtual:
		values = append(values, fmt.Sprintf("%s %d", c.Name, n), n)
	default:
		values = append(values, n)
	}
	if !s.isConstrained(t, c) {
		return values
	}
	for _, literal := range s.literals(t) {
		values = append(values, literal)
		if number, ok := literal.(int64); ok {
			values = append(values, number+n, number-n)
		}
	}
	return append(values, int64(0), fmt.Sprintf(`{"n": %d}`, n), fmt.Sprintf("a%d@example.com", n),
		fmt.Sprintf("2026-01-%02d 00:00:00", n), strings.Repeat("x", 31+i), float64(n)/10, fmt.Appendf(nil, "%d", n))
}

// constrained returns the columns that a CHECK, a generated column or the
// expression of an index mentions.
func (s *sampler) constrained(t *model.Table) []*model.Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c *model.Column) bool { return !s.isConstrained(t, c) })
}

func (s *sampler) isConstrained(t *model.Table, c *model.Column) bool {
	if c.Generated {
		return false
	}
	name := map[string]bool{model.Fold(c.Name): true}
	return t.Virtual || slices.ContainsFunc(s.conditions(t), func(sql string) bool { return sqltext.Mentions(sql, name) })
}

// conditions returns the expressions that decide which rows a table takes,
// today and later.
func (s *sampler) conditions(t *model.Table) []string {
	found := conditions(t)
	if later := s.later[model.Fold(t.Name)]; later != nil {
		found = append(found, conditions(later)...)
	}
	return found
}

func conditions(t *model.Table) []string {
	var found []string
	for _, check := range t.Checks {
		found = append(found, check.Expr)
	}
	if slices.ContainsFunc(t.Columns, func(c *model.Column) bool { return c.Generated }) {
		found = append(found, t.SQL)
	}
	for _, index := range t.Indexes {
		if slices.ContainsFunc(index.Columns, func(c model.IndexColumn) bool { return c.Name == "" }) {
			found = append(found, index.SQL)
		}
	}
	return found
}

// maxLiterals bounds the values to try for one column.
const maxLiterals = 40

// literals returns the numbers and texts in a table's conditions.
func (s *sampler) literals(t *model.Table) []any {
	var found []any
	for _, sql := range s.conditions(t) {
		for _, word := range sqltext.Tokens(sql) {
			text := word.Text(sql)
			var n int64
			switch {
			case len(found) == maxLiterals:
			case word.Kind == token.STRING && text[0] == '\'':
				found = append(found, model.Unquote(text))
			case word.Kind == token.INTEGER:
				if _, err := fmt.Sscan(text, &n); err == nil {
					found = append(found, n)
				}
			}
		}
	}
	return found
}
