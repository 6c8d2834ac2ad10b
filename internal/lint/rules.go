package lint

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/report"
)

// Page is where every code is documented, with its code in lower case as the
// anchor.
const Page = "docs/lint.md"

// The rules about whole queries, which no comment silences. Codes are stable:
// one that is given up is not used again.
var (
	Unproven   = rule("RH001", "query that could leave its tenant", report.Error)
	NoReason   = rule("RH002", "unscoped query without a reason", report.Error)
	Unreadable = rule("RH003", "schema or query that cannot be used", report.Error)
)

// The rules about the schema.
var (
	GlobalUnique    = rule("RH101", "unique across tenants", report.Warning)
	PlainReference  = rule("RH102", "foreign key that leaves out the tenant", report.Warning)
	NoIndex         = rule("RH103", "reference without an index", report.Warning)
	UniqueDeleted   = rule("RH104", "unique beyond deletion", report.Warning)
	Deferred        = rule("RH105", "deferred foreign key", report.Warning)
	SharedKey       = rule("RH106", "keys counted across tenants", report.Note)
	NullsTheNotNull = rule("RH107", "SET NULL on a column that is NOT NULL", report.Warning)
	NoDeletionIndex = rule("RH108", "deletion without an index", report.Warning)
	NeedsUser       = rule("RH109", "row that only a user can write", report.Note)
)

// The rules about what queries read and write.
var (
	ReadsDeleted  = rule("RH201", "deleted rows are read", report.Warning)
	KeepsVersion  = rule("RH202", "change that keeps the version", report.Warning)
	RemovesRows   = rule("RH203", "rows are removed that would be marked", report.Warning)
	PartlyDeleted = rule("RH204", "deletion in part", report.Warning)
	AsksNoRole    = rule("RH205", "query that asks for no role", report.Warning)
)

// The rules about the comments that silence findings. No comment silences
// these.
var (
	SilentReason = rule("RH301", "silence without a reason", report.Error)
	UnknownMark  = rule("RH302", "comment of rowhouse that means nothing", report.Error)
	NothingMuted = rule("RH303", "silence that silences nothing", report.Error)
)

func rule(code, title string, severity report.Severity) report.Rule {
	return report.Rule{Code: code, Title: title, Severity: severity, Help: Page + "#" + strings.ToLower(code)}
}

// Rules returns all rules, by code.
func Rules() []report.Rule {
	return []report.Rule{
		Unproven, NoReason, Unreadable,
		GlobalUnique, PlainReference, NoIndex, UniqueDeleted, Deferred, SharedKey, NullsTheNotNull, NoDeletionIndex, NeedsUser,
		ReadsDeleted, KeepsVersion, RemovesRows, PartlyDeleted, AsksNoRole,
		SilentReason, UnknownMark, NothingMuted,
	}
}

// silenceable are the codes that a comment can silence.
func silenceable() []string {
	var codes []string
	for _, r := range Rules() {
		if strings.HasPrefix(r.Code, "RH1") || strings.HasPrefix(r.Code, "RH2") {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// isCode reports whether any rule has the code.
func isCode(code string) bool {
	return slices.ContainsFunc(Rules(), func(r report.Rule) bool { return r.Code == code })
}
