package emit

import (
	"fmt"
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

const (
	contextPath = "context"
	sessionName = "session"
)

// // Get returns the row with that key. Returns ErrNotFound if there is none.
//
//	func (t *ProductTable) Get(ctx context.Context, id ProductID) (row *Product, err error) {
//		err = t.session.get(ctx, &productTable, &row, string(id))
//		return row, err
//	}
func getMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{"Get returns the row with that key.", "Returns ErrNotFound if there is none" + orOther(p, t)}
	return doc(lines...).Add(method(t, "Get")).Params(ctxParam(), keyParams(t)).Add(oneRow(t)).Block(
		reading(Id("t").Dot(sessionName).Dot("get").Call(append([]Code{Id("ctx"), tableOf(t), Op("&").Id("row")}, keyValues(t)...)...)),
		Return(Id("row"), Err()),
	).Line()
}

// (row *Product, err error)
func oneRow(t *plan.Table) *Statement {
	return Params(Id("row").Op("*").Id(t.Row), Err().Error())
}

// (rows []Product, err error)
func manyRows(t *plan.Table) *Statement {
	return Params(Id("rows").Index().Id(t.Row), Err().Error())
}

// err = …
func reading(call *Statement) *Statement { return Err().Op("=").Add(call) }

// &productTable
func tableOf(t *plan.Table) *Statement { return Op("&").Id(t.Private + "Table") }

// keyValues are the arguments of a key as a driver takes them.
func keyValues(t *plan.Table) []Code {
	var values []Code
	for _, c := range t.Keys {
		values = append(values, bound(c.Type, Id(c.Argument)))
	}
	return values
}

// orOther ends the promise of ErrNotFound.
func orOther(p *plan.Plan, t *plan.Table) string {
	if t.Scoped() {
		return fmt.Sprintf(", also for the key of another %s's row.", p.Tenant.Name)
	}
	return "."
}

// // Create adds a row and returns it as stored.
//
//	func (t *ProductTable) Create(ctx context.Context, input NewProduct) (row *Product, err error) {
//		err = t.session.create(ctx, &productTable, &row, &input)
//		return row, err
//	}
func createMethods(p *plan.Plan, t *plan.Table) *Statement {
	promise := []string{"Returns ErrConflict if a unique value is taken, ErrInvalid if the schema forbids a value" + ending(t)}
	switch {
	case len(t.References) == 0:
	case t.Scoped():
		promise = append(promise,
			fmt.Sprintf("and ErrReference if %s names a row that is not within reach of the %s.", referencing(t, " or "), p.Tenant.Name))
	default:
		promise = append(promise, fmt.Sprintf("and ErrReference if %s names a row that is deleted.", referencing(t, " or ")))
	}
	session := func() *Statement { return Id("t").Dot(sessionName) }
	create := doc(append([]string{"Create adds a row and returns it as stored."}, promise...)...).
		Add(method(t, "Create")).Params(ctxParam(), Id("input").Id(t.New)).Add(oneRow(t)).Block(
		reading(session().Dot("create").Call(Id("ctx"), tableOf(t), Op("&").Id("row"), Op("&").Id("input"))),
		Return(Id("row"), Err()),
	).Line().Line()
	many := doc("CreateMany adds rows, all or none of them, and returns them as stored, in the order",
		"of the inputs. It fails as Create does.").
		Add(method(t, "CreateMany")).Params(ctxParam(), Id("inputs").Index().Id(t.New)).Add(manyRows(t)).Block(
		reading(session().Dot("createMany").Call(Id("ctx"), tableOf(t), Op("&").Id("rows"), Id("inputs"))),
		Return(Id("rows"), Err()),
	).Line().Line()
	return create.Add(many).Add(upsertMethod(p, t))
}

// // Upsert adds a row, or changes the one that it conflicts with.
//
//	func (t *ProductTable) Upsert(ctx context.Context, input NewProduct, conflict ...Selectable[*Product]) (row *Product, err error) {
//		var target []string
//		for _, c := range conflict {
//			target = append(target, c.column(nil))
//		}
//		err = t.session.upsert(ctx, &productTable, &row, &input, target)
//		return row, err
//	}
func upsertMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{
		"Upsert adds a row or, where one has the same values in the conflict columns, changes",
		"that one to the input's other values. The columns, without which it is the key, are those of",
		"a unique index; ErrInvalid if there is none.",
	}
	if t.Scoped() {
		lines = append(lines, fmt.Sprintf("Returns ErrConflict if the row is another %s's, or deleted.", p.Tenant.Name))
	}
	return doc(lines...).Add(method(t, "Upsert")).
		Params(ctxParam(), Id("input").Id(t.New), Id("conflict").Op("...").Id("Selectable").Types(Op("*").Id(t.Row))).Add(oneRow(t)).Block(
		Var().Id("target").Index().String(),
		For(List(Id("_"), Id("c")).Op(":=").Range().Id("conflict")).Block(
			Id("target").Op("=").Append(Id("target"), Id("c").Dot("column").Call(Nil()))),
		reading(Id("t").Dot(sessionName).Dot("upsert").Call(Id("ctx"), tableOf(t), Op("&").Id("row"), Op("&").Id("input"), Id("target"))),
		Return(Id("row"), Err()),
	).Line()
}

func ending(t *plan.Table) string {
	if len(t.References) > 0 {
		return ","
	}
	return "."
}

// referencing lists the columns whose references are tested.
func referencing(t *plan.Table, separator string) string {
	var names []string
	for _, r := range t.References {
		for _, c := range r.Columns {
			if c.Job != plan.TenantColumn {
				names = append(names, c.Name)
			}
		}
	}
	return strings.Join(names, separator)
}

// // Update changes columns of the row with that key and returns it as it is then.
//
//	func (t *ProductTable) Update(ctx context.Context, id ProductID, changes ...ProductChange) (row *Product, err error) {
//		list := make([]change, len(changes))
//		for i, c := range changes {
//			list[i] = c.change
//		}
//		err = t.session.update(ctx, &productTable, &row, list, string(id))
//		return row, err
//	}
func updateMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{
		"Update changes columns of the row with that key and returns it as it is then.",
		"Without changes it is Get. Returns ErrNotFound if there is no such row" + orOther(p, t),
	}
	if t.Version != nil {
		lines = append(lines, "With IfVersion it returns ErrStale if the row has another version.")
	}
	call := append([]Code{Id("ctx"), tableOf(t), Op("&").Id("row"), Id("list")}, keyValues(t)...)
	return doc(lines...).Add(method(t, "Update")).
		Params(ctxParam(), keyParams(t), Id("changes").Op("...").Id(t.Change)).Add(oneRow(t)).Block(
		changeList(),
		reading(Id("t").Dot(sessionName).Dot("update").Call(call...)),
		Return(Id("row"), Err()),
	).Line()
}

// changeList makes changes ones of no row's type:
//
//	list := make([]change, len(changes))
//	for i, c := range changes {
//		list[i] = c.change
//	}
func changeList() *Statement {
	return Id("list").Op(":=").Make(Index().Id("change"), Len(Id("changes"))).Line().
		For(List(Id("i"), Id("c")).Op(":=").Range().Id("changes")).Block(
		Id("list").Index(Id("i")).Op("=").Id("c").Dot("change"))
}

// // Delete removes the row with that key.
//
//	func (t *ProductTable) Delete(ctx context.Context, id ProductID) error {
//		return t.session.remove(ctx, &productTable, string(id))
//	}
func deleteMethod(p *plan.Plan, t *plan.Table) *Statement {
	what := "Delete removes the row with that key."
	if t.SoftDelete != nil {
		what = "Delete marks the row with that key as deleted, which hides it."
	}
	lines := []string{what}
	if names := dependentNames(t); names != "" {
		lines = append(lines, "Rows of "+names+" that depend on it go along.")
	}
	return keyMethod(t, "Delete", "remove", append(lines, "Returns ErrNotFound if there is no such row"+orOther(p, t)))
}

// keyMethod is a method about the row with a key that returns but an error.
func keyMethod(t *plan.Table, name, call string, lines []string) *Statement {
	return doc(lines...).Add(method(t, name)).Params(ctxParam(), keyParams(t)).Error().Block(
		Return(Id("t").Dot(sessionName).Dot(call).Call(append([]Code{Id("ctx"), tableOf(t)}, keyValues(t)...)...)),
	).Line()
}

// // LoadCreator loads the users that Creator of the rows leads to.
//
//	func (t *ProductTable) LoadCreator(ctx context.Context, rows []Product) error {
//		return t.Load(ctx, rows, Products.Creator)
//	}
func loadMethods(t *plan.Table) *Statement {
	s := &Statement{}
	if len(t.Relations) == 0 {
		return s
	}
	s.Add(doc(
		"Load loads what the relations lead to into the fields of rows that one has already:",
		"one statement, however many rows.",
	)).Add(method(t, "Load")).Params(ctxParam(), Id("rows").Index().Id(t.Row), Id("relations").Op("...").Id(t.Relation)).Error().Block(
		Id("q").Op(":=").Id("newQuery").Call(Id("t").Dot(sessionName), tableOf(t)),
		For(List(Id("_"), Id("r")).Op(":=").Range().Id("relations")).Block(Id("q").Dot("load").Call(Id("r").Dot("load").Call(Nil()))),
		Return(Id("q").Dot("loadInto").Call(Id("ctx"), Id("rows"))),
	).Line().Line()
	for _, r := range t.Relations {
		if t.Scoped() && r.SystemOnly || r.CrossesTenants {
			continue // never to be followed from this handle
		}
		s.Add(doc(fmt.Sprintf("Load%s loads %s of rows that one has already.", r.Field, r.Field))).
			Add(method(t, "Load"+r.Field)).Params(ctxParam(), Id("rows").Index().Id(t.Row)).Error().Block(
			Return(Id("t").Dot("Load").Call(Id("ctx"), Id("rows"), Id(t.Rows).Dot(r.Field))),
		).Line().Line()
	}
	return s
}

// func (t *ProductTable) Get
func method(t *plan.Table, name string) *Statement {
	return Func().Params(Id("t").Op("*").Id(t.Handle)).Id(name)
}

// ctx context.Context
func ctxParam() *Statement { return Id("ctx").Qual(contextPath, "Context") }

// id ProductID
func keyParams(t *plan.Table) *Statement {
	var params []Code
	for _, c := range t.Keys {
		params = append(params, Id(c.Argument).Add(typeOf(c.Type)))
	}
	return List(params...)
}

// bound is a value as the driver takes it.
func bound(t plan.Type, value *Statement) *Statement {
	switch {
	case t.Base != "" && !t.Slice:
		return Id(t.Base).Call(value)
	case t.Package == "" && t.Bind != "bindValue":
		return value
	}
	return Id(t.Bind).Call(value)
}
