package typing

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/rowhouse/rowhouse/internal/model"
)

// nulls says when a function yields NULL.
type nulls int

const (
	asArguments nulls = iota // for NULL in any argument
	asFirst                  // for NULL in the first argument
	never
	possibly
)

// function is a function whose result is of one kind, whatever it is given.
type function struct {
	kind      model.Kind
	nulls     nulls
	arguments []value // what it takes, as far as that is certain
}

var functions = map[string]function{
	"changes":             {kind: model.Integer, nulls: never},
	"char":                {kind: model.Text, nulls: never, arguments: []value{integer}},
	"concat":              {kind: model.Text, nulls: never, arguments: []value{text, text, text, text}},
	"concat_ws":           {kind: model.Text, nulls: asFirst, arguments: []value{text, text, text, text}},
	"count":               {kind: model.Integer, nulls: never},
	"cume_dist":           {kind: model.Real, nulls: never},
	"dense_rank":          {kind: model.Integer, nulls: never},
	"format":              {kind: model.Text, nulls: asFirst, arguments: []value{text}},
	"glob":                {kind: model.Bool, arguments: []value{text, text}},
	"hex":                 {kind: model.Text, nulls: never},
	"instr":               {kind: model.Integer, arguments: []value{text, text}},
	"json":                {kind: model.JSON, arguments: []value{text}},
	"json_array":          {kind: model.JSON, nulls: never},
	"json_array_length":   {kind: model.Integer, nulls: possibly, arguments: []value{text, text}},
	"json_error_position": {kind: model.Integer, arguments: []value{text}},
	"json_group_array":    {kind: model.JSON, nulls: never},
	"json_group_object":   {kind: model.JSON, nulls: never},
	"json_insert":         {kind: model.JSON, nulls: possibly, arguments: []value{text, text}},
	"json_object":         {kind: model.JSON, nulls: never},
	"json_patch":          {kind: model.JSON, nulls: possibly, arguments: []value{text, text}},
	"json_pretty":         {kind: model.Text, arguments: []value{text, text}},
	"json_quote":          {kind: model.JSON, nulls: never},
	"json_remove":         {kind: model.JSON, nulls: possibly, arguments: []value{text, text}},
	"json_replace":        {kind: model.JSON, nulls: possibly, arguments: []value{text, text}},
	"json_set":            {kind: model.JSON, nulls: possibly, arguments: []value{text, text}},
	"json_type":           {kind: model.Text, nulls: possibly, arguments: []value{text, text}},
	"json_valid":          {kind: model.Bool, arguments: []value{text, integer}},
	"last_insert_rowid":   {kind: model.Integer, nulls: never},
	"length":              {kind: model.Integer, arguments: []value{text}},
	"like":                {kind: model.Bool, arguments: []value{text, text, text}},
	"lower":               {kind: model.Text, arguments: []value{text}},
	"ltrim":               {kind: model.Text, arguments: []value{text, text}},
	"ntile":               {kind: model.Integer, nulls: never, arguments: []value{integer}},
	"octet_length":        {kind: model.Integer},
	"percent_rank":        {kind: model.Real, nulls: never},
	"printf":              {kind: model.Text, nulls: asFirst, arguments: []value{text}},
	"quote":               {kind: model.Text, nulls: never},
	"random":              {kind: model.Integer, nulls: never},
	"randomblob":          {kind: model.Blob, nulls: never, arguments: []value{integer}},
	"rank":                {kind: model.Integer, nulls: never},
	"replace":             {kind: model.Text, arguments: []value{text, text, text}},
	"round":               {kind: model.Real, arguments: []value{always(model.Real), integer}},
	"row_number":          {kind: model.Integer, nulls: never},
	"rtrim":               {kind: model.Text, arguments: []value{text, text}},
	"sign":                {kind: model.Integer, nulls: possibly},
	"soundex":             {kind: model.Text, nulls: never, arguments: []value{text}},
	"sqlite_version":      {kind: model.Text, nulls: never},
	"substr":              {kind: model.Text, arguments: []value{text, integer, integer}},
	"substring":           {kind: model.Text, arguments: []value{text, integer, integer}},
	"timediff":            {kind: model.Text, nulls: possibly},
	"total":               {kind: model.Real, nulls: never},
	"total_changes":       {kind: model.Integer, nulls: never},
	"trim":                {kind: model.Text, arguments: []value{text, text}},
	"typeof":              {kind: model.Text, nulls: never},
	"unhex":               {kind: model.Blob, nulls: possibly, arguments: []value{text, text}},
	"unicode":             {kind: model.Integer, nulls: possibly, arguments: []value{text}},
	"unistr":              {kind: model.Text, arguments: []value{text}},
	"upper":               {kind: model.Text, arguments: []value{text}},
	"zeroblob":            {kind: model.Blob, nulls: never, arguments: []value{integer}},
}

// clocks are the functions that read a time, with the place of it among their
// arguments; without one they take the present.
var clocks = map[string]struct {
	kind model.Kind
	time int
}{
	"date":      {model.Text, 0},
	"datetime":  {model.Text, 0},
	"julianday": {model.Real, 0},
	"strftime":  {model.Text, 1},
	"time":      {model.Text, 0},
	"unixepoch": {model.Integer, 0},
}

// call returns the result of a function.
func (r *reader) call(e *ast.FuncCall, s *scope) value {
	called := strings.ToLower(e.Name.Name)
	if e.Filter != nil {
		r.condition(e.Filter, s)
	}
	if e.Over != nil {
		r.window(e.Over, s)
	}
	r.ordering(e.OrderBy, s)
	if clock, ok := clocks[called]; ok {
		args := r.values(e.Args, s)
		return value{kind: clock.kind, notNull: isPresent(args, clock.time)}
	}
	if f, ok := functions[called]; ok {
		return r.simple(f, e, s)
	}
	if v, ok := r.aggregate(called, e, s); ok {
		return v
	}
	return r.special(called, e, s)
}

// isPresent reports whether a function of time is about the present: a time
// that cannot be read yields NULL.
func isPresent(args []value, time int) bool {
	for i, arg := range args {
		if !arg.isConstant() || len(arg.literals) > 1 || i == time && !strings.EqualFold(arg.literals[0], "now") {
			return false
		}
	}
	return true
}

func (r *reader) simple(f function, e *ast.FuncCall, s *scope) value {
	for i := range min(len(e.Args), len(f.arguments)) {
		r.expect(e.Args[i], f.arguments[i])
	}
	args := r.values(e.Args, s)
	v := value{kind: f.kind}
	switch f.nulls {
	case asArguments:
		v.notNull = notNull(args)
	case asFirst:
		v.notNull = len(args) > 0 && args[0].notNull
	case never:
		v.notNull = true
	case possibly:
	}
	return v
}

// aggregate returns the result of a function over several rows that is NULL
// where there are none: a group has one, and a window by default.
func (r *reader) aggregate(called string, e *ast.FuncCall, s *scope) (value, bool) {
	if len(e.Args) == 0 || (called == "min" || called == "max") && len(e.Args) != 1 {
		return value{}, false
	}
	var v value
	switch arg := r.value(e.Args[0], s); called {
	case "min", "max":
		v = arg
	case "sum":
		v = number(arg).nullIf(!arg.notNull)
	case "avg":
		v = value{kind: model.Real, notNull: arg.notNull && arg.isNumber()}
	case "group_concat", "string_agg":
		v = value{kind: model.Text, notNull: arg.notNull}
	default:
		return value{}, false
	}
	r.values(e.Args[1:], s)
	return v.nullIf(e.Filter != nil || e.Over == nil && !s.grouped || !ownFrame(e.Over)), true
}

// ownFrame reports whether a window holds the row that it is made for.
func ownFrame(w *ast.WindowDef) bool {
	return w == nil || w.Base == nil && w.Frame == ast.FrameNone
}

// special returns the result of a function that depends on what it is given.
func (r *reader) special(called string, e *ast.FuncCall, s *scope) value {
	args := e.Args
	switch {
	case called == "coalesce" || called == "ifnull":
		values := r.values(args, s)
		v := r.oneOf(args, values)
		v.notNull = slices.ContainsFunc(values, func(v value) bool { return v.notNull })
		return v
	case (called == "iif" || called == "if") && len(args) >= 2:
		return r.conditional(args, s)
	case called == "nullif" && len(args) == 2:
		x, y := r.value(args[0], s), r.value(args[1], s)
		r.relate(args[0], args[1], x, y)
		return x.nullIf(true)
	case called == "min" || called == "max":
		return r.oneOf(args, r.values(args, s))
	case called == "abs" && len(args) == 1:
		return numeric(r.value(args[0], s))
	case (called == "likely" || called == "unlikely" || called == "likelihood") && len(args) > 0:
		return r.values(args, s)[0]
	case called == "first_value" && len(args) == 1 || called == "last_value" && len(args) == 1:
		return r.value(args[0], s).nullIf(!ownFrame(e.Over))
	case called == "nth_value" && len(args) == 2:
		r.expect(args[1], integer)
		return r.values(args, s)[0].nullIf(true)
	case called == "lag" || called == "lead":
		return r.neighbour(args, s)
	}
	r.values(args, s)
	return unknown
}

// numeric returns the kind of the number that a value is taken for.
func numeric(v value) value {
	if !v.isNumber() {
		return value{kind: model.Real, notNull: v.notNull}
	}
	return number(v).nullIf(!v.notNull)
}

// conditional reads iif(condition, value, …, otherwise).
func (r *reader) conditional(args []ast.Expr, s *scope) value {
	var results []ast.Expr
	for ; len(args) >= 2; args = args[2:] {
		r.condition(args[0], s)
		results = append(results, args[1])
	}
	results = append(results, args...)
	return r.oneOf(results, r.values(results, s)).nullIf(len(args) == 0)
}

// neighbour reads lag and lead, which find no row at the end of a window.
func (r *reader) neighbour(args []ast.Expr, s *scope) value {
	if len(args) < 3 {
		return append(r.values(args, s), unknown)[0].nullIf(true)
	}
	r.expect(args[1], integer)
	r.value(args[1], s)
	found := []ast.Expr{args[0], args[2]}
	return r.oneOf(found, r.values(found, s))
}

// tableFunction returns the columns of a function in FROM.
func (r *reader) tableFunction(item *ast.TableRef, s *scope) []column {
	r.values(item.Args, s)
	switch strings.ToLower(item.Name.Name.Name) {
	case "json_each", "json_tree":
		for _, arg := range item.Args {
			r.expect(arg, text)
		}
		return jsonColumns
	case "generate_series":
		for _, arg := range item.Args {
			r.expect(arg, integer)
		}
		return []column{{name: "value", value: integer}}
	}
	return nil
}

var jsonColumns = []column{
	{name: "key", value: unknown},
	{name: "value", value: unknown},
	{name: "type", value: text},
	{name: "atom", value: unknown},
	{name: "id", value: integer},
	{name: "parent", value: sometimes(model.Integer)},
	{name: "fullkey", value: text},
	{name: "path", value: text},
}
