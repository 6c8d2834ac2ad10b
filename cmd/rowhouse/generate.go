package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

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

// generated is one package, or what a schema gets, ready to be written.
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
	schemas := map[string]map[string][]byte{} // by folder, which several packages may share
	for _, target := range project.Targets {
		files, err := pipeline.Generate(ctx, root, target)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		packages = append(packages, generated{
			target.Out, output.Folder{Path: under(root, target.Out), Header: emit.Header}, files.Package,
		})
		folder := pipeline.SchemaFolder(root, target)
		others, shared := schemas[folder]
		switch {
		case folder == "":
		case shared && !maps.EqualFunc(others, files.Schema, bytes.Equal):
			failures = append(failures, fmt.Errorf("sqlc.yaml: packages of the schema in %s have different options audit_log; give all the same", folder))
		default:
			schemas[folder] = files.Schema
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(schemas)) {
		packages = append(packages, generated{
			folder, output.Folder{Path: under(root, folder), Header: emit.SQLHeader}, schemas[folder],
		})
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
		switch {
		case !d.None():
			fmt.Fprintf(w, "%s: %d files: %s\n", p.out, len(p.files), d)
		case len(p.files) > 0:
			fmt.Fprintf(w, "%s is up to date\n", p.out)
		}
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
