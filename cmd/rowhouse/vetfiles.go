package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/lint"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/prove"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// provenFile is a file with the verdicts on its statements.
type provenFile struct {
	name       string // as on the command line
	text       string
	statements []prove.Statement
}

// vetFiles proves the statements of files.
func vetFiles(cmd *cobra.Command, flags vetFlags, format report.Format, names []string) error {
	prover, err := fileProver(cmd.Context(), directory(cmd), flags.schema, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	var files []provenFile
	for _, name := range names {
		text, err := os.ReadFile(inFolder(directory(cmd), name))
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", name, errors.Unwrap(err))
		}
		statements := prover.File(string(text), flags.tenantParam, flags.actorParam)
		files = append(files, provenFile{name, string(text), append(statements, afterNUL(string(text))...)})
	}
	if err := writeVerdicts(cmd.OutOrStdout(), directory(cmd), format, files); err != nil {
		return err
	}
	return unprovenError(files)
}

// inFolder returns a path of the command line as seen from here.
func inFolder(folder, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}

// afterNUL returns a statement for what SQLite, and so the prover, does not
// read: all behind a NUL byte. Another tool may.
func afterNUL(text string) []prove.Statement {
	at := strings.IndexByte(text, 0)
	if at < 0 {
		return nil
	}
	return []prove.Statement{{
		Offset: at,
		Line:   1 + strings.Count(text[:at], "\n"),
		Verdict: prove.Verdict{Findings: []prove.Finding{{
			Offset: at, Message: "a NUL byte, where SQLite stops reading", Fix: "remove it",
		}}},
	}}
}

// unprovenError says how many statements are unproven; nil where none is.
func unprovenError(files []provenFile) error {
	all, unproven := 0, 0
	for _, file := range files {
		for _, s := range file.statements {
			all++
			if !s.Verdict.Proven {
				unproven++
			}
		}
	}
	if unproven == 0 {
		return nil
	}
	return findingsError{fmt.Errorf("%d of %d statements unproven", unproven, all)}
}

// fileProver makes a prover for the schema of the project in folder root. What
// the schema leaves unclear is written to warn: nothing that touches it is
// proven.
func fileProver(ctx context.Context, root, schemaPath string, warn io.Writer) (*prove.Prover, error) {
	paths, options, err := findSchema(root, schemaPath)
	if err != nil {
		return nil, err
	}
	schema, err := atlas.Load(ctx, root, paths)
	if err != nil {
		return nil, findingsError{err}
	}
	owners, unclear := tenancy.Classify(schema, options)
	if err := unclear.Err(); err != nil {
		fmt.Fprintln(warn, err)
	}
	return prove.New(schema, owners, options), nil
}

// findSchema finds the schema of the project in folder root, and the options
// that say whose its rows are.
func findSchema(root, schemaPath string) (paths []string, options config.Options, err error) {
	options = config.Default()
	project, err := config.LoadSchemas(root)
	if err != nil {
		return nil, options, err
	}
	if project != nil && len(project.Targets) > 0 {
		target, err := chooseTarget(project, schemaPath)
		if err != nil {
			return nil, options, err
		}
		paths, options = target.Schema, target.Options
	}
	if schemaPath != "" {
		return []string{schemaPath}, options, nil
	}
	if len(paths) > 0 {
		return paths, options, nil
	}
	env, err := atlas.ReadEnv(root, atlas.DefaultEnv, nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, options, err
	case len(env.Schema) > 0:
		return env.Schema, options, nil
	}
	return []string{"schema"}, options, nil
}

// chooseTarget returns the target of the schema; the only one where the
// command line names none.
func chooseTarget(project *config.Project, schemaPath string) (config.Target, error) {
	first := project.Targets[0]
	for _, target := range project.Targets {
		if schemaPath != "" && slices.Contains(target.Schema, path.Clean(filepath.ToSlash(schemaPath))) {
			return target, nil
		}
		if schemaPath == "" && !reflect.DeepEqual(target.Schema, first.Schema) {
			return first, fmt.Errorf("%s has several schemas; choose one with --schema, as in --schema %s", project.File, first.Schema[0])
		}
	}
	return first, nil
}

// jsonVerdict is the verdict on one statement, as programs read it.
type jsonVerdict struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
}

func writeVerdicts(w io.Writer, root string, format report.Format, files []provenFile) error {
	switch format {
	case report.GitHub, report.SARIF:
		return writeFindings(w, root, format, unprovenFindings(files))
	case report.JSON:
		verdicts := []jsonVerdict{}
		for _, f := range files {
			for _, s := range f.statements {
				verdicts = append(verdicts, jsonVerdict{f.name, s.Line, verdict(s), f.reason(s)})
			}
		}
		return report.WriteJSON(w, verdicts)
	case report.Text:
	}
	for _, f := range files {
		for _, s := range f.statements {
			fmt.Fprintf(w, "%s: %s: %s\n", model.At(f.name, f.text, s.Offset), verdict(s), f.reason(s))
		}
	}
	return nil
}

func verdict(s prove.Statement) string {
	if s.Verdict.Proven {
		return "proven"
	}
	return "unproven"
}

// reason says in one line why a statement is proven, or what is missing where.
func (f provenFile) reason(s prove.Statement) string {
	if s.Verdict.Proven {
		return s.Reason()
	}
	var reasons []string
	for _, found := range s.Verdict.Findings {
		pos := model.At("", f.text, found.Offset)
		reasons = append(reasons, fmt.Sprintf("%d:%d: %s", pos.Line, pos.Column, found))
	}
	return report.OneLine(strings.Join(reasons, "; "))
}

// unprovenFindings returns what the prover found, as findings.
func unprovenFindings(files []provenFile) []report.Finding {
	var findings []report.Finding
	for _, f := range files {
		for _, s := range f.statements {
			for _, found := range s.Verdict.Findings {
				findings = append(findings, report.Finding{
					Rule: lint.Unproven, Pos: model.At(f.name, f.text, found.Offset), Message: found.Message, Fix: found.Fix,
				})
			}
		}
	}
	return findings
}
