package plan

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
)

func TestUndoRenames(t *testing.T) {
	before := replayText(t, `CREATE TABLE "Order" (id INTEGER, a TEXT, b TEXT); CREATE TABLE other (id INTEGER); CREATE TABLE kept (x TEXT, y TEXT);`)
	const sql = `
		ALTER TABLE "Order" RENAME TO tmp; ALTER TABLE tmp RENAME A TO c; ALTER TABLE tmp RENAME TO purchase; ALTER TABLE purchase RENAME COLUMN c TO d;
		CREATE TABLE new_other (id INTEGER); DROP TABLE other; ALTER TABLE new_other RENAME TO other; ALTER TABLE other RENAME COLUMN id TO key;
		ALTER TABLE kept RENAME x TO z; ALTER TABLE kept RENAME y TO x; ALTER TABLE kept DROP COLUMN z;`
	after := replayText(t, `CREATE TABLE "Order" (id INTEGER, a TEXT, b TEXT); CREATE TABLE other (id INTEGER); CREATE TABLE kept (x TEXT, y TEXT);`+sql)
	got := UndoRenames([]atlas.File{{Name: "2.sql", Text: sql}}, after.Schema, before.Schema)
	if len(got.Tables) != 1 || got.Tables["order"] != "purchase" {
		t.Errorf("tables: %v", got.Tables)
	}
	want := map[[2]string]string{{"order", "a"}: "d", {"other", "id"}: "key", {"kept", "y"}: "x"}
	for key, name := range want {
		if got.Columns[key] != name {
			t.Errorf("column %v: %q, want %q", key, got.Columns[key], name)
		}
	}
	if len(got.Columns) != len(want) {
		t.Errorf("columns: %v", got.Columns)
	}
}
