package prove

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// words makes a set of the words of a text.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// scalarFunctions are the functions of SQLite that depend on their arguments
// and the clock alone. What reads the state of the connection
// (last_insert_rowid, changes, …) or of the disk is left out: the connection
// may just have served another tenant.
var scalarFunctions = words(`
	abs char coalesce concat concat_ws format glob hex if ifnull iif instr length like
	likelihood likely lower ltrim max min nullif octet_length printf quote random
	randomblob replace round rtrim sign soundex sqlite_version substr substring trim typeof
	unhex unicode unistr unistr_quote unlikely upper zeroblob subtype
	date time datetime julianday unixepoch strftime timediff
	acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln
	log log10 log2 mod pi pow power radians sin sinh sqrt tan tanh trunc
	json jsonb json_array jsonb_array json_array_length json_array_insert jsonb_array_insert
	json_error_position json_extract jsonb_extract json_insert jsonb_insert json_object
	jsonb_object json_patch jsonb_patch json_pretty json_remove jsonb_remove json_replace
	jsonb_replace json_set jsonb_set json_type json_valid json_quote
	bm25 highlight snippet match regexp`)

// aggregateFunctions make one value of many rows. max and min do so only
// with a single argument.
var aggregateFunctions = words(`
	avg count group_concat max min string_agg sum total median percentile percentile_cont
	percentile_disc json_group_array jsonb_group_array json_group_object jsonb_group_object`)

// windowFunctions need an OVER clause.
var windowFunctions = words(`
	row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value`)

// tableFunctions yield rows made from their arguments alone, with the
// columns they yield.
var tableFunctions = map[string][]string{
	"json_each":       {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"},
	"json_tree":       {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"},
	"jsonb_each":      {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"},
	"jsonb_tree":      {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"},
	"generate_series": {"value", "start", "stop", "step"},
}

// hiddenFrom is the index of the first column that * leaves out.
var hiddenFrom = map[string]int{
	"json_each": 8, "json_tree": 8, "jsonb_each": 8, "jsonb_tree": 8, "generate_series": 1,
}

// strictFunctions are NULL whenever one of their arguments is.
var strictFunctions = words(`
	abs lower upper length trim ltrim rtrim substr substring instr replace round sign
	date datetime julianday unixepoch strftime json_extract like glob`)

func knownFunction(name string) bool {
	return scalarFunctions[name] || aggregateFunctions[name] || windowFunctions[name]
}

// isAggregate reports whether a call aggregates the rows of a query.
func isAggregate(call *ast.FuncCall) bool {
	name := model.Fold(call.Name.Name)
	if call.Over != nil || !aggregateFunctions[name] {
		return false
	}
	return name != "max" && name != "min" || len(call.Args) == 1
}
