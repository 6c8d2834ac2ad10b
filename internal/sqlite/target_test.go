package sqlite_test

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/sqlite"
)

func TestWrittenBy(t *testing.T) {
	for statement, want := range map[string]sqlite.Written{
		"SELECT 1": {},
		"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x":       {"t", false},
		"INSERT INTO main.t DEFAULT VALUES RETURNING id":           {"t", false},
		"REPLACE INTO t VALUES (1)":                                {"t", true},
		"INSERT OR REPLACE INTO t VALUES (1)":                      {"t", true},
		"INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1": {"t", false},
		`UPDATE "a b" SET c = 1`:                                   {"a b", false},
		"UPDATE OR REPLACE t SET c = 1":                            {"t", true},
		"WITH x AS (SELECT 1) DELETE FROM t":                       {"t", true},
	} {
		if got, ok := sqlite.WrittenBy(statement); !ok || got != want {
			t.Errorf("%s: %+v, %t", statement, got, ok)
		}
	}
	for _, statement := range []string{"", "SELEC 1", "DROP TABLE t", "VACUUM"} {
		if got, ok := sqlite.WrittenBy(statement); ok {
			t.Errorf("%s: %+v", statement, got)
		}
	}
}
