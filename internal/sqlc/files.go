package sqlc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// readQueryFiles reads the files that the paths of sqlc.yaml mean, by sqlc's own
// rules: a folder stands for the .sql files directly in it, save hidden and
// .down.sql ones; *, ? and [] make a pattern.
func readQueryFiles(root string, paths []string) ([]model.File, model.Problems, error) {
	var files []model.File
	var problems model.Problems
	for _, p := range paths {
		names, err := expand(root, p)
		if errors.Is(err, fs.ErrNotExist) {
			problems.Add(model.Position{File: p}, `create it, or correct "queries" in sqlc.yaml`,
				"no such file or folder")
			continue
		} else if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", p, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil {
				return nil, nil, fmt.Errorf("read %s: %w", name, err)
			}
			files = append(files, model.File{Name: name, Text: string(text)})
		}
	}
	return files, problems, nil
}

// expand returns the .sql files that one path of sqlc.yaml means.
func expand(root, p string) ([]string, error) {
	matches := []string{p}
	if strings.ContainsAny(p, "*?[]") {
		var err error
		if matches, err = fs.Glob(os.DirFS(root), p); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, match := range matches {
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(match)))
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			names = append(names, match)
			continue
		}
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(match)))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if !entry.IsDir() {
				names = append(names, path.Join(match, entry.Name()))
			}
		}
	}
	var out []string
	for _, name := range names {
		base := path.Base(name)
		if strings.HasSuffix(base, ".sql") && !strings.HasPrefix(base, ".") && !strings.HasSuffix(base, ".down.sql") {
			out = append(out, name)
		}
	}
	return out, nil
}
