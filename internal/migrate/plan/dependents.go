package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// dependent is a view or trigger.
type dependent struct {
	kind Kind
	name string
	on   string // the table or view of a trigger
	sql  string
}

// key is the name by which dependents of two schemas are the same.
func (d dependent) key() string { return string(d.kind) + " " + model.Fold(d.name) }

// dependents returns the views and then the triggers of a schema, in creation
// order.
func dependents(s *model.Schema) []dependent {
	var found []dependent
	for _, v := range s.Views {
		found = append(found, dependent{kind: View, name: v.Name, sql: v.SQL})
	}
	for _, t := range s.Triggers {
		found = append(found, dependent{kind: Trigger, name: t.Name, on: t.Table, sql: t.SQL})
	}
	return found
}

// dropDependents drops the views and triggers that go or change, and those
// that would not work while a table they mention is away: SQLite reads them
// all whenever it alters a table. It returns which were dropped.
func (p *planner) dropDependents() map[string]bool {
	wanted := map[string]string{}
	for _, d := range dependents(p.to) {
		wanted[d.key()] = p.definition(d)
	}
	return p.dropWhere(p.awayTables(), func(d dependent) bool { return wanted[d.key()] != p.definition(d) })
}

// dropMentioning drops the views and triggers that mention tables.
func (p *planner) dropMentioning(tables map[string]bool) {
	p.dropWhere(maps.Clone(tables), func(dependent) bool { return false })
}

// dropWhere drops views and triggers of which that is true, and those that
// mention what is away: tables, and the views that are dropped.
func (p *planner) dropWhere(away map[string]bool, goes func(dependent) bool) map[string]bool {
	dropped := map[string]bool{}
	all := dependents(p.from)
	for again := true; again; {
		again = false
		for _, d := range all {
			if dropped[d.key()] || !goes(d) && !away[model.Fold(d.on)] && !sqltext.Mentions(d.sql, away) {
				continue
			}
			dropped[d.key()] = true
			if d.kind == View {
				away[model.Fold(d.name)] = true
			}
			again = true
		}
	}
	slices.Reverse(all) // triggers before the views they are on
	for _, d := range all {
		if dropped[d.key()] {
			p.step("", "DROP %s %s", strings.ToUpper(string(d.kind)), sqltext.Quote(d.name))
		}
	}
	return dropped
}

func (p *planner) definition(d dependent) string {
	return normalDefinition(p.names, object{kind: d.kind, sql: d.sql})
}

// awayTables returns the tables that are away for a moment, or lose a column.
func (p *planner) awayTables() map[string]bool {
	away := map[string]bool{}
	for name := range p.rebuilds {
		away[name] = true
	}
	for _, c := range p.derived {
		away[c.name()] = true
	}
	for _, t := range p.dropped {
		away[model.Fold(t.Name)] = true
	}
	for _, c := range p.changed {
		if len(c.droppedColumns()) > 0 {
			away[c.name()] = true
		}
	}
	return away
}

// createDependents creates the views and triggers that are new, and those
// that were dropped.
func (p *planner) createDependents(dropped map[string]bool) {
	had := map[string]bool{}
	for _, d := range dependents(p.from) {
		had[d.key()] = !dropped[d.key()]
	}
	for _, d := range dependents(p.to) {
		if !had[d.key()] {
			p.step("", "%s", d.sql)
		}
	}
}
