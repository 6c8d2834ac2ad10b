package plan

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Relation leads from rows of a table to rows of another, over a foreign key
// in either direction, or over two of a join table.
type Relation struct {
	Field  string // of the row and of the variable of columns: Creator, Members
	JSON   string // name in JSON
	Target *Table
	Many   bool // the field is []Target, else *Target

	// From are columns of the table that has the relation, in key order. To
	// are those of Target, or with Through of the join table, that hold the
	// same values.
	From, To []*Column
	Through  *Through // nil but for many-to-many

	Exact   bool // From and To are equal only where they are spelled alike
	Implied bool // From and To pair a row's tenant with the tenant table's key: in a scope they are equal anyway
	Owned   bool // what the relation leads to is the tenant's because the row that it starts from is; never with Through

	SystemOnly     bool // leads over rows that no scope may see: of private tables, or of users alone
	CrossesTenants bool // leads over rows of tenants from a row that has none, so that only a scope may follow it

	variable string // of the runtime's relation
}

// Through is the way over a join table.
type Through struct {
	Table *Table

	// From are columns of the join table, To those of the relation's Target
	// that hold the same values.
	From, To []*Column
	Exact    bool // as in [Relation], of this From and To
	Implied  bool
}

// link is a foreign key between two planned tables.
type link struct {
	key           *model.ForeignKey
	child, parent *Table
	from, to      []*Column // of child and parent, pairwise

	// alike means that the key compares its values as what it references
	// does, so that what is unique in one is not several in the other. exact
	// means moreover that equal values are spelled alike, in SQL as in Go.
	alike, exact bool

	column  *Column // that the key goes by
	first   bool    // no key of fewer columns goes by it
	option  config.RelationOptions
	several bool // the child has other keys to this parent

	forward, reverse relationName
}

// join is a table whose rows pair those of two others, each pair once.
type join struct {
	table *Table
	legs  [2]*link
}

// relater makes the relations of all tables.
type relater struct {
	*planner
	links []*link
	joins []*join
	taken map[*Table]*takenNames
}

// planRelations decides on the relations of all tables: of each, first those
// over its own keys, then those over other tables' keys to it, then those
// over join tables.
func (p *planner) planRelations() {
	r := &relater{planner: p, taken: map[*Table]*takenNames{}}
	for _, t := range p.plan.Tables {
		links := p.links(t)
		r.links = append(r.links, links...)
		if j := p.join(t, links); j != nil {
			r.joins = append(r.joins, j)
		}
		r.taken[t] = columnNames(t)
	}
	r.nameForward()
	r.nameReverse()
	for _, l := range r.links {
		p.relate(l.child, l.toParent())
	}
	for _, l := range r.links {
		p.relate(l.parent, l.toChild())
	}
	r.manyToMany()
	for _, t := range p.plan.Tables {
		for _, relation := range t.Relations {
			relation.variable = p.names.fresh(t.Private+relation.Field+"Relation", "table "+strconv.Quote(t.Name))
		}
	}
}

// links returns the foreign keys of a table that make relations, with what they link.
func (p *planner) links(t *Table) []*link {
	var links []*link
	for _, key := range p.relationKeys(t.source) {
		parent := p.tables[p.Schema.Table(key.Table)]
		l := &link{key: key, child: t, parent: parent, column: t.column(p.goesBy(t.source, key))}
		for i, name := range key.Columns {
			l.from = append(l.from, t.column(name))
			l.to = append(l.to, parent.column(key.RefColumns[i]))
		}
		l.alike, l.exact = p.compares(l)
		links = append(links, l)
	}
	for _, l := range links {
		l.several = slices.ContainsFunc(links, func(other *link) bool { return other != l && other.parent == l.parent })
	}
	named := map[*Column]bool{}
	for _, l := range slices.SortedStableFunc(slices.Values(links), byColumns) {
		if l.first = !named[l.column]; l.first {
			l.option = p.relationOption(t, l.column)
		}
		named[l.column] = true
	}
	return links
}

func byColumns(a, b *link) int { return len(a.from) - len(b.from) }

// relationKeys returns the foreign keys of a table that make relations.
func (p *planner) relationKeys(t *model.Table) []*model.ForeignKey {
	var keys []*model.ForeignKey
	for _, key := range t.ForeignKeys {
		parent := p.Schema.Table(key.Table)
		if parent != nil && !parent.Virtual && p.Owners.Of(parent).Kind != tenancy.Unclassified && !repeats(t, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// goesBy returns the column that a key goes by: its last one that is not the
// tenant column.
func (p *planner) goesBy(t *model.Table, key *model.ForeignKey) string {
	class := p.Owners.Of(t)
	for _, name := range slices.Backward(key.Columns) {
		if class.Kind != tenancy.Owned || !strings.EqualFold(name, class.Column) {
			return name
		}
	}
	return key.Columns[0]
}

func (p *planner) relationOption(t *Table, c *Column) config.RelationOptions {
	for _, name := range slices.Sorted(maps.Keys(p.Options.Relations)) {
		if strings.EqualFold(name, t.Name+"."+c.Name) {
			return p.Options.Relations[name]
		}
	}
	return config.RelationOptions{}
}

// repeats reports whether another key of the table leads to the same row by
// fewer of the columns: beside a key of (organization_id, team_id) there may
// be one of team_id alone. Of equal ones the first counts.
func repeats(t *model.Table, key *model.ForeignKey) bool {
	before := true
	for _, other := range t.ForeignKeys {
		if other == key {
			before = false
			continue
		}
		if within(other, key) && (before || !within(key, other)) {
			return true
		}
	}
	return false
}

// within reports whether a key says nothing but what another of the same
// table says too.
func within(key, other *model.ForeignKey) bool {
	if !strings.EqualFold(key.Table, other.Table) {
		return false
	}
	for i, column := range key.Columns {
		j := slices.IndexFunc(other.Columns, func(name string) bool { return strings.EqualFold(name, column) })
		if j < 0 || !strings.EqualFold(key.RefColumns[i], other.RefColumns[j]) {
			return false
		}
	}
	return true
}

// relate adds a relation to a table and says who may follow it.
func (p *planner) relate(t *Table, r *Relation) {
	over := []*Table{r.Target}
	if r.Through != nil {
		over = append(over, r.Through.Table)
	}
	r.SystemOnly = slices.ContainsFunc(over, p.isPersonal)
	r.CrossesTenants = !t.Scoped() && slices.ContainsFunc(over, (*Table).Scoped)
	t.Relations = append(t.Relations, r)
}

// isPersonal reports whether the rows of a table are no tenant's to see: those
// of private tables, and of tables that belong to users alone.
func (p *planner) isPersonal(t *Table) bool {
	return t.Class.Private ||
		t.Class.Kind == tenancy.Global && t.source != p.Owners.Users && !model.HasName(p.Options.GlobalTables, t.Name)
}

// toParent is the relation from rows to the one that each of them references.
func (l *link) toParent() *Relation {
	return &Relation{
		Field: l.forward.field, JSON: l.forward.json, Target: l.parent,
		From: l.from, To: l.to, Exact: l.exact, Implied: l.implied(), Owned: l.owns(),
	}
}

// toChild is the relation from rows to those that reference them.
func (l *link) toChild() *Relation {
	return &Relation{
		Field: l.reverse.field, JSON: l.reverse.json, Target: l.child, Many: l.many(),
		From: l.to, To: l.from, Exact: l.exact, Implied: l.implied(), Owned: l.owns(),
	}
}

// compares reports how a key compares its values with those it references.
func (p *planner) compares(l *link) (alike, exact bool) {
	alike, exact = true, true
	for i, c := range l.from {
		affinity, to := p.dialect.affinity(c.source.Type), l.to[i].source
		alike = alike && affinity == p.dialect.affinity(to.Type) && strings.EqualFold(c.source.Collation, to.Collation)
		exact = exact && isBinary(c) && (affinity == sqlite.AffinityText || affinity == sqlite.AffinityInteger)
	}
	return alike, alike && exact
}

func isBinary(c *Column) bool { return strings.EqualFold(c.source.Collation, "BINARY") }

// implied reports whether the key says whose the rows are, and nothing more.
func (l *link) implied() bool {
	return len(l.from) == 1 && l.from[0].Job == TenantColumn && !l.child.Class.Shared &&
		l.parent.Class.Kind == tenancy.Root && strings.EqualFold(l.to[0].Name, l.parent.Class.Column)
}

// owns reports whether the rows that the key pairs are of one tenant because
// the child's belong to it by this key.
func (l *link) owns() bool {
	path := l.child.Class.Path
	return path != nil && within(l.key, path) && l.exact
}

// many reports whether several rows may reference one.
func (l *link) many() bool { return !l.alike || !l.child.isUnique(l.from) }

// isUnique reports whether no two rows have the same values in the columns.
func (t *Table) isUnique(columns []*Column) bool {
	return slices.ContainsFunc(t.uniqueSets(), func(set map[*Column]bool) bool { return maps.Equal(set, setOf(columns)) })
}

// isUniqueInTenant reports whether no two rows of a tenant have the same
// values in the columns.
func (t *Table) isUniqueInTenant(columns []*Column) bool {
	given := setOf(columns)
	tenant := t.job(TenantColumn)
	if tenant == nil || t.Class.Shared { // where it is NULL, nothing is unique
		return t.isUnique(columns)
	}
	given[tenant] = true
	return slices.ContainsFunc(t.uniqueSets(), func(set map[*Column]bool) bool {
		set[tenant] = true
		return maps.Equal(set, given)
	})
}

func setOf(columns []*Column) map[*Column]bool {
	set := map[*Column]bool{}
	for _, c := range columns {
		set[c] = true
	}
	return set
}

// uniqueSets returns the sets of columns in which no two rows have equal values.
func (t *Table) uniqueSets() []map[*Column]bool {
	var sets []map[*Column]bool
	if t.source.RowidKey() {
		sets = append(sets, setOf([]*Column{t.column(t.source.PrimaryKey[0])}))
	}
	for _, index := range t.source.Indexes {
		if set := t.indexed(index); set != nil && index.Unique && index.Where == "" {
			sets = append(sets, set)
		}
	}
	return sets
}

// indexed returns the columns of an index; nil if it is over an expression,
// or does not take values for equal that the table takes for equal.
func (t *Table) indexed(index *model.Index) map[*Column]bool {
	set := map[*Column]bool{}
	for _, term := range index.Columns {
		c := t.column(term.Name)
		if c == nil || !isBinary(c) && !strings.EqualFold(term.Collation, c.source.Collation) {
			return nil
		}
		set[c] = true
	}
	return set
}

// join returns the table as a join table, or nil: it has two keys besides
// those that rowhouse fills, never NULL and together unique. The members join
// the tenants with the users.
func (p *planner) join(t *Table, links []*link) *join {
	var legs []*link
	var columns []*Column
	for _, l := range links {
		if p.isLeg(l) {
			legs = append(legs, l)
			columns = append(columns, l.from...)
		}
	}
	if len(legs) != 2 || !t.isUniqueInTenant(columns) || slices.ContainsFunc(columns, func(c *Column) bool { return c.Nullable }) {
		return nil
	}
	a, b := legs[0], legs[1]
	if a.parent == b.parent || a.parent == t || b.parent == t || !a.alike || !b.alike {
		return nil // nothing would tell the two directions apart, or a pair might be there twice
	}
	return &join{table: t, legs: [2]*link{a, b}}
}

func (p *planner) isLeg(l *link) bool {
	if l.child.source == p.Owners.Members {
		isUser := l.parent.source == p.Owners.Users && strings.EqualFold(l.from[0].Name, p.Owners.MemberUser)
		return l.implied() || isUser && len(l.from) == 1
	}
	job := l.from[0].Job
	return len(l.from) > 1 || job != TenantColumn && job != CreatedBy && job != UpdatedBy
}

// manyToMany adds the relations over join tables whose name is free. Where
// two join tables ask for one name, nothing says which is meant.
func (r *relater) manyToMany() {
	asked := map[*Table]map[string]int{}
	r.eachDirection(func(_ *join, from, to *link) {
		if asked[from.parent] == nil {
			asked[from.parent] = map[string]int{}
		}
		asked[from.parent][r.seenFrom(from.parent, to.parent, true)]++
	})
	r.eachDirection(func(j *join, from, to *link) {
		rows := r.seenFrom(from.parent, to.parent, true)
		if asked[from.parent][rows] > 1 {
			return
		}
		if name, free := r.taken[from.parent].take([]relationName{r.named(rows)}, "table "+j.table.Name); free {
			r.relate(from.parent, &Relation{
				Field: name.field, JSON: name.json, Target: to.parent, Many: true,
				From: from.to, To: from.from, Exact: from.exact, Implied: from.implied(),
				Through: &Through{Table: j.table, From: to.from, To: to.to, Exact: to.exact, Implied: to.implied()},
			})
		}
	})
}

func (r *relater) eachDirection(do func(j *join, from, to *link)) {
	for _, j := range r.joins {
		do(j, j.legs[0], j.legs[1])
		do(j, j.legs[1], j.legs[0])
	}
}
