// Package dataset makes the database of the benchmark: the schema of the
// repository, filled with the same rows on every run.
package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Replay runs the schema files of a folder, in the order of their names.
func Replay(ctx context.Context, db *sql.DB, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return fmt.Errorf("list the schema: %w", err)
	}
	if len(files) == 0 {
		return errors.New("no schema in " + folder + "; run this in the folder bench")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
		if _, err := db.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
