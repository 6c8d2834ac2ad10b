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

// planReferences decides which foreign keys a statement must test itself: a
// plain key of an owned table could name another tenant's row, one to a user
// could name a stranger, and any could name a row that is marked as deleted.
// The rest is tested by the database.
func (p *planner) planReferences(t *Table) {
	for _, key := range t.source.ForeignKeys {
		var columns []*Column
		for _, name := range key.Columns {
			columns = append(columns, t.column(name))
		}
		if !slices.ContainsFunc(columns, func(c *Column) bool { return c.Job == NoJob || c.Job == Generated }) {
			continue // filled by rowhouse
		}
		exists, isGenerated := p.referenceTest(t, key), func(c *Column) bool { return c.Job == Generated }
		onlyAlive := exists == p.aliveTest(t, key)
		if exists == "" || onlyAlive && slices.ContainsFunc(columns, isGenerated) {
			continue
		}
		if i := slices.IndexFunc(columns, isGenerated); i >= 0 {
			p.problems.Add(columns[i].source.Pos, "reference it with a column that is written, or with a key that carries "+cmp.Or(t.Class.Column, p.Options.Tenant.Column),
				"column %s of table %q is generated and references %s, so no statement can tell whose row it names", columns[i].Name, t.Name, key.Table)
			continue
		}
		r := &Reference{Self: strings.EqualFold(key.Table, t.Name), Columns: columns, Test: exists, Var: t.Private, OnlyAlive: onlyAlive}
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
	alive := p.aliveTest(t, key)
	switch {
	case parent == nil:
		return ""
	case !t.Scoped() || p.carriesTenant(t, key):
		return alive
	case parent.source == p.Owners.Users && !t.Class.Bridge:
		if alive == "" {
			return p.memberTest()
		}
		return p.memberTest() + " AND " + alive
	case parent.Class.Kind == tenancy.Global:
		return alive
	}
	return p.namedTest(t, key, p.ownershipOf(parent))
}

// aliveTest returns the condition that the key names a row which is not
// deleted; "" where none can be.
func (p *planner) aliveTest(t *Table, key *model.ForeignKey) string {
	parent := p.tables[p.Schema.Table(key.Table)]
	if parent == nil || parent.SoftDelete == nil {
		return ""
	}
	return p.namedTest(t, key, func(prefix string) []string { return []string{prefix + parent.SoftDelete.SQL + " IS NULL"} })
}

// ownershipOf is ownership of a row that a key names.
func (p *planner) ownershipOf(parent *Table) func(prefix string) []string {
	return func(prefix string) []string { return p.ownership(parent, existing, prefix) }
}

// namedTest returns the condition that there is a row which the key names, and
// of which more holds.
func (p *planner) namedTest(t *Table, key *model.ForeignKey, more func(prefix string) []string) string {
	parent := p.tables[p.Schema.Table(key.Table)]
	from, name := parent.SQL, parent.SQL
	if parent == t { // an UPDATE's own columns must not be taken for the referenced row's
		name = "referenced"
		from += " AS " + name
	}
	var conditions []string
	for i, column := range key.RefColumns {
		conditions = append(conditions, fmt.Sprintf("%s.%s = {%d}", name, p.dialect.quote(column), i))
	}
	return exists(from, append(conditions, more(name+".")...))
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
