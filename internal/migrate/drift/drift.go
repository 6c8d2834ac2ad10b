// Package drift finds how a live database differs from what it should be, and
// the SQL of both ways back:
//
//	database     ┐
//	migrations   ├ read → history, objects, schema files, rows → plan → Report
//	schema files ┘
//
// It only reads.
package drift

import (
	"context"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// Report is how a live database differs from what it should be: from what its
// migrations make, up to the last one applied; where there are none, from the
// schema files.
type Report struct {
	Findings []report.Finding
	Source   string // of what it should be: "migrations" or "schema files"

	Repair  Way // from the database to what it should be
	Capture Way // from what it should be to the database

	Unchecked []string // constraints that cannot be evaluated here, and why
}

// Way is the SQL from one schema to another.
type Way struct {
	SQL    string      // "" where nothing is to be done, or no right way is known
	Losses []plan.Held // what it drops with data in it
	Fails  string      // why no way is known, or on which rows this one would fail
	Broken []string    // constraints that do not hold for rows that are there, so that it does fail
}

// Find compares the database of a URL with the migrations and the schema
// files of the project, and looks for rows that break its constraints. It
// writes nothing and holds no lock, so that others may use the database.
//
// It returns an *atlas.ConfigError, or a *database.URLError. Migrations and
// schema files that are wrong are findings.
func Find(ctx context.Context, p *migrate.Project, url string) (*Report, error) {
	db, err := openToRead(ctx, p.Root, url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it was only read
	c := &check{Project: p, db: db, broken: map[string][]string{}}
	if err := c.read(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{c.checkHistory, c.checkObjects, c.checkSchema, c.checkRows, c.plan} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &c.Report, nil
}

// add makes problems findings.
func (c *check) add(rule report.Rule, problems ...model.Problem) {
	found, _ := report.OfError(rule, model.Problems(problems))
	c.Findings = append(c.Findings, found...)
}

// checkObjects reports every object of the database that is not as it should
// be.
func (c *check) checkObjects(context.Context) error {
	if c.should == nil {
		return nil
	}
	for _, d := range plan.JoinKeys(plan.Compare(c.live, c.should)) {
		c.addObject(d)
	}
	return nil
}

func (c *check) addObject(d plan.Difference) {
	p := model.Problem{Pos: c.places.Of(d)}
	rule := ObjectDifferent
	switch {
	case d.From == "":
		rule = ObjectMissing
		p.Message = fmt.Sprintf("%s is not in the database%s", d.Subject(), definition(d.To))
		p.Fix = "make it there, or drop it from the schema files and run rowhouse migrate diff"
	case d.To == "":
		rule = ObjectExtra
		p.Message = fmt.Sprintf("%s is in the database, and not in the %s%s", d.Subject(), c.Source, definition(d.From))
		p.Fix = "drop it there, or write it into the schema files and run rowhouse migrate diff"
	default:
		p.Message = fmt.Sprintf("%s is another one in the database than in the %s%s", d.Subject(), c.Source, instead(d.From, d.To))
		p.Fix = "change it there, or in the schema files and run rowhouse migrate diff"
	}
	c.add(rule, p)
}

// longest is how long a definition may be to be shown in a message.
const longest = 200

// definition shows a definition behind what it is of, if it is short.
func definition(text string) string {
	if len(text) > longest {
		return ""
	}
	return ": " + text
}

// instead shows two definitions, if they are short.
func instead(text, of string) string {
	if len(text)+len(of) > 2*longest {
		return ""
	}
	return fmt.Sprintf(": %s instead of %s", text, of)
}

// checkSchema reports what the schema files say and the migrations do not
// make.
func (c *check) checkSchema(context.Context) error {
	if c.latest == nil || c.desired == nil {
		return nil
	}
	for _, d := range plan.JoinKeys(plan.Compare(c.latest, c.desired)) {
		p := NotInMigrations(d)
		p.Pos = c.places.Of(d)
		c.add(SchemaAhead, p)
	}
	return nil
}

// NotInMigrations explains a difference between what the migrations make and
// what the schema files say.
func NotInMigrations(d plan.Difference) model.Problem {
	p := model.Problem{Pos: d.Pos, Fix: "run rowhouse migrate diff"}
	switch {
	case d.From == "":
		p.Message = fmt.Sprintf("the schema files have %s, and the migrations do not make it", d.Subject())
	case d.To == "":
		p.Message = fmt.Sprintf("the migrations make %s, and the schema files do not have it", d.Subject())
	default:
		p.Message = fmt.Sprintf("%s is another one in the schema files than the migrations make%s", d.Subject(), instead(d.To, d.From))
	}
	return p
}
