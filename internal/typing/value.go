package typing

import (
	"encoding/json"
	"slices"

	"github.com/rowhouse/rowhouse/internal/model"
)

// value is what is known of the values of an expression.
type value struct {
	kind     model.Kind // undecided where the expression fits any
	notNull  bool
	origins  []model.ColumnRef
	literals []string
}

// undecided is the kind of NULL, and of a parameter that nothing tells of.
const undecided model.Kind = ""

var (
	unknown = value{kind: model.Any}
	isNull  = value{kind: undecided}
)

// always is a value that is never NULL, sometimes one that may be.
func always(kind model.Kind) value    { return value{kind: kind, notNull: true} }
func sometimes(kind model.Kind) value { return value{kind: kind} }

// nullIf returns the value as one that may be NULL if the condition holds.
func (v value) nullIf(condition bool) value {
	v.notNull = v.notNull && !condition
	return v
}

// isConstant reports whether the value is written in the query itself.
func (v value) isConstant() bool { return len(v.literals) > 0 && len(v.origins) == 0 }

func (v value) queryType() model.QueryType {
	t := model.QueryType{Kind: v.kind, NotNull: v.notNull, Origins: v.origins}
	if t.Kind == undecided {
		t.Kind = model.Any
	}
	if len(v.origins) > 0 {
		t.Literals = v.literals
	}
	return t
}

// isNumber reports whether arithmetic with the value stays within numbers.
func (v value) isNumber() bool {
	return v.kind == model.Integer || v.kind == model.Real || v.kind == model.Bool
}

// common is a value that is one of several. It keeps the columns that they
// come from unless one of them is computed.
func common(values ...value) value {
	all := value{kind: undecided, notNull: true}
	computed := false
	for _, v := range values {
		all.notNull = all.notNull && v.notNull
		if v.kind == undecided {
			continue
		}
		all.kind = commonKind(all, v)
		all.literals = union(all.literals, v.literals)
		all.origins = union(all.origins, v.origins)
		computed = computed || len(v.origins) == 0 && !v.isConstant()
	}
	if computed {
		all.origins, all.literals = nil, nil
	}
	return all
}

func commonKind(a, b value) model.Kind {
	switch {
	case a.kind == undecided, a.kind == b.kind:
		return b.kind
	case a.kind == model.Bool && b.isBit():
		return model.Bool
	case b.kind == model.Bool && a.isBit():
		return model.Bool
	case a.isNumber() && b.isNumber():
		if a.kind == model.Real || b.kind == model.Real {
			return model.Real // which an integer can be read as
		}
		return model.Integer
	case a.kind == model.JSON && b.isJSON(), b.kind == model.JSON && a.isJSON():
		return model.JSON
	}
	return model.Any
}

// isBit reports whether the value is a constant 0 or 1.
func (v value) isBit() bool {
	return v.isConstant() && !slices.ContainsFunc(v.literals, func(l string) bool { return l != "0" && l != "1" })
}

func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// isJSON reports whether the value is a constant text that is JSON.
func (v value) isJSON() bool {
	return v.isConstant() && v.kind == model.Text &&
		!slices.ContainsFunc(v.literals, func(l string) bool { return !json.Valid([]byte(l)) })
}
