package runtime

import (
	"context"
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
)

// loadInto loads the relations of the query into the fields of rows that the
// caller has, a slice.
// What the rows lead to is looked up by their keys, not by what their fields
// say: a row that is not within reach, or no longer there, gets nothing.
func (q *query) loadInto(ctx context.Context, of any) error {
	const op = "load"
	rows := reflect.ValueOf(of)
	q.has.columns = []string{}
	q, err := q.permitted(op, toRead)
	if err != nil {
		return err
	}
	if rows.Len() == 0 {
		return nil
	}
	r := &reading{session: q.session, query: q, table: q.table, row: rows.Type().Elem()}
	defer r.release()
	if r.given, err = q.table.keysOf(rows); err != nil {
		return failed(op, q.table.name, err)
	}
	if err := r.plan(); err != nil {
		return failed(op, q.table.name, err)
	}
	place := r.addKey(element{sql: `"given.row"`, json: `"given.row"`})
	if err := r.run(ctx); err != nil {
		return failed(op, q.table.name, err)
	}
	r.bringTogether()
	for i := range rows.Len() { // what the fields say is out of date
		for _, child := range r.children {
			rows.Index(i).FieldByIndex(child.at).SetZero()
		}
	}
	for i, at := range r.keys[place] {
		row, err := strconv.Atoi(at)
		if err != nil {
			return failed(op, q.table.name, errMalformed)
		}
		for _, child := range r.children {
			rows.Index(row).FieldByIndex(child.at).Set(r.to(i, child.at))
		}
	}
	return nil
}

// keysOf returns the keys of rows as a JSON list.
func (t *table) keysOf(rows reflect.Value) (string, error) {
	used := t.template(rows.Type().Elem())
	defer t.release(used)
	list := []byte{'['}
	for i := range rows.Len() {
		used.value.Set(rows.Index(i))
		if i > 0 {
			list = append(list, ',')
		}
		if len(t.key) > 1 {
			list = append(list, '[')
		}
		for j, name := range t.key {
			if j > 0 {
				list = append(list, ',')
			}
			value := valueOf(used.fields[t.index(name)])
			if blob, ok := value.([]byte); ok {
				value = hex.EncodeToString(blob)
			}
			var err error
			if list, err = appendJSON(list, value); err != nil {
				return "", fmt.Errorf("the key: %w", err)
			}
		}
		if len(t.key) > 1 {
			list = append(list, ']')
		}
	}
	return string(append(list, ']')), nil
}
