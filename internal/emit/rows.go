package emit

import (
	"fmt"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// queryMethods are the methods of a table's handle that start a query.
//
//	func (t ProductTable) rows() *ProductQuery {
//		return &ProductQuery{query{session: t.session, table: &productTable}}
//	}
//
//	func (t ProductTable) Where(predicates ...ProductPredicate) *ProductQuery {
//		return t.rows().Where(predicates...)
//	}
func queryMethods(t *plan.Table) *Statement {
	start := func(name string, params, results, args *Statement, comment string) *Statement {
		return doc(comment).Add(method(t, name)).Params(params).Add(results).
			Block(Return(Id("t").Dot("rows").Call().Dot(name).Call(args))).Line().Line()
	}
	refined := Op("*").Id(t.Query)
	return method(t, "rows").Params().Op("*").Id(t.Query).Block(
		Return(Op("&").Id(t.Query).Values(Id("query").Values(Dict{
			Id("session"): Id("t").Dot(sessionName),
			Id("table"):   Op("&").Id(t.Private + "Table"),
		}))),
	).Line().Line().
		Add(start("Where", Id("predicates").Op("...").Id(t.Predicate), refined.Clone(), Id("predicates").Op("..."),
			"Where returns the rows that all predicates match.")).
		Add(start("OrderBy", Id("orderings").Op("...").Id(t.Ordering), refined.Clone(), Id("orderings").Op("..."),
			"OrderBy returns the rows in an order.")).
		Add(start("Limit", Id("n").Int(), refined.Clone(), Id("n"),
			"Limit returns the first n rows.")).
		Add(start("All", ctxParam(), Params(Index().Id(t.Row), Error()), Id("ctx"),
			"All returns the rows; an empty slice when there are none.")).
		Add(start("Count", ctxParam(), Params(Int64(), Error()), Id("ctx"),
			"Count returns how many rows there are."))
}

// queryType is a query of one table, with its methods: each is a line around
// the runtime's query, so that a hundred tables compile fast.
func queryType(t *plan.Table) *Statement {
	s := doc(
		fmt.Sprintf("%s reads rows of table %s. It does not change: each method returns another", t.Query, t.Name),
		"query, so that one may be kept and refined in several ways.",
	).Type().Id(t.Query).Struct(Id("query").Id("query")).Line().Line()

	// func (q *ProductQuery) Limit(n int) *ProductQuery { return &ProductQuery{q.query.limited(n)} }
	refine := func(name string, params Code, refined *Statement, comment string) {
		s.Add(doc(comment)).Add(onQuery(t, name)).Params(params).Op("*").Id(t.Query).Block(
			Return(Op("&").Id(t.Query).Values(Id("q").Dot("query").Add(refined))),
		).Line().Line()
	}
	refine("Where", Id("predicates").Op("...").Id(t.Predicate), Dot("filtered").Call(Id("tests").Call(Id("predicates"))),
		"Where keeps the rows that all predicates match, besides earlier ones.")
	refine("OrderBy", Id("orderings").Op("...").Id(t.Ordering), Dot("sorted").Call(Id("terms").Call(Id("orderings"))),
		"OrderBy sorts the rows, after earlier orderings.")
	refine("Limit", Id("n").Int(), Dot("limited").Call(Id("n")),
		"Limit keeps the first n rows. A negative n is ErrInvalid.")
	refine("Offset", Id("n").Int(), Dot("skipping").Call(Id("n")),
		"Offset leaves out the first n rows. A negative n is ErrInvalid.")

	// func (q *ProductQuery) Count(ctx context.Context) (int64, error) { return q.query.count(ctx) }
	read := func(name string, result, call Code, comments ...string) {
		s.Add(doc(comments...)).Add(onQuery(t, name)).Params(ctxParam()).Params(result, Error()).Block(
			Return(call),
		).Line().Line()
	}
	fields := Id(t.Private + "Fields")
	own := Id("q").Dot("query")
	read("All", Index().Id(t.Row), Id("all").Call(Id("ctx"), own, fields),
		"All returns the rows; an empty slice when there are none.")
	read("First", Op("*").Id(t.Row), Id("only").Call(Id("ctx"), own, Lit("first"), Lit(1), fields),
		"First returns the first row, by key where no ordering says otherwise, or ErrNotFound.")
	read("Only", Op("*").Id(t.Row), Id("only").Call(Id("ctx"), own, Lit("only"), Lit(2), fields),
		"Only returns the one row that there is. Returns ErrNotFound when there is none", "and ErrInvalid when there are several.")
	read("Count", Int64(), own.Clone().Dot("count").Call(Id("ctx")),
		"Count returns how many rows there are, within Limit and Offset.")
	read("Exists", Bool(), own.Clone().Dot("exists").Call(Id("ctx")),
		"Exists reports whether there is a row, within Limit and Offset.")
	return s
}

// func (q *ProductQuery) Where
func onQuery(t *plan.Table, name string) *Statement {
	return Func().Params(Id("q").Op("*").Id(t.Query)).Id(name)
}
