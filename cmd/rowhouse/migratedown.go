package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate"
)

func migrateDownCommand(project *migrateFlags) *cobra.Command {
	var options migrate.DownOptions
	cmd := &cobra.Command{
		Use:   "down [N]",
		Short: "Undo the last migration, or the last N",
		Long: `Down takes a database back to an earlier migration. There are no down files: the way
back is planned from the schema as it is to the one before, tried on a copy that is
full of rows, and taken in one transaction.

It refuses a database with another schema than its migrations made, and to drop a
table or column that holds data.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if options.Amount, err = amount(args); err != nil {
				return err
			}
			if options.Amount > 0 && options.To != "" {
				return errBothEnds
			}
			p, url, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			options.Progress = rowProgress(cmd)
			undone, err := p.Down(cmd.Context(), url, options)
			endProgress(cmd, options.Progress)
			if err != nil {
				return judged(err)
			}
			listUndone(cmd, p, undone, options.DryRun)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.To, "to", "", "undo what was applied after this `VERSION`")
	flags.BoolVar(&options.AllowLoss, "allow-loss", false, "drop also tables and columns that hold data")
	flags.BoolVar(&options.DryRun, "dry-run", false, "print the statements that would run, and change nothing")
	flags.DurationVar(&options.LockTimeout, "lock-timeout", 0, "how long to wait for others, as 10s (default: _busy_timeout of the URL, or 30s)")
	return cmd
}

// listUndone says what down did, or would do.
func listUndone(cmd *cobra.Command, p *migrate.Project, undone *migrate.Undone, dryRun bool) {
	out := cmd.OutOrStdout()
	switch {
	case len(undone.Revisions) == 0:
		fmt.Fprintln(cmd.ErrOrStderr(), "nothing to undo")
	case dryRun:
		fmt.Fprint(out, undone.Plan.SQL())
	default:
		for _, r := range undone.Revisions {
			fmt.Fprintf(out, "undid %s\n", p.Directory.Migration(r.Version).Name)
		}
	}
}
