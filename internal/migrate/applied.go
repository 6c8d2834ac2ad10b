package migrate

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// VersionError says that no migration has the version that was asked for.
type VersionError struct {
	Version string
	Fix     string
}

// Error returns the cause and the fix.
func (e *VersionError) Error() string {
	return model.Problem{Message: "there is no migration " + e.Version, Fix: e.Fix}.Error()
}

// checkVersion returns a *VersionError when no migration has the version. ""
// asks for none.
func (p *Project) checkVersion(version string) error {
	if version == "" || p.Directory.Migration(version) != nil {
		return nil
	}
	var known []string
	for _, m := range p.Directory.Migrations {
		known = append(known, m.Version)
	}
	fix := spell.DidYouMean(version, known)
	if fix == "" {
		fix = "rowhouse migrate status lists them"
	}
	return &VersionError{version, fix}
}

// DriftError says that a database is not what its migrations made.
type DriftError struct {
	Differences []plan.Difference // from the database to what it should be
	Fix         string
}

// Error lists the differences, one a line.
func (e *DriftError) Error() string {
	lines := []string{"the database is not what its migrations made it:"}
	for _, d := range e.Differences {
		lines = append(lines, "  "+d.String())
	}
	return strings.Join(append(lines, e.Fix), "\n")
}

// applied replays the migrations of a history. The caller closes the state.
func (p *Project) applied(ctx context.Context, history []*atlas.Revision) (*plan.State, error) {
	files, err := p.Directory.Applied(history)
	if err != nil {
		return nil, err
	}
	return plan.Replay(ctx, files)
}

// checkEdited returns model.Problems when the text of a migration is not the
// one that was applied.
func (p *Project) checkEdited(history []*atlas.Revision, fix string) error {
	m := p.Directory.Edited(history)
	if m == nil {
		return nil
	}
	i := slices.IndexFunc(history, func(r *atlas.Revision) bool { return r.Version == m.Version })
	var problems model.Problems
	problems.Add(model.Position{File: m.Name}, fix, "the migration was edited after it was applied on %s", history[i].ExecutedAt.Format(time.DateTime))
	return problems.Err()
}

// OpenLive opens the database of a URL. Where the file is missing, an empty
// database in memory stands for it.
func (p *Project) OpenLive(ctx context.Context, url string) (*database.DB, error) {
	db, err := database.Open(ctx, p.Root, url, false)
	if errors.Is(err, fs.ErrNotExist) {
		return database.Memory(ctx)
	}
	return db, err
}
