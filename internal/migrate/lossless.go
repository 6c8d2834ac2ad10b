package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// planAnew is what to do about a migration that loses rows, or fails.
const planAnew = "remove the file, and plan the change anew with rowhouse migrate diff, which copies also the tables that reference a changed one"

// checkLossless runs a migration as goose, golang-migrate, dbmate and D1 run
// it: in one transaction with foreign keys on, where PRAGMA foreign_keys has
// no effect. It runs on copies of before, which the migration finds, with rows
// in the tables; after is what it leaves.
//
// It returns what is wrong with that: rows that are not there any more though
// no statement says so, and statements that fail. A statement that fails only
// because of the values in some rows is neither.
func checkLossless(ctx context.Context, statements []atlas.Statement, before, after *State) (model.Problems, error) {
	return newRehearsal(statements, before, after).check(ctx)
}

// check is checkLossless.
func (r *rehearsal) check(ctx context.Context) (model.Problems, error) {
	empty, err := r.run(ctx, 0, false)
	if err != nil {
		return nil, err
	}
	switch {
	case empty.err != nil:
		return empty.failure(), nil
	case !r.dropsTable():
		return r.losses(empty), nil // all else says what it does to rows
	}
	for _, rows := range []int{sampleRows, sampleRows - 1, 1} { // the last row has NULLs; a single one is unique
		o, err := r.run(ctx, rows, false)
		if err != nil {
			return nil, err
		}
		switch {
		case o.err == nil:
			return r.losses(o), nil
		case o.breaksKeys:
			return o.failure(), nil
		}
	}
	o, err := r.run(ctx, sampleRows, true)
	if err != nil {
		return nil, err
	}
	return r.lossesByDrop(o), nil
}

// rehearsal is a migration, and the database to try it on.
type rehearsal struct {
	file          string
	statements    []atlas.Statement
	before, after *State
	renames       Renames
	sampled       []string        // folded names of the tables that it may have to do with
	written       map[string]bool // folded names of the tables whose rows its own UPDATEs and DELETEs change
}

func newRehearsal(statements []atlas.Statement, before, after *State) *rehearsal {
	r := &rehearsal{before: before, after: after, written: writtenTables(statements, before.Schema)}
	mentioned := map[string]bool{}
	for _, st := range statements {
		r.file = st.Pos.File
		if ignoredInTransaction(st.SQL) {
			continue
		}
		r.statements = append(r.statements, st)
		for _, t := range before.Schema.Tables {
			name := fold(t.Name)
			mentioned[name] = mentioned[name] || mentions(st.SQL, map[string]bool{name: true})
		}
	}
	for name, is := range mentioned {
		if !is {
			delete(mentioned, name)
		}
	}
	r.sampled = ancestors(before.Schema, descendants(before.Schema, mentioned))
	r.renames = renamesOf(statements, before.Schema, after.Schema)
	return r
}

// ignoredInTransaction reports whether a statement is a PRAGMA foreign_keys,
// which does nothing inside a transaction; or one that forgives the rows that
// reference nothing, which only D1 heeds at the end of a migration.
func ignoredInTransaction(sql string) bool {
	tree, _ := parser.Options{}.ParseStatement(sql)
	pragma, ok := tree.(*ast.PragmaStmt)
	if !ok {
		return false
	}
	switch fold(pragma.Name.Name.Name) {
	case "foreign_keys":
		return true
	case "defer_foreign_keys":
		return slices.Contains([]string{"off", "no", "false", "0"}, fold(unquote(pragma.Value)))
	}
	return false
}

// renamesOf returns the renames that the statements of a migration make.
func renamesOf(statements []atlas.Statement, before, after *model.Schema) Renames {
	var text strings.Builder
	for _, st := range statements {
		text.WriteString(st.SQL + ";\n")
	}
	back := undoRenames([]atlas.File{{Text: text.String()}}, after, before)
	renames := Renames{Tables: map[string]string{}, Columns: map[[2]string]string{}}
	for old, name := range back.Tables {
		renames.Tables[name] = old
	}
	for old, name := range back.Columns {
		renames.Columns[[2]string{fold(back.oldTable(old[0])), name}] = old[1]
	}
	return renames
}

// writtenTables returns the folded names of the tables whose rows statements
// change on purpose: those that an UPDATE, a DELETE or a REPLACE names, those
// that triggers on the named ones mention, and those that reference them.
func writtenTables(statements []atlas.Statement, schema *model.Schema) map[string]bool {
	written := map[string]bool{}
	for _, st := range statements {
		table, replaces := writes(st.SQL)
		if table == "" {
			continue
		}
		if replaces && schema.Table(table) != nil {
			written[fold(table)] = true
		}
		for _, trigger := range schema.Triggers {
			for _, t := range schema.Tables {
				if fold(trigger.Table) == fold(table) && mentions(trigger.SQL, map[string]bool{fold(t.Name): true}) {
					written[fold(t.Name)] = true
				}
			}
		}
	}
	return descendants(schema, written)
}

// writes returns the table that a statement writes to, "" for none, and
// whether it may change the rows that were there.
func writes(sql string) (table string, replaces bool) {
	tree, _ := parser.Options{UpdateDeleteLimit: true}.ParseStatement(sql)
	switch n := tree.(type) {
	case *ast.UpdateStmt:
		return n.Table.Name.Name, true
	case *ast.DeleteStmt:
		return n.Table.Name.Name, true
	case *ast.InsertStmt:
		return n.Table.Name.Name, n.Replace || n.OrConflict == ast.ConflictReplace || len(n.Upserts) > 0
	}
	return "", false
}

// outcome is what a run of the migration came to.
type outcome struct {
	err        error           // of the statement that failed; nil if all ran
	at         atlas.Statement // that failed, or COMMIT
	breaksKeys bool            // it fails wherever there are rows that reference a dropped table
	effects    []effect
	missing    []string     // tables and rows
	remainder  []Difference // between the schema that the run made and the one it should
}

// effect is what a DROP TABLE did to the rows of another table, through
// foreign keys.
type effect struct {
	by      atlas.Statement
	table   string
	deletes bool // rows; otherwise it changes values
}

// run runs the migration on some rows in each table. A lenient run goes on
// after a statement that fails.
func (r *rehearsal) run(ctx context.Context, rows int, lenient bool) (*outcome, error) {
	db, err := r.before.DB.Copy(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if rows > 0 {
		plan := &Plan{Renames: r.renames}
		if err := plan.fill(ctx, db, r.before.Schema, r.after, r.sampled, rows); err != nil {
			return nil, err
		}
	}
	before, err := snapshot(ctx, db, r.before.Schema)
	if err != nil {
		return nil, err
	}
	o := &outcome{}
	if err := r.transaction(ctx, db, lenient, o); err != nil || o.err != nil || lenient {
		return o, err
	}
	schema, err := atlas.Inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	o.remainder = Compare(schema, r.after.Schema)
	after, err := snapshot(ctx, db, schema)
	if err != nil {
		return nil, err
	}
	for _, c := range before {
		c.sequence = "" // the numbers that a table has given out are no rows
	}
	o.missing = missing(before, after, r.renames, r.intended(schema))
	return o, nil
}

// transaction runs the statements, and notes what fails and what each DROP
// TABLE does. Its error is that of looking.
func (r *rehearsal) transaction(ctx context.Context, db *database.DB, lenient bool, o *outcome) error {
	if err := db.Exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, st := range r.statements {
		drops := droppedTable(st.SQL) != ""
		before, err := currentRows(ctx, db, drops)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, st.SQL); err != nil && !lenient {
			o.err, o.at, o.breaksKeys = err, st, drops && database.IsConstraint(err)
			return nil
		}
		after, err := currentRows(ctx, db, drops)
		if err != nil {
			return err
		}
		o.effects = append(o.effects, effects(st, before, after)...)
	}
	if err := db.Exec(ctx, "COMMIT"); err != nil && !lenient {
		o.err, o.at = err, atlas.Statement{Pos: model.Position{File: r.file}, SQL: "COMMIT"}
		o.breaksKeys, err = keysHold(ctx, db)
		return err
	}
	return nil
}

// droppedTable returns the table that a statement drops; "" for none.
func droppedTable(sql string) string {
	tree, _ := parser.Options{}.ParseStatement(sql)
	if drop, ok := tree.(*ast.DropTableStmt); ok {
		return drop.Name.Name.Name
	}
	return ""
}

func (r *rehearsal) dropsTable() bool {
	return slices.ContainsFunc(r.statements, func(st atlas.Statement) bool { return droppedTable(st.SQL) != "" })
}

// keysHold reports whether every row references one that is there. Where they
// do and SQLite refuses to commit all the same, it counts rows that referenced
// a table which was dropped.
func keysHold(ctx context.Context, db *database.DB) (bool, error) {
	violations := 0
	err := db.Row(ctx, "SELECT count(*) FROM pragma_foreign_key_check", nil, &violations)
	return violations == 0, err
}

// currentRows reads the rows of all ordinary tables in the middle of a
// migration, when views and keys, and virtual tables, may be about things that
// are not there; nothing if it is not wanted.
func currentRows(ctx context.Context, db *database.DB, wanted bool) (contents, error) {
	if !wanted {
		return contents{}, nil
	}
	schema := &model.Schema{}
	err := db.Query(ctx, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		if n := len(schema.Tables); n == 0 || schema.Tables[n-1].Name != table {
			schema.Tables = append(schema.Tables, &model.Table{Name: table})
		}
		t := schema.Tables[len(schema.Tables)-1]
		t.Columns = append(t.Columns, &model.Column{Name: column})
		return nil
	}, "SELECT m.name, c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL %' AND c.hidden <> 1 ORDER BY m.rowid, c.cid")
	if err != nil {
		return nil, err
	}
	return snapshot(ctx, db, schema)
}

// effects compares the rows of the tables that are there before and after a
// statement.
func effects(by atlas.Statement, before, after contents) []effect {
	var found []effect
	for name, was := range before {
		is := after[name]
		if is == nil {
			continue
		}
		same := map[string]string{}
		for _, c := range was.table.Columns {
			same[fold(c.Name)] = fold(c.Name)
		}
		if lostRows(was.rows, is.rows, same) > 0 {
			found = append(found, effect{by, was.table.Name, len(is.rows) < len(was.rows)})
		}
	}
	slices.SortFunc(found, func(a, b effect) int { return strings.Compare(a.table, b.table) })
	return found
}

// intended returns what is meant to go: tables and columns that are not there
// afterwards, and the rows that the migration's own statements change.
func (r *rehearsal) intended(after *model.Schema) []Loss {
	newNames := map[string]string{}
	for name, old := range r.renames.Tables {
		newNames[old] = name
	}
	var found []Loss
	for _, t := range r.before.Schema.Tables {
		name, renamed := newNames[fold(t.Name)]
		if !renamed {
			name = t.Name
		}
		is := after.Table(name)
		if is == nil || r.written[fold(t.Name)] {
			found = append(found, Loss{Table: t.Name})
			continue
		}
		now := &tableContents{table: is}
		for _, c := range t.Columns {
			if now.columnAfter(c.Name, r.renames) == nil {
				found = append(found, Loss{Table: t.Name, Column: c.Name})
			}
		}
	}
	return found
}

// failure explains a statement that fails.
func (o *outcome) failure() model.Problems {
	var problems model.Problems
	if o.breaksKeys {
		problems.Add(o.at.Pos, planAnew, "%s fails where rows reference what is dropped: foreign keys stay on in a transaction", brief(o.at.SQL))
	} else {
		problems.Add(o.at.Pos, "write it so that it runs in one transaction with foreign keys on", "%s fails in a transaction: %v", brief(o.at.SQL), o.err)
	}
	return problems
}

// brief returns the beginning of a statement, to name it by.
func brief(sql string) string {
	const longest = 60
	line := strings.Join(strings.Fields(plain(sql)), " ")
	if len(line) > longest {
		line = strings.ToValidUTF8(line[:longest], "") + " …"
	}
	return line
}

// losses explains what is not right after a run.
func (r *rehearsal) losses(o *outcome) model.Problems {
	var problems model.Problems
	ofWritten := slices.ContainsFunc(o.effects, func(e effect) bool { return r.written[fold(e.table)] })
	if len(o.missing) > 0 || ofWritten {
		problems = r.lossesByDrop(o)
	}
	if len(o.missing) > 0 && len(problems) == 0 {
		problems.Add(model.Position{File: r.file}, planAnew, "tried with rows in the tables, the migration loses %s", strings.Join(o.missing, ", "))
	}
	for _, d := range o.remainder {
		problems.Add(model.Position{File: r.file}, planAnew, "in a transaction with foreign keys on, the migration makes another schema: %s", d)
	}
	return problems
}

// lossesByDrop explains the effects of each DROP TABLE on tables that stay.
func (r *rehearsal) lossesByDrop(o *outcome) model.Problems {
	var problems model.Problems
	for _, st := range r.statements {
		var deletes, changes []string
		for _, e := range o.effects {
			switch {
			case e.by != st || r.isDropped(e.table):
			case e.deletes:
				deletes = append(deletes, e.table)
			default:
				changes = append(changes, e.table)
			}
		}
		var verbs []string
		if len(deletes) > 0 {
			verbs = append(verbs, "deletes rows of "+strings.Join(deletes, ", "))
		}
		if len(changes) > 0 {
			verbs = append(verbs, "changes rows of "+strings.Join(changes, ", "))
		}
		if len(verbs) > 0 {
			problems.Add(st.Pos, planAnew, "%s %s: in a transaction, and always on D1, foreign keys stay on",
				brief(st.SQL), strings.Join(verbs, ", and "))
		}
	}
	return problems
}

// isDropped reports whether the migration drops a table that it found.
func (r *rehearsal) isDropped(table string) bool {
	return r.before.Schema.Table(table) != nil && r.after.Schema.Table(table) == nil
}
