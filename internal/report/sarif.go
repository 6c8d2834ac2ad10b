package report

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/version"
)

const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://json.schemastore.org/sarif-2.1.0.json"
	// projectURI is where the documentation that Rule.Help names lies.
	projectURI = "https://github.com/rowhouse/rowhouse"
)

// The types below are those parts of SARIF 2.1.0 that are written here, under
// the names that the standard gives them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string             `json:"id"`
		ShortDescription     sarifText          `json:"shortDescription"`
		Help                 sarifText          `json:"help"`
		HelpURI              string             `json:"helpUri"`
		DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
	}
	sarifConfiguration struct {
		Level Severity `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     Severity        `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysicalLocation `json:"physicalLocation"`
	}
	sarifPhysicalLocation struct {
		ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
		Region           *sarifRegion          `json:"region,omitempty"`
	}
	sarifArtifactLocation struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

func writeSARIF(w io.Writer, findings []Finding) error {
	rules := rulesOf(findings)
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name:           "rowhouse",
			Version:        version.Version(),
			InformationURI: projectURI,
			Rules:          make([]sarifRule, len(rules)),
		}},
		Results: make([]sarifResult, len(findings)),
	}
	for i, rule := range rules {
		run.Tool.Driver.Rules[i] = newSARIFRule(rule)
	}
	for i, f := range findings {
		run.Results[i] = sarifResult{
			RuleID:    f.Rule.Code,
			RuleIndex: slices.Index(rules, f.Rule),
			Level:     f.Rule.Severity,
			Message:   sarifText{f.text()},
			Locations: f.sarifLocations(),
		}
	}
	return WriteJSON(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

// rulesOf returns the rules that the findings break, by code.
func rulesOf(findings []Finding) []Rule {
	var rules []Rule
	for _, f := range findings {
		rules = append(rules, f.Rule)
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return slices.Compact(rules)
}

func newSARIFRule(rule Rule) sarifRule {
	return sarifRule{
		ID:                   rule.Code,
		ShortDescription:     sarifText{rule.Title},
		Help:                 sarifText{rule.Help},
		HelpURI:              rule.HelpURI(version.Version()), // the standard wants it absolute
		DefaultConfiguration: sarifConfiguration{rule.Severity},
	}
}

// sarifLocations returns the place of a finding; none where no file is known.
func (f Finding) sarifLocations() []sarifLocation {
	if f.Pos.File == "" {
		return nil
	}
	location := sarifPhysicalLocation{ArtifactLocation: sarifArtifact(f.Pos.File)}
	if f.Pos.Line > 0 {
		location.Region = &sarifRegion{StartLine: f.Pos.Line, StartColumn: f.Pos.Column}
	}
	return []sarifLocation{{location}}
}

// sarifArtifact returns a file as a URI, relative to the root of the sources
// unless its path is absolute.
func sarifArtifact(file string) sarifArtifactLocation {
	if path.IsAbs(file) {
		return sarifArtifactLocation{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	return sarifArtifactLocation{URI: (&url.URL{Path: file}).String(), URIBaseID: "%SRCROOT%"}
}
