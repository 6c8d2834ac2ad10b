package plan

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// shape is what makes a table what it is, part by part. Two tables with equal
// shapes take the same rows and answer every query alike; how their SQL is
// written plays no part.
type shape struct {
	table   *model.Table
	tree    *ast.CreateTableStmt // nil for a virtual table
	names   sqltext.Names        // of the table and its columns
	options part                 // STRICT, WITHOUT ROWID; of a virtual table, all there is
	columns []part
	rules   []part // keys, checks and references, also those written at a column
}

// part is one column, constraint or set of options.
type part struct {
	kind   Kind
	name   string // of a column or a named constraint
	normal string // what is compared
	text   string // what is shown
	pos    model.Position
}

// shapeOf reads the shape of a table from the SQL the database stores.
func shapeOf(t *model.Table) *shape {
	s := &shape{table: t, names: sqltext.Names{}}
	s.names.AddTable(t)
	if t.Virtual {
		s.options = part{kind: Table, normal: sqltext.NormalNames(t.SQL), text: sqltext.Plain(t.SQL), pos: t.Pos}
		return s
	}
	tree, err := parser.Options{}.ParseStatement(t.SQL)
	n, ok := tree.(*ast.CreateTableStmt)
	if !ok {
		// internal/atlas reads the same text with the same parser, and
		// reports the table.
		panic(fmt.Sprintf("definition of table %s: %v", t.Name, err))
	}
	s.tree = n
	s.readOptions()
	for _, column := range n.Columns {
		s.readColumn(column)
	}
	for _, constraint := range n.Constraints {
		s.readConstraint(constraint)
	}
	return s
}

func (s *shape) readOptions() {
	var words []string
	if s.table.Strict {
		words = append(words, "STRICT")
	}
	if s.table.WithoutRowid {
		words = append(words, "WITHOUT ROWID")
	}
	text := strings.Join(words, ", ")
	s.options = part{kind: Table, normal: text, text: cmp.Or(text, "no options"), pos: s.table.Pos}
	if s.table.RowidKey() {
		// INTEGER PRIMARY KEY DESC is none, and nothing in its words says so.
		s.rule(PrimaryKey, nil, sqltext.Quote(s.table.PrimaryKey[0])+" is the rowid", s.table.Pos)
	}
}

// sql returns the text of a node; "" for none.
func (s *shape) sql(n ast.Node) string { return s.table.SQL[n.Pos():n.End()] }

// readColumn reads the clauses that say what a column holds, in an order of
// their own, and sets those apart that are constraints of the table.
func (s *shape) readColumn(n *ast.ColumnDef) {
	clauses := map[string]string{} // by the first word, as it is shown
	value := ""                    // of the default, in normal form
	if n.Type != nil {
		clauses["type"] = generatedAlways.ReplaceAllString(sqltext.Plain(n.Type.Raw), "")
	}
	pos := s.table.Pos
	if column := s.table.Column(n.Name.Name); column != nil {
		pos = column.Pos
	}
	for i, c := range n.Constraints {
		switch c.Kind {
		case ast.ColumnNotNull:
			clauses["not null"] = "NOT NULL" + onConflict(c.OnConflict)
		case ast.ColumnDefault:
			clauses["default"] = s.defaultOf(c)
			value = s.names.Normal(sqltext.Unwrapped(s.sql(c.Expr)))
		case ast.ColumnCollate:
			if collation := c.Collation.Name; !strings.EqualFold(collation, "BINARY") { // which is the default
				clauses["collate"] = "COLLATE " + collation
			}
		case ast.ColumnGenerated:
			clauses["generated"] = generated(sqltext.Plain(s.sql(c.Expr)), c.GeneratedKind)
		case ast.ColumnPrimaryKey:
			text := "PRIMARY KEY (" + sqltext.Quote(n.Name.Name) + descending(c.Order) + ")" + onConflict(c.OnConflict)
			if c.AutoIncrement {
				text += " AUTOINCREMENT"
			}
			s.rule(PrimaryKey, c.Name, text, pos)
		case ast.ColumnUnique:
			s.rule(Unique, c.Name, "UNIQUE ("+sqltext.Quote(n.Name.Name)+")"+onConflict(c.OnConflict), pos)
		case ast.ColumnCheck:
			s.check(c.Name, c.Expr, pos)
		case ast.ColumnReferences:
			var deferral *ast.DeferClause
			if i+1 < len(n.Constraints) && n.Constraints[i+1].Kind == ast.ColumnDeferrable {
				deferral = n.Constraints[i+1].Deferrable
			}
			s.reference(c.Name, []string{n.Name.Name}, c.References, deferral, pos)
		case ast.ColumnNull, ast.ColumnDeferrable:
		}
	}
	var words []string
	for _, clause := range []string{"type", "not null", "default", "collate", "generated"} {
		if text, ok := clauses[clause]; ok {
			words = append(words, text)
		}
	}
	s.columns = append(s.columns, part{
		kind: Column, name: n.Name.Name, pos: pos,
		text:   cmp.Or(strings.Join(words, " "), "no type"),
		normal: s.normalColumn(clauses, value),
	})
}

// normalColumn returns the clauses of a column in normal form, with the value
// of its default.
func (s *shape) normalColumn(clauses map[string]string, value string) string {
	if value == "null" { // as without a default
		value = ""
	}
	return strings.Join([]string{
		sqltext.NormalNames(clauses["type"]), clauses["not null"], value, sqltext.NormalNames(clauses["collate"]), s.names.Normal(clauses["generated"]),
	}, "; ")
}

// generatedAlways are words that SQLite's grammar takes for a part of the type.
var generatedAlways = regexp.MustCompile(`(?i)\s*\bgenerated\s+always$`)

// defaultOf returns a DEFAULT clause without the name it may have, which means
// nothing.
func (s *shape) defaultOf(n *ast.ColumnConstraint) string {
	text := sqltext.Plain(s.sql(n))
	if n.Name != nil {
		text = text[strings.Index(strings.ToUpper(text), "DEFAULT"):]
	}
	return text
}

func descending(order ast.SortOrder) string {
	if order == ast.SortDesc {
		return " DESC"
	}
	return ""
}

func generated(expr string, kind *ast.Ident) string {
	if kind == nil {
		return "AS (" + expr + ") VIRTUAL"
	}
	return "AS (" + expr + ") " + strings.ToUpper(kind.Name)
}

func onConflict(action ast.ConflictAction) string {
	if action == ast.ConflictDefault || action == ast.ConflictAbort {
		return ""
	}
	return " ON CONFLICT " + action.String()
}

func (s *shape) readConstraint(n *ast.TableConstraint) {
	pos := s.table.Pos
	switch n.Kind {
	case ast.TablePrimaryKey, ast.TableUnique:
		var terms []string
		for _, term := range n.Columns {
			terms = append(terms, sqltext.Plain(s.sql(term)))
		}
		kind, text := Unique, "UNIQUE"
		if n.Kind == ast.TablePrimaryKey {
			kind, text = PrimaryKey, "PRIMARY KEY"
		}
		text += " (" + strings.Join(terms, ", ") + ")" + onConflict(n.OnConflict)
		if n.AutoIncrement {
			text += " AUTOINCREMENT"
		}
		s.rule(kind, n.Name, text, pos)
	case ast.TableCheck:
		s.check(n.Name, n.Expr, pos)
	case ast.TableForeignKey:
		var columns []string
		for _, column := range n.FKColumns {
			columns = append(columns, column.Name.Name)
		}
		s.reference(n.Name, columns, n.References, n.Deferrable, pos)
	}
}

// reference reads a foreign key. The columns it references are spelled out as
// the database resolved them.
func (s *shape) reference(name *ast.Ident, columns []string, n *ast.ForeignKeyClause, deferral *ast.DeferClause, pos model.Position) {
	var target []string
	for _, column := range n.Columns {
		target = append(target, column.Name.Name)
	}
	for _, key := range s.table.ForeignKeys {
		if len(target) == 0 && model.FoldAll(key.Columns) == model.FoldAll(columns) && model.Fold(key.Table) == model.Fold(n.Table.Name) {
			target = key.RefColumns
		}
	}
	text := "FOREIGN KEY (" + sqltext.QuoteAll(columns) + ") REFERENCES " + sqltext.Quote(n.Table.Name) + " (" + sqltext.QuoteAll(target) + ")"
	actions := map[string]string{} // a later clause overrides an earlier one
	for _, arg := range n.Args {
		if arg.Match == nil && arg.Action != ast.FKNoAction {
			actions[arg.Event] = " ON " + arg.Event + " " + strings.ToUpper(arg.Action.String())
		} else {
			delete(actions, arg.Event)
		}
	}
	for _, event := range slices.Sorted(maps.Keys(actions)) {
		text += actions[event]
	}
	if deferral != nil && !deferral.Not && deferral.InitiallyDeferred {
		text += " DEFERRABLE INITIALLY DEFERRED"
	}
	if len(columns) == 1 {
		if column := s.table.Column(columns[0]); column != nil {
			pos = column.Pos
		}
	}
	s.rule(ForeignKey, name, text, pos)
}

func (s *shape) rule(kind Kind, name *ast.Ident, text string, pos model.Position) {
	p := part{kind: kind, text: text, pos: pos}
	if name != nil {
		p.name = name.Name
		p.text = "CONSTRAINT " + sqltext.Quote(name.Name) + " " + text
	}
	p.normal = sqltext.Without(sqltext.NormalNames(p.text), "asc")
	s.rules = append(s.rules, p)
}

func (s *shape) check(name *ast.Ident, expr ast.Expr, pos model.Position) {
	sql := s.sql(expr)
	s.rule(Check, name, "CHECK ("+sqltext.Plain(sql)+")", pos)
	last := &s.rules[len(s.rules)-1]
	last.normal = last.name + " check " + s.names.Normal(sqltext.Unwrapped(sql))
}

// column returns the part of a column, by its folded name.
func (s *shape) column(name string) (part, bool) {
	i := slices.IndexFunc(s.columns, func(p part) bool { return model.Fold(p.name) == name })
	if i < 0 {
		return part{}, false
	}
	return s.columns[i], true
}

// equal reports whether two shapes are the same but for the order of their
// columns.
func (s *shape) equal(other *shape) bool { return len(compareTables(s, other)) == 0 }

// LostRules returns the keys, checks and references of a table that it has no
// longer, as text.
func LostRules(from, to *model.Table) []string {
	var lost []string
	for _, rule := range missingParts(shapeOf(from).rules, shapeOf(to).rules) {
		if rule.kind != PrimaryKey || strings.Contains(rule.text, "PRIMARY KEY") { // and not that it is the rowid, too
			lost = append(lost, rule.text)
		}
	}
	return lost
}
