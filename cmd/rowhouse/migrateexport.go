package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/export"
	"github.com/rowhouse/rowhouse/internal/output"
)

func migrateExportCommand(project *migrateFlags) *cobra.Command {
	var format, out string
	var check bool
	cmd := &cobra.Command{
		Use:   "export --format FORMAT -o DIR",
		Short: "Write the migrations for wrangler, goose, golang-migrate or dbmate",
		Long: `Export writes the migrations as files of another tool, which then runs them in
the place of apply. The tools run each file in a transaction, where foreign keys stay
on, and D1 has them on always. So every migration is tried like that, with rows in the
tables: one that would lose some of them is refused, and nothing is written.

Files in DIR that were exported before, and are of no migration any more, go. Others
are not touched. With --check export writes nothing, lists the files that are missing,
changed or extra, and exits 1 if there are any.`,
		Example: `  rowhouse migrate export --format wrangler -o d1/migrations
  rowhouse migrate export --format goose -o db/goose --check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			tool, err := export.ParseFormat(format)
			if err != nil {
				return err
			}
			p, _, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			e := exported{out: out, folder: output.Folder{Path: under(directory(cmd), out), Header: export.Header}}
			if err := e.render(cmd.Context(), p, tool); err != nil {
				return judged(err)
			}
			if check {
				return e.compare(cmd.OutOrStdout())
			}
			return e.write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "`FORMAT` of the files: wrangler, goose, golang-migrate or dbmate")
	cmd.Flags().StringVarP(&out, "out", "o", "", "`DIR` for the files")
	cmd.Flags().BoolVar(&check, "check", false, "compare with what is there instead of writing")
	for _, required := range []string{"format", "out"} {
		if err := cmd.MarkFlagRequired(required); err != nil {
			panic(err) // there is no such flag
		}
	}
	return cmd
}

// under returns a path of the command line as seen from folder root.
func under(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}

// exported are migrations, ready to be written.
type exported struct {
	out    string // as on the command line
	folder output.Folder
	files  map[string][]byte
}

func (e *exported) render(ctx context.Context, project *migrate.Project, format export.Format) (err error) {
	if err := export.CheckFolder(project, format, e.folder.Path); err != nil {
		return err
	}
	e.files, err = export.Files(ctx, project, format)
	return err
}

func (e *exported) write(w io.Writer) error {
	d, err := e.folder.Write(e.files)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", e.out, err)
	}
	if d.None() {
		fmt.Fprintf(w, "%s is up to date\n", e.out)
		return nil
	}
	fmt.Fprintf(w, "%s: %s: %s\n", e.out, count(len(e.files), "file"), d)
	return nil
}

func (e *exported) compare(w io.Writer) error {
	d, err := e.folder.Compare(e.files)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", e.out, err)
	}
	d.Print(w, e.out)
	if !d.None() {
		return findingsError{errors.New("the exported migrations are stale; run rowhouse migrate export without --check")}
	}
	return nil
}
