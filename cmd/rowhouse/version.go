package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/version"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of rowhouse and of what it is built on",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionText())
			return err
		},
	}
}

// builtOn are the modules whose versions shape the output.
var builtOn = []string{
	"github.com/sqlc-dev/sqlc",
	"github.com/sqlc-dev/meyer",
	"ariga.io/atlas",
	"github.com/mattn/go-sqlite3",
	"github.com/dave/jennifer",
}

// versionText is rowhouse's version and, a line each, those of builtOn.
func versionText() string {
	text := "rowhouse " + version.Version()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	versions := map[string]string{}
	for _, module := range info.Deps {
		versions[module.Path] = module.Version
	}
	for _, path := range builtOn {
		if versions[path] != "" {
			text += fmt.Sprintf("\n  %s %s", path, versions[path])
		}
	}
	return text
}
