package atlas

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlite"
)

// TestSilences compares what is read with what Atlas reads: the codes for the
// whole file, and those for each statement.
func TestSilences(t *testing.T) {
	for _, text := range []string{
		"-- atlas:nolint\n\nA;\nB;\n",
		"-- atlas:nolint DS102\nA;\nB;\n",
		"-- why\n-- atlas:nolint DS102 destructive\n--atlas:nolint MF101\n\nA;\n-- atlas:nolint CD101\nB;\n",
		"A;\n\n-- atlas:nolint DS102\n\nB;\n",
		"A;\n-- atlas:nolint DS102\n-- and so on\nB;\n",
		"A;\n-- atlas:nolint DS102\n\n-- and so on\nB;\n",
		"A;\n-- Not atlas:nolint DS102\nB;\n",
		"A;\n-- atlas:nolinter DS102\nB;\n",
	} {
		file := File{Name: "1.sql", Text: text}
		got := map[string][]string{}
		for _, s := range Silences(file) {
			about := "file"
			if s.About.Line > 0 {
				about = strings.Split(text, "\n")[s.About.Line-1]
			}
			got[about] = append(got[about], strings.Join(s.Names, " "))
		}
		if want := atlasSilences(t, text); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %v, Atlas reads %v", text, got, want)
		}
	}
}

func atlasSilences(t *testing.T, text string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	file := migrate.NewLocalFile("1.sql", []byte(text))
	if names := file.Directive("nolint"); len(names) > 0 {
		found["file"] = names
	}
	statements, err := file.StmtDecls()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range statements {
		if names := st.Directive("nolint"); len(names) > 0 {
			found[st.Text] = names
		}
	}
	return found
}

// TestSilencesWithReasons: a reason may follow the names, which Atlas takes for
// more names. What looks like a name is none of the reason.
func TestSilencesWithReasons(t *testing.T) {
	for text, want := range map[string]string{
		"DS102 because nobody has read RH404":   "DS102",
		"DS102, destructive: gone since 2019":   "DS102 destructive",
		"DS102 DS999 destructiv nobody cares":   "DS102 DS999 destructiv",
		"because nobody reads it":               "because",
		"DS102\tRH408 - moved to v2 in 2019-01": "DS102 RH408",
		"":                                      "",
	} {
		found := Silences(File{Name: "1.sql", Text: "-- atlas:nolint " + text + "\nDROP TABLE a;\n"})
		if len(found) != 1 || strings.Join(found[0].Names, " ") != want {
			t.Errorf("%q: got %v, want %s", text, found, want)
		}
	}
}

// TestLineEnds: directives mean the same where lines end in \r\n.
func TestLineEnds(t *testing.T) {
	const text = "-- atlas:nolint DS102\n-- atlas:txmode none\n\nDROP TABLE a;\n-- atlas:nolint RH408\nDROP TABLE b; -- atlas:nolint DS103\n"
	for _, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
		m := &Migration{File: File{Name: "1.sql", Text: text}}
		got := fmt.Sprint(Silences(m.File), m.InTransaction(), m.CheckMode())
		const want = "[{1.sql:1:1 [DS102] } {1.sql:5:1 [RH408] 1.sql:6:1} {1.sql:6:15 [DS103] 1.sql:6}] false <nil>"
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// TestAnalyzers: Analyzers names those that Atlas has for SQLite.
func TestAnalyzers(t *testing.T) {
	registered, err := sqlcheck.AnalyzerFor(sqlite.DriverName, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, analyzer := range registered {
		if named, ok := analyzer.(sqlcheck.NamedAnalyzer); ok {
			names = append(names, named.Name())
		}
	}
	slices.Sort(names)
	if got := fmt.Sprint(names); got != "[condrop data_depend destructive incompatible]" || len(Analyzers) != len(names) {
		t.Errorf("analyzers %s", got)
	}
}
