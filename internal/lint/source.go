package lint

import (
	"slices"
	"sort"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// source is a file, cut into what findings and comments are about.
type source struct {
	File
	tokens   []token.Token
	comments []token.Token
	lines    []int // where each line starts
	elements []element
}

// element is a statement, or a column or constraint in one. A statement
// begins where the one before it ends, so that the comments above it are
// part of it.
type element struct {
	start, end int // byte offsets
	first      int // of its first word
	statement  bool
	columns    []string // that a key of a table is about, which is a clause of its own
	foreign    bool     // a foreign key
}

func newSource(file File) *source {
	s := &source{File: file, lines: []int{0}}
	tokens, trivia := lexer.LexFile(file.Text)
	s.tokens = tokens[:len(tokens)-1]
	s.comments = slices.DeleteFunc(trivia, func(t token.Token) bool { return t.Kind != token.COMMENT })
	for i := range len(file.Text) {
		if file.Text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	s.split()
	return s
}

// split finds the elements. A trigger falls into the statements of its body,
// which does no harm: no finding is about them.
func (s *source) split() {
	start, from := 0, 0
	for i, t := range s.tokens {
		if t.Kind != token.SEMI {
			if i+1 < len(s.tokens) {
				continue
			}
			i++
		}
		if i > from {
			s.statement(start, s.tokens[from].Pos, s.tokens[i-1].End)
		}
		start, from = t.End, i+1
	}
}

// statement adds a statement with the columns and constraints in it.
func (s *source) statement(start, first, end int) {
	s.elements = append(s.elements, element{start: start, end: end, first: first, statement: true})
	tree, err := parser.ParseStatement(s.Text[first:end])
	if err != nil {
		return // the readers of schema and queries say so
	}
	part := func(n ast.Node) *element {
		s.elements = append(s.elements, element{start: first + n.Pos(), end: first + n.End(), first: first + n.Pos()})
		return &s.elements[len(s.elements)-1]
	}
	switch n := tree.(type) {
	case *ast.CreateTableStmt:
		for _, column := range n.Columns {
			part(column)
		}
		for _, constraint := range n.Constraints {
			e := part(constraint)
			e.columns, e.foreign = constrained(constraint), constraint.Kind == ast.TableForeignKey
		}
	case *ast.AlterTableStmt:
		if n.ColumnDef != nil {
			part(n.ColumnDef)
		}
	}
}

// constrained returns the columns that a key of a table is about.
func constrained(n *ast.TableConstraint) []string {
	var columns []string
	for _, term := range n.Columns {
		if name, ok := term.Expr.(*ast.Ident); ok {
			columns = append(columns, name.Name)
		}
	}
	for _, column := range n.FKColumns {
		columns = append(columns, column.Name.Name)
	}
	return columns
}

// constraint returns the position of the key, foreign or not, on exactly
// those columns that is a clause of its own in the CREATE TABLE at a position.
func (s *source) constraint(table model.Position, columns []string, foreign bool) (pos model.Position, ok bool) {
	if s == nil {
		return pos, false
	}
	from := slices.IndexFunc(s.elements, func(e element) bool { return e.statement && s.at(e.first) == table })
	if from < 0 {
		return pos, false
	}
	for _, e := range s.elements[from+1:] {
		if e.statement {
			break
		}
		if e.foreign == foreign && len(e.columns) == len(columns) && containsAll(e.columns, columns) {
			return s.at(e.first), true
		}
	}
	return pos, false
}

// around returns the smallest element around an offset, nil where none is.
func (s *source) around(offset int) *element {
	var found *element
	for i := range s.elements {
		e := &s.elements[i]
		if e.start <= offset && offset < e.end && (found == nil || !e.statement) {
			found = e
		}
	}
	return found
}

// at returns the position of an offset.
func (s *source) at(offset int) model.Position {
	line := s.line(offset)
	return model.Position{File: s.Name, Line: line, Column: offset - s.lines[line-1] + 1}
}

// line returns the line of an offset, from 1.
func (s *source) line(offset int) int { return sort.SearchInts(s.lines, offset+1) }

// offset returns the offset of a position.
func (s *source) offset(pos model.Position) int {
	if pos.Line < 1 || pos.Line > len(s.lines) {
		return -1
	}
	return s.lines[pos.Line-1] + pos.Column - 1
}
