package plan

import (
	"encoding/json"
	"slices"

	"github.com/rowhouse/rowhouse/internal/model"
)

// queryType returns the type of the table columns that a parameter or result
// has to do with, where they have one in common, or else that of its kind.
func (p *planner) queryType(q model.QueryType) (Type, bool) {
	if typ, ok := p.originType(q.Origins); ok && p.admits(typ, q.Literals) {
		return typ, true
	}
	typ, ok := kindTypes[q.Kind]
	return typ, ok
}

// kindTypes are the types of values that no column decides.
var kindTypes = map[model.Kind]Type{
	model.Integer: integerType,
	model.Real:    realType,
	model.Text:    textType,
	model.Blob:    blobType,
	model.Bool:    boolType,
	model.JSON:    jsonType,
}

func (p *planner) originType(origins []model.ColumnRef) (Type, bool) {
	var types []Type
	for _, origin := range origins {
		t := p.tables[p.Schema.Table(origin.Table)]
		if t == nil {
			return Type{}, false
		}
		c := t.column(origin.Column)
		if c == nil || len(types) > 0 && types[0] != c.Type {
			return Type{}, false
		}
		types = append(types, c.Type)
	}
	return append(types, Type{})[0], len(types) > 0
}

// admits reports whether literals are values of a type for certain: an
// instant, say, may be encoded in several ways.
func (p *planner) admits(typ Type, literals []string) bool {
	for _, literal := range literals {
		switch {
		case typ == boolType:
			if literal != "0" && literal != "1" {
				return false
			}
		case typ == jsonType:
			if !json.Valid([]byte(literal)) {
				return false
			}
		case typ != secretType && typ != textType && !p.isEnumValue(typ, literal):
			return false
		}
	}
	return true
}

func (p *planner) isEnumValue(typ Type, literal string) bool {
	for _, t := range p.tables {
		for _, e := range t.Enums {
			if e.Name == typ.Name && slices.ContainsFunc(e.Values, func(v EnumValue) bool { return v.Value == literal }) {
				return true
			}
		}
	}
	return false
}
