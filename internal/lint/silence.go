package lint

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// The words of the comments that rowhouse reads, behind "rowhouse:".
const (
	markPrefix  = "rowhouse:"
	ignore      = "ignore"       // CODE REASON: silences a finding
	withDeleted = "with-deleted" // silences ReadsDeleted
	unscoped    = "unscoped"     // read by internal/pipeline
	can         = "can"          // likewise
)

var markWords = []string{ignore, withDeleted, unscoped, can}

// mark is a comment that rowhouse reads.
type mark struct {
	source *source
	pos    model.Position
	word   string
	rest   string
	about  *element // nil where nothing stands beside or behind it
}

// marks returns the marks of a file.
func (s *source) marks() []*mark {
	var marks []*mark
	for _, comment := range s.comments {
		text, ok := strings.CutPrefix(commentText(comment.Text(s.Text)), markPrefix)
		if !ok {
			continue
		}
		m := &mark{source: s, pos: s.at(comment.Pos), about: s.about(comment)}
		m.word, m.rest = cutWord(text)
		marks = append(marks, m)
	}
	return marks
}

// commentText returns what stands between a comment's signs.
func commentText(comment string) string {
	if line, ok := strings.CutPrefix(comment, "--"); ok {
		return strings.TrimSpace(line)
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/"))
}

// cutWord returns the first word of a text, and what follows it.
func cutWord(text string) (word, rest string) {
	if i := strings.IndexAny(text, " \t\r\n"); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}

// about returns what a comment is about: behind a column, constraint or
// statement, that one; on a line of its own, the one that follows.
func (s *source) about(comment token.Token) *element {
	next := 0
	for next < len(s.tokens) && s.tokens[next].Pos < comment.Pos {
		next++
	}
	last := next - 1
	if last >= 0 && s.line(s.tokens[last].Pos) == s.line(comment.Pos) {
		for last > 0 && (s.tokens[last].Kind == token.COMMA || s.tokens[last].Kind == token.SEMI) {
			last--
		}
		return s.around(s.tokens[last].Pos)
	}
	if next == len(s.tokens) {
		return nil
	}
	return s.around(s.tokens[next].Pos)
}

// covers reports whether a finding is about what the mark is about.
func (m *mark) covers(f report.Finding) bool {
	if m.about == nil || f.Pos.File != m.source.Name {
		return false
	}
	offset := m.source.offset(f.Pos)
	return m.about.start <= offset && offset < m.about.end
}

// silence removes the findings that marks silence, and adds those about the
// marks themselves.
func (l *linter) silence(marks []*mark) []report.Finding {
	silenced := make([]bool, len(l.findings))
	var about []report.Finding
	for _, m := range marks {
		about = append(about, l.apply(m, silenced)...)
	}
	for i, f := range l.findings {
		if !silenced[i] {
			about = append(about, f)
		}
	}
	return about
}

// apply notes what a mark silences, and returns what is wrong with it.
func (l *linter) apply(m *mark, silenced []bool) []report.Finding {
	code, reason := m.silences()
	switch m.word {
	case unscoped, can:
		return nil
	case withDeleted:
	case ignore:
		if f, ok := m.checkCode(code); !ok {
			return f
		}
	default:
		return m.wrong(UnknownMark, orElse(spell.DidYouMean(m.word, markWords), "known here: "+strings.Join(markWords, ", ")),
			"unknown mark "+markPrefix+m.word)
	}
	used := l.mute(m, code, silenced)
	switch {
	case !used && l.Partial:
		return nil
	case !used:
		return m.wrong(NothingMuted, "remove it, or put it directly above or behind what it is about",
			markPrefix+m.word+" silences nothing: there is no "+code+" here")
	case reason == "":
		return m.wrong(SilentReason, "write -- "+markPrefix+ignore+" "+code+" and why", code+" is silenced without a reason")
	}
	return nil
}

// silences returns the code that a mark silences, and why.
func (m *mark) silences() (code, reason string) {
	if m.word == withDeleted {
		return ReadsDeleted.Code, "deleted rows are wanted"
	}
	return cutWord(m.rest)
}

// mute notes the findings that a mark covers, and reports whether there is one.
func (l *linter) mute(m *mark, code string, silenced []bool) (used bool) {
	for i, f := range l.findings {
		if f.Rule.Code == code && m.covers(f) {
			silenced[i], used = true, true
		}
	}
	return used
}

// checkCode reports a code that cannot be silenced.
func (m *mark) checkCode(code string) (findings []report.Finding, ok bool) {
	known := silenceable()
	switch {
	case slices.Contains(known, code):
		return nil, true
	case code == "":
		return m.wrong(UnknownMark, "write -- "+markPrefix+ignore+", a code and why", "the silence names no code"), false
	case isCode(code):
		return m.wrong(UnknownMark, "mend what it is about", code+" cannot be silenced"), false
	}
	return m.wrong(UnknownMark, orElse(spell.DidYouMean(code, known), "known here: "+strings.Join(known, ", ")),
		"unknown code "+code), false
}

func (m *mark) wrong(r report.Rule, fix, message string) []report.Finding {
	return []report.Finding{{Rule: r, Pos: m.pos, Message: message, Fix: fix}}
}

// orElse returns text, or another where it is empty.
func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
