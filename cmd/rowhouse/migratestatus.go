package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/report"
)

func migrateStatusCommand(project *migrateFlags) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show which migrations a database has had, and which are pending",
		Long: `Status compares the history of a database with the directory of migrations. It
exits 1 when a migration is pending, was added behind applied ones, was edited after
it was applied, or is applied and gone.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != string(report.Text) && format != string(report.JSON) {
				return fmt.Errorf("unknown format %q; write text or json", format)
			}
			p, url, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			status, err := p.Status(cmd.Context(), url)
			if err != nil {
				return judged(err)
			}
			if err := writeStatus(cmd.OutOrStdout(), report.Format(format), status); err != nil {
				return err
			}
			return statusFailure(status)
		},
	}
	cmd.Flags().StringVar(&format, "format", string(report.Text), "`FORMAT`: text or json")
	return cmd
}

// statusFailure says what is not as it should be.
func statusFailure(s *migrate.Status) error {
	switch {
	case s.Wrong():
		return findingsError{errors.New("the history of the database does not fit the migrations")}
	case len(s.Pending) > 0:
		return findingsError{fmt.Errorf("%s pending; run rowhouse migrate apply", count(len(s.Pending), "migration"))}
	}
	return nil
}

func writeStatus(w io.Writer, format report.Format, s *migrate.Status) error {
	if format == report.JSON {
		return report.WriteJSON(w, s)
	}
	current := s.Current
	if current == "" {
		current = "none"
	}
	fmt.Fprintf(w, "current version: %s\n", current)
	if s.Baseline != "" {
		fmt.Fprintf(w, "baseline: %s\n", s.Baseline)
	}
	if s.LastApplied != nil {
		fmt.Fprintf(w, "last applied: %s\n", s.LastApplied.Format(time.DateTime))
	}
	fmt.Fprintf(w, "applied: %d, pending: %d\n", len(s.Applied), len(s.Pending))
	return listStatus(w, s)
}

// listStatus lists the files that need attention.
func listStatus(w io.Writer, s *migrate.Status) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, list := range []struct {
		what  string
		files []migrate.FileStatus
	}{{"pending", s.Pending}, {"out of order", s.OutOfOrder}, {"edited", s.Edited}, {"missing", s.Missing}} {
		for _, file := range list.files {
			fmt.Fprintf(table, "%s\t%s\t%s\n", list.what, file.File, progressOf(file))
		}
	}
	return table.Flush()
}

// progressOf says how far a migration is.
func progressOf(file migrate.FileStatus) string {
	text := count(file.Statements, "statement")
	if file.Done > 0 && file.Done < file.Statements {
		text = fmt.Sprintf("%d of %s applied", file.Done, text)
	}
	if file.Error != "" {
		text += "; stopped: " + report.OneLine(file.Error)
	}
	return text
}
