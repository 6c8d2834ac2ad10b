package pipeline

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlc"
	"github.com/rowhouse/rowhouse/internal/tenancy"
	"github.com/rowhouse/rowhouse/internal/typing"
)

// Inputs are the schema and the queries of a target.
type Inputs struct {
	Schema  *model.Schema
	Owners  *tenancy.Map
	Queries []*model.Query // nil where one of them cannot be analysed
}

// Load reads the schema and the queries of a target in folder root. The error
// holds the model.Problems of both, all of them, or is a configuration error
// of config or atlas. Beside problems stands what could be read in spite of
// them, nil where the problems leave no schema or no tenant to speak of.
func Load(ctx context.Context, root string, target config.Target) (*Inputs, error) {
	return load(ctx, root, target, func(schema []model.File) ([]*model.Query, error) {
		return sqlc.Analyze(ctx, root, target, schema)
	})
}

// analyzer has sqlc analyse the queries against the files of a schema.
type analyzer func(schema []model.File) ([]*model.Query, error)

// load reads the schema, and the queries by analyze. Where the schema is
// wrong, the queries are still checked as far as they can be without it.
func load(ctx context.Context, root string, target config.Target, analyze analyzer) (*Inputs, error) {
	database, files, err := openSchema(ctx, root, target)
	if err != nil {
		return nil, together(err, sqlc.Syntax(root, target).Err())
	}
	defer database.Close()
	owners, unclear := tenancy.Classify(database.Schema, target.Options)
	queries, err := analyze(files)
	if owners == nil {
		return nil, together(unclear.Err(), err)
	}
	queries, refused := sqlc.Guard(queries, func(text string) error { return database.Prepare(ctx, text) })
	refused = append(refused, typing.Queries(queries, database.Schema)...)
	inputs := &Inputs{Schema: database.Schema, Owners: owners, Queries: queries}
	return inputs, together(unclear.Err(), err, refused.Err())
}
