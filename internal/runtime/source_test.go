package runtime

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// Every file of this package but source.go and the tests is carried along,
// and imports nothing outside the standard library.
func TestSource(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != "source.go" {
			want = append(want, name)
		}
	}
	embedded, err := Source.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range embedded {
		got = append(got, entry.Name())
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, ".") {
				t.Errorf("%s imports %s", entry.Name(), spec.Path.Value)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("Source holds %v, want %v", got, want)
	}
}

func TestNames(t *testing.T) {
	names := Names()
	for _, name := range []string{"Secret", "Predicate", "ErrNotFound", "openDatabase", "session", "maxPrepared", "newKey"} {
		if !names[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"Source", "Names", "declared", "Reveal", "check"} {
		if names[name] {
			t.Errorf("%s is no name of the generated package", name)
		}
	}
}
