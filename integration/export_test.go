// Package integration has other people's migration tools run what rowhouse
// exports for them, and looks whether every row is there afterwards.
package integration

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rowhouse = flag.String("rowhouse", "", "the command to test, instead of the one of this repository")

const atlasHCL = `env "local" {
  src = "file://schema"
  url = "sqlite://app.db?_fk=1"
  dev = "sqlite://dev?mode=memory&_fk=1"

  migration {
    dir = "file://migrations"
  }
}
`

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	if *rowhouse == "" {
		folder, err := os.MkdirTemp("", "rowhouse")
		if err != nil {
			return 0, err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		*rowhouse = filepath.Join(folder, "rowhouse")
		build := exec.Command("go", "build", "-tags", "sqlite_fts5", "-o", *rowhouse, "./cmd/rowhouse")
		build.Dir = ".." // another module
		if out, err := build.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w\n%s", build, err, out)
		}
	}
	// Not while a test has the processors.
	if _, err := npmFolder(); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// TestExport has every tool run the two migrations of every scenario.
func TestExport(t *testing.T) {
	for _, s := range append(scenarios, base(t)) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			project := newProject(t)
			first := project.migrate(t, "first", s.first)
			second := project.migrate(t, "second", s.second)
			for _, tool := range tools {
				t.Run(tool.format, func(t *testing.T) {
					unchanged(t, first[tool.format], second[tool.format])
					s.run(t, tool.open(t.TempDir()), first[tool.format], second[tool.format])
				})
			}
		})
	}
}

// A project is the folder of one.
type project string

func newProject(t *testing.T) project {
	t.Helper()
	p := project(t.TempDir())
	if err := os.WriteFile(filepath.Join(string(p), "atlas.hcl"), []byte(atlasHCL), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

// migrate writes the schema, has rowhouse write a migration to it, and returns
// the folders of the exports, by format.
func (p project) migrate(t *testing.T, name string, schema files) map[string]string {
	t.Helper()
	schema.write(t, filepath.Join(string(p), "schema"))
	p.rowhouse(t, "migrate", "diff", name)
	folders := map[string]string{}
	for _, tool := range tools {
		folders[tool.format] = filepath.Join(t.TempDir(), tool.format)
		p.rowhouse(t, "migrate", "export", "--format", tool.format, "-o", folders[tool.format])
	}
	return folders
}

func (p project) rowhouse(t *testing.T, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), *rowhouse, append([]string{"-C", string(p)}, arguments...)...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("rowhouse %v: %v\n%s", arguments, err, out)
	}
}

// unchanged checks that what was exported once is exported again, byte for
// byte, together with one more migration: tools do not notice if it is not.
func unchanged(t *testing.T, first, second string) {
	t.Helper()
	before, after := contents(t, first), contents(t, second)
	if len(after) <= len(before) {
		t.Errorf("the second migration was not exported: %d files", len(after))
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			delete(after, name)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("exported in another way the second time (-first +second):\n%s", diff)
	}
}

func contents(t *testing.T, folder string) files {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	f := files{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		f[e.Name()] = string(content)
	}
	return f
}
