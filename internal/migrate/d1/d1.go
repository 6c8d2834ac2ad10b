// Package d1 knows what Cloudflare D1 refuses. Lint and the export for wrangler
// ask it.
package d1

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// The limits of D1.
const (
	maxColumns        = 100
	maxTerms          = 5 // of a compound SELECT
	maxStatementBytes = 100_000
)

// modules are the virtual tables that D1 has, pragmas what it lets a
// migration set or ask for.
var (
	modules = []string{"fts5", "fts5vocab"}
	pragmas = []string{
		"case_sensitive_like", "data_version", "defer_foreign_keys", "foreign_key_check", "foreign_key_list", "foreign_keys",
		"ignore_check_constraints", "index_info", "index_list", "index_xinfo", "legacy_alter_table", "optimize", "quick_check",
		"recursive_triggers", "reverse_unordered_selects", "table_info", "table_list", "table_xinfo",
	}
)

// notInSQLite347 are functions that came to SQLite after the version of D1.
var notInSQLite347 = []string{"if", "median", "percentile", "percentile_cont", "percentile_disc", "unistr", "unistr_quote"}

// Check returns what D1 refuses of a migration that leads from one schema to
// another.
func Check(statements []atlas.Statement, before, after *model.Schema) model.Problems {
	var problems model.Problems
	for _, st := range statements {
		c := check{st: st, problems: &problems}
		c.statement()
	}
	for _, t := range after.Tables {
		n := len(t.Columns)
		if old := before.Table(t.Name); n <= maxColumns || old != nil && len(old.Columns) > maxColumns {
			continue
		}
		problems.Add(lastMention(statements, t.Name), "split it into two tables with one key",
			"table %s has %d columns, and D1 allows %d", t.Name, n, maxColumns)
	}
	return problems
}

// lastMention returns the position of the last statement that has a name in
// it.
func lastMention(statements []atlas.Statement, name string) (pos model.Position) {
	for _, st := range statements {
		if sqltext.Mentions(st.SQL, map[string]bool{model.Fold(name): true}) {
			pos = st.Pos
		}
	}
	return pos
}

// check checks one statement.
type check struct {
	st       atlas.Statement
	problems *model.Problems
}

func (c check) add(fix, format string, args ...any) { c.problems.Add(c.st.Pos, fix, format, args...) }

func (c check) statement() {
	if n := len(c.st.SQL); n > maxStatementBytes {
		c.add("split it, such as a long INSERT into several", "the statement has %d bytes, and D1 allows %d", n, maxStatementBytes)
	}
	if first := sqltext.Tokens(c.st.SQL); len(first) > 0 && slices.Contains(verbs, first[0].Kind) {
		c.add("remove it", "D1 refuses %s: it runs each migration in a transaction of its own", strings.ToUpper(first[0].Text(c.st.SQL)))
	}
	tree, err := parser.Options{UpdateDeleteLimit: true}.ParseStatement(c.st.SQL)
	if err == nil {
		ast.Walk(tree, func(n ast.Node) bool { c.node(n); return true })
	}
}

// verbs begin statements that D1 refuses.
var verbs = []token.Kind{
	token.ATTACH, token.BEGIN, token.COMMIT, token.DETACH, token.END, token.RELEASE, token.ROLLBACK, token.SAVEPOINT, token.VACUUM,
}

func (c check) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		if len(n.Cores) > maxTerms {
			c.add("put the terms into several statements, or their rows into VALUES",
				"a compound SELECT has %d terms, and D1 allows %d", len(n.Cores), maxTerms)
		}
	case *ast.FuncCall:
		name := model.Fold(n.Name.Name)
		if slices.Contains(notInSQLite347, name) || name == "iif" && len(n.Args) == 2 {
			c.add("write it with CASE or functions of SQLite 3.47", "D1 has no function %s of %d arguments", name, len(n.Args))
		}
	case *ast.CreateTableStmt:
		c.name(n.Name)
	case *ast.CreateVirtualTableStmt:
		c.name(n.Name)
		if module := model.Fold(n.Module.Name); !slices.Contains(modules, module) {
			c.add("use fts5, or keep this table elsewhere", "D1 refuses virtual tables of module %s", module)
		}
	case *ast.PragmaStmt:
		if name := model.Fold(n.Name.Name.Name); !slices.Contains(pragmas, name) {
			c.add("remove it", "D1 refuses PRAGMA %s", name)
		}
	case *ast.AlterTableStmt:
		if IsNewAlter(n) {
			c.add(plan.Anew, "D1 has SQLite 3.47, whose ALTER TABLE cannot do this")
		}
	}
}

// name checks the name of a new table.
func (c check) name(n *ast.QualifiedName) {
	if name := model.Fold(n.Name.Name); strings.HasPrefix(name, "_cf") || name == "d1_migrations" {
		c.add("give it another name", "D1 keeps the name %s for itself", n.Name.Name)
	}
}

// IsNewAlter reports whether an ALTER TABLE is one that SQLite has only since
// 3.53.
func IsNewAlter(n *ast.AlterTableStmt) bool {
	switch n.Action {
	case ast.AlterDropConstraint, ast.AlterDropNotNull, ast.AlterSetNotNull, ast.AlterAddConstraintCheck:
		return true
	}
	return false
}
