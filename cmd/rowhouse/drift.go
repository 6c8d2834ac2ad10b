package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/migrate/drift"
	"github.com/rowhouse/rowhouse/internal/report"
)

func driftCommand() *cobra.Command {
	var (
		flags  migrateFlags
		format string
	)
	cmd := &cobra.Command{
		Use:   "drift [--url URL] [--format FORMAT]",
		Short: "Compare a live database with its migrations and the schema files",
		Long: `Drift compares every object of a database with what the migrations make, up to the
last that is applied to it, and the migrations with the schema files. Where there are
no migrations, it compares the database with the schema files. It counts the rows that
break a constraint which their table has or should have, and names the first of them.

It writes nothing, and others may use the database meanwhile. Tables of migration tools
and of Cloudflare, and what atlas.hcl excludes, are left out.

Under the findings is the SQL that undoes the drift, in one transaction; as a comment
where it would fail on rows that are there. Below is what would bring the drift into a
migration, a comment always. docs/lint.md explains each code.

Drift exits 1 if it finds anything, and 2 if it cannot be used this way.`,
		Example: `  rowhouse drift
  rowhouse drift --env production
  rowhouse drift --url sqlite://app.db --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := report.ParseFormat(format)
			if err != nil {
				return err
			}
			p, url, err := flags.open(cmd)
			if err != nil {
				return err
			}
			found, err := drift.Find(cmd.Context(), p, url)
			if err != nil {
				return judged(err)
			}
			for _, constraint := range found.Unchecked {
				fmt.Fprintln(cmd.ErrOrStderr(), "not checked:", report.OneLine(constraint))
			}
			if err := writeDrift(cmd.OutOrStdout(), directory(cmd), f, found); err != nil {
				return err
			}
			if len(found.Findings) == 0 && f == report.Text {
				fmt.Fprintln(cmd.OutOrStdout(), "no drift")
			}
			return failure(found.Findings)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&format, "format", string(report.Text), "`FORMAT` of the findings: "+report.Formats)
	return cmd
}

// writeDrift writes the findings and, in the formats that have a place for
// it, SQL.
func writeDrift(w io.Writer, root string, format report.Format, found *drift.Report) error {
	if format == report.JSON {
		return writeDriftJSON(w, found)
	}
	if err := writeFindings(w, root, format, found.Findings); err != nil || format != report.Text {
		return err
	}
	writeWay(w, "This makes the database what the "+found.Source+" say.", found.Repair)
	writeWay(w, "This makes the "+found.Source+" say what the database has. It is for a migration, not for this database.", commented(found.Capture))
	return nil
}

// commented returns a way whose SQL is a comment, so that a client to which all
// of the output is fed does not run it.
func commented(way drift.Way) drift.Way {
	way.SQL = commentedOut(way.SQL)
	return way
}

// writeWay writes SQL under a heading that is SQL too. What fails on the rows
// that are there is commented out.
func writeWay(w io.Writer, heading string, way drift.Way) {
	if way.SQL == "" && way.Fails == "" {
		return
	}
	lines := []string{heading}
	for _, loss := range way.Losses {
		lines = append(lines, fmt.Sprintf("It drops %s.", loss))
	}
	switch {
	case way.SQL == "":
		lines = []string{"No SQL is known because " + way.Fails}
	case len(way.Broken) > 0:
		lines = append(lines, "It fails, and changes nothing, before rows that are there are corrected:")
		for _, broken := range way.Broken {
			lines = append(lines, "  "+broken)
		}
	case way.Fails != "":
		lines = append(lines, "It fails, and changes nothing, if there are rows that break this: "+way.Fails)
	}
	sql := way.SQL
	if len(way.Broken) > 0 {
		sql = commentedOut(sql)
	}
	fmt.Fprintf(w, "\n%s%s", commentedOut(strings.Join(lines, "\n")), sql)
}

// commentedOut makes a comment of every line.
func commentedOut(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("-- "+strings.TrimRight(line, "\n"), " ") + "\n")
	}
	return b.String()
}

// jsonDrift is drift as programs read it.
type jsonDrift struct {
	Findings  json.RawMessage `json:"findings"`
	Source    string          `json:"source"`
	Repair    jsonWay         `json:"repair"`  // from the database to its source
	Capture   jsonWay         `json:"capture"` // from the source to the database
	Unchecked []string        `json:"unchecked"`
}

// jsonWay has the SQL as draft where it fails on the rows that are there.
type jsonWay struct {
	SQL    string     `json:"sql"`
	Draft  string     `json:"draft"`
	Losses []jsonLoss `json:"losses"`
	Fails  string     `json:"fails"`
	Broken []string   `json:"broken"`
}

type jsonLoss struct {
	Table  string `json:"table"`
	Column string `json:"column"`
	Count  int    `json:"count"`
}

func writeDriftJSON(w io.Writer, found *drift.Report) error {
	var findings bytes.Buffer
	if err := report.Write(&findings, report.JSON, found.Findings); err != nil {
		return err
	}
	return report.WriteJSON(w, jsonDrift{
		Findings:  findings.Bytes(),
		Source:    found.Source,
		Repair:    newJSONWay(found.Repair),
		Capture:   newJSONWay(found.Capture),
		Unchecked: append([]string{}, found.Unchecked...),
	})
}

func newJSONWay(way drift.Way) jsonWay {
	losses := []jsonLoss{}
	for _, loss := range way.Losses {
		losses = append(losses, jsonLoss{loss.Table, loss.Column, loss.Count})
	}
	written := jsonWay{SQL: way.SQL, Losses: losses, Fails: way.Fails, Broken: append([]string{}, way.Broken...)}
	if len(way.Broken) > 0 {
		written.SQL, written.Draft = "", way.SQL
	}
	return written
}
