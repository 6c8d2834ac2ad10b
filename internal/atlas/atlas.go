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

	"github.com/rowhouse/rowhouse/internal/database"
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
	d, err := Open(ctx, root, paths)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Schema, nil
}

// Database is the in-memory database that a schema was replayed on.
type Database struct {
	Schema *model.Schema
	replay *replay
}

// Open is Load, and keeps the database to try statements on. The caller
// closes it.
func Open(ctx context.Context, root string, paths []string) (*Database, error) {
	files, err := ReadFiles(root, paths)
	if err == nil {
		files, err = Imported(files)
	}
	if err != nil {
		return nil, err
	}
	d, err := open(ctx, files)
	if err != nil {
		return nil, err
	}
	if len(d.Schema.Tables) == 0 {
		d.Close()
		return nil, NoTable(files)
	}
	return d, nil
}

// NoTable is the model.Problems of files that make no table.
func NoTable(files []File) error {
	var problems model.Problems
	problems.Add(model.Position{File: files[0].Name}, "add a CREATE TABLE", "the schema has no table")
	return problems.Err()
}

// Prepare has the database compile one statement, and returns SQLite's error.
func (d *Database) Prepare(ctx context.Context, statement string) error {
	return d.replay.db.Prepare(ctx, statement)
}

// Close forgets the database.
func (d *Database) Close() { d.replay.close() }

// Replay runs the files on an empty database and returns the schema they
// make, which may be an empty one. It returns model.Problems when they are
// wrong.
func Replay(ctx context.Context, files []File) (*model.Schema, error) {
	d, err := open(ctx, files)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Schema, nil
}

func open(ctx context.Context, files []File) (*Database, error) {
	r, err := startReplay(ctx, files)
	if err != nil {
		return nil, err
	}
	schema, err := r.all(ctx)
	if err != nil {
		r.close()
		return nil, err
	}
	return &Database{Schema: schema, replay: r}, nil
}

// all replays every script and inspects the result.
func (r *replay) all(ctx context.Context) (*model.Schema, error) {
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

// DB is the replayed database itself.
func (d *Database) DB() *database.DB { return d.replay.db }

// ReplayOn runs the files on a database that is not empty, and returns what
// Replay does.
func ReplayOn(ctx context.Context, db *database.DB, files []File) (*model.Schema, error) {
	return newReplay(db, files).all(ctx)
}

// OpenFiles is Open for files that are read already. The schema they make may
// be an empty one.
func OpenFiles(ctx context.Context, files []File) (*Database, error) { return open(ctx, files) }

// Inspect returns the schema of a database. Nothing is known of where it is
// written, and keys that reference what is not there are no problem.
func Inspect(ctx context.Context, db *database.DB) (*model.Schema, error) {
	r := newReplay(db, nil)
	r.lost.everything = true
	return r.all(ctx)
}
