// Package rowhouse holds the base that rowhouse init ships: the schema,
// queries and migrations of this repository, with the configuration that
// generates gen/ from them. The tool itself is in cmd/rowhouse.
package rowhouse

import "embed"

// Base is the part of this repository that becomes part of a new project.
// go.mod and go.sum tell which versions of the modules it was tested with.
//
//go:embed schema/*.sql queries/*.sql migrations/* sqlc.yaml atlas.hcl go.mod go.sum
var Base embed.FS
