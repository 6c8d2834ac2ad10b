package sqlc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Where the child finds its configuration and leaves its result, below the
// staging folder. No project has such a folder.
const (
	requestFolder = ".rowhouse-request"
	requestFile   = "request.json"
)

// stage fills folder dir with what sqlc shall see of a project. Every file
// keeps its name and every line its number, so that sqlc's messages hold for
// the user's files.
func stage(dir string, target config.Target, schema []model.File, statements []*statement) error {
	for _, file := range schema {
		if err := write(dir, file.Name, schemaForSQLC(file.Text)); err != nil {
			return err
		}
	}
	texts := map[string][]byte{}
	for _, s := range statements {
		if texts[s.file.Name] == nil {
			texts[s.file.Name] = blank([]byte(s.file.Text), 0, len(s.file.Text))
		}
		if !s.bad {
			s.copyTo(texts[s.file.Name])
		}
	}
	for name, text := range texts {
		if err := write(dir, name, text); err != nil {
			return err
		}
	}
	settings, err := json.Marshal(map[string]any{
		"version": "2",
		"sql": []any{map[string]any{
			"engine":  target.Engine,
			"schema":  names(schema),
			"queries": slices.Sorted(maps.Keys(texts)),
			"gen":     map[string]any{"json": map[string]any{"out": requestFolder, "filename": requestFile}},
		}},
	})
	if err != nil {
		return fmt.Errorf("stage sqlc.json: %w", err)
	}
	return write(dir, "sqlc.json", settings)
}

func names(files []model.File) []string {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
	}
	return names
}

func write(dir, name string, text []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("stage %s: %w", name, err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("stage %s: %w", name, err)
	}
	return nil
}

// copyTo copies the statement into the blanked text of its file, without its
// comments: sqlc counts their characters as bytes, takes any that begins with
// "name" for an annotation, and drops lines that begin and end with one.
func (s *statement) copyTo(text []byte) {
	source := s.file.Text
	header, _, _ := strings.Cut(source[s.header:], "\n")
	copy(text[s.header:], strings.Replace(header, s.name+" :iter", s.name+" :many", 1)) // :iter is not sqlc's
	for _, t := range s.tokens {
		copy(text[t.Pos:], t.Text(source))
		doubleQuote(text, t)
	}
	if s.end < len(source) {
		text[semicolon(source, s.end)] = ';'
	}
}

// semicolon returns the offset of the semicolon that ends a statement, or of
// a blank to put one in where the file ends without.
func semicolon(source string, end int) int {
	for _, t := range lexer.Lex(source[end:]) {
		if t.Kind == token.SEMI {
			return end + t.Pos
		}
	}
	return end
}

// blank overwrites text[from:to] with spaces, except line ends.
func blank(text []byte, from, to int) []byte {
	for i := from; i < to; i++ {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
	return text
}

// schemaForSQLC keeps the statements that make tables and views, since sqlc's
// grammar lacks much of what the others may say, and gives names in
// backticks the quotes that it knows.
func schemaForSQLC(text string) []byte {
	out := []byte(text)
	tokens, trivia := lexer.LexFile(text)
	for _, t := range trivia {
		if t.Kind == token.COMMENT {
			blank(out, t.Pos, t.End)
		}
	}
	for _, t := range tokens {
		doubleQuote(out, t)
	}
	for _, s := range schemaStatements(tokens) {
		if !definesRelation(s) {
			blank(out, s[0].Pos, s[len(s)-1].End)
		}
	}
	return trimLines(out)
}

// doubleQuote gives a name in backticks the quotes that sqlc knows.
func doubleQuote(text []byte, t token.Token) {
	if name := text[t.Pos:t.End]; t.Kind == token.ID && name[0] == '`' && !bytes.ContainsAny(name[1:len(name)-1], "`\"") {
		name[0], name[len(name)-1] = '"', '"'
	}
}

// trimLines removes blanks at line ends. They may be many where a long line
// was blanked, and sqlc stops reading at a line of 64 kB without a word.
func trimLines(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimRight(line, " \r")
	}
	return bytes.Join(lines, []byte("\n"))
}

// schemaStatements cuts a script into statements with their semicolons. That
// of a trigger ends, as in SQLite's own shell, with "; END ;".
func schemaStatements(tokens []token.Token) [][]token.Token {
	var statements [][]token.Token
	from := 0
	for i, t := range tokens {
		inTrigger := isTrigger(tokens[from:i]) &&
			!(kindAt(tokens, i-1) == token.END && kindAt(tokens, i-2) == token.SEMI)
		if t.Kind == token.SEMI && !inTrigger {
			statements = append(statements, tokens[from:i+1])
			from = i + 1
		}
	}
	if rest := tokens[from : len(tokens)-1]; len(rest) > 0 {
		statements = append(statements, rest)
	}
	return statements
}

func isTrigger(statement []token.Token) bool {
	return kindAt(statement, 0) == token.CREATE && createdKind(statement) == token.TRIGGER
}

// createdKind returns what a CREATE or DROP is about.
func createdKind(statement []token.Token) token.Kind {
	for i := 1; i < min(len(statement), 4); i++ {
		switch k := statement[i].Kind; k {
		case token.TABLE, token.VIEW, token.INDEX, token.TRIGGER:
			return k
		}
	}
	return token.EOF
}

func definesRelation(statement []token.Token) bool {
	switch statement[0].Kind {
	case token.ALTER:
		return true
	case token.CREATE, token.DROP:
		kind := createdKind(statement)
		return kind == token.TABLE || kind == token.VIEW
	}
	return false
}
