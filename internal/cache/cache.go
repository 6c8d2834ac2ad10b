// Package cache keeps results in the user's cache folder, by what they were
// made of. It only ever saves time: whatever goes wrong with it, the work goes
// on.
package cache

import (
	"encoding/hex"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Entry is the place of one result. The zero value holds nothing.
type Entry struct{ file string }

// kept is how many results stay.
const kept = 64

// Open finds the place of a result. Everything that it depends on is in the
// key, the build of rowhouse too.
func Open(key hash.Hash) Entry {
	folder, err := os.UserCacheDir()
	if err != nil {
		return Entry{}
	}
	return Entry{filepath.Join(folder, "rowhouse", hex.EncodeToString(key.Sum(nil)))}
}

// Load returns the result; nil where there is none.
func (e Entry) Load() []byte {
	content, err := os.ReadFile(e.file)
	if err != nil {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(e.file, now, now) // used lately
	return content
}

// Store keeps a result, and forgets those that were not used for longest.
func (e Entry) Store(content []byte) {
	if e.file == "" || os.MkdirAll(filepath.Dir(e.file), 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(e.file), "new-*")
	if err != nil {
		return
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already once renamed
	_, err = f.Write(content)
	if closeErr := f.Close(); err != nil || closeErr != nil {
		return
	}
	_ = os.Rename(f.Name(), e.file)
	forget(filepath.Dir(e.file))
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
