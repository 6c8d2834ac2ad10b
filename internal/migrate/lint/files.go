package lint

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Options say which migrations are looked at: those that all of them
// leave.
type Options struct {
	Latest int    // the last so many; 0 for all
	Base   string // those that are not in this git ref; "" for all
	URL    string // those that this database has not had; "" for all
}

// RefError says that git cannot tell what is in a ref.
type RefError struct {
	Ref string
	Err error
}

// Error returns the cause and the fix.
func (e *RefError) Error() string {
	return fmt.Sprintf("git ref %q: %v; name a branch, tag or commit that git rev-parse knows here", e.Ref, e.Err)
}

// Unwrap returns the cause.
func (e *RefError) Unwrap() error { return e.Err }

// choose returns the migrations to look at, by file name.
func (l *linter) choose(ctx context.Context, options Options) (map[string]*atlas.Migration, error) {
	files := l.project.Directory.Files()
	if options.Latest > 0 && options.Latest < len(files) {
		files = files[len(files)-options.Latest:]
	}
	old := map[string]bool{}
	if options.Base != "" {
		if err := l.inRef(ctx, options.Base, old); err != nil {
			return nil, err
		}
	}
	if options.URL != "" {
		if err := l.applied(ctx, options.URL, old); err != nil {
			return nil, err
		}
	}
	chosen := map[string]*atlas.Migration{}
	for _, m := range l.project.Directory.Migrations {
		isLast := slices.ContainsFunc(files, func(file atlas.File) bool { return file.Name == m.Name })
		if isLast && !old[path.Base(m.Name)] {
			chosen[m.Name] = m
		}
	}
	return chosen, nil
}

// applied notes the files that a database has had, and finds those among them
// that were edited since.
func (l *linter) applied(ctx context.Context, url string, old map[string]bool) error {
	db, err := l.project.OpenLive(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it was only read
	history, err := atlas.Revisions(ctx, db)
	if err != nil {
		return err
	}
	baseline := ""
	for _, r := range history {
		if atlas.IsBaseline(r) {
			baseline = r.Version
		}
	}
	for _, m := range l.project.Directory.Migrations {
		had := slices.ContainsFunc(history, func(r *atlas.Revision) bool { return r.Version == m.Version && !atlas.IsPartial(r) })
		if had || m.Version <= baseline {
			old[path.Base(m.Name)] = true
		}
	}
	if m := l.project.Directory.Edited(history); m != nil {
		var problems model.Problems
		problems.Add(model.Position{File: m.Name}, "restore it as it was, and put the change into a new migration",
			"the migration is not the one that was applied")
		l.problems(EditedLater, problems)
	}
	return nil
}
