package lint

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// columnsRenamed finds columns that are dropped while another of the same
// type is added and given no values: a rename, for all that anybody can tell.
func (f *fileLint) columnsRenamed(t *atlas.TableEdit) {
	taken := map[*atlas.ColumnEdit]bool{}
	for _, dropped := range t.Columns {
		if dropped.To != nil {
			continue
		}
		i := slices.IndexFunc(t.Columns, func(added *atlas.ColumnEdit) bool {
			return added.From == nil && !taken[added] && !added.Computed && !added.To.Generated && model.Fold(added.To.Type) == model.Fold(dropped.From.Type) &&
				model.Fold(added.To.Name) != model.Fold(dropped.From.Name)
		})
		if i < 0 {
			continue
		}
		added := t.Columns[i]
		taken[added] = true
		f.find(LooksRenamed, added.At.Pos, `if it is a rename, write ALTER TABLE `+sqltext.Quote(t.From.Name)+` RENAME COLUMN `+
			sqltext.Quote(dropped.From.Name)+` TO `+sqltext.Quote(added.To.Name)+`, or put "-- atlas:renamed_from `+dropped.From.Name+`" above the column in the schema`,
			"column %s of table %q is added while %s of the same type is dropped, with its values",
			added.To.Name, t.From.Name, dropped.From.Name)
	}
}

// tablesRenamed finds tables that are dropped while another one with the same
// columns is created.
func (f *fileLint) tablesRenamed() {
	taken := map[*atlas.TableEdit]bool{}
	for _, dropped := range f.Tables {
		if dropped.To != nil {
			continue
		}
		i := slices.IndexFunc(f.Tables, func(added *atlas.TableEdit) bool {
			return added.From == nil && !taken[added] && sameColumns(dropped.From, added.To)
		})
		if i < 0 {
			continue
		}
		added := f.Tables[i]
		taken[added] = true
		if model.Fold(added.To.Name) == model.Fold(dropped.From.Name) {
			continue // emptied, and called so
		}
		f.find(LooksRenamed, added.At.Pos, `if it is a rename, write ALTER TABLE `+sqltext.Quote(dropped.From.Name)+` RENAME TO `+
			sqltext.Quote(added.To.Name)+`, or put "-- atlas:renamed_from `+dropped.From.Name+`" above the table in the schema`,
			"table %q is created while %q with the same columns is dropped, with its rows", added.To.Name, dropped.From.Name)
	}
}

// sameColumns reports whether two tables have columns of the same names and
// types.
func sameColumns(a, b *model.Table) bool {
	return slices.EqualFunc(a.Columns, b.Columns, func(x, y *model.Column) bool {
		return model.Fold(x.Name) == model.Fold(y.Name) && model.Fold(x.Type) == model.Fold(y.Type)
	})
}

// computedDefaults finds columns that SQLite does not add to a table that has
// rows, since it would have to compute their values.
func (f *fileLint) computedDefaults(t *atlas.TableEdit) {
	if t.Rebuilt {
		return
	}
	for _, c := range t.Columns {
		if c.From == nil && c.To != nil && !isConstant(c.To.Default) {
			f.find(ComputedDefault, c.At.Pos, "add it without the default and fill it by an UPDATE; the schema may have the default, rowhouse migrate diff rebuilds the table then",
				"column %s of table %q cannot be added once there are rows: its default %s is not constant", c.To.Name, t.From.Name, c.To.Default)
		}
	}
}

// isConstant reports whether an expression is a literal, perhaps with a sign,
// or a bare word; "" is NULL.
func isConstant(expr string) bool {
	tree, err := parser.ParseStatement("SELECT " + expr)
	query, ok := tree.(*ast.SelectStmt)
	if err != nil || !ok {
		return expr == ""
	}
	constant := true
	ast.Walk(query, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Literal:
			constant = constant && n.Kind < ast.LitCurrentDate
		case *ast.SelectStmt, *ast.SelectQuery, *ast.ResultColumn, *ast.ParenExpr, *ast.UnaryExpr, *ast.Ident:
		default:
			constant = false
		}
		return constant
	})
	return constant
}

// indexes finds the indexes and UNIQUE constraints that a table has lost.
func (f *fileLint) indexes(t *atlas.TableEdit) {
	for _, index := range t.From.Indexes {
		if index.Origin == model.OriginPrimaryKey || dropsColumn(t, index) || t.To.Indexes != nil && hasIndexFor(t, index) {
			continue
		}
		what, does := "index "+index.Name, "queries that used it read the whole table"
		if index.Unique {
			does = "nothing keeps values from being there twice"
		}
		if index.Origin == model.OriginUnique {
			what = "UNIQUE (" + sqltext.QuoteAll(indexNames(index)) + ")"
		}
		f.find(IndexDropped, f.DroppedIndex(t, index.Name).Pos, "create it again in this file, or say that it is not needed: -- atlas:nolint "+IndexDropped.Code,
			"%s of table %q is dropped, so that %s", what, t.To.Name, does)
	}
}

// dropsColumn reports whether an index goes because one of its columns does.
func dropsColumn(t *atlas.TableEdit, index *model.Index) bool {
	return slices.ContainsFunc(index.Columns, func(term model.IndexColumn) bool {
		column := t.Column(term.Name)
		return column != nil && column.To == nil
	})
}

// hasIndexFor reports whether the table has, after, an index that does what
// one of before did: the same one, or one that starts with its terms.
func hasIndexFor(t *atlas.TableEdit, old *model.Index) bool {
	return slices.ContainsFunc(t.To.Indexes, func(index *model.Index) bool {
		if old.SQL != "" && model.Fold(index.Name) == model.Fold(old.Name) && index.Unique == old.Unique {
			return true
		}
		if len(index.Columns) < len(old.Columns) || old.Unique && (!index.Unique || len(index.Columns) != len(old.Columns)) ||
			index.Where != "" && sqltext.NormalNames(index.Where) != sqltext.NormalNames(old.Where) {
			return false
		}
		for i, term := range old.Columns {
			if term.Name == "" || model.Fold(nameAfter(t, term.Name)) != model.Fold(index.Columns[i].Name) {
				return false
			}
		}
		return true
	})
}

// nameAfter returns what a column of before is called after.
func nameAfter(t *atlas.TableEdit, name string) string {
	if column := t.Column(name); column != nil && column.To != nil {
		return column.To.Name
	}
	return name
}

func indexNames(index *model.Index) []string {
	var names []string
	for _, term := range index.Columns {
		names = append(names, term.Name)
	}
	return names
}

// collations finds columns and indexes that compare in another way than they
// did.
func (f *fileLint) collations(t *atlas.TableEdit) {
	lost := map[string]bool{} // columns of after, folded
	for _, column := range t.Columns {
		if column.From != nil && column.To != nil && losesCollation(column.From.Collation, column.To.Collation) {
			lost[model.Fold(column.To.Name)] = true
			f.find(CollationLost, column.At.Pos, "write COLLATE "+column.From.Collation+" in its new definition",
				"column %s of table %q compared by %s, and now compares by %s", column.To.Name, t.To.Name, column.From.Collation, column.To.Collation)
		}
	}
	for _, index := range t.From.Indexes {
		i := slices.IndexFunc(t.To.Indexes, func(x *model.Index) bool {
			return index.Origin == model.OriginCreateIndex && model.Fold(x.Name) == model.Fold(index.Name) && len(x.Columns) == len(index.Columns)
		})
		if i < 0 {
			continue
		}
		for n, term := range t.To.Indexes[i].Columns {
			if was := index.Columns[n].Collation; losesCollation(was, term.Collation) && !lost[model.Fold(term.Name)] {
				f.find(CollationLost, f.MadeIndex(t, index.Name).Pos, "write COLLATE "+was+" behind the term",
					"term %d of index %s compared by %s, and now compares by %s", n+1, index.Name, was, term.Collation)
			}
		}
	}
}

func losesCollation(before, after string) bool {
	return !strings.EqualFold(before, "BINARY") && !strings.EqualFold(before, after)
}

// dropped finds the views and triggers that are not there any more.
func (f *fileLint) dropped() {
	const fix = "create it again in this file, or say that it is not needed: -- atlas:nolint "
	for _, v := range f.From.Views {
		if f.To.View(v.Name) == nil {
			f.find(ViewDropped, f.DroppedView(v.Name).Pos, fix+ViewDropped.Code, "view %q is dropped", v.Name)
		}
	}
	for _, trigger := range f.From.Triggers {
		t := f.Table(trigger.Table)
		on := f.From.View(trigger.Table) != nil && f.To.View(trigger.Table) == nil
		if on || t != nil && t.To == nil || hasTrigger(f.To, trigger.Name) {
			continue
		}
		f.find(TriggerDropped, f.DroppedTrigger(t, trigger.Name).Pos, fix+TriggerDropped.Code,
			"trigger %q of %q is dropped", trigger.Name, trigger.Table)
	}
}

func hasTrigger(s *model.Schema, name string) bool {
	return slices.ContainsFunc(s.Triggers, func(t *model.Trigger) bool { return model.Fold(t.Name) == model.Fold(name) })
}
