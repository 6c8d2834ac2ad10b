package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Isolation is what the generated isolation test is made of: a database with
// a row of each table for two tenants, and what to try on them.
type Isolation struct {
	Schema []string // the statements that make the tables
	Rows   []string // the statements that fill them
	Theirs []string // queries for the second tenant's rows
	Astray []string // statements that add rows whose keys name rows of the other tenant, or deleted ones
	Forget []string // statements that remove what the first tenant must not see
	Lost   []string // statements that make the second tenant's rows name rows that are nowhere
	Moves  bool     // whether the first tenant's rows name nothing out of its reach, so that it can be moved
	Tenant [2]Sample
	User   [2]Sample
	Trials []*Trial
	Ways   []Way

	Inviting *Inviting // nil where there is nothing to try on invitations
}

// Way is a way for a scope to follow relations.
type Way struct {
	Table *Table      // whose rows it starts from; nil for the tenant's own row
	Steps []*Relation // one after the other
}

// Trial is what to try on the rows of one owned table.
type Trial struct {
	Table        *Table
	Mine, Theirs []Sample // keys of a row of each tenant
	Shared       []Sample // key of a row without a tenant; nil where there is none
	Change       *Sample  // a value to set; nil where Update can only set references
	References   []TrialReference
	New          []Sample // what Create needs, in the scope's own tenant
	Creates      bool     // whether New makes a row: not where one column references two tables
	Taken        Taken    // what becomes of New with the key of another's row
	NamesItself  bool     // New with the key of a row references that row
	Holds        bool     // other rows may name one by a column that an upsert of it changes
	Unique       []TrialUnique
}

// TrialUnique is a unique key besides the primary key.
type TrialUnique struct {
	Columns []*Column // but for the tenant column
	New     []Sample  // values that no row has
	Theirs  []Sample  // those of another tenant's row; nil where each tenant has keys of its own, or NULL is in the way
}

// Taken says what becomes of a row with a key that a row of another tenant has.
type Taken int

// What becomes of it.
const (
	TakenConflict  Taken = iota // there is one row with that key
	TakenReference              // the key names what is another's
	TakenByNone                 // each tenant has keys of its own
)

// TrialReference is a reference to a row of each tenant.
type TrialReference struct {
	*Reference
	Mine, Theirs []Sample // by column
}

// Sample is a value of a column.
type Sample struct {
	Column *Column
	SQL    string // as a literal
	Value  any    // string, int64, float64 or time.Time; nil for NULL
}

// The sides of an isolation test: the tenant whose scope is used, the other
// one, and rows that belong to no tenant. Then rows of both tenants that no
// other row names, and values that no row has. From bare on, sides alternate
// between the tenants.
const (
	mine = iota
	theirs
	nobodys
	bare
	_
	fresh
)

// tenantOf is the tenant of a side: mine or theirs.
func tenantOf(side int) int {
	switch {
	case side < nobodys:
		return side
	case side == nobodys:
		return mine // what has no tenant references what any tenant may see
	}
	return (side - bare) % 2
}

// nameOf begins the texts of a side.
func nameOf(side int) string {
	switch {
	case side == nobodys:
		return "shared"
	case side < nobodys:
		return []string{"a", "b"}[side]
	}
	return fmt.Sprint(nameOf(tenantOf(side)), " ", (side-bare)/2)
}

func (p *planner) planIsolation() *Isolation {
	s := &sampler{planner: p, needed: map[*Table]bool{}, bare: map[*Table]bool{}}
	in := &Isolation{}
	for side := range 2 {
		in.Tenant[side] = s.sample(p.plan.Tenant, p.plan.Tenant.Keys[0], side)
		in.User[side] = s.sample(p.plan.Users, p.plan.Users.Keys[0], side)
	}
	for _, t := range p.plan.Tables {
		if t.Scoped() {
			in.Trials = append(in.Trials, s.trial(t))
		}
	}
	in.Inviting = s.inviting(in)
	for _, t := range p.plan.Tables {
		in.Schema = append(in.Schema, t.source.SQL)
		for _, index := range t.source.Indexes {
			if index.SQL != "" {
				in.Schema = append(in.Schema, index.SQL)
			}
		}
	}
	if p.plan.AuditLog != nil {
		in.Schema = append(in.Schema, p.Schema.Table(tenancy.ActorTable).SQL, p.Schema.View(tenancy.NextView).SQL)
	}
	s.strays(in)
	s.lost(in)
	s.rows(in)
	in.Ways = p.ways()
	return in
}

// lost makes foreign keys of the second tenant name rows that are nowhere: an
// import must not mind. A row whose column is a part of several keys may name
// such already, of either tenant.
func (s *sampler) lost(in *Isolation) {
	in.Moves = true
	for _, h := range s.plan.Estate.Holdings {
		for _, c := range h.Columns {
			in.Moves = in.Moves && (len(foreignKeysOf(h.source, c.Name)) < 2 || c.Job == TenantColumn)
		}
		for _, test := range h.Broken {
			var set []string
			for _, name := range test.Columns {
				if c := h.column(name); c.Job != TenantColumn && c.Job != Generated && !c.Key {
					set = append(set, c.SQL+" = "+s.literal(h.Table, c, fresh).SQL)
				}
			}
			if len(set) > 0 {
				in.Lost = append(in.Lost, "UPDATE "+h.SQL+" SET "+strings.Join(set, ", ")+" WHERE "+s.isRow(h.Table, theirs))
			}
		}
	}
}

// sampler makes values, and remembers which tables need rows for them.
type sampler struct {
	*planner
	needed map[*Table]bool
	bare   map[*Table]bool // that need rows besides, which no row names
}

func (s *sampler) trial(t *Table) *Trial {
	trial := &Trial{Table: t, Mine: s.key(t, mine), Theirs: s.key(t, theirs), Creates: true}
	if t.Class.Shared {
		trial.Shared = s.key(t, nobodys)
	}
	for _, c := range t.Columns {
		if t.ReadOnly() {
			break
		}
		trial.Holds = trial.Holds || c.Settable() && s.isReferenced(t, c)
		if c.Settable() && len(c.References) == 0 && foreignKeyOf(t.source, c.Name) == nil && trial.Change == nil {
			sample := s.literal(t, c, theirs)
			trial.Change = &sample
		}
		if c.Job == NoJob && !c.Nullable && !c.Input.Default {
			trial.New = append(trial.New, s.fresh(t, c))
			trial.Creates = trial.Creates && len(foreignKeysOf(t.source, c.Name)) < 2
		}
	}
	trial.Taken = s.taken(t)
	for _, u := range t.Statements.Unique[1:] {
		if unique, ok := s.unique(t, u); ok {
			trial.Unique = append(trial.Unique, unique)
		}
	}
	for _, r := range t.References {
		trial.NamesItself = trial.NamesItself || r.Self && !slices.ContainsFunc(r.Columns, func(c *Column) bool { return c.Nullable })
		if r.OnlyAlive {
			continue
		}
		reference := TrialReference{Reference: r}
		for _, c := range r.Columns {
			reference.Mine = append(reference.Mine, s.referenced(t, c, mine))
			reference.Theirs = append(reference.Theirs, s.referenced(t, c, theirs))
		}
		trial.References = append(trial.References, reference)
	}
	return trial
}

// fresh is a value that no row has yet, or the key of a row of the scope's.
func (s *sampler) fresh(t *Table, c *Column) Sample {
	if foreignKeyOf(t.source, c.Name) != nil {
		return s.sample(t, c, mine)
	}
	return s.literal(t, c, fresh)
}

// unique is a unique key that an input gives; false for others.
func (s *sampler) unique(t *Table, u Unique) (unique TrialUnique, ok bool) {
	isTheirs := true
	for _, c := range u.Columns {
		switch {
		case c.Job == TenantColumn:
			isTheirs = false
			continue
		case c.Job != NoJob:
			return TrialUnique{}, false
		}
		unique.Columns = append(unique.Columns, c)
		unique.New = append(unique.New, s.given(t, c))
		unique.Theirs = append(unique.Theirs, s.sample(t, c, theirs))
		isTheirs = isTheirs && !c.Nullable && !c.crosses()
	}
	if !isTheirs {
		unique.Theirs = nil
	}
	return unique, len(unique.Columns) > 0
}

// given is fresh, and never NULL.
func (s *sampler) given(t *Table, c *Column) Sample {
	if foreignKeyOf(t.source, c.Name) != nil {
		return s.referenced(t, c, mine)
	}
	return s.literal(t, c, fresh)
}

// taken says what becomes of a row with the key of another tenant's.
func (s *sampler) taken(t *Table) Taken {
	own := slices.ContainsFunc(t.Columns, func(c *Column) bool { return c.Key && c.Job == TenantColumn })
	for _, c := range t.Columns {
		carried := slices.ContainsFunc(foreignKeysOf(t.source, c.Name), func(key *model.ForeignKey) bool { return s.carriesTenant(t, key) })
		if c.Key && c.Job != TenantColumn && (c.crosses() || own && carried) {
			return TakenReference
		}
	}
	if own {
		return TakenByNone
	}
	return TakenConflict
}

func (s *sampler) key(t *Table, side int) []Sample {
	s.needed[t] = true
	var key []Sample
	for _, c := range t.Keys {
		key = append(key, s.sample(t, c, side))
	}
	return key
}

// sample is the value of a column in the row of one side.
func (s *sampler) sample(t *Table, c *Column, side int) Sample {
	if t.Class.Kind == tenancy.Root {
		side = tenantOf(side) // a tenant is one row
	}
	s.needed[t] = true
	if side >= bare {
		s.bare[t] = true
	}
	switch {
	case c.Job == TenantColumn && side == nobodys:
		return null(c)
	case c.Nullable && !s.isPath(t, c) && !s.isAddress(c) && !s.isReferenced(t, c):
		return null(c)
	case c.Job == TenantColumn && t.Class.Log:
		sample := s.sample(s.plan.Tenant, s.plan.Tenant.Keys[0], side)
		sample.Column = c
		return sample
	case foreignKeyOf(t.source, c.Name) != nil:
		return s.referenced(t, c, side)
	}
	return s.literal(t, c, side)
}

func null(c *Column) Sample { return Sample{Column: c, SQL: "NULL"} }

// isReferenced reports whether another table has a key to the column that is
// never NULL.
func (s *sampler) isReferenced(t *Table, c *Column) bool {
	for _, other := range s.plan.Tables {
		for _, key := range other.source.ForeignKeys {
			if s.tables[s.Schema.Table(key.Table)] != t || other == t {
				continue
			}
			for i, name := range key.RefColumns {
				if strings.EqualFold(name, c.Name) && !other.column(key.Columns[i]).Nullable {
					return true
				}
			}
		}
	}
	return false
}

// isAddress reports whether invitations find users by the column.
func (s *sampler) isAddress(c *Column) bool {
	return s.plan.Invitations != nil && s.plan.Invitations.email == c
}

func (s *sampler) isPath(t *Table, c *Column) bool {
	return c.Job == TenantColumn || t.Class.Path != nil && model.HasName(t.Class.Path.Columns, c.Name)
}

// referenced is the value of the column that a foreign key points to. A key
// that leads back to its own table names its own row.
func (s *sampler) referenced(t *Table, c *Column, side int) Sample {
	if side == nobodys {
		side = tenantOf(side)
	}
	key := foreignKeyOf(t.source, c.Name)
	parent := s.tables[s.Schema.Table(key.Table)]
	for i, name := range key.Columns {
		if !strings.EqualFold(name, c.Name) || parent == nil {
			continue
		}
		column := parent.column(key.RefColumns[i])
		if column == nil {
			continue
		}
		sample := s.literal(t, column, side)
		if parent != t {
			sample = s.sample(parent, column, side)
		}
		sample.Column = c
		return sample
	}
	return s.literal(t, c, side)
}

// literal is a value of the column's own type that differs by side.
func (s *sampler) literal(t *Table, c *Column, side int) Sample {
	sample := Sample{Column: c}
	switch affinity := s.dialect.affinity(c.source.Type); {
	case c.Type.Package == "time":
		sample.Value = time.Unix(int64(1_700_000_000+side), 0).UTC()
	case c.Type.Bind == "bindJSON":
		sample.Value = "{}"
	case len(t.checks[strings.ToLower(c.Name)].texts) > 0:
		values := t.checks[strings.ToLower(c.Name)].texts
		sample.Value = values[side%len(values)]
	case c.Type.Bind == "bindBool":
		sample.Value = int64(side % 2)
	case affinity == sqlite.AffinityInteger:
		sample.Value = int64(side + 1)
	case affinity == sqlite.AffinityReal, affinity == sqlite.AffinityNumeric:
		sample.Value = float64(side) + 1.5
	case s.isAddress(c): // which has no blanks
		sample.Value = strings.ReplaceAll(nameOf(side)+"@"+t.Name+"."+c.Name, " ", "-")
	default:
		sample.Value = nameOf(side) + " " + t.Name + " " + c.Name
	}
	sample.SQL = sqlLiteral(sample.Value, c.Type)
	return sample
}

func sqlLiteral(value any, t Type) string {
	switch v := value.(type) {
	case string:
		quoted := sqlite.Literal(v)
		if t.Bind == "bindBlob" {
			return "CAST(" + quoted + " AS BLOB)"
		}
		return quoted
	case time.Time:
		switch t.Bind {
		case "bindUnix":
			return strconv.FormatInt(v.Unix(), 10)
		case "bindUnixMilli":
			return strconv.FormatInt(v.UnixMilli(), 10)
		}
		return v.Format("'2006-01-02T15:04:05.000Z'")
	default:
		return fmt.Sprint(v)
	}
}

// rows writes the statements for every table that needs rows, in the order
// of the schema; the test fills the database before it enforces keys.
func (s *sampler) rows(in *Isolation) {
	astray := in.Astray
	for { // filling a table may need rows of others
		before := len(s.needed) + len(s.bare)
		in.Rows, in.Theirs, in.Astray = nil, nil, nil
		for _, t := range s.plan.Tables {
			if s.needed[t] {
				s.fill(in, t)
			}
			if s.bare[t] {
				in.Astray = append(in.Astray, s.row(t, bare, nil), s.row(t, bare+1, nil))
			}
		}
		if len(s.needed)+len(s.bare) == before {
			in.Astray = append(in.Astray, astray...)
			return
		}
	}
}

func (s *sampler) fill(in *Isolation, t *Table) {
	sides := []int{mine, theirs}
	if t.Class.Shared {
		sides = append(sides, nobodys)
	}
	for _, side := range sides {
		in.Rows = append(in.Rows, s.row(t, side, nil))
		if side == theirs {
			in.Theirs = append(in.Theirs, "SELECT * FROM "+t.SQL+" WHERE "+s.isRow(t, side))
		}
	}
}

// isRow is the condition of the row of one side.
func (s *sampler) isRow(t *Table, side int) string {
	var conditions []string
	for _, c := range t.Columns {
		if c.Key {
			conditions = append(conditions, c.SQL+" = "+s.sample(t, c, side).SQL)
		}
	}
	return strings.Join(conditions, " AND ")
}

// row is the statement that adds the row of one side, with other values in
// some columns.
func (s *sampler) row(t *Table, side int, others map[*Column]Sample) string {
	var columns, values []string
	for _, c := range t.Columns {
		if c.Job == Generated {
			continue
		}
		sample, ok := others[c]
		if !ok {
			sample = s.sample(t, c, side)
		}
		columns, values = append(columns, c.SQL), append(values, sample.SQL)
	}
	verb := "INSERT INTO"
	if side >= bare {
		verb = "INSERT OR IGNORE INTO" // where it would be like another row
	}
	return fmt.Sprintf("%s %s (%s) VALUES (%s)", verb, t.SQL, strings.Join(columns, ", "), strings.Join(values, ", "))
}
