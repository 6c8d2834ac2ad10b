package atlas

import (
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/rowhouse/rowhouse/internal/model"
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
	top := len(migrate.NewLocalFile(file.Name, []byte(file.Text)).Directive("nolint"))
	var found []Silence
	for _, d := range Directives(file) {
		if d.Word != "nolint" {
			continue
		}
		s := Silence{Pos: d.Pos, Names: strings.FieldsFunc(d.Rest, func(r rune) bool { return r == ' ' || r == ',' })}
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

// isParted reports whether an empty line stands between a directive and what
// follows it.
func isParted(lines []string, d Directive) bool {
	between := lines[d.Pos.Line:max(d.Pos.Line, d.About.Line-1)]
	return slices.ContainsFunc(between, func(line string) bool { return strings.TrimSpace(line) == "" })
}
