package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Estate is all that belongs to a tenant, as it is exported, imported and
// erased. In all texts ?1 is the tenant.
type Estate struct {
	Find     string // the tenant's own row, also where it is deleted
	Holdings []*Holding
	Inbound  []KeyTest // rows of others that name rows of the tenant
}

// Holding is a table of an estate: the tenant's own, or an owned one.
type Holding struct {
	*Table
	Written   []HoldingColumn
	Order     []string  // the primary key
	Rows      string    // FROM … WHERE of all that is the tenant's, deleted rows too
	Everyones string    // the row with key ?1, if it is no tenant's; "" where there are no such rows
	Broken    []KeyTest // rows of the tenant that name rows out of reach
	Anonymise string    // what becomes of the rows when the tenant is erased; "" where they go
	Loosen    []string  // UPDATEs after which no key forbids to delete the rows, children first
}

// HoldingColumn is a column that is written.
type HoldingColumn struct {
	*Column
	Declared  string // type and constraints, as far as an archive depends on them
	IDs       *Table // the table whose ids it holds; nil for other values
	Sensitive bool
	Required  bool // it is NOT NULL and has no default
}

// KeyTest is a statement that finds rows whose foreign key is wrong.
type KeyTest struct {
	Table   *Table
	Columns []string // of the key
	Find    string
}

// planEstate plans what is the tenant's. It comes after all tables.
func (p *planner) planEstate() *Estate {
	tenant := p.plan.Tenant
	e := &Estate{Find: "\nSELECT 1\nFROM " + tenant.SQL + where(p.ownershipOfParent(tenant, exclusive))}
	tables := p.parentsFirst()
	for i, t := range tables {
		h := &Holding{
			Table:     t,
			Rows:      "\nFROM " + t.SQL + where(p.ownershipOfParent(t, exclusive)),
			Everyones: p.everyones(t),
			Broken:    p.broken(t),
		}
		if t.ReadOnly() {
			h.Anonymise = p.anonymise(t)
		}
		for _, c := range t.Columns {
			if c.Job != Generated {
				h.Written = append(h.Written, p.holdingColumn(t, c))
			}
		}
		for _, name := range t.source.PrimaryKey {
			h.Order = append(h.Order, p.dialect.quote(name))
		}
		for _, key := range t.source.ForeignKeys {
			if parent := p.tables[p.Schema.Table(key.Table)]; slices.Contains(tables[i:], parent) {
				h.Loosen = append(h.Loosen, p.loosen(t, parent, key)...)
			}
		}
		e.Holdings = append(e.Holdings, h)
	}
	for _, t := range p.plan.Tables {
		e.Inbound = append(e.Inbound, p.inbound(t)...)
	}
	return e
}

// anonymise takes from the entries of the audit log all that says of whom and
// of what they are, also the key, by which an older archive would tell.
func (p *planner) anonymise(t *Table) string {
	set := []string{p.plan.AuditLog.Renew}
	for _, c := range t.Columns {
		if c.Nullable {
			set = append(set, c.SQL+" = NULL")
		}
	}
	return "\nUPDATE " + t.SQL + "\nSET " + wrapped(set, "  ") + where(p.ownershipOfParent(t, exclusive))
}

func (p *planner) holdingColumn(t *Table, c *Column) HoldingColumn {
	declared := c.source.Type
	if !c.Nullable {
		declared += " NOT NULL"
	}
	return HoldingColumn{
		Column: c, Declared: strings.TrimSpace(declared), IDs: p.idsOf(t.source, c.source, nil),
		Sensitive: !c.Key && c.Job == NoJob && p.isSensitive(t, c.source),
		Required:  !c.Nullable && c.Default == "",
	}
}

// parentsFirst returns the tables of the estate in the order of their foreign
// keys, the tenant's own first. Circles are cut at tables that need not name a
// row of what comes later.
func (p *planner) parentsFirst() []*Table {
	ordered, left := []*Table{p.plan.Tenant}, []*Table{}
	for _, t := range p.plan.Tables {
		if t.Scoped() {
			left = append(left, t)
		}
	}
	for len(left) > 0 {
		i := p.next(left)
		ordered = append(ordered, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return ordered
}

// next is which of the tables comes before the others.
func (p *planner) next(left []*Table) int {
	for _, mayWait := range []func(*Table, *model.ForeignKey) bool{
		func(*Table, *model.ForeignKey) bool { return false },
		func(t *Table, key *model.ForeignKey) bool { return len(p.nullable(t, key)) > 0 },
		func(_ *Table, key *model.ForeignKey) bool { return key.OnDelete != "RESTRICT" },
	} {
		i := slices.IndexFunc(left, func(t *Table) bool {
			return !slices.ContainsFunc(t.source.ForeignKeys, func(key *model.ForeignKey) bool {
				parent := p.tables[p.Schema.Table(key.Table)]
				return parent != t && slices.Contains(left, parent) && (key == t.Class.Path || !mayWait(t, key))
			})
		})
		if i >= 0 {
			return i
		}
	}
	return 0
}

// nullable are the columns of a key that can be made NULL, so that it names no row.
func (p *planner) nullable(t *Table, key *model.ForeignKey) []*Column {
	var columns []*Column
	for _, name := range key.Columns {
		if c := t.column(name); c.Nullable && c.Job != TenantColumn && c.Job != Generated {
			columns = append(columns, c)
		}
	}
	return columns
}

// loosen returns the UPDATE by which a key to a table that is deleted earlier,
// or to the same, stops to forbid that: it names no row or, where it must name
// one, its own.
func (p *planner) loosen(t, parent *Table, key *model.ForeignKey) []string {
	if key.OnDelete == "NO ACTION" {
		return nil // checked when all are gone
	}
	var set []string
	for _, c := range p.nullable(t, key) {
		set = append(set, c.SQL+" = NULL")
	}
	if len(set) == 0 && parent == t {
		for i, name := range key.Columns {
			if c := t.column(name); !c.Key && c.Job != TenantColumn && c.Job != Generated {
				set = append(set, c.SQL+" = "+p.dialect.quote(key.RefColumns[i]))
			}
		}
	}
	if len(set) == 0 {
		return nil
	}
	return []string{"\nUPDATE " + t.SQL + "\nSET " + strings.Join(set, ", ") + where(p.ownershipOfParent(t, exclusive))}
}

// everyones finds the row with id ?1 of a table that all tenants share.
func (p *planner) everyones(t *Table) string {
	key := p.ownKey(t.source)
	if !t.Class.Shared || key == nil {
		return ""
	}
	return "\nSELECT 1\nFROM " + t.SQL + where([]string{
		p.dialect.quote(key.Name) + " = " + p.dialect.placeholder(1), p.dialect.quote(t.Class.Column) + " IS NULL",
	})
}

// idsOf returns the table whose ids a column holds, over any number of
// foreign keys: ids that a copy of the tenant has others of, and those of users.
func (p *planner) idsOf(t *model.Table, c *model.Column, seen []*model.Column) *Table {
	if slices.Contains(seen, c) {
		return nil
	}
	seen = append(seen, c)
	table := p.tables[t]
	if table == p.plan.Tenant && c.Name == p.Owners.RootKey || table == p.plan.Users && c.Name == p.Owners.UserKey {
		return table
	}
	for _, key := range foreignKeysOf(t, c.Name) {
		parent := p.Schema.Table(key.Table)
		i := slices.IndexFunc(key.Columns, func(name string) bool { return strings.EqualFold(name, c.Name) })
		if column := parent.Column(key.RefColumns[i]); column != nil {
			if ids := p.idsOf(parent, column, seen); ids != nil {
				return ids
			}
		}
	}
	if table != nil && table.Scoped() && len(t.PrimaryKey) == 1 && p.ownKey(t) == c && p.isIdentifier(c) {
		return table
	}
	return nil
}

// broken finds the rows of a tenant whose keys name no row within reach: a
// tenant's must be its own, or everyone's.
func (p *planner) broken(t *Table) []KeyTest {
	var tests []KeyTest
	for _, key := range t.source.ForeignKeys {
		parent := p.tables[p.Schema.Table(key.Table)]
		if parent == nil || p.namesTenant(t, key) || key == t.Class.Path {
			continue // the rows are found by it
		}
		const referenced = "referenced"
		conditions := p.ownershipOfParent(t, exclusive)
		var same []string
		for i, name := range key.Columns {
			c := t.column(name)
			if c.Nullable {
				conditions = append(conditions, t.SQL+"."+c.SQL+" IS NOT NULL")
			}
			same = append(same, referenced+"."+p.dialect.quote(key.RefColumns[i])+" = "+t.SQL+"."+c.SQL)
		}
		if parent.Class.Kind != tenancy.Global {
			alive := *parent
			alive.SoftDelete = nil
			same = append(same, p.ownership(&alive, existing, referenced+".")...)
		}
		conditions = append(conditions, "NOT "+exists(parent.SQL+" AS "+referenced, same))
		tests = append(tests, KeyTest{t, key.Columns, "\nSELECT 1\nFROM " + t.SQL + where(conditions) + "\nLIMIT 1"})
	}
	return tests
}

// inbound finds rows of a table beyond the tenant that name rows of the
// tenant. What a key of everyone's table does when the row goes, it may do.
func (p *planner) inbound(t *Table) []KeyTest {
	var tests []KeyTest
	for _, key := range t.source.ForeignKeys {
		parent := p.tables[p.Schema.Table(key.Table)]
		if parent == nil || parent.Class.Kind == tenancy.Global || p.namesTenant(t, key) || key == t.Class.Path || p.carriesTenant(t, key) {
			continue
		}
		isOwned := t.Class.Kind != tenancy.Global
		if !isOwned && key.OnDelete != "NO ACTION" && key.OnDelete != "RESTRICT" {
			continue
		}
		var from, to []string
		for i, name := range key.Columns {
			from = append(from, t.SQL+"."+p.dialect.quote(name))
			to = append(to, parent.SQL+"."+p.dialect.quote(key.RefColumns[i]))
		}
		conditions := []string{fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s)", tuple(from), strings.Join(to, ", "),
			parent.SQL, strings.Join(p.ownershipOfParent(parent, exclusive), " AND "))}
		if isOwned {
			conditions = append(conditions, fmt.Sprintf("NOT coalesce(%s, FALSE)", strings.Join(p.ownershipOfParent(t, exclusive), " AND ")))
		}
		tests = append(tests, KeyTest{t, key.Columns, "\nSELECT 1\nFROM " + t.SQL + where(conditions) + "\nLIMIT 1"})
	}
	return tests
}

// namesTenant reports whether a key is what makes the rows of a table a tenant's.
func (p *planner) namesTenant(t *Table, key *model.ForeignKey) bool {
	return t.Scoped() && len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], t.Class.Column) &&
		p.Schema.Table(key.Table) == p.Owners.Root
}
