package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/migrate/lint"
	"github.com/rowhouse/rowhouse/internal/report"
)

func migrateLintCommand(project *migrateFlags) *cobra.Command {
	var (
		options lint.Options
		format  string
	)
	cmd := &cobra.Command{
		Use:   "lint [--latest N] [--base REF] [--url URL] [--format FORMAT]",
		Short: "Find what may go wrong when migrations are applied",
		Long: `Lint reports what migrations destroy, what they may fail on once there are rows,
what they lose although no statement says so, and what Cloudflare D1 refuses. It runs
rebuilds on a sample of rows in one transaction, as goose, golang-migrate and D1 do.
docs/lint.md explains each code, and how to silence it by "-- atlas:nolint CODE".

It looks at all migrations, or at those that --latest, --base and --url leave: the
last N, those that are not in a git ref or were edited since, those that a database
has not had.

Lint exits 1 if it finds anything but notes.`,
		Example: `  rowhouse migrate lint
  rowhouse migrate lint --latest 1
  rowhouse migrate lint --base origin/main --format github`,
		DisableFlagsInUseLine: true,

		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := report.ParseFormat(format)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("latest") && options.Latest < 1 {
				return errors.New("--latest is no number of migrations; write 1 or more")
			}
			p, _, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			options.URL = project.url
			findings, err := lint.Run(cmd.Context(), p, options)
			if err != nil {
				return lintError(err)
			}
			if err := writeFindings(cmd.OutOrStdout(), directory(cmd), format, findings); err != nil {
				return err
			}
			return failure(findings)
		},
	}
	cmd.Flags().IntVar(&options.Latest, "latest", 0, "look at the last `N` migrations")
	cmd.Flags().StringVar(&options.Base, "base", "", "look at the migrations that are not in this git `REF`")
	cmd.Flags().StringVar(&format, "format", string(report.Text), "`FORMAT` of the findings: "+report.Formats)
	return cmd
}

// lintError tells what is wrong with the call and the configuration from what
// is wrong with the input.
func lintError(err error) error {
	var (
		ref           *lint.RefError
		configuration *config.Error
	)
	if errors.As(err, &ref) || errors.As(err, &configuration) {
		return err
	}
	return judged(err)
}
