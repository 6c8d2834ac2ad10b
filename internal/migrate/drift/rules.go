package drift

import (
	"strings"

	"github.com/rowhouse/rowhouse/internal/report"
)

// The rules about live databases. Codes are stable: one that is given up is
// not used again.
var (
	ObjectMissing   = rule("RH501", "object that is missing")
	ObjectExtra     = rule("RH502", "object that nobody wrote down")
	ObjectDifferent = rule("RH503", "object that is another one")
	BrokenReference = rule("RH504", "rows that break a foreign key")
	BrokenCheck     = rule("RH505", "rows that break a CHECK, NOT NULL or UNIQUE")
	HistoryDiffers  = rule("RH506", "history that does not fit the migrations")
	SchemaAhead     = rule("RH507", "schema files that the migrations do not make")
)

func rule(code, title string) report.Rule {
	return report.Rule{Code: code, Title: title, Severity: report.Error, Help: "docs/lint.md#" + strings.ToLower(code)}
}

// Rules returns all rules that Find knows, by code.
func Rules() []report.Rule {
	return []report.Rule{ObjectMissing, ObjectExtra, ObjectDifferent, BrokenReference, BrokenCheck, HistoryDiffers, SchemaAhead}
}
