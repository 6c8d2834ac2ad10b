package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate"
)

func pushCommand() *cobra.Command {
	var (
		flags       migrateFlags
		options     migrate.PushOptions
		dryRun, yes bool
	)
	cmd := &cobra.Command{
		Use:   "push [--url URL] [--dry-run | --yes]",
		Short: "Bring a database of development to the schema files, without a migration",
		Long: `Push compares a database with the schema files, shows the SQL between them, asks, and
runs it in one transaction: all of it, or nothing. The plan is tried before on a copy
of the schema that is full of rows. The file of the database is made where it is missing.

It refuses to drop a table or column that holds data, unless --allow-loss says so. A
table or column that is renamed says so in the schema: "-- atlas:renamed_from title".

Tables of migration tools, and what atlas.hcl excludes, stay as they are. Nothing
remembers what was pushed: write a migration for it with rowhouse migrate diff.`,
		Example: `  rowhouse push --dry-run
  rowhouse push --url sqlite://scratch.db --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, url, err := flags.openToPlan(cmd)
			if err != nil {
				return err
			}
			options.Progress = rowProgress(cmd)
			push, err := p.PlanPush(cmd.Context(), url, options)
			if err != nil {
				return judged(err)
			}
			if push.Empty() {
				fmt.Fprintln(cmd.OutOrStdout(), "the database is what the schema files say: nothing to do")
				return nil
			}
			text := push.SQL()
			if dryRun { // to be run by hand
				text = push.Script()
			}
			fmt.Fprint(cmd.OutOrStdout(), text)
			if err := push.Refusal(); err != nil {
				return judged(err)
			}
			warn(cmd.ErrOrStderr(), push.Plan)
			switch {
			case dryRun:
				return nil
			case !yes:
				if err := confirm(cmd, "run this on "+url); err != nil {
					return findingsError{err}
				}
			}
			return runPush(cmd, push, options.Progress)
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print the statements, and change nothing")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&options.AllowLoss, "allow-loss", false, "drop also tables and columns that hold data")
	cmd.Flags().StringArrayVar(&options.Drop, "drop", nil, "the table or column `NAME` (table.column) is meant to go; may be repeated")
	oneOf(cmd, "dry-run", "yes")
	return cmd
}

func runPush(cmd *cobra.Command, push *migrate.Push, progress func(string, int)) error {
	err := push.Run(cmd.Context())
	endProgress(cmd, progress)
	if err != nil {
		return judged(err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "ran %s\n", count(len(push.Steps), "statement"))
	return nil
}

// errNotAsked says that nobody is there to be asked.
var errNotAsked = errors.New("nothing was changed: add --yes to run this where nobody can be asked")

// confirm asks whoever is at the terminal. It returns an error when the answer
// is no, or when there is no terminal.
func confirm(cmd *cobra.Command, what string) error {
	if file, ok := cmd.InOrStdin().(*os.File); !ok || !isTerminal(file) {
		return errNotAsked
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "\n%s? [y/N] ", what)
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing was changed")
}

// isTerminal reports whether someone may be behind a file. The null device is
// of the same kind, and nobody is there.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
