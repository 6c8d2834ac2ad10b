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
