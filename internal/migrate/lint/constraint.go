package lint

import (
	"context"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// referencesWithDefault finds columns that SQLite does not add to a table that
// has rows, since they would all reference something at once.
func (f *fileLint) referencesWithDefault(t *atlas.TableEdit) {
	if t.Rebuilt {
		return
	}
	for _, c := range t.Columns {
		if c.From == nil && c.To != nil && isConstant(c.To.Default) && !isNull(c.To) && isReference(t.To, c.To) {
			f.find(ComputedDefault, c.At.Pos, "add it without NOT NULL and the default, and fill it by an UPDATE; the schema may have them, rowhouse migrate diff rebuilds the table then",
				"column %s of table %q cannot be added once there are rows: it has REFERENCES and the default %s", c.To.Name, t.From.Name, c.To.Default)
		}
	}
}

// isReference reports whether a column is part of a foreign key.
func isReference(t *model.Table, c *model.Column) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(key *model.ForeignKey) bool { return model.HasName(key.Columns, c.Name) })
}

// isNull reports whether a column is NULL where nobody gives it a value.
func isNull(c *model.Column) bool {
	return !c.Generated && (c.Default == "" || model.Fold(sqltext.Unwrapped(c.Default)) == "null")
}

// isKnown reports whether rows that are there get the default as the value of
// a new column.
func isKnown(c *atlas.ColumnEdit) bool { return c.From == nil && !c.Computed && !c.To.Generated }

// columnOf returns what happens to the column of a table that is called so
// afterwards.
func columnOf(t *atlas.TableEdit, name string) *atlas.ColumnEdit {
	i := slices.IndexFunc(t.Columns, func(c *atlas.ColumnEdit) bool { return c.To != nil && model.Fold(c.To.Name) == model.Fold(name) })
	if i < 0 {
		return nil
	}
	return t.Columns[i]
}

// uniqueOfNew finds unique indexes whose columns are all new, which Atlas
// takes for empty: they are not where they have a default, or are computed.
func (f *fileLint) uniqueOfNew(t *atlas.TableEdit) {
	for _, index := range t.To.Indexes {
		if !index.Unique || index.Origin == model.OriginPrimaryKey || hadIndex(t.From, index) {
			continue
		}
		what := "index " + index.Name
		if index.Origin == model.OriginUnique {
			what = "UNIQUE (" + sqltext.QuoteAll(indexNames(index)) + ")"
		}
		if format := uniquenessOfNew(t, index); format != "" {
			f.find(UniqueAdded, f.MadeIndex(t, index.Name).Pos, atlasFixes[UniqueAdded.Code], format, what, t.To.Name, termsOf(index))
		}
	}
}

// uniquenessOfNew says what becomes of a unique index; "" where Atlas says it,
// the file fills a column, or one is NULL.
func uniquenessOfNew(t *atlas.TableEdit, index *model.Index) string {
	format := "adding unique %s on table %q fails once there are two rows: %s has the same value in all of them"
	for _, term := range index.Columns {
		c := columnOf(t, term.Name)
		switch {
		case term.Name == "" || c != nil && c.From == nil && c.To.Generated:
			format = "adding unique %s on table %q might fail in case %s contains duplicate entries"
		case c == nil || !isKnown(c) || isNull(c.To):
			return ""
		}
	}
	return format
}

// termsOf names the terms of an index.
func termsOf(index *model.Index) string {
	names := indexNames(index)
	for i, name := range names {
		if name == "" {
			names[i] = "an expression"
		}
	}
	return strings.Join(names, ", ")
}

// hadIndex reports whether a table had such an index before.
func hadIndex(t *model.Table, index *model.Index) bool {
	return slices.ContainsFunc(t.Indexes, func(old *model.Index) bool {
		return old.Unique && (index.SQL != "" && sqltext.NormalNames(old.SQL) == sqltext.NormalNames(index.SQL) ||
			index.SQL == "" && old.SQL == "" && old.Origin == index.Origin && model.FoldAll(indexNames(old)) == model.FoldAll(indexNames(index)))
	})
}

// newConstraints finds keys, checks and references that a table has not had,
// and that rows which are there may break.
func (f *fileLint) newConstraints(ctx context.Context, t *atlas.TableEdit) error {
	if t.To.Virtual || f.deletesFrom(t) {
		return nil
	}
	f.newKey(t)
	for _, key := range t.To.ForeignKeys {
		f.newReference(t, key)
	}
	return f.newChecks(ctx, t)
}

// deletesFrom reports whether the file deletes rows of a table: those that are
// in the way, for all that anybody can tell.
func (f *fileLint) deletesFrom(t *atlas.TableEdit) bool {
	return slices.ContainsFunc(f.Statements, func(st atlas.Statement) bool {
		if st.SQL[0] != 'D' && st.SQL[0] != 'd' && st.SQL[0] != 'W' && st.SQL[0] != 'w' {
			return false // neither DELETE nor WITH: there may be thousands of them
		}
		tree, _ := parser.Options{UpdateDeleteLimit: true}.ParseStatement(st.SQL)
		n, ok := tree.(*ast.DeleteStmt)
		return ok && (strings.EqualFold(n.Table.Name.Name, t.From.Name) || strings.EqualFold(n.Table.Name.Name, t.To.Name))
	})
}

func (f *fileLint) constraint(t *atlas.TableEdit, at atlas.Statement, does, what string) {
	f.find(NewConstraint, at.Pos, "correct or delete such rows before, and say so: -- atlas:nolint "+NewConstraint.Code,
		"table %q gets %s, which %s", t.To.Name, what, does)
}

const mayBreak = "rows that are there may break"

// newKey finds a primary key of columns that were not unique.
func (f *fileLint) newKey(t *atlas.TableEdit) {
	key := t.To.PrimaryKey
	if len(key) == 0 || t.To.RowidKey() && isAdded(t, key[0]) {
		return
	}
	unique := [][]string{t.From.PrimaryKey}
	for _, index := range t.From.Indexes {
		if index.Unique && index.Where == "" {
			unique = append(unique, indexNames(index))
		}
	}
	isIn := func(columns []string) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool { return !model.HasName(key, nameAfter(t, name)) })
	}
	if !slices.ContainsFunc(unique, isIn) && !f.isFilled(t, key) {
		f.constraint(t, t.At, mayBreak, "PRIMARY KEY ("+sqltext.QuoteAll(key)+")")
	}
}

func isAdded(t *atlas.TableEdit, column string) bool {
	c := columnOf(t, column)
	return c != nil && c.From == nil
}

// isFilled reports whether the file computes values for one of the columns:
// such that fit, for all that anybody can tell.
func (f *fileLint) isFilled(t *atlas.TableEdit, columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool {
		c := columnOf(t, name)
		return c != nil && c.Computed
	})
}

// newReference finds a foreign key that the table has not had, unless one of
// its columns is NULL in all rows.
func (f *fileLint) newReference(t *atlas.TableEdit, key *model.ForeignKey) {
	at := t.At
	for _, name := range key.Columns {
		c := columnOf(t, name)
		switch {
		case c == nil:
		case isKnown(c) && (isNull(c.To) || !t.Rebuilt): // or told by referencesWithDefault
			return
		case len(key.Columns) == 1 && !t.Rebuilt:
			at = c.At
		}
	}
	if !f.hadReference(t, key) && !f.isFilled(t, key.Columns) {
		f.constraint(t, at, mayBreak, "FOREIGN KEY ("+sqltext.QuoteAll(key.Columns)+") REFERENCES "+sqltext.Quote(key.Table))
	}
}

// hadReference reports whether a table had a foreign key, under the names that
// all have now.
func (f *fileLint) hadReference(t *atlas.TableEdit, key *model.ForeignKey) bool {
	return slices.ContainsFunc(t.From.ForeignKeys, func(old *model.ForeignKey) bool {
		table, columns, target := old.Table, slices.Clone(old.Columns), slices.Clone(old.RefColumns)
		for i, name := range columns {
			columns[i] = nameAfter(t, name)
		}
		if parent := f.Table(old.Table); parent != nil && parent.To != nil {
			table = parent.To.Name
			for i, name := range target {
				target[i] = nameAfter(parent, name)
			}
		}
		return model.Fold(table) == model.Fold(key.Table) && model.FoldAll(columns) == model.FoldAll(key.Columns) &&
			model.FoldAll(target) == model.FoldAll(key.RefColumns)
	})
}

// newChecks finds conditions that a table has not had, unless they are about
// columns that are new too, and hold for the defaults of these.
func (f *fileLint) newChecks(ctx context.Context, t *atlas.TableEdit) error {
	for _, check := range t.To.Checks {
		if hadCheck(t, check) {
			continue
		}
		columns := columnsIn(t, check.Expr)
		what := "CHECK (" + sqltext.Plain(check.Expr) + ")"
		switch {
		case len(columns) == 0 || slices.ContainsFunc(columns, func(c *atlas.ColumnEdit) bool { return c.Computed }):
		case slices.ContainsFunc(columns, func(c *atlas.ColumnEdit) bool { return !isKnown(c) }):
			f.constraint(t, addedBy(t, columns), mayBreak, what)
		default:
			holds, err := holdsForDefaults(ctx, columns, check.Expr)
			if err != nil {
				return err
			}
			if !holds {
				f.constraint(t, addedBy(t, columns), "every row that is there breaks", what)
			}
		}
	}
	return nil
}

// columnsIn returns the columns of a table that a condition mentions.
func columnsIn(t *atlas.TableEdit, condition string) []*atlas.ColumnEdit {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c *atlas.ColumnEdit) bool {
		return c.To == nil || !sqltext.Mentions(condition, map[string]bool{model.Fold(c.To.Name): true})
	})
}

// addedBy returns the statement that adds a condition: with one of its
// columns, or with the table.
func addedBy(t *atlas.TableEdit, columns []*atlas.ColumnEdit) atlas.Statement {
	for _, c := range columns {
		if c.From == nil && !t.Rebuilt {
			return c.At
		}
	}
	return t.At
}

// holdsForDefaults reports whether a condition is not false where columns have
// their defaults, or whether that cannot be said, since it calls a function of
// some program's own.
func holdsForDefaults(ctx context.Context, columns []*atlas.ColumnEdit, condition string) (bool, error) {
	db, err := database.Memory(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = db.Close() }()
	var values []string
	for _, c := range columns {
		value := "NULL"
		if !isNull(c.To) {
			value = "(" + c.To.Default + ")"
		}
		values = append(values, value+" AS "+sqltext.Quote(c.To.Name))
	}
	breaks := false
	err = db.Row(ctx, "SELECT coalesce(NOT ("+condition+"), 0) FROM (SELECT "+strings.Join(values, ", ")+")", nil, &breaks)
	return err != nil || !breaks, nil
}

// hadCheck reports whether a table had a condition, or one that is stricter.
func hadCheck(t *atlas.TableEdit, check model.Check) bool {
	return slices.ContainsFunc(t.From.Checks, func(old model.Check) bool {
		before := renamed(t, old.Expr)
		return sqltext.NormalNames(sqltext.Unwrapped(before)) == sqltext.NormalNames(sqltext.Unwrapped(check.Expr)) || isWider(before, check.Expr)
	})
}

// renamed returns an expression under the names that columns have now.
func renamed(t *atlas.TableEdit, expr string) string {
	e := sqltext.Edits{SQL: expr}
	for _, word := range sqltext.Tokens(expr) {
		name := model.Unquote(word.Text(expr))
		if after := nameAfter(t, name); after != name && word.Text(expr)[0] != '\'' {
			e.Add(word.Pos, word.End, sqltext.Quote(after))
		}
	}
	return e.Apply()
}

// isWider reports whether two conditions say that something is in a list, and
// all that is in the first list is in the second.
func isWider(before, after string) bool {
	old, oldValues := listed(before)
	subject, values := listed(after)
	return subject != "" && old == subject && !slices.ContainsFunc(oldValues, func(v string) bool { return !slices.Contains(values, v) })
}

// listed returns what a condition says is in a list, and the list; "" where it
// says anything else.
func listed(condition string) (subject string, values []string) {
	const head = "SELECT "
	tree, _ := parser.Options{}.ParseStatement(head + sqltext.Unwrapped(condition))
	query, ok := tree.(*ast.SelectStmt)
	if !ok {
		return "", nil
	}
	core, ok := query.Cores[0].(*ast.SelectQuery)
	if !ok {
		return "", nil
	}
	in, ok := core.Columns[0].Expr.(*ast.InExpr)
	if !ok || in.Not || len(in.List) == 0 {
		return "", nil
	}
	text := func(n ast.Node) string { return (head + sqltext.Unwrapped(condition))[n.Pos():n.End()] }
	for _, value := range in.List {
		values = append(values, text(value))
	}
	return sqltext.NormalNames(text(in.X)), values
}
