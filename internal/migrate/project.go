package migrate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/cache"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/version"
)

// Project is one environment of an atlas.hcl, and its migrations.
type Project struct {
	Root      string
	Env       *atlas.Env
	Directory *atlas.Directory

	namesFolder bool // atlas.hcl says where the migrations are
}

// defaultDirectory is where migrations are if atlas.hcl does not say.
const defaultDirectory = "migrations"

// Open reads the environment env of the atlas.hcl in folder root. It returns
// an *atlas.ConfigError when there is none.
func Open(root, env string, variables map[string]string) (*Project, error) {
	e, err := atlas.ReadEnv(root, env, variables)
	if err != nil {
		return nil, err
	}
	namesFolder := e.Migrations != ""
	if !namesFolder {
		e.Migrations = defaultDirectory
	}
	directory, err := atlas.OpenDirectory(root, e.Migrations)
	if err != nil {
		return nil, err
	}
	return &Project{Root: root, Env: e, Directory: directory, namesFolder: namesFolder}, nil
}

// Desired replays the schema files. The caller closes the state.
func (p *Project) Desired(ctx context.Context) (*plan.State, error) {
	files, err := p.SchemaFiles()
	if err != nil {
		return nil, err
	}
	state, err := plan.Replay(ctx, files)
	if err != nil {
		return nil, err
	}
	if err := atlas.CheckTriggers(ctx, state.DB, state.Schema); err != nil {
		state.Close()
		return nil, err
	}
	return state, nil
}

// SchemaFiles reads the files of the schema.
func (p *Project) SchemaFiles() ([]atlas.File, error) {
	if len(p.Env.Schema) == 0 {
		return nil, &atlas.ConfigError{
			Problems: model.Problems{{
				Pos:     model.Position{File: atlas.ConfigFile},
				Message: fmt.Sprintf("env %q has no src, so that nothing says what the schema is to be", p.Env.Name),
				Fix:     `add src = "file://schema"`,
			}},
			Err: errors.New("no src"),
		}
	}
	return p.Env.SchemaFiles(p.Root)
}

// Replayed replays the migrations. What came out is cached by their checksum:
// where it is, nothing is known of where objects are written. The caller
// closes the state.
func (p *Project) Replayed(ctx context.Context) (*plan.State, error) {
	sum, err := p.Directory.Sum()
	if err != nil {
		return nil, err
	}
	key := sha256.New()
	fmt.Fprintf(key, "replay %s\n%s\n", version.Build(), sum)
	entry := cache.Open(key)
	if image := entry.Load(); image != nil {
		if state, err := plan.FromImage(ctx, image); err == nil {
			return state, nil
		}
	}
	state, err := plan.Replay(ctx, p.Directory.Files())
	if err != nil {
		return nil, err
	}
	if image, err := state.DB.Image(); err == nil {
		entry.Store(image)
	}
	return state, nil
}
