package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/report"
)

// writeFindings writes what was found in the project in folder root. What
// GitHub and readers of SARIF get names files as seen from the top of the
// repository; and SARIF a file for every finding, without which it is not shown.
func writeFindings(w io.Writer, root string, format report.Format, findings []report.Finding) error {
	if format == report.SARIF {
		if file := configurationFile(root); file != "" {
			findings = report.Placed(file, findings)
		}
	}
	if format == report.SARIF || format == report.GitHub {
		findings = report.InRepository(root, findings)
	}
	return report.Write(w, format, findings)
}

// configurationFile returns the file that says what the project in folder root
// is; "" where there is none.
func configurationFile(root string) string {
	for _, name := range []string{atlas.ConfigFile, "sqlc.yaml", "sqlc.yml", "sqlc.json"} {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			return name
		}
	}
	return ""
}
