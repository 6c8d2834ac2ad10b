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
	if !t.ReadOnly() {
		f.Add(inputType(t))
		if t.NewKey != nil {
			f.Add(withID(t))
		}
	}
	f.Add(aliases(t))
	f.Add(columnsType(t))
	f.Add(columnsVar(t))
	for _, r := range t.References {
		f.Add(referenceVar(t, r))
	}
	for _, r := range t.Relations {
		f.Add(relationVar(t, r))
	}
	f.Add(tableVar(t))
	f.Add(fieldsFunc(t.Private+"Fields", t.Row, addresses(t, Id("row"))))
	if !t.ReadOnly() {
		f.Add(fieldsFunc(t.Private+"Input", t.New, inputAddresses(t)))
	}
	f.Add(handleType(p, t))
	f.Add(getMethod(p, t))
	if !t.ReadOnly() {
		addWrites(f, p, t)
	}
	f.Add(loadMethods(t))
	f.Add(startMethods(t))
	f.Add(queryType(t))
	return f
}

// addWrites adds the methods that change rows.
func addWrites(f *File, p *plan.Plan, t *plan.Table) {
	f.Add(createMethods(p, t))
	if t.Updatable() {
		f.Add(updateMethod(p, t))
	}
	f.Add(deleteMethod(p, t))
	if t.SoftDelete != nil {
		f.Add(restoreMethod(p, t))
		f.Add(purgeMethods(p, t))
	}
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
		if len(t.Relations) > 0 {
			g.Line().Comment("What With and Load have loaded.")
		}
		for _, r := range t.Relations {
			g.Id(r.Field).Add(relationType(r)).Tag(map[string]string{"json": r.JSON + ",omitzero"})
		}
	}).Line()
}

// *User, or []Member
func relationType(r *plan.Relation) *Statement {
	if r.Many {
		return Index().Id(r.Target.Row)
	}
	return Op("*").Id(r.Target.Row)
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
//		ProductRelation  = RelationOf[*Product]
//	)
func aliases(t *plan.Table) *Statement {
	types := []Code{
		Id(t.Predicate).Op("=").Id("Predicate").Types(Op("*").Id(t.Row)),
		Id(t.Ordering).Op("=").Id("Ordering").Types(Op("*").Id(t.Row)),
		Id(t.Change).Op("=").Id("Change").Types(Op("*").Id(t.Row)),
	}
	if len(t.Relations) > 0 {
		types = append(types, Id(t.Relation).Op("=").Id("RelationOf").Types(Op("*").Id(t.Row)))
	}
	return doc(fmt.Sprintf("What queries and updates of table %s are made of.", t.Name)).Type().Defs(types...).Line()
}

// // ProductColumns are the columns of table product.
//
//	type ProductColumns struct {
//		ID   *TextColumn[*Product, ProductID]
//		Name *TextField[*Product, string]
//
//		Creator *Relation[*Product, *User]
//	}
func columnsType(t *plan.Table) *Statement {
	return doc(
		fmt.Sprintf("%s are the columns of table %s, for predicates, orders, changes and", t.Fields, t.Name),
		"choices, and the relations that lead from its rows to others.",
	).Type().Id(t.Fields).StructFunc(func(g *Group) {
		for _, c := range t.Columns {
			typeName, _ := columnKind(c)
			g.Id(c.Field).Op("*").Id(typeName).Types(Op("*").Id(t.Row), typeOf(c.Type))
		}
		if len(t.Relations) > 0 {
			g.Line()
		}
		for _, r := range t.Relations {
			g.Id(r.Field).Op("*").Id("Relation").Types(Op("*").Id(t.Row), Op("*").Id(r.Target.Row))
		}
	}).Line()
}

// // Products are the columns of table product.
//
//	var Products = ProductColumns{
//		ID: textColumn[*Product, ProductID]("id", bindText),
//
//		Creator: related[*Product, *User](&productCreator),
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
	for _, r := range t.Relations {
		fields = append(fields, pair(r.Field, Id("related").Types(Op("*").Id(t.Row), Op("*").Id(r.Target.Row)).Call(Op("&").Id(t.RelationVar(r)))))
	}
	return doc(fmt.Sprintf("%s are the columns and relations of table %s.", t.Rows, t.Name)).
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

//	var productCreatorRelation = relation{
//		field:  "Creator",
//		target: &userTable,
//		from:   []string{`created_by`},
//		to:     []string{`id`},
//		exact:  true,
//	}
func relationVar(t *plan.Table, r *plan.Relation) *Statement {
	fields := []Code{
		pair("field", Lit(r.Field)),
		pair("target", Op("&").Id(r.Target.Private+"Table")),
		pair("from", columnNames(r.From)),
		pair("to", columnNames(r.To)),
	}
	if r.Through != nil {
		fields = append(fields, pair("through", Op("&").Id("through").Values(
			pair("table", Op("&").Id(r.Through.Table.Private+"Table")),
			pair("from", columnNames(r.Through.From)),
			pair("to", columnNames(r.Through.To)),
		)))
	}
	for _, flag := range []struct {
		name string
		is   bool
	}{
		{"many", r.Many},
		{"exact", r.Exact},
		{"implied", r.Implied && r.Through == nil},
		{"owned", r.Owned},
		{"systemOnly", r.SystemOnly},
		{"scopeOnly", r.CrossesTenants},
	} {
		if flag.is {
			fields = append(fields, pair(flag.name, True()))
		}
	}
	return Var().Id(t.RelationVar(r)).Op("=").Id("relation").Add(keyed(fields...)).Line()
}

// []string{`id`, `name`}
func columnNames(columns []*plan.Column) *Statement {
	return Index().String().Add(columnList(columns))
}

// {`id`, `name`}
func columnList(columns []*plan.Column) *Statement {
	var names []Code
	for _, c := range columns {
		names = append(names, sqlLiteral(c.SQL))
	}
	return Values(names...)
}

// []string{`deleted_at`, `rowid`}
func texts(list []string) *Statement {
	var values []Code
	for _, text := range list {
		values = append(values, sqlLiteral(text))
	}
	return Index().String().Values(values...)
}

//	func productFields(address any) []any {
//		row := address.(*Product)
//		return []any{
//			(*string)(&row.ID),
//			&row.Name,
//		}
//	}
func fieldsFunc(name, row string, fields []Code) *Statement {
	return Func().Id(name).Params(Id("address").Any()).Index().Any().BlockFunc(func(g *Group) {
		if len(fields) == 0 {
			g.Return(Nil())
			return
		}
		g.Id("row").Op(":=").Id("address").Assert(Op("*").Id(row))
		g.Return(Index().Any().Add(keyed(fields...)))
	}).Line()
}

// addresses are the fields of a table's row.
func addresses(t *plan.Table, row *Statement) []Code {
	var fields []Code
	for _, c := range t.Columns {
		fields = append(fields, address(c.Type, c.Pointer(), row.Clone().Dot(c.Field)))
	}
	return fields
}

// inputAddresses are the fields of a table's input that an INSERT asks for.
func inputAddresses(t *plan.Table) []Code {
	var fields []Code
	for _, arg := range t.Statements.InsertArgs {
		c := arg.Column
		switch {
		case arg.Source == plan.FromNewKey && c.Type.Text:
			fields = append(fields, address(c.Type, false, Id("row").Dot("id")))
		case arg.Source == plan.FromNewKey:
			fields = append(fields, Id("defaulted").Values(pair("field", address(c.Type, false, Id("row").Dot("id")))))
		case arg.Source == plan.FromInput && c.Input.Default:
			fields = append(fields, Id("defaulted").Values(defaultedFields(c)...))
		case arg.Source == plan.FromInput:
			fields = append(fields, address(c.Type, c.Input.Pointer, Id("row").Dot(c.Field)))
		}
	}
	return fields
}

// field: (*string)(&row.Status), value: "pending"
func defaultedFields(c *plan.Column) []Code {
	fields := []Code{pair("field", address(c.Type, c.Input.Pointer, Id("row").Dot(c.Field)))}
	if value, ok := c.DefaultLiteral(); ok && value != nil {
		fields = append(fields, pair("value", Lit(value)))
	}
	return fields
}

// address is a field as the runtime takes it:
// &row.Name, (*string)(&row.ID), textOrNull(&row.Note), unixField(&row.CreatedAt).
func address(t plan.Type, pointer bool, field *Statement) *Statement {
	at := Op("&").Add(field)
	switch {
	case pointer:
		return Id(t.NullField).Call(at)
	case t.Field != "":
		return Id(t.Field).Call(at)
	case t.Base != "":
		return Parens(Op("*").Op(t.Base)).Parens(at)
	}
	return at
}

// // ProductTable reads and writes the products that a scope may see.
// type ProductTable struct{ session *session }
func handleType(p *plan.Plan, t *plan.Table) *Statement {
	whose := "all rows of table " + t.Name
	if t.Scoped() {
		whose = fmt.Sprintf("the rows of table %s that belong to the %s of a Scope", t.Name, p.Tenant.Name)
	}
	lines := []string{fmt.Sprintf("%s reads and writes %s.", t.Handle, whose)}
	if t.ReadOnly() {
		lines = []string{fmt.Sprintf("%s reads %s. Triggers alone write it.", t.Handle, whose)}
	}
	if t.SoftDelete != nil {
		lines = append(lines, "Deleted rows are hidden.")
	}
	return doc(lines...).Type().Id(t.Handle).Struct(Id("session").Op("*").Id("session")).Line()
}
