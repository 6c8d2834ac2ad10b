package main

import (
	"fmt"
	"strings"
)

// names are those of the tables: in the alphabet's order, so that a table
// comes after its parent.
func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("item_%03d", i)
	}
	return list
}

// parent is the table that a table's parent_id references: the tables make a
// binary tree, whose root references itself.
func parent(table int) int { return max(0, (table-1)/2) }

// schema is a file for each table, shaped like the repository's product.
func schema(tables []string) map[string]string {
	files := map[string]string{}
	for i, name := range tables {
		files[name+".sql"] = strings.NewReplacer("{table}", name, "{parent}", tables[parent(i)]).Replace(tableSQL)
	}
	return files
}

const tableSQL = `CREATE TABLE {table} (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  parent_id       TEXT    REFERENCES {parent} (id) ON DELETE SET NULL,
  name            TEXT    NOT NULL,
  description     TEXT,
  price           INTEGER NOT NULL,
  created_by      TEXT    REFERENCES "user" (id) ON DELETE SET NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER
);

CREATE INDEX {table}_organization_id_created_at_idx ON {table} (organization_id, created_at);
CREATE INDEX {table}_parent_id_idx ON {table} (parent_id);
CREATE INDEX {table}_created_by_idx ON {table} (created_by);
`

// queries is one query for each table.
func queries(tables []string) string {
	var text strings.Builder
	for _, name := range tables {
		text.WriteString(strings.NewReplacer("{table}", name, "{type}", typeName(name)).Replace(querySQL))
	}
	return text.String()
}

const querySQL = `-- name: Latest{type} :many
SELECT id, name, price
FROM {table}
WHERE organization_id = @organization_id
  AND deleted_at IS NULL
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

`

// typeName is the Go name of a table: Item007 of item_007.
func typeName(table string) string { return "Item" + strings.TrimPrefix(table, "item_") }
