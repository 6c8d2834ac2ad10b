package runtime

import (
	"reflect"
	"testing"
)

// What is known of a row is not read: there may be nothing left to read.
func TestNothingLeftToRead(t *testing.T) {
	_, s := newLinked(t)
	for _, s := range []*session{s, byColumn(s)} {
		rows := all[item](t, sorted(selecting(s.items(), Selectable[*item](items.Tenant)), items.ID.Asc()))
		if want := []item{{TenantID: "a"}, {TenantID: "a"}, {TenantID: "a"}}; !reflect.DeepEqual(rows, want) {
			t.Errorf("selected %+v", rows)
		}
		var pair *itemTag
		if err := s.get(t.Context(), &itemTagTable, &pair, "1", "t2"); err != nil || !reflect.DeepEqual(*pair, itemTag{TenantID: "a", ItemID: "1", TagID: "t2"}) {
			t.Errorf("got %+v, %v", pair, err)
		}
		pair = nil
		err := s.get(t.Context(), &itemTagTable, &pair, "9", "t9")
		wantError(t, err, ErrNotFound, "get item_tag: not found")
		if pair != nil {
			t.Errorf("got %+v", pair)
		}
	}
}

// Select reads only what it names, and what loading relations takes; the
// other fields are zero.
func TestSelect(t *testing.T) {
	_, s := newLinked(t)
	for _, s := range []*session{s, byColumn(s)} {
		q := sorted(selecting(s.items(), Selectable[*item](items.Name), items.N, items.Name), items.ID.Asc())
		want := []item{{Name: "Lamp", N: 10}, {Name: "Desk lamp", N: 20}, {Name: "Table", N: 30}}
		if rows := all[item](t, q); !reflect.DeepEqual(rows, want) {
			t.Errorf("selected %+v", rows)
		}
		ma := &maker{ID: "ma", TenantID: "a"}
		want[0].Maker, want[1].Maker = ma, ma
		if rows := all[item](t, with(q, items.Maker)); !reflect.DeepEqual(rows, want) {
			t.Errorf("selected with their makers %+v", rows)
		}
	}
}
