package plan

import (
	"context"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// State is a database in memory, and the schema it has.
type State struct {
	Schema *model.Schema
	DB     *database.DB
}

// Close forgets the database.
func (s *State) Close() {
	_ = s.DB.Close() // in memory: there is nothing to lose
}

// Replay runs files on an empty database. It returns model.Problems when they
// are wrong. The caller closes the state.
func Replay(ctx context.Context, files []atlas.File) (*State, error) {
	d, err := atlas.OpenFiles(ctx, files)
	if err != nil {
		return nil, err
	}
	return &State{Schema: d.Schema, DB: d.DB()}, nil
}

// FromImage returns the state whose database has an image.
func FromImage(ctx context.Context, image []byte) (*State, error) {
	db, err := database.FromImage(ctx, image)
	if err != nil {
		return nil, err
	}
	schema, err := atlas.Inspect(ctx, db)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return &State{Schema: schema, DB: db}, nil
}

// Assemble makes an empty database with a schema, which keeps what it knows of
// positions. It returns SQLite's error where that is not possible, as with an
// object that uses a function of some program's own. The caller closes the
// state.
func Assemble(ctx context.Context, s *model.Schema) (*State, error) {
	db, err := database.Memory(ctx)
	if err != nil {
		return nil, err
	}
	for _, sql := range statements(s) {
		if err := db.Exec(ctx, sql); err != nil {
			_ = db.Close()
			return nil, fmt.Errorf("%s: %w", sqltext.Plain(sql), err)
		}
	}
	return &State{Schema: s, DB: db}, nil
}

// statements returns what makes a schema, in one transaction.
func statements(s *model.Schema) []string {
	all := []string{"BEGIN"}
	for _, t := range s.Tables {
		all = append(all, t.SQL)
	}
	for _, index := range indexesOf(s) {
		all = append(all, index.SQL)
	}
	for _, d := range dependents(s) {
		all = append(all, d.sql)
	}
	return append(all, "COMMIT")
}
