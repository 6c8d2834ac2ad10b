package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate"
)

func migrateApplyCommand(project *migrateFlags) *cobra.Command {
	var (
		options migrate.ApplyOptions
		order   string
		dryRun  bool
	)
	cmd := &cobra.Command{
		Use:   "apply [N]",
		Short: "Apply the pending migrations, or the first N of them",
		Long: `Apply brings a database to the last migration. Each migration is applied in a
transaction of its own, under the lock of SQLite itself: it is there in full or not at
all, whatever happens meanwhile, and several that apply at once wait for each other.
The file of the database is made where it is missing.

It refuses a directory that does not agree with atlas.sum, a migration that was edited
after it was applied, and a database with another schema than its migrations made. Each
migration is tried before on a sample of rows, and refused if rows go missing that it
does not drop or delete by name.

A migration that turns foreign keys off to rebuild tables runs with foreign keys really
off, and is undone if it breaks any. One that begins with "-- atlas:txmode none" runs
without a transaction; when it fails, the next apply goes on where it stopped.

Apply exits 1 if a migration cannot be applied, and 2 if it cannot be used this way.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if options.Amount, err = amount(args); err != nil {
				return err
			}
			if options.Amount > 0 && options.To != "" {
				return errBothEnds
			}
			if options.Order, err = parseOrder(order); err != nil {
				return err
			}
			p, url, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			complete(&options, p.Env, cmd.Flags().Changed("exec-order"))
			if dryRun {
				return listPending(cmd, p, url, options)
			}
			return apply(cmd, p, url, options)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.To, "to", "", "apply up to this `VERSION`")
	flags.BoolVar(&dryRun, "dry-run", false, "print the statements that would run, and change nothing")
	flags.StringVar(&options.Baseline, "baseline", "", "take a database without history for one at this `VERSION`")
	flags.BoolVar(&options.AllowDirty, "allow-dirty", false, "let be what is in the database and in no migration")
	flags.StringVar(&order, "exec-order", string(atlas.Linear), "what to do with migrations behind applied ones: `ORDER` linear (refuse), linear-skip or non-linear (apply)")
	flags.DurationVar(&options.LockTimeout, "lock-timeout", 0, "how long to wait for others, as 10s (default: _busy_timeout of the URL, or 30s)")
	flags.BoolVar(&options.AllowLoss, "allow-loss", false, "apply also migrations that lose rows though no statement says so")
	flags.BoolVar(&options.SkipDriftCheck, "skip-drift-check", false, "do not compare what was applied with the directory and the database")
	oneOf(cmd, "baseline", "allow-dirty")
	return cmd
}

// complete adds what atlas.hcl says, where no flag says otherwise.
func complete(options *migrate.ApplyOptions, env *atlas.Env, orderIsSet bool) {
	if !orderIsSet {
		options.Order = cmp.Or(env.Order, options.Order)
	}
	options.LockTimeout = cmp.Or(options.LockTimeout, env.LockTimeout)
}

// parseOrder returns the order of that name.
func parseOrder(name string) (atlas.Order, error) {
	switch order := atlas.Order(name); order {
	case atlas.Linear, atlas.LinearSkip, atlas.NonLinear:
		return order, nil
	}
	return "", fmt.Errorf("unknown --exec-order %q; write linear, linear-skip or non-linear", name)
}

func apply(cmd *cobra.Command, p *migrate.Project, url string, options migrate.ApplyOptions) error {
	options.Progress = rowProgress(cmd)
	applied, err := p.Apply(cmd.Context(), url, options)
	endProgress(cmd, options.Progress)
	out := cmd.OutOrStdout()
	var took time.Duration
	for _, m := range applied {
		fmt.Fprintf(out, "applied %s: %s in %v\n", m.Name, count(m.Statements, "statement"), short(m.Duration))
		took += m.Duration
	}
	switch {
	case err != nil:
	case len(applied) == 0:
		fmt.Fprintln(out, "nothing to apply")
	default:
		fmt.Fprintf(out, "%s in %v\n", count(len(applied), "migration"), short(took))
	}
	return judged(err)
}

// listPending prints what apply would run.
func listPending(cmd *cobra.Command, p *migrate.Project, url string, options migrate.ApplyOptions) error {
	pending, err := p.Pending(cmd.Context(), url, options)
	if err != nil {
		return judged(err)
	}
	if len(pending) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "nothing to apply")
	}
	for _, m := range pending {
		printFile(cmd.OutOrStdout(), m.File)
	}
	return nil
}

// printFile prints a file under its name.
func printFile(w io.Writer, file atlas.File) {
	fmt.Fprintf(w, "-- %s\n%s\n", file.Name, strings.TrimRight(file.Text, "\n"))
}
