package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/pipeline"
	"github.com/rowhouse/rowhouse/internal/sqlc"
)

// pluginCommand is what sqlc generate calls: it hands over the analysed
// queries on stdin and writes the files that it is answered.
func pluginCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "/plugin.CodegenService/Generate",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			request, err := sqlc.ReadRequest(cmd.InOrStdin())
			if err != nil {
				return err
			}
			files, err := pipeline.Answer(cmd.Context(), ".", request)
			if err != nil {
				return findingsError{err}
			}
			return sqlc.WriteResponse(cmd.OutOrStdout(), files)
		},
	}
}

// sqlcCommand runs sqlc itself. internal/sqlc starts it as a child process.
func sqlcCommand() *cobra.Command {
	return &cobra.Command{
		Use:                sqlc.ChildCommand,
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if code := sqlc.Main(args); code != 0 {
				os.Exit(code)
			}
			return nil
		},
	}
}
