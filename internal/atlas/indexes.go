package atlas

import (
	"context"
	"slices"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// readIndexes reads indexes with their terms, in creation order.
func (i *inspection) readIndexes(ctx context.Context) error {
	const query = `
		SELECT m.name, l.name, l."unique", l.origin, coalesce(s.sql, ''), coalesce(s.rowid, 0)
		FROM sqlite_master AS m
		CROSS JOIN pragma_index_list(m.name, 'main') AS l
		LEFT JOIN sqlite_master AS s ON s.type = 'index' AND s.name = l.name AND s.tbl_name = m.name
		WHERE m.type = 'table'`
	indexes := map[string]*model.Index{}
	err := i.db.Query(ctx, func(scan func(...any) error) error {
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
	return i.db.Query(ctx, func(scan func(...any) error) error {
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
