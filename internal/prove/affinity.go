package prove

import (
	"strings"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// affinityOf returns the affinity of a column, whose type ANY a STRICT table
// takes at its word.
func affinityOf(declared string, strict bool) sqlite.Affinity {
	if strict && strings.EqualFold(declared, "ANY") {
		return sqlite.AffinityBlob
	}
	return sqlite.AffinityOf(declared)
}

// isBinary reports whether a collation takes different bytes for different
// values. Under any other, = is not identity and proves nothing.
func isBinary(collation string) bool {
	return collation == "" || strings.EqualFold(collation, "BINARY")
}

// isRowid reports whether an identifier may name the rowid.
func isRowid(name string) bool {
	return name == "rowid" || name == "oid" || name == "_rowid_"
}

// fold returns a name as SQLite compares names: ASCII case-insensitively.
func fold(name string) string {
	for i := range len(name) {
		if c := name[i]; 'A' <= c && c <= 'Z' {
			return foldASCII(name)
		}
	}
	return name
}

func foldASCII(name string) string {
	lower := []byte(name)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return string(lower)
}
