package atlas

import (
	"strings"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// naming says what the tables and columns of a schema are to be called. Atlas
// compares names letter by letter, and knows no renames: so tables of before
// get the names that they have after.
type naming struct {
	table  func(name string) string
	column func(table, name string) string
}

// asTheyAre is the naming of a schema that keeps its names.
var asTheyAre = naming{
	table:  func(name string) string { return name },
	column: func(_, name string) string { return name },
}

// converter makes tables of the model tables of Atlas.
type converter struct {
	schema *schema.Schema
	naming
}

// convert returns a table with all that Atlas's analyzers look at.
func (c *converter) convert(t *model.Table) *schema.Table {
	out := schema.NewTable(c.table(t.Name)).SetSchema(c.schema)
	generated := generatedKinds(t)
	columns := map[string]*schema.Column{}
	for _, column := range t.Columns {
		converted := c.convertColumn(t, column)
		if kind := generated[model.Fold(column.Name)]; kind != "" {
			converted.SetGeneratedExpr(&schema.GeneratedExpr{Type: kind})
		}
		columns[model.Fold(column.Name)] = converted
		out.AddColumns(converted)
	}
	for _, index := range t.Indexes {
		if index.Origin != model.OriginPrimaryKey {
			out.AddIndexes(c.convertIndex(index, columns))
		}
	}
	for _, key := range t.ForeignKeys {
		out.AddForeignKeys(c.convertKey(key, columns))
	}
	return out
}

func (c *converter) convertColumn(t *model.Table, column *model.Column) *schema.Column {
	kind, err := sqlite.ParseType(column.Type)
	if err != nil { // decimal(a), which SQLite takes
		kind = &sqlite.UserDefinedType{T: column.Type}
	}
	// SQLite numbers rows itself where the key is the rowid.
	numbered := t.RowidKey() && strings.EqualFold(t.PrimaryKey[0], column.Name)
	out := schema.NewColumn(c.column(t.Name, column.Name)).SetType(kind).SetNull(!column.NotNull || numbered)
	switch {
	case column.Default != "" && strings.ContainsAny(column.Default[:1], `'"`):
		out.SetDefault(&schema.Literal{V: column.Default})
	case column.Default != "":
		out.SetDefault(&schema.RawExpr{X: column.Default})
	case column.Generated:
		out.SetDefault(&schema.RawExpr{X: "GENERATED"}) // no row is without a value
	}
	return out
}

// generatedKinds returns VIRTUAL or STORED for the generated columns of a
// table, by folded name.
func generatedKinds(t *model.Table) map[string]string {
	kinds := map[string]string{}
	tree, _ := parse(t.SQL)
	n, ok := tree.(*ast.CreateTableStmt)
	if !ok {
		return kinds
	}
	for _, column := range n.Columns {
		for _, constraint := range column.Constraints {
			if constraint.Kind != ast.ColumnGenerated {
				continue
			}
			kinds[model.Fold(column.Name.Name)] = "VIRTUAL"
			if constraint.GeneratedKind != nil && strings.EqualFold(constraint.GeneratedKind.Name, "STORED") {
				kinds[model.Fold(column.Name.Name)] = "STORED"
			}
		}
	}
	return kinds
}

func (c *converter) convertIndex(index *model.Index, columns map[string]*schema.Column) *schema.Index {
	name := index.Name
	if index.Origin == model.OriginUnique { // the name that SQLite gives it depends on its place
		name = "UNIQUE (" + strings.Join(indexTerms(index), ", ") + ")"
	}
	out := schema.NewIndex(name).SetUnique(index.Unique)
	for i, term := range index.Columns {
		part := schema.NewIndexPart().SetDesc(term.Desc)
		if column := columns[model.Fold(term.Name)]; column != nil {
			part.SetColumn(column)
		} else {
			part.SetExpr(&schema.RawExpr{X: indexTerms(index)[i]})
		}
		out.AddParts(part)
	}
	if index.Where != "" {
		out.AddAttrs(&sqlite.IndexPredicate{P: index.Where})
	}
	return out
}

// indexTerms returns the terms of an index as they are written.
func indexTerms(index *model.Index) []string {
	tree, _ := parse(index.SQL)
	n, ok := tree.(*ast.CreateIndexStmt)
	var terms []string
	for i, term := range index.Columns {
		switch {
		case term.Name != "":
			terms = append(terms, term.Name)
		case ok && i < len(n.Columns):
			terms = append(terms, index.SQL[n.Columns[i].Expr.Pos():n.Columns[i].Expr.End()])
		default:
			terms = append(terms, index.SQL)
		}
	}
	return terms
}

// convertKey returns a foreign key. What it references is folded: for SQLite
// the letters' case makes no difference.
func (c *converter) convertKey(key *model.ForeignKey, columns map[string]*schema.Column) *schema.ForeignKey {
	out := schema.NewForeignKey(strings.Join(key.Columns, ", ") + " → " + key.Table).
		SetRefTable(schema.NewTable(model.Fold(c.table(key.Table))).SetSchema(c.schema)).
		SetOnUpdate(schema.ReferenceOption(key.OnUpdate)).
		SetOnDelete(schema.ReferenceOption(key.OnDelete))
	for _, name := range key.Columns {
		if column := columns[model.Fold(name)]; column != nil {
			out.AddColumns(column)
		}
	}
	for _, name := range key.RefColumns {
		out.AddRefColumns(schema.NewColumn(model.Fold(c.column(key.Table, name))))
	}
	return out
}
