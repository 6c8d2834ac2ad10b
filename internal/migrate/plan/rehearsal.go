package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// outcome is what a run of the migration came to.
type outcome struct {
	err        error           // of the statement that failed; nil if all ran
	at         atlas.Statement // that failed, or COMMIT
	breaksKeys bool            // it fails wherever there are rows that reference a dropped table
	effects    []effect
	missing    []missingContents
	recounted  []string     // AUTOINCREMENT tables whose numbers are given out again, by their names before
	remainder  []Difference // between the schema that the run made and the one it should
}

// missingContents is what a table had, and has no more.
type missingContents struct {
	table string // by its name before
	what  []string
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
		if err := plan.fill(ctx, db, r.before.Schema, r.after, nil, rows); err != nil {
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
	o.recounted = r.takeRecounted(before, after)
	intended := r.intended(schema)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if what := missing(contents{name: before[name]}, after, r.renames, intended); len(what) > 0 {
			o.missing = append(o.missing, missingContents{before[name].table.Name, what})
		}
	}
	return o, nil
}

// takeRecounted returns the tables that do not go on counting where they were.
// The numbers that a table has given out are no rows: they are taken out of
// what was before.
func (r *rehearsal) takeRecounted(before, after contents) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		was := before[name]
		now := after[model.Fold(r.nameAfter(was.table.Name))]
		if was.sequence != "" && now != nil && Autoincrement(now.table) && now.sequence != was.sequence {
			found = append(found, was.table.Name)
		}
		was.sequence = ""
	}
	return found
}

// nameAfter returns what a table of before is called afterwards.
func (r *rehearsal) nameAfter(table string) string {
	for name, old := range r.renames.Tables {
		if old == model.Fold(table) {
			return name
		}
	}
	return table
}

// transaction runs the statements, and notes what fails and what each DROP
// TABLE does. Its error is that of looking.
func (r *rehearsal) transaction(ctx context.Context, db *database.DB, lenient bool, o *outcome) error {
	for _, sql := range []string{fmt.Sprintf("PRAGMA foreign_keys = %t", r.foreignKeys), "BEGIN IMMEDIATE"} {
		if err := db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	for _, st := range r.statements {
		dropped := droppedTable(st.SQL)
		affected, err := referencing(ctx, db, dropped)
		if err != nil {
			return err
		}
		before, err := currentRows(ctx, db, affected)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, st.SQL); err != nil && !lenient {
			o.err, o.at, o.breaksKeys = err, st, dropped != "" && database.IsConstraint(err)
			return nil
		}
		after, err := currentRows(ctx, db, affected)
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

// referencing returns the tables, folded, whose rows may change when a table
// is dropped: those that reference it, over any number of foreign keys.
func referencing(ctx context.Context, db *database.DB, dropped string) (map[string]bool, error) {
	if dropped == "" {
		return map[string]bool{}, nil
	}
	found := map[string]bool{}
	for pending := []string{model.Fold(dropped)}; len(pending) > 0; pending = pending[1:] {
		err := db.Query(ctx, func(scan func(...any) error) error {
			var child string
			if err := scan(&child); err != nil {
				return err
			}
			if name := model.Fold(child); !found[name] && name != model.Fold(dropped) {
				found[name] = true
				pending = append(pending, name)
			}
			return nil
		}, children, pending[0], wordOf(pending[0]))
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// children asks for the tables that reference another one. Most definitions do
// not have its name, and SQLite need not look for their foreign keys.
const children = `
	SELECT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) f
	WHERE m.type = 'table' AND instr(lower(m.sql), ?2) AND f."table" = ?1 COLLATE NOCASE`

// wordOf returns what a definition that has a name has in it, in lower case.
func wordOf(name string) string {
	if strings.ContainsAny(name, "\"`'") {
		return "" // they may be doubled there
	}
	return strings.ToLower(name)
}

// currentRows reads the rows of tables, named by folded names, in the middle
// of a migration, when views and keys may be about things that are not there.
func currentRows(ctx context.Context, db *database.DB, names map[string]bool) (contents, error) {
	schema := &model.Schema{}
	for name := range names {
		t := &model.Table{Name: name}
		err := db.Query(ctx, func(scan func(...any) error) error {
			c := &model.Column{}
			t.Columns = append(t.Columns, c)
			return scan(&c.Name)
		}, "SELECT name FROM pragma_table_xinfo(?)", name)
		if err != nil {
			return nil, err
		}
		schema.Tables = append(schema.Tables, t)
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
			same[model.Fold(c.Name)] = model.Fold(c.Name)
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
	var found []Loss
	for _, t := range r.before.Schema.Tables {
		is := after.Table(r.nameAfter(t.Name))
		if is == nil || r.written[model.Fold(t.Name)] {
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
