package plan

import "strings"

// gate is a temporary table that keeps a script from being committed.
const gate = "rowhouse_gate"

// Script returns the plan as text to be run on a database by hand: in one
// transaction, which can be committed only when all rows are kept. Some
// clients, the shell of SQLite among them, go on after a statement that
// failed, and would drop a table whose rows could not be copied. For them the
// row of a temporary table breaks a deferred foreign key, so that COMMIT
// fails, until the guard has counted the rows.
func (p *Plan) Script() string {
	guarded := 0
	for _, step := range p.Steps {
		if strings.HasPrefix(step.SQL, "INSERT INTO "+guard+" ") {
			guarded++
		}
	}
	script := &planner{}
	script.step("For the sqlite3 shell: run it with -bail, which stops at the first error.", "PRAGMA busy_timeout = 5000")
	script.step("", "PRAGMA foreign_keys = on") // not first, since the gate needs it: what is fed before may spoil the first
	script.step("", "BEGIN")
	if guarded > 0 {
		script.step("The gate: as long as its row references one that is not there, nothing can be committed.",
			"CREATE TEMP TABLE IF NOT EXISTS %s (name TEXT PRIMARY KEY, wants TEXT REFERENCES %s (name) DEFERRABLE INITIALLY DEFERRED)", gate, gate)
		script.step("", "INSERT OR REPLACE INTO %s (name, wants) VALUES ('gate', 'every row')", gate)
	}
	for _, step := range p.Steps {
		if step.SQL == "DROP TABLE "+guard {
			script.step("", "UPDATE %s SET wants = NULL WHERE (SELECT count(*) FROM %s WHERE after = before) = %d", gate, guard, guarded)
		}
		script.Steps = append(script.Steps, step)
	}
	script.step("", "COMMIT")
	return script.SQL()
}
