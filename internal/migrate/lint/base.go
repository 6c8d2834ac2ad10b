package lint

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// inRef notes the migrations that a git ref has, and finds those among them
// that were edited or removed since, and new ones that come before them.
func (l *linter) inRef(ctx context.Context, ref string, old map[string]bool) error {
	if strings.HasPrefix(ref, "-") {
		return &RefError{ref, errors.New("it would be an option of git")}
	}
	names, err := l.git(ctx, ref, "ls-tree", "-z", "--name-only", ref, "--", ".")
	if err != nil {
		return err
	}
	changes, err := l.git(ctx, ref, "diff", "-z", "--name-status", "--no-renames", "--no-ext-diff", "--relative", l.since(ctx, ref), "--", ".")
	if err != nil {
		return err
	}
	newest := ""
	for _, name := range names {
		if path.Ext(name) == ".sql" {
			old[name] = true
			newest = max(newest, versionOf(name))
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if status, name := changes[i], changes[i+1]; old[name] && status != "A" {
			delete(old, name)
			l.editedSince(ref, name)
		}
	}
	l.behind(ref, newest, names)
	return nil
}

// since returns the commit at which what is checked out and a ref parted: what
// only the ref has had since is no removal here.
func (l *linter) since(ctx context.Context, ref string) string {
	commit, err := l.git(ctx, ref, "merge-base", ref, "HEAD")
	if err != nil || len(commit) == 0 {
		return ref
	}
	return strings.TrimSpace(commit[0])
}

// versionOf returns the version in the name of a migration's file.
func versionOf(name string) string {
	version, _, _ := strings.Cut(strings.TrimSuffix(name, ".sql"), "_")
	return version
}

// git runs git in the folder of migrations, and returns what it lists.
func (l *linter) git(ctx context.Context, ref string, args ...string) ([]string, error) {
	folder := l.project.Directory.Name
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(l.project.Root, folder)
	}
	var stdout, stderr bytes.Buffer
	git := exec.CommandContext(ctx, "git", slices.Concat([]string{"-C", folder}, args)...)
	git.Stdout, git.Stderr = &stdout, &stderr
	if err := git.Run(); err != nil {
		if message := strings.TrimSpace(stderr.String()); message != "" {
			err = errors.New(strings.TrimPrefix(message, "fatal: "))
		}
		return nil, &RefError{ref, err}
	}
	return strings.FieldsFunc(stdout.String(), func(r rune) bool { return r == 0 }), nil
}

// editedSince finds a migration that is not any more what a git ref has.
func (l *linter) editedSince(ref, name string) {
	var problems model.Problems
	pos := model.Position{File: path.Join(l.project.Directory.Name, name)}
	const fix = "restore it as it was, and put the change into a new migration"
	if l.project.Directory.Named(pos.File) != nil {
		problems.Add(pos, fix, "the migration was edited since %s, where others may have applied it", ref)
	} else {
		problems.Add(pos, fix, "the migration was removed or renamed since %s, where others may have applied it", ref)
	}
	l.problems(EditedLater, problems)
}

// behind finds migrations that a git ref does not have, with versions before
// the newest that it has. Where that one is applied they are out of order.
func (l *linter) behind(ref, newest string, names []string) {
	var problems model.Problems
	for _, m := range l.project.Directory.Migrations {
		if m.Version < newest && !slices.Contains(names, path.Base(m.Name)) {
			problems.Add(model.Position{File: m.Name}, "give it a later version than "+newest+", and run rowhouse migrate hash",
				"the migration comes before %s, which %s has: rowhouse migrate apply refuses it where that is applied", nameOfVersion(names, newest), ref)
		}
	}
	l.problems(Behind, problems)
}

// nameOfVersion returns the file of a version.
func nameOfVersion(names []string, version string) string {
	i := slices.IndexFunc(names, func(name string) bool { return path.Ext(name) == ".sql" && versionOf(name) == version })
	return names[i]
}
