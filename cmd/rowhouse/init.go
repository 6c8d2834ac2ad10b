package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/starter"
)

func initCommand() *cobra.Command {
	var modulePath string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new project that generates, runs and passes its tests",
		Long: `Init makes a project in DIR, a new or empty folder, or in the current one: the
schema and queries of Better Auth with organizations, a table of products as an
example of your own, the generated package, and a small program that uses it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := directory(cmd)
			if len(args) > 0 {
				folder = under(folder, args[0])
			}
			if modulePath == "" {
				var err error
				if modulePath, err = defaultModule(folder); err != nil {
					return err
				}
			}
			files, err := newProject(cmd.Context(), folder, modulePath)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "made %s: %d files, module %s\nnext: %sgo run .\n",
				folder, files, modulePath, changeFolder(folder))
			return nil
		},
	}
	cmd.Flags().StringVar(&modulePath, "module", "", "module path (default: the folder's name)")
	return cmd
}

func changeFolder(folder string) string {
	if filepath.Clean(folder) == "." {
		return ""
	}
	return "cd " + folder + " && "
}

var notInModule = regexp.MustCompile(`[^a-z0-9._~-]+`)

// defaultModule makes a module path of the folder's name.
func defaultModule(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	name := notInModule.ReplaceAllString(strings.ToLower(filepath.Base(absolute)), "-")
	return strings.Trim(name, "-."), nil
}

// newProject makes the project in a staging folder beside its place, and
// moves it there once it is complete.
func newProject(ctx context.Context, folder, modulePath string) (files int, err error) {
	project, err := starter.New(modulePath)
	if err != nil {
		return 0, fmt.Errorf("cannot use %q as a module path: %w; choose one with --module", modulePath, err)
	}
	if err := mustBeEmpty(folder); err != nil {
		return 0, err
	}
	parent := filepath.Dir(filepath.Clean(folder))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return 0, err
	}
	staging, err := os.MkdirTemp(parent, ".rowhouse-init-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(staging) }()
	if files, err = fillProject(ctx, staging, project); err != nil {
		return 0, err
	}
	return files, moveInto(staging, folder)
}

func mustBeEmpty(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: it has %s; choose a new folder", folder, entries[0].Name())
	}
	return nil
}

// fillProject writes the starter and generates its package.
func fillProject(ctx context.Context, folder string, project starter.Project) (files int, err error) {
	content, err := project.Files()
	if err != nil {
		return 0, err
	}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, content[name], 0o644); err != nil {
			return 0, err
		}
	}
	packages, err := generatePackages(ctx, folder)
	if err != nil {
		return 0, err
	}
	files = len(content)
	for _, p := range packages {
		if _, err := p.folder.Write(p.files); err != nil {
			return 0, err
		}
		files += len(p.files)
	}
	return files, nil
}

// moveInto moves everything in staging into the folder, which is made where
// it is missing.
func moveInto(staging, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(staging)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.Rename(filepath.Join(staging, entry.Name()), filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
