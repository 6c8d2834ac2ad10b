package emit

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/plan"
)

// queriesFile emits the types whose methods are the queries.
func queriesFile(p *plan.Plan) *File {
	f := newFile(p)
	tenant := article(p.Tenant.Name) + " " + p.Tenant.Name
	for _, q := range []struct {
		name string
		doc  []string
	}{
		{"ScopeQueries", []string{
			"ScopeQueries are the queries of queries/*.sql that are proven to stay within",
			tenant + ". The Scope binds the " + p.Tenant.Name + " itself.",
		}},
		{"ActorQueries", []string{
			"ActorQueries are the queries of queries/*.sql that are proven to reach what is a",
			"user's own. The Actor binds the user itself.",
		}},
		{"SystemQueries", []string{
			"SystemQueries are the queries of queries/*.sql that are marked as unscoped: they",
			"may see rows of every tenant. Each says why.",
		}},
	} {
		f.Add(doc(q.doc...)).Type().Id(q.name).Struct(Id("session").Op("*").Id("session")).Line()
	}
	return f
}

// receivers are the types that the queries are methods of.
var receivers = map[model.ScopeKind]string{
	model.Tenant: "ScopeQueries",
	model.Actor:  "ActorQueries",
	model.System: "SystemQueries",
}

// queryFile emits the queries of one file.
func queryFile(p *plan.Plan, file *plan.QueryFile) *File {
	f := newFile(p)
	f.HeaderComment("// source: " + file.Source)
	for _, q := range file.Queries {
		f.Add(Const().Id(q.Const).Op("=").Add(sqlLiteral("\n" + q.SQL)).Line())
		if q.ParamsType != "" {
			f.Add(paramsType(q))
		}
		if q.Result.Row != "" {
			f.Add(resultType(q))
			f.Add(resultFields(q))
		}
		f.Add(queryMethod(q))
	}
	return f
}

// // TopProductsParams are the parameters of TopProducts.
//
//	type TopProductsParams struct {
//		Limit int64 `json:"limit"`
//	}
func paramsType(q *plan.Query) *Statement {
	return doc(fmt.Sprintf("%s are the parameters of %s.", q.ParamsType, q.Name)).
		Type().Id(q.ParamsType).StructFunc(func(g *Group) {
		for _, param := range q.Given() {
			g.Id(param.Field).Add(paramType(param)).Tag(map[string]string{"json": param.JSON})
		}
	}).Line()
}

func paramType(param plan.Param) *Statement {
	if param.List {
		return Index().Add(typeOf(param.Type))
	}
	return fieldType(param.Type, param.Pointer())
}

// // TopProductsRow is a row of TopProducts.
//
//	type TopProductsRow struct {
//		Name string `json:"name"`
//	}
func resultType(q *plan.Query) *Statement {
	return doc(fmt.Sprintf("%s is a row of %s.", q.Result.Row, q.Name)).
		Type().Id(q.Result.Row).StructFunc(func(g *Group) {
		for _, output := range q.Result.Columns {
			g.Id(output.Field).Add(outputType(output)).Tag(map[string]string{"json": output.JSON})
		}
	}).Line()
}

func outputType(output plan.Output) *Statement {
	if output.Embed != nil {
		return fieldType(plan.Type{Name: output.Embed.Row}, output.Pointer())
	}
	return fieldType(output.Type, output.Pointer())
}

//	func topProductsFields(row *TopProductsRow) []any {
//		return []any{&row.Name}
//	}
func resultFields(q *plan.Query) *Statement {
	var variables, fields []Code
	for _, output := range q.Result.Columns {
		field := Id("row").Dot(output.Field)
		switch {
		case output.Marker != nil:
			variables = append(variables, Var().Id(output.Variable).Id(output.Embed.Row))
			fields = append(fields, optionalAddresses(output)...)
		case output.Embed != nil:
			fields = append(fields, addresses(output.Embed, field)...)
		default:
			fields = append(fields, address(output.Type, output.Pointer(), field))
		}
	}
	if len(variables) == 0 {
		return fieldsFunc(q.Fields, q.Result.Row, fields)
	}
	variables = append(variables, Id("row").Op(":=").Id("address").Assert(Op("*").Id(q.Result.Row)))
	return Func().Id(q.Fields).Params(Id("address").Any()).Index().Any().Block(
		append(variables, Return(Index().Any().Add(keyed(fields...))))...,
	).Line()
}

// optionalAddresses are those of a row that an outer join may leave out:
// present(&row.User, &user, (*string)(&user.ID)), unlessNull(&user.Name), textOrNull(&user.Image).
func optionalAddresses(output plan.Output) []Code {
	var fields []Code
	for _, c := range output.Embed.Columns {
		to := address(c.Type, c.Pointer(), Id(output.Variable).Dot(c.Field))
		switch {
		case c == output.Marker:
			to = Id("present").Call(Op("&").Id("row").Dot(output.Field), Op("&").Id(output.Variable), to)
		case !c.Nullable:
			to = Id("unlessNull").Call(to)
		}
		fields = append(fields, to)
	}
	return fields
}

// // TopProducts …
// func (q ScopeQueries) TopProducts(ctx context.Context, limit int64) ([]TopProductsRow, error)
func queryMethod(q *plan.Query) *Statement {
	return doc(queryDoc(q)...).Func().Params(Id("q").Id(receivers[q.Scope.Kind])).Id(q.Name).
		ParamsFunc(func(g *Group) {
			g.Add(ctxParam())
			switch {
			case q.ParamsType != "":
				g.Id("params").Id(q.ParamsType)
			case len(q.Given()) == 1:
				given := q.Given()[0]
				g.Id(given.Name).Add(paramType(given))
			}
		}).Add(results(q)).BlockFunc(func(g *Group) { queryBody(g, q) }).Line()
}

func queryDoc(q *plan.Query) []string {
	lines := slices.Clone(q.Doc)
	switch q.Command {
	case "one":
		lines = append(lines, "", "Returns ErrNotFound if no row matches.")
	case "iter":
		lines = append(lines, "", "It reads row by row, while the caller ranges over them. An error comes last.")
	}
	if len(q.Needs) > 0 {
		var names []string
		for _, permission := range q.Needs {
			names = append(names, permission.Name)
		}
		lines = append(lines, "", "Returns ErrForbidden unless the member's roles permit "+strings.Join(names, ", ")+", for all rows.")
	}
	if q.Scope.Kind == model.System {
		return append(lines, "", "Unscoped: "+q.Scope.Reason+".")
	}
	return append(lines, "", "Proven: "+q.Scope.Proof+".")
}

// results are a method's result types by command: (*Row, error) or (T, error)
// for one, ([]Row, error) for many, iter.Seq2[Row, error] for iter, error for
// exec, (int64, error) for execrows.
func results(q *plan.Query) *Statement {
	switch q.Command {
	case "one":
		if isStruct(q) {
			return Params(Op("*").Add(rowTypeOf(q)), Error())
		}
		return Params(rowTypeOf(q), Error())
	case "many":
		return Params(Index().Add(rowTypeOf(q)), Error())
	case "iter":
		return Qual("iter", "Seq2").Types(rowTypeOf(q), Error())
	case "execrows":
		return Params(Int64(), Error())
	}
	return Error()
}

func isStruct(q *plan.Query) bool { return q.Result.Table != nil || q.Result.Row != "" }

func rowTypeOf(q *plan.Query) *Statement {
	switch {
	case q.Result.Table != nil:
		return Id(q.Result.Table.Row)
	case q.Result.Row != "":
		return Id(q.Result.Row)
	}
	output := q.Result.Columns[0]
	return fieldType(output.Type, output.Pointer())
}

func queryBody(g *Group, q *plan.Query) {
	check := func(results ...Code) {
		g.If(
			Err().Op(":=").Add(checkQuery(q)),
			Err().Op("!=").Nil(),
		).Block(Return(append(results, Err())...))
	}
	if q.Command == "iter" {
		iterBody(g, q)
		return
	}
	failed := Id("failed").Call(Lit(q.Name), Lit(""), Err())
	call := append([]Code{Id("ctx")}, statementCall(q)...)
	switch q.Command {
	case "one":
		g.Var().Id("row").Add(rowTypeOf(q))
		check(zeroResult(q))
		g.Err().Op(":=").Id("scan").Call(append([]Code{Id("ctx"), sessionOf(q), oneFields(q)}, call[1:]...)...)
		g.If(Err().Op("!=").Nil()).Block(Return(zeroResult(q), failed))
		g.Return(oneResult(q), Nil())
	case "many":
		check(Nil())
		g.List(Id("rows"), Err()).Op(":=").Id("collect").Types(rowTypeOf(q)).Call(
			append([]Code{Id("ctx"), sessionOf(q), scanMany(q)}, call[1:]...)...)
		g.If(Err().Op("!=").Nil()).Block(Return(Nil(), failed))
		g.Return(Id("rows"), Nil())
	case "execrows":
		check(Lit(0))
		g.List(Id("n"), Err()).Op(":=").Add(sessionOf(q)).Dot("exec").Call(call...)
		g.Return(Id("n"), failed)
	default:
		check()
		g.List(Id("_"), Err()).Op(":=").Add(sessionOf(q)).Dot("exec").Call(call...)
		g.Return(failed)
	}
}

// sessionOf is the session that runs a query: q.session, or
// q.session.recorded() where the audit log has to know who acts.
func sessionOf(q *plan.Query) *Statement {
	session := Id("q").Dot("session")
	if q.Recorded {
		session.Dot("recorded").Call()
	}
	return session
}

// statementCall is the statement's text with its arguments.
func statementCall(q *plan.Query) []Code {
	call := []Code{Id(q.Const)}
	for _, param := range q.Params {
		call = append(call, paramValue(q, param))
	}
	return call
}

//	if err := q.session.check("TopProducts", ""); err != nil {
//		return broken[TopProductsRow](err)
//	}
//
// return stream(ctx, q.session, "TopProducts", topProductsFields, topProductsSQL, q.session.tenant)
func iterBody(g *Group, q *plan.Query) {
	g.If(
		Err().Op(":=").Add(checkQuery(q)),
		Err().Op("!=").Nil(),
	).Block(Return(Id("broken").Types(rowTypeOf(q)).Call(Err())))
	g.Return(Id("stream").Types(rowTypeOf(q)).Call(
		append([]Code{Id("ctx"), sessionOf(q), Lit(q.Name), scanMany(q)}, statementCall(q)...)...))
}

// checkQuery is the check before a query: q.session.check("TopProducts", ""),
// checkUser where the query binds the user, and require(q.session, "TopProducts",
// PermProductRead) where it needs permissions.
func checkQuery(q *plan.Query) *Statement {
	session := func() *Statement { return Id("q").Dot("session") }
	require := Id("require").CallFunc(func(g *Group) {
		g.Add(session())
		g.Lit(q.Name)
		for _, permission := range q.Needs {
			g.Id(permission.Const)
		}
	})
	switch {
	case q.Scope.Actor != 0 && len(q.Needs) > 0:
		return Qual("cmp", "Or").Call(session().Dot("checkUser").Call(Lit(q.Name)), require)
	case q.Scope.Actor != 0:
		return session().Dot("checkUser").Call(Lit(q.Name))
	case len(q.Needs) > 0:
		return require
	}
	return session().Dot("check").Call(Lit(q.Name), Lit(""))
}

func zeroResult(q *plan.Query) *Statement {
	if isStruct(q) {
		return Nil()
	}
	return Id("row")
}

func oneResult(q *plan.Query) *Statement {
	if isStruct(q) {
		return Op("&").Id("row")
	}
	return Id("row")
}

// oneFields are the fields of a single row, or the one value.
func oneFields(q *plan.Query) *Statement {
	if isStruct(q) {
		return Id(q.Fields).Call(Op("&").Id("row"))
	}
	output := q.Result.Columns[0]
	return Index().Any().Values(address(output.Type, output.Pointer(), Id("row")))
}

// scanMany is the function that lists the fields of each row.
func scanMany(q *plan.Query) *Statement {
	if isStruct(q) {
		return Id(q.Fields)
	}
	output := q.Result.Columns[0]
	value := Op("*").Id("address").Assert(Op("*").Add(rowTypeOf(q)))
	return Func().Params(Id("address").Any()).Index().Any().Block(
		Return(Index().Any().Values(address(output.Type, output.Pointer(), Parens(value)))),
	)
}

// paramValue is a parameter as the driver takes it.
func paramValue(q *plan.Query, param plan.Param) *Statement {
	switch param.Bound {
	case model.Tenant:
		return Id("q").Dot("session").Dot("tenant")
	case model.Actor:
		return Id("q").Dot("session").Dot("user")
	}
	value := Id(param.Name)
	if q.ParamsType != "" {
		value = Id("params").Dot(param.Field)
	}
	switch {
	case param.List:
		return Id("list").Call(Id(param.Type.Bind), value)
	case param.Pointer():
		return Id("optional").Call(Id(param.Type.Bind), value)
	}
	return bound(param.Type, value)
}
