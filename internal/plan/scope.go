package plan

import (
	"fmt"
	"go/token"
	"maps"
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
	var named []string
	for name := range p.Options.Columns {
		named = append(named, name)
	}
	slices.Sort(named)
	for _, name := range append(named, p.Options.Sensitive...) {
		if t, _ := p.columnOf(name); t == nil {
			p.problems.Add(model.Position{File: "sqlc.yaml"}, "correct the name or remove it",
				"the options name column %q, which the schema does not have", name)
		}
	}
	p.checkRelations()
}

// columnOf returns the table and the column of "table.column"; nil for a name
// that the schema does not have.
func (p *planner) columnOf(name string) (*model.Table, *model.Column) {
	table, column, _ := strings.Cut(name, ".")
	if t := p.Schema.Table(table); t != nil && t.Column(column) != nil {
		return t, t.Column(column)
	}
	return nil, nil
}

// checkRelations reports options for relations over what is no foreign key.
func (p *planner) checkRelations() {
	pos := model.Position{File: "sqlc.yaml"}
	for _, name := range slices.Sorted(maps.Keys(p.Options.Relations)) {
		t, c := p.columnOf(name)
		if t == nil {
			p.problems.Add(pos, "correct the name or remove it",
				"option relations names column %q, which the schema does not have", name)
			continue
		}
		switch by := p.keyColumn(t, c.Name); by {
		case c.Name:
		case "":
			p.problems.Add(pos, "correct the name or remove it",
				"option relations names column %q, which is no foreign key", name)
		default:
			p.problems.Add(pos, "write "+by+" instead",
				"option relations names column %q, whose foreign key goes by its column %s", name, by)
		}
	}
}

// keyColumn returns the column that a foreign key goes by in which the column
// has a part; "" without one.
func (p *planner) keyColumn(t *model.Table, column string) (by string) {
	for _, key := range p.relationKeys(t) {
		own := t.Column(p.goesBy(t, key)).Name
		if own == column {
			return own
		}
		for _, other := range foreignKeysOf(t, column) {
			if by == "" && within(key, other) {
				by = own
			}
		}
	}
	return by
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
		Export:     "Export" + tenant.Row,
		Import:     "Import" + tenant.Row,
		Erase:      "Erase" + tenant.Row,
		Report:     p.names.fresh(tenant.Row+"Report", "a report on the tenant"),
		MapUsers:   p.names.fresh("Map"+users.Rows, "an option of Import"),
	}
	p.plan.Role = members.column(roleColumn) != nil && isText(members.column(roleColumn).Type)
	p.plan.Enter = p.enter(tenant, users, members)
	p.plan.InTenant = "\nSELECT 1\nFROM " + tenant.SQL + where(p.ownership(tenant, existing, ""))
	p.plan.Organizations = p.organizations(tenant, members)
}

// enter reads the role of user ?2 in tenant ?1, and what roles of the tenant's
// own permit, where there are such. Neither the membership nor
// the tenant nor the user may be deleted.
func (p *planner) enter(tenant, users, members *Table) string {
	read := "''"
	if p.plan.Role {
		read = "coalesce(" + members.SQL + "." + p.dialect.quote(roleColumn) + ", '')"
	}
	if stored := p.storedRoles(members.SQL + "." + p.dialect.quote(roleColumn)); stored != "" {
		read += ",\n  " + stored
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
	return "\nSELECT " + p.whole(tenant, "") + "\nFROM " + tenant.SQL + where(conditions) + "\nORDER BY " + key
}

// whole are all columns of a table, as its rows are read.
func (p *planner) whole(t *Table, prefix string) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = prefix + c.SQL
		if c.AsStored {
			columns[i] = p.dialect.stored(columns[i])
		}
	}
	return wrapped(columns, "")
}
