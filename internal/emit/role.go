package emit

import (
	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// rolesFile emits the roles, their permissions, and how a Scope asks for them.
func rolesFile(p *plan.Plan) *File {
	f := newFile(p)
	f.Add(doc(
		"Role is a role of members. A member has one, or several in a list with commas.",
	).Type().Id("Role").String().Line())
	f.Add(roleConstants(p.Roles))
	f.Add(doc(
		"Permission is an action on the rows of a table, or something else that a role permits.",
	).Type().Id("Permission").String().Line())
	f.Add(permissionConstants(p.Roles))
	f.Add(rolePermissions(p.Roles))
	f.Add(canMethod())
	f.Add(requireMethod())
	return f
}

// // The roles.
//
//	const (
//		RoleOwner Role = "owner"
//	)
func roleConstants(roles *plan.Roles) *Statement {
	return doc("The roles.").Const().DefsFunc(func(g *Group) {
		for _, role := range roles.Roles {
			g.Id(role.Const).Id("Role").Op("=").Lit(role.Name)
		}
	}).Line()
}

// // The permissions.
//
//	const (
//		PermProductRead Permission = "product:read"
//	)
func permissionConstants(roles *plan.Roles) *Statement {
	return doc("The permissions. Those that end in Own are for the rows that the user has made.").
		Const().DefsFunc(func(g *Group) {
		for _, permission := range roles.Permissions {
			g.Id(permission.Const).Id("Permission").Op("=").Lit(permission.Name)
		}
	}).Line()
}

// // rolePermissions is what each role permits.
//
//	var rolePermissions = permissionSets(map[Role][]Permission{
//		RoleMember: {
//			PermProductRead,
//		},
//	})
func rolePermissions(roles *plan.Roles) *Statement {
	var fields []Code
	for _, role := range roles.Roles {
		var permissions []Code
		for _, permission := range role.Permissions {
			permissions = append(permissions, Id(permission.Const))
		}
		fields = append(fields, Id(role.Const).Op(":").Add(keyed(permissions...)))
	}
	return doc("rolePermissions is what each role permits.").
		Var().Id("rolePermissions").Op("=").Id("permissionSets").Call(
		Map(Id("Role")).Index().Id("Permission").Add(keyed(fields...)),
	).Line()
}

//	func (s *Scope) Can(permission Permission) bool {
//		return s.session.can(string(permission))
//	}
func canMethod() *Statement {
	return doc(
		"Can reports whether the member's roles permit something, as they were when the Scope was",
		"entered. A permission for all rows is one for the user's own too, and not the other way round.",
		"A Scope of System may do everything.",
	).Func().Params(Id("s").Op("*").Id("Scope")).Id("Can").Params(Id("permission").Id("Permission")).Bool().Block(
		Return(Id("s").Dot("session").Dot("can").Call(String().Call(Id("permission")))),
	).Line()
}

//	func (s *Scope) Require(permissions ...Permission) error {
//		return require(s.session, "require", permissions...)
//	}
func requireMethod() *Statement {
	return doc("Require returns ErrForbidden, with the permission's name, for the first one that Can denies.").
		Func().Params(Id("s").Op("*").Id("Scope")).Id("Require").Params(Id("permissions").Op("...").Id("Permission")).Error().Block(
		Return(Id("require").Call(Id("s").Dot("session"), Lit("require"), Id("permissions").Op("..."))),
	).Line()
}

// restrictions are the fields of a table by which roles restrict access to it:
//
//	needs:   needed{toRead: "product:read"},
//	creator: `created_by`,
func restrictions(t *plan.Table) []Code {
	var needs []Code
	for _, need := range []struct {
		access     string
		permission *plan.Permission
	}{
		{"toCreate", t.Needs.Create},
		{"toRead", t.Needs.Read},
		{"toUpdate", t.Needs.Update},
		{"toRemove", t.Needs.Delete},
	} {
		if need.permission != nil {
			needs = append(needs, pair(need.access, Lit(need.permission.Name)))
		}
	}
	if len(needs) == 0 {
		return nil
	}
	fields := []Code{pair("needs", Id("needed").Values(needs...))}
	if creator := t.Creator(); creator != nil {
		fields = append(fields, pair("creator", sqlLiteral(creator.SQL)))
	}
	return fields
}
