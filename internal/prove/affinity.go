package prove

import "strings"

// affinity is the type affinity of a column: how SQLite converts what is
// stored in it or compared with it.
type affinity int8

const (
	affinityNone affinity = iota // also BLOB: nothing is converted
	affinityText
	affinityInteger
	affinityReal
	affinityNumeric
)

// affinityOf returns the affinity of a declared type, by the rules of
// section 3.1 of "Datatypes In SQLite", in their order.
func affinityOf(declared string, strict bool) affinity {
	t := strings.ToUpper(declared)
	switch {
	case strict && t == "ANY":
		return affinityNone
	case strings.Contains(t, "INT"):
		return affinityInteger
	case strings.Contains(t, "CHAR"), strings.Contains(t, "CLOB"), strings.Contains(t, "TEXT"):
		return affinityText
	case t == "", strings.Contains(t, "BLOB"):
		return affinityNone
	case strings.Contains(t, "REAL"), strings.Contains(t, "FLOA"), strings.Contains(t, "DOUB"):
		return affinityReal
	}
	return affinityNumeric
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
