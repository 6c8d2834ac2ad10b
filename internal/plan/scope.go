package plan

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// roleColumn is the column of the members table that a scope loads.
const roleColumn = "role"

// checkOptions reports options that no Go package can follow.
func (p *planner) checkOptions() {
	if !token.IsIdentifier(p.Options.Package) || p.Options.Package == "_" {
		p.problems.Add(model.Position{File: "sqlc.yaml"}, "choose a Go identifier in lower case",
			"option package: %q is not a Go package name", p.Options.Package)
	}
	known := func(name string) bool {
		table, column, _ := strings.Cut(name, ".")
		t := p.Schema.Table(table)
		return t != nil && t.Column(column) != nil
	}
	var named []string
	for name := range p.Options.Columns {
		named = append(named, name)
	}
	slices.Sort(named)
	for _, name := range append(named, p.Options.Sensitive...) {
		if !known(name) {
			p.problems.Add(model.Position{File: "sqlc.yaml"}, "correct the name or remove it",
				"the options name column %q, which the schema does not have", name)
		}
	}
}

// planScope plans what leads to a scope: Enter, InOrganization, Organizations.
func (p *planner) planScope() {
	tenant, users := p.plan.Tenant, p.plan.Users
	members := p.tables[p.Owners.Members]
	if tenant == nil || users == nil || members == nil {
		return // a problem is reported already
	}
	p.plan.Methods = Methods{
		TenantID:   tenant.Row + "ID",
		UserID:     users.Row + "ID",
		InTenant:   "In" + tenant.Row,
		TenantRow:  tenant.Row,
		TenantRows: tenant.Rows,
		Update:     "Update" + tenant.Row,
	}
	p.plan.Role = members.column(roleColumn) != nil && isText(members.column(roleColumn).Type)
	p.plan.Enter = p.enter(tenant, users, members)
	p.plan.InTenant = "\nSELECT 1\nFROM " + tenant.SQL + where(p.ownership(tenant, existing, ""))
	p.plan.Organizations = p.organizations(tenant, members)
}

// enter reads the role of user ?2 in tenant ?1. Neither the membership nor
// the tenant nor the user may be deleted.
func (p *planner) enter(tenant, users, members *Table) string {
	read := "''"
	if p.plan.Role {
		read = "coalesce(" + members.SQL + "." + p.dialect.quote(roleColumn) + ", '')"
	}
	member := members.SQL + "." + p.dialect.quote(p.Owners.MemberUser)
	conditions := append(p.ownership(members, existing, members.SQL+"."), member+" = "+p.dialect.placeholder(2))
	text := "\nSELECT " + read + "\nFROM " + members.SQL
	for _, joined := range []struct {
		table *Table
		key   string
		by    string
	}{
		{tenant, p.Owners.RootKey, members.SQL + "." + p.dialect.quote(p.Owners.MemberTenant)},
		{users, p.Owners.UserKey, member},
	} {
		if joined.table.SoftDelete != nil {
			text += fmt.Sprintf("\nJOIN %[1]s ON %[1]s.%[2]s = %[3]s AND %[1]s.%[4]s IS NULL",
				joined.table.SQL, p.dialect.quote(joined.key), joined.by, joined.table.SoftDelete.SQL)
		}
	}
	return text + where(conditions)
}

// organizations reads the tenants that user ?1 is a member of.
func (p *planner) organizations(tenant, members *Table) string {
	in := []string{members.SQL + "." + p.dialect.quote(p.Owners.MemberUser) + " = " + p.dialect.placeholder(1)}
	if members.SoftDelete != nil {
		in = append(in, members.SQL+"."+members.SoftDelete.SQL+" IS NULL")
	}
	key := p.dialect.quote(p.Owners.RootKey)
	conditions := []string{fmt.Sprintf("%s IN (SELECT %s.%s FROM %s WHERE %s)",
		key, members.SQL, p.dialect.quote(p.Owners.MemberTenant), members.SQL, strings.Join(in, " AND "))}
	if tenant.SoftDelete != nil {
		conditions = append(conditions, tenant.SoftDelete.SQL+" IS NULL")
	}
	return "\nSELECT " + tenant.Statements.Columns + "\nFROM " + tenant.SQL + where(conditions) + "\nORDER BY " + key
}
