package cache

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func entry(n int) Entry {
	key := sha256.New()
	fmt.Fprint(key, n)
	return Open(key)
}

func TestEntry(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", folder)
	if got := entry(1).Load(); got != nil {
		t.Errorf("an empty cache has %q", got)
	}
	entry(1).Store([]byte("one"))
	entry(2).Store([]byte("two"))
	if got := string(entry(1).Load()) + string(entry(2).Load()); got != "onetwo" {
		t.Errorf("got %q", got)
	}
	for i := range 2 * kept {
		entry(1).Load() // used lately
		entry(100 + i).Store([]byte("x"))
	}
	files, err := os.ReadDir(filepath.Join(folder, "rowhouse"))
	if err != nil || len(files) != kept {
		t.Errorf("%d files are kept, %v", len(files), err)
	}
	if string(entry(1).Load()) != "one" || entry(2).Load() != nil {
		t.Error("what was used last is not what is kept")
	}
}

// TestNoFolder goes on without a cache.
func TestNoFolder(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	entry(1).Store([]byte("one"))
	if got := entry(1).Load(); got != nil {
		t.Errorf("got %q", got)
	}
}
