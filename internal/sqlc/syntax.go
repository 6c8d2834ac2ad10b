package sqlc

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
	"unicode"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Syntax reports what is wrong with the target's query files on their own:
// their syntax, names and annotations. It needs no schema, so that a broken
// schema does not hide broken queries. [Analyze] reports the same and more.
func Syntax(root string, target config.Target) model.Problems {
	_, problems, err := readQueries(root, target.Queries)
	if err != nil {
		problems.Add(model.Position{}, "", "%v", err)
	}
	return problems
}

// readQueries reads and checks the statements of the query files. Statements
// with a problem are among them, marked bad.
func readQueries(root string, paths []string) ([]*statement, model.Problems, error) {
	files, problems, err := readQueryFiles(root, paths)
	if err != nil {
		return nil, problems, err
	}
	var statements []*statement
	for _, file := range files {
		if i := strings.IndexByte(file.Text, 0); i >= 0 {
			problems.Add(model.At(file.Name, file.Text, i), "remove it", "a NUL byte, where SQLite stops reading")
		}
		statements = append(statements, split(file)...)
	}
	c := checker{named: map[string]*statement{}}
	for _, s := range statements {
		c.statement(s)
	}
	return statements, append(problems, c.problems...), nil
}

// checker checks statements one by one.
type checker struct {
	problems model.Problems
	named    map[string]*statement
}

// statement checks one statement, and marks it bad where it is.
func (c *checker) statement(s *statement) {
	before := len(c.problems)
	c.header(s)
	c.characters(s)
	c.macros(s)
	if !s.hasBadMacro() { // of which the parser would say the same in other words
		c.grammar(s)
	}
	s.bad = len(c.problems) > before
}

// header checks the comment that names the query.
func (c *checker) header(s *statement) {
	if s.header < 0 {
		c.noHeader(s)
		return
	}
	pos := s.pos(s.header)
	if !token.IsIdentifier(s.name) || strings.ContainsFunc(s.name, func(r rune) bool { return r > unicode.MaxASCII }) {
		c.problems.Add(pos, "write letters and digits, as in GetProduct", "%q cannot be the name of a method", s.name)
	}
	if first := c.named[s.name]; first != nil {
		c.problems.Add(pos, "rename one of them", "query %s is already declared at %s", s.name, first.pos(first.header))
	} else {
		c.named[s.name] = s
	}
	if fix, ok := commands[s.cmd]; !ok {
		c.problems.Add(pos, "write :one, :many, :iter, :exec or :execrows", "query %s: unknown command %q", s.name, s.cmd)
	} else if fix != "" {
		c.problems.Add(pos, fix, "query %s: command %s is not supported", s.name, s.cmd)
	}
}

// commands are sqlc's commands; those that rowhouse does not support with
// what to use instead.
var commands = map[string]string{
	":one":        "",
	":many":       "",
	":iter":       "",
	":exec":       "",
	":execrows":   "",
	":execresult": "use :execrows for the number of rows, or :one with RETURNING for what was written",
	":execlastid": "use :one with RETURNING id",
	":batchexec":  "use :exec with sqlc.slice or with json_each over one JSON parameter",
	":batchmany":  "use :many with sqlc.slice",
	":batchone":   "use :many with sqlc.slice",
	":copyfrom":   "use :exec for each row",
}

// noHeader explains why a statement has no name.
func (c *checker) noHeader(s *statement) {
	offset := s.start
	for line := range strings.Lines(s.file.Text[s.start:s.tokens[0].Pos]) {
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if likeNameLine.MatchString(line[indent:]) {
			c.problems.Add(s.pos(offset+indent), "write it alone on a line, exactly like -- name: GetProduct :one",
				"sqlc does not read %q as the name of a query", strings.TrimSpace(line))
			return
		}
		offset += len(line)
	}
	c.problems.Add(s.first(), "write a line such as -- name: GetProduct :one above it", "a statement without a name")
}

// characters reports what sqlc would miscount: it takes bytes for characters
// outside comments, and so cuts the text in the wrong places.
func (c *checker) characters(s *statement) {
	for _, t := range s.tokens {
		if text := t.Text(s.file.Text); strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
			c.problems.Add(s.pos(t.Pos), "pass the text as a parameter, or rename in ASCII",
				"sqlc cannot read %s, which is not ASCII", text)
		}
	}
}

// macros checks sqlc.arg and its like, and how parameters are spelled.
func (c *checker) macros(s *statement) {
	bare, named := item{}, item{}
	slices := map[string]bool{}
	for i, it := range s.items {
		switch {
		case it.kind == badMacro:
			c.problems.Add(s.pos(it.pos), "write sqlc.arg(name), sqlc.narg(name), sqlc.slice(name) or sqlc.embed(table), without spaces or double quotes",
				"sqlc does not read %q", it.text)
		case it.kind == slice:
			slices[it.name], named = true, it
			if !s.aloneInList(i) {
				c.problems.Add(s.pos(it.pos), fmt.Sprintf("write column IN (sqlc.slice(%s))", it.name),
					"sqlc.slice must stand alone in the parentheses of IN")
			}
		case it.kind == scalar && it.name == "":
			if bare.text != "" && (bare.text == "?") != (it.text == "?") {
				named = bare
			}
			bare = it
		case it.kind == scalar:
			named = it
		}
	}
	for _, it := range s.items {
		if it.kind == scalar && slices[it.name] {
			c.problems.Add(s.pos(it.pos), "give them two names", "parameter %q is a slice in one place and one value in another", it.name)
		}
	}
	if bare.text != "" && named.text != "" {
		c.problems.Add(s.pos(bare.pos), "name every parameter, as in @name",
			"%s beside %s: sqlc and SQLite number them differently", bare.text, named.text)
	}
}

// aloneInList reports whether item i is the whole of IN (…).
func (s *statement) aloneInList(i int) bool {
	return i >= 2 && i+1 < len(s.items) &&
		strings.EqualFold(s.items[i-2].text, "IN") && s.items[i-1].text == "(" && s.items[i+1].text == ")"
}

func (s *statement) hasBadMacro() bool {
	for _, it := range s.items {
		if it.kind == badMacro {
			return true
		}
	}
	return false
}

// parse parses the statement with SQLite's grammar. sqlc's own functions are
// blanked out to placeholders of the same length, so that offsets hold.
func (s *statement) parse() (ast.Stmt, error) {
	from := s.tokens[0].Pos
	text := []byte(s.file.Text[from:s.end])
	for _, it := range s.items {
		if strings.HasPrefix(it.text, "sqlc") && it.kind != word {
			copy(text[it.pos-from:], "@"+strings.Repeat("_", it.end-it.pos-1))
		}
	}
	return parser.ParseStatement(string(text))
}

// grammar checks the statement's syntax and kind.
func (c *checker) grammar(s *statement) {
	stmt, err := s.parse()
	var syntax *parser.Error
	if errors.As(err, &syntax) {
		offset := s.end
		if syntax.Offset >= 0 {
			offset = s.tokens[0].Pos + syntax.Offset
		}
		c.problems.Add(s.pos(offset), "", "%s", syntax.Message)
		return
	}
	var returns bool
	switch stmt := stmt.(type) {
	case *ast.SelectStmt:
		returns = true
	case *ast.InsertStmt:
		returns = len(stmt.Returning) > 0
	case *ast.UpdateStmt:
		returns = len(stmt.Returning) > 0
	case *ast.DeleteStmt:
		returns = len(stmt.Returning) > 0
	default:
		c.problems.Add(s.first(), "queries are SELECT, INSERT, UPDATE and DELETE; what makes the schema belongs to its folder",
			"%s is not a query", strings.ToUpper(s.tokens[0].Text(s.file.Text)))
		return
	}
	if !returns && (s.cmd == ":one" || s.cmd == ":many" || s.cmd == ":iter") {
		c.problems.Add(s.pos(s.header), "add a RETURNING clause, or use :exec or :execrows",
			"query %s is %s, yet its statement returns nothing", s.name, s.cmd)
	}
}
