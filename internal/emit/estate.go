package emit

import (
	"fmt"
	"strings"

	. "github.com/dave/jennifer/jen" //nolint:staticcheck,revive // jennifer's own idiom

	"github.com/rowhouse/rowhouse/internal/plan"
)

// estateFile emits a tenant's life as a whole: export, import, erasure, and
// the list of tables that they go through.
func estateFile(p *plan.Plan) *File {
	f := newFile(p)
	f.Add(reportType(p))
	f.Add(exportMethod(p))
	f.Add(importMethod(p))
	f.Add(eraseMethod(p))
	if !p.Users.Keys[0].Type.Slice { // no key of a map otherwise
		f.Add(mapUsersFunc(p))
	}
	f.Add(estateVar(p))
	return f
}

//	type OrganizationReport struct {
//		ID OrganizationID
//		TenantReport
//	}
func reportType(p *plan.Plan) *Statement {
	t := p.Tenant
	return doc(fmt.Sprintf("%s says which %s was exported, imported or erased, and how much of it.", p.Methods.Report, t.Name)).
		Type().Id(p.Methods.Report).Struct(
		Id("ID").Add(keyType(t)).Comment("after an import its key in this database"),
		Line().Id("TenantReport"),
	).Line()
}

func systemMethodNamed(name string) *Statement {
	return Func().Params(Id("s").Op("*").Id("System")).Id(name)
}

//	func (s *System) ExportOrganization(ctx context.Context, organizationID OrganizationID, w io.Writer, options ...ExportOption) (OrganizationReport, error) {
//		report, err := s.session.export(ctx, &tenantEstate, string(organizationID), w, options)
//		if err != nil {
//			return OrganizationReport{}, err
//		}
//		return OrganizationReport{organizationID, report}, nil
//	}
func exportMethod(p *plan.Plan) *Statement {
	t := p.Tenant
	return doc(
		fmt.Sprintf("%s writes all that belongs to %s %s, as it is at one instant: JSON lines,", p.Methods.Export, article(t.Name), t.Name),
		"parents before children, deleted rows too. Secrets stay out, but with WithSecrets. Users, whom",
		"other rows name by their keys, are not the "+t.Name+"'s, and not in it.",
		"",
		"Returns ErrNotFound if there is none with that key. After any error what was written is no",
		"archive: its last line is missing.",
	).Add(systemMethodNamed(p.Methods.Export)).Params(
		ctxParam(), keyParam(t), Id("w").Qual("io", "Writer"), Id("options").Op("...").Id("ExportOption"),
	).Params(Id(p.Methods.Report), Error()).Block(reported(p, "export", Id("w"), Id("options"))...).Line()
}

// func (s *System) EraseOrganization(ctx context.Context, organizationID OrganizationID) (OrganizationReport, error) { … }
func eraseMethod(p *plan.Plan) *Statement {
	t := p.Tenant
	return doc(
		fmt.Sprintf("%s deletes all that belongs to %s %s, deleted rows too, and the %s", p.Methods.Erase, article(t.Name), t.Name, t.Name),
		"itself, in one transaction. It cannot be undone. Users stay.",
		"",
		"Returns ErrNotFound if nothing belongs to one with that key, and ErrReference if a row that is not",
		"the "+t.Name+"'s names one of its rows; the error names the column. It works also where the",
		t.Name+" itself is gone, and only entries of an audit log are left of it.",
	).Add(systemMethodNamed(p.Methods.Erase)).Params(ctxParam(), keyParam(t)).
		Params(Id(p.Methods.Report), Error()).Block(reported(p, "erase")...).Line()
}

// reported is the body of a method on a tenant that there is.
func reported(p *plan.Plan, method string, args ...Code) []Code {
	key := keyArgument(p.Tenant)
	all := append([]Code{Id("ctx"), Op("&").Id("tenantEstate"), keyValue(p.Tenant, Id(key))}, args...)
	return []Code{
		List(Id("report"), Err()).Op(":=").Id("s").Dot("session").Dot(method).Call(all...),
		If(Err().Op("!=").Nil()).Block(Return(Id(p.Methods.Report).Values(), Err())),
		Return(Id(p.Methods.Report).Values(Id(key), Id("report")), Nil()),
	}
}

//	func (s *System) ImportOrganization(ctx context.Context, r io.Reader, options ...ImportOption) (report OrganizationReport, err error) {
//		report.TenantReport, err = s.session.load(ctx, &tenantEstate, (*string)(&report.ID), r, options)
//		return report, err
//	}
func importMethod(p *plan.Plan) *Statement {
	t := p.Tenant
	return doc(
		fmt.Sprintf("%s makes %s %s of what %s wrote, in one transaction: the same rows", p.Methods.Import, article(t.Name), t.Name, p.Methods.Export),
		"with the same ids or, with NewIDs, a copy. It trusts the archive as far as its reader does: the",
		"checksum tells of damage, and is no signature.",
		"",
		"Returns ErrInvalid if the archive is damaged, incomplete or of another schema, or if triggers of the",
		"schema make other rows of it, ErrConflict if the "+t.Name+" is there already or a unique value is",
		"taken, and ErrReference if a row names a user who is not there. Nothing remains then.",
	).Add(systemMethodNamed(p.Methods.Import)).Params(
		ctxParam(), Id("r").Qual("io", "Reader"), Id("options").Op("...").Id("ImportOption"),
	).Params(Id("report").Id(p.Methods.Report), Err().Error()).Block(
		List(Id("report").Dot("TenantReport"), Err()).Op("=").Id("s").Dot("session").Dot("load").Call(
			Id("ctx"), Op("&").Id("tenantEstate"), address(t.Keys[0].Type, false, Id("report").Dot("ID")), Id("r"), Id("options")),
		Return(Id("report"), Err()),
	).Line()
}

// func MapUsers(users map[UserID]UserID) ImportOption { return mapUsers(users, bindText) }
func mapUsersFunc(p *plan.Plan) *Statement {
	key := p.Users.Keys[0].Type
	return doc(
		fmt.Sprintf("%s has an import put other users in the place of those that the archive names. Who", p.Methods.MapUsers),
		"is not in the map stays.",
	).Func().Id(p.Methods.MapUsers).Params(Id("users").Map(typeOf(key)).Add(typeOf(key))).Id("ImportOption").Block(
		Return(Id("mapUsers").Call(Id("users"), Id(key.Bind).Types(typeOf(key)))),
	).Line()
}

// estateVar emits the tables, a few lines each:
//
//	var tenantEstate = estate{…}
func estateVar(p *plan.Plan) *Statement {
	var holdings []Code
	for _, h := range p.Estate.Holdings {
		holdings = append(holdings, holding(h))
	}
	fields := []Code{
		pair("tenant", sqlLiteral(p.Tenant.Name)),
		pair("users", sqlLiteral(p.Users.Name)),
		pair("find", sqlLiteral(p.Estate.Find)),
		pair("holdings", Index().Id("holding").Add(keyed(holdings...))),
	}
	if len(p.Estate.Inbound) > 0 {
		fields = append(fields, pair("inbound", keyTests(p.Estate.Inbound)))
	}
	return doc("tenantEstate is all that belongs to " + article(p.Tenant.Name) + " " + p.Tenant.Name + ", parents before children.").
		Var().Id("tenantEstate").Op("=").Id("estate").Add(keyed(fields...)).Line()
}

func holding(h *plan.Holding) *Statement {
	var columns []Code
	for _, c := range h.Written {
		columns = append(columns, holdingColumn(c))
	}
	fields := []Code{
		pair("name", sqlLiteral(h.Name)),
		pair("sql", sqlLiteral(h.SQL)),
		pair("row", Qual("reflect", "TypeFor").Types(Op("*").Id(h.Row)).Call()),
		pair("columns", Index().Id("holdingColumn").Add(keyed(columns...))),
		pair("key", Index().String().ValuesFunc(func(g *Group) {
			for _, name := range h.Order {
				g.Add(sqlLiteral(name))
			}
		})),
		pair("rows", sqlLiteral(h.Rows)),
	}
	if h.Everyones != "" {
		fields = append(fields, pair("everyones", sqlLiteral(h.Everyones)))
	}
	if h.Anonymise != "" {
		fields = append(fields, pair("anonymise", sqlLiteral(h.Anonymise)))
	}
	if len(h.Broken) > 0 {
		fields = append(fields, pair("broken", keyTests(h.Broken)))
	}
	if len(h.Loosen) > 0 {
		fields = append(fields, pair("loosen", literals(h.Loosen)))
	}
	return keyed(fields...)
}

// {`team_id`, `team_id`, `TEXT NOT NULL`, `team`, isRequired},
func holdingColumn(c plan.HoldingColumn) *Statement {
	var ids string
	if c.IDs != nil {
		ids = c.IDs.Name
	}
	var kinds []string
	if c.Sensitive {
		kinds = append(kinds, "isSensitive")
	}
	if c.Required {
		kinds = append(kinds, "isRequired")
	}
	is := Lit(0)
	if len(kinds) > 0 {
		is = Op(strings.Join(kinds, " | "))
	}
	return Values(sqlLiteral(c.Name), sqlLiteral(c.SQL), sqlLiteral(c.Declared), sqlLiteral(ids), is)
}

func keyTests(tests []plan.KeyTest) *Statement {
	var list []Code
	for _, t := range tests {
		list = append(list, Values(sqlLiteral(t.Table.Name), sqlLiteral(strings.Join(t.Columns, ", ")), sqlLiteral(t.Find)))
	}
	return Index().Id("keyTest").Add(keyed(list...))
}
