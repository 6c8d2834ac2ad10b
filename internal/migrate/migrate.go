// Package migrate changes databases without losing what is in them: it plans
// the way from one schema to another, proves the plan by replay, applies it,
// and finds where a database has drifted from what it should be.
//
//	migrations → replay ┐
//	                    ├ compare → plan → verify with rows → file → apply
//	schema files → replay ┘
//
// It needs atlas.hcl alone, and takes any schema of SQLite: who owns the rows
// of a table is of no concern here.
package migrate

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Project is one environment of an atlas.hcl, and its migrations.
type Project struct {
	Root      string
	Env       *atlas.Env
	Directory *atlas.Directory
}

// Open reads the environment env of the atlas.hcl in folder root. It returns
// an *atlas.ConfigError when there is none, or when it has no migration.dir.
func Open(root, env string, variables map[string]string) (*Project, error) {
	e, err := atlas.ReadEnv(root, env, variables)
	if err != nil {
		return nil, err
	}
	if e.Migrations == "" {
		e.Migrations = "migrations"
	}
	directory, err := atlas.OpenDirectory(root, e.Migrations)
	if err != nil {
		return nil, err
	}
	return &Project{Root: root, Env: e, Directory: directory}, nil
}

// State is a database in memory, and the schema it has.
type State struct {
	Schema *model.Schema
	DB     *database.DB
	Files  []atlas.File // that made it
}

// Close forgets the database.
func (s *State) Close() {
	_ = s.DB.Close() // in memory: there is nothing to lose
}

// Desired replays the schema files. The caller closes the state.
func (p *Project) Desired(ctx context.Context) (*State, error) {
	if len(p.Env.Schema) == 0 {
		return nil, &atlas.ConfigError{
			Problems: model.Problems{{Pos: model.Position{File: atlas.ConfigFile}, Message: "env " + p.Env.Name + " has no src", Fix: `add src = "file://schema"`}},
			Err:      errors.New("no src"),
		}
	}
	files, err := atlas.ReadFiles(p.Root, p.Env.Schema)
	if err != nil {
		return nil, err
	}
	return Replay(ctx, files)
}

// Replay runs files on an empty database. It returns model.Problems when they
// are wrong.
func Replay(ctx context.Context, files []atlas.File) (*State, error) {
	d, err := atlas.OpenFiles(ctx, files)
	if err != nil {
		return nil, err
	}
	return &State{Schema: d.Schema, DB: d.DB(), Files: files}, nil
}

// path returns where a path of the project lies.
func (p *Project) path(name string) string { return filepath.Join(p.Root, name) }
