package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// silence moves what was found in the file to the findings of all, but for
// what its comments silence.
func (f *fileLint) silence() {
	silences := atlas.Silences(f.File)
	known := silenceNames()
	for _, s := range silences {
		for _, name := range s.Names {
			if !slices.Contains(known, name) {
				f.find(NoSuchCode, s.Pos, cmp.Or(spell.DidYouMean(name, known), "known are "+strings.Join(known, ", ")),
					"atlas:nolint %s silences nothing", name)
			}
		}
	}
	for _, finding := range f.found {
		if !slices.ContainsFunc(silences, func(s atlas.Silence) bool { return f.silenced(s, finding) }) {
			f.findings = append(f.findings, finding)
		}
	}
}

// silenced reports whether a silence is about a finding.
func (f *fileLint) silenced(s atlas.Silence, finding report.Finding) bool {
	code := finding.Rule.Code
	is := func(r report.Rule) bool { return r.Code == code }
	switch {
	case slices.ContainsFunc(unsilenceable, is):
		return false
	case len(s.Names) == 0 && slices.ContainsFunc(silencedByCodeOnly, is):
		return false
	case len(s.Names) > 0 && !slices.ContainsFunc(s.Names, func(name string) bool {
		return name == code || slices.Contains(atlas.Analyzers[name], code)
	}):
		return false
	case s.About == model.Position{}:
		return true
	}
	return f.statementAt(s.About) == f.statementAt(finding.Pos)
}

// statementAt returns the index of the statement at a position, or of the
// last one that starts on its line where the column is not known; -1 where
// there is none.
func (f *fileLint) statementAt(pos model.Position) int {
	at := -1
	for i, st := range f.Statements {
		if st.Pos.Line < pos.Line || st.Pos.Line == pos.Line && (pos.Column == 0 || st.Pos.Column <= pos.Column) {
			at = i
		}
	}
	return at
}
