// Package starter renders the project that rowhouse init makes: the base of
// this repository and the templates.
package starter

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/rowhouse/rowhouse"
	"github.com/rowhouse/rowhouse/templates"
)

// driver is the module of the SQLite driver that the starter opens its
// database with. The generated package works with any.
const driver = "github.com/mattn/go-sqlite3"

// Project is a new project.
type Project struct {
	Module string // module path: "example.com/shop"
	Name   string // its last element: "shop"
	Go     string // language version for go.mod
	Driver string // version of the SQLite driver
}

// New returns the project of that module path. Its error says what is wrong
// with the path.
func New(modulePath string) (Project, error) {
	if err := module.CheckImportPath(modulePath); err != nil {
		return Project{}, err
	}
	name := path.Base(modulePath)
	if versionSuffix.MatchString(name) && strings.Contains(modulePath, "/") {
		name = path.Base(path.Dir(modulePath))
	}
	text, err := rowhouse.Base.ReadFile("go.mod")
	if err != nil {
		return Project{}, err
	}
	own, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return Project{}, err
	}
	p := Project{Module: modulePath, Name: name, Go: languageVersion}
	for _, require := range own.Require {
		if require.Mod.Path == driver {
			p.Driver = require.Mod.Version
		}
	}
	return p, nil
}

// languageVersion is the oldest version of Go that the generated code
// compiles with.
const languageVersion = "1.24"

var versionSuffix = regexp.MustCompile(`^v[0-9]+$`)

// Files returns the project's files but for the generated ones: path below
// the project's folder → content.
func (p Project) Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	if err := p.base(files); err != nil {
		return nil, err
	}
	if err := p.templates(files); err != nil {
		return nil, err
	}
	return files, nil
}

// base adds the files that a project has in common with this repository.
func (p Project) base(files map[string][]byte) error {
	return fs.WalkDir(rowhouse.Base, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := rowhouse.Base.ReadFile(name)
		switch name {
		case "go.mod": // a template's
		case "go.sum":
			files[name] = sums(text)
		default:
			files[name] = text
		}
		return err
	})
}

// sums keeps the checksums of the modules that a new project needs.
func sums(goSum []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(goSum) {
		if bytes.HasPrefix(line, []byte(driver+" ")) {
			kept = append(kept, line...)
		}
	}
	return kept
}

func (p Project) templates(files map[string][]byte) error {
	parsed, err := template.ParseFS(templates.Files, "*.tmpl")
	if err != nil {
		return err
	}
	for _, t := range parsed.Templates() {
		var text bytes.Buffer
		if err := t.Execute(&text, p); err != nil {
			return fmt.Errorf("template %s: %w", t.Name(), err)
		}
		name := strings.TrimSuffix(t.Name(), ".tmpl")
		if name == "gitignore" {
			name = ".gitignore"
		}
		files[name] = text.Bytes()
	}
	return nil
}
