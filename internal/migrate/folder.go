package migrate

import (
	"io/fs"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/model"
)

// CheckFolder returns an *atlas.ConfigError when the folder of migrations that
// atlas.hcl names is not there. Diff makes it; whoever only reads it would
// take it for an empty one.
func (p *Project) CheckFolder() error {
	if !p.namesFolder || !p.Directory.IsMissing() {
		return nil
	}
	problem := model.Problem{
		Pos: model.Position{File: p.Directory.Name}, Message: "the folder of migrations is not there",
		Fix: "correct migration.dir in " + atlas.ConfigFile + "; rowhouse migrate diff makes the folder with the first migration",
	}
	return &atlas.ConfigError{Problems: model.Problems{problem}, Err: fs.ErrNotExist}
}
