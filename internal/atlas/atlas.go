// Package atlas reads schemas and writes migrations. It is the only importer
// of Atlas, whose directory format, checksums and atlas.hcl it keeps to.
//
// A schema is never guessed from its text: Load replays every statement on an
// in-memory SQLite and asks that database what came out. The text (parsed by
// meyer) adds only what the database does not tell: positions, collations,
// CHECK expressions and deferral.
//
//	files → statements → replay → inspect → model.Schema
//
// SQLite is asked directly, by one pragma query for all tables, because
// Atlas's own inspector is quadratic in the number of tables and loses
// collations and the order of composite keys.
package atlas

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Load reads the schema of a project: the *.sql files that paths name,
// relative to root, in the order sqlc reads them. A path is a file, a folder
// (its files in name order) or a pattern.
//
// It returns a *ConfigError when a path cannot be used at all, and
// model.Problems when the schema is wrong: every problem of every file, with
// the positions the user would type. More than 32 MB of SQL, or statements
// that create more than 10,000 objects, are such a problem.
func Load(ctx context.Context, root string, paths []string) (*model.Schema, error) {
	files, err := ReadFiles(root, paths)
	if err != nil {
		return nil, err
	}
	schema, err := Replay(ctx, files)
	if err != nil {
		return nil, err
	}
	if len(schema.Tables) == 0 {
		var problems model.Problems
		problems.Add(model.Position{File: files[0].Name}, "add a CREATE TABLE", "the schema has no table")
		return nil, problems.Err()
	}
	return schema, nil
}

// Replay runs the files on an empty database and returns the schema they
// make, which may be an empty one. It returns model.Problems when they are
// wrong.
func Replay(ctx context.Context, files []File) (*model.Schema, error) {
	r, err := startReplay(ctx, files)
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.countObjects()
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	for _, script := range r.scripts {
		if err := r.run(ctx, script); err != nil {
			return nil, err
		}
	}
	if r.enough() {
		r.problems.Add(model.Position{}, "", "more than %d problems: the rest is not checked", maxProblems)
		return nil, r.problems.Err()
	}
	schema, err := r.inspect(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	return schema, nil
}
