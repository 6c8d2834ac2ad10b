package atlas

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/model"
)

// inspection reads a database into a schema. Every query reads all tables at
// once: asking table by table is what makes inspectors slow.
type inspection struct {
	*replay
	schema *model.Schema
	tables map[string]*model.Table // by name, exactly as stored
	folded map[string]*model.Table // by folded name
	order  map[string]int64        // of indexes: when they were made
}

// inspect returns the schema of the replayed database.
func (r *replay) inspect(ctx context.Context) (*model.Schema, error) {
	i := &inspection{
		replay: r,
		schema: &model.Schema{},
		tables: map[string]*model.Table{},
		folded: map[string]*model.Table{},
		order:  map[string]int64{},
	}
	for _, read := range []func(context.Context) error{
		i.readTables,
		i.readColumns,
		i.readIndexes,
		i.readForeignKeys,
		i.readViews,
		i.readTriggers,
	} {
		if err := read(ctx); err != nil {
			return nil, fmt.Errorf("inspect the schema: %w", err)
		}
	}
	for _, table := range i.schema.Tables {
		i.readDefinition(table)
	}
	i.checkForeignKeys()
	return i.schema, nil
}

// readTables reads the user's tables: not SQLite's own, and not the shadow
// tables in which virtual ones keep their data.
func (i *inspection) readTables(ctx context.Context) error {
	const query = `
		SELECT m.name, m.sql, l.type = 'virtual', l.wr, l.strict
		FROM sqlite_master AS m
		JOIN pragma_table_list AS l ON l.schema = 'main' AND l.name = m.name
		WHERE m.type = 'table' AND l.type <> 'shadow' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
		ORDER BY m.rowid`
	return i.db.Query(ctx, func(scan func(...any) error) error {
		t := &model.Table{}
		if err := scan(&t.Name, &t.SQL, &t.Virtual, &t.WithoutRowid, &t.Strict); err != nil {
			return err
		}
		t.Pos = i.places.table(t.Name).pos
		i.tables[t.Name] = t
		i.folded[model.Fold(t.Name)] = t
		i.schema.Tables = append(i.schema.Tables, t)
		return nil
	}, query)
}

// The values of hidden in PRAGMA table_xinfo.
const (
	hiddenColumn     = 1
	virtualGenerated = 2
	storedGenerated  = 3
)

// readColumns reads columns and primary keys.
func (i *inspection) readColumns(ctx context.Context) error {
	const query = `
		SELECT m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
		FROM sqlite_master AS m CROSS JOIN pragma_table_xinfo(m.name, 'main') AS x
		WHERE m.type = 'table'
		ORDER BY m.rowid, x.cid`
	keys := map[*model.Table]map[int]string{}
	err := i.db.Query(ctx, func(scan func(...any) error) error {
		var (
			name       string
			c          = &model.Column{Collation: "BINARY"}
			deflt      sql.NullString
			pk, hidden int
		)
		if err := scan(&name, &c.Name, &c.Type, &c.NotNull, &deflt, &pk, &hidden); err != nil {
			return err
		}
		t := i.tables[name]
		if t == nil {
			return nil
		}
		c.Default = deflt.String
		c.Hidden = hidden == hiddenColumn
		c.Generated = hidden == virtualGenerated || hidden == storedGenerated
		c.Pos = i.places.table(name).column(c.Name)
		t.Columns = append(t.Columns, c)
		if pk > 0 {
			if keys[t] == nil {
				keys[t] = map[int]string{}
			}
			keys[t][pk] = c.Name
		}
		return nil
	}, query)
	for t, columns := range keys {
		for pk := 1; pk <= len(columns); pk++ {
			t.PrimaryKey = append(t.PrimaryKey, columns[pk])
		}
	}
	return err
}
