package lint

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/report"
)

// lintPage is where every code is documented, with its code in lower case as
// the anchor.
const lintPage = "docs/lint.md"

// The rules about the files as such. No comment silences these. Codes are
// stable: one that is given up is not used again.
var (
	Inapplicable = rule("RH401", "migration that cannot be applied", report.Error)
	BadSum       = rule("RH402", "migrations that are not what atlas.sum says", report.Error)
	EditedLater  = rule("RH403", "migration edited after others had it", report.Error)
	Behind       = rule("RH418", "migration behind those that are there already", report.Error)
	NoSuchCode   = rule("RH420", "silence of a code that is none", report.Error)
)

// The rules about what is lost that nobody meant to lose. They are silenced by
// their codes alone.
var (
	LosesRows      = rule("RH413", "migration that loses rows when it is applied", report.Error)
	OneTransaction = rule("RH404", "migration that loses rows, or fails, in one transaction", report.Error)
	TenantNullable = rule("RH405", "tenant column that may be NULL", report.Error)
	OwnerLost      = rule("RH406", "table that loses its owner", report.Error)
	RowsLeftOut    = rule("RH414", "copy that leaves rows out", report.Error)
	ConstraintLost = rule("RH416", "constraint lost in a copy", report.Error)
	ValuesShifted  = rule("RH419", "copy that puts values under other names", report.Error)
)

// The other rules about what a migration does to the schema.
var (
	LooksRenamed    = rule("RH407", "rename written as drop and add", report.Warning)
	IndexDropped    = rule("RH408", "dropped index", report.Warning)
	ViewDropped     = rule("RH409", "dropped view", report.Warning)
	TriggerDropped  = rule("RH410", "dropped trigger", report.Warning)
	CollationLost   = rule("RH411", "lost collation", report.Warning)
	ComputedDefault = rule("RH412", "default that rows which are there cannot get", report.Warning)
	NumbersAgain    = rule("RH415", "numbers given out again", report.Warning)
	NewConstraint   = rule("RH417", "new constraint on rows that are there", report.Warning)
)

// The rules about Cloudflare D1. In a project that has a wrangler.toml,
// wrangler.json or wrangler.jsonc they are errors.
var (
	D1Refused = rule("RH451", "what Cloudflare D1 refuses", report.Note)
	D1Text    = rule("RH452", "file that wrangler cannot run", report.Note)
)

// The rules of Atlas's analyzers, under their codes.
var (
	TableDropped       = rule("DS102", "dropped table", report.Error)
	ColumnDropped      = rule("DS103", "dropped column", report.Error)
	UniqueAdded        = rule("MF101", "unique index on rows that are there", report.Warning)
	UniqueChanged      = rule("MF102", "index made unique", report.Warning)
	NotNullAdded       = rule("MF103", "NOT NULL column without a default", report.Warning)
	NotNullChanged     = rule("LT101", "column made NOT NULL", report.Warning)
	ForeignKeyDropped  = rule("CD101", "dropped foreign key", report.Warning)
	TableRenamed       = rule("BC101", "renamed table", report.Warning)
	ColumnRenamed      = rule("BC102", "renamed column", report.Warning)
	atlasRules         = []report.Rule{TableDropped, ColumnDropped, UniqueAdded, UniqueChanged, NotNullAdded, NotNullChanged, ForeignKeyDropped, TableRenamed, ColumnRenamed}
	unsilenceable      = []report.Rule{Inapplicable, BadSum, EditedLater, Behind, LosesRows, NoSuchCode}
	silencedByCodeOnly = []report.Rule{OneTransaction, TenantNullable, OwnerLost, RowsLeftOut, ConstraintLost, ValuesShifted}
	otherRules         = []report.Rule{LooksRenamed, IndexDropped, ViewDropped, TriggerDropped, CollationLost, ComputedDefault, NumbersAgain, NewConstraint}
	d1Rules            = []report.Rule{D1Refused, D1Text}
)

func rule(code, title string, severity report.Severity) report.Rule {
	return report.Rule{Code: code, Title: title, Severity: severity, Help: lintPage + "#" + strings.ToLower(code)}
}

// Rules returns all rules that Run knows, by code.
func Rules() []report.Rule {
	all := slices.Concat(atlasRules, unsilenceable, silencedByCodeOnly, otherRules, d1Rules)
	slices.SortFunc(all, func(a, b report.Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// silenceNames are what a silence may name: codes, and Atlas's analyzers.
func silenceNames() []string {
	var names []string
	for _, r := range slices.Concat(silencedByCodeOnly, otherRules, d1Rules) {
		names = append(names, r.Code)
	}
	for analyzer, codes := range atlas.Analyzers {
		names = append(append(names, analyzer), codes...)
	}
	slices.Sort(names)
	return names
}

// atlasRule returns the rule of an analyzer's code.
func atlasRule(code string) report.Rule {
	i := slices.IndexFunc(atlasRules, func(r report.Rule) bool { return r.Code == code })
	if i < 0 {
		return rule(code, "finding of Atlas", report.Warning)
	}
	return atlasRules[i]
}

// atlasFixes say what to do about what the analyzers find.
var atlasFixes = map[string]string{
	"DS102": "if nobody needs its rows any more, say so: -- atlas:nolint DS102",
	"DS103": "if nobody needs its values any more, say so: -- atlas:nolint DS103",
	"MF101": "merge the rows that have the same values before, and say so: -- atlas:nolint MF101",
	"MF102": "merge the rows that have the same values before, and say so: -- atlas:nolint MF102",
	"MF103": "give it a DEFAULT, or add it without NOT NULL and fill it first",
	"LT101": "fill the NULLs first, with an UPDATE in this file",
	"CD101": "keep it, or say why nothing needs it any more: -- atlas:nolint CD101",
	"BC101": "deploy code that knows both names before, or put a view in the old one's place",
	"BC102": "deploy code that knows both names before",
}
