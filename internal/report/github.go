package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/version"
)

// The escapes of GitHub's workflow commands: what ends a command, and in a
// property also what ends the property.
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubCommands are the commands that annotate, by severity.
var githubCommands = map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}

func writeGitHub(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		message := fmt.Sprintf("%s (%s)", f.text(), f.Rule.HelpURI(version.Version()))
		_, err := fmt.Fprintf(w, "::%s %s::%s\n",
			githubCommands[f.Rule.Severity], f.githubProperties(), githubMessage.Replace(message))
		if err != nil {
			return err
		}
	}
	return nil
}

// githubProperties returns the properties that are known, as
// file=…,line=…,col=…,title=….
func (f Finding) githubProperties() string {
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+githubProperty.Replace(value))
	}
	if f.Pos.File != "" {
		add("file", f.Pos.File)
	}
	if f.Pos.Line > 0 {
		add("line", strconv.Itoa(f.Pos.Line))
	}
	if f.Pos.Column > 0 {
		add("col", strconv.Itoa(f.Pos.Column))
	}
	add("title", f.Rule.Code+" "+f.Rule.Title)
	return strings.Join(properties, ",")
}
