package migratetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// RandomSchema is a schema that changes at random.
type RandomSchema struct {
	tables    []*randomTable
	MayRefuse bool // a change may be one that rows are in the way of
	changes   int
}

type randomTable struct {
	name    string
	key     string
	columns []string
	rules   []string
	options string
	extra   []string // statements behind it
}

var randomTypes = []string{"TEXT", "INTEGER", "REAL", "BLOB"}

// NewRandomSchema makes tables that reference each other in every way.
func NewRandomSchema(r *rand.Rand) *RandomSchema {
	s := &RandomSchema{}
	for i := range 2 + r.IntN(5) {
		t := &randomTable{name: fmt.Sprintf("t%d", i), key: "id INTEGER PRIMARY KEY"}
		switch r.IntN(4) {
		case 0:
			t.key = "id INTEGER PRIMARY KEY AUTOINCREMENT"
		case 1:
			t.key, t.options = "id INTEGER NOT NULL PRIMARY KEY", "WITHOUT ROWID"
		case 2:
			t.options = "STRICT"
		}
		for j := range r.IntN(4) {
			t.columns = append(t.columns, fmt.Sprintf("c%d %s", j, pick(r, randomTypes)))
		}
		s.tables = append(s.tables, t)
	}
	for i, t := range s.tables {
		for range r.IntN(3) {
			parent := s.tables[r.IntN(len(s.tables))]
			if r.IntN(3) > 0 {
				parent = s.tables[r.IntN(i+1)] // mostly no circle
			}
			t.columns = append(t.columns, fmt.Sprintf("f%d INTEGER REFERENCES %s (id)%s",
				len(t.columns), parent.name, pick(r, []string{"", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON DELETE RESTRICT"})))
		}
		switch r.IntN(5) {
		case 0:
			t.extra = append(t.extra, fmt.Sprintf("CREATE INDEX %s_i ON %s (id DESC)", t.name, t.name))
		case 1:
			t.extra = append(t.extra, fmt.Sprintf("CREATE VIEW %s_v AS SELECT * FROM %s", t.name, t.name))
		case 2:
			other := s.tables[r.IntN(len(s.tables))]
			t.extra = append(t.extra, fmt.Sprintf("CREATE TRIGGER %s_t AFTER DELETE ON %s BEGIN DELETE FROM %s WHERE id = old.id; END", t.name, t.name, other.name))
		}
	}
	return s
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// Change makes one change.
func (s *RandomSchema) Change(r *rand.Rand) {
	t := pick(r, s.tables)
	s.changes++
	n := s.changes
	switch r.IntN(8) {
	case 0:
		t.columns = append(t.columns, fmt.Sprintf("n%d TEXT", n))
	case 1:
		t.columns = append(t.columns, fmt.Sprintf("n%d INTEGER NOT NULL DEFAULT (1 + %d)", n, r.IntN(9)))
	case 2:
		t.rules = append(t.rules, fmt.Sprintf("CHECK (id > %d)", -n))
	case 3:
		t.columns = append(t.columns, fmt.Sprintf("n%d INTEGER REFERENCES %s (id) ON DELETE CASCADE", n, pick(r, s.tables).name))
	case 4:
		if len(t.columns) > 0 {
			t.columns = t.columns[1:]
		}
	case 5:
		t.extra = append(t.extra, fmt.Sprintf("CREATE UNIQUE INDEX %s_u%d ON %s (id, id + 1)", t.name, n, t.name))
	case 6:
		if len(t.columns) > 0 && !strings.Contains(t.columns[0], "NOT NULL") && !strings.Contains(t.columns[0], "REFERENCES") {
			t.columns[0] += " NOT NULL"
			s.MayRefuse = true
		}
	case 7:
		if t.options == "" {
			t.options = "STRICT"
		}
	}
}

// SQL returns what makes the schema.
func (s *RandomSchema) SQL() string {
	var b strings.Builder
	for _, t := range s.tables {
		parts := append(append([]string{t.key}, t.columns...), t.rules...)
		fmt.Fprintf(&b, "CREATE TABLE %s (%s) %s;\n", t.name, strings.Join(parts, ", "), t.options)
	}
	for _, t := range s.tables {
		for _, statement := range t.extra {
			b.WriteString(statement + ";\n")
		}
	}
	return b.String()
}
