package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// LoadSchemas is Load for a project that may have nothing of rowhouse's: each
// block under sql is a target, with the default options. It returns nil where
// the folder has no configuration file.
func LoadSchemas(root string) (*Project, error) {
	if !hasFile(root) {
		return nil, nil //nolint:nilnil // no file is an answer, not a failure
	}
	name, content, err := read(root)
	if err != nil {
		return nil, err
	}
	return parseTargets(name, content, func(c *checker, root *yaml.Node) []Target {
		var targets []Target
		for _, block := range items(get(root, "sql")) {
			targets = append(targets, c.source(block))
		}
		return targets
	})
}

func hasFile(root string) bool {
	for _, name := range fileNames {
		if _, err := os.Stat(filepath.Join(root, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}
