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
//	func (t ProductTable) Get(ctx context.Context, id ProductID) (*Product, error) {
//		if err := t.session.check("get", "product"); err != nil {
//			return nil, err
//		}
//		var row Product
//		err := t.session.queryRow(ctx, productGet, t.session.tenant, string(id)).Scan(productFields(&row)...)
//		if err != nil {
//			return nil, failed("get", "product", err)
//		}
//		return &row, nil
//	}
func getMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{"Get returns the row with that key.", "Returns ErrNotFound if there is none" + orOther(p, t)}
	return statement(t, "Get", t.Statements.Get).Line().Add(doc(lines...)).
		Add(method(t, "Get")).Params(ctxParam(), keyParams(t)).Params(Op("*").Id(t.Row), Error()).Block(
		check(t, "get", Nil()),
		Var().Id("row").Id(t.Row),
		Err().Op(":=").Add(queryRow(t, "Get", getArgs(t))).Dot("Scan").Call(fieldsOf(t)),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), failed(t, "get"))),
		Return(Op("&").Id("row"), Nil()),
	).Line()
}

// orOther ends the promise of ErrNotFound.
func orOther(p *plan.Plan, t *plan.Table) string {
	if t.Scoped() {
		return fmt.Sprintf(", also for the key of another %s's row.", p.Tenant.Name)
	}
	return "."
}

// getArgs are the arguments of the statement that finds a row by its key.
func getArgs(t *plan.Table) []plan.Arg {
	var args []plan.Arg
	if t.Scoped() {
		args = append(args, plan.Arg{Source: plan.FromTenant})
	}
	for _, c := range t.Keys {
		args = append(args, plan.Arg{Source: plan.FromKey, Column: c})
	}
	return args
}

// // Create adds a row and returns it as stored.
//
//	func (t ProductTable) Create(ctx context.Context, input NewProduct) (*Product, error) {
//		…
//		now := t.session.now()
//		var row Product
//		err := t.session.queryRow(ctx, productInsert, …).Scan(productFields(&row)...)
//		if err != nil {
//			return nil, failed("create", "product", err)
//		}
//		return &row, nil
//	}
func createMethod(p *plan.Plan, t *plan.Table) *Statement {
	failure := failed(t, "create")
	lines := []string{
		"Create adds a row and returns it as stored.",
		"Returns ErrConflict if a unique value is taken, ErrInvalid if the schema forbids a value" + ending(t),
	}
	if len(t.References) > 0 {
		lines = append(lines,
			fmt.Sprintf("and ErrReference if %s names a row that is not within reach of the %s.", referencing(t, " or "), p.Tenant.Name))
		failure = Id("refused").Call(Lit("create"), Lit(t.Name), Lit(referencing(t, ", ")), Err())
	}
	return statement(t, "Insert", t.Statements.Insert).Line().Add(doc(lines...)).
		Add(method(t, "Create")).Params(ctxParam(), Id("input").Id(t.New)).Params(Op("*").Id(t.Row), Error()).BlockFunc(func(g *Group) {
		g.Add(check(t, "create", Nil()))
		g.Add(now(t.Statements.InsertArgs))
		g.Var().Id("row").Id(t.Row)
		g.Err().Op(":=").Add(queryRow(t, "Insert", t.Statements.InsertArgs)).Dot("Scan").Call(fieldsOf(t))
		g.If(Err().Op("!=").Nil()).Block(Return(Nil(), failure))
		g.Return(Op("&").Id("row"), Nil())
	}).Line()
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
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, separator)
}

// // Update changes columns of the row with that key and returns it as it is then.
//
//	func (t ProductTable) Update(ctx context.Context, id ProductID, changes ...ProductChange) (*Product, error) {
//		if len(changes) == 0 {
//			return t.Get(ctx, id)
//		}
//		…
//		var row Product
//		err := updateRow(ctx, t.session, &productTable, productUpdate, plain(changes), productFields(&row), 2, …)
//		if err != nil {
//			return nil, err
//		}
//		return &row, nil
//	}
func updateMethod(p *plan.Plan, t *plan.Table) *Statement {
	lines := []string{
		"Update changes columns of the row with that key and returns it as it is then.",
		"Without changes it is Get. Returns ErrNotFound if there is no such row" + orOther(p, t),
	}
	call := []Code{
		Id("ctx"), Id("t").Dot(sessionName), Op("&").Id(t.Private + "Table"), Id(t.Private + "Update"),
		Id("plain").Call(Id("changes")), Id(t.Private + "Fields").Call(Op("&").Id("row")), Lit(len(getArgs(t))),
	}
	for _, arg := range t.Statements.UpdateArgs {
		call = append(call, argument(arg))
	}
	get := append([]Code{Id("ctx")}, keyNames(t)...)
	return statement(t, "Update", t.Statements.Update).Line().Add(doc(lines...)).
		Add(method(t, "Update")).
		Params(ctxParam(), keyParams(t), Id("changes").Op("...").Id(t.Change)).
		Params(Op("*").Id(t.Row), Error()).BlockFunc(func(g *Group) {
		g.If(Len(Id("changes")).Op("==").Lit(0)).Block(Return(Id("t").Dot("Get").Call(get...)))
		g.Add(check(t, "update", Nil()))
		g.Add(now(t.Statements.UpdateArgs))
		g.Var().Id("row").Id(t.Row)
		g.Err().Op(":=").Id("updateRow").Custom(multiLine, call...)
		g.If(Err().Op("!=").Nil()).Block(Return(Nil(), Err()))
		g.Return(Op("&").Id("row"), Nil())
	}).Line()
}

// // Delete removes the row with that key.
//
//	func (t ProductTable) Delete(ctx context.Context, id ProductID) error {
//		…
//		n, err := t.session.exec(ctx, productDelete, t.session.tenant, string(id))
//		return deleted("product", n, err)
//	}
func deleteMethod(p *plan.Plan, t *plan.Table) *Statement {
	what := "Delete removes the row with that key."
	if t.SoftDelete != nil {
		what = "Delete marks the row with that key as deleted, which hides it."
	}
	lines := []string{what, "Returns ErrNotFound if there is no such row" + orOther(p, t)}
	return statement(t, "Delete", t.Statements.Delete).Line().Add(doc(lines...)).
		Add(method(t, "Delete")).Params(ctxParam(), keyParams(t)).Error().BlockFunc(func(g *Group) {
		g.Add(check(t, "delete"))
		g.Add(now(t.Statements.DeleteArgs))
		g.List(Id("n"), Err()).Op(":=").Id("t").Dot(sessionName).Dot("exec").Call(
			append([]Code{Id("ctx"), Id(t.Private + "Delete")}, arguments(t.Statements.DeleteArgs)...)...)
		g.Return(Id("deleted").Call(Lit(t.Name), Id("n"), Err()))
	}).Line()
}

// const productGet = `SELECT …`
func statement(t *plan.Table, name, text string) *Statement {
	return Const().Id(t.Private + name).Op("=").Add(sqlLiteral(text)).Line()
}

// func (t ProductTable) Get
func method(t *plan.Table, name string) *Statement {
	return Func().Params(Id("t").Id(t.Handle)).Id(name)
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

func keyNames(t *plan.Table) []Code {
	var names []Code
	for _, c := range t.Keys {
		names = append(names, Id(c.Argument))
	}
	return names
}

//	if err := t.session.check("get", "product"); err != nil {
//		return nil, err
//	}
func check(t *plan.Table, op string, results ...Code) *Statement {
	return If(
		Err().Op(":=").Id("t").Dot(sessionName).Dot("check").Call(Lit(op), Lit(t.Name)),
		Err().Op("!=").Nil(),
	).Block(Return(append(results, Err())...))
}

// failed("get", "product", err)
func failed(t *plan.Table, op string) *Statement {
	return Id("failed").Call(Lit(op), Lit(t.Name), Err())
}

// productFields(&row)...
func fieldsOf(t *plan.Table) *Statement {
	return Id(t.Private + "Fields").Call(Op("&").Id("row")).Op("...")
}

// t.session.queryRow(ctx, productGet, …)
func queryRow(t *plan.Table, name string, args []plan.Arg) *Statement {
	code := append([]Code{Id("ctx"), Id(t.Private + name)}, arguments(args)...)
	call := Id("t").Dot(sessionName).Dot("queryRow")
	if len(args) > 3 {
		return call.Custom(multiLine, code...)
	}
	return call.Call(code...)
}

// now := t.session.now()
func now(args []plan.Arg) *Statement {
	for _, arg := range args {
		if arg.Source == plan.FromClock || arg.Source == plan.FromNewKey && arg.Column.Type.Text {
			return Id("now").Op(":=").Id("t").Dot(sessionName).Dot("now").Call()
		}
	}
	return Null()
}

func arguments(args []plan.Arg) []Code {
	var code []Code
	for _, arg := range args {
		code = append(code, argument(arg))
	}
	return code
}

// argument is the Go expression of a statement's argument.
func argument(arg plan.Arg) *Statement {
	c := arg.Column
	switch arg.Source {
	case plan.FromTenant:
		return Id("t").Dot(sessionName).Dot("tenant")
	case plan.FromUser:
		return Id("t").Dot(sessionName).Dot("user")
	case plan.FromClock:
		return Id(c.Type.Bind).Call(Id("now"))
	case plan.FromKey:
		return bound(c.Type, Id(c.Argument))
	case plan.FromNewKey:
		if c.Type.Text {
			return Id("keyOr").Call(Id("input").Dot("id"), Id("now"))
		}
		return Id("orDefault").Call(Id(c.Type.Bind), Id("input").Dot("id"))
	}
	return inputArgument(c)
}

// input.Name, string(input.Status), bindUnix(input.At), optional(bindText, input.Image)
func inputArgument(c *plan.Column) *Statement {
	value := Id("input").Dot(c.Field)
	switch {
	case c.Input.Pointer:
		return Id("optional").Call(Id(c.Type.Bind), value)
	case c.Input.Default && !c.Type.Slice:
		return Id("orDefault").Call(Id(c.Type.Bind), value)
	}
	return bound(c.Type, value)
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
