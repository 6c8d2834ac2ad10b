package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate/d1"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/migrate/transaction"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Format is a tool that migrations are exported for.
type Format string

// The formats, as the flag --format spells them.
const (
	Wrangler      Format = "wrangler"
	Goose         Format = "goose"
	GolangMigrate Format = "golang-migrate"
	Dbmate        Format = "dbmate"
)

// ParseFormat returns the format of that name. It returns an error that lists
// them when there is none.
func ParseFormat(name string) (Format, error) {
	if _, ok := tools[Format(name)]; !ok {
		return "", fmt.Errorf("%q is no format of migrations; write wrangler, goose, golang-migrate or dbmate", name)
	}
	return Format(name), nil
}

// tool is what is known of a tool that runs migrations.
type tool struct {
	name   string
	suffix string // of file names

	// What stands around all statements of a file, and around each.
	head, foot, begin, end string

	// What the tool takes for its own instructions where it begins a line,
	// even inside a text; nil for nothing.
	instruction *regexp.Regexp

	spell    func(sql string) string // writes a statement so that the tool reads it right
	cutsCR   bool                    // it reads \r\n as \n, also inside a text
	d1       bool
	oldAlter bool // it brings an SQLite that has not all forms of ALTER TABLE
}

var tools = map[Format]tool{
	Wrangler: {name: "wrangler", suffix: ".sql", spell: spellForWrangler, d1: true},
	Goose: {
		name: "goose", suffix: ".sql",
		head:  "-- +goose Up\n",
		begin: "-- +goose StatementBegin\n", end: "-- +goose StatementEnd\n",
		instruction: gooseLine, spell: withoutLines(gooseLine), cutsCR: true,
	},
	GolangMigrate: {name: "golang-migrate", suffix: ".up.sql", spell: asWritten},
	Dbmate: {
		name: "dbmate", suffix: ".sql",
		head: "-- migrate:up\n",
		foot: "\n-- migrate:down\n-- The way back is planned, and checked, by rowhouse migrate down.\n",

		instruction: dbmateLine, spell: withoutLines(dbmateLine), oldAlter: true,
	},
}

var (
	gooseLine  = regexp.MustCompile(`(?m)^\s*--.*\+goose`)
	dbmateLine = regexp.MustCompile(`(?m)^--\s*migrate:`)
)

func asWritten(sql string) string { return sql }

// fileName returns the name that a migration has for the tool. goose and
// golang-migrate want a word behind the version.
func (t tool) fileName(m *atlas.Migration) string {
	description := m.Description
	if description == "" {
		description = "migration"
	}
	return m.Version + "_" + description + t.suffix
}

// file writes a migration.
func (t tool) file(m *atlas.Migration, statements []atlas.Statement) []byte {
	var b strings.Builder
	b.WriteString(Header + "\n-- Source: " + m.Name + "\n" + t.head)
	for _, st := range statements {
		b.WriteString("\n" + t.begin + st.SQL + ";\n" + t.end)
	}
	b.WriteString(t.foot)
	return []byte(b.String())
}

// check returns what the tool, or the SQLite that it brings, does not take.
func (t tool) check(statements []atlas.Statement, before, after *model.Schema) model.Problems {
	var problems model.Problems
	for _, st := range statements {
		if t.instruction != nil && t.instruction.MatchString(st.SQL) {
			problems.Add(st.Pos, "write the text in two, as 'a' || 'b'", "%s would read a line of a text as an instruction", t.name)
		}
		if t.cutsCR && hasCRLF(st.SQL) {
			problems.Add(st.Pos, "write the ends of its lines as '…' || char(13, 10) || '…'", "%s would read the lines of a text as ending in \\n, not in \\r\\n", t.name)
		}
		tree, _ := parser.Options{}.ParseStatement(st.SQL)
		if alter, ok := tree.(*ast.AlterTableStmt); ok && t.oldAlter && d1.IsNewAlter(alter) {
			problems.Add(st.Pos, plan.Anew, "%s brings an SQLite whose ALTER TABLE cannot do this", t.name)
		}
	}
	if t.d1 {
		problems = append(problems, d1.Check(statements, before, after)...)
		problems = append(problems, checkForWrangler(statements)...)
	} else {
		problems = append(problems, checkPragmas(t.name, statements)...)
	}
	return problems
}

// hasCRLF reports whether a text in a statement has lines that end in \r\n.
func hasCRLF(sql string) bool {
	return slices.ContainsFunc(sqltext.Tokens(sql), func(t token.Token) bool { return strings.Contains(t.Text(sql), "\r\n") })
}

// checkPragmas returns what a tool that runs each file in a transaction cannot
// do.
func checkPragmas(tool string, statements []atlas.Statement) model.Problems {
	var problems model.Problems
	for _, st := range statements {
		if pragma := transaction.PragmaOutside(st.SQL); pragma != "" {
			problems.Add(st.Pos, "remove it, and let whoever opens the database say "+sqltext.Brief(st.SQL),
				"%s runs the file in a transaction, where %s fails or does nothing", tool, pragma)
		}
	}
	return problems
}
