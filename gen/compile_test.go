package gen_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"strings"
	"testing"
)

// TestMistakesDoNotCompile: what would mix up tables, keys or tenants is
// refused by the compiler, with these words.
func TestMistakesDoNotCompile(t *testing.T) {
	c := newCompiler(t)
	for _, example := range []struct {
		name string
		code string // statements of a function with a scope, sys, and ctx
		want string // "" compiles
	}{
		{
			"the right predicate", `scope.Products.Where(gen.Products.Name.Eq("Lamp")).All(ctx)`, "",
		}, {
			"a predicate of another table", `scope.Products.Where(gen.Users.Name.Eq("Ada")).All(ctx)`,
			"cannot use gen.Users.Name.Eq(\"Ada\") (value of struct type gen.Predicate[*gen.User]) as gen.ProductPredicate value in argument to scope.Products.Where",
		}, {
			"predicates of two tables", `gen.And(gen.Products.Name.Eq("Lamp"), gen.Teams.Name.Eq("Sales"))`,
			"in call to gen.And, type gen.Predicate[*gen.Team] of gen.Teams.Name.Eq(\"Sales\") does not match inferred type gen.Predicate[*gen.Product] for gen.Predicate[R]",
		}, {
			"a negated predicate of another table", `scope.Teams.Where(gen.Not(gen.Products.Name.Eq("Lamp"))).Count(ctx)`,
			"cannot use gen.Not(gen.Products.Name.Eq(\"Lamp\")) (value of struct type gen.Predicate[*gen.Product]) as gen.TeamPredicate value in argument to scope.Teams.Where",
		}, {
			"an order of another table", `scope.Products.OrderBy(gen.Teams.Name.Asc()).All(ctx)`,
			"cannot use gen.Teams.Name.Asc() (value of struct type gen.Ordering[*gen.Team]) as gen.ProductOrdering value in argument to scope.Products.OrderBy",
		}, {
			"the right change", `scope.Products.Update(ctx, gen.ProductID("p"), gen.Products.Price.Set(1), gen.Products.SKU.SetNull())`, "",
		}, {
			"a change of another table", `scope.Products.Update(ctx, gen.ProductID("p"), gen.Teams.Name.Set("Sales"))`,
			"cannot use gen.Teams.Name.Set(\"Sales\") (value of struct type gen.Change[*gen.Team]) as gen.ProductChange value in argument to scope.Products.Update",
		}, {
			"a predicate as a change", `scope.Products.Update(ctx, gen.ProductID("p"), gen.Products.Price.Eq(1))`,
			"cannot use gen.Products.Price.Eq(1) (value of struct type gen.Predicate[*gen.Product]) as gen.ProductChange value in argument to scope.Products.Update",
		}, {
			"relations of relations", `scope.Organization(ctx, gen.Organizations.Teams.With(gen.Teams.Members.Where(gen.TeamMembers.UserID.Eq("u")).Limit(1).With(gen.TeamMembers.User.Select(gen.Users.ID))))`, "",
		}, {
			"a relation of another table", `scope.Products.With(gen.Teams.Members).All(ctx)`,
			"cannot use gen.Teams.Members (variable of type *gen.Relation[*gen.Team, *gen.TeamMember]) as gen.ProductRelation value in argument to scope.Products.With: *gen.Relation[*gen.Team, *gen.TeamMember] does not implement gen.RelationOf[*gen.Product] (wrong type for method load)",
		}, {
			"a relation that does not go on from there", `scope.Teams.With(gen.Teams.Members.With(gen.Products.Creator)).All(ctx)`,
			"cannot use gen.Products.Creator (variable of type *gen.Relation[*gen.Product, *gen.User]) as gen.RelationOf[*gen.TeamMember] value in argument to gen.Teams.Members.With: *gen.Relation[*gen.Product, *gen.User] does not implement gen.RelationOf[*gen.TeamMember] (wrong type for method load)",
		}, {
			"a predicate on what a relation starts from", `scope.Products.With(gen.Products.Creator.Where(gen.Products.Name.Eq("Lamp")))`,
			"cannot use gen.Products.Name.Eq(\"Lamp\") (value of struct type gen.Predicate[*gen.Product]) as gen.Predicate[*gen.User] value in argument to gen.Products.Creator.Where",
		}, {
			"a column of another table", `scope.Products.Select(gen.Users.Name)`,
			"cannot use gen.Users.Name (variable of type *gen.TextField[*gen.User, string]) as gen.Selectable[*gen.Product] value in argument to scope.Products.Select: *gen.TextField[*gen.User, string] does not implement gen.Selectable[*gen.Product] (wrong type for method column)",
		}, {
			"the conflict of another table", `scope.Products.Upsert(ctx, gen.NewProduct{}, gen.Teams.ID)`,
			"cannot use gen.Teams.ID (variable of type *gen.TextColumn[*gen.Team, gen.TeamID]) as gen.Selectable[*gen.Product] value in argument to scope.Products.Upsert: *gen.TextColumn[*gen.Team, gen.TeamID] does not implement gen.Selectable[*gen.Product] (wrong type for method column)",
		}, {
			"rows of another table", `scope.Products.LoadCreator(ctx, []gen.Team{})`,
			"cannot use []gen.Team{} (value of type []gen.Team) as []gen.Product value in argument to scope.Products.LoadCreator",
		}, {
			"NULL where the schema forbids it", `gen.Products.Price.SetNull()`,
			"gen.Products.Price.SetNull undefined (type *gen.Field[*gen.Product, int64] has no field or method SetNull)",
		}, {
			"the key of another table", `scope.Products.Get(ctx, gen.TeamID("t"))`,
			"cannot use gen.TeamID(\"t\") (constant \"t\" of string type gen.TeamID) as gen.ProductID value in argument to scope.Products.Get",
		}, {
			"text as a key", `id := "p"; scope.Products.Get(ctx, id)`,
			"cannot use id (variable of type string) as gen.ProductID value in argument to scope.Products.Get",
		}, {
			"user and organization swapped", `store.Enter(ctx, scope.OrganizationID(), scope.UserID())`,
			"cannot use scope.OrganizationID() (value of string type gen.OrganizationID) as gen.UserID value in argument to store.Enter",
		}, {
			"a key compared with a key of another table", `gen.TeamMembers.TeamID.Eq(gen.ProductID("p"))`,
			"cannot use gen.ProductID(\"p\") (constant \"p\" of string type gen.ProductID) as gen.TeamID value in argument to gen.TeamMembers.TeamID.Eq",
		}, {
			"input of another table", `scope.Products.Create(ctx, gen.NewTeam{Name: "Sales"})`,
			"cannot use gen.NewTeam{…} (value of struct type gen.NewTeam) as gen.NewProduct value in argument to scope.Products.Create",
		}, {
			"a row of another organization", `scope.Products.Create(ctx, gen.NewProduct{OrganizationID: "b"})`,
			"unknown field OrganizationID in struct literal of type gen.NewProduct",
		}, {
			"moving a row to another organization", `gen.Products.OrganizationID.Set("b")`,
			"gen.Products.OrganizationID.Set undefined (type *gen.TextColumn[*gen.Product, gen.OrganizationID] has no field or method Set)",
		}, {
			"an owned table without a scope", `sys.Products.All(ctx)`,
			"sys.Products undefined (type *gen.System has no field or method Products)",
		}, {
			"a private table in a scope", `scope.Sessions.All(ctx)`,
			"scope.Sessions undefined (type *gen.Scope has no field or method Sessions)",
		}, {
			"rows straight from the store", `store.Products.All(ctx)`,
			"store.Products undefined (type *gen.Store has no field or method Products)",
		}, {
			"a scope of one's own making", `_ = gen.Scope{tenantID: "b"}`,
			"cannot refer to unexported field tenantID in struct literal of type gen.Scope",
		}, {
			"another tenant for a scope", `scope.tenantID = "b"`,
			"scope.tenantID undefined (cannot refer to unexported field tenantID)",
		}, {
			"a handle of one's own making", `_ = gen.ProductTable{nil}`,
			"implicit assignment to unexported field session in struct literal of type gen.ProductTable",
		}, {
			"the database behind a scope", `_ = scope.session.db`,
			"scope.session undefined (cannot refer to unexported field session)",
		}, {
			"text where a constant type is due", `status := "lost"; gen.Invitations.Status.Eq(status)`,
			"cannot use status (variable of type string) as gen.InvitationStatus value in argument to gen.Invitations.Status.Eq",
		}, {
			"a secret as text", `func(string) {}(must(sys.Sessions.Where().First(ctx)).Token)`,
			"cannot use must(sys.Sessions.Where().First(ctx)).Token (variable of string type gen.Secret) as string value in argument to (func(string) literal)",
		},
	} {
		t.Run(example.name, func(t *testing.T) {
			got := c.compile(example.code)
			if example.want == "" && got != "" {
				t.Errorf("does not compile: %s", got)
			}
			if got != example.want {
				t.Errorf("the compiler says\n%q\nwant\n%q", got, example.want)
			}
		})
	}
}

// compiler checks code against the generated package.
type compiler struct {
	fset *token.FileSet
	std  types.Importer
	gen  *types.Package
}

const genPath = "github.com/rowhouse/rowhouse/gen"

func newCompiler(t *testing.T) *compiler {
	t.Helper()
	c := &compiler{fset: token.NewFileSet(), std: importer.Default()}
	notTest := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
	packages, err := parser.ParseDir(c.fset, ".", notTest, parser.SkipObjectResolution) //nolint:staticcheck // no build tags here
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, file := range packages["gen"].Files {
		files = append(files, file)
	}
	config := types.Config{Importer: c.std}
	if c.gen, err = config.Check(genPath, c.fset, files, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// Import finds the generated package, and those of the standard library.
func (c *compiler) Import(path string) (*types.Package, error) {
	if path == genPath {
		return c.gen, nil
	}
	return c.std.Import(path)
}

// compile returns the first error of the statements, without position.
func (c *compiler) compile(code string) string {
	file, err := parser.ParseFile(c.fset, "example.go", `package example

import (
	"context"

	"`+genPath+`"
)

func must[T any](value T, err error) T { return value }

func example(ctx context.Context, store *gen.Store, scope *gen.Scope, sys *gen.System) {
	`+code+`
}
`, parser.SkipObjectResolution)
	if err != nil {
		return err.Error()
	}
	var first string
	config := types.Config{Importer: c, Error: func(err error) {
		var wrong types.Error
		if errors.As(err, &wrong) && first == "" {
			first = wrong.Msg
		}
	}}
	_, _ = config.Check("example", c.fset, []*ast.File{file}, nil)
	return strings.TrimSpace(strings.Split(first, "\n")[0])
}
