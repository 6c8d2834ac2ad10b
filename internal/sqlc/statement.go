package sqlc

import (
	"regexp"
	"sort"
	"strings"

	"github.com/sqlc-dev/meyer/lexer"
	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// statement is one statement of a query file, as the user wrote it.
type statement struct {
	file   model.File
	tokens []token.Token // of the statement itself, without its semicolon
	items  []item        // the same, with parameters and stars recognized
	start  int           // offset behind the semicolon before it
	end    int           // offset behind its last token

	name, cmd string
	header    int      // offset of the comment that names it; -1 without one
	comments  []string // its documentation
	bad       bool     // a problem was found; nothing more is made of it
}

// pos returns the position of a byte offset of the statement's file.
func (s *statement) pos(offset int) model.Position {
	return model.At(s.file.Name, s.file.Text, offset)
}

// first returns the position of the statement's first token.
func (s *statement) first() model.Position { return s.pos(s.tokens[0].Pos) }

// split cuts a query file into statements. Comments belong to the statement
// that follows them.
func split(file model.File) []*statement {
	tokens, trivia := lexer.LexFile(file.Text)
	var statements []*statement
	start, from := 0, 0
	for i, t := range tokens {
		if t.Kind != token.SEMI && t.Kind != token.EOF {
			continue
		}
		if i > from {
			s := &statement{file: file, tokens: tokens[from:i], start: start, end: tokens[i-1].End, header: -1}
			s.items = itemize(file.Text, s.tokens)
			s.readComments(before(trivia, tokens[from].Pos))
			statements = append(statements, s)
		}
		start, from = t.End, i+1
		trivia = trivia[len(before(trivia, start)):]
	}
	return statements
}

// before returns the tokens that start before an offset.
func before(tokens []token.Token, offset int) []token.Token {
	n := sort.Search(len(tokens), func(i int) bool { return tokens[i].Pos >= offset })
	return tokens[:n]
}

// nameLine is the comment by which sqlc knows a query.
var nameLine = regexp.MustCompile(`^(?:-- name: (\S+) (\S+)|/\* name: (\S+) (\S+) \*/)$`)

// likeNameLine is a comment that was probably meant to be one.
var likeNameLine = regexp.MustCompile(`^(?:--|/\*)\s*name\s*:`)

// readComments finds the name line and the documentation in what stands above
// the statement: the comment lines directly above and below the name line.
func (s *statement) readComments(trivia []token.Token) {
	var above []string
	end := s.start // of the comment before
	for _, t := range trivia {
		if t.Kind != token.COMMENT {
			continue
		}
		text := strings.TrimRight(t.Text(s.file.Text), " \t\r")
		m := nameLine.FindStringSubmatch(text)
		switch {
		case m != nil && s.header < 0 && s.startsLine(t.Pos):
			s.name, s.cmd, s.header = m[1]+m[3], m[2]+m[4], t.Pos
			if strings.Count(s.file.Text[end:t.Pos], "\n") <= 1 {
				s.comments = above
			}
		case s.header < 0 && strings.Count(s.file.Text[end:t.Pos], "\n") > 1:
			above = commentLines(text)
		case s.header < 0:
			above = append(above, commentLines(text)...)
		default:
			s.comments = append(s.comments, commentLines(text)...)
		}
		end = t.End
	}
}

// startsLine reports whether sqlc takes the offset for the start of a line.
func (s *statement) startsLine(offset int) bool {
	return offset == s.start || s.file.Text[offset-1] == '\n'
}

// commentLines returns the text of a comment without its markers.
func commentLines(comment string) []string {
	if line, ok := strings.CutPrefix(comment, "--"); ok {
		return []string{strings.TrimPrefix(line, " ")}
	}
	comment = strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	lines := strings.Split(strings.TrimSpace(comment), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}
