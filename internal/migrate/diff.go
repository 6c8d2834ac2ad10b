package migrate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// DiffOptions say how a migration is planned.
type DiffOptions struct {
	Name string    // of the migration: letters, digits, "_" and "-"
	Now  time.Time // for its version
	Drop []string  // tables and columns, "table.column", that are meant to go although something like them is new
}

// Diff is a planned migration. It is not written.
type Diff struct {
	*plan.Plan
	Version     string
	Description string
	Text        string
}

// Diff plans the migration from what the migrations make to what the schema
// files say, and verifies it. It returns nil when nothing is to be done.
//
// It returns model.Problems when a file is wrong, or when something dropped
// looks like something new under another name; and a *VerifyError when no
// right way was found.
func (p *Project) Diff(ctx context.Context, options DiffOptions) (*Diff, error) {
	if !validName.MatchString(options.Name) {
		return nil, &atlas.ConfigError{Problems: model.Problems{{
			Message: fmt.Sprintf("%q is no name for a migration", options.Name), Fix: "use letters, digits, _ and -",
		}}, Err: errors.New("no name")}
	}
	if err := p.Directory.CheckSum(); err != nil {
		return nil, err
	}
	from, err := p.Replayed(ctx)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	to, err := p.Desired(ctx)
	if err != nil {
		return nil, err
	}
	defer to.Close()
	planned, err := p.plan(ctx, from, to, options.Drop)
	if err != nil || planned.Empty() {
		return nil, err
	}
	version, err := p.nextVersion(options.Now)
	if err != nil {
		return nil, err
	}
	diff := &Diff{Plan: planned, Version: version, Description: options.Name, Text: planned.SQL()}
	return diff, atlas.CheckSplit(diff.Text, len(planned.Steps))
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// plan plans and verifies the way to the schema files.
func (p *Project) plan(ctx context.Context, from, to *plan.State, drop []string) (*plan.Plan, error) {
	files, err := p.SchemaFiles()
	if err != nil {
		return nil, err
	}
	renames, err := plan.ReadRenames(files, from.Schema, to.Schema)
	if err != nil {
		return nil, err
	}
	planned, err := plan.New(ctx, from, to, renames)
	if err != nil {
		return nil, err
	}
	if err := planned.CheckDrop(drop); err != nil {
		return nil, err
	}
	if err := planned.CheckRenames(from.Schema, to.Schema, drop); err != nil {
		return nil, err
	}
	return planned, planned.Verify(ctx, from, to)
}

// versionLayout is the form of versions that Atlas uses.
const versionLayout = "20060102150405"

// nextVersion returns the version of a migration of now, but always one after
// the last. It returns model.Problems when a file has a name that sorts behind
// any such version.
func (p *Project) nextVersion(now time.Time) (string, error) {
	version := now.UTC().Format(versionLayout)
	var problems model.Problems
	for _, m := range p.Directory.Migrations {
		if m.Version < version {
			continue
		}
		last, err := strconv.ParseInt(m.Version, 10, 64)
		if next := strconv.FormatInt(last+1, 10); err == nil && next > m.Version {
			version = next
			continue
		}
		problems.Add(model.Position{File: m.Name}, "begin its name with the time, as in "+version+"_name.sql, and run rowhouse migrate hash",
			"a new migration would come before this one: migrations are applied in the order of their names")
	}
	return version, problems.Err()
}

// RowStatements returns the statements of the schema files that write rows.
// They are no part of a schema, and migrations leave them out.
func (p *Project) RowStatements() ([]atlas.Statement, error) {
	files, err := p.SchemaFiles()
	var found []atlas.Statement
	for _, file := range files {
		for _, st := range atlas.Statements(file) {
			switch sqltext.Tokens(st.SQL)[0].Kind {
			case token.INSERT, token.REPLACE, token.UPDATE, token.DELETE, token.WITH:
				found = append(found, st)
			}
		}
	}
	return found, err
}

// Write writes the migration and atlas.sum.
func (p *Project) Write(d *Diff) (*atlas.Migration, error) {
	return p.Directory.Add(d.Version, d.Description, d.Text)
}
