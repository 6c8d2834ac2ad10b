package tenancy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// classifier derives a Map step by step; each step classifies the tables
// that no earlier one did.
type classifier struct {
	schema   *model.Schema
	options  config.Options
	m        *Map
	problems model.Problems
}

func (c *classifier) classify(t *model.Table, class Class) {
	class.Table = t
	class.Shared = class.Kind == Owned && model.HasName(c.options.SharedTables, t.Name)
	class.Bridge = class.Kind == Owned &&
		(model.HasName(c.options.BridgeTables, t.Name) || strings.EqualFold(t.Name, c.options.Tenant.Members))
	class.Private = model.HasName(c.options.PrivateTables, t.Name)
	c.m.classes[t] = &class
}

func (c *classifier) classified(t *model.Table) bool { return c.m.classes[t] != nil }

// checkNames reports tables that the options name and the schema lacks.
// The default lists may name more than a schema has.
func (c *classifier) checkNames() {
	defaults := config.Default()
	for _, list := range []struct {
		option string
		names  []string
		known  []string
	}{
		{"global_tables", c.options.GlobalTables, nil},
		{"private_tables", c.options.PrivateTables, defaults.PrivateTables},
		{"shared_tables", c.options.SharedTables, nil},
		{"bridge_tables", c.options.BridgeTables, defaults.BridgeTables},
		{"audit_log", c.options.AuditLog, nil},
	} {
		for _, name := range list.names {
			if c.schema.Table(name) == nil && !model.HasName(list.known, name) {
				c.problems.Add(model.Position{File: "sqlc.yaml"}, "correct the name or remove it",
					"option %s names table %q, which the schema does not have", list.option, name)
			}
		}
	}
}

// anchors finds the tenant and the user table.
func (c *classifier) anchors() bool {
	if len(c.schema.Tables) == 0 {
		c.problems.Add(model.Position{}, "run rowhouse init to see a schema to start from",
			"the schema has no tables")
		return false
	}
	c.m.Root, c.m.RootKey = c.anchor("tenant.table", c.options.Tenant.Table)
	c.m.Users, c.m.UserKey = c.anchor("user_table", c.options.UserTable)
	return c.m.RootKey != "" && c.m.UserKey != ""
}

// anchor returns a table that an option names, and its key's only column.
func (c *classifier) anchor(option, name string) (table *model.Table, key string) {
	table = c.schema.Table(name)
	if table == nil {
		c.problems.Add(model.Position{File: "sqlc.yaml"},
			fmt.Sprintf("add the table, or set the option %s to the table that takes its place", option),
			"the schema has no table %q, which the option %s names", name, option)
		return nil, ""
	}
	if len(table.PrimaryKey) != 1 {
		c.problems.Add(table.Pos, `give it one, such as "id TEXT PRIMARY KEY NOT NULL"`,
			"table %q needs a primary key of one column, since it is the %s", name, option)
		return table, ""
	}
	return table, table.PrimaryKey[0]
}

// listed classifies the root and the tables that the options name.
func (c *classifier) listed() {
	c.classify(c.m.Root, Class{Kind: Root, Column: c.m.RootKey})
	if c.m.Users != c.m.Root {
		c.classify(c.m.Users, Class{Kind: Global})
	}
	c.log()
	for _, t := range c.schema.Tables {
		listed := model.HasName(c.options.GlobalTables, t.Name) || model.HasName(c.options.PrivateTables, t.Name)
		if c.classified(t) || !listed {
			continue
		}
		if key := c.tenantKey(t); key != nil && t.Column(key.Columns[0]).NotNull {
			c.problems.Add(t.Pos, "remove it from global_tables and private_tables in sqlc.yaml",
				"table %q is listed as global, yet every row belongs to a tenant through %s", t.Name, key.Columns[0])
			continue
		}
		c.classify(t, Class{Kind: Global})
	}
}

// log classifies the tables of the audit log. No foreign key says whose an
// entry is: it must outlive what it is about, and a key would be refused while
// the tenant's rows go along with the tenant.
func (c *classifier) log() {
	if len(c.options.AuditLog) == 0 {
		return
	}
	if t := c.schema.Table(LogTable); t != nil {
		c.classify(t, Class{Kind: Owned, Column: c.options.Tenant.Column, Log: true})
	}
	for _, name := range []string{ActorTable, GoneTable} {
		if t := c.schema.Table(name); t != nil {
			c.classify(t, Class{Kind: Global, Helper: true})
			c.m.classes[t].Private = true
		}
	}
}

// direct classifies the tables that reference the tenant table.
func (c *classifier) direct() {
	for _, t := range c.schema.Tables {
		if c.classified(t) {
			continue
		}
		key := c.tenantKey(t)
		if key == nil {
			continue
		}
		column := t.Column(key.Columns[0])
		shared := model.HasName(c.options.SharedTables, t.Name)
		if !column.NotNull && !shared {
			if !strings.EqualFold(column.Name, c.options.Tenant.Column) {
				continue // a mere reference; the table may be owned by path
			}
			c.classify(t, Class{})
			c.problems.Add(column.Pos,
				fmt.Sprintf("declare it NOT NULL, or list %q under shared_tables in sqlc.yaml if rows without a tenant are everyone's", t.Name),
				"column %s of table %q may be NULL, so a row could belong to no tenant", column.Name, t.Name)
			continue
		}
		if !strings.EqualFold(column.Collation, "BINARY") {
			c.problems.Add(column.Pos, "remove the COLLATE clause",
				"tenant column %s of table %q compares with collation %s, which takes different tenants for one",
				column.Name, t.Name, column.Collation)
		}
		c.mustHoldAtOnce(t, key)
		c.classify(t, Class{Kind: Owned, Column: column.Name})
	}
}

// mustHoldAtOnce reports a key that makes rows a tenant's and is checked only
// when the transaction ends: until then a row could belong to no tenant.
func (c *classifier) mustHoldAtOnce(t *model.Table, key *model.ForeignKey) {
	if key.Deferred {
		c.problems.Add(t.Column(key.Columns[0]).Pos, "remove DEFERRABLE INITIALLY DEFERRED",
			"the foreign key %s of table %q says whose its rows are, so it must not be deferred",
			strings.Join(key.Columns, ", "), t.Name)
	}
}

// tenantKey returns the foreign key from t to the tenant table: the one on
// the configured column, else the only one.
func (c *classifier) tenantKey(t *model.Table) *model.ForeignKey {
	var keys []*model.ForeignKey
	for _, key := range t.ForeignKeys {
		if len(key.Columns) == 1 && c.isRootKey(key) {
			if strings.EqualFold(key.Columns[0], c.options.Tenant.Column) {
				return key
			}
			keys = append(keys, key)
		}
	}
	notNull := slices.DeleteFunc(slices.Clone(keys), func(key *model.ForeignKey) bool {
		return !t.Column(key.Columns[0]).NotNull
	})
	switch {
	case len(notNull) == 1:
		return notNull[0]
	case len(notNull) == 0 && len(keys) == 1:
		return keys[0]
	}
	return nil
}

func (c *classifier) isRootKey(key *model.ForeignKey) bool {
	return strings.EqualFold(key.Table, c.m.Root.Name) && strings.EqualFold(key.RefColumns[0], c.m.RootKey)
}

// paths classifies tables that lead to an owned table over NOT NULL keys,
// nearest first, until nothing more follows.
func (c *classifier) paths() {
	for changed := true; changed; {
		changed = false
		var found []Class
		for _, t := range c.schema.Tables {
			if !c.classified(t) {
				if class, ok := c.byPath(t); ok {
					found = append(found, class)
				}
			}
		}
		for _, class := range found {
			c.classify(class.Table, class)
			changed = true
		}
	}
}

// byPath returns the class of a table that references an owned table: with a
// tenant column where the key carries the parent's, by path otherwise.
func (c *classifier) byPath(t *model.Table) (Class, bool) {
	var path *model.ForeignKey
	for _, key := range t.ForeignKeys {
		parent := c.m.classes[c.schema.Table(key.Table)]
		if parent == nil || parent.Kind != Owned || parent.Shared || !allNotNull(t, key.Columns) {
			continue
		}
		for i, column := range key.RefColumns {
			if parent.Column != "" && strings.EqualFold(column, parent.Column) {
				c.mustHoldAtOnce(t, key)
				return Class{Table: t, Kind: Owned, Column: t.Column(key.Columns[i]).Name}, true
			}
		}
		if path == nil {
			path = key
		}
	}
	if path == nil {
		return Class{}, false
	}
	c.mustHoldAtOnce(t, path)
	if column := t.Column(c.options.Tenant.Column); column != nil {
		c.problems.Add(column.Pos, fmt.Sprintf("write %s", c.reference()),
			"column %s of table %q does not reference %s(%s), so it may differ from whose the rows are by %s",
			column.Name, t.Name, c.m.Root.Name, c.m.RootKey, strings.Join(path.Columns, ", "))
	}
	return Class{Table: t, Kind: Owned, Path: path}, true
}

// users classifies the tables that belong to users alone.
func (c *classifier) users() {
	for changed := true; changed; {
		changed = false
		for _, t := range c.schema.Tables {
			if !c.classified(t) && c.usersAlone(t) {
				c.classify(t, Class{Kind: Global})
				changed = true
			}
		}
	}
}

// usersAlone reports whether t belongs to a user over a NOT NULL key and
// references nothing of a tenant.
func (c *classifier) usersAlone(t *model.Table) bool {
	belongs := false
	for _, key := range t.ForeignKeys {
		parent := c.schema.Table(key.Table)
		class := c.m.classes[parent]
		switch {
		case parent == t:
		case class == nil || class.Kind != Global:
			return false
		case allNotNull(t, key.Columns) && !model.HasName(c.options.GlobalTables, parent.Name):
			belongs = true
		}
	}
	return belongs
}

// unclear reports what no rule classified.
func (c *classifier) unclear() {
	for _, t := range c.schema.Tables {
		if c.classified(t) {
			continue
		}
		if column := t.Column(c.options.Tenant.Column); column != nil {
			c.problems.Add(column.Pos,
				fmt.Sprintf("write %s", c.reference()),
				"column %s of table %q does not reference %s(%s), so nothing says whose its rows are",
				column.Name, t.Name, c.m.Root.Name, c.m.RootKey)
			continue
		}
		fix := fmt.Sprintf("add %q, or list %q under global_tables in sqlc.yaml", c.reference(), t.Name)
		if t.Virtual { // it has no foreign keys
			fix = fmt.Sprintf("list %q under global_tables in sqlc.yaml if its rows are everyone's", t.Name)
		}
		c.problems.Add(t.Pos, fix, "table %q is neither owned by a tenant nor global", t.Name)
	}
}

// reference is the definition that makes a table owned.
func (c *classifier) reference() string {
	return fmt.Sprintf(`%s %s NOT NULL REFERENCES %s (%s)`,
		c.options.Tenant.Column, c.m.Root.Column(c.m.RootKey).Type, c.m.Root.Name, c.m.RootKey)
}

// members finds the table of memberships and its two columns.
func (c *classifier) members() bool {
	t := c.schema.Table(c.options.Tenant.Members)
	if t == nil {
		c.problems.Add(model.Position{File: "sqlc.yaml"},
			"add the table, or set the option tenant.members to the table that takes its place",
			"the schema has no table %q, which the option tenant.members names", c.options.Tenant.Members)
		return false
	}
	class := c.m.Of(t)
	users := c.memberColumns(t)
	if class.Kind != Owned || class.Column == "" || len(users) == 0 {
		c.problems.Add(t.Pos, "give it a NOT NULL foreign key to each",
			"table %q lists the members, so it must reference %s and %s", t.Name, c.m.Root.Name, c.m.Users.Name)
		return false
	}
	if len(users) > 1 {
		c.problems.Add(t.Pos, fmt.Sprintf("name the member's column %s_%s, or let the others be NULL", c.m.Users.Name, c.m.UserKey),
			"table %q references %s with columns %s, so nothing says which of them is the member",
			t.Name, c.m.Users.Name, strings.Join(users, " and "))
		return false
	}
	c.m.Members, c.m.MemberTenant, c.m.MemberUser = t, class.Column, users[0]
	return true
}

// memberColumns returns the columns that may name the member: the NOT NULL
// references to a user, or the one of them that is called user_id. Another,
// such as invited_by, must never be taken for it.
func (c *classifier) memberColumns(t *model.Table) []string {
	var columns []string
	for _, key := range t.ForeignKeys {
		if len(key.Columns) != 1 || !strings.EqualFold(key.Table, c.m.Users.Name) || !strings.EqualFold(key.RefColumns[0], c.m.UserKey) {
			continue
		}
		column := t.Column(key.Columns[0])
		if !column.NotNull || model.HasName(columns, column.Name) {
			continue
		}
		if strings.EqualFold(column.Name, c.m.Users.Name+"_"+c.m.UserKey) {
			return []string{column.Name}
		}
		columns = append(columns, column.Name)
	}
	return columns
}

func allNotNull(t *model.Table, columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool { return !t.Column(name).NotNull })
}
