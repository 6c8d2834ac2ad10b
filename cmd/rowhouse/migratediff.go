package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
)

func migrateDiffCommand(project *migrateFlags) *cobra.Command {
	var (
		options migrate.DiffOptions
		dryRun  bool
	)
	cmd := &cobra.Command{
		Use:   "diff [NAME]",
		Short: "Write the migration from what the migrations make to what the schema says",
		Long: `Diff replays the migrations and the schema files, plans the way from the one to the
other, and proves the plan before it writes it: on a copy with rows in it, in one
transaction with foreign keys on, the plan must lead to exactly the schema, and no row
or value may be missing. Otherwise nothing is written, and what remains is shown.

A table or column that is renamed says so in the schema, on the line above it:

  -- atlas:renamed_from title
  name TEXT NOT NULL,

Something that is dropped while something like it is new is asked about, never guessed:
diff exits 1 and shows the line to add. --drop says that it is meant to go.`,
		Example: `  rowhouse migrate diff add_price
  rowhouse migrate diff drop_legacy --drop product.legacy_price`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			options.Name, options.Now = strings.Join(args, ""), time.Now()
			p, _, err := project.openToPlan(cmd)
			if err != nil {
				return err
			}
			return writeDiff(cmd, p, options, dryRun)
		},
	}
	cmd.Flags().StringArrayVar(&options.Drop, "drop", nil, "the table or column `NAME` (table.column) is meant to go; may be repeated")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print the statements, and write nothing")
	return cmd
}

func writeDiff(cmd *cobra.Command, p *migrate.Project, options migrate.DiffOptions, dryRun bool) error {
	rows, err := p.RowStatements()
	if err != nil {
		return judged(err)
	}
	for _, st := range rows {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: rows are no part of a schema, and left out; write them into a migration\n", st.Pos)
	}
	diff, err := p.Diff(cmd.Context(), options)
	if err != nil {
		return judged(err)
	}
	if diff == nil {
		fmt.Fprintln(cmd.OutOrStdout(), "the migrations make the schema: nothing to do")
		return nil
	}
	warn(cmd.ErrOrStderr(), diff.Plan)
	if dryRun {
		fmt.Fprint(cmd.OutOrStdout(), diff.Text)
		return nil
	}
	written, err := p.Write(diff)
	if err != nil {
		return fmt.Errorf("cannot write the migration: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: %s\n", written.Name, count(len(diff.Steps), "statement"))
	return nil
}

// warn says what a plan drops, and on which rows it will fail.
func warn(w io.Writer, way *plan.Plan) {
	for _, loss := range way.Losses {
		fmt.Fprintf(w, "drops %s, with all its values\n", loss)
	}
	for _, conversion := range way.Conversions {
		fmt.Fprintf(w, "converts %s; fails, and changes nothing, where a value would not be the same\n", conversion)
	}
	if way.Refuses != nil {
		fmt.Fprintf(w, "fails, and changes nothing, where rows do not satisfy the new schema: %v\n", way.Refuses.Err)
	}
}
