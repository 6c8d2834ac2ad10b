package atlas

import (
	"context"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// readForeignKeys reads foreign keys in the order they are written, which is
// the reverse of the ids that SQLite gives them. Where the schema leaves out
// the referenced columns, they are the parent's primary key.
func (i *inspection) readForeignKeys(ctx context.Context) error {
	const query = `
		SELECT m.name, f.id, f."table", f."from", coalesce(f."to", ''), f.on_update, f.on_delete
		FROM sqlite_master AS m CROSS JOIN pragma_foreign_key_list(m.name, 'main') AS f
		WHERE m.type = 'table'
		ORDER BY m.rowid, f.id DESC, f.seq`
	var (
		last   *model.ForeignKey
		lastID int
		child  string
	)
	err := i.db.Query(ctx, func(scan func(...any) error) error {
		var (
			table, from, to string
			id              int
			key             = &model.ForeignKey{}
		)
		if err := scan(&table, &id, &key.Table, &from, &to, &key.OnUpdate, &key.OnDelete); err != nil {
			return err
		}
		t := i.tables[table]
		if t == nil {
			return nil
		}
		if last == nil || table != child || id != lastID {
			t.ForeignKeys = append(t.ForeignKeys, key)
			last, lastID, child = key, id, table
		}
		last.Columns = append(last.Columns, from)
		if to != "" {
			last.RefColumns = append(last.RefColumns, to)
		}
		return nil
	}, query)
	for _, t := range i.schema.Tables {
		for _, key := range t.ForeignKeys {
			if parent := i.folded[model.Fold(key.Table)]; parent != nil && len(key.RefColumns) == 0 {
				key.RefColumns = slices.Clone(parent.PrimaryKey)
			}
		}
	}
	return err
}

// checkForeignKeys reports keys that reference what is not there. SQLite
// takes them, and fails only when a row is written.
func (i *inspection) checkForeignKeys() {
	for _, t := range i.schema.Tables {
		for _, key := range t.ForeignKeys {
			if !i.lost.object(key.Table) {
				i.checkForeignKey(t, key)
			}
		}
	}
}

func (i *inspection) checkForeignKey(t *model.Table, key *model.ForeignKey) {
	if parent := i.folded[model.Fold(key.Table)]; parent != nil {
		i.checkParent(t, key, parent)
	} else {
		i.missingParent(t, key)
	}
}

func (i *inspection) missingParent(t *model.Table, key *model.ForeignKey) {
	pos := i.places.table(t.Name).reference(key)
	if i.schema.View(key.Table) != nil {
		i.problems.Add(pos, "reference the table beneath it",
			"foreign key of table %q references %q, which is a view", t.Name, key.Table)
		return
	}
	i.problems.Add(pos, orElse(spell.DidYouMean(key.Table, tableNames(i.schema)), "create the table, or remove the reference"),
		"foreign key of table %q references table %q, which does not exist", t.Name, key.Table)
}

// checkParent reports a key whose target is not one that SQLite can look up.
func (i *inspection) checkParent(t *model.Table, key *model.ForeignKey, parent *model.Table) {
	pos := i.places.table(t.Name).reference(key)
	for _, name := range key.RefColumns {
		switch {
		case parent.Column(name) != nil:
			continue
		case !i.lost.column(name):
			i.problems.Add(pos, orElse(spell.DidYouMean(name, columnNames(parent)), "add the column, or reference another"),
				"foreign key of table %q references column %q, which table %q does not have", t.Name, name, parent.Name)
		}
		return
	}
	switch {
	case len(key.RefColumns) == 0:
		i.problems.Add(pos, "name the columns it references",
			"foreign key of table %q references table %q, which has no primary key", t.Name, parent.Name)
	case len(key.RefColumns) != len(key.Columns):
		i.problems.Add(pos, "name as many columns on both sides",
			"foreign key of table %q has %d column(s) and references %d of table %q",
			t.Name, len(key.Columns), len(key.RefColumns), parent.Name)
	case !isKey(parent, key.RefColumns):
		i.problems.Add(pos, "add a unique index on exactly these columns, or reference the primary key",
			"foreign key of table %q references %s of table %q, which is not unique",
			t.Name, strings.Join(key.RefColumns, ", "), parent.Name)
	}
}

// isKey reports whether SQLite takes the columns, in any order, as the target
// of a foreign key: the primary key, or a unique index over all rows with the
// columns' own collations.
func isKey(t *model.Table, columns []string) bool {
	if sameNames(t.PrimaryKey, columns) {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(index *model.Index) bool {
		if !index.Unique || index.Where != "" {
			return false
		}
		var names []string
		for _, term := range index.Columns {
			column := t.Column(term.Name)
			if column == nil || !strings.EqualFold(column.Collation, term.Collation) {
				return false
			}
			names = append(names, term.Name)
		}
		return sameNames(names, columns)
	})
}

// sameNames reports whether a and b hold the same names.
func sameNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, name := range a {
		if !model.HasName(b, name) {
			return false
		}
	}
	return true
}

func tableNames(schema *model.Schema) []string {
	var names []string
	for _, t := range schema.Tables {
		names = append(names, t.Name)
	}
	return names
}

func columnNames(t *model.Table) []string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return names
}
