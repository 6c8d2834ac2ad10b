package emit

import (
	"fmt"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// storeFile emits the package's front door: Store, and the three ways in.
func storeFile(p *plan.Plan) *File {
	f := newFile(p)
	for _, line := range packageDoc(p) {
		f.PackageComment("//" + spaced(line))
	}
	f.Add(openFunc(p))
	f.Add(storeType(p))
	f.Add(enterMethod(p))
	f.Add(asMethod(p))
	f.Add(systemMethod(p))
	f.Add(storeTx())
	f.Add(closeMethod())
	f.Add(scopeType(p))
	f.Add(newScopeFunc(p))
	f.Add(scopeAccessors(p))
	f.Add(tenantMethods(p))
	f.Add(scopeTx())
	f.Add(actorType(p))
	f.Add(actorMethods(p))
	f.Add(systemType(p))
	f.Add(systemMethods(p))
	f.Add(systemTx())
	f.Add(expectedColumns(p))
	return f
}

func packageDoc(p *plan.Plan) []string {
	tenant, users := p.Tenant, p.Users
	example := p.Tenant
	for _, t := range p.Tables {
		if t.Scoped() {
			example = t
			break
		}
	}
	return []string{
		fmt.Sprintf("Package %s is the data access of the schema that it was generated from.", p.Package),
		"",
		fmt.Sprintf("Rows that belong to %s %s are reachable through a Scope alone, and a Scope is", article(tenant.Name), tenant.Name),
		fmt.Sprintf("obtained by proving membership: no method takes the %s as an argument that", tenant.Name),
		"could be wrong or left out.",
		"",
		fmt.Sprintf("\tstore, err := %s.Open(ctx, db)", p.Package),
		fmt.Sprintf("\tscope, err := store.Enter(ctx, %s, %s) // ErrNotMember", keyArgument(users), keyArgument(tenant)),
		fmt.Sprintf("\trows, err := scope.%s.Where(…).OrderBy(…).Limit(50).All(ctx)", example.Rows),
		"",
		fmt.Sprintf("Predicates, orders and changes are made from the columns in the variables %s,", tenant.Rows),
		fmt.Sprintf("%s and so on; those of one table do not fit another. Global tables and the", users.Rows),
		fmt.Sprintf("%s table itself live on System, which asks for a reason.", tenant.Name),
		"",
		"All types are safe for concurrent use. A zero value of one that leads to rows, a",
		"Scope or a query say, is harmless: its methods return ErrNoScope.",
	}
}

func article(noun string) string {
	switch noun[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an"
	}
	return "a"
}

// keyArgument is a table's key as an argument: userID.
func keyArgument(t *plan.Table) string { return t.Private + "ID" }

func keyType(t *plan.Table) *Statement { return typeOf(t.Keys[0].Type) }

// keyParam is userID UserID.
func keyParam(t *plan.Table) *Statement { return Id(keyArgument(t)).Add(keyType(t)) }

// keyValue is the driver's value of a key: string(userID).
func keyValue(t *plan.Table, value *Statement) *Statement { return bound(t.Keys[0].Type, value) }

// // Open …
//
//	func Open(ctx context.Context, db *sql.DB, options ...Option) (*Store, error) {
//		opened, err := openDatabase(ctx, db, expectedColumns, options)
//		if err != nil {
//			return nil, err
//		}
//		return &Store{db: opened}, nil
//	}
//
// With an audit log the options begin with it:
//
//	append([]Option{withAuditLog(&storeAuditLog)}, options...)
func openFunc(p *plan.Plan) *Statement {
	given := Id("options")
	if p.AuditLog != nil {
		given = Append(Index().Id("Option").Values(Id("withAuditLog").Call(Op("&").Id("storeAuditLog"))), Id("options").Op("..."))
	}
	return doc(
		"Open returns a Store on a database, with any driver for SQLite. It checks what",
		"the generated code relies on: that the connection enforces foreign keys, and",
		"that the database has the tables and columns of the schema; ErrInvalid says what",
		"is missing. The handle remains the caller's to close, after Store.Close.",
	).Func().Id("Open").Params(ctxParam(), Id("db").Op("*").Qual("database/sql", "DB"), Id("options").Op("...").Id("Option")).
		Params(Op("*").Id("Store"), Error()).Block(
		List(Id("opened"), Err()).Op(":=").Id("openDatabase").Call(Id("ctx"), Id("db"), Id("expectedColumns"), given),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), Err())),
		Return(Op("&").Id("Store").Values(Dict{Id("db"): Id("opened")}), Nil()),
	).Line()
}

// type Store struct{ db *database }
func storeType(p *plan.Plan) *Statement {
	return doc(
		"Store is an open database. It gives out no rows by itself: enter "+article(p.Tenant.Name)+" "+p.Tenant.Name+",",
		"act as a user, or say why the System must.",
	).Type().Id("Store").Struct(Id("db").Op("*").Id("database")).Line()
}

//	func (s *Store) handle() *database {
//		if s == nil { return nil }
//		return s.db
//	}
//
//	func (s *Store) Enter(ctx context.Context, userID UserID, organizationID OrganizationID) (*Scope, error) {
//		session, role, err := enter(ctx, s.handle(), enterSQL, string(organizationID), string(userID))
//		if err != nil {
//			return nil, err
//		}
//		return newScope(session, userID, organizationID, role), nil
//	}
//
// With roles it also sets what these permit:
//
//	session.granted = grantsOf(role, rolePermissions, "")
func enterMethod(p *plan.Plan) *Statement {
	handle := Func().Params(Id("s").Op("*").Id("Store")).Id("handle").Params().Op("*").Id("database").Block(
		If(Id("s").Op("==").Nil()).Block(Return(Nil())),
		Return(Id("s").Dot("db")),
	).Line()
	sql := Const().Id("enterSQL").Op("=").Add(sqlLiteral(p.Enter)).Line()
	call := []Code{
		Id("ctx"), Id("s").Dot("handle").Call(), Id("enterSQL"),
		keyValue(p.Tenant, Id(keyArgument(p.Tenant))), keyValue(p.Users, Id(keyArgument(p.Users))),
	}
	var body []Code
	stored := Lit("")
	if p.Roles != nil && p.Roles.Dynamic {
		body, call = append(body, Var().Id("stored").String()), append(call, Op("&").Id("stored"))
		stored = Id("stored")
	}
	body = append(body,
		List(Id("session"), Id("role"), Err()).Op(":=").Id("enter").Call(call...),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), Err())))
	if p.Roles != nil {
		body = append(body, Id("session").Dot("granted").Op("=").Id("grantsOf").Call(Id("role"), Id("rolePermissions"), stored))
	}
	return handle.Add(sql).Line().Add(doc(
		fmt.Sprintf("Enter returns the Scope of a user in %s %s, with the user's role loaded.", article(p.Tenant.Name), p.Tenant.Name),
		fmt.Sprintf("Returns ErrNotMember if the user is no member, or there is no such %s.", p.Tenant.Name),
	)).Func().Params(Id("s").Op("*").Id("Store")).Id("Enter").Params(ctxParam(), keyParam(p.Users), keyParam(p.Tenant)).
		Params(Op("*").Id("Scope"), Error()).Block(
		append(body, Return(Id("newScope").Call(Id("session"), Id(keyArgument(p.Users)), Id(keyArgument(p.Tenant)), Id("role")), Nil()))...,
	).Line()
}

//	func (s *Store) As(userID UserID) *Actor {
//		session := &session{db: s.handle(), user: string(userID)}
//		return &Actor{store: s, session: session, userID: userID, Queries: ActorQueries{session}}
//	}
func asMethod(p *plan.Plan) *Statement {
	return doc(
		"As returns what a user can do before entering "+article(p.Tenant.Name)+" "+p.Tenant.Name+". The caller vouches for the",
		"user: it is whoever the request's session says.",
	).Func().Params(Id("s").Op("*").Id("Store")).Id("As").Params(keyParam(p.Users)).Op("*").Id("Actor").Block(
		Id("session").Op(":=").Op("&").Id("session").Values(Dict{
			Id("db"):   Id("s").Dot("handle").Call(),
			Id("user"): keyValue(p.Users, Id(keyArgument(p.Users))),
		}),
		Return(Op("&").Id("Actor").Add(keyed(
			pair("store", Id("s")),
			pair("session", Id("session")),
			pair("userID", Id(keyArgument(p.Users))),
			pair("Queries", Id("ActorQueries").Values(Id("session"))),
		))),
	).Line()
}

//	func (s *Store) System(reason string) *System {
//		if s.handle() == nil || reason == "" {
//			return &System{}
//		}
//		return newSystem(&session{db: s.db, reason: reason})
//	}
func systemMethod(p *plan.Plan) *Statement {
	return doc(
		"System returns access across all tenants, for jobs and administration. The",
		"reason says why; without one every method returns ErrNoScope.",
	).Func().Params(Id("s").Op("*").Id("Store")).Id("System").Params(Id("reason").String()).Op("*").Id("System").Block(
		If(Id("s").Dot("handle").Call().Op("==").Nil().Op("||").Id("reason").Op("==").Lit("")).Block(
			Return(Op("&").Id("System").Values()),
		),
		Return(Id("newSystem").Call(Op("&").Id("session").Values(Dict{Id("db"): Id("s").Dot("db"), Id("reason"): Id("reason")}))),
	).Line().Line().
		Func().Id("newSystem").Params(Id("session").Op("*").Id("session")).Op("*").Id("System").Block(
		Return(Op("&").Id("System").Add(systemFields(p))),
	).Line()
}

func systemFields(p *plan.Plan) *Statement {
	fields := []Code{
		pair("session", Id("session")),
		pair("Queries", Id("SystemQueries").Values(Id("session"))),
	}
	for _, t := range p.Tables {
		if !t.Scoped() {
			fields = append(fields, pair(t.Rows, handle(t, Id("session"))))
		}
	}
	return keyed(fields...)
}

// ProductTable{session}
func handle(t *plan.Table, session *Statement) *Statement {
	return Id(t.Handle).Values(session)
}

func closeMethod() *Statement {
	return doc("Close releases the prepared statements. The database handle stays open.").
		Func().Params(Id("s").Op("*").Id("Store")).Id("Close").Params().Error().Block(
		If(Id("s").Dot("handle").Call().Op("==").Nil()).Block(Return(Nil())),
		Return(Id("s").Dot("db").Dot("close").Call()),
	).Line()
}

//	type Scope struct {
//		session *session
//		userID UserID
//		organizationID OrganizationID
//		role string
//
//		Products ProductTable
//	}
func scopeType(p *plan.Plan) *Statement {
	return doc(
		fmt.Sprintf("Scope is one %s, as one of its members or a job sees it. Everything that is", p.Tenant.Name),
		"reached through it belongs to that "+p.Tenant.Name+".",
	).Type().Id("Scope").StructFunc(func(g *Group) {
		g.Id("session").Op("*").Id("session")
		g.Id("userID").Add(keyType(p.Users))
		g.Id("tenantID").Add(keyType(p.Tenant))
		g.Id("role").String()
		g.Line()
		g.Id("Queries").Id("ScopeQueries").Comment("the queries of queries/*.sql that are proven for " + article(p.Tenant.Name) + " " + p.Tenant.Name)
		for _, t := range p.Tables {
			if t.Scoped() {
				g.Id(t.Rows).Id(t.Handle)
			}
		}
	}).Line()
}

func newScopeFunc(p *plan.Plan) *Statement {
	fields := []Code{
		pair("session", Id("session")), pair("userID", Id("userID")), pair("tenantID", Id("tenantID")), pair("role", Id("role")),
		pair("Queries", Id("ScopeQueries").Values(Id("session"))),
	}
	for _, t := range p.Tables {
		if t.Scoped() {
			fields = append(fields, pair(t.Rows, handle(t, Id("session"))))
		}
	}
	return Func().Id("newScope").Params(
		Id("session").Op("*").Id("session"), Id("userID").Add(keyType(p.Users)), Id("tenantID").Add(keyType(p.Tenant)), Id("role").String(),
	).Op("*").Id("Scope").Block(Return(Op("&").Id("Scope").Add(keyed(fields...)))).Line()
}

// func (s *Scope) UserID() UserID { return s.userID }
func scopeAccessors(p *plan.Plan) *Statement {
	accessor := func(name, field string, typ *Statement, lines ...string) *Statement {
		return doc(lines...).Func().Params(Id("s").Op("*").Id("Scope")).Id(name).Params().Add(typ).
			Block(Return(Id("s").Dot(field))).Line().Line()
	}
	return accessor(p.Methods.UserID, "userID", keyType(p.Users),
		p.Methods.UserID+" returns who acts; the zero value in a Scope of System.").
		Add(accessor(p.Methods.TenantID, "tenantID", keyType(p.Tenant),
			p.Methods.TenantID+" returns whose rows the Scope reaches.")).
		Add(accessor("Role", "role", String(),
			"Role returns the member's role when the Scope was entered; \"\" in a Scope of System.",
			"It may be a list with commas.")).Line()
}

// tenantMethods read and change the tenant's own row within a Scope.
//
//	func (s *Scope) Organization(ctx context.Context, relations ...OrganizationRelation) (*Organization, error) {
//		own := OrganizationTable{s.session}
//		if len(relations) == 0 {
//			return own.Get(ctx, s.tenantID)
//		}
//		return own.Where(Organizations.ID.Eq(s.tenantID)).With(relations...).First(ctx)
//	}
func tenantMethods(p *plan.Plan) *Statement {
	t := p.Tenant
	own := func() *Statement { return Id("own").Op(":=").Add(handle(t, Id("s").Dot("session"))) }
	row := Params(Op("*").Id(t.Row), Error())
	get := Return(Id("own").Dot("Get").Call(Id("ctx"), Id("s").Dot("tenantID")))
	params, body := List(ctxParam()), []Code{own(), get}
	if len(t.Relations) > 0 {
		params = List(ctxParam(), Id("relations").Op("...").Id(t.Relation))
		body = []Code{
			own(),
			If(Len(Id("relations")).Op("==").Lit(0)).Block(get),
			Return(Id("own").Dot("Where").Call(Id(t.Rows).Dot(t.Keys[0].Field).Dot("Eq").Call(Id("s").Dot("tenantID"))).
				Dot("With").Call(Id("relations").Op("...")).Dot("First").Call(Id("ctx"))),
		}
	}
	s := doc(
		p.Methods.TenantRow+" returns the row of the "+t.Name+" that the Scope is in, and what the",
		"relations lead to, however deep: all by one statement.",
	).Func().Params(Id("s").Op("*").Id("Scope")).Id(p.Methods.TenantRow).Params(params).Add(row).Block(body...).Line()
	if !t.Updatable() {
		return s
	}
	return s.Line().Add(doc(p.Methods.Update+" changes columns of the "+t.Name+" that the Scope is in and returns it as it is then.")).
		Func().Params(Id("s").Op("*").Id("Scope")).Id(p.Methods.Update).
		Params(ctxParam(), Id("changes").Op("...").Id(t.Change)).Add(row.Clone()).Block(
		own(),
		Return(Id("own").Dot("Update").Call(Id("ctx"), Id("s").Dot("tenantID"), Id("changes").Op("..."))),
	).Line()
}

// txDoc is the promise of InTx.
func txDoc(what string) []string {
	return []string{
		"InTx runs f with " + what + " in a transaction, and commits when f returns nil.",
		"If f returns an error, which InTx then returns, or panics, or the context ends, nothing",
		"that f did remains. Within a transaction it is a savepoint. The one that f gets is of no",
		"use after f; the outer one waits, for ever perhaps, if f uses it instead.",
	}
}

// scopeTx emits InTx of a Scope.
//
//	func (s *Scope) InTx(ctx context.Context, f func(tx *Scope) error) error {
//		return s.session.inTx(ctx, func(session *session) error {
//			return f(newScope(session, s.userID, s.tenantID, s.role))
//		})
//	}
func scopeTx() *Statement {
	return inTx("Scope", "the Scope", Id("s").Dot("session"), Id("session").Op("*").Id("session"),
		Id("newScope").Call(Id("session"), Id("s").Dot("userID"), Id("s").Dot("tenantID"), Id("s").Dot("role")))
}

// systemTx emits InTx of System.
func systemTx() *Statement {
	return inTx("System", "System", Id("s").Dot("session"), Id("session").Op("*").Id("session"), Id("newSystem").Call(Id("session")))
}

// storeTx emits InTx of a Store.
func storeTx() *Statement {
	return inTx("Store", "the Store", Id("s").Dot("handle").Call(), Id("db").Op("*").Id("database"),
		Op("&").Id("Store").Values(Dict{Id("db"): Id("db")}))
}

func inTx(typeName, what string, outer, param, inner *Statement) *Statement {
	return doc(txDoc(what)...).
		Func().Params(Id("s").Op("*").Id(typeName)).Id("InTx").
		Params(ctxParam(), Id("f").Func().Params(Id("tx").Op("*").Id(typeName)).Error()).Error().Block(
		Return(outer.Dot("inTx").Call(Id("ctx"), Func().Params(param).Error().Block(Return(Id("f").Call(inner))))),
	).Line()
}

func actorType(p *plan.Plan) *Statement {
	return doc("Actor is a user who has not entered "+article(p.Tenant.Name)+" "+p.Tenant.Name+".").
		Type().Id("Actor").Struct(
		Id("store").Op("*").Id("Store"),
		Id("session").Op("*").Id("session"),
		Id("userID").Add(keyType(p.Users)),
		Line().Id("Queries").Id("ActorQueries").Comment("the queries of queries/*.sql that are proven for a user"),
	).Line()
}

//	func (a *Actor) Organizations(ctx context.Context) ([]Organization, error) {
//		return collect[Organization](ctx, a.session, organizationFields, organizationsSQL, a.session.user)
//	}
func actorMethods(p *plan.Plan) *Statement {
	t := p.Tenant
	receiver := func() *Statement { return Func().Params(Id("a").Op("*").Id("Actor")) }
	user := func() *Statement { return Id("a").Dot("userID") }
	return doc(p.Methods.UserID+" returns who acts.").
		Add(receiver()).Id(p.Methods.UserID).Params().Add(keyType(p.Users)).Block(Return(user())).Line().Line().
		Add(doc("Enter is Store.Enter as this user.")).
		Add(receiver()).Id("Enter").Params(ctxParam(), keyParam(t)).Params(Op("*").Id("Scope"), Error()).Block(
		Return(Id("a").Dot("store").Dot("Enter").Call(Id("ctx"), user(), Id(keyArgument(t)))),
	).Line().Line().
		Const().Id("organizationsSQL").Op("=").Add(sqlLiteral(p.Organizations)).Line().Line().
		Add(doc(p.Methods.TenantRows+" returns every "+t.Name+" that the user is a member of, by key.")).
		Add(receiver()).Id(p.Methods.TenantRows).Params(ctxParam()).Params(Index().Id(t.Row), Error()).Block(
		If(Err().Op(":=").Id("a").Dot("session").Dot("check").Call(Lit("list"), Lit(t.Name)), Err().Op("!=").Nil()).Block(Return(Nil(), Err())),
		List(Id("rows"), Err()).Op(":=").Id("collect").Types(Id(t.Row)).Call(
			Id("ctx"), Id("a").Dot("session"), Id(t.Private+"Fields"), Id("organizationsSQL"), Id("a").Dot("session").Dot("user")),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), Id("failed").Call(Lit("list"), Lit(t.Name), Err()))),
		Return(Id("rows"), Nil()),
	).Line()
}

func systemType(p *plan.Plan) *Statement {
	return doc(
		"System reaches what belongs to no tenant, and any tenant. It is for jobs and",
		"administration, never for a request of a user's.",
	).Type().Id("System").StructFunc(func(g *Group) {
		g.Id("session").Op("*").Id("session")
		g.Line()
		g.Id("Queries").Id("SystemQueries").Comment("the queries of queries/*.sql that are marked as unscoped")
		for _, t := range p.Tables {
			if !t.Scoped() {
				g.Id(t.Rows).Id(t.Handle)
			}
		}
	}).Line()
}

//	func (s *System) InOrganization(ctx context.Context, organizationID OrganizationID) (*Scope, error) {
//		session, err := within(ctx, s.session, inTenantSQL, string(organizationID))
//		if err != nil {
//			return nil, err
//		}
//		return newScope(session, "", organizationID, ""), nil
//	}
func systemMethods(p *plan.Plan) *Statement {
	t := p.Tenant
	receiver := func() *Statement { return Func().Params(Id("s").Op("*").Id("System")) }
	return doc("Reason returns what System was asked for; \"\" for a zero value.").
		Add(receiver()).Id("Reason").Params().String().Block(
		If(Id("s").Dot("session").Op("==").Nil()).Block(Return(Lit(""))),
		Return(Id("s").Dot("session").Dot("reason")),
	).Line().Line().
		Const().Id("inTenantSQL").Op("=").Add(sqlLiteral(p.InTenant)).Line().Line().
		Add(doc(
			append([]string{
				fmt.Sprintf("%s returns the Scope of %s %s for background work: no user acts in it.", p.Methods.InTenant, article(t.Name), t.Name),
				"Returns ErrNotFound if there is none with that key.",
			}, noRole(p)...)...,
		)).
		Add(receiver()).Id(p.Methods.InTenant).Params(ctxParam(), keyParam(t)).Params(Op("*").Id("Scope"), Error()).Block(
		List(Id("session"), Err()).Op(":=").Id("within").Call(
			Id("ctx"), Id("s").Dot("session"), Id("inTenantSQL"), keyValue(t, Id(keyArgument(t)))),
		If(Err().Op("!=").Nil()).Block(Return(Nil(), Err())),
		Var().Id("nobody").Add(keyType(p.Users)),
		Return(Id("newScope").Call(Id("session"), Id("nobody"), Id(keyArgument(t)), Lit("")), Nil()),
	).Line()
}

// noRole says what a Scope may do in which no user acts, where there are roles.
func noRole(p *plan.Plan) []string {
	if p.Roles == nil {
		return nil
	}
	return []string{"It may do everything: roles are what members have."}
}

// var expectedColumns = []tableColumns{{"product", []string{"id", …}}}
func expectedColumns(p *plan.Plan) *Statement {
	return doc("expectedColumns is the schema as far as the generated code reads and writes it.").
		Var().Id("expectedColumns").Op("=").Index().Id("tableColumns").Custom(
		Options{Open: "{", Close: "}", Separator: ",", Multi: true}, expectedTables(p)...).Line()
}

func expectedTables(p *plan.Plan) []Code {
	var tables []Code
	for _, t := range p.Tables {
		tables = append(tables, Values(Lit(t.Name), Index().String().ValuesFunc(func(g *Group) {
			for _, c := range t.Columns {
				g.Lit(c.Name)
			}
		})))
	}
	return tables
}
