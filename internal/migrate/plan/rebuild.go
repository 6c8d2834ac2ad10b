package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// guard is the table that makes a rebuild fail rather than lose a row. D1
// prints the name of its constraint and nothing else.
const (
	guard          = "rowhouse_guard"
	everyRowIsKept = "every_row_and_value_is_kept"
)

// rebuild makes tables again that no ALTER TABLE can change, together with
// all tables that reference them:
//
//	new tables, which reference each other → copies of all rows →
//	old tables dropped, children first → new tables take their names
//
// At no point does a row reference one that is deleted, so that no action of
// a foreign key runs. That holds in one transaction with foreign keys on, and
// so wherever nobody can turn them off: in most migration tools, and on D1.
func (p *planner) rebuild() {
	var before, after []*model.Table
	for _, t := range p.to.Tables {
		if p.rebuilds[model.Fold(t.Name)] {
			after = append(after, t)
			before = append(before, p.before[model.Fold(t.Name)])
		}
	}
	before, cyclicBefore := parentsFirst(append(before, p.dropped...))
	after, cyclicAfter := parentsFirst(after)
	if cyclicBefore || cyclicAfter {
		p.step("Rows reference each other in a circle: check foreign keys at the end.", "PRAGMA defer_foreign_keys = on")
	}
	p.copyTables(after)
	slices.Reverse(before)
	p.dropTables(before)
	for _, t := range after {
		p.step("", "ALTER TABLE %s RENAME TO %s", sqltext.Quote(p.copyName(t.Name)), sqltext.Quote(t.Name))
	}
	p.checkGuard(after)
}

// checkGuardName returns model.Problems when a table has the name of the
// guard, and one is needed.
func (p *planner) checkGuardName() error {
	var problems model.Problems
	for _, s := range []*model.Schema{p.from, p.to} {
		if t := s.Table(guard); t != nil && len(p.rebuilds) > 0 && len(problems) == 0 {
			problems.Add(t.Pos, "if a migration that was stopped has left it, DROP TABLE "+guard+"; else give it another name",
				"table %s has a name that is needed for a moment while tables are rebuilt", t.Name)
		}
	}
	return problems.Err()
}

// copyTables creates the new tables and fills them.
func (p *planner) copyTables(tables []*model.Table) {
	if len(tables) == 0 {
		return
	}
	p.step("The guard: if a row were lost, its CHECK would fail, and all of this be undone.",
		"CREATE TABLE %s (name TEXT PRIMARY KEY, before INTEGER NOT NULL, after INTEGER, CONSTRAINT %s CHECK (after = before))", guard, everyRowIsKept)
	for _, t := range tables {
		p.step(p.whyRebuilt(t), "%s", p.copySQL(t))
	}
	for _, t := range tables {
		old := p.before[model.Fold(t.Name)]
		p.step("", "INSERT INTO %s (name, before) SELECT %s, count(*) FROM %s", guard, sqlite.Literal(t.Name), sqltext.Quote(old.Name))
		p.step("", "%s", p.copyRowsSQL(old, t))
		p.guardValues(old, t)
		if Autoincrement(old) && Autoincrement(t) {
			p.keepSequence(old, t)
		}
	}
}

// dropTables drops the old tables, children first. In a circle, one goes that
// another still references. SQLite reads such a key when it drops the other,
// although no row is left that the key is about, so that an empty table stands
// in until then.
func (p *planner) dropTables(tables []*model.Table) {
	var standIns []*model.Table
	for i, t := range tables {
		p.touch(t.Name)
		comment := ""
		switch {
		case !p.rebuilds[model.Fold(t.Name)]:
			comment = "Drop table " + t.Name
		case i == 0:
			comment = "The old tables go, those that reference others first."
		}
		p.step(comment, "DROP TABLE %s", sqltext.Quote(t.Name))
		if keys := referencedKeys(t, tables[i+1:]); len(keys) > 0 {
			p.step("It stands in for the one that is gone, which others still reference.",
				"CREATE TABLE %s (%s)", sqltext.Quote(t.Name), strings.Join(keys, ", "))
			standIns = append(standIns, t)
		}
	}
	for _, t := range standIns {
		p.step("", "DROP TABLE %s", sqltext.Quote(t.Name))
	}
}

// referencedKeys returns columns and constraints that a table needs for other
// ones to reference it.
func referencedKeys(t *model.Table, others []*model.Table) []string {
	var columns, keys []string
	for _, other := range others {
		for _, key := range other.ForeignKeys {
			if model.Fold(key.Table) != model.Fold(t.Name) {
				continue
			}
			for _, name := range key.RefColumns {
				if !model.HasName(columns, name) {
					columns = append(columns, name)
				}
			}
			target := "UNIQUE"
			if model.FoldAll(key.RefColumns) == model.FoldAll(t.PrimaryKey) {
				target = "PRIMARY KEY" // which a key without columns means
			}
			if target += " (" + sqltext.QuoteAll(key.RefColumns) + ")"; !slices.Contains(keys, target) {
				keys = append(keys, target)
			}
		}
	}
	for i, name := range columns {
		columns[i] = sqltext.Quote(name)
	}
	return append(columns, keys...)
}

// guardValues has the guard compare the values of columns that change their
// affinity: SQLite makes a number of the text '007', and text of no number but
// that one makes '007' of it again.
func (p *planner) guardValues(old, t *model.Table) {
	for _, c := range t.Columns {
		before := old.Column(c.Name)
		if before == nil || c.Generated || before.Generated || t.Virtual || !converts(before.Type, c.Type) {
			continue
		}
		name, from, to := sqltext.Quote(c.Name), sqltext.Quote(old.Name), sqltext.Quote(p.copyName(t.Name))
		p.Conversions = append(p.Conversions, Conversion{Table: t.Name, Column: c.Name, From: before.Type, To: c.Type, Pos: c.Pos})
		p.step("", "INSERT INTO %s (name, before, after) SELECT %s, 0, count(*) FROM (SELECT %s FROM %s WHERE %s IS NOT NULL EXCEPT SELECT %s FROM %s EXCEPT SELECT CAST(%s AS %s) FROM %s)",
			guard, sqlite.Literal(t.Name+"."+c.Name), name, from, name, name, to, name, castType(before.Type), to)
	}
}

// converts reports whether SQLite may store a value in another form under
// another declared type.
func converts(from, to string) bool {
	a, b := sqlite.AffinityOf(from), sqlite.AffinityOf(to)
	return a != b && b != sqlite.AffinityBlob
}

// castType returns the type of a CAST that makes a value again what a column
// of a declared type holds.
func castType(declared string) string {
	switch sqlite.AffinityOf(declared) {
	case sqlite.AffinityText:
		return "TEXT"
	case sqlite.AffinityInteger:
		return "INTEGER"
	case sqlite.AffinityReal:
		return "REAL"
	case sqlite.AffinityNumeric:
		return "NUMERIC"
	case sqlite.AffinityBlob:
	}
	return "BLOB"
}

// checkGuard compares the rows after with those before.
func (p *planner) checkGuard(tables []*model.Table) {
	for _, t := range tables {
		p.step("", "UPDATE %s SET after = (SELECT count(*) FROM %s) WHERE name = %s", guard, sqltext.Quote(t.Name), sqlite.Literal(t.Name))
	}
	if len(tables) > 0 {
		p.step("", "DROP TABLE %s", guard)
	}
}

// whyRebuilt says what changes in a table, or that it only references one
// that does.
func (p *planner) whyRebuilt(t *model.Table) string {
	i := slices.IndexFunc(p.changed, func(c *tableChange) bool { return c.name() == model.Fold(t.Name) })
	if i < 0 {
		return "Copy table " + t.Name + ": it references one that is rebuilt."
	}
	lines := []string{"Rebuild table " + t.Name + ":"}
	for _, d := range compareTables(p.changed[i].from, p.changed[i].to) {
		lines = append(lines, "  "+d.change())
	}
	return strings.Join(lines, "\n")
}

// copyName returns the name of a table while the old one is still there.
func (p *planner) copyName(name string) string {
	copied := "new_" + name
	for p.before[model.Fold(copied)] != nil || p.to.Table(copied) != nil {
		copied = "new_" + copied
	}
	return copied
}

// copySQL returns the definition of a table, in the words of the schema,
// under the name of the copy.
func (p *planner) copySQL(t *model.Table) string { return p.withCopies(t, p.copyName(t.Name)) }

// withCopies returns the definition of a table under some name. In place of
// tables that are rebuilt it references their copies, whose names SQLite
// corrects when they take their places.
func (p *planner) withCopies(t *model.Table, name string) string {
	tree, err := parser.Options{}.ParseStatement(t.SQL)
	e := sqltext.Edits{SQL: t.SQL}
	rename := func(n *ast.Ident) {
		if name != t.Name {
			e.Replace(n, sqltext.Quote(name))
		}
	}
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		rename(n.Name.Name)
		ast.Walk(n, func(n ast.Node) bool {
			if key, ok := n.(*ast.ForeignKeyClause); ok && p.rebuilds[model.Fold(key.Table.Name)] {
				e.Replace(key.Table, sqltext.Quote(p.copyName(key.Table.Name)))
			}
			return true
		})
		if name != t.Name {
			e.Qualifiers(t.Name, sqltext.Quote(name))
		}
	case *ast.CreateVirtualTableStmt:
		rename(n.Name.Name)
	default:
		panic(fmt.Sprintf("definition of table %s: %v", t.Name, err)) // see shapeOf
	}
	dropRenames(&e)
	return e.Apply()
}

// copyRowsSQL returns the statement that copies all rows of a table. What is
// new gets its default.
func (p *planner) copyRowsSQL(old, t *model.Table) string {
	var into, from []string
	if p.keepsRowid(old, t) {
		into, from = append(into, "rowid"), append(from, "rowid")
	}
	for _, c := range t.Columns {
		before := old.Column(c.Name)
		if before == nil || c.Generated || c.Hidden {
			continue
		}
		value := sqltext.Quote(before.Name)
		if c.NotNull && !before.NotNull && c.Default != "" {
			value = fmt.Sprintf("coalesce(%s, %s)", value, c.Default)
		}
		into, from = append(into, sqltext.Quote(c.Name)), append(from, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s",
		sqltext.Quote(p.copyName(t.Name)), strings.Join(into, ", "), strings.Join(from, ", "), sqltext.Quote(old.Name))
}

// keepsRowid reports whether the rows' hidden numbers must stay the same: a
// virtual table, such as an index for full text search, may know rows by them.
func (p *planner) keepsRowid(old, t *model.Table) bool {
	if old.WithoutRowid || t.WithoutRowid || t.RowidKey() || old.Column("rowid") != nil || t.Column("rowid") != nil {
		return false
	}
	return t.Virtual || slices.ContainsFunc(p.from.Tables, func(v *model.Table) bool {
		return v.Virtual && sqltext.Mentions(v.SQL, map[string]bool{model.Fold(t.Name): true})
	})
}

// keepSequence makes the copy count on from where the table was, which may be
// beyond its last row.
func (p *planner) keepSequence(old, t *model.Table) {
	copied := sqlite.Literal(p.copyName(t.Name))
	p.step("", "DELETE FROM sqlite_sequence WHERE name = %s", copied)
	p.step("", "INSERT INTO sqlite_sequence (name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s", copied, sqlite.Literal(old.Name))
}

// Autoincrement reports whether a table gives out no number twice.
func Autoincrement(t *model.Table) bool {
	return slices.ContainsFunc(sqltext.Tokens(t.SQL), func(word token.Token) bool { return word.Kind == token.AUTOINCR })
}

// parentsFirst orders tables so that each comes after those it references. It
// reports a circle, and a table that restricts the deletion of its own rows:
// there is no order in which such rows can be written or deleted one by one.
func parentsFirst(tables []*model.Table) (ordered []*model.Table, cyclic bool) {
	byName := map[string]*model.Table{}
	for _, t := range tables {
		byName[model.Fold(t.Name)] = t
	}
	const visiting, done = 1, 2
	state := map[*model.Table]int{}
	var visit func(t *model.Table)
	visit = func(t *model.Table) {
		state[t] = visiting
		for _, key := range t.ForeignKeys {
			parent := byName[model.Fold(key.Table)]
			switch {
			case parent == nil:
			case parent == t:
				cyclic = cyclic || key.OnDelete == "RESTRICT"
			case state[parent] == visiting:
				cyclic = true
			case state[parent] == 0:
				visit(parent)
			}
		}
		state[t] = done
		ordered = append(ordered, t)
	}
	for _, t := range tables {
		if state[t] == 0 {
			visit(t)
		}
	}
	return ordered, cyclic
}

// dropRenames removes the comments that say what was renamed, and their lines:
// they are about the schema files.
func dropRenames(e *sqltext.Edits) {
	_, trivia := lexer.LexFile(e.SQL)
	for _, t := range trivia {
		if text, ok := strings.CutPrefix(t.Text(e.SQL), "--"); ok && strings.HasPrefix(strings.TrimSpace(text), "atlas:"+renamedFrom) {
			start := len(strings.TrimRight(e.SQL[:t.Pos], " \t\n"))
			e.Add(start, t.End, "")
		}
	}
}
