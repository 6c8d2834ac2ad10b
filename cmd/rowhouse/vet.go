package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/lint"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/pipeline"
	"github.com/rowhouse/rowhouse/internal/prove"
	"github.com/rowhouse/rowhouse/internal/report"
)

// vetFlags are the flags of vet.
type vetFlags struct {
	explain     string
	format      string
	tenantParam string
	actorParam  string
	schema      string
}

func vetCommand() *cobra.Command {
	var flags vetFlags
	cmd := &cobra.Command{
		Use: `vet [--explain QUERY] [--format FORMAT]
  rowhouse vet --tenant-param NAME [--actor-param NAME] [--schema PATH] [--format FORMAT] FILE.sql...`,
		DisableFlagsInUseLine: true,

		Short: "Prove that queries stay within their tenant, and lint the schema",
		Long: `Vet proves every query of sqlc.yaml to stay within one tenant, lists what
proves it, and reports what the schema and the queries allow all the same: names
that are unique across tenants, foreign keys that leave the tenant out, missing
indexes, deleted rows that come back. docs/lint.md explains each code, and how to
silence it in place.

With --explain it prints the proof of one query step by step, or why there is none.

With --tenant-param it proves the statements of any SQL files, of any project,
without sqlc. NAME is the parameter that holds the tenant: "org" stands for @org,
:org, $org and sqlc.arg(org). The schema is that of sqlc.yaml, of atlas.hcl (env
local), or the folder "schema", whichever is there first. A statement that touches
a table that is neither owned nor global is unproven.

Vet exits 1 if it finds anything but notes, and 2 if it cannot be used this way.`,
		Example: `  rowhouse vet
  rowhouse vet --explain LatestProducts
  rowhouse vet --format sarif > rowhouse.sarif
  rowhouse vet --tenant-param org --actor-param me --format json db/queries/*.sql`,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := flags.check(cmd, args)
			if err != nil {
				return err
			}
			switch {
			case flags.tenantParam != "":
				return vetFiles(cmd, flags, format, args)
			case flags.explain != "":
				return explain(cmd.Context(), directory(cmd), flags.explain, cmd.OutOrStdout())
			}
			return vetProject(cmd.Context(), directory(cmd), format, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&flags.explain, "explain", "", "print the proof of one `QUERY`, or why there is none")
	cmd.Flags().StringVar(&flags.format, "format", string(report.Text), "`FORMAT` of the findings: "+report.Formats)
	cmd.Flags().StringVar(&flags.tenantParam, "tenant-param", "", "prove FILEs, where the parameter `NAME` holds the tenant")
	cmd.Flags().StringVar(&flags.actorParam, "actor-param", "", "the parameter `NAME` holds the acting user (with --tenant-param)")
	cmd.Flags().StringVar(&flags.schema, "schema", "", "`PATH` of the schema (with --tenant-param)")
	return cmd
}

// check returns the format, or what is wrong with the flags.
func (f *vetFlags) check(cmd *cobra.Command, files []string) (report.Format, error) {
	forFiles := cmd.Flags().Changed("tenant-param")
	f.tenantParam, f.actorParam = bareName(f.tenantParam), bareName(f.actorParam)
	switch {
	case forFiles && f.tenantParam == "":
		return "", errors.New("--tenant-param is empty; name the parameter, as in --tenant-param org")
	case forFiles && f.explain != "":
		return "", errors.New("--explain is about a query of sqlc.yaml; leave out --tenant-param")
	case forFiles && len(files) == 0:
		return "", errors.New("--tenant-param proves files; name them, as in rowhouse vet --tenant-param org queries/*.sql")
	case !forFiles && len(files) > 0:
		return "", fmt.Errorf("nothing says which parameter of %s holds the tenant; name it with --tenant-param", files[0])
	case !forFiles && f.actorParam != "":
		return "", errors.New("--actor-param goes with --tenant-param and files")
	case !forFiles && f.schema != "":
		return "", errors.New("--schema goes with --tenant-param and files; otherwise sqlc.yaml names the schema")
	case f.explain != "" && cmd.Flags().Changed("format") && f.format != string(report.Text):
		return "", errors.New("--explain prints text; leave out --format")
	}
	return report.ParseFormat(f.format)
}

// bareName is a parameter's name without the sign that SQL puts before it.
func bareName(parameter string) string { return strings.TrimLeft(parameter, "@:$") }

// vetted is what is known of the queries and the schema of one target.
type vetted struct {
	queries  []vettedQuery
	findings []report.Finding
}

// vettedQuery is a query, and why it has no scope.
type vettedQuery struct {
	*model.Query
	problems model.Problems
}

// vetProject reports on all targets of the project in folder root.
func vetProject(ctx context.Context, root string, format report.Format, w io.Writer) error {
	all, err := vetTargets(ctx, root)
	if err != nil {
		return err
	}
	var findings []report.Finding
	var queries []vettedQuery
	for _, v := range all {
		findings = append(findings, v.findings...)
		queries = append(queries, v.queries...)
	}
	findings = report.Sort(findings)
	if format == report.Text {
		if err := listScopes(w, queries, len(findings) > 0); err != nil {
			return err
		}
	}
	if err := writeFindings(w, root, format, findings); err != nil {
		return err
	}
	return failure(findings)
}

// failure is the error that says how many findings there are; nil where all
// of them are notes.
func failure(findings []report.Finding) error {
	switch {
	case !report.Failed(findings):
		return nil
	case len(findings) == 1:
		return findingsError{errors.New("1 finding")}
	}
	return findingsError{fmt.Errorf("%d findings", len(findings))}
}

func vetTargets(ctx context.Context, root string) ([]vetted, error) {
	project, err := loadProject(root)
	if err != nil {
		return nil, err
	}
	var all []vetted
	for _, target := range project.Targets {
		v, err := vetTarget(ctx, root, target)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// vetTarget proves the queries of a target and lints its schema. Where part
// of them cannot be read, that is among the findings.
func vetTarget(ctx context.Context, root string, target config.Target) (v vetted, err error) {
	inputs, err := pipeline.Load(ctx, root, target)
	var unreadable model.Problems
	if err != nil && (pipeline.IsConfiguration(err) || !errors.As(err, &unreadable)) {
		return v, err
	}
	v.add(lint.Unreadable, unreadable)
	if inputs == nil {
		return v, nil
	}
	prover := prove.New(inputs.Schema, inputs.Owners, target.Options)
	for _, q := range inputs.Queries {
		v.scope(q, prover, target.Options)
	}
	files, err := lintFiles(root, target)
	v.findings = append(v.findings, lint.Run(lint.Input{
		Schema: inputs.Schema, Owners: inputs.Owners, Options: target.Options,
		Queries: inputs.Queries, Files: files, Partial: len(unreadable) > 0,
	})...)
	return v, err
}

// add makes problems findings.
func (v *vetted) add(rule report.Rule, problems model.Problems) {
	for _, p := range problems {
		v.findings = append(v.findings, report.Finding{Rule: rule, Pos: p.Pos, Message: p.Message, Fix: p.Fix})
	}
}

// scope proves one query.
func (v *vetted) scope(q *model.Query, prover *prove.Prover, options config.Options) {
	rule := lint.Unproven
	if slices.ContainsFunc(q.Comments, func(line string) bool { return strings.TrimSpace(line) == "rowhouse:unscoped" }) {
		rule = lint.NoReason
	}
	problems := pipeline.Scope([]*model.Query{q}, prover, options)
	v.queries = append(v.queries, vettedQuery{q, problems})
	v.add(rule, problems)
}

// lintFiles reads the files of schema and queries. Those that cannot be read
// were reported when the target was loaded.
func lintFiles(root string, target config.Target) ([]lint.File, error) {
	var files []lint.File
	for _, paths := range [][]string{target.Schema, target.Queries} {
		read, err := atlas.ReadFiles(root, paths)
		var unreadable model.Problems
		if err != nil && !errors.As(err, &unreadable) {
			return nil, err
		}
		for _, file := range read {
			files = append(files, lint.File(file))
		}
	}
	return files, nil
}

// listScopes writes from where each query may be called, and why.
func listScopes(w io.Writer, queries []vettedQuery, more bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, q := range queries {
		scope, why := q.scope()
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", scope, q.Name, q.Pos, why)
	}
	if more && len(queries) > 0 {
		fmt.Fprintln(table)
	}
	return table.Flush()
}

// scope returns from where a query may be called, in one word, and why.
func (q vettedQuery) scope() (word, why string) {
	switch {
	case len(q.problems) > 0:
		return "unproven", "see below"
	case q.Scope.Kind == model.Tenant:
		return "tenant", pipeline.Named(q.Query, q.Scope.Proof)
	case q.Scope.Kind == model.Actor:
		return "user", pipeline.Named(q.Query, q.Scope.Proof)
	}
	return "unscoped", q.Scope.Reason
}
