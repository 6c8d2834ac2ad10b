package atlas

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/sqlc-dev/meyer/token"

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

// query calls each for every row of a query's result.
func (d *database) query(ctx context.Context, each func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := d.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
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
	return i.db.query(ctx, func(scan func(...any) error) error {
		t := &model.Table{}
		if err := scan(&t.Name, &t.SQL, &t.Virtual, &t.WithoutRowid, &t.Strict); err != nil {
			return err
		}
		t.Pos = i.places.table(t.Name).pos
		i.tables[t.Name] = t
		i.folded[fold(t.Name)] = t
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
	err := i.db.query(ctx, func(scan func(...any) error) error {
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

// readIndexes reads indexes with their terms, in creation order.
func (i *inspection) readIndexes(ctx context.Context) error {
	const query = `
		SELECT m.name, l.name, l."unique", l.origin, coalesce(s.sql, ''), coalesce(s.rowid, 0)
		FROM sqlite_master AS m
		CROSS JOIN pragma_index_list(m.name, 'main') AS l
		LEFT JOIN sqlite_master AS s ON s.type = 'index' AND s.name = l.name AND s.tbl_name = m.name
		WHERE m.type = 'table'`
	indexes := map[string]*model.Index{}
	err := i.db.query(ctx, func(scan func(...any) error) error {
		var (
			table string
			index = &model.Index{}
			made  int64
		)
		if err := scan(&table, &index.Name, &index.Unique, &index.Origin, &index.SQL, &made); err != nil {
			return err
		}
		if t := i.tables[table]; t != nil {
			t.Indexes = append(t.Indexes, index)
			index.Pos = i.indexPos(t, index)
			indexes[index.Name] = index
			i.order[index.Name] = made
		}
		return nil
	}, query)
	if err != nil {
		return err
	}
	for _, t := range i.schema.Tables {
		slices.SortStableFunc(t.Indexes, func(a, b *model.Index) int {
			return int(i.order[a.Name] - i.order[b.Name])
		})
	}
	return i.readIndexColumns(ctx, indexes)
}

func (i *inspection) indexPos(t *model.Table, index *model.Index) model.Position {
	if pos := i.places.object(token.INDEX, index.Name); pos != (model.Position{}) {
		return pos
	}
	return t.Pos
}

func (i *inspection) readIndexColumns(ctx context.Context, indexes map[string]*model.Index) error {
	const query = `
		SELECT l.name, coalesce(x.name, ''), x.coll, x."desc"
		FROM sqlite_master AS m
		CROSS JOIN pragma_index_list(m.name, 'main') AS l
		CROSS JOIN pragma_index_xinfo(l.name, 'main') AS x
		WHERE m.type = 'table' AND x.key
		ORDER BY m.rowid, l.seq, x.seqno`
	return i.db.query(ctx, func(scan func(...any) error) error {
		var (
			name   string
			column model.IndexColumn
		)
		if err := scan(&name, &column.Name, &column.Collation, &column.Desc); err != nil {
			return err
		}
		if index := indexes[name]; index != nil {
			column.Collation = collation(column.Collation)
			index.Columns = append(index.Columns, column)
		}
		return nil
	}, query)
}

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
	err := i.db.query(ctx, func(scan func(...any) error) error {
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
			if parent := i.folded[fold(key.Table)]; parent != nil && len(key.RefColumns) == 0 {
				key.RefColumns = slices.Clone(parent.PrimaryKey)
			}
		}
	}
	return err
}

// readViews reads views one by one, since a view that does not work would
// fail the query for all.
func (i *inspection) readViews(ctx context.Context) error {
	const query = `SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid`
	err := i.db.query(ctx, func(scan func(...any) error) error {
		v := &model.View{}
		if err := scan(&v.Name, &v.SQL); err != nil {
			return err
		}
		v.Pos = i.places.object(token.VIEW, v.Name)
		i.schema.Views = append(i.schema.Views, v)
		return nil
	}, query)
	if err != nil {
		return err
	}
	for _, v := range i.schema.Views {
		err := i.readViewColumns(ctx, v)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		i.brokenView(v, err)
	}
	return nil
}

// brokenView reports a view that SQLite took, since it looks into views only
// when they are used.
func (i *inspection) brokenView(v *model.View, err error) {
	cause := &failure{message: err.Error(), offset: -1}
	if i.lost.explains(cause) {
		return
	}
	p := model.Problem{Pos: v.Pos, Message: cause.message}
	if st := i.places.objects[object{token.VIEW, fold(v.Name)}]; st != nil {
		p = i.explain(st, cause)
	}
	p.Message = fmt.Sprintf("view %q does not work: %s", v.Name, p.Message)
	p.Fix = orElse(p.Fix, "correct its SELECT")
	i.problems = append(i.problems, p)
}

func (i *inspection) readViewColumns(ctx context.Context, v *model.View) error {
	const query = `SELECT name, type FROM pragma_table_xinfo(?, 'main') ORDER BY cid`
	return i.db.query(ctx, func(scan func(...any) error) error {
		c := &model.Column{Pos: v.Pos, Collation: "BINARY"}
		if err := scan(&c.Name, &c.Type); err != nil {
			return err
		}
		v.Columns = append(v.Columns, c)
		return nil
	}, query, v.Name)
}

func (i *inspection) readTriggers(ctx context.Context) error {
	const query = `SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid`
	return i.db.query(ctx, func(scan func(...any) error) error {
		t := &model.Trigger{}
		if err := scan(&t.Name, &t.Table, &t.SQL); err != nil {
			return err
		}
		t.Pos = i.places.object(token.TRIGGER, t.Name)
		i.schema.Triggers = append(i.schema.Triggers, t)
		return nil
	}, query)
}
