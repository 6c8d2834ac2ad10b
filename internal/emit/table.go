package emit

import (
	"fmt"
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// tableFile emits everything that one table brings: its rows, its columns,
// its statements, its methods.
func tableFile(p *plan.Plan, t *plan.Table) *File {
	f := newFile(p)
	if t.ID != nil {
		f.Add(idType(t))
	}
	for _, e := range t.Enums {
		f.Add(enumType(e))
		f.Add(enumValues(e))
	}
	f.Add(rowType(t))
	f.Add(inputType(t))
	if t.NewKey != nil {
		f.Add(withID(t))
	}
	f.Add(aliases(t))
	f.Add(columnsType(t))
	f.Add(columnsVar(t))
	for _, r := range t.References {
		f.Add(referenceVar(t, r))
	}
	f.Add(tableVar(t))
	f.Add(fieldsFunc(t.Private+"Fields", t.Row, destinations(t, Id("row"))))
	f.Add(handleType(p, t))
	f.Add(queryMethods(t))
	f.Add(getMethod(p, t))
	f.Add(createMethod(p, t))
	if t.Updatable() {
		f.Add(updateMethod(p, t))
	}
	f.Add(deleteMethod(p, t))
	f.Add(queryType(t))
	return f
}

// // ProductID identifies a row of table product.
// type ProductID string
func idType(t *plan.Table) *Statement {
	return doc(fmt.Sprintf("%s identifies a row of table %s.", t.ID.Name, t.Name)).
		Type().Id(t.ID.Name).Add(typeOf(t.IDBase)).Line()
}

// // InvitationStatus is a value of column invitation.status.
// type InvitationStatus string
func enumType(e *plan.Enum) *Statement {
	return doc(fmt.Sprintf("%s is a value of column %s.", e.Name, e.Column)).
		Type().Id(e.Name).String().Line()
}

// // The values of InvitationStatus.
//
//	const (
//		InvitationStatusPending InvitationStatus = "pending"
//	)
func enumValues(e *plan.Enum) *Statement {
	return doc(fmt.Sprintf("The values of %s.", e.Name)).
		Const().DefsFunc(func(g *Group) {
		for _, v := range e.Values {
			g.Id(v.Name).Id(e.Name).Op("=").Lit(v.Value)
		}
	}).Line()
}

// // Product is a row of table product.
//
//	type Product struct {
//		ID ProductID `json:"id"`
//	}
func rowType(t *plan.Table) *Statement {
	return doc(fmt.Sprintf("%s is a row of table %s.", t.Row, t.Name)).
		Type().Id(t.Row).StructFunc(func(g *Group) {
		for _, c := range t.Columns {
			g.Id(c.Field).Add(fieldType(c.Type, c.Pointer())).Tag(map[string]string{"json": c.RowJSON()})
		}
	}).Line()
}

// // NewProduct is what Create needs to know of a new row of table product.
//
//	type NewProduct struct {
//		Name        string
//		Description *string // optional
//	}
func inputType(t *plan.Table) *Statement {
	return doc(
		fmt.Sprintf("%s is what Create needs to know of a new row of table %s.", t.New, t.Name),
		"What it leaves out is filled in: keys, the tenant, who and when.",
	).Type().Id(t.New).StructFunc(func(g *Group) {
		for _, c := range t.Columns {
			if c.Job == plan.NoJob {
				g.Id(c.Field).Add(fieldType(c.Type, c.Input.Pointer)).Tag(map[string]string{"json": c.JSON}).Add(optionality(c))
			}
		}
		if t.NewKey != nil {
			g.Line().Id("id").Add(typeOf(t.NewKey.Type))
		}
	}).Line()
}

// optionality comments on what a missing value means.
func optionality(c *plan.Column) *Statement {
	switch {
	case c.Input.Default && c.Input.Pointer:
		return Comment("nil: the default, " + oneLine(c.Default))
	case c.Input.Default:
		return Comment("zero: the default, " + oneLine(c.Default))
	case c.Nullable:
		return Comment("optional")
	}
	return Null()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// // WithID sets the key, which is made otherwise.
//
//	func (n NewProduct) WithID(id ProductID) NewProduct {
//		n.id = id
//		return n
//	}
func withID(t *plan.Table) *Statement {
	return doc("WithID sets the key, which Create makes otherwise.").
		Func().Params(Id("n").Id(t.New)).Id("WithID").Params(Id("id").Add(typeOf(t.NewKey.Type))).Id(t.New).Block(
		Id("n").Dot("id").Op("=").Id("id"),
		Return(Id("n")),
	).Line()
}

// // What queries and updates of table product are made of.
//
//	type (
//		ProductPredicate = Predicate[*Product]
//		ProductOrdering  = Ordering[*Product]
//		ProductChange    = Change[*Product]
//	)
func aliases(t *plan.Table) *Statement {
	return doc(fmt.Sprintf("What queries and updates of table %s are made of.", t.Name)).Type().Defs(
		Id(t.Predicate).Op("=").Id("Predicate").Types(Op("*").Id(t.Row)),
		Id(t.Ordering).Op("=").Id("Ordering").Types(Op("*").Id(t.Row)),
		Id(t.Change).Op("=").Id("Change").Types(Op("*").Id(t.Row)),
	).Line()
}

// // ProductColumns are the columns of table product.
//
//	type ProductColumns struct {
//		ID   TextColumn[*Product, ProductID]
//		Name TextField[*Product, string]
//	}
func columnsType(t *plan.Table) *Statement {
	return doc(fmt.Sprintf("%s are the columns of table %s: for predicates, orders and changes.", t.Fields, t.Name)).
		Type().Id(t.Fields).StructFunc(func(g *Group) {
		for _, c := range t.Columns {
			typeName, _ := columnKind(c)
			g.Id(c.Field).Id(typeName).Types(Op("*").Id(t.Row), typeOf(c.Type))
		}
	}).Line()
}

// // Products are the columns of table product.
//
//	var Products = ProductColumns{
//		ID: textColumn[*Product, ProductID]("id", bindText),
//	}
func columnsVar(t *plan.Table) *Statement {
	var fields []Code
	for _, c := range t.Columns {
		_, constructor := columnKind(c)
		fields = append(fields, pair(c.Field, Id(constructor).Types(Op("*").Id(t.Row), typeOf(c.Type)).CallFunc(func(g *Group) {
			g.Lit(c.SQL)
			g.Id(c.Type.Bind)
			for _, r := range c.References {
				if c.Settable() {
					g.Op("&").Id(r.Var)
				}
			}
		})))
	}
	return doc(fmt.Sprintf("%s are the columns of table %s.", t.Rows, t.Name)).
		Var().Id(t.Rows).Op("=").Id(t.Fields).Add(keyed(fields...)).Line()
}

// columnKind returns the runtime's type of a column and its constructor.
func columnKind(c *plan.Column) (typeName, constructor string) {
	switch {
	case !c.Settable() && c.Type.Text:
		return "TextColumn", "textColumn"
	case !c.Settable():
		return "Column", "column"
	case c.Nullable && c.Type.Text:
		return "NullableTextField", "nullableTextField"
	case c.Nullable:
		return "NullableField", "nullableField"
	case c.Type.Text:
		return "TextField", "textField"
	}
	return "Field", "field"
}

//	var productCategoryIDReference = reference{
//		table:   `product`,
//		columns: []string{`category_id`},
//		test:    `EXISTS (SELECT 1 FROM category WHERE …)`,
//	}
func referenceVar(t *plan.Table, r *plan.Reference) *Statement {
	var columns []Code
	for _, c := range r.Columns {
		columns = append(columns, sqlLiteral(c.SQL))
	}
	return Var().Id(r.Var).Op("=").Id("reference").Add(keyed(
		pair("table", sqlLiteral(t.SQL)),
		pair("columns", Index().String().Values(columns...)),
		pair("test", sqlLiteral(r.Test)),
	)).Line()
}

//	var productTable = table{
//		name:    `product`,
//		columns: `id, name`,
//		from:    `FROM product WHERE organization_id = ?1`,
//		…
//	}
func tableVar(t *plan.Table) *Statement {
	var keys []string
	for _, c := range t.Columns {
		if c.Key {
			keys = append(keys, c.SQL)
		}
	}
	return Var().Id(t.Private + "Table").Op("=").Id("table").Add(keyed(
		pair("name", sqlLiteral(t.Name)),
		pair("columns", sqlLiteral(t.Statements.Columns)),
		pair("from", sqlLiteral(t.Statements.From)),
		pair("get", getText(t)),
		pair("scoped", Lit(t.Scoped())),
		pair("key", sqlLiteral(strings.Join(keys, ", "))),
	)).Line()
}

// getText is the statement that finds a row that may be written.
func getText(t *plan.Table) *Statement {
	if t.Statements.Own != "" {
		return sqlLiteral(t.Statements.Own)
	}
	return Id(t.Private + "Get")
}

//	func productFields(row *Product) []any {
//		return []any{
//			(*string)(&row.ID),
//			&row.Name,
//		}
//	}
func fieldsFunc(name, row string, fields []Code) *Statement {
	return Func().Id(name).Params(Id("row").Op("*").Id(row)).Index().Any().Block(
		Return(Index().Any().Add(keyed(fields...))),
	).Line()
}

// multiLine is a call with an argument a line.
var multiLine = Options{Open: "(", Close: ")", Separator: ",", Multi: true}

// destinations are where a table's columns are scanned to in the fields of row.
func destinations(t *plan.Table, row *Statement) []Code {
	var fields []Code
	for _, c := range t.Columns {
		fields = append(fields, destination(c.Type, c.Nullable, row.Clone().Dot(c.Field)))
	}
	return fields
}

// destination is where a column is scanned to:
// &row.Name, (*string)(&row.ID), unixTime{&row.CreatedAt}.
func destination(t plan.Type, nullable bool, field *Statement) *Statement {
	address := Op("&").Add(field)
	switch {
	case t.Scan != "" && nullable:
		return Id(t.NullScan).Values(address)
	case t.Scan != "":
		return Id(t.Scan).Values(address)
	case t.Base != "" && (!nullable || t.Slice):
		return Parens(Op("*").Op(t.Base)).Parens(address)
	}
	return address
}

// // ProductTable reads and writes the products that a scope may see.
// type ProductTable struct{ session *session }
func handleType(p *plan.Plan, t *plan.Table) *Statement {
	whose := "all rows of table " + t.Name
	if t.Scoped() {
		whose = fmt.Sprintf("the rows of table %s that belong to the %s of a Scope", t.Name, p.Tenant.Name)
	}
	lines := []string{fmt.Sprintf("%s reads and writes %s.", t.Handle, whose)}
	if t.SoftDelete != nil {
		lines = append(lines, "Deleted rows are hidden.")
	}
	return doc(lines...).Type().Id(t.Handle).Struct(Id("session").Op("*").Id("session")).Line()
}
