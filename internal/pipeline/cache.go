package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"hash"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/cache"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/version"
)

// openCache finds the place for the files of a target, by everything that
// they depend on.
func openCache(root string, target config.Target) cache.Entry {
	key := sha256.New()
	fmt.Fprintf(key, "%s\n%#v\n", version.Build(), target)
	if hashFiles(key, root, target.Schema) != nil || hashFiles(key, root, target.Queries) != nil {
		return cache.Entry{} // generation reports what is wrong with them
	}
	return cache.Open(key)
}

func hashFiles(key hash.Hash, root string, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	files, err := atlas.ReadFiles(root, paths)
	for _, file := range files {
		fmt.Fprintf(key, "%q %d\n%s", file.Name, len(file.Text), file.Text)
	}
	return err
}

// loadFiles returns the cached files; nil where there are none.
func loadFiles(entry cache.Entry) *Files {
	var files *Files
	if gob.NewDecoder(bytes.NewReader(entry.Load())).Decode(&files) != nil {
		return nil
	}
	return files
}

// storeFiles caches the files.
func storeFiles(entry cache.Entry, files *Files) {
	var content bytes.Buffer
	if gob.NewEncoder(&content).Encode(files) == nil {
		entry.Store(content.Bytes())
	}
}
