package pipeline

import (
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/version"
)

// cache holds the files of one set of inputs, in the user's cache folder. It
// only ever saves time: whatever goes wrong with it, generation goes on.
type cache struct{ file string } // "" where there is no cache

// kept is how many sets of inputs stay cached.
const kept = 32

// openCache finds the place for the inputs of a target: everything that the
// files depend on is in its name.
func openCache(root string, target config.Target) cache {
	folder, err := os.UserCacheDir()
	if err != nil {
		return cache{}
	}
	key := sha256.New()
	fmt.Fprintf(key, "%s\n%#v\n", version.Build(), target)
	if hashFiles(key, root, target.Schema) != nil || hashFiles(key, root, target.Queries) != nil {
		return cache{} // generation reports what is wrong with them
	}
	return cache{filepath.Join(folder, "rowhouse", hex.EncodeToString(key.Sum(nil)))}
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

// load returns the cached files, nil where there are none.
func (c cache) load() map[string][]byte {
	f, err := os.Open(c.file)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	var files map[string][]byte
	if gob.NewDecoder(f).Decode(&files) != nil {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(c.file, now, now) // used lately
	return files
}

// store caches the files, and forgets those that were not used for longest.
func (c cache) store(files map[string][]byte) {
	if c.file == "" || os.MkdirAll(filepath.Dir(c.file), 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(c.file), "new-*")
	if err != nil {
		return
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already once renamed
	err = gob.NewEncoder(f).Encode(files)
	if closeErr := f.Close(); err != nil || closeErr != nil {
		return
	}
	_ = os.Rename(f.Name(), c.file)
	forget(filepath.Dir(c.file))
}

func forget(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) <= kept {
		return
	}
	used := func(e fs.DirEntry) time.Time {
		info, err := e.Info()
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return used(a).Compare(used(b)) })
	for _, entry := range entries[:len(entries)-kept] {
		_ = os.Remove(filepath.Join(folder, entry.Name()))
	}
}
