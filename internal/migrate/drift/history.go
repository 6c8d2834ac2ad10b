package drift

import (
	"context"
	"errors"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
)

// checkHistory reports what does not fit between the migrations, atlas.sum
// and the revisions of the database.
func (c *check) checkHistory(ctx context.Context) error {
	var untrue model.Problems
	if err := c.Directory.CheckSum(); errors.As(err, &untrue) {
		c.add(HistoryDiffers, untrue...)
	} else if err != nil {
		return err
	}
	if c.unreadable {
		return nil
	}
	c.checkRecorded()
	var pending []*atlas.Migration
	if len(c.history) > 0 || c.isNew() {
		executor := &atlas.Executor{DB: c.db, Directory: c.Directory, Order: atlas.NonLinear, AllowDirty: true}
		var unfinished model.Problems
		var err error
		if pending, err = executor.Pending(ctx, ""); errors.As(err, &unfinished) {
			c.add(HistoryDiffers, unfinished...)
		} else if err != nil {
			return err
		}
	}
	c.addStatus(c.StatusOf(c.history, pending))
	return nil
}

// checkRecorded reports a database that has tables, and knows of none of the
// migrations.
func (c *check) checkRecorded() {
	if len(c.history) > 0 || c.isNew() || len(c.Directory.Migrations) == 0 {
		return
	}
	fix := "record the one it is at: rowhouse migrate apply --baseline VERSION"
	if c.latest != nil && len(plan.Compare(c.live, c.latest)) == 0 {
		last := c.Directory.Migrations[len(c.Directory.Migrations)-1]
		fix = "record that it is at the last: rowhouse migrate apply --baseline " + last.Version
	}
	var problems model.Problems
	problems.Add(model.Position{File: c.Directory.Name}, fix, "the database has tables, and nothing is recorded of migrations in it: all of them count as pending")
	c.add(HistoryDiffers, problems...)
}

// addStatus reports the migrations that are pending or were edited. Those
// whose files are gone were reported as they were replayed.
func (c *check) addStatus(s *migrate.Status) {
	behind := map[string]bool{}
	for _, m := range s.OutOfOrder {
		behind[m.Version] = true
	}
	var problems model.Problems
	for _, m := range s.Pending {
		pos := model.Position{File: m.File}
		switch {
		case m.Done > 0:
			problems.Add(pos, "correct the file and run rowhouse migrate apply, which goes on there",
				"%d of %d statements of the migration are applied, and then it failed: %s", m.Done, m.Statements, m.Error)
		case behind[m.Version]:
			problems.Add(pos, "give it a later version and run rowhouse migrate hash, or apply it all the same with --exec-order non-linear",
				"the migration is not applied, and ones after it are")
		default:
			problems.Add(pos, "run rowhouse migrate apply", "the migration is not applied")
		}
	}
	for _, m := range s.Edited {
		problems.Add(model.Position{File: m.File}, "restore it as it was, and put the change into a new migration",
			"the migration was edited after it was applied on %s", m.AppliedAt.Format("2006-01-02 15:04:05"))
	}
	c.add(HistoryDiffers, problems...)
}
