package gen_test

import (
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// A write that returns its row runs to its end, or else the database would
// never move the write-ahead log into its file by itself, and the log would
// grow without end.
func TestWritesLetTheLogBeEmptied(t *testing.T) {
	db, err := newDatabase(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "PRAGMA journal_mode = WAL"); err != nil {
		t.Fatal(err)
	}
	store := must(gen.Open(t.Context(), db))
	system := store.System("test")
	organization := must(system.Organizations.Create(t.Context(), gen.NewOrganization{Name: "North", Slug: "north"}))
	scope := must(system.InOrganization(t.Context(), organization.ID))
	for i := range int64(1500) {
		product := must(scope.Products.Create(t.Context(), gen.NewProduct{Name: "Lamp", Price: i}))
		must(scope.Products.Update(t.Context(), product.ID, gen.Products.Price.Set(i)))
	}
	var busy, frames, moved int
	if err := db.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint").Scan(&busy, &frames, &moved); err != nil {
		t.Fatal(err)
	}
	if frames > 1100 { // it is emptied every 1,000 pages
		t.Errorf("the log has grown to %d pages", frames)
	}
}
