package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/emit"
	"github.com/rowhouse/rowhouse/internal/output"
	"github.com/rowhouse/rowhouse/internal/pipeline"
)

func generateCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Generate the Go packages that sqlc.yaml names",
		Long: `Generate reads sqlc.yaml, the schema and the queries, and writes the packages.
Either all of them are written, or nothing is.

With --check it writes nothing, lists the files that are missing, changed or
extra, and exits 1 if there are any.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			packages, err := generatePackages(cmd.Context(), directory(cmd))
			if err != nil {
				return err
			}
			if check {
				return comparePackages(cmd.OutOrStdout(), packages)
			}
			return writePackages(cmd.OutOrStdout(), packages)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "compare with what is there instead of writing")
	return cmd
}

// generated is one package, ready to be written.
type generated struct {
	out    string // as in sqlc.yaml
	folder output.Folder
	files  map[string][]byte
}

// loadProject reads the configuration of the project in folder root, all of
// which must be right.
func loadProject(root string) (*config.Project, error) {
	project, err := config.Load(root)
	if err != nil {
		return nil, err
	}
	return project, atlas.CheckConfig(root)
}

// generatePackages renders every package of the project in folder root.
func generatePackages(ctx context.Context, root string) ([]generated, error) {
	project, err := loadProject(root)
	if err != nil {
		return nil, err
	}
	var packages []generated
	var failures []error
	for _, target := range project.Targets {
		files, err := pipeline.Generate(ctx, root, target)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		folder := output.Folder{Path: filepath.Join(root, target.Out), Header: emit.Header}
		packages = append(packages, generated{target.Out, folder, files})
	}
	if err := errors.Join(failures...); err != nil {
		return nil, findingsError{err}
	}
	return packages, nil
}

func writePackages(w io.Writer, packages []generated) error {
	for _, p := range packages {
		d, err := p.folder.Write(p.files)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", p.out, err)
		}
		if d.None() {
			fmt.Fprintf(w, "%s is up to date\n", p.out)
			continue
		}
		fmt.Fprintf(w, "%s: %d files: %s\n", p.out, len(p.files), d)
	}
	return nil
}

// comparePackages lists every file that is not as it should be.
func comparePackages(w io.Writer, packages []generated) error {
	stale := false
	for _, p := range packages {
		d, err := p.folder.Compare(p.files)
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", p.out, err)
		}
		d.Print(w, p.out)
		stale = stale || !d.None()
	}
	if stale {
		return findingsError{errors.New("generated code is stale; run rowhouse generate")}
	}
	return nil
}
