package runtime

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var updateStatements = flag.Bool("update", false, "write testdata/statements.txtar anew")

// tree spells rows with what they lead to: the key, the row of each pointer
// in braces, the rows of each slice in brackets; nothing for what was not loaded.
func tree(rows any) string {
	var list []string
	switch rows := rows.(type) {
	case []item:
		for i := range rows {
			row := &rows[i]
			text := row.ID
			if row.Maker != nil {
				text += "{" + tree([]maker{*row.Maker}) + "}"
			}
			list = append(list, text+branch(row.Tags, row.Tags == nil))
		}
	case []maker:
		for i := range rows {
			list = append(list, rows[i].ID+branch(rows[i].Items, rows[i].Items == nil))
		}
	case []tag:
		for i := range rows {
			list = append(list, rows[i].ID+branch(rows[i].Items, rows[i].Items == nil)+branch(rows[i].Pairs, rows[i].Pairs == nil))
		}
	case []itemTag:
		for i := range rows {
			row := &rows[i]
			text := row.ItemID + "-" + row.TagID
			if row.Item != nil {
				text += "{" + tree([]item{*row.Item}) + "}"
			}
			if row.Tag != nil {
				text += "{" + tree([]tag{*row.Tag}) + "}"
			}
			list = append(list, text)
		}
	}
	return strings.Join(list, " ")
}

func branch(rows any, missing bool) string {
	if missing {
		return ""
	}
	return "[" + tree(rows) + "]"
}

// read is what a query reads, as a tree.
func read[R any](q *query) (string, error) {
	var rows []R
	err := q.all(context.Background(), &rows)
	return tree(rows), err
}

var statements = []struct {
	name string
	run  func(s *session) (string, error)
	want string
}{
	{"a plain list", func(s *session) (string, error) { return read[item](s.items()) }, "1 2 3"},
	{"a list with predicates", func(s *session) (string, error) {
		return read[item](filtered(s.items(), items.N.GT(5), Or(items.Note.IsNull(), items.Note.Eq("old"))))
	}, "1 2"},
	{"some columns", func(s *session) (string, error) {
		return read[tag](selecting(s.tags(), Selectable[*tag](tags.ID), tags.Mark))
	}, "t1 t2 t3"},
	{"an ordered list", func(s *session) (string, error) {
		return read[item](sorted(s.items(), items.N.Desc(), items.Name.Asc()))
	}, "3 2 1"},
	{"a window", func(s *session) (string, error) {
		return read[item](sorted(filtered(s.items(), items.N.GT(5)), items.N.Desc()).limited(2).skipping(1))
	}, "2 1"},
	{"an ordered list of a table without a rowid", func(s *session) (string, error) {
		return read[itemTag](sorted(s.pairs(), pairs.TagID.Desc(), pairs.ItemID.Asc()))
	}, "2-t9 2-t4 1-t2 1-t1 2-t1"},
	{"a page", func(s *session) (string, error) {
		page, err := pageOf[item](sorted(s.items(), items.N.Desc()), PageRequest{Size: 1})
		if err != nil {
			return "", err
		}
		next, err := pageOf[item](sorted(s.items(), items.N.Desc()), PageRequest{Size: 1, After: page.Next})
		return tree(page.Rows) + " | " + tree(next.Rows), err
	}, "3 | 2"},

	{"to one", func(s *session) (string, error) { return read[item](with(s.items(), items.Maker)) }, "1{ma} 2{ma} 3"},
	{"to one, of an ordered list", func(s *session) (string, error) {
		return read[item](with(sorted(s.items(), items.N.Desc()), items.Maker))
	}, "3 2{ma} 1{ma}"},
	{"to one that may be deleted", func(s *session) (string, error) {
		return read[itemTag](sorted(with(s.pairs(), pairs.Tag), pairs.ItemID.Asc(), pairs.TagID.Asc()))
	}, "1-t1{t1} 1-t2{t2} 2-t1{t1} 2-t4 2-t9"},
	{"to one with a predicate", func(s *session) (string, error) {
		return read[item](with(s.items(), items.Maker.Where(makers.ID.NE("ma"))))
	}, "1 2 3"},
	{"to one and on", func(s *session) (string, error) {
		return read[itemTag](sorted(with(s.pairs(), pairs.Item.With(items.Maker), pairs.Tag), pairs.ItemID.Asc(), pairs.TagID.Asc()))
	}, "1-t1{1{ma}}{t1} 1-t2{1{ma}}{t2} 2-t1{2{ma}}{t1} 2-t4{2{ma}} 2-t9{2{ma}}"},

	{"to many", func(s *session) (string, error) {
		return read[maker](with(s.makers(), makers.Items))
	}, "ma[1 2] mc[]"},
	{"to many, refined", func(s *session) (string, error) {
		return read[maker](with(s.makers(), makers.Items.Where(items.N.GTE(10)).OrderBy(items.N.Desc()).Select(items.Name, items.ID)))
	}, "ma[2 1] mc[]"},
	{"to many of a window", func(s *session) (string, error) {
		return read[maker](with(sorted(s.makers(), makers.ID.Asc()).limited(1), makers.Items.OrderBy(items.N.Asc())))
	}, "ma[1 2]"},
	{"to many, limited for each", func(s *session) (string, error) {
		return read[maker](with(s.makers(), makers.Items.OrderBy(items.N.Desc()).Limit(1)))
	}, "ma[2] mc[]"},
	{"to many, limited to nothing", func(s *session) (string, error) {
		return read[maker](with(s.makers(), makers.Items.Limit(0)))
	}, "ma[] mc[]"},
	{"to many and on", func(s *session) (string, error) {
		return read[maker](with(s.makers(), makers.Items.OrderBy(items.N.Asc()).With(items.Tags.OrderBy(tags.ID.Desc()), items.Maker)))
	}, "ma[1{ma}[t2 t1] 2{ma}[t1]] mc[]"},

	{"many to many", func(s *session) (string, error) {
		return read[item](with(s.items(), items.Tags.OrderBy(tags.ID.Asc())))
	}, "1[t1 t2] 2[t1] 3[]"},
	{"many to many, refined", func(s *session) (string, error) {
		return read[item](with(s.items(), items.Tags.Where(tags.Rank.GT(1)).OrderBy(tags.Rank.Desc()).Limit(1)))
	}, "1[t1] 2[t1] 3[]"},
	{"many to many and back", func(s *session) (string, error) {
		return read[tag](with(s.tags(), tags.Items.OrderBy(items.N.Asc()).With(items.Tags.OrderBy(tags.ID.Asc()))))
	}, "t1[1[t1 t2] 2[t1]] t2[1[t1 t2]] t3[]"},

	{"load", func(s *session) (string, error) {
		rows := []item{{ID: "2"}, {ID: "missing"}, {ID: "9"}, {ID: "1"}, {ID: "2"}, {ID: "' OR 1=1 --"}}
		err := with(s.items(), items.Maker, items.Tags.OrderBy(tags.ID.Asc())).loadInto(context.Background(), rows)
		return tree(rows), err
	}, "2{ma}[t1] missing 9 1{ma}[t1 t2] 2{ma}[t1] ' OR 1=1 --"},
	{"load, by a key of two columns", func(s *session) (string, error) {
		rows := []itemTag{{ItemID: "2", TagID: "t1"}, {ItemID: "t1", TagID: "2"}, {ItemID: "9", TagID: "t9"}, {ItemID: "1", TagID: "t2"}}
		err := with(s.pairs(), pairs.Item, pairs.Tag).loadInto(context.Background(), rows)
		return tree(rows), err
	}, "2-t1{2}{t1} t1-2 9-t9 1-t2{1}{t2}"},

	{"get", func(s *session) (string, error) {
		row, err := get(s, "2")
		if err != nil {
			return "", err
		}
		return tree([]item{*row}), nil
	}, "2"},
	{"count", func(s *session) (string, error) {
		n, err := s.items().count(context.Background())
		return fmt.Sprint(n), err
	}, "3"},
	{"count within a window", func(s *session) (string, error) {
		n, err := sorted(s.items(), items.N.Asc()).limited(2).count(context.Background())
		return fmt.Sprint(n), err
	}, "2"},
	{"exists", func(s *session) (string, error) {
		found, err := filtered(s.items(), items.N.GT(20)).exists(context.Background())
		return fmt.Sprint(found), err
	}, "true"},
}

// TestStatements runs every statement and compares its text with
// testdata/statements.txtar, to be read and, with -update, written anew.
func TestStatements(t *testing.T) {
	const name = "testdata/statements.txtar"
	c, s := newLinked(t)
	var archive txtar.Archive
	for _, statement := range statements {
		c.since()
		got, err := statement.run(s)
		if err != nil || got != statement.want {
			t.Errorf("%s: read %s, %v, want %s", statement.name, got, err, statement.want)
		}
		archive.Files = append(archive.Files, txtar.File{Name: statement.name, Data: []byte(strings.Join(c.since(), ";\n\n") + ";\n\n")})
	}
	if *updateStatements {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, txtar.Format(&archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range archive.Files {
		if i >= len(golden.Files) || golden.Files[i].Name != file.Name || string(golden.Files[i].Data) != string(file.Data) {
			t.Errorf("%s differs; see go test -update\n%s", file.Name, file.Data)
		}
	}
	if len(golden.Files) != len(archive.Files) {
		t.Errorf("%s holds %d statements, want %d", name, len(golden.Files), len(archive.Files))
	}
}

// However rows are read, they are the same.
func TestStatementsByColumn(t *testing.T) {
	_, s := newLinked(t)
	for _, statement := range statements {
		if got, err := statement.run(byColumn(s)); err != nil || got != statement.want {
			t.Errorf("%s: read %s, %v, want %s", statement.name, got, err, statement.want)
		}
	}
	if err := s.inTx(t.Context(), func(tx *session) error {
		for _, statement := range statements {
			if got, err := statement.run(tx); err != nil || got != statement.want {
				t.Errorf("%s, in a transaction: read %s, %v, want %s", statement.name, got, err, statement.want)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// Nothing of another tenant's is reached, whatever leads there.
func TestNothingOfAnotherTenantIsReached(t *testing.T) {
	_, s := newLinked(t)
	b := &session{db: s.db, tenant: "b"}
	none := &session{db: s.db, tenant: "c"}
	for _, statement := range statements {
		got, err := statement.run(b)
		for _, key := range []string{"ma", "mc", "t2", "t3", "t4", "{1", "{2", "[1", "[2", "{t1", "[t1"} {
			if err == nil && strings.Contains(got, key) && !strings.HasPrefix(statement.name, "load") {
				t.Errorf("%s: tenant b reads %s", statement.name, got)
			}
		}
		if strings.HasPrefix(statement.name, "load") && strings.ContainsAny(strings.ReplaceAll(got, "9{mb}[t9]", "9"), "{[") && !strings.Contains(got, "9-t9{9}{t9}") {
			t.Errorf("%s: tenant b reads %s", statement.name, got)
		}
		if got, err := statement.run(none); err == nil && strings.ContainsAny(got, "{[") {
			t.Errorf("%s: nobody reads %s", statement.name, got)
		}
	}
	for want, got := range map[string]func() (string, error){
		"9{mb}[t9]": func() (string, error) { return read[item](with(b.items(), items.Maker, items.Tags)) },
		"mb[9]":     func() (string, error) { return read[maker](with(b.makers(), makers.Items)) },
		"t9[9]":     func() (string, error) { return read[tag](with(b.tags(), tags.Items)) },
		"3-t1 9-t1{9} 9-t9{9}{t9}": func() (string, error) {
			return read[itemTag](with(sorted(b.pairs(), pairs.ItemID.Asc(), pairs.TagID.Asc()), pairs.Item, pairs.Tag))
		},
	} {
		if text, err := got(); err != nil || text != want {
			t.Errorf("tenant b reads %s, %v, want %s", text, err, want)
		}
	}
}

// Some relations are not for every session.
func TestRelationsOutOfScope(t *testing.T) {
	_, s := newLinked(t)
	private, scoped := itemTags, itemTags
	private.systemOnly, scoped.scopeOnly = true, true
	forSystem, forScope := related[*item, *tag](&private), related[*item, *tag](&scoped)
	var rows []item
	err := with(s.items(), RelationOf[*item](forSystem)).all(t.Context(), &rows)
	wantError(t, err, ErrNoScope, "list item: no scope (Tags)")
	err = with(system(s).items(), RelationOf[*item](forScope)).all(t.Context(), &rows)
	wantError(t, err, ErrNoScope, "list item: no scope (Tags)")
	err = with(s.makers(), makers.Items.With(forSystem)).all(t.Context(), &[]maker{})
	wantError(t, err, ErrNoScope, "list item: no scope (Tags)")
	if err := with(s.items(), RelationOf[*item](forScope)).all(t.Context(), &rows); err != nil {
		t.Error(err)
	}
}

// A relation can be kept and refined in several ways.
func TestRelationsDoNotAlias(t *testing.T) {
	_, s := newLinked(t)
	base := items.Tags.Where(tags.Rank.GT(0)).OrderBy(tags.ID.Asc())
	narrow := base.Where(tags.ID.Eq("t1")).Limit(1)
	other := base.Where(tags.ID.Eq("t2")).With(tags.Items)
	for want, relation := range map[string]*Relation[*item, *tag]{
		"1[t1] 2[t1] 3[]":       base,
		"1[t1] 2[t1] 3[] again": narrow,
		"1[] 2[] 3[]":           other,
		"1[t1 t2] 2[t1] 3[]":    items.Tags.OrderBy(tags.ID.Asc()),
	} {
		want = strings.TrimSuffix(want, " again")
		if got, err := read[item](with(s.items(), RelationOf[*item](relation))); err != nil || got != want {
			t.Errorf("read %s, %v, want %s", got, err, want)
		}
	}
}

// Rows that others lead to are one row, or a part of a slice that nobody can
// append into.
func TestRowsOfRelationsAreApart(t *testing.T) {
	_, s := newLinked(t)
	rows := all[maker](t, with(sorted(s.makers(), makers.ID.Asc()), makers.Items.OrderBy(items.N.Asc())))
	for _, row := range rows {
		if row.Items == nil {
			t.Errorf("%s has nil", row.ID)
		}
		if cap(row.Items) != len(row.Items) {
			t.Errorf("%s has room for %d items more", row.ID, cap(row.Items)-len(row.Items))
		}
	}
	rows[0].Items = slices.Insert(rows[0].Items, 1, item{ID: "new"})
	if got := tree(rows); got != "ma[1 new 2] mc[]" {
		t.Errorf("read %s", got)
	}
}
