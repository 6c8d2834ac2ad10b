package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// What a relation loads is tried on rows that went astray: plain foreign keys
// that name another tenant's row, and keys that name a deleted row. A scope
// must see the same when all that it must not see is gone.

// strays writes the statements that make such rows, and those that remove
// what is not the first tenant's.
func (s *sampler) strays(in *Isolation) {
	side := fresh + 2
	for _, t := range s.plan.Tables {
		if t.SoftDelete != nil && t.Class.Kind != tenancy.Root {
			in.Astray = append(in.Astray, s.deleted(t))
			in.Forget = append(in.Forget, "DELETE FROM "+t.SQL+" WHERE "+t.SoftDelete.SQL+" IS NOT NULL")
		}
		if !t.Scoped() {
			continue
		}
		for _, key := range t.source.ForeignKeys {
			in.Astray = append(in.Astray, s.astray(t, key, side)...)
			side += 4
		}
	}
	in.Forget = append(in.Forget, s.forget(in.Tenant[theirs])...)
}

// goneSide is the side of deleted rows.
const goneSide = fresh

// deleted adds a deleted row of the scope's tenant, with all its references.
func (s *sampler) deleted(t *Table) string {
	others := map[*Column]Sample{}
	for _, c := range t.Columns {
		switch {
		case c == t.SoftDelete:
			others[c] = s.literal(t, c, mine)
		case c.Job == TenantColumn, foreignKeyOf(t.source, c.Name) != nil:
			others[c] = s.referenced(t, c, mine)
		case c.Nullable:
			others[c] = null(c)
		default:
			others[c] = s.literal(t, c, goneSide)
		}
	}
	return s.row(t, goneSide, others)
}

// astray adds a row of each tenant whose key names a row of the other, and one
// whose key names a deleted row.
func (s *sampler) astray(t *Table, key *model.ForeignKey, side int) []string {
	parent := s.tables[s.Schema.Table(key.Table)]
	if parent == nil {
		return nil
	}
	name := func(side, at int) string {
		others := map[*Column]Sample{}
		for _, c := range t.Columns {
			i := slices.IndexFunc(key.Columns, func(name string) bool { return strings.EqualFold(name, c.Name) })
			switch {
			case c.Job == TenantColumn:
				others[c] = s.referenced(t, c, tenantOf(side))
			case i >= 0:
				others[c] = s.named(parent, parent.column(key.RefColumns[i]), at)
			case c.Nullable:
				others[c] = null(c)
			case foreignKeyOf(t.source, c.Name) != nil:
				others[c] = s.referenced(t, c, bare+tenantOf(side))
			default:
				others[c] = s.literal(t, c, side)
			}
		}
		return s.row(t, side, others)
	}
	var rows []string
	isTenant := func(name string) bool { return t.column(name).Job == TenantColumn }
	if !s.carriesTenant(t, key) && !slices.ContainsFunc(key.Columns, isTenant) {
		a, b := bare+mine, bare+theirs
		if parent.Class.Kind != tenancy.Owned {
			a, b = mine, theirs
		}
		rows = append(rows, name(side, b), name(side+1, a))
	}
	if parent.SoftDelete != nil && parent.Class.Kind != tenancy.Root && key != t.Class.Path {
		rows = append(rows, name(side+2, goneSide))
	}
	return rows
}

// named is the value of a column in the row that a key names.
func (s *sampler) named(t *Table, c *Column, side int) Sample {
	switch {
	case side != goneSide:
		return s.sample(t, c, side)
	case foreignKeyOf(t.source, c.Name) != nil:
		return s.referenced(t, c, mine)
	}
	return s.literal(t, c, goneSide)
}

// forget removes the rows of a tenant, those owned by path before what they
// are owned through.
func (s *sampler) forget(tenant Sample) []string {
	tables := slices.DeleteFunc(slices.Clone(s.plan.Tables), func(t *Table) bool {
		return t.Class.Kind == tenancy.Global || t.ReadOnly() // entries of the log stay
	})
	slices.SortStableFunc(tables, func(a, b *Table) int { return cmp.Compare(s.steps(b), s.steps(a)) })
	var statements []string
	for _, t := range tables {
		owned := strings.Join(s.ownershipOfParent(t, written), " AND ")
		statements = append(statements, "DELETE FROM "+t.SQL+" WHERE "+strings.ReplaceAll(owned, s.dialect.placeholder(1), tenant.SQL))
	}
	return statements
}

// steps is how far a table is from the tenant's.
func (s *sampler) steps(t *Table) int {
	switch {
	case t.Class.Kind == tenancy.Root:
		return 0
	case t.Class.Path == nil:
		return 1
	}
	return 1 + s.steps(s.tables[s.Schema.Table(t.Class.Path.Table)])
}

// ways are the ways of a scope over every relation. Those of a table without
// tenant are reached from one with: from the members to the users, say.
func (p *planner) ways() []Way {
	var ways []Way
	reached := map[*Table]bool{}
	for _, r := range p.plan.Tenant.Relations {
		if !r.SystemOnly {
			ways = append(ways, Way{nil, []*Relation{r}})
		}
	}
	tables := slices.DeleteFunc(slices.Clone(p.plan.Tables), func(t *Table) bool { return !t.Scoped() })
	members := func(t *Table) int {
		if t.source == p.Owners.Members {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(tables, func(a, b *Table) int { return members(a) - members(b) })
	for _, t := range tables {
		for _, r := range t.Relations {
			if r.SystemOnly {
				continue
			}
			ways = append(ways, Way{t, []*Relation{r}})
			if r.Target.Class.Kind != tenancy.Global || reached[r.Target] {
				continue
			}
			reached[r.Target] = true
			for _, then := range r.Target.Relations {
				if !then.SystemOnly {
					ways = append(ways, Way{t, []*Relation{r, then}})
				}
			}
		}
	}
	return ways
}
