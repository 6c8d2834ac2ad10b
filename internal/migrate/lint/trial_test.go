package lint

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLintBehindOrphans: migrations that leave a reference to nothing, and are
// not looked at, are in the way of none that is.
func TestLintBehindOrphans(t *testing.T) {
	findings := lint(t, []txtar.File{
		{Name: "migrations/1_a.sql", Data: []byte("CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));\n")},
		{Name: "migrations/2_b.sql", Data: []byte("DROP TABLE a;\n")},
		{Name: "migrations/3_c.sql", Data: []byte("ALTER TABLE b ADD COLUMN x TEXT;\n")},
	}, Options{Latest: 1})
	if len(findings) != 0 {
		t.Errorf("got %v", findings)
	}
}

// TestLintKeys: foreign keys are found that no row could satisfy, where the
// file makes them or takes away what they reference, and once.
func TestLintKeys(t *testing.T) {
	findings := lint(t, []txtar.File{
		{Name: "migrations/1_a.sql", Data: []byte("CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT);\nCREATE UNIQUE INDEX a_code ON a (code);\n" +
			"CREATE TABLE b (a TEXT REFERENCES a (code));\n")},
		{Name: "migrations/2_made.sql", Data: []byte("CREATE TABLE c (a INTEGER REFERENCES nowhere (id));\n")},
		{Name: "migrations/3_taken.sql", Data: []byte("DROP INDEX a_code; -- atlas:nolint RH408\n")},
		{Name: "migrations/4_later.sql", Data: []byte("ALTER TABLE b ADD COLUMN x TEXT;\n")},
	}, Options{})
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%s: %s %s", f.Pos, f.Rule.Code, f.Message))
	}
	const want = `migrations/2_made.sql:1:38: RH401 foreign key of table "c" references table "nowhere", which does not exist
migrations/3_taken.sql:1:1: RH401 foreign key of table "b" references code of table "a", which is not unique`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// TestLintQuotedParent: what references a table is found whatever its name.
func TestLintQuotedParent(t *testing.T) {
	for _, name := range []string{"a", `"A"`, `"a""b"`, "[a b]", "'a''b'", "`a``b`"} {
		findings := lint(t, []txtar.File{
			{Name: "migrations/1_a.sql", Data: []byte(strings.ReplaceAll("CREATE TABLE A (id INTEGER PRIMARY KEY);\n"+
				"CREATE TABLE c (a INTEGER REFERENCES A (id) ON DELETE CASCADE);\nCREATE TABLE d (x TEXT);\n", "A ", name+" "))},
			{Name: "migrations/2_b.sql", Data: []byte(strings.ReplaceAll("-- atlas:nolint RH417\n\nCREATE TABLE n (id INTEGER PRIMARY KEY, x TEXT);\nINSERT INTO n (id) SELECT id FROM A ;\nDROP TABLE A ;\nALTER TABLE n RENAME TO A ;\n", "A ", name+" "))},
		}, Options{Latest: 1})
		if len(findings) != 1 || findings[0].Rule != OneTransaction || findings[0].Pos.Line != 5 {
			t.Errorf("%s: got %v", name, findings)
		}
	}
}
