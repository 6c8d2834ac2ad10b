// Package report writes findings: for people, for programs, for GitHub and
// for what reads SARIF. It stands at the end of every command that judges.
package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Severity says how bad a finding is.
type Severity string

// The severities, as SARIF spells them.
const (
	Error   Severity = "error"   // the promise does not hold
	Warning Severity = "warning" // it holds, and something else is lost
	Note    Severity = "note"    // good to know; no reason to fail
)

// Rule is a kind of finding.
type Rule struct {
	Code     string // stable: "RH101"
	Title    string // what is wrong, in a few words
	Severity Severity
	Help     string // where it is documented: "docs/lint.md#rh101"
}

// Finding is one thing that breaks a rule.
type Finding struct {
	Rule    Rule
	Pos     model.Position
	Message string // the cause, without a final full stop
	Fix     string // what to do about it; "" where the cause says it all
}

// String returns "file:line:column: code message; fix".
func (f Finding) String() string {
	return model.Problem{Pos: f.Pos, Message: f.Rule.Code + " " + f.Message, Fix: f.Fix}.Error()
}

// text returns "message; fix".
func (f Finding) text() string {
	return model.Problem{Message: f.Message, Fix: f.Fix}.Error()
}

// Failed reports whether any of the findings is more than a note.
func Failed(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Rule.Severity != Note })
}

// Sort orders findings by position, then by code, and drops repetitions.
func Sort(findings []Finding) []Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			strings.Compare(a.Rule.Code, b.Rule.Code),
		)
	})
	return slices.Compact(sorted)
}

// Format is a way to write findings.
type Format string

// The formats.
const (
	Text   Format = "text"   // one line a finding
	JSON   Format = "json"   // an array of objects
	GitHub Format = "github" // workflow commands, which annotate a pull request
	SARIF  Format = "sarif"  // SARIF 2.1.0, for code scanning
)

// Formats are the names of all formats.
const Formats = "text, json, github or sarif"

// ParseFormat returns the format of that name, or an error that lists them.
func ParseFormat(name string) (Format, error) {
	switch format := Format(name); format {
	case Text, JSON, GitHub, SARIF:
		return format, nil
	}
	return "", fmt.Errorf("unknown format %q; write %s", name, Formats)
}

// Write writes the findings in a format, in the order of their positions.
func Write(w io.Writer, format Format, findings []Finding) error {
	findings = Sort(findings)
	switch format {
	case JSON:
		return writeJSON(w, findings)
	case GitHub:
		return writeGitHub(w, findings)
	case SARIF:
		return writeSARIF(w, findings)
	case Text:
	}
	return writeText(w, findings)
}

func writeText(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		if _, err := fmt.Fprintln(w, OneLine(f.String())); err != nil {
			return err
		}
	}
	return nil
}

// OneLine puts a blank in the place of each line break, which a message may
// quote from SQL.
func OneLine(text string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}

// OfError makes findings of model.Problems. It reports whether the error is nil
// or such.
func OfError(rule Rule, err error) (findings []Finding, ok bool) {
	var problems model.Problems
	if err != nil && !errors.As(err, &problems) {
		return nil, false
	}
	for _, p := range problems {
		findings = append(findings, Finding{Rule: rule, Pos: p.Pos, Message: p.Message, Fix: p.Fix})
	}
	return findings, true
}
