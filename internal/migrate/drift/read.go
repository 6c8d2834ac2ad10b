package drift

import (
	"context"
	"errors"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/lint"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// check is a Find at work.
type check struct {
	*migrate.Project
	Report

	db      *database.DB
	whole   *model.Schema // of the database
	live    *model.Schema // the part of it that is managed
	should  *model.Schema // what it should be
	latest  *model.Schema // what all migrations make; nil without migrations
	desired *model.Schema // what the schema files say; nil without them
	renames plan.Renames  // by the schema files, where these say what it should be
	places  plan.Places

	history    []*atlas.Revision
	unreadable bool                // the history
	broken     map[string][]string // what does not hold for rows, by the folded name of the table that should require it
}

// read reads the schemas to compare. Migrations and schema files that cannot be
// replayed are findings, and leave a schema unknown.
func (c *check) read(ctx context.Context) error {
	if err := c.readLive(ctx); err != nil {
		return err
	}
	var files []atlas.File
	if len(c.Env.Schema) > 0 || len(c.Directory.Migrations) == 0 {
		var err error
		if files, err = c.SchemaFiles(); err != nil {
			return err
		}
		c.desired, err = c.replay(ctx, files)
		if err := c.unusable(SchemaAhead, err); err != nil {
			return err
		}
	}
	applied, err := c.appliedFiles()
	if err != nil {
		return err
	}
	c.should, c.Source = c.desired, "schema files"
	switch {
	case len(c.Directory.Migrations) > 0:
		c.Source = "migrations"
		err = c.readMigrations(ctx, applied)
	case c.should != nil:
		c.renames, err = plan.ReadRenames(files, c.live, c.should)
		err = c.unusable(SchemaAhead, err)
	}
	c.places = plan.Places{c.desired, c.should, c.latest}
	return err
}

// readLive reads the database. A history that cannot be read is a finding.
func (c *check) readLive(ctx context.Context) (err error) {
	c.whole, c.history, err = migrate.InspectLive(ctx, c.db)
	if c.whole == nil {
		return err
	}
	c.live, c.unreadable = c.Managed(c.whole), err != nil
	return c.unusable(HistoryDiffers, err)
}

// unusable makes a finding of what is wrong with something that cannot be read;
// it returns any other error.
func (c *check) unusable(rule report.Rule, err error) error {
	found, ok := report.OfError(rule, err)
	if !ok {
		return err
	}
	c.Findings = append(c.Findings, found...)
	return nil
}

// appliedFiles returns the migrations that make what the database should be:
// all of them for one that was made without a history. It reports those that
// are applied and whose files are gone.
func (c *check) appliedFiles() ([]atlas.File, error) {
	switch {
	case len(c.history) > 0:
		files, err := c.Directory.Applied(c.history)
		return files, c.unusable(HistoryDiffers, err)
	case c.isNew():
		return nil, nil
	}
	return c.Directory.Files(), nil
}

// readMigrations replays all migrations, and those that are applied.
func (c *check) readMigrations(ctx context.Context, applied []atlas.File) (err error) {
	all, known := c.Directory.Files(), len(c.Findings)
	c.latest, err = c.replay(ctx, all)
	if err := c.unusable(lint.Inapplicable, err); err != nil {
		return err
	}
	if slices.Equal(applied, all) {
		c.should = c.latest
		return nil
	}
	c.should, err = c.replay(ctx, applied)
	var wrong model.Problems
	switch {
	case !errors.As(err, &wrong):
		return err
	case len(c.Findings) == 0: // else they build on what is gone or wrong
		c.add(lint.Inapplicable, wrong...)
	case len(c.Findings) == known:
		c.should = c.latest
	}
	return nil
}

// isNew reports whether nothing has been done to the database yet.
func (c *check) isNew() bool {
	return len(c.history) == 0 && len(c.live.Tables)+len(c.live.Views) == 0
}

// replay returns the managed part of what files make.
func (c *check) replay(ctx context.Context, files []atlas.File) (*model.Schema, error) {
	s, err := atlas.Replay(ctx, files)
	if err != nil {
		return nil, err
	}
	return c.Managed(s), nil
}

// openToRead opens the database of a URL so that nothing can be written to
// it. It returns a *database.URLError when there is none.
func openToRead(ctx context.Context, root, url string) (*database.DB, error) {
	db, err := database.Open(ctx, root, url, false)
	if err != nil {
		return nil, err
	}
	if err := db.Exec(ctx, "PRAGMA query_only = on"); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}
