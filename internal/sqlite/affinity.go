// Package sqlite holds rules of SQLite that several stations of the pipeline
// need, from the prover to the migrations.
package sqlite

import "strings"

// Affinity says how SQLite converts what is stored in a column or compared
// with it.
type Affinity int8

// The affinities. The zero value converts nothing.
const (
	AffinityBlob Affinity = iota
	AffinityText
	AffinityInteger
	AffinityReal
	AffinityNumeric
)

// AffinityOf returns the affinity of a declared type, by the rules of
// https://www.sqlite.org/datatype3.html#determination_of_column_affinity, in
// their order.
func AffinityOf(declared string) Affinity {
	declared = strings.ToUpper(declared)
	has := func(part string) bool { return strings.Contains(declared, part) }
	switch {
	case has("INT"):
		return AffinityInteger
	case has("CHAR"), has("CLOB"), has("TEXT"):
		return AffinityText
	case has("BLOB"), declared == "":
		return AffinityBlob
	case has("REAL"), has("FLOA"), has("DOUB"):
		return AffinityReal
	}
	return AffinityNumeric
}
