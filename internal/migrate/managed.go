package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Managed returns the part of a schema that is for the project to manage:
// without the tables of migration tools, and without what atlas.hcl excludes.
func (p *Project) Managed(s *model.Schema) *model.Schema {
	part := s.Part(
		func(table string) bool { return !atlas.IsBookkeeping(table) && !p.Env.ExcludesTable(table) },
		func(view string) bool { return !p.Env.ExcludesView(view) })
	part.Triggers = slices.DeleteFunc(part.Triggers, func(t *model.Trigger) bool { return p.Env.ExcludesTrigger(t.Table, t.Name) })
	return part
}

// Beside returns a target for a live database: what the project manages of
// the target, and what others keep in the database. Both belong into a plan,
// since tables of theirs may reference ones that are rebuilt.
func (p *Project) Beside(target, live *model.Schema) *model.Schema {
	whole, ours := p.Managed(target), p.Managed(live)
	for _, t := range live.Tables {
		if !slices.Contains(ours.Tables, t) {
			whole.Tables = append(whole.Tables, t)
		}
	}
	for _, v := range live.Views {
		if !slices.Contains(ours.Views, v) {
			whole.Views = append(whole.Views, v)
		}
	}
	for _, t := range live.Triggers {
		on := whole.Table(t.Table) != nil || whole.View(t.Table) != nil
		if on && !slices.Contains(ours.Triggers, t) {
			whole.Triggers = append(whole.Triggers, t)
		}
	}
	return whole
}

// CheckOthers returns model.Problems for views and triggers that others keep in
// a database and that would not work any more after a change of it. SQLite
// looks into them only when they are used.
func (p *Project) CheckOthers(ctx context.Context, before, after *plan.State) error {
	var problems model.Problems
	check := func(what, sql string) {
		if err := after.DB.Prepare(ctx, sql); err != nil && before.DB.Prepare(ctx, sql) == nil {
			problems.Add(model.Position{}, "keep what it uses; or, if nobody needs it any more, drop it first",
				"%s, which exclude in %s leaves to others, would not work any more: %v", what, atlas.ConfigFile, err)
		}
	}
	for _, v := range after.Schema.Views {
		if p.Env.ExcludesView(v.Name) {
			check("view "+v.Name, "SELECT * FROM "+sqltext.Quote(v.Name))
		}
	}
	for _, t := range after.Schema.Triggers {
		if !p.Env.ExcludesTrigger(t.Table, t.Name) && !p.Env.ExcludesTable(t.Table) {
			continue
		}
		for _, sql := range firing(after.Schema, t) {
			check("trigger "+t.Name, sql)
		}
	}
	return problems.Err()
}

// firing returns statements for which SQLite compiles a trigger, whatever it is
// about.
func firing(s *model.Schema, t *model.Trigger) []string {
	table := s.Table(t.Table)
	if table == nil {
		return nil
	}
	name := sqltext.Quote(table.Name)
	var sets []string
	for _, c := range table.Columns {
		if !c.Generated && !c.Hidden {
			sets = append(sets, sqltext.Quote(c.Name)+" = NULL")
		}
	}
	return []string{"INSERT INTO " + name + " DEFAULT VALUES", "DELETE FROM " + name, "UPDATE " + name + " SET " + strings.Join(sets, ", ")}
}

// InspectLive reads schema and history of a database at one moment.
func InspectLive(ctx context.Context, db *database.DB) (live *model.Schema, history []*atlas.Revision, err error) {
	if err := db.Exec(ctx, "BEGIN"); err != nil {
		return nil, nil, err
	}
	if live, err = atlas.Inspect(ctx, db); err == nil {
		history, err = atlas.Revisions(ctx, db)
	}
	ended := db.Exec(context.WithoutCancel(ctx), "ROLLBACK") // nothing was written
	if err == nil {
		err = ended
	}
	return live, history, err
}
