package config

import (
	"go/token"
	"strings"
)

// kind is the kind of a YAML value.
type kind int

const (
	anything kind = iota // checked by someone else
	scalar               // text, or what YAML takes for a number
	text                 // text alone
	boolean
	list    // of elem
	paths   // text, or a list of text
	object  // with known keys
	mapping // from any key to elem
)

// shape says what a value of the configuration may look like. A whole file is
// described by one shape, so that what is accepted can be read in one place.
type shape struct {
	kind   kind
	elem   *shape
	fields map[string]shape

	// check returns what is wrong with a scalar, and the fix; "" if nothing.
	check func(value string) (cause, fix string)
	// checkKey does the same for the keys of a mapping.
	checkKey func(key string) (cause, fix string)
}

func listOf(elem shape) shape { return shape{kind: list, elem: &elem} }

func objectOf(fields map[string]shape) shape { return shape{kind: object, fields: fields} }

// documentShape is version 2 of sqlc's configuration. What belongs to other
// generators is accepted unseen.
var documentShape = objectOf(map[string]shape{
	"version": {kind: scalar},
	"cloud": objectOf(map[string]shape{
		"organization": {kind: scalar},
		"project":      {kind: scalar},
		"hostname":     {kind: scalar},
	}),
	"servers": listOf(objectOf(map[string]shape{
		"name":   {kind: scalar},
		"engine": {kind: scalar},
		"uri":    {kind: scalar},
	})),
	"sql":       listOf(sqlShape),
	"overrides": objectOf(map[string]shape{"go": {kind: anything}}),
	"plugins": listOf(objectOf(map[string]shape{
		"name":    {kind: scalar},
		"env":     listOf(shape{kind: scalar}),
		"process": objectOf(map[string]shape{"cmd": {kind: scalar}, "format": {kind: scalar}}),
		"wasm":    objectOf(map[string]shape{"url": {kind: scalar}, "sha256": {kind: scalar}}),
	})),
	"rules": listOf(objectOf(map[string]shape{
		"name":    {kind: scalar},
		"rule":    {kind: scalar},
		"message": {kind: scalar},
	})),
	"options": {kind: anything},
})

var sqlShape = objectOf(map[string]shape{
	"name":                   {kind: scalar},
	"engine":                 {kind: scalar},
	"schema":                 {kind: paths},
	"queries":                {kind: paths},
	"database":               objectOf(map[string]shape{"uri": {kind: scalar}, "managed": {kind: boolean}}),
	"strict_function_checks": {kind: boolean},
	"strict_order_by":        {kind: boolean},
	"gen":                    objectOf(map[string]shape{"go": {kind: anything}, "json": {kind: anything}}),
	"codegen": listOf(objectOf(map[string]shape{
		"out":     {kind: scalar},
		"plugin":  {kind: scalar},
		"options": {kind: anything},
	})),
	"rules":    listOf(shape{kind: scalar}),
	"analyzer": objectOf(map[string]shape{"database": {kind: anything}}),
})

// optionsShape describes [Options].
var optionsShape = objectOf(map[string]shape{
	"package": {kind: text, check: checkPackage},
	"tenant": objectOf(map[string]shape{
		"table":   {kind: text, check: checkPresent},
		"column":  {kind: text, check: checkPresent},
		"members": {kind: text, check: checkPresent},
	}),
	"user_table":     {kind: text, check: checkPresent},
	"global_tables":  listOf(shape{kind: text, check: checkPresent}),
	"private_tables": listOf(shape{kind: text, check: checkPresent}),
	"shared_tables":  listOf(shape{kind: text, check: checkPresent}),
	"bridge_tables":  listOf(shape{kind: text, check: checkPresent}),
	"soft_delete":    {kind: text},
	"deletion_id":    {kind: text},
	"audit": objectOf(map[string]shape{
		"created_at": {kind: text},
		"updated_at": {kind: text},
		"created_by": {kind: text},
		"updated_by": {kind: text},
	}),
	"audit_log": listOf(shape{kind: text, check: checkPresent}),
	"version":   {kind: text},
	"time":      {kind: text, check: oneOf(TimeUnix, TimeUnixMilli, TimeText)},
	"json_case": {kind: text, check: oneOf(JSONCamel, JSONSnake)},
	"typed_ids": {kind: boolean},
	"sensitive": listOf(shape{kind: text, check: checkColumn}),
	"columns":   {kind: mapping, elem: &columnShape, checkKey: checkColumn},
	"relations": {kind: mapping, elem: &relationShape, checkKey: checkColumn},
	"roles":     {kind: mapping, elem: &roleShape, checkKey: checkRole},

	"dynamic_roles": {kind: boolean},
})

var roleShape = listOf(shape{kind: text, check: checkPermission})

var columnShape = objectOf(map[string]shape{
	"time":    {kind: text, check: oneOf(TimeUnix, TimeUnixMilli, TimeText)},
	"json":    {kind: boolean},
	"go_type": {kind: text, check: checkGoType},
	"name":    {kind: text, check: checkGoName},
})

var relationShape = objectOf(map[string]shape{
	"name":    {kind: text, check: checkGoName},
	"reverse": {kind: text, check: checkGoName},
})

func checkPresent(value string) (cause, fix string) {
	if value == "" {
		return "the name is empty", "write the name of a table or column, or remove it"
	}
	return "", ""
}

func checkPackage(value string) (cause, fix string) {
	if !token.IsIdentifier(value) || value == "_" || value == "main" {
		return "\"" + value + "\" cannot be the name of a package that others import",
			"write a Go identifier such as \"gen\""
	}
	return "", ""
}

func checkGoName(value string) (cause, fix string) {
	if !token.IsIdentifier(value) || !token.IsExported(value) {
		return "\"" + value + "\" is not an exported Go name", "start it with a capital letter, as in \"UnitPrice\""
	}
	return "", ""
}

// checkGoType accepts a type's name, with its package's import path before
// the last dot.
func checkGoType(value string) (cause, fix string) {
	dot := strings.LastIndexByte(value, '.')
	name := value[dot+1:]
	if !token.IsIdentifier(name) || dot == 0 || strings.ContainsAny(value, " \t\n\"`") {
		return "\"" + value + "\" does not name a Go type",
			"write a predeclared type such as \"int32\", or an import path and a type such as \"example.com/money.Amount\""
	}
	return "", ""
}

func checkColumn(value string) (cause, fix string) {
	table, column, found := strings.Cut(value, ".")
	if !found || table == "" || column == "" || strings.Contains(column, ".") {
		return "\"" + value + "\" does not name a column", "write \"table.column\", as in \"product.price\""
	}
	return "", ""
}

func oneOf[T ~string](values ...T) func(string) (cause, fix string) {
	return func(value string) (cause, fix string) {
		known := make([]string, len(values))
		for i, v := range values {
			if known[i] = string(v); known[i] == value {
				return "", ""
			}
		}
		return "unknown value \"" + value + "\"", suggestion(value, known)
	}
}
