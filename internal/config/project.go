package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Project is what rowhouse needs to know of a project's sqlc.yaml.
type Project struct {
	File    string // the configuration file, relative to the project: "sqlc.yaml"
	Targets []Target
}

// Target is one generated package: a codegen entry whose plugin is rowhouse.
type Target struct {
	Pos     model.Position // of the codegen entry
	Engine  string         // "sqlite"
	Schema  []string       // files, folders or patterns, relative to the project
	Queries []string       // likewise; empty in a project without queries
	Out     string         // the package's folder, relative to the project
	Options Options
}

// Error is a configuration that cannot be used: every error of this package
// but a failure to read a file that exists. It is the user's to mend, which
// callers report by an exit code of its own.
type Error struct{ Problems model.Problems }

// Error returns one problem a line.
func (e *Error) Error() string { return e.Problems.Error() }

// Unwrap returns the problems.
func (e *Error) Unwrap() error { return e.Problems }

// AsError returns the problems, in order, as an *Error; nil when there are none.
func AsError(problems model.Problems) error {
	var sorted model.Problems
	if errors.As(problems.Err(), &sorted) {
		return &Error{Problems: sorted}
	}
	return nil
}

// fileNames are the names that sqlc gives its configuration.
var fileNames = []string{"sqlc.yaml", "sqlc.yml", "sqlc.json"}

// Load reads the configuration of the project in folder root. All problems
// of the file are in one *Error.
func Load(root string) (*Project, error) {
	name, content, err := read(root)
	if err != nil {
		return nil, err
	}
	return parse(name, content)
}

// read finds the project's one configuration file.
func read(root string) (name string, content []byte, err error) {
	for _, candidate := range fileNames {
		data, err := os.ReadFile(filepath.Join(root, candidate))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", nil, fmt.Errorf("read configuration: %w", err)
		case name != "":
			return "", nil, &Error{model.Problems{{
				Pos:     model.Position{File: candidate},
				Message: name + " is there too, and sqlc reads only one of them",
				Fix:     "keep one",
			}}}
		default:
			name, content = candidate, data
		}
	}
	if name == "" {
		return "", nil, &Error{model.Problems{{
			Message: fmt.Sprintf("no %s in %s", fileNames[0], root),
			Fix:     "run rowhouse init to start a project, or name the project's folder with -C",
		}}}
	}
	return name, content, nil
}

// parse turns the content of a configuration file into a Project.
func parse(file string, content []byte) (*Project, error) {
	return parseTargets(file, content, func(c *checker, root *yaml.Node) []Target {
		c.add(root, pasteFix, "no codegen entry uses the plugin rowhouse")
		return nil
	})
}

// parseTargets reads a configuration file. otherwise is asked for the targets
// of one without an entry of rowhouse's.
func parseTargets(file string, content []byte, otherwise func(*checker, *yaml.Node) []Target) (*Project, error) {
	c := &checker{file: file, located: true}
	root := c.document(content)
	if root == nil {
		return nil, AsError(c.problems)
	}
	c.check(file, root, documentShape)
	targets := c.targets(root)
	if len(targets) == 0 && len(c.problems) == 0 {
		targets = otherwise(c, root)
	}
	if err := AsError(c.problems); err != nil {
		return nil, err
	}
	return &Project{File: file, Targets: targets}, nil
}

// document returns the one YAML document of content, or nil after reporting
// why there is none.
func (c *checker) document(content []byte) *yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		c.add(nil, pasteFix, "the file is empty")
		return nil
	} else if err != nil {
		c.syntax(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		c.add(&second, "remove the line ---", "a second document, which sqlc ignores")
		return nil
	} else if !errors.Is(err, io.EOF) {
		c.syntax(err)
		return nil
	}
	return resolve(doc.Content[0])
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// syntax reports an error of the YAML parser.
func (c *checker) syntax(err error) {
	pos, message := model.Position{File: c.file}, err.Error()
	if m := yamlError.FindStringSubmatch(message); m != nil {
		pos.Line, _ = strconv.Atoi(m[1])
		message = m[2]
	}
	if !c.located {
		pos.Line = 0
	}
	c.problems.Add(pos, "", "not YAML: %s", message)
}
