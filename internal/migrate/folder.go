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
	return folderError(p.Directory.Name, "the folder of migrations is not there",
		"correct migration.dir in "+atlas.ConfigFile+"; rowhouse migrate diff makes the folder with the first migration")
}

// folderError returns an *atlas.ConfigError about a folder of migrations.
func folderError(name, message, fix string) error {
	problem := model.Problem{Pos: model.Position{File: name}, Message: message, Fix: fix}
	return &atlas.ConfigError{Problems: model.Problems{problem}, Err: fs.ErrNotExist}
}
