package plan

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// Places finds where objects are written, in the first of some schemas that
// knows. A schema may be nil.
type Places []*model.Schema

// Of returns where an object that differs is written. For what is written
// nowhere, that is the table it would belong to.
func (p Places) Of(d Difference) model.Position {
	for _, find := range []func(*model.Schema) model.Position{
		func(s *model.Schema) model.Position { return placeOf(s, d) },
		func(s *model.Schema) model.Position { return placeOfTable(s, d.Table) },
	} {
		if pos := p.first(find); pos != (model.Position{}) {
			return pos
		}
	}
	return d.Pos
}

func (p Places) first(find func(*model.Schema) model.Position) model.Position {
	for _, s := range p {
		if s == nil {
			continue
		}
		if pos := find(s); pos != (model.Position{}) {
			return pos
		}
	}
	return model.Position{}
}

func placeOfTable(s *model.Schema, name string) model.Position {
	if t := s.Table(name); t != nil {
		return t.Pos
	}
	return model.Position{}
}

// placeOf returns where a schema has an object; the zero value where it has
// none.
func placeOf(s *model.Schema, d Difference) model.Position {
	switch d.Kind {
	case Table:
		return placeOfTable(s, d.Table)
	case View:
		if v := s.View(d.Name); v != nil {
			return v.Pos
		}
	case Trigger:
		if i := slices.IndexFunc(s.Triggers, func(t *model.Trigger) bool { return model.Fold(t.Name) == model.Fold(d.Name) }); i >= 0 {
			return s.Triggers[i].Pos
		}
	case Index:
		for _, index := range indexesOf(s) {
			if model.Fold(index.Name) == model.Fold(d.Name) {
				return index.Pos
			}
		}
	case Column, PrimaryKey, Unique, Check, ForeignKey:
		if t := s.Table(d.Table); t != nil {
			return placeInTable(t, d)
		}
	}
	return model.Position{}
}

// placeInTable returns where a table has a column or constraint.
func placeInTable(t *model.Table, d Difference) model.Position {
	if d.Kind == Column {
		if c := t.Column(d.Name); c != nil {
			return c.Pos
		}
		return model.Position{}
	}
	for _, rule := range shapeOf(t).rules {
		same := rule.text == d.To || rule.text == d.From || d.Kind == PrimaryKey || d.Name != "" && strings.EqualFold(rule.name, d.Name)
		if rule.kind == d.Kind && same {
			return rule.pos
		}
	}
	return model.Position{}
}
