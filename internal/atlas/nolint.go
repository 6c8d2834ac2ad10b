package atlas

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// Silence is a comment "-- atlas:nolint" of a migration.
type Silence struct {
	Pos   model.Position
	Names []string       // of codes and analyzers; none for all
	About model.Position // of a statement; the zero value for the whole file
}

// Silences returns the silences of a migration that mean something to Atlas
// too: those at the top of the file, which an empty line ends, and those right
// above a statement. Behind a statement, one is about that statement, while
// Atlas takes it for the next one.
func Silences(file File) []Silence {
	lines := strings.Split(file.Text, "\n")
	top := len(fileDirective(file, "nolint"))
	var found []Silence
	for _, d := range Directives(file) {
		if d.Word != "nolint" {
			continue
		}
		s := Silence{Pos: d.Pos, Names: silenced(d.Rest)}
		switch {
		case top > 0:
			top--
		case d.About.Line == 0 || isParted(lines, d):
			continue
		default:
			s.About = d.About
		}
		found = append(found, s)
	}
	return found
}

// code is what the code of a finding looks like.
var code = regexp.MustCompile(`^[A-Za-z]{2,}[0-9]{2,}$`)

// silenced returns the names behind a directive. The first word is one
// whatever it looks like. A later one that looks neither like a code nor like
// the name of an analyzer begins the reason, of which Atlas takes every word
// for one more name.
func silenced(rest string) []string {
	words := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t,:;", r) })
	analyzers := slices.Sorted(maps.Keys(Analyzers))
	for i, word := range words {
		isName := slices.Contains(analyzers, word) || spell.DidYouMean(word, analyzers) != ""
		if i > 0 && !code.MatchString(word) && !isName {
			return words[:i]
		}
	}
	return words
}

// isParted reports whether an empty line stands between a directive and what
// follows it.
func isParted(lines []string, d Directive) bool {
	between := lines[d.Pos.Line:max(d.Pos.Line, d.About.Line-1)]
	return slices.ContainsFunc(between, func(line string) bool { return strings.TrimSpace(line) == "" })
}
