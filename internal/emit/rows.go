package emit

import (
	"fmt"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// start is a method by which a query of a table begins or goes on.
type start struct {
	name    string
	param   *Statement
	adds    bool // to the query, which must be a copy then
	body    func(query *Statement) []Code
	onTable string   // what it does, of all rows
	onQuery []string // what it does, of a query
}

// starts are the methods that return another query.
func starts(t *plan.Table) []start {
	pointer := Op("*").Id(t.Row)
	list := []start{
		refining(t, "Where", "predicates", Id(t.Predicate), "filter", func(p *Statement) *Statement { return p.Dot("test") },
			"Where returns the rows that all predicates match.",
			"Where keeps the rows that all predicates match, besides earlier ones."),
		refining(t, "OrderBy", "orderings", Id(t.Ordering), "sort", func(o *Statement) *Statement { return o.Dot("term") },
			"OrderBy returns the rows in an order.",
			"OrderBy sorts the rows, after earlier orderings."),
		window(t, "Limit", "limited", "Limit returns the first n rows.",
			"Limit keeps the first n rows. A negative n is ErrInvalid."),
		window(t, "Offset", "skipping", "",
			"Offset leaves out the first n rows. A negative n is ErrInvalid."),
		refining(t, "Select", "columns", Id("Selectable").Types(pointer), "choose", func(c *Statement) *Statement { return c.Dot("column").Call(Nil()) },
			"Select returns rows with these columns; the other fields are zero.",
			"Select reads these columns, and those that earlier calls name. The fields of the", "others are zero, as those of NULL."),
	}
	if len(t.Relations) > 0 {
		list = append(list, refining(t, "With", "relations", Id(t.Relation), "load", func(r *Statement) *Statement { return r.Dot("load").Call(Nil()) },
			"With returns the rows and what the relations lead to.",
			"With loads what the relations lead to into the fields of the rows, by the same", "statement."))
	}
	if t.SoftDelete != nil {
		list = append(list,
			seeing(t, "WithDeleted", "areSeen",
				"WithDeleted returns the rows, deleted or not.",
				"WithDeleted returns the rows, deleted or not. What relations lead to is not deleted, and", "to Update or Delete the rows of such a query is ErrInvalid."),
			seeing(t, "OnlyDeleted", "areAll",
				"OnlyDeleted returns the deleted rows.",
				"OnlyDeleted returns the deleted rows, and otherwise does what WithDeleted does."))
	}
	return list
}

// refining is a method that adds to a query:
//
//	r := (*query)(q).refined()
//	for _, p := range predicates {
//		r.filter(p.test)
//	}
//	return (*ProductQuery)(r)
func refining(t *plan.Table, name, param string, of *Statement, method string, part func(*Statement) *Statement, onTable string, onQuery ...string) start {
	return start{name, Id(param).Op("...").Add(of), true, func(query *Statement) []Code {
		return []Code{
			Id("r").Op(":=").Add(query),
			For(List(Id("_"), Id("one")).Op(":=").Range().Id(param)).Block(Id("r").Dot(method).Call(part(Id("one")))),
			Return(asQuery(t, Id("r"))),
		}
	}, onTable, onQuery}
}

// copied is a query that a method may change.
func copied(m start, query *Statement) *Statement {
	if m.adds {
		return query.Dot("refined").Call()
	}
	return query
}

// window is a method that sets a number of a query:
//
//	return (*ProductQuery)((*query)(q).limited(n))
func window(t *plan.Table, name, method, onTable string, onQuery ...string) start {
	return start{name, Id("n").Int(), false, func(query *Statement) []Code {
		return []Code{Return(asQuery(t, query.Dot(method).Call(Id("n"))))}
	}, onTable, onQuery}
}

// seeing is a method that says which rows a query sees:
//
//	return (*ProductQuery)((*query)(q).seeing(areAll))
func seeing(t *plan.Table, name, which, onTable string, onQuery ...string) start {
	return start{name, Null(), false, func(query *Statement) []Code {
		return []Code{Return(asQuery(t, query.Dot("seeing").Call(Id(which))))}
	}, onTable, onQuery}
}

// startMethods are the methods of a table's handle that start a query, or
// read all rows.
//
//	func (t *ProductTable) Where(predicates ...ProductPredicate) *ProductQuery {
//		return (*ProductQuery)(newQuery(t.session, &productTable)).Where(predicates...)
//	}
func startMethods(t *plan.Table) *Statement {
	s := &Statement{}
	all := func() *Statement { return Id("newQuery").Call(Id("t").Dot(sessionName), tableOf(t)) }
	for _, m := range starts(t) {
		if m.onTable == "" {
			continue
		}
		s.Add(doc(m.onTable)).Add(method(t, m.name)).Params(m.param).Op("*").Id(t.Query).
			Block(m.body(all())...).Line().Line()
	}
	read := func(name string, params, results, args *Statement, comment string) {
		s.Add(doc(comment)).Add(method(t, name)).Params(params).Add(results).
			Block(Return(asQuery(t, all()).Dot(name).Call(args))).Line().Line()
	}
	read("All", ctxParam(), Params(Index().Id(t.Row), Error()), Id("ctx"),
		"All returns the rows; an empty slice when there are none.")
	read("Count", ctxParam(), Params(Int64(), Error()), Id("ctx"),
		"Count returns how many rows there are.")
	read("Page", List(ctxParam(), Id("request").Id("PageRequest")), Params(Id("Page").Types(Id(t.Row)), Error()), List(Id("ctx"), Id("request")),
		"Page returns a page of the rows, by key.")
	return s
}

// (*ProductQuery)(…)
func asQuery(t *plan.Table, query *Statement) *Statement {
	return Parens(Op("*").Id(t.Query)).Call(query)
}

// queryType is a query of one table, with its methods: each is a line around
// the runtime's query, so that a hundred tables compile fast.
func queryType(t *plan.Table) *Statement {
	s := doc(
		fmt.Sprintf("%s reads rows of table %s. It does not change: each method returns another", t.Query, t.Name),
		"query, so that one may be kept and refined in several ways.",
	).Type().Id(t.Query).Id("query").Line().Line()
	own := func() *Statement { return Parens(Op("*").Id("query")).Call(Id("q")) }
	for _, m := range starts(t) {
		s.Add(doc(m.onQuery...)).Add(onQuery(t, m.name)).Params(m.param).Op("*").Id(t.Query).
			Block(m.body(copied(m, own()))...).Line().Line()
	}

	//	func (q *ProductQuery) All(ctx context.Context) (rows []Product, err error) {
	//		err = (*query)(q).all(ctx, &rows)
	//		return rows, err
	//	}
	read := func(name, method, result string, results *Statement, comments ...string) {
		s.Add(doc(comments...)).Add(onQuery(t, name)).Params(ctxParam()).Add(results).Block(
			reading(own().Dot(method).Call(Id("ctx"), Op("&").Id(result))),
			Return(Id(result), Err()),
		).Line().Line()
	}
	read("All", "all", "rows", manyRows(t), "All returns the rows; an empty slice when there are none.")
	read("First", "first", "row", oneRow(t), "First returns the first row, by key where no ordering says otherwise, or ErrNotFound.")
	read("Only", "only", "row", oneRow(t), "Only returns the one row that there is. Returns ErrNotFound when there is none", "and ErrInvalid when there are several.")
	s.Add(pageMethod(t, own()))
	s.Add(eachMethod(t))

	// func (q *ProductQuery) Count(ctx context.Context) (int64, error) { return (*query)(q).count(ctx) }
	number := func(name, method string, result *Statement, comments ...string) {
		s.Add(doc(comments...)).Add(onQuery(t, name)).Params(ctxParam()).Params(result, Error()).Block(
			Return(own().Dot(method).Call(Id("ctx"))),
		).Line().Line()
	}
	number("Count", "count", Int64(), "Count returns how many rows there are, within Limit and Offset.")
	number("Exists", "exists", Bool(), "Exists reports whether there is a row, within Limit and Offset.")
	what := "Delete removes the rows"
	if t.SoftDelete != nil {
		what = "Delete marks the rows as deleted, which hides them and what depends on them,"
		if dependentNames(t) == "" {
			what = "Delete marks the rows as deleted, which hides them,"
		}
	}
	if !t.ReadOnly() {
		number("Delete", "remove", Int64(), what+" and returns how many they were.")
	}
	if t.Updatable() {
		s.Add(updateManyMethod(t, own()))
	}
	return s
}

// // Page returns a page of the rows, and the cursors of those next to it.
//
//	func (q *ProductQuery) Page(ctx context.Context, request PageRequest) (page Page[Product], err error) {
//		err = (*query)(q).page(ctx, request, &page.Rows, &page.Next, &page.Prev)
//		return page, err
//	}
func pageMethod(t *plan.Table, query *Statement) *Statement {
	page := func(field string) *Statement { return Op("&").Id("page").Dot(field) }
	return doc(
		"Page returns a page of the rows, and the cursors of those next to it. Rows that the",
		"orderings do not tell apart are sorted by key. Returns ErrInvalid if a cursor is damaged, or",
		"of another query.",
	).Add(onQuery(t, "Page")).Params(ctxParam(), Id("request").Id("PageRequest")).
		Params(Id("page").Id("Page").Types(Id(t.Row)), Err().Error()).Block(
		reading(query.Dot("page").Call(Id("ctx"), Id("request"), page("Rows"), page("Next"), page("Prev"))),
		Return(Id("page"), Err()),
	).Line().Line()
}

// // Each returns the rows one by one.
//
//	func (q *ProductQuery) Each(ctx context.Context) iter.Seq2[Product, error] {
//		return func(yield func(Product, error) bool) {
//			var row Product
//			(*query)(q).each(ctx, &row, func(err error) bool { return yield(row, err) })
//		}
//	}
func eachMethod(t *plan.Table) *Statement {
	return doc(
		"Each returns the rows one by one, by key after any orderings. It reads a few hundred at a",
		"time and holds no connection in between; an error comes last.",
	).Add(onQuery(t, "Each")).Params(ctxParam()).Qual("iter", "Seq2").Types(Id(t.Row), Error()).Block(
		Return(Func().Params(Id("yield").Func().Params(Id(t.Row), Error()).Bool()).Block(
			Var().Id("row").Id(t.Row),
			Parens(Op("*").Id("query")).Call(Id("q")).Dot("each").Call(Id("ctx"), Op("&").Id("row"),
				Func().Params(Err().Error()).Bool().Block(Return(Id("yield").Call(Id("row"), Err())))),
		)),
	).Line().Line()
}

// // Update changes columns of the rows and returns how many they are.
//
//	func (q *ProductQuery) Update(ctx context.Context, changes ...ProductChange) (int64, error) {
//		list := make([]change, len(changes))
//		for i, c := range changes {
//			list[i] = c.change
//		}
//		return (*query)(q).update(ctx, list)
//	}
func updateManyMethod(t *plan.Table, query *Statement) *Statement {
	return doc("Update changes columns of the rows, of all or of none, and returns how many they are.").
		Add(onQuery(t, "Update")).Params(ctxParam(), Id("changes").Op("...").Id(t.Change)).Params(Int64(), Error()).Block(
		changeList(),
		Return(query.Dot("update").Call(Id("ctx"), Id("list"))),
	).Line().Line()
}

// func (q *ProductQuery) Where
func onQuery(t *plan.Table, name string) *Statement {
	return Func().Params(Id("q").Op("*").Id(t.Query)).Id(name)
}
