package report

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// InRepository returns findings, whose files are relative to the folder root,
// with files relative to the top of the git repository that root is in: there
// GitHub and readers of SARIF look for them. Outside of a repository, and for
// files that are not in it, they stay as they are.
func InRepository(root string, findings []Finding) []Finding {
	folder, top, ok := repositoryOf(root)
	if !ok {
		return findings
	}
	moved := slices.Clone(findings)
	for i, f := range moved {
		if f.Pos.File == "" {
			continue
		}
		file := filepath.FromSlash(f.Pos.File)
		if !filepath.IsAbs(file) {
			file = filepath.Join(folder, file)
		}
		if inside, err := filepath.Rel(top, file); err == nil && filepath.IsLocal(inside) {
			moved[i].Pos.File = filepath.ToSlash(inside)
		}
	}
	return moved
}

// repositoryOf returns the absolute path of a folder, and of the closest one
// at or above it that has a .git: a folder, or a file in a worktree.
func repositoryOf(root string) (folder, top string, ok bool) {
	folder, err := filepath.Abs(root)
	if err != nil {
		return "", "", false
	}
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	for top = folder; ; top = filepath.Dir(top) {
		if _, err := os.Stat(filepath.Join(top, ".git")); err == nil {
			return folder, top, true
		}
		if top == filepath.Dir(top) {
			return "", "", false
		}
	}
}

// Placed returns findings in which those without a file have one, for formats
// that show no finding without a place.
func Placed(file string, findings []Finding) []Finding {
	placed := slices.Clone(findings)
	for i, f := range placed {
		if f.Pos.File == "" {
			placed[i].Pos.File = path.Clean(file)
		}
	}
	return placed
}

// HelpURI returns the address of the rule's documentation, in the version that
// this program has.
func (r Rule) HelpURI(version string) string {
	ref := "main"
	if strings.HasPrefix(version, "v") && !strings.ContainsAny(version, "-+") {
		ref = version
	}
	return projectURI + "/blob/" + ref + "/" + r.Help
}
