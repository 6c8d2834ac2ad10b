package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file of the user's. The zero value is unknown.
type Position struct {
	File   string // as the user would type it, relative to the project
	Line   int    // from 1; 0 when only the file is known
	Column int    // from 1, in bytes; 0 when unknown
}

// String returns file:line:column, leaving out what is unknown.
func (p Position) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// At returns the position of the byte offset in text, a file's content.
func At(file, text string, offset int) Position {
	before := text[:min(max(offset, 0), len(text))]
	return Position{
		File:   file,
		Line:   1 + strings.Count(before, "\n"),
		Column: len(before) - strings.LastIndexByte(before, '\n'),
	}
}

// Problem is one thing that is wrong with the input: where, what, and what
// would mend it.
type Problem struct {
	Pos     Position
	Message string // the cause, without a final full stop
	Fix     string // what to do about it; "" where the cause says it all
}

// Error returns "position: cause; fix".
func (p Problem) Error() string {
	text := p.Message
	if p.Fix != "" {
		text += "; " + p.Fix
	}
	if pos := p.Pos.String(); pos != "" {
		text = pos + ": " + text
	}
	return text
}

// Problems are all problems of a run.
type Problems []Problem

// Add appends a problem.
func (ps *Problems) Add(pos Position, fix, format string, args ...any) {
	*ps = append(*ps, Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// Err returns the problems, ordered by position and each once, as an error;
// nil when there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
		)
	})
	return slices.Compact(sorted)
}

// Error returns one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
