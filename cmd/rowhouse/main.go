// Command rowhouse turns a SQL schema and sqlc queries into typed,
// tenant-safe Go data access.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/pipeline"
)

// The exit codes of every command.
const (
	exitFine     = 0
	exitFindings = 1 // something is wrong with the input, or stale
	exitUsage    = 2 // wrong usage or configuration
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return exitCode(err)
}

// exitCode maps an error to what the shell is told. Cobra's own errors are
// about usage.
func exitCode(err error) int {
	var findings findingsError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &findings) && !pipeline.IsConfiguration(err):
		return exitFindings
	}
	return exitUsage
}

// findingsError is an error about what a command was asked to judge.
type findingsError struct{ error }

func (e findingsError) Unwrap() error { return e.error }

// rootCommand puts the commands together.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "rowhouse",
		Short:         "Typed, tenant-safe Go data access from a SQL schema and sqlc queries",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return checkDirectory(cmd) },
	}
	root.PersistentFlags().StringP("directory", "C", ".", "run as if started in this folder")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		initCommand(),
		generateCommand(),
		vetCommand(),
		migrateCommand(),
		pushCommand(),
		driftCommand(),
		versionCommand(),
		pluginCommand(),
		sqlcCommand(),
	)
	return root
}

// directory returns the folder of flag -C.
func directory(cmd *cobra.Command) string {
	folder, _ := cmd.Flags().GetString("directory")
	return folder
}

// checkDirectory returns an error when flag -C names no folder.
func checkDirectory(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("directory") {
		return nil
	}
	folder := directory(cmd)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("-C %s: there is no such folder; make it, or correct the path", folder)
	case err != nil:
		return fmt.Errorf("-C %s: %w", folder, err)
	case !info.IsDir():
		return fmt.Errorf("-C %s: it is no folder; name the one that holds the project", folder)
	}
	return nil
}

// oneOf makes a command refuse flags that contradict each other.
func oneOf(cmd *cobra.Command, a, b string) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed(a) && cmd.Flags().Changed(b) {
			return fmt.Errorf("--%s and --%s contradict each other; leave out one of them", a, b)
		}
		return nil
	}
}
