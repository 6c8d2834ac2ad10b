package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/report"
)

// TestFindingsHaveAPlace: code scanning shows no result without a file.
func TestFindingsHaveAPlace(t *testing.T) {
	for _, name := range []string{"sqlc.yaml", "atlas.hcl"} {
		top := t.TempDir()
		root := filepath.Join(top, "app")
		if err := os.MkdirAll(filepath.Join(top, ".git"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(root, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		for format, want := range map[report.Format]string{report.SARIF: `"uri": "app/` + name + `"`, report.Text: "RH999 m\n", report.GitHub: "::error title="} {
			var out strings.Builder
			findings := []report.Finding{{Rule: report.Rule{Code: "RH999", Severity: report.Error}, Message: "m"}}
			if err := writeFindings(&out, root, format, findings); err != nil || !strings.Contains(out.String(), want) {
				t.Errorf("%s: got %s, %v, want %s", format, &out, err, want)
			}
		}
	}
}
