// Package pipeline runs the stations one after the other: it is the whole of
// rowhouse generate but for the files.
//
//	schema/*.sql + queries/*.sql → model → plan → emit → files
package pipeline

import (
	"context"
	"errors"
	"slices"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/emit"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/plan"
	"github.com/rowhouse/rowhouse/internal/prove"
	"github.com/rowhouse/rowhouse/internal/sqlc"
)

// Files is what is generated for a target.
type Files struct {
	Package map[string][]byte // name → content, of folder Out
	Schema  map[string][]byte // likewise, of the schema's own folder
}

// Generate returns the files of a target, from the project in folder root. The
// error holds the model.Problems of schema and queries, all of them, or is a
// configuration error of config or atlas.
func Generate(ctx context.Context, root string, target config.Target) (*Files, error) {
	cached := openCache(root, target)
	if files := loadFiles(cached); files != nil {
		return files, nil
	}
	files, err := generate(ctx, root, target, func(schema []model.File) ([]*model.Query, error) {
		return sqlc.Analyze(ctx, root, target, schema)
	})
	if err != nil {
		return nil, err
	}
	storeFiles(cached, files)
	return files, nil
}

// Answer returns the files that answer a request of sqlc's own generate; they
// are those of the package that Generate returns. It returns model.Problems
// where the schema's own are stale, since sqlc would not write them.
func Answer(ctx context.Context, root string, request *sqlc.Request) (map[string][]byte, error) {
	target, err := request.Target()
	if err != nil {
		return nil, err
	}
	files, err := generate(ctx, root, target, func([]model.File) ([]*model.Query, error) {
		return request.Analyzed(root)
	})
	if err != nil {
		return nil, err
	}
	present, err := atlas.ReadFiles(root, target.Schema)
	if err != nil {
		return nil, err
	}
	stale := staleAuditLog(root, target, present, files.Schema, "run rowhouse generate, which writes it; sqlc writes no files of the schema")
	return files.Package, stale.Err()
}

// generate goes from the schema to the files.
func generate(ctx context.Context, root string, target config.Target, analyze analyzer) (*Files, error) {
	planned, err := planTarget(ctx, root, target, analyze)
	if err != nil {
		return nil, err
	}
	files := &Files{}
	if files.Package, err = emit.Files(planned); err != nil {
		return nil, err
	}
	files.Schema, err = schemaFiles(planned)
	return files, err
}

// planTarget goes from the schema to the plan.
func planTarget(ctx context.Context, root string, target config.Target, analyze analyzer) (*plan.Plan, error) {
	inputs, err := load(ctx, root, target, analyze)
	if inputs == nil {
		return nil, err
	}
	prover := prove.New(inputs.Schema, inputs.Owners, target.Options)
	unproven := Scope(inputs.Queries, prover, target.Options)
	planned, unplanned := plan.New(plan.Input{
		Schema: inputs.Schema, Owners: inputs.Owners, Queries: inputs.Queries, Options: target.Options,
	})
	return planned, together(err, unproven.Err(), unplanned)
}

// schemaFiles are the files of the schema that a plan asks for.
func schemaFiles(planned *plan.Plan) (map[string][]byte, error) {
	if planned.AuditLog == nil {
		return nil, nil //nolint:nilnil // none is an answer
	}
	text, err := emit.AuditLog(planned.AuditLog)
	return map[string][]byte{auditLogFile: text}, err
}

// together merges the problems of several stations; another error goes first.
func together(errs ...error) error {
	var all model.Problems
	for _, err := range errs {
		var problems model.Problems
		switch {
		case err == nil:
		case IsConfiguration(err) || !errors.As(err, &problems):
			return err
		default:
			all = append(all, problems...)
		}
	}
	return slices.Clip(all).Err()
}

// IsConfiguration reports whether an error is about the configuration, as
// opposed to what is in the schema or the queries.
func IsConfiguration(err error) bool {
	var inConfig *config.Error
	var inPaths *atlas.ConfigError
	return errors.As(err, &inConfig) || errors.As(err, &inPaths)
}
