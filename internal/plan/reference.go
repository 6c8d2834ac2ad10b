package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// planReferences decides which foreign keys of an owned table a statement
// must test itself: a plain key to a row of a tenant could name another
// tenant's, one to a user could name a stranger. A key that carries the
// tenant column is tested by the database.
func (p *planner) planReferences(t *Table) {
	if !t.Scoped() {
		return
	}
	for _, key := range t.source.ForeignKeys {
		var columns []*Column
		for _, name := range key.Columns {
			columns = append(columns, t.column(name))
		}
		if p.carriesTenant(t, key) || !slices.ContainsFunc(columns, func(c *Column) bool { return c.Job == NoJob || c.Job == Generated }) {
			continue // tested by the database, or filled by rowhouse
		}
		exists := p.referenceTest(t, key)
		if exists == "" {
			continue
		}
		if i := slices.IndexFunc(columns, func(c *Column) bool { return c.Job == Generated }); i >= 0 {
			p.problems.Add(columns[i].source.Pos, "reference it with a column that is written, or with a key that carries "+cmp.Or(t.Class.Column, p.Options.Tenant.Column),
				"column %s of table %q is generated and references %s, so no statement can tell whose row it names", columns[i].Name, t.Name, key.Table)
			continue
		}
		r := &Reference{Self: strings.EqualFold(key.Table, t.Name), Columns: columns, Test: exists, Var: t.Private}
		var nulls []string
		for i, c := range columns {
			r.Var += c.Field
			c.References = append(c.References, r)
			if c.Nullable {
				nulls = append(nulls, fmt.Sprintf("{%d} IS NULL", i))
			}
		}
		if len(nulls) > 0 {
			r.Test = "(" + strings.Join(append(nulls, r.Test), " OR ") + ")"
		}
		r.Var = p.names.fresh(r.Var+"Reference", "table "+strconv.Quote(t.Name))
		t.References = append(t.References, r)
	}
}

// carriesTenant reports whether the key pairs the tenant column with the
// tenant column of the referenced table.
func (p *planner) carriesTenant(t *Table, key *model.ForeignKey) bool {
	parent := p.tables[p.Schema.Table(key.Table)]
	for i, column := range key.Columns {
		if parent != nil && parent.Class.Column != "" &&
			strings.EqualFold(column, t.Class.Column) && strings.EqualFold(key.RefColumns[i], parent.Class.Column) {
			return true
		}
	}
	return false
}

// referenceTest returns the condition that the key names a row within reach
// of the tenant, the first parameter; "" where any row is.
func (p *planner) referenceTest(t *Table, key *model.ForeignKey) string {
	parent := p.tables[p.Schema.Table(key.Table)]
	switch {
	case parent == nil:
		return ""
	case parent.source == p.Owners.Users:
		if t.Class.Bridge {
			return ""
		}
		return p.memberTest()
	case parent.Class.Kind == tenancy.Global:
		return ""
	}
	from, name := parent.SQL, parent.SQL
	if parent == t { // an UPDATE's own columns must not be taken for the referenced row's
		name = "referenced"
		from += " AS " + name
	}
	var conditions []string
	for i, column := range key.RefColumns {
		conditions = append(conditions, fmt.Sprintf("%s.%s = {%d}", name, p.dialect.quote(column), i))
	}
	conditions = append(conditions, p.ownership(parent, existing, name+".")...)
	return exists(from, conditions)
}

// memberTest returns the condition that {0} is a member of the tenant.
func (p *planner) memberTest() string {
	members := p.tables[p.Owners.Members]
	conditions := []string{
		fmt.Sprintf("%s.%s = {0}", members.SQL, p.dialect.quote(p.Owners.MemberUser)),
	}
	return exists(members.SQL, append(conditions, p.ownership(members, existing, members.SQL+".")...))
}

func exists(table string, conditions []string) string {
	return "EXISTS (SELECT 1 FROM " + table + " WHERE " + strings.Join(conditions, " AND ") + ")"
}
