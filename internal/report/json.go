package report

import (
	"encoding/json"
	"io"
)

// jsonFinding is a finding as programs read it. Line and column are 0 where
// they are not known.
type jsonFinding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Message  string   `json:"message"`
	Fix      string   `json:"fix"`
	Help     string   `json:"help"`
}

func writeJSON(w io.Writer, findings []Finding) error {
	out := make([]jsonFinding, len(findings))
	for i, f := range findings {
		out[i] = jsonFinding{
			Code:     f.Rule.Code,
			Severity: f.Rule.Severity,
			File:     f.Pos.File,
			Line:     f.Pos.Line,
			Column:   f.Pos.Column,
			Message:  f.Message,
			Fix:      f.Fix,
			Help:     f.Rule.Help,
		}
	}
	return WriteJSON(w, out)
}

// WriteJSON writes a value as every command writes JSON: indented, and with
// <, > and & as they are, since SQL is full of them.
func WriteJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
