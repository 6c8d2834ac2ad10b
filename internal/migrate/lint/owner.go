package lint

import (
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// loadOwnership reads whose the rows of tables are, where a sqlc.yaml says so.
func (l *linter) loadOwnership() error {
	project, err := config.LoadSchemas(l.project.Root)
	if err != nil || project == nil {
		return err
	}
	for _, target := range project.Targets {
		l.targets = append(l.targets, target.Options)
	}
	return nil
}

// ownership is the answer of tenancy.Classify for the last schema it was asked
// about: that of after one file is that of before the next.
type ownership struct {
	schema *model.Schema
	maps   []classified
}

// classified is the ownership of all tables by one target's options.
type classified struct {
	owners   *tenancy.Map // nil where the tenant, user or members table is not there
	problems model.Problems
}

func (l *linter) classify(schema *model.Schema) []classified {
	if l.owners.schema != schema {
		l.owners = ownership{schema: schema}
		for _, options := range l.targets {
			owners, problems := tenancy.Classify(schema, options)
			l.owners.maps = append(l.owners.maps, classified{owners, problems})
		}
	}
	return l.owners.maps
}

// ownership finds tables whose rows no longer belong to a tenant.
func (f *fileLint) ownership() {
	if len(f.targets) == 0 || !f.mayDisown() {
		return
	}
	before, after := f.classify(f.From), f.classify(f.To)
	for i := range before {
		switch {
		case before[i].owners == nil:
		case after[i].owners == nil:
			f.unowned(before[i].owners, after[i].problems)
		default:
			for _, t := range f.Tables {
				if t.From != nil && t.To != nil {
					f.owner(t, before[i].owners.Of(t.From), after[i].owners.Of(t.To))
				}
			}
		}
	}
}

// mayDisown reports whether the file takes anything away: what it only adds
// is no reason to ask again whose every table is.
func (f *fileLint) mayDisown() bool {
	for _, t := range f.Tables {
		if t.From == nil {
			continue
		}
		if t.To == nil || t.Rebuilt {
			return true
		}
		for _, c := range t.Columns {
			if c.From != nil && (c.To == nil || c.To.NotNull != c.From.NotNull) {
				return true
			}
		}
	}
	return false
}

// owner compares whose the rows of a table are, before and after.
func (f *fileLint) owner(t *atlas.TableEdit, before, after *tenancy.Class) {
	if before.Kind != tenancy.Owned || before.Shared {
		return
	}
	column := t.Column(before.Column)
	pos := t.At.Pos
	if column != nil {
		pos = column.At.Pos
	}
	switch {
	case column != nil && column.To != nil && !column.To.NotNull && !after.Shared:
		f.find(TenantNullable, pos, "keep it NOT NULL, or list the table under shared_tables in sqlc.yaml if rows without a tenant are everyone's",
			"%s says whose the rows of table %q are, and may be NULL from now on", column.To.Name, t.To.Name)
	case after.Kind != tenancy.Owned:
		f.find(OwnerLost, pos, "keep its foreign key, or list the table under global_tables in sqlc.yaml and say so: -- atlas:nolint "+OwnerLost.Code,
			"rows of table %q belonged to a tenant through %s, and to nobody from now on", t.To.Name, ownedThrough(before))
	}
}

// ownedThrough returns the columns that make rows a tenant's.
func ownedThrough(c *tenancy.Class) string {
	if c.Path != nil {
		return strings.Join(c.Path.Columns, ", ")
	}
	return c.Column
}

// unowned finds the change after which nothing says any more who the tenants
// and their members are.
func (f *fileLint) unowned(before *tenancy.Map, problems model.Problems) {
	for _, t := range f.Tables {
		if t.From == nil || t.From != before.Root && t.From != before.Users && t.From != before.Members {
			continue
		}
		f.find(OwnerLost, t.At.Pos, problems[len(problems)-1].Fix, "no row belongs to a tenant from now on: %s", problems[len(problems)-1].Message)
	}
}
