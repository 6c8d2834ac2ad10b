package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// AuditLog is the table in which triggers write down what becomes of the rows
// of others, whoever changes them.
type AuditLog struct {
	Log, Actor, Gone, Next string // names of its tables and its view
	Tenant                 string // the log's tenant column
	TenantType             string // as declared

	Root, RootKey string     // the tenant table; "" where the schema is not known yet
	Imports       []string   // the files of the schema that its triggers build on
	Audited       []*Audited // in the order of the schema
	Parents       []*Parent  // whose rows take logged ones along, and say whose these are

	Bind     string   // function of the runtime that stores an instant
	Triggers []string // names of all triggers
	Tell     string   // statement: the triggers' actor is ?1 at ?2, or nothing is to be logged where ?1 is NULL
	Forget   string   // statement: nobody acts
	Renew    string   // SET: another key for an entry, at the same place in their order
}

// Audited is a table whose changes are logged.
type Audited struct {
	*Table
	Create, Update, Delete string // names of its triggers
	Logged                 string // SQL: its name, as the log has it

	NewTenant, OldTenant string // SQL: whose the row is
	NewKey, OldKey       string // SQL: its key
	Creator, Updater     string // SQL: who made a row, or changed it, as far as the row says so; "" where it does not
	Updated, Deleted     string // SQL: what happened
	Values               []AuditedColumn
	Changes              []AuditedColumn
}

// AuditedColumn is a column with its values as the log may show them.
type AuditedColumn struct{ Name, Old, New string } // SQL

// Parent is a table whose rows are remembered while foreign keys delete what
// belongs to the tenant through them.
type Parent struct {
	Table   string // SQL
	Going   string // names of its triggers: before a row goes, and after
	Gone    string
	Name    string // SQL: how its rows are remembered
	Key     string // SQL: the columns that are referenced
	IsNamed string // SQL: that a row may be named by them: none is NULL
	Tenant  string // SQL: whose the row is
}

// The Go names of an entry, and of the log.
const (
	logRow  = "AuditEntry"
	logRows = "AuditLog"
)

// The actions of the log.
const (
	loggedUpdate  = "'update'"
	loggedDelete  = "'delete'"
	loggedRestore = "'restore'"
	loggedPurge   = "'purge'"
)

// How the log shows a sensitive value, and one that has taken its place.
const (
	redacted        = "'[redacted]'"
	redactedChanged = "'[redacted: changed]'"
)

// NewAuditLog returns the log's tables alone, without the triggers, which
// depend on the rest of the schema.
func NewAuditLog(options config.Options, tenantType string) *AuditLog {
	return &AuditLog{
		Log: tenancy.LogTable, Actor: tenancy.ActorTable, Gone: tenancy.GoneTable, Next: tenancy.NextView,
		Tenant: sqliteDialect.quote(options.Tenant.Column), TenantType: tenantType,
	}
}

// planAuditLog plans the log of the tables that the option names; nil without any.
func (p *planner) planAuditLog() *AuditLog {
	t := p.tables[p.Schema.Table(tenancy.LogTable)]
	if t == nil || !t.Class.Log {
		return nil
	}
	root := p.plan.Tenant
	log := NewAuditLog(p.Options, root.Keys[0].source.Type)
	log.Bind = t.column("created_at").Type.Bind
	log.Root, log.RootKey = root.SQL, root.Keys[0].SQL
	log.Tell = fmt.Sprintf("\nINSERT INTO %s (id, actor, at)\nVALUES (1, %s, %s)\nON CONFLICT (id) DO UPDATE SET actor = excluded.actor, at = excluded.at",
		log.Actor, p.dialect.placeholder(1), p.dialect.placeholder(2))
	log.Forget = "\nDELETE FROM " + log.Actor
	log.Renew = "id = substr(id, 1, 24) || lower(hex(randomblob(6)))"
	files := []*model.Table{root.source}
	for _, audited := range p.plan.Tables {
		if !model.HasName(p.Options.AuditLog, audited.Name) {
			continue
		}
		log.Audited = append(log.Audited, p.audited(audited))
		files = append(files, audited.source)
		for link := audited; link.Class.Path != nil; {
			parent := p.tables[p.Schema.Table(link.Class.Path.Table)]
			p.remember(log, link.Class.Path, parent)
			files, link = append(files, parent.source), parent
		}
	}
	log.Imports = imports(files, t.source.Pos.File)
	log.Triggers = log.triggers()
	p.checkNames(log)
	p.planRecording(log)
	return log
}

// checkAuditLog reports tables that cannot be logged.
func (p *planner) checkAuditLog() {
	pos := model.Position{File: "sqlc.yaml"}
	for _, name := range p.Options.AuditLog {
		t := p.Schema.Table(name)
		switch {
		case t == nil: // reported already
		case p.Owners.Of(t).Log || p.Owners.Of(t).Helper:
			p.problems.Add(pos, "remove it", "option audit_log names table %q, which is the log's own", name)
		case t.Virtual:
			p.problems.Add(pos, "remove it", "option audit_log names table %q, which is virtual and cannot have triggers", name)
		}
	}
}

// audited decides what the triggers of a table write.
func (p *planner) audited(t *Table) *Audited {
	name := func(action string) string { return p.dialect.quote(tenancy.LogTable + "_" + t.Name + "_" + action) }
	a := &Audited{
		Table: t, Logged: sqlite.Literal(t.Name), Create: name("create"), Update: name("update"), Delete: name("delete"),
		NewTenant: p.loggedTenant(t, "NEW."), OldTenant: p.goneTenant(t),
		NewKey: p.loggedKey(t, "NEW."), OldKey: p.loggedKey(t, "OLD."),
		Updated: loggedUpdate, Deleted: loggedDelete,
	}
	if deleted := t.SoftDelete; deleted != nil {
		is := func(row, test string) string { return row + deleted.SQL + " IS " + test }
		a.Updated = "CASE WHEN " + is("OLD.", "NULL") + " AND " + is("NEW.", "NOT NULL") + " THEN " + loggedDelete +
			" WHEN " + is("OLD.", "NOT NULL") + " AND " + is("NEW.", "NULL") + " THEN " + loggedRestore + " ELSE " + loggedUpdate + " END"
		a.Deleted = "CASE WHEN " + is("OLD.", "NULL") + " THEN " + loggedDelete + " ELSE " + loggedPurge + " END"
	}
	for _, c := range t.Columns {
		if c.Job == Generated {
			continue
		}
		shown := AuditedColumn{Name: sqlite.Literal(c.Name), Old: "OLD." + c.SQL, New: "NEW." + c.SQL}
		change := shown
		if p.isSensitive(t, c.source) {
			change.New = fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN NULL WHEN %[1]s COLLATE BINARY IS %[2]s THEN %[3]s ELSE %[4]s END",
				shown.New, shown.Old, redacted, redactedChanged)
			hide := func(value string) string { return "CASE WHEN " + value + " IS NOT NULL THEN " + redacted + " END" }
			shown.Old, shown.New = hide(shown.Old), hide(shown.New)
			change.Old = shown.Old
		}
		a.Values = append(a.Values, shown)
		switch c.Job {
		case UpdatedAt, UpdatedBy, Version: // that there was a change is what the entry says
		default:
			a.Changes = append(a.Changes, change)
		}
		switch c.Job {
		case CreatedBy:
			a.Creator = "NEW." + c.SQL
		case UpdatedBy:
			a.Updater = fmt.Sprintf("CASE WHEN NEW.%[1]s IS NOT OLD.%[1]s THEN NEW.%[1]s END", c.SQL)
		}
	}
	return a
}

// loggedTenant is whose a row is: by its column, or by the rows that its keys
// lead to.
func (p *planner) loggedTenant(t *Table, row string) string {
	switch {
	case t.Class.Column != "":
		return row + p.dialect.quote(t.Class.Column)
	case t.Class.Path == nil:
		return "NULL"
	}
	parent := p.tables[p.Schema.Table(t.Class.Path.Table)]
	from, conditions := parent.SQL, p.pairs(t.Class.Path, row, parent.SQL+".")
	for parent.Class.Path != nil {
		next := p.tables[p.Schema.Table(parent.Class.Path.Table)]
		from += " JOIN " + next.SQL + " ON " + strings.Join(p.pairs(parent.Class.Path, parent.SQL+".", next.SQL+"."), " AND ")
		parent = next
	}
	return "(SELECT " + parent.SQL + "." + p.dialect.quote(parent.Class.Column) + " FROM " + from + " WHERE " + strings.Join(conditions, " AND ") + ")"
}

// pairs are the conditions that a key names a row.
func (p *planner) pairs(key *model.ForeignKey, from, to string) []string {
	var pairs []string
	for i, column := range key.Columns {
		pairs = append(pairs, to+p.dialect.quote(key.RefColumns[i])+" = "+from+p.dialect.quote(column))
	}
	return pairs
}

// goneTenant is whose a row was that is deleted, perhaps by a foreign key: then
// one of the rows that say whose it was may be gone already, and is remembered.
func (p *planner) goneTenant(t *Table) string {
	ways := []string{p.loggedTenant(t, "OLD.")}
	from, conditions, row := "", []string{}, "OLD."
	for path := t.Class.Path; path != nil; {
		parent := p.tables[p.Schema.Table(path.Table)]
		gone := p.isRemembered(path, parent, row)
		switch {
		case path.OnDelete != cascades:
		case from == "":
			ways = append(ways, p.remembered(tenancy.GoneTable, gone))
		default:
			ways = append(ways, p.remembered(from+" JOIN "+tenancy.GoneTable+" ON "+strings.Join(gone, " AND "), conditions))
		}
		pairs := p.pairs(path, row, parent.SQL+".")
		if from == "" {
			from, conditions = parent.SQL, pairs
		} else {
			from += " JOIN " + parent.SQL + " ON " + strings.Join(pairs, " AND ")
		}
		path, row = parent.Class.Path, parent.SQL+"."
	}
	if len(ways) == 1 {
		return ways[0]
	}
	return "coalesce(\n      " + strings.Join(ways, ",\n      ") + "\n    )"
}

// remembered is whose a row was that is remembered.
func (p *planner) remembered(from string, conditions []string) string {
	return "(SELECT " + tenancy.GoneTable + "." + p.dialect.quote(p.Options.Tenant.Column) + " FROM " + from + " WHERE " + strings.Join(conditions, " AND ") + ")"
}

// isRemembered are the conditions of the row that a key names, compared as the
// key compares it.
func (p *planner) isRemembered(key *model.ForeignKey, parent *Table, row string) []string {
	id := tenancy.GoneTable + ".row_id = " + p.columns(key.Columns, row)
	if collation := parent.source.Column(key.RefColumns[0]).Collation; len(key.Columns) == 1 && collation != "" && !strings.EqualFold(collation, "BINARY") {
		id += " COLLATE " + collation
	}
	return []string{tenancy.GoneTable + ".table_name = " + rememberedAs(key), id}
}

// cascades is the action of a key that deletes what references a deleted row.
const cascades = "CASCADE"

// remember has rows of a parent be remembered until what they take along is gone.
func (p *planner) remember(log *AuditLog, key *model.ForeignKey, parent *Table) {
	name := func(what string) string {
		parts := slices.Concat([]string{tenancy.LogTable, parent.Name}, key.RefColumns, []string{what})
		return p.dialect.quote(strings.Join(parts, "_"))
	}
	one := &Parent{
		Table: parent.SQL, Going: name("going"), Gone: name("gone"), Name: rememberedAs(key),
		Key: p.columns(key.RefColumns, "OLD."), Tenant: p.goneTenant(parent), IsNamed: p.isNamed(key),
	}
	if key.OnDelete == cascades && !slices.ContainsFunc(log.Parents, func(other *Parent) bool { return other.Name == one.Name }) {
		log.Parents = append(log.Parents, one)
	}
}

// isNamed is the condition that a row may be named by a key.
func (p *planner) isNamed(key *model.ForeignKey) string {
	var conditions []string
	for _, name := range key.RefColumns {
		conditions = append(conditions, "OLD."+p.dialect.quote(name)+" IS NOT NULL")
	}
	return strings.Join(conditions, " AND ")
}

// rememberedAs names the rows that a key references: 'team (id)'.
func rememberedAs(key *model.ForeignKey) string {
	return sqlite.Literal(key.Table + " (" + strings.Join(key.RefColumns, ", ") + ")")
}

// loggedKey is the key of a row as text: a JSON list where it has several columns.
func (p *planner) loggedKey(t *Table, row string) string {
	var values []string
	for _, c := range t.Keys {
		value := row + c.SQL
		switch {
		case p.isSensitive(t, c.source):
			value = redacted
		case len(t.Keys) == 1 && p.dialect.affinity(c.source.Type) == sqlite.AffinityBlob:
			value = "hex(" + value + ")"
		}
		values = append(values, value)
	}
	return oneValue(values)
}

// columns are columns of a row as one value.
func (p *planner) columns(names []string, row string) string {
	var values []string
	for _, name := range names {
		values = append(values, row+p.dialect.quote(name))
	}
	return oneValue(values)
}

// oneValue makes several values one, which is a JSON list: BLOBs, which it cannot
// hold, are spelled in hexadecimal digits.
func oneValue(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	for i, value := range values {
		values[i] = "CASE typeof(" + value + ") WHEN 'blob' THEN hex(" + value + ") ELSE " + value + " END"
	}
	return "json_array(" + strings.Join(values, ", ") + ")"
}

// checkNames reports triggers of the log that are called like something else.
func (p *planner) checkNames(log *AuditLog) {
	seen := map[string]bool{}
	for _, name := range log.Triggers {
		folded := strings.ToLower(name)
		i := slices.IndexFunc(p.Schema.Triggers, func(t *model.Trigger) bool { return strings.ToLower(t.Name) == folded })
		switch {
		case i >= 0:
			p.problems.Add(p.Schema.Triggers[i].Pos, "rename it", "trigger %q has the name of one of the audit log", name)
		case seen[folded]:
			p.problems.Add(model.Position{File: "sqlc.yaml"}, "rename one of the tables",
				"option audit_log: the triggers of two tables would be called %q", name)
		}
		seen[folded] = true
	}
}

// imports are the files of the tables and their columns, as seen from the
// folder of the log's own.
func imports(tables []*model.Table, own string) []string {
	folder, files := path.Dir(own), []string{}
	add := func(file string) {
		if rest, ok := strings.CutPrefix(file, folder+"/"); ok {
			file = rest
		} else if folder != "." && file != own {
			file = strings.Repeat("../", strings.Count(folder, "/")+1) + file
		}
		if file != path.Base(own) && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	for _, t := range tables {
		add(t.Pos.File)
		for _, c := range t.Columns {
			add(c.Pos.File)
		}
	}
	slices.Sort(files)
	return files
}

// triggers are the names of all triggers, unquoted.
func (log *AuditLog) triggers() []string {
	names := []string{log.Log + "_update", log.Log + "_delete", log.Log + "_insert"}
	for _, parent := range log.Parents {
		names = append(names, parent.Going, parent.Gone)
	}
	for _, a := range log.Audited {
		names = append(names, a.Create, a.Update, a.Delete)
	}
	for i, name := range names {
		if unquoted, ok := strings.CutPrefix(name, `"`); ok {
			names[i] = strings.ReplaceAll(strings.TrimSuffix(unquoted, `"`), `""`, `"`)
		}
	}
	return names
}
