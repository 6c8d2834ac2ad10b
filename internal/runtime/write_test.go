package runtime

import (
	"context"
	"reflect"
	"testing"
)

func upsert(s *session, input newItem, conflict ...string) (*item, error) {
	var row *item
	err := s.upsert(context.Background(), &itemTable, &row, &input, conflict)
	return row, err
}

func TestCreate(t *testing.T) {
	_, s := newLinked(t)
	for _, s := range []*session{s, byColumn(s)} {
		key := newKey(s.now())
		row, err := create(s, newItem{id: key, Name: "name of " + key, Note: new(""), N: -3, R: 0.1, Flag: true, MakerID: new("ma")})
		want := &item{ID: key, TenantID: "a", Name: "name of " + key, Note: new(""), N: -3, R: 0.1, Flag: true, MakerID: new("ma")}
		if err != nil || !reflect.DeepEqual(row, want) {
			t.Errorf("created %+v, %v", row, err)
		}
		if row, err := get(s, key); err != nil || !reflect.DeepEqual(row, want) {
			t.Errorf("stored %+v, %v", row, err)
		}
		_, err = create(s, newItem{id: key, Name: "other"})
		wantError(t, err, ErrConflict, "create item: conflict with another row (item.id)")
		_, err = create(s, newItem{Name: "Lamp of b"})
		wantError(t, err, ErrConflict, "create item: conflict with another row (item.name)")
		_, err = create(s, newItem{Name: "other", N: 1_000_000})
		wantError(t, err, ErrInvalid, "create item: invalid value (n)")
		for _, maker := range []string{"mb", "missing", ""} {
			_, err = create(s, newItem{Name: "other", MakerID: &maker})
			wantError(t, err, ErrReference, "create item: invalid reference (maker_id)")
		}
	}
}

func TestUpsert(t *testing.T) {
	_, s := newLinked(t)
	for _, s := range []*session{s, byColumn(s)} {
		row, err := upsert(s, newItem{id: "1", Name: "Lamp", N: 7})
		if err != nil || row.ID != "1" || row.N != 7 || row.MakerID != nil {
			t.Errorf("by key: %+v, %v", row, err)
		}
		row, err = upsert(s, newItem{Name: "Lamp", N: 8, MakerID: new("mc")}, "name")
		if err != nil || row.ID != "1" || row.N != 8 || *row.MakerID != "mc" {
			t.Errorf("by name: %+v, %v", row, err)
		}
		key := newKey(s.now())
		row, err = upsert(s, newItem{id: key, Name: "name of " + key, N: 9}, "name")
		if err != nil || row.ID != key || row.N != 9 {
			t.Errorf("a new one: %+v, %v", row, err)
		}
		_, err = upsert(s, newItem{Name: "Lamp"}, "note")
		wantError(t, err, ErrInvalid, "upsert item: invalid value (no unique index on note)")
		_, err = upsert(s, newItem{Name: "Lamp"}, "id", "name")
		wantError(t, err, ErrInvalid, "upsert item: invalid value (no unique index on id, name)")
		_, err = upsert(s, newItem{Name: "Lamp of b"}, "name")
		wantError(t, err, ErrConflict, "upsert item: conflict with another row (name)")
		_, err = upsert(s, newItem{id: "9", Name: "mine now"}, "id")
		wantError(t, err, ErrConflict, "upsert item: conflict with another row (id)")
		_, err = upsert(s, newItem{id: "1", Name: "Table"}, "id")
		wantError(t, err, ErrConflict, "upsert item: conflict with another row (item.name)")
		for _, maker := range []string{"mb", "missing"} {
			_, err = upsert(s, newItem{Name: "Lamp", MakerID: &maker}, "name")
			wantError(t, err, ErrReference, "upsert item: invalid reference (maker_id)")
			_, err = upsert(s, newItem{Name: "Lamp of b", MakerID: &maker}, "name")
			wantError(t, err, ErrReference, "upsert item: invalid reference (maker_id)")
		}
		if row, err := get(s, "1"); err != nil || row.N != 8 || *row.MakerID != "mc" {
			t.Errorf("left %+v, %v", row, err)
		}
	}
	if row, err := get(&session{db: s.db, tenant: "b"}, "9"); err != nil || row.Name != "Lamp of b" || row.N != 20 {
		t.Errorf("tenant b has %+v, %v", row, err)
	}
}

func TestWriteRowsOfQueries(t *testing.T) {
	_, s := newLinked(t)
	ctx := t.Context()
	set := func(q *query, changes ...Change[*item]) (int64, error) { return q.update(ctx, changesOf(changes)) }

	if n, err := set(filtered(s.items(), items.N.GTE(20)), items.Note.Set("x")); err != nil || n != 2 {
		t.Errorf("updated %d, %v", n, err)
	}
	if n, err := set(sorted(s.items(), items.N.Desc()).limited(1).skipping(1), items.Note.Set("y")); err != nil || n != 1 || found(t, where(s, items.Note.Eq("y"))) != "2" {
		t.Errorf("updated %d, %v: %s", n, err, found(t, where(s, items.Note.Eq("y"))))
	}
	if n, err := set(s.items()); err != nil || n != 3 {
		t.Errorf("no change of %d, %v", n, err)
	}
	if n, err := set(s.items(), items.Made.Set("mc")); err != nil || n != 3 {
		t.Errorf("updated %d, %v", n, err)
	}
	for _, maker := range []string{"mb", "missing"} {
		n, err := set(s.items(), items.Made.Set(maker), items.N.Set(0))
		wantError(t, err, ErrReference, "update item: invalid reference (maker_id)")
		if n != 0 || found(t, where(s, items.Made.Eq("mc"), items.N.GT(0))) != "1 2 3" {
			t.Errorf("updated %d", n)
		}
	}
	_, err := set(s.items(), items.Name.Set("same"))
	wantError(t, err, ErrConflict, "update item: conflict with another row (item.name)")
	_, err = set(s.items(), items.N.Set(1), items.N.Set(2))
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change n)")
	_, err = set(s.items(), Change[*item]{})
	wantError(t, err, ErrInvalid, "update item: invalid value (zero or repeated Change )")

	mustExec(t, s, "DELETE FROM item_tag")
	if n, err := sorted(s.items(), items.N.Asc()).limited(1).remove(ctx); err != nil || n != 1 || found(t, where(s)) != "2 3" {
		t.Errorf("deleted %d, %v: %s left", n, err, found(t, where(s)))
	}
	if n, err := filtered(s.items(), items.ID.In("2", "9")).remove(ctx); err != nil || n != 1 {
		t.Errorf("deleted %d, %v", n, err)
	}
	if err := s.remove(ctx, &itemTable, "3"); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"3", "9", "missing"} {
		err := s.remove(ctx, &itemTable, key)
		wantError(t, err, ErrNotFound, "delete item: not found")
	}
	if got := found(t, where(&session{db: s.db, tenant: "b"})); got != "9" {
		t.Errorf("tenant b has %s", got)
	}
}
