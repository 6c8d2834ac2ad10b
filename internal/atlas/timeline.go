package atlas

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Timeline replays migrations one by one, and knows the schema after each.
//
// After a migration it reads only the tables that the migration is about:
// reading all of them each time would take minutes for a project with many
// tables and many migrations.
type Timeline struct {
	db     *database.DB
	schema *model.Schema
	tables map[string]*model.Table // of the schema, by folded name
}

// NewTimeline starts with an empty database. The caller closes it.
func NewTimeline(ctx context.Context) (*Timeline, error) {
	db, err := database.Memory(ctx)
	if err != nil {
		return nil, err
	}
	return &Timeline{db: db, schema: &model.Schema{}, tables: map[string]*model.Table{}}, nil
}

// Close forgets the database.
func (l *Timeline) Close() {
	_ = l.db.Close() // in memory: there is nothing to lose
}

// Skip replays files of which only the outcome matters. It returns
// model.Problems when they are wrong; nothing can follow then. Foreign keys
// that reference what is not there are none: SQLite takes them.
func (l *Timeline) Skip(ctx context.Context, files []File) error {
	if len(files) == 0 {
		return nil
	}
	r := newReplay(l.db, files)
	r.countObjects()
	for _, script := range r.scripts {
		if err := r.run(ctx, script); err != nil {
			return err
		}
	}
	if err := r.problems.Err(); err != nil {
		return err
	}
	schema, err := Inspect(ctx, l.db)
	if err != nil {
		return err
	}
	l.schema = schema
	l.tables = map[string]*model.Table{}
	for _, t := range schema.Tables {
		l.tables[model.Fold(t.Name)] = t
	}
	return nil
}

// Next replays a migration, and returns what it does. It returns
// model.Problems when the migration is wrong; nothing can follow then.
func (l *Timeline) Next(ctx context.Context, file File) (*Edit, error) {
	r := newReplay(l.db, []File{file})
	r.countObjects()
	script := r.scripts[0]
	if err := r.run(ctx, script); err != nil {
		return nil, err
	}
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	t := newTrace(l.tables)
	for _, st := range script.statements {
		t.follow(st)
	}
	from, tables := l.schema, maps.Clone(l.tables)
	if err := l.read(ctx, t, script); err != nil {
		return nil, fmt.Errorf("inspect the schema: %w", err)
	}
	edit := newEdit(script, t, from, l.schema)
	edit.checkKeys(r, tables, l.tables)
	return edit, nil
}

// read makes the schema that of the database, where a file touched it.
func (l *Timeline) read(ctx context.Context, t *trace, s *script) error {
	schema := &model.Schema{Tables: slices.Clone(l.schema.Tables), Views: l.schema.Views, Triggers: l.schema.Triggers}
	l.schema = schema
	if names := l.touched(t); len(names) > 0 {
		read, err := l.readTables(ctx, names)
		if err != nil {
			return err
		}
		l.replaceTables(names, read)
	}
	if slices.ContainsFunc(s.statements, (*statement).touchesCode) {
		return l.readCode(ctx)
	}
	return nil
}

// touched returns the folded names of the tables that a file is about; after
// a rename, also those of the tables whose foreign keys SQLite rewrote.
func (l *Timeline) touched(t *trace) map[string]bool {
	names := map[string]bool{}
	for _, table := range t.all {
		names[model.Fold(table.name)] = true
		if table.from != nil {
			names[model.Fold(table.from.Name)] = true
		}
	}
	if !t.renames {
		return names
	}
	named := maps.Clone(names)
	for _, table := range l.schema.Tables {
		if slices.ContainsFunc(table.ForeignKeys, func(key *model.ForeignKey) bool { return named[model.Fold(key.Table)] }) {
			names[model.Fold(table.Name)] = true
		}
	}
	return names
}

// readTables inspects tables, by way of a database that has nothing else.
func (l *Timeline) readTables(ctx context.Context, names map[string]bool) (*model.Schema, error) {
	const query = `
		SELECT sql FROM sqlite_master
		WHERE type IN ('table', 'index') AND sql IS NOT NULL
		AND tbl_name COLLATE NOCASE IN (SELECT value FROM json_each(?))
		ORDER BY type = 'index', rowid`
	list, err := json.Marshal(slices.Sorted(maps.Keys(names)))
	if err != nil {
		return nil, err
	}
	var definitions []string
	err = l.db.Query(ctx, func(scan func(...any) error) error {
		var sql string
		err := scan(&sql)
		definitions = append(definitions, sql)
		return err
	}, query, string(list))
	if err != nil || len(definitions) == 0 {
		return &model.Schema{}, err
	}
	db, err := database.Memory(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	for _, definition := range definitions {
		if err := db.Exec(ctx, definition); err != nil {
			return nil, err
		}
	}
	return Inspect(ctx, db)
}

// replaceTables puts what was read in the place of the tables that had the
// names.
func (l *Timeline) replaceTables(names map[string]bool, read *model.Schema) {
	now := map[string]*model.Table{}
	for _, t := range read.Tables {
		now[model.Fold(t.Name)] = t
	}
	l.schema.Tables = slices.DeleteFunc(l.schema.Tables, func(t *model.Table) bool {
		return names[model.Fold(t.Name)] && now[model.Fold(t.Name)] == nil
	})
	for i, t := range l.schema.Tables {
		if again := now[model.Fold(t.Name)]; again != nil {
			l.schema.Tables[i] = again
		}
	}
	for _, t := range read.Tables {
		if l.tables[model.Fold(t.Name)] == nil {
			l.schema.Tables = append(l.schema.Tables, t)
		}
	}
	for name := range names {
		delete(l.tables, name)
	}
	maps.Copy(l.tables, now)
	for _, t := range read.Tables {
		l.completeKeys(t)
	}
}

// completeKeys spells out the columns that foreign keys leave to the primary
// key of a table that was not inspected along.
func (l *Timeline) completeKeys(t *model.Table) {
	for _, key := range t.ForeignKeys {
		if parent := l.tables[model.Fold(key.Table)]; parent != nil && len(key.RefColumns) == 0 {
			key.RefColumns = slices.Clone(parent.PrimaryKey)
		}
	}
}

// touchesCode reports whether a statement may change views and triggers: make
// or drop them, or rewrite them for a rename.
func (st *statement) touchesCode() bool {
	switch st.head.object {
	case token.VIEW, token.TRIGGER:
		return true
	case token.TABLE:
		return st.head.verb != token.CREATE
	}
	return false
}

// readCode reads views, without their columns, and triggers.
func (l *Timeline) readCode(ctx context.Context) error {
	const query = `
		SELECT type, name, tbl_name, sql FROM sqlite_master
		WHERE type IN ('view', 'trigger')
		ORDER BY rowid`
	l.schema.Views, l.schema.Triggers = nil, nil
	return l.db.Query(ctx, func(scan func(...any) error) error {
		var kind, name, table, sql string
		if err := scan(&kind, &name, &table, &sql); err != nil {
			return err
		}
		if kind == "view" {
			l.schema.Views = append(l.schema.Views, &model.View{Name: name, SQL: sql})
		} else {
			l.schema.Triggers = append(l.schema.Triggers, &model.Trigger{Name: name, Table: table, SQL: sql})
		}
		return nil
	}, query)
}
