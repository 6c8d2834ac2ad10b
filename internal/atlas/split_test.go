package atlas

import (
	"fmt"
	"testing"
)

func TestCheckSplit(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"CREATE TABLE a (id TEXT); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT ';'; END;", "<nil>"},
		{"CREATE VIEW [x;y] AS SELECT 1;", "Atlas reads 2 statements where SQLite reads 1; is there a semicolon in a name in brackets?"},
		{"CREATE TABLE a ([x)y] TEXT);", "Atlas cannot read the statements: 1:27: unexpected ')'"},
	} {
		count := len(Statements(File{Text: test.text}))
		if got := fmt.Sprint(CheckSplit(test.text, count)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
}
