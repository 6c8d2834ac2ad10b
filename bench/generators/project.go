package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // registers the driver

	"github.com/rowhouse/rowhouse/bench/dataset"
)

// project is a folder in which a tool generates from a schema.
type project struct {
	tool   tool
	folder string
	tables []string
}

// newProject makes a folder with a schema and what the tool needs besides.
func newProject(ctx context.Context, t tool, tables int) (*project, error) {
	folder, err := os.MkdirTemp("", "rowhouse-generators-")
	if err != nil {
		return nil, err
	}
	p := &project{tool: t, folder: folder, tables: names(tables)}
	if err := p.fill(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return p, nil
}

func (p *project) fill(ctx context.Context) error {
	files, err := p.tool.files(p.tables)
	if err != nil {
		return err
	}
	for name, text := range schema(p.tables) {
		files["schema/"+name] = text
	}
	// The module is that of the benchmark, under another roof: it requires what
	// generated code imports, in pinned versions.
	for _, name := range []string{"../schema/user.sql", "../schema/organization.sql", "../schema/member.sql", "go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("%w; run this in the folder bench", err)
		}
		files[strings.TrimPrefix(name, "../")] = string(text)
	}
	for name, text := range files {
		if err := p.write(name, text); err != nil {
			return err
		}
	}
	return p.makeDatabase(ctx)
}

func (p *project) write(name, text string) error {
	file := filepath.Join(p.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// makeDatabase replays the schema, for the tools that read a database.
func (p *project) makeDatabase(ctx context.Context) (err error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.folder, "schema.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return dataset.Replay(ctx, db, filepath.Join(p.folder, "schema"))
}

// generate runs the tool.
func (p *project) generate(ctx context.Context) (usage, error) {
	bin, err := filepath.Abs("bin")
	if err != nil {
		return usage{}, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, p.tool.command[0]), p.tool.command[1:]...)
	cmd.Dir = p.folder
	// SQLBoiler looks for its driver on the PATH.
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if p.tool.ownCache {
		cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+filepath.Join(p.folder, "cache"))
	}
	return measured(cmd)
}

// build measures go build of all that was generated, when everything else is
// built already.
func (p *project) build(ctx context.Context) (usage, error) {
	if _, err := p.goBuild(ctx); err != nil {
		return usage{}, err
	}
	if err := p.touch(); err != nil {
		return usage{}, err
	}
	return p.goBuild(ctx)
}

func (p *project) goBuild(ctx context.Context) (usage, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "./"+p.tool.output+"/...")
	cmd.Dir = p.folder
	return measured(cmd)
}

// touch changes a file of each generated package. The go command looks at
// what is in a file, not at its date.
func (p *project) touch() error {
	touched := map[string]bool{}
	return p.generated(func(file string, text []byte) error {
		folder := filepath.Dir(file)
		if touched[folder] {
			return nil
		}
		touched[folder] = true
		return os.WriteFile(file, append(text, "\n// Touched in "+p.folder+".\n"...), 0o644)
	})
}

// lines counts the lines that were generated.
func (p *project) lines() (int, error) {
	n := 0
	err := p.generated(func(_ string, text []byte) error {
		n += bytes.Count(text, []byte("\n"))
		return nil
	})
	return n, err
}

// generated calls visit for each generated file that is no test.
func (p *project) generated(visit func(file string, text []byte) error) error {
	return filepath.WalkDir(filepath.Join(p.folder, p.tool.output), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(text, []byte("// Code generated ")) {
			return err
		}
		return visit(file, text)
	})
}
