// Package version says which rowhouse this is.
package version

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"
)

// Version returns the module's version: "v1.2.3", or "(devel)" when built
// from a checkout.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// Build returns a text that differs between any two builds whose output may
// differ, also between those of one checkout.
var Build = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return Version()
	}
	info, err := os.Stat(path)
	if err != nil {
		return Version()
	}
	return fmt.Sprintf("%s %d %d", Version(), info.Size(), info.ModTime().UnixNano())
})
