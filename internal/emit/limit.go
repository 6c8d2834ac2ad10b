package emit

import (
	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// limitFile emits Store.RateLimit.
func limitFile(p *plan.Plan) *File {
	f := newFile(p)
	f.Add(limitResultType(p.RateLimit))
	f.Add(limitMethod(p.RateLimit))
	f.Add(limiterVar(p.RateLimit))
	return f
}

//	type RateLimitResult struct {
//		Allowed    bool
//		Remaining  int
//		RetryAfter time.Duration
//	}
func limitResultType(l *plan.RateLimit) *Statement {
	return doc(l.Result+" says whether a request is within its limit.").
		Type().Id(l.Result).Struct(
		Id("Allowed").Bool(),
		Id("Remaining").Int().Comment("how many more the window allows"),
		Id("RetryAfter").Qual("time", "Duration").Comment("until the window is over; 0 for a request that is allowed"),
	).Line()
}

//	func (s *Store) RateLimit(ctx context.Context, key string, limit int, window time.Duration) (RateLimitResult, error) {
//		counted, err := rateLimiter.count(ctx, s.handle(), key, limit, window)
//		return RateLimitResult(counted), err
//	}
func limitMethod(l *plan.RateLimit) *Statement {
	return doc(
		"RateLimit counts a request of a key, and says whether it is one of the first limit ones in",
		"a window, which begins with the first request and starts anew with the first one after its",
		"end. However many ask at once, no more are allowed. Requests that are refused do not prolong",
		"the window.",
		"",
		"The rows are those of table "+l.Table.Name+", whose column last_request holds the beginning of the",
		"window. Better Auth can read them, but has another window: keep your keys apart from its own,",
		"which are an address and a path, by a prefix. Within a transaction that is rolled back",
		"nothing is counted.",
		"",
		"Returns ErrInvalid for an empty key, a limit below 1 or a window below a millisecond.",
	).Func().Params(Id("s").Op("*").Id("Store")).Id("RateLimit").Params(
		ctxParam(), Id("key").String(), Id("limit").Int(), Id("window").Qual("time", "Duration"),
	).Params(Id(l.Result), Error()).Block(
		List(Id("counted"), Err()).Op(":=").Id(l.Var).Dot("count").Call(
			Id("ctx"), Id("s").Dot("handle").Call(), Id("key"), Id("limit"), Id("window")),
		Return(Id(l.Result).Call(Id("counted")), Err()),
	).Line()
}

//	var rateLimiter = limiter{
//		table: "rate_limit",
//		…
//	}
func limiterVar(l *plan.RateLimit) *Statement {
	unit := "Millisecond"
	if l.Seconds {
		unit = "Second"
	}
	return Var().Id(l.Var).Op("=").Id("limiter").Add(keyed(
		pair("table", Lit(l.Table.Name)),
		pair("id", Lit(l.ID)),
		pair("unit", Qual("time", unit)),
		pair("bind", Id(l.Time.Bind)),
		pair("field", Id(l.Time.Field)),
		pair("sql", sqlLiteral(l.Statement)),
	)).Line()
}
