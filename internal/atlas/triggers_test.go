package atlas

import (
	"strings"
	"testing"
)

func TestCheckTriggers(t *testing.T) {
	const tables = `
CREATE TABLE a (id TEXT PRIMARY KEY, n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2));
CREATE TABLE log (what TEXT);
CREATE VIEW v AS SELECT id, n FROM a;
`
	for _, test := range []struct{ name, trigger, want string }{
		{"right", "CREATE TRIGGER t AFTER UPDATE OF n ON a BEGIN INSERT INTO log (what) VALUES (OLD.n || NEW.twice); END;", ""},
		{"a view", "CREATE TRIGGER t INSTEAD OF UPDATE ON v BEGIN UPDATE a SET n = NEW.n WHERE id = OLD.id; END;", ""},
		{"a function of the program's", "CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT notify(OLD.id); END;", ""},
		{"inserted", "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log VALUES (NEW.gone); END;", `trigger "t" breaks every statement that runs it: no such column: NEW.gone`},
		{"updated", "CREATE TRIGGER t BEFORE UPDATE ON a WHEN OLD.gone = 1 BEGIN SELECT 1; END;", "no such column: OLD.gone"},
		{"updated in part", "CREATE TRIGGER t BEFORE UPDATE OF n ON a BEGIN UPDATE log SET gone = 1; END;", "no such column: gone"},
		{"deleted", "CREATE TRIGGER t AFTER DELETE ON a BEGIN INSERT INTO log (gone) VALUES (1); END;", "table log has no column named gone"},
		{
			"one of two", "CREATE TRIGGER other AFTER DELETE ON a BEGIN SELECT 1; END;\nCREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT OLD.gone; END;",
			`a.sql:6:1: trigger "t"`,
		},
		{"no table", "CREATE TRIGGER t AFTER DELETE ON a BEGIN INSERT INTO nowhere VALUES (1); END;", `trigger "t" breaks every statement that runs it: no such table: main.nowhere`},
		{
			"one that another runs", "CREATE TRIGGER fine AFTER DELETE ON a BEGIN DELETE FROM log; END;\nCREATE TRIGGER t AFTER DELETE ON log BEGIN SELECT OLD.gone; END;",
			`a.sql:6:1: trigger "t"`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := OpenFiles(t.Context(), []File{{Name: "a.sql", Text: tables + test.trigger}})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			err = CheckTriggers(t.Context(), d.DB(), d.Schema)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
