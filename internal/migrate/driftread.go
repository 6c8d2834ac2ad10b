package migrate

import (
	"context"
	"errors"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// driftCheck is a Drift at work.
type driftCheck struct {
	*Project
	Drift

	db      *database.DB
	whole   *model.Schema // of the database
	live    *model.Schema // the part of it that is managed
	should  *model.Schema // what it should be
	latest  *model.Schema // what all migrations make; nil without migrations
	desired *model.Schema // what the schema files say; nil without them
	places  places

	history []*atlas.Revision
}

// read reads the schemas to compare.
func (c *driftCheck) read(ctx context.Context) (err error) {
	if c.whole, c.history, err = inspectLive(ctx, c.db); err != nil {
		return err
	}
	c.live = c.managed(c.whole)
	if len(c.Env.Schema) > 0 || len(c.Directory.Migrations) == 0 {
		files, err := c.SchemaFiles()
		if err != nil {
			return err
		}
		if c.desired, err = c.replay(ctx, files); err != nil {
			return err
		}
	}
	applied, err := c.appliedFiles()
	if err != nil {
		return err
	}
	c.should, c.Source = c.desired, "schema files"
	if len(c.Directory.Migrations) > 0 {
		c.Source = "migrations"
		if err := c.readMigrations(ctx, applied); err != nil {
			return err
		}
	}
	c.places = places{c.desired, c.should, c.latest}
	return nil
}

// appliedFiles returns the migrations that make what the database should be:
// all of them for one that was made without a history. It reports those that
// are applied and whose files are gone.
func (c *driftCheck) appliedFiles() ([]atlas.File, error) {
	switch {
	case len(c.history) > 0:
		files, err := c.Directory.Applied(c.history)
		var gone model.Problems
		if errors.As(err, &gone) {
			c.add(HistoryDiffers, gone...)
			return files, nil
		}
		return files, err
	case c.isNew():
		return nil, nil
	}
	return c.Directory.Files(), nil
}

// readMigrations replays all migrations, and those that are applied.
func (c *driftCheck) readMigrations(ctx context.Context, applied []atlas.File) (err error) {
	all := c.Directory.Files()
	if c.latest, err = c.replay(ctx, all); err != nil {
		return err
	}
	if slices.Equal(applied, all) {
		c.should = c.latest
		return nil
	}
	c.should, err = c.replay(ctx, applied)
	var wrong model.Problems
	if errors.As(err, &wrong) && len(c.Findings) > 0 {
		c.should, err = c.latest, nil // they build on what is gone
	}
	return err
}

// isNew reports whether nothing has been done to the database yet.
func (c *driftCheck) isNew() bool {
	return len(c.history) == 0 && len(c.live.Tables)+len(c.live.Views) == 0
}

// replay returns the managed part of what files make.
func (c *driftCheck) replay(ctx context.Context, files []atlas.File) (*model.Schema, error) {
	s, err := atlas.Replay(ctx, files)
	if err != nil {
		return nil, err
	}
	return c.managed(s), nil
}
