package migrate

import (
	"strings"

	"github.com/rowhouse/rowhouse/internal/report"
)

// The rules about live databases. Codes are stable: one that is given up is
// not used again.
var (
	ObjectMissing   = driftRule("RH501", "object that is missing")
	ObjectExtra     = driftRule("RH502", "object that nobody wrote down")
	ObjectDifferent = driftRule("RH503", "object that is another one")
	BrokenReference = driftRule("RH504", "rows that break a foreign key")
	BrokenCheck     = driftRule("RH505", "rows that break a CHECK, NOT NULL or UNIQUE")
	HistoryDiffers  = driftRule("RH506", "history that does not fit the migrations")
	SchemaAhead     = driftRule("RH507", "schema files that the migrations do not make")
)

func driftRule(code, title string) report.Rule {
	return report.Rule{Code: code, Title: title, Severity: report.Error, Help: "docs/lint.md#" + strings.ToLower(code)}
}

// DriftRules returns the rules of Drift, by code.
func DriftRules() []report.Rule {
	return []report.Rule{ObjectMissing, ObjectExtra, ObjectDifferent, BrokenReference, BrokenCheck, HistoryDiffers, SchemaAhead}
}
