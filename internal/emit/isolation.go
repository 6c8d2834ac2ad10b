package emit

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// isolationSupport is the part of the isolation test that is the same in
// every project. It compiles beside generated code alone.
//
//go:embed isolation_support.txt
var isolationSupport []byte

// isolationSupportFile returns the support for a package.
func isolationSupportFile(pkg string) []byte {
	return append([]byte(Header+"\n\n"), bytes.Replace(isolationSupport, []byte("PACKAGE"), []byte(pkg), 1)...)
}

// isolationFile emits the test that no table of the package leaks.
func isolationFile(p *plan.Plan) (*File, error) {
	f, rows := newFile(p), p.Isolation.Rows
	if p.AuditLog != nil { // what follows is logged
		text, err := AuditLog(p.AuditLog)
		if err != nil {
			return nil, err
		}
		_, triggers, _ := strings.Cut(string(text), createTrigger)
		rows = append(slices.Clone(rows), createTrigger+triggers)
	}
	f.Add(doc(
		"isolationSchema makes the tables; isolationRows fills them for two tenants, whose second has",
		"isolationTheirs. isolationAstray adds rows whose keys name rows of the other tenant, or deleted",
		"ones; isolationForget removes all that the first tenant must not see. isolationLost makes rows of",
		"the second tenant name rows that are nowhere.",
	).Var().Defs(
		Id("isolationSchema").Op("=").Add(literals(p.Isolation.Schema)),
		Id("isolationRows").Op("=").Add(literals(rows)),
		Id("isolationTheirs").Op("=").Add(literals(p.Isolation.Theirs)),
		Id("isolationAstray").Op("=").Add(literals(p.Isolation.Astray)),
		Id("isolationForget").Op("=").Add(literals(p.Isolation.Forget)),
		Id("isolationLost").Op("=").Add(literals(p.Isolation.Lost)),
	).Line())
	f.Add(enterBoth(p))
	f.Add(followAll(p))
	f.Add(enterTest(p))
	f.Add(lifeTest(p))
	for _, trial := range p.Isolation.Trials {
		f.Add(trialTest(p, trial))
	}
	if p.Isolation.Inviting != nil {
		f.Add(guestVar(p.Isolation.Inviting))
		f.Add(inviteTest(p))
	}
	return f, nil
}

func literals(texts []string) *Statement {
	var code []Code
	for _, text := range texts {
		code = append(code, sqlLiteral(text))
	}
	return Index().String().Add(keyed(code...))
}

//	func (w *isolation) enter() {
//		…
//		w.a, err = w.store.Enter(ctx, "a user id", "a organization id")
//		…
//		w.a.session.granted = nil // where there are roles
//	}
func enterBoth(p *plan.Plan) *Statement {
	enter := func(scope string, side int) *Statement {
		return List(Id("w").Dot(scope), Err()).Op("=").Id("w").Dot("store").Dot("Enter").Call(
			Qual(contextPath, "Background").Call(), goValue(p.Isolation.User[side]), goValue(p.Isolation.Tenant[side]))
	}
	fail := If(Err().Op("!=").Nil()).Block(Id("w").Dot("Fatal").Call(Err()))
	comments := []string{"enter enters both tenants, each as its own member."}
	body := []Code{
		Id("w").Dot("Helper").Call(),
		Var().Err().Error(),
		enter("a", 0), fail,
		enter("b", 1), fail.Clone(),
	}
	if p.Roles != nil {
		comments = append(comments, "Roles do not restrict them: it is tenants that are tested here.")
		for _, scope := range []string{"a", "b"} {
			body = append(body, Id("w").Dot(scope).Dot("session").Dot("granted").Op("=").Nil())
		}
	}
	return doc(comments...).Func().Params(Id("w").Op("*").Id("isolation")).Id("enter").Params().Block(body...).Line()
}

// followAll emits a walk over every relation:
//
//	func (w *isolation) follow() {
//		w.saw("Organization with Members")(w.a.Organization(ctx, Organizations.Members))
//		follow(w, "Teams.Members", &w.a.Teams, &w.b.Teams, Teams.Members)
//	}
func followAll(p *plan.Plan) *Statement {
	return doc("follow follows every relation from what the first tenant may see.").
		Func().Params(Id("w").Op("*").Id("isolation")).Id("follow").Params().BlockFunc(func(g *Group) {
		for _, way := range p.Isolation.Ways {
			if way.Table == nil {
				g.Id("w").Dot("saw").Call(Lit(p.Methods.TenantRow + " with " + way.Steps[0].Field)).Call(
					Id("w").Dot("a").Dot(p.Methods.TenantRow).Call(Qual(contextPath, "Background").Call(), steps(p.Tenant, way.Steps)))
				continue
			}
			rows := way.Table.Rows
			others := Op("&").Id("w").Dot("b").Dot(rows)
			if slices.ContainsFunc(way.Table.Columns, func(c *plan.Column) bool { return c.Key && c.Job == plan.TenantColumn }) {
				others = Nil() // their keys may be those of the scope's own rows
			}
			g.Id("follow").Call(Id("w"), Lit(wayName(way)), Op("&").Id("w").Dot("a").Dot(rows), others, steps(way.Table, way.Steps))
		}
	}).Line()
}

// Members.User.With(Users.Teams)
func steps(t *plan.Table, way []*plan.Relation) *Statement {
	s := Id(t.Rows).Dot(way[0].Field)
	if len(way) > 1 {
		s.Dot("With").Call(steps(way[0].Target, way[1:]))
	}
	return s
}

// wayName names a way in messages: Members.User.Teams.
func wayName(way plan.Way) string {
	name := way.Table.Rows
	for _, r := range way.Steps {
		name += "." + r.Field
	}
	return name
}

// TestIsolationOfEnter tries the ways into a tenant.
func enterTest(p *plan.Plan) *Statement {
	user, tenant := p.Isolation.User, p.Isolation.Tenant
	ctx := Qual(contextPath, "Background").Call()
	key := p.Tenant.Keys[0].Field
	return Func().Id("TestIsolationOfEnter").Params(Id("t").Op("*").Qual("testing", "T")).Block(
		Id("w").Op(":=").Id("openIsolation").Call(Id("t")),
		List(Id("_"), Err()).Op(":=").Id("w").Dot("store").Dot("Enter").Call(ctx, goValue(user[0]), goValue(tenant[1])),
		is("Enter of a stranger", Err(), "ErrNotMember"),
		List(Id("_"), Err()).Op("=").Id("w").Dot("store").Dot("As").Call(goValue(user[1])).Dot("Enter").Call(ctx.Clone(), goValue(tenant[0])),
		is("Enter of a stranger", Err(), "ErrNotMember"),
		List(Id("_"), Err()).Op("=").Id("w").Dot("store").Dot("System").Call(Lit("test")).Dot(p.Methods.InTenant).Call(ctx.Clone(), missing(tenant[0])),
		is(p.Methods.InTenant+" where there is none", Err(), "ErrNotFound"),
		List(Id("rows"), Err()).Op(":=").Id("w").Dot("store").Dot("As").Call(goValue(user[0])).Dot(p.Methods.TenantRows).Call(ctx.Clone()),
		Id("w").Dot("counts").Call(Lit(p.Methods.TenantRows), Len(Id("rows")), Lit(1), Err()),
		List(Id("own"), Err()).Op(":=").Id("w").Dot("a").Dot(p.Methods.TenantRow).Call(ctx.Clone()),
		If(Err().Op("!=").Nil().Op("||").Id("own").Dot(key).Op("!=").Add(goValue(tenant[0]))).Block(
			Id("t").Dot("Errorf").Call(Lit(p.Methods.TenantRow+": %v, %v"), Id("own"), Err()),
		),
		Id("w").Dot("untouched").Call(),
	).Line()
}

// lifeTest exports and erases one tenant beside another, and imports it again.
func lifeTest(p *plan.Plan) *Statement {
	m, tenant := p.Methods, p.Isolation.Tenant[0]
	ctx := Qual(contextPath, "Background").Call()
	call := func(method string, args ...Code) *Statement {
		return Id("system").Dot(method).Call(append([]Code{ctx.Clone()}, args...)...)
	}
	try := func(g *Group, assign, what, want string, call *Statement) {
		g.List(Id("_"), Err()).Op(assign).Add(call)
		g.Add(is(what, Err(), want))
	}
	return doc(fmt.Sprintf("TestIsolationOfLife exports and erases one %s beside another, and imports it again.", p.Tenant.Name)).
		Func().Id("TestIsolationOfLife").Params(Id("t").Op("*").Qual("testing", "T")).BlockFunc(func(g *Group) {
		g.Id("w").Op(":=").Id("openIsolation").Call(Id("t"))
		g.Id("system").Op(":=").Id("w").Dot("store").Dot("System").Call(Lit("test"))
		g.Var().Id("archive").Qual("bytes", "Buffer")
		try(g, ":=", m.Export+" where there is none", "ErrNotFound", call(m.Export, missing(tenant), Op("&").Id("archive")))
		try(g, "=", m.Erase+" where there is none", "ErrNotFound", call(m.Erase, missing(tenant)))
		try(g, "=", m.Export, "", call(m.Export, goValue(tenant), Op("&").Id("archive"), Id("WithSecrets").Call()))
		if p.Isolation.Moves {
			try(g, "=", m.Erase, "", call(m.Erase, goValue(tenant)))
			g.Id("w").Dot("untouched").Call()
			g.Id("w").Dot("unenforced").Call(Id("isolationLost"))
			g.Id("w").Dot("theirs").Op("=").Id("w").Dot("rowsOfTheirs").Call()
			try(g, "=", m.Import, "", call(m.Import, Op("&").Id("archive")))
		}
		g.Id("w").Dot("untouched").Call()
	}).Line()
}

// missing is a key that no row has.
func missing(s plan.Sample) *Statement {
	if text, ok := s.Value.(string); ok {
		s.Value = "no " + text
	} else {
		s.Value = int64(-1)
	}
	return goValue(s)
}

// trialTest tries every method of one table across tenants, on references,
// and on a deleted row.
func trialTest(p *plan.Plan, trial *plan.Trial) *Statement {
	t := trial.Table
	return doc(fmt.Sprintf("TestIsolationOf%s tries to reach another %s's rows of table %s.", t.Rows, p.Tenant.Name, t.Name)).
		Func().Id("TestIsolationOf" + t.Rows).Params(Id("t").Op("*").Qual("testing", "T")).BlockFunc(func(g *Group) {
		g.Id("w").Op(":=").Id("openIsolation").Call(Id("t"))
		g.Id("ctx").Op(":=").Qual(contextPath, "Background").Call()
		g.Var().Err().Error()
		g.Line().Comment("by key")
		g.List(Id("_"), Err()).Op("=").Add(own(t)).Dot("Get").Call(keyArgs(trial.Mine)...)
		g.Add(is("Get", Err(), ""))
		tryKey(g, trial, trial.Theirs, "another's row")
		visible := 1
		if trial.Shared != nil {
			g.Line().Comment("a shared row may be read, not written")
			visible = 2
			tryWrites(g, trial, trial.Shared, "a shared row")
		}
		g.Line().Comment("by queries")
		g.Add(sees("all rows", visible, own(t).Dot("Where").Call()))
		g.Add(sees("a choice of columns", visible, own(t).Dot("Select").Call(Id(t.Rows).Dot(t.Keys[0].Field))))
		g.Add(sees("another's row", 0, rowOf(trial, trial.Theirs)))
		if t.ReadOnly() {
			g.Line().Id("w").Dot("untouched").Call()
			return
		}
		g.Line().Comment("by what is written")
		tryUpserts(g, trial)
		for _, r := range trial.References {
			tryReference(g, trial, r)
		}
		if trial.Creates {
			g.Id("creates").Call(Id("w"), Op("&").Add(own(t)), newValue(trial, nil))
		}
		if t.SoftDelete != nil {
			g.Line().Comment("a deleted row is gone")
			g.Add(is("Delete", own(t).Dot("Delete").Call(keyArgs(trial.Mine)...), ""))
			tryKey(g, trial, trial.Mine, "a deleted row")
			g.Add(sees("a deleted row", 0, rowOf(trial, trial.Mine)))
			if trial.Creates {
				g.Add(upsert(trial, trial.Mine))
				g.Add(is("Upsert of a deleted row", Err(), refusal(trial)))
			}
			tryDeleted(g, trial)
		}
		g.Line().Id("w").Dot("untouched").Call()
	}).Line()
}

// tryDeleted expects that deleted rows come back and go for good in their own
// tenant alone. The row of the scope's is deleted before.
func tryDeleted(g *Group, trial *plan.Trial) {
	t := trial.Table
	g.Add(sees("a deleted row, WithDeleted", 1, rowOf(trial, trial.Mine).Dot("WithDeleted").Call()))
	g.Add(sees("a deleted row, OnlyDeleted", 1, rowOf(trial, trial.Mine).Dot("OnlyDeleted").Call()))
	g.Line().Comment("until it is restored")
	g.Add(is("Restore", own(t).Dot("Restore").Call(keyArgs(trial.Mine)...), ""))
	g.List(Id("_"), Err()).Op("=").Add(own(t)).Dot("Get").Call(keyArgs(trial.Mine)...)
	g.Add(is("Get of a restored row", Err(), ""))
	g.Add(is("Restore of a row that is not deleted", own(t).Dot("Restore").Call(keyArgs(trial.Mine)...), "ErrNotFound"))
	g.Add(is("Purge of a row that is not deleted", own(t).Dot("Purge").Call(keyArgs(trial.Mine)...), "ErrNotFound"))
	g.Line().Comment("what another has deleted is gone too, and stays the other's")
	g.Add(is("Delete by the other", Id("w").Dot("b").Dot(t.Rows).Dot("Delete").Call(keyArgs(trial.Theirs)...), ""))
	g.Id("w").Dot("remember").Call()
	if trial.Taken != plan.TakenByNone { // else a row of the scope's own has the key by now
		g.Add(sees("another's deleted row, WithDeleted", 0, rowOf(trial, trial.Theirs).Dot("WithDeleted").Call()))
	}
	g.Add(sees("another's deleted row, OnlyDeleted", 0, rowOf(trial, trial.Theirs).Dot("OnlyDeleted").Call()))
	g.Add(is("Restore of another's row", own(t).Dot("Restore").Call(keyArgs(trial.Theirs)...), "ErrNotFound"))
	g.Add(is("Purge of another's row", own(t).Dot("Purge").Call(keyArgs(trial.Theirs)...), "ErrNotFound"))
	g.Add(is("Delete", own(t).Dot("Delete").Call(keyArgs(trial.Mine)...), ""))
	g.Id("w").Dot("purged").Call(Lit("Purge"), own(t).Dot("Purge").Call(keyArgs(trial.Mine)...))
	g.List(Id("_"), Err()).Op("=").Add(own(t)).Dot("PurgeDeleted").Call(Id("ctx"), Lit(0))
	g.Id("w").Dot("purged").Call(Lit("PurgeDeleted"), Err())
}

// refusal is how an upsert of a deleted row fails.
func refusal(trial *plan.Trial) string {
	if trial.NamesItself {
		return "ErrReference"
	}
	return "ErrConflict"
}

func own(t *plan.Table) *Statement { return Id("w").Dot("a").Dot(t.Rows) }

// tryKey expects that a key finds nothing, to read or to write.
func tryKey(g *Group, trial *plan.Trial, key []plan.Sample, what string) {
	g.List(Id("_"), Err()).Op("=").Add(own(trial.Table)).Dot("Get").Call(keyArgs(key)...)
	g.Add(is("Get of "+what, Err(), "ErrNotFound"))
	if !trial.Table.ReadOnly() {
		tryWrites(g, trial, key, what)
	}
}

// tryWrites expects that a key finds nothing to write, alone and in a query.
func tryWrites(g *Group, trial *plan.Trial, key []plan.Sample, what string) {
	t := trial.Table
	if change := aChange(trial); change != nil {
		g.List(Id("_"), Err()).Op("=").Add(own(t)).Dot("Update").Call(append(keyArgs(key), change)...)
		g.Add(is("Update of "+what, Err(), "ErrNotFound"))
		g.Id("changesNothing").Call(Id("w"), Lit(what), rowOf(trial, key), change.Clone())
	}
	g.Add(is("Delete of "+what, own(t).Dot("Delete").Call(keyArgs(key)...), "ErrNotFound"))
	g.Id("deletesNothing").Call(Id("w"), Lit(what), rowOf(trial, key))
}

// aChange is a change that the scope may make to its own rows.
func aChange(trial *plan.Trial) *Statement {
	switch {
	case trial.Change != nil:
		return set(trial.Table, *trial.Change)
	case trial.Table.Updatable() && len(trial.References) > 0:
		for _, sample := range trial.References[0].Mine {
			if sample.Column.Settable() {
				return set(trial.Table, sample)
			}
		}
	}
	return nil
}

// sees(w, "all rows", 1, w.a.Products.Where())
func sees(what string, n int, query *Statement) *Statement {
	return Id("sees").Call(Id("w"), Lit(what), Lit(n), query)
}

// w.a.Products.Where(Products.ID.Eq("b product id"))
func rowOf(trial *plan.Trial, key []plan.Sample) *Statement {
	var equal []Code
	for _, sample := range key {
		equal = append(equal, Id(trial.Table.Rows).Dot(sample.Column.Field).Dot("Eq").Call(goValue(sample)))
	}
	return own(trial.Table).Dot("Where").Call(equal...)
}

// tryUpserts expects that a row with another's key does not become the
// scope's, and that one of its own changes.
func tryUpserts(g *Group, trial *plan.Trial) {
	if !trial.Creates {
		return
	}
	g.Add(upsert(trial, trial.Theirs))
	switch trial.Taken {
	case plan.TakenConflict:
		g.Add(is("Upsert of another's row", Err(), "ErrConflict"))
	case plan.TakenReference:
		g.Add(is("Upsert of another's row", Err(), "ErrReference"))
	case plan.TakenByNone:
		g.Id("w").Dot("created").Call(Lit("Upsert with a key that another has"), Err())
	}
	if trial.Shared != nil {
		g.Add(upsert(trial, trial.Shared))
		g.Add(is("Upsert of a shared row", Err(), "ErrConflict"))
	}
	if !trial.Holds {
		g.Add(upsert(trial, trial.Mine))
		g.Add(is("Upsert", Err(), ""))
	}
	for _, u := range trial.Unique {
		var names []string
		for _, c := range u.Columns {
			names = append(names, c.Name)
		}
		what := "Upsert by " + strings.Join(names, ", ")
		if u.Theirs != nil {
			g.Add(upsert(trial, u.Theirs, u.Columns...))
			g.Add(is(what+" of another's row", Err(), "ErrConflict"))
		}
		g.Add(upsert(trial, u.New, u.Columns...))
		g.Id("w").Dot("created").Call(Lit(what), Err())
	}
}

// _, err = w.a.Products.Upsert(ctx, NewProduct{…}.WithID("b product id"))
// _, err = w.a.Products.Upsert(ctx, NewProduct{…}, Products.SKU)
func upsert(trial *plan.Trial, key []plan.Sample, conflict ...*plan.Column) *Statement {
	input := newValue(trial, key)
	for _, sample := range key {
		if sample.Column == trial.Table.NewKey {
			input.Dot("WithID").Call(goValue(sample))
		}
	}
	args := []Code{Id("ctx"), input}
	for _, c := range conflict {
		args = append(args, Id(trial.Table.Rows).Dot(c.Field))
	}
	return List(Id("_"), Err()).Op("=").Add(own(trial.Table)).Dot("Upsert").Call(args...)
}

// tryReference expects that no row can be made to reference another's.
func tryReference(g *Group, trial *plan.Trial, r plan.TrialReference) {
	t := trial.Table
	var names []string
	var changes []Code
	for _, sample := range r.Theirs {
		names = append(names, sample.Column.Name)
		if sample.Column.Settable() {
			changes = append(changes, set(t, sample))
		}
	}
	what := strings.Join(names, ", ") + " of another's row"
	g.Id("refuses").Call(Id("w"), Lit(what), Op("&").Add(own(t)), newValue(trial, nil), newValue(trial, r.Theirs))
	if len(changes) > 0 {
		g.List(Id("_"), Err()).Op("=").Add(own(t)).Dot("Update").Call(append(keyArgs(trial.Mine), changes...)...)
		g.Add(is("Update to "+what, Err(), "ErrReference"))
	}
}

// NewProduct{Name: "a product name", CategoryID: pointerTo(CategoryID("b category id"))}
func newValue(trial *plan.Trial, overriding []plan.Sample) *Statement {
	t := trial.Table
	values := map[*plan.Column]plan.Sample{}
	for _, sample := range trial.New {
		values[sample.Column] = sample
	}
	for _, sample := range overriding {
		values[sample.Column] = sample
	}
	var fields []Code
	for _, c := range t.Columns {
		sample, ok := values[c]
		if !ok || c.Job != plan.NoJob {
			continue
		}
		value := goValue(sample)
		if c.Input.Pointer {
			value = Id("pointerTo").Types(typeOf(c.Type)).Call(value)
		}
		fields = append(fields, Id(c.Field).Op(":").Add(value))
	}
	return Id(t.New).Values(fields...)
}

// Products.Name.Set("b product name")
func set(t *plan.Table, sample plan.Sample) *Statement {
	return Id(t.Rows).Dot(sample.Column.Field).Dot("Set").Call(goValue(sample))
}

func keyArgs(key []plan.Sample) []Code {
	args := []Code{Id("ctx")}
	for _, sample := range key {
		args = append(args, goValue(sample))
	}
	return args
}

// w.is("Get", err, ErrNotFound)
func is(what string, err Code, want string) *Statement {
	expected := Nil()
	if want != "" {
		expected = Id(want)
	}
	return Id("w").Dot("is").Call(Lit(what), err, expected)
}

// goValue is a sample in the column's Go type.
func goValue(s plan.Sample) *Statement {
	t := s.Column.Type
	switch {
	case t.Package == "time":
		at, _ := s.Value.(time.Time)
		return Qual("time", "Unix").Call(Lit(int(at.Unix())), Lit(0)).Dot("UTC").Call()
	case t.Bind == "bindValue":
		return Op("*").New(typeOf(t))
	case t.Bind == "bindBool":
		return Lit(s.Value == int64(1))
	case t.Slice:
		return Add(typeOf(t)).Call(Lit(s.Value))
	case t.Base != "":
		return Id(t.Name).Call(literal(s.Value))
	}
	return literal(s.Value)
}

// literal is a value without a type of its own.
func literal(value any) *Statement {
	if n, ok := value.(int64); ok {
		return Lit(int(n))
	}
	return Lit(value)
}
