package runtime

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// testEstate is what belongs to a tenant of the fixture, as far as the tests
// here go.
var testEstate = estate{
	tenant: "tenant",
	find:   "SELECT 1 FROM tenant WHERE id = ?1",
	holdings: []holding{
		{
			name: "tenant", sql: "tenant", key: []string{"id"}, rows: "\nFROM tenant\nWHERE tenant.id = ?1",
			columns: []holdingColumn{{"id", "id", "TEXT NOT NULL", "tenant", isRequired}},
		},
		{
			name: "tag", sql: "tag", key: []string{"id"}, rows: "\nFROM tag\nWHERE tag.tenant_id = ?1",
			columns: []holdingColumn{
				{"id", "id", "TEXT NOT NULL", "tag", isRequired},
				{"tenant_id", "tenant_id", "TEXT NOT NULL", "tenant", isRequired},
				{"mark", "mark", "BLOB", "", 0},
				{"rank", "rank", "INTEGER", "", 0},
			},
		},
	},
}

// archivedValues are hard to keep, each in its own way.
var archivedValues = []any{
	nil, "", "plain", "\"\\/\b\f\n\r\t\x00\x1f\x7f\u2028😀", "\xff\x00\xfe", `{"blob":"AA=="}`, "x'00'",
	int64(0), int64(1), int64(-1), int64(math.MaxInt64), int64(math.MinInt64), int64(1<<53 + 1),
	0.0, 1.0, 0.1 + 0.2, -1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), 1e15, 9007199254740993.0,
	[]byte{},
	[]byte{0, 255},
	[]byte("text"),
}

func TestArchivedValues(t *testing.T) {
	for _, value := range archivedValues {
		text, err := appendArchived(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		d := &decoder{text: string(text)}
		if got, err := d.archived(); err != nil || d.end() != nil || !reflect.DeepEqual(got, value) {
			t.Errorf("%#v, archived as %s, is read as %#v, %v", value, text, got, err)
		}
	}
	if _, err := appendArchived(nil, struct{}{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("archived a struct: %v", err)
	}
}

func FuzzArchivedText(f *testing.F) {
	for _, value := range archivedValues {
		if text, ok := value.(string); ok {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		archived, err := appendArchived(nil, text)
		if err != nil || bytes.IndexByte(archived, '\n') >= 0 {
			t.Fatalf("%q becomes %q, %v", text, archived, err)
		}
		d := &decoder{text: string(archived)}
		if got, err := d.archived(); err != nil || got != text {
			t.Errorf("%q, archived as %s, is read as %q, %v", text, archived, got, err)
		}
	})
}

// FuzzImport: whatever an archive is, an import takes it as a whole or leaves
// nothing behind.
func FuzzImport(f *testing.F) {
	s := system(newSession(f))
	mustExec(f, s, someLinks)
	var archive bytes.Buffer
	if _, err := s.export(f.Context(), &testEstate, "a", &archive, nil); err != nil {
		f.Fatal(err)
	}
	text := strings.ReplaceAll(archive.String(), `"a"`, `"c"`)
	for _, seed := range []string{
		"", text, text[:len(text)/2], strings.ReplaceAll(text, `"t1"`, `{"blob":"AA=="}`), strings.ReplaceAll(text, "null", `{"text":"`),
		strings.ReplaceAll(text, `]`, ``), strings.ReplaceAll(text, `"tag",`, `"tag",x`), strings.ReplaceAll(text, `"t1"`, `"\u00`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var id string
		report, err := s.load(t.Context(), &testEstate, &id, strings.NewReader(text), nil)
		var left int64
		if err := s.db.scan(context.Background(), "SELECT (SELECT count(*) FROM tenant) + (SELECT count(*) FROM tag)", nil, []any{&left}); err != nil {
			t.Fatal(err)
		}
		if want := 2 + 5 + report.Total(); left != want {
			t.Errorf("%d rows, want %d: %v", left, want, err)
		}
		if err == nil {
			if _, err := s.erase(t.Context(), &testEstate, id); err != nil {
				t.Fatal(err)
			}
		}
	})
}
