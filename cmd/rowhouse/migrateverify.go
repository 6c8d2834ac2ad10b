package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate/verify"
	"github.com/rowhouse/rowhouse/internal/report"
)

func migrateVerifyCommand(project *migrateFlags) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "verify [--format FORMAT]",
		Short: "Check that the migrations make the schema, and lose nothing on the way",
		Long: `Verify judges the migrations alone, without a database: that they are what atlas.sum
says, that they can be applied one after the other, that each keeps the rows of a
sample but for what it drops or deletes by name, and that together they make exactly
what the schema files say.

Verify exits 1 if it finds anything.`,
		DisableFlagsInUseLine: true,

		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := report.ParseFormat(format)
			if err != nil {
				return err
			}
			p, _, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			findings, err := verify.Run(cmd.Context(), p)
			if err != nil {
				return judged(err)
			}
			if err := writeFindings(cmd.OutOrStdout(), directory(cmd), format, findings); err != nil {
				return err
			}
			if len(findings) == 0 && format == report.Text {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: right\n", count(len(p.Directory.Migrations), "migration"))
			}
			return failure(findings)
		},
	}
	cmd.Flags().StringVar(&format, "format", string(report.Text), "`FORMAT` of the findings: "+report.Formats)
	return cmd
}
