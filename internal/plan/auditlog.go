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
	Log, Actor, Next string // names of its tables and its view
	Tenant           string // the log's tenant column
	TenantType       string // as declared
	InstantType      string // likewise, of instants
	Instant          string // SQL: the instant as stored, of milliseconds in ms

	Root, RootKey string       // the tenant table; "" where the schema is not known yet
	Imports       []string     // the files of the schema that its triggers build on
	Audited       []*Audited   // in the order of the schema
	Cascades      []*Cascading // rows that have to go before what says whose they are

	Table    *Table   // the log itself, as the generated package reads it
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

	NewTenant, OldTenant string // SQL: whose the row is
	NewKey, OldKey       string // SQL: its key
	Creator, Updater     string // SQL: who made a row, or changed it, as far as the row says so; "" where it does not
	Updated, Deleted     string // SQL: what happened
	Values               []AuditedColumn
	Changes              []AuditedColumn
}

// AuditedColumn is a column with its values as the log may show them.
type AuditedColumn struct{ Name, Old, New string } // SQL

// Cascading deletes the rows of a child before those of the parent that they
// depend on, as long as the parent still says whose they are.
type Cascading struct {
	Name          string // of the trigger
	Parent, Child string
	Where         string
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
	log := &AuditLog{
		Log: tenancy.LogTable, Actor: tenancy.ActorTable, Next: tenancy.NextView,
		Tenant: sqliteDialect.quote(options.Tenant.Column), TenantType: tenantType,
		InstantType: "INTEGER", Instant: "ms / 1000",
	}
	switch options.Time {
	case config.TimeUnixMilli:
		log.Instant = "ms"
	case config.TimeText:
		log.InstantType, log.Instant = "TEXT", "strftime('%Y-%m-%dT%H:%M:%fZ', ms / 1000.0, 'unixepoch')"
	}
	return log
}

// planAuditLog plans the log of the tables that the option names; nil without any.
func (p *planner) planAuditLog() *AuditLog {
	t := p.tables[p.Schema.Table(tenancy.LogTable)]
	if t == nil || !t.Class.Log {
		return nil
	}
	root := p.plan.Tenant
	log := NewAuditLog(p.Options, root.Keys[0].source.Type)
	log.Table, log.Bind = t, instantType(p.Options.Time).Bind
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
			p.cascade(log, link, parent)
			files, link = append(files, parent.source), parent
		}
	}
	log.Imports = imports(files, t.source.Pos.File)
	log.Triggers = log.triggers()
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
		case p.Owners.Of(t).Log || p.Owners.Of(t).Actor:
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
		Table: t, Create: name("create"), Update: name("update"), Delete: name("delete"),
		NewTenant: p.loggedTenant(t, "NEW."), OldTenant: p.loggedTenant(t, "OLD."),
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
		shown := AuditedColumn{Name: "'" + strings.ReplaceAll(c.Name, "'", "''") + "'", Old: "OLD." + c.SQL, New: "NEW." + c.SQL}
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

// loggedKey is the key of a row as text: a JSON list where it has several columns.
func (p *planner) loggedKey(t *Table, row string) string {
	var key []string
	for _, c := range t.Keys {
		value := row + c.SQL
		switch {
		case p.isSensitive(t, c.source):
			value = redacted
		case p.dialect.affinity(c.source.Type) == sqlite.AffinityBlob:
			value = "hex(" + value + ")"
		}
		key = append(key, value)
	}
	if len(key) == 1 {
		return key[0]
	}
	return "json_array(" + strings.Join(key, ", ") + ")"
}

// cascade has the rows of a child go before those of the parent that they are
// the tenant's by, where the database would delete them afterwards.
func (p *planner) cascade(log *AuditLog, child, parent *Table) {
	key := child.Class.Path
	c := &Cascading{
		Name: p.dialect.quote(tenancy.LogTable + "_" + parent.Name + "_takes_" + child.Name), Parent: parent.SQL, Child: child.SQL,
	}
	if key.OnDelete != "CASCADE" || slices.ContainsFunc(log.Cascades, func(other *Cascading) bool { return other.Name == c.Name }) {
		return
	}
	var conditions []string
	for i, column := range key.Columns {
		conditions = append(conditions, p.dialect.quote(column)+" = OLD."+p.dialect.quote(key.RefColumns[i]))
	}
	c.Where = strings.Join(conditions, " AND ")
	log.Cascades = append(log.Cascades, c)
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
	for _, c := range log.Cascades {
		names = append(names, c.Name)
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
