package export

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sqlc-dev/meyer/parser"
	"github.com/sqlc-dev/meyer/token"
	"golang.org/x/tools/txtar"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
)

var updateExports = flag.Bool("update", false, "write testdata anew")

// TestExport exports the migrations of every archive in testdata for
// every tool. Behind them in the archive stands what came out: files, or
// FORMAT/error.
func TestExport(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archive", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { testExport(t, name) })
	}
}

func testExport(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	got := txtar.Archive{Comment: archive.Comment}
	for _, file := range archive.Files {
		if strings.HasPrefix(file.Name, "migrations/") {
			got.Files = append(got.Files, file)
			writeTestFile(t, filepath.Join(root, file.Name), file.Data)
		}
	}
	project := hashedProject(t, root)
	for _, format := range slices.Sorted(maps.Keys(tools)) {
		files, err := Files(t.Context(), project, format)
		if err != nil {
			files = map[string][]byte{"error": []byte(err.Error() + "\n")}
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			got.Files = append(got.Files, txtar.File{Name: string(format) + "/" + name, Data: files[name]})
		}
	}
	text := txtar.Format(&got)
	if *updateExports {
		writeTestFile(t, name, text)
	} else if want := txtar.Format(archive); string(text) != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s\nrun go test with -update if that is right", text, want)
	}
}

// TestExportLineEnds exports a file with the line ends of Windows: goose makes
// them others, which matters in texts alone.
func TestExportLineEnds(t *testing.T) {
	root := t.TempDir()
	writeTestFile(t, filepath.Join(root, "migrations", "1_a.sql"), []byte("CREATE TABLE a (\r\n x TEXT);\r\nINSERT INTO a VALUES ('x');\r\n"))
	if _, err := Files(t.Context(), hashedProject(t, root), Goose); err != nil {
		t.Error(err)
	}
	writeTestFile(t, filepath.Join(root, "migrations", "2_b.sql"), []byte("INSERT INTO a VALUES ('x\r\ny');\n"))
	_, err := Files(t.Context(), hashedProject(t, root), Goose)
	const want = `migrations/2_b.sql:1:1: goose would read the lines of a text as ending in \n, not in \r\n; write the ends of its lines as '…' || char(13, 10) || '…'`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// hashedProject is a project whose migrations fit their checksums.
func hashedProject(t *testing.T, root string) *migrate.Project {
	t.Helper()
	writeTestFile(t, filepath.Join(root, "atlas.hcl"), []byte("env \"local\" {\n  src = \"file://schema\"\n}\n"))
	p, err := migrate.Open(root, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Directory.WriteSum(); err != nil {
		t.Fatal(err)
	}
	return p
}

func writeTestFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// wranglerSplits splits a file as wrangler 4.80 does.
func wranglerSplits(text string) []string {
	var found []string
	var b []byte
	depth := 0
	until := func(i int, mark string) int {
		if end := strings.Index(text[i:], mark); end >= 0 {
			return i + end + len(mark)
		}
		return len(text)
	}
	for i := 0; i < len(text); {
		if depth > 0 && wranglerEnd.MatchString(string(b)+text[i:i+1]) {
			depth--
		}
		next := i + 1
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "--"):
			b, next = append(b, '\n'), until(i, "\n")
		case strings.HasPrefix(rest, "/*"):
			next = until(i+2, "*/")
		case strings.IndexByte("'\"`", rest[0]) >= 0:
			next = until(i+1, rest[:1])
			b = append(b, text[i:next]...)
		case rest[0] == '$':
			next = until(i, dollarQuote.FindString(rest))
			if tag := text[i:next]; strings.HasSuffix(tag, "$") && len(tag) > 1 {
				next = until(next, tag)
			}
			b = append(b, text[i:next]...)
		case rest[0] == ';' && depth == 0:
			found, b = append(found, strings.TrimSpace(string(b))), nil
		default:
			b = append(b, rest[0])
		}
		if wranglerBegin.Match(b) {
			depth++
		}
		i = next
	}
	return append(found, strings.TrimSpace(string(b)))
}

var (
	wranglerBegin = regexp.MustCompile(`(?i)\s(BEGIN|CASE)\s$`)
	wranglerEnd   = regexp.MustCompile(`\sEND[;\s]$`)
	dollarQuote   = regexp.MustCompile(`^\$(\w*(.|$))`)
)

// FuzzSpellForWrangler spells statements: they mean the same, and wrangler
// finds where they end.
func FuzzSpellForWrangler(f *testing.F) {
	for _, sql := range []string{
		"CREATE TABLE [a;b] (begin INT, end INT, [it's] TEXT, x$y$ INT DEFAULT 'x')",
		"CREATE TRIGGER t AFTER INSERT ON a WHEN(CASE 1 WHEN 1 THEN 2 END)BEGIN SELECT CASE WHEN end THEN(CASE begin WHEN 1 THEN 2 END)END;END",
		"CREATE TRIGGER t AFTER UPDATE OF begin ON a begin delete from a where end = case when 1 then 2 end; update a set b = 'END ;'; end",
		"SELECT a/*x*/b, -- c\n -- d\n CASE -1 WHEN - 1 THEN 2 / 3 END--e\n",
		"SELECT 'a' || \"b\" || `c` || [d] || x'00'",
		"INSERT INTO a VALUES ('-- ', '/* ', '$x$', ';', 'it''s BEGIN ')",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		statements := atlas.Statements(atlas.File{Text: sql})
		if len(statements) != 1 || strings.ContainsAny(sql, "\x00\v") || strings.Contains(sql, beginTransaction) {
			t.Skip()
		}
		sql = statements[0].SQL
		_, err := parser.Options{UpdateDeleteLimit: true}.ParseStatement(sql)
		isVariable := func(t token.Token) bool { return t.Kind == token.VARIABLE }
		if words := sqltext.Tokens(sql); err != nil || slices.ContainsFunc(words, isVariable) || words[0].Kind == token.BEGIN || words[0].Kind == token.END {
			t.Skip()
		}
		spelled := spellForWrangler(sql)
		if got, want := sqltext.NormalNames(spelled), sqltext.NormalNames(sql); got != want {
			t.Errorf("%q is spelled %q, which means %q, not %q", sql, spelled, got, want)
		}
		want := []string{"SELECT 0", strings.TrimSpace(spelled), "SELECT 1", ""}
		if got := wranglerSplits("SELECT 0;\n" + spelled + ";\nSELECT 1;\n"); !slices.Equal(got, want) {
			t.Errorf("wrangler splits %q into %q", spelled, got)
		}
	})
}
