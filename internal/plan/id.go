package plan

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// ownKey returns the column that identifies a table's rows by itself: the
// only key column besides the tenant column, unless it is a foreign key.
func (p *planner) ownKey(t *model.Table) *model.Column {
	key := p.keyColumns(t)
	if len(key) != 1 || foreignKeyOf(t, key[0].Name) != nil {
		return nil
	}
	return key[0]
}

// isIdentifier reports whether a key is a number or a text that stands for a
// row, rather than an instant, a truth value or JSON.
func (p *planner) isIdentifier(c *model.Column) bool {
	declared := strings.ToUpper(c.Type)
	return !declaredInstant(declared) && !strings.HasPrefix(declared, "BOOL") && !strings.HasPrefix(declared, "JSON") &&
		!p.namedInstant(c, p.dialect.affinity(c.Type))
}

// keyColumns returns the primary key's columns but for the tenant column,
// which the scope knows.
func (p *planner) keyColumns(t *model.Table) []*model.Column {
	class := p.Owners.Of(t)
	var key []*model.Column
	for _, name := range t.PrimaryKey {
		if class.Kind == tenancy.Owned && strings.EqualFold(name, class.Column) && len(t.PrimaryKey) > 1 {
			continue
		}
		key = append(key, t.Column(name))
	}
	return key
}

// idType returns the key type of a column that is a table's own key, or that
// references one over any number of foreign keys.
func (p *planner) idType(t *model.Table, c *model.Column, seen []*model.Column) (Type, bool) {
	if slices.Contains(seen, c) {
		return Type{}, false
	}
	seen = append(seen, c)
	for _, key := range foreignKeysOf(t, c.Name) {
		parent := p.Schema.Table(key.Table)
		i := slices.IndexFunc(key.Columns, func(name string) bool { return strings.EqualFold(name, c.Name) })
		if column := parent.Column(key.RefColumns[i]); column != nil {
			if id, ok := p.idType(parent, column, seen); ok {
				return id, true
			}
		}
	}
	if table := p.tables[t]; p.ownKey(t) == c && table != nil && table.ID != nil {
		return *table.ID, true
	}
	return Type{}, false
}

// foreignKeysOf returns the foreign keys that a column is part of, those of
// a single column first.
func foreignKeysOf(t *model.Table, column string) []*model.ForeignKey {
	var keys []*model.ForeignKey
	for _, key := range t.ForeignKeys {
		if model.HasName(key.Columns, column) {
			keys = append(keys, key)
		}
	}
	slices.SortStableFunc(keys, func(a, b *model.ForeignKey) int { return len(a.Columns) - len(b.Columns) })
	return keys
}

func foreignKeyOf(t *model.Table, column string) *model.ForeignKey {
	if keys := foreignKeysOf(t, column); len(keys) > 0 {
		return keys[0]
	}
	return nil
}
