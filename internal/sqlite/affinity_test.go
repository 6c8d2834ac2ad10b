package sqlite_test

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

func TestAffinityOf(t *testing.T) {
	for declared, want := range map[string]sqlite.Affinity{
		"INTEGER": sqlite.AffinityInteger, "bigint": sqlite.AffinityInteger, "CHARINT": sqlite.AffinityInteger,
		"FLOATING POINT": sqlite.AffinityInteger, // the INT of POINT comes first
		"TEXT":           sqlite.AffinityText, "varchar(20)": sqlite.AffinityText, "CLOB": sqlite.AffinityText, "CHARACTER": sqlite.AffinityText,
		"BLOB": sqlite.AffinityBlob, "": sqlite.AffinityBlob,
		"REAL": sqlite.AffinityReal, "DOUBLE PRECISION": sqlite.AffinityReal, "float": sqlite.AffinityReal,
		"DECIMAL(10,2)": sqlite.AffinityNumeric, "BOOLEAN": sqlite.AffinityNumeric, "DATE": sqlite.AffinityNumeric, "STRING": sqlite.AffinityNumeric,
	} {
		if got := sqlite.AffinityOf(declared); got != want {
			t.Errorf("AffinityOf(%q) = %d, want %d", declared, got, want)
		}
	}
}
