package prove

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// ownership says by what a row of a table is visible.
type ownership int8

const (
	unclassified ownership = iota // by nothing: the schema does not say
	private                       // by nothing: secrets
	public                        // by everyone
	owned                         // by its tenant column, or the key of the root
	ownedByPath                   // by the row that its path names
	person                        // a user: by the rows that name it
	personal                      // a user's: by its user
)

// table is a table with all that proofs ask of it, worked out once.
type table struct {
	*model.Table
	owner   ownership
	columns []column
	index   map[string]int // column by folded name
	keys    [][]int        // sets of columns that determine a row; the last is the rowid
	uniques []unique       // all unique constraints, for conflicts
	refs    []reference
	inbound []inbound

	tenant int // tenant column, key of the root; -1 without one
	path   int // index into refs of the way to the tenant; -1 without one
	user   int // key of the user table, the user's column of members and personal tables; -1
	shared bool
	bridge bool

	onConflict []ast.ConflictAction // declared by constraints
}

type column struct {
	name      string // folded
	affinity  sqlite.Affinity
	binary    bool
	notNull   bool
	generated bool
	hidden    bool
	fallback  ast.Expr // DEFAULT; nil is NULL
}

// unique is a unique constraint or index.
type unique struct {
	columns []int // -1 for an expression, and where the collation is not BINARY
	named   []int // the same without regard to collation
	partial bool
}

// reference is a foreign key outwards.
type reference struct {
	key     *model.ForeignKey
	columns []int
	target  *table
	to      []int
	exact   bool // the key and what it names are identical values
	sound   bool // exact, and enforced at every moment
	useful  bool // tells something of the tenant, so the chase follows it
}

// inbound is a foreign key of another table to this one.
type inbound struct {
	child *table
	ref   int
}

// catalog is the schema as proofs see it.
type catalog struct {
	tables   map[string]*table
	ordered  []*table // as in the schema
	views    map[string]*view
	triggers map[string][]*trigger // by folded table name

	users, members *table
	memberTenant   int
	tenantAffinity sqlite.Affinity
	userAffinity   sqlite.Affinity
	plainText      bool // no column has a collation of its own
}

type view struct {
	name    string
	columns []*ast.Ident
	body    *ast.SelectStmt
	broken  bool
}

type trigger struct {
	name string
	decl *ast.CreateTriggerStmt // nil when it could not be read
}

func newCatalog(schema *model.Schema, owners *tenancy.Map, options config.Options) *catalog {
	c := &catalog{
		tables:    map[string]*table{},
		views:     map[string]*view{},
		triggers:  map[string][]*trigger{},
		plainText: true,
	}
	for _, t := range schema.Tables {
		c.tables[model.Fold(t.Name)] = newTable(t)
		c.ordered = append(c.ordered, c.tables[model.Fold(t.Name)])
	}
	for _, t := range c.ordered {
		c.plainText = c.plainText && !slices.ContainsFunc(t.columns, func(col column) bool { return !col.binary })
		c.link(t)
	}
	c.own(owners, options)
	for _, t := range c.ordered {
		t.markUseful()
	}
	for _, v := range schema.Views {
		c.views[model.Fold(v.Name)] = newView(v)
	}
	for _, t := range schema.Triggers {
		table := model.Fold(t.Table)
		c.triggers[table] = append(c.triggers[table], newTrigger(t))
	}
	return c
}

func newTable(t *model.Table) *table {
	out := &table{Table: t, index: map[string]int{}, tenant: -1, path: -1, user: -1}
	for i, col := range t.Columns {
		out.index[model.Fold(col.Name)] = i
		out.columns = append(out.columns, column{
			name:      model.Fold(col.Name),
			affinity:  affinityOf(col.Type, t.Strict),
			binary:    isBinary(col.Collation),
			notNull:   col.NotNull,
			generated: col.Generated,
			hidden:    col.Hidden,
			fallback:  parseDefault(col.Default),
		})
	}
	if len(t.PrimaryKey) > 0 {
		out.addKey(t.PrimaryKey)
	}
	for _, index := range t.Indexes {
		if index.Unique && index.Origin != model.OriginPrimaryKey {
			out.addUnique(index)
		}
	}
	if t.RowidKey() {
		out.columns[out.index[model.Fold(t.PrimaryKey[0])]].notNull = true
	}
	if !t.WithoutRowid {
		out.keys = append(out.keys, []int{len(t.Columns)})
	}
	out.readConflicts()
	return out
}

// parseDefault reads a DEFAULT; one that cannot be read is a value that
// nothing is known about.
func parseDefault(text string) ast.Expr {
	if text == "" {
		return nil
	}
	e, err := parser.ParseExpr(text)
	if err != nil {
		return &ast.FuncCall{Name: &ast.Ident{Name: "random"}}
	}
	return e
}

func (t *table) addKey(names []string) {
	columns := t.indexes(names)
	if columns == nil {
		return
	}
	t.keys = append(t.keys, columns)
	u := unique{columns: slices.Clone(columns), named: columns}
	for i, col := range columns {
		if !t.columns[col].binary {
			u.columns[i] = -1
		}
	}
	t.uniques = append(t.uniques, u)
}

func (t *table) addUnique(index *model.Index) {
	u := unique{partial: index.Where != ""}
	whole := !u.partial
	for _, col := range index.Columns {
		i, ok := t.index[model.Fold(col.Name)]
		if !ok {
			i, whole = -1, false
		}
		u.named = append(u.named, i)
		if !isBinary(col.Collation) {
			i = -1
		}
		u.columns = append(u.columns, i)
	}
	if whole {
		t.keys = append(t.keys, u.named)
	}
	t.uniques = append(t.uniques, u)
}

// indexes returns the columns of those names; nil when one is missing.
func (t *table) indexes(names []string) []int {
	var out []int
	for _, name := range names {
		i, ok := t.index[model.Fold(name)]
		if !ok {
			return nil
		}
		out = append(out, i)
	}
	return out
}

// readConflicts finds the ON CONFLICT clauses of the table's constraints.
func (t *table) readConflicts() {
	actions, ok := sqlite.OnConflict(t.SQL)
	if !ok {
		actions = []ast.ConflictAction{ast.ConflictReplace, ast.ConflictIgnore}
	}
	t.onConflict = actions
}

// declares reports whether a constraint of the table acts so on a conflict.
func (t *table) declares(action ast.ConflictAction) bool {
	return slices.Contains(t.onConflict, action)
}

// link resolves the foreign keys of t.
func (c *catalog) link(t *table) {
	for _, key := range t.ForeignKeys {
		target := c.tables[model.Fold(key.Table)]
		if target == nil {
			continue
		}
		ref := reference{key: key, columns: t.indexes(key.Columns), target: target, to: target.indexes(key.RefColumns)}
		if ref.columns == nil || len(ref.columns) != len(ref.to) {
			continue
		}
		ref.exact = true
		for i, from := range ref.columns {
			to := target.columns[ref.to[i]]
			ref.exact = ref.exact && to.binary && to.affinity == t.columns[from].affinity
		}
		ref.sound = ref.exact && !key.Deferred
		t.refs = append(t.refs, ref)
		target.inbound = append(target.inbound, inbound{child: t, ref: len(t.refs) - 1})
	}
}

// own takes the ownership of every table from the map.
func (c *catalog) own(owners *tenancy.Map, options config.Options) {
	if owners == nil {
		return
	}
	c.users, c.members = c.tables[model.Fold(owners.Users.Name)], c.tables[model.Fold(owners.Members.Name)]
	root := c.tables[model.Fold(owners.Root.Name)]
	c.tenantAffinity = root.columns[root.index[model.Fold(owners.RootKey)]].affinity
	c.users.user = c.users.index[model.Fold(owners.UserKey)]
	c.userAffinity = c.users.columns[c.users.user].affinity
	c.memberTenant = c.members.index[model.Fold(owners.MemberTenant)]
	for _, t := range c.ordered {
		class := owners.Of(t.Table)
		t.shared, t.bridge = class.Shared, class.Bridge
		listed := slices.ContainsFunc(options.GlobalTables, func(name string) bool { return model.Fold(name) == model.Fold(t.Name) })
		t.setOwner(class, t == c.users, listed)
		if t != c.users {
			t.user = t.userColumn(c.users, model.Fold(owners.MemberUser))
		}
	}
}

func (t *table) setOwner(class *tenancy.Class, users, listed bool) {
	switch {
	case class.Private:
		t.owner = private
	case class.Kind == tenancy.Unclassified:
		t.owner = unclassified
	case class.Column != "":
		t.owner, t.tenant = owned, t.index[model.Fold(class.Column)]
	case class.Kind == tenancy.Owned:
		t.owner = ownedByPath
		t.path = slices.IndexFunc(t.refs, func(r reference) bool { return r.key == class.Path })
	case users:
		t.owner = person
	case listed:
		t.owner = public
	default:
		t.owner = personal
	}
	if class.Kind == tenancy.Root && users {
		t.owner, t.user = owned, -1
	}
}

// userColumn returns the NOT NULL column by which a row belongs to a user:
// the one named as in the members table, else the only one.
func (t *table) userColumn(users *table, name string) int {
	found := -1
	for _, ref := range t.refs {
		if !ref.names(users) || !t.columns[ref.columns[0]].notNull {
			continue
		}
		if t.columns[ref.columns[0]].name == name {
			return ref.columns[0]
		}
		if found == -1 && t.owner == personal {
			found = ref.columns[0]
		}
	}
	return found
}

// names reports whether the key names a user by the user table's key.
func (r *reference) names(users *table) bool {
	return r.target == users && len(r.columns) == 1 && r.to[0] == users.user && r.sound
}

// markUseful marks the keys that tell something of the tenant: the path of
// the table, and those that carry the tenant column of an owned table.
func (t *table) markUseful() {
	for i := range t.refs {
		ref := &t.refs[i]
		carries := len(ref.to) > 1 && ref.target.tenant >= 0 && slices.Contains(ref.to, ref.target.tenant)
		ref.useful = ref.sound && (i == t.path || carries)
	}
}

func newView(v *model.View) *view {
	out := &view{name: v.Name}
	stmt, err := parser.ParseStatement(v.SQL)
	create, ok := stmt.(*ast.CreateViewStmt)
	if err != nil || !ok {
		out.broken = true
		return out
	}
	out.body = create.Select
	for _, col := range create.Columns {
		out.columns = append(out.columns, col.Name)
	}
	return out
}

func newTrigger(t *model.Trigger) *trigger {
	out := &trigger{name: t.Name}
	if stmt, err := parser.ParseStatement(t.SQL); err == nil {
		out.decl, _ = stmt.(*ast.CreateTriggerStmt)
	}
	return out
}
