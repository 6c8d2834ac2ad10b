package runtime

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	texttemplate "text/template"
	"time"
)

// What drivers say, and what it becomes. All of them pass on SQLite's text
// and add their own.
func TestErrorsOfEveryDriver(t *testing.T) {
	for _, c := range []struct {
		driver string
		kind   error
		want   string
	}{
		{"UNIQUE constraint failed: user.email", ErrConflict, "create user: conflict with another row (user.email)"},
		{"UNIQUE constraint failed: product.organization_id, product.sku", ErrConflict, "create user: conflict with another row (product.organization_id, product.sku)"},
		{"UNIQUE constraint failed: index 'lower_email'", ErrConflict, "create user: conflict with another row (index 'lower_email')"},
		{"constraint failed: UNIQUE constraint failed: user.email (2067)", ErrConflict, "create user: conflict with another row (user.email)"},
		{"D1_ERROR: UNIQUE constraint failed: user.email: SQLITE_CONSTRAINT", ErrConflict, "create user: conflict with another row (user.email)"},
		{"SQLite error: UNIQUE constraint failed: a.x, a.y: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)", ErrConflict, "create user: conflict with another row (a.x, a.y)"},
		{"FOREIGN KEY constraint failed", ErrReference, "create user: invalid reference"},
		{"constraint failed: FOREIGN KEY constraint failed (787)", ErrReference, "create user: invalid reference"},
		{"D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT", ErrReference, "create user: invalid reference"},
		{"NOT NULL constraint failed: user.name", ErrInvalid, "create user: invalid value (user.name)"},
		{"constraint failed: NOT NULL constraint failed: user.name (1299)", ErrInvalid, "create user: invalid value (user.name)"},
		{"CHECK constraint failed: price_positive", ErrInvalid, "create user: invalid value (price_positive)"},
		{"CHECK constraint failed: status IN ('a', 'b')", ErrInvalid, "create user: invalid value (status)"},
		{"constraint failed: CHECK constraint failed: status IN ('a') (275)", ErrInvalid, "create user: invalid value (status)"},
		{"D1_ERROR: CHECK constraint failed: n < 5: SQLITE_CONSTRAINT", ErrInvalid, "create user: invalid value (n)"},
		{"CHECK constraint failed: json_valid(data)", ErrInvalid, "create user: invalid value"},
		{"CHECK constraint failed: NOT deleted", ErrInvalid, "create user: invalid value"},
		{"CHECK constraint failed: 0 < n", ErrInvalid, "create user: invalid value"},
		{"CHECK constraint failed: ", ErrInvalid, "create user: invalid value"},
		{"datatype mismatch", ErrInvalid, "create user: invalid value"},
		{"cannot store TEXT value in INTEGER column user.age", ErrInvalid, "create user: invalid value (user.age)"},
		{"constraint failed: cannot store REAL value in INTEGER column user.age (3091)", ErrInvalid, "create user: invalid value (user.age)"},
	} {
		cause := errors.New(c.driver)
		err := failed("create", "user", cause)
		wantError(t, err, c.kind, c.want)
		if !errors.Is(err, cause) {
			t.Errorf("%s: the driver's error is lost", c.driver)
		}
		if again := failed("update", "other", err); again != err { //nolint:errorlint // the very same error
			t.Errorf("wrapped twice: %v", again)
		}
	}
	locked := errors.New("database is locked")
	err := failed("create", "user", locked)
	if !errors.Is(err, locked) || err.Error() != "create user: database is locked" {
		t.Errorf("another error became %v", err)
	}
	if failed("create", "user", nil) != nil {
		t.Error("no error became one")
	}
}

func TestErrorsTellNoValues(t *testing.T) {
	s := newSession(t)
	s.db.handle.SetMaxOpenConns(1)
	for _, statement := range []string{`PRAGMA ignore_check_constraints = on`, `UPDATE item SET n = 'top-secret' WHERE id = '1'`} {
		if _, err := s.db.handle.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	var rows []item
	var row *item
	err := s.items().all(ctx, &rows)
	wantError(t, err, errUnreadable, "list item: unreadable value in the database: not an integer (n)")
	err = s.items().first(ctx, &row)
	wantError(t, err, errUnreadable, "first item: unreadable value in the database: not an integer (n)")
	_, err = get(s, "1")
	wantError(t, err, errUnreadable, "get item: unreadable value in the database: not an integer (n)")
	_, err = update(t, s, "1", items.Note.Set("x"))
	wantError(t, err, errUnreadable, "update item: unreadable value in the database: not an integer (n)")
	if _, err := s.db.handle.Exec(`UPDATE item SET note = x'ff' WHERE id = '2'`); err != nil { // JSON cannot carry it
		t.Fatal(err)
	}
	err = s.items().all(ctx, &rows)
	wantError(t, err, errUnreadable, "list item: unreadable value in the database: a string where an integer should be (n)")
	_, err = update(t, s, "1", items.Name.Set("Table"))
	if err == nil || strings.Contains(err.Error(), "Table") {
		t.Errorf("a value shows in %v", err)
	}
}

func TestZeroError(t *testing.T) {
	if text := (&Error{}).Error(); text != "" {
		t.Errorf("reads %q", text)
	}
	if errors.Is(&Error{}, ErrNotFound) {
		t.Error("a zero Error is ErrNotFound")
	}
	text := (&Error{Op: "create", Table: "user", Column: "email", Err: ErrConflict}).Error()
	if text != "create user: conflict with another row (email)" {
		t.Errorf("reads %q", text)
	}
}

// holder holds a secret in every way that a row can.
type holder struct {
	Plain   Secret
	Pointer *Secret
	List    []Secret
	ByName  map[string]Secret
	Any     any
	Nested  struct{ Deep holder2 }
}

type holder2 struct{ Secret Secret }

type attribute struct {
	Secret Secret `xml:",attr"`
}

const hidden = "top-secret"

func newHolder() holder {
	secret := Secret(hidden)
	h := holder{
		Plain: secret, Pointer: &secret, List: []Secret{secret}, ByName: map[string]Secret{"x": secret},
		Any: secret,
	}
	h.Nested.Deep = holder2{secret}
	return h
}

func TestSecretsDoNotPrint(t *testing.T) {
	secret := Secret(hidden)
	h := newHolder()
	for _, value := range []any{secret, &secret, h, &h, []any{secret}, map[string]any{"x": h}, fmt.Errorf("%w: %v", ErrInvalid, secret)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%e", "% x", "%10.3s", "%-20v", "%T"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, hidden) || strings.Contains(text, fmt.Sprintf("%x", hidden)) || strings.Contains(text, "top") {
				t.Errorf("%s of %T shows it: %s", verb, value, text)
			}
		}
	}
	if text := fmt.Sprint(secret) + fmt.Sprintln(secret) + secret.String() + secret.GoString(); strings.Contains(text, hidden) {
		t.Error(text)
	}
	if got := fmt.Sprintf("%v %s", secret, []Secret{secret}); got != "[redacted] [[redacted]]" {
		t.Errorf("prints %s", got)
	}
	if secret.Reveal() != hidden || string(secret) != hidden {
		t.Error("Reveal does not")
	}
}

func TestSecretsDoNotMarshal(t *testing.T) {
	secret := Secret(hidden)
	h := newHolder()
	var out bytes.Buffer
	log.New(&out, "", 0).Print(secret, h)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("row", "secret", secret, "pointer", &secret, "holder", h, slog.Any("any", []Secret{secret}))
	}
	for _, value := range []any{secret, &secret, h} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Errorf("json of %T: %v", value, err)
		}
		out.Write(text)
	}
	for _, value := range []any{secret, holder2{secret}, attribute{secret}} {
		text, err := xml.Marshal(value)
		if err != nil {
			t.Errorf("xml of %T: %v", value, err)
		}
		out.Write(text)
	}
	if err := gob.NewEncoder(&out).Encode(holder2{secret}); err != nil {
		t.Errorf("gob: %v", err)
	}
	if err := texttemplate.Must(texttemplate.New("").Parse("{{.Plain}} {{.List}}")).Execute(&out, h); err != nil {
		t.Errorf("template: %v", err)
	}
	if strings.Contains(out.String(), hidden) {
		t.Errorf("a secret shows:\n%s", out.String())
	}
	if n := strings.Count(out.String(), "[redacted]"); n < 20 {
		t.Errorf("only %d of them are marked", n)
	}
	var back struct{ Secret Secret }
	if err := json.Unmarshal([]byte(`{"Secret": "from a form"}`), &back); err != nil || back.Secret.Reveal() != "from a form" {
		t.Errorf("a secret cannot be read: %q, %v", back.Secret.Reveal(), err)
	}
}

func TestNewKey(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var keys []string
	for i := range 2000 {
		key := newKey(now.Add(time.Duration(i) * 300 * time.Nanosecond))
		if !shape.MatchString(key) {
			t.Fatalf("%s is no UUIDv7", key)
		}
		keys = append(keys, key)
	}
	if !slices.IsSorted(keys) {
		t.Error("keys made later do not sort later")
	}
	if key := newKey(now); !strings.HasPrefix(key, "019ca945-0a00-7000-") {
		t.Errorf("%s does not begin with its time", key)
	}
	if early, late := newKey(now.Add(999_999)), newKey(now.Add(time.Millisecond)); early >= late {
		t.Errorf("%s is not before %s", early, late)
	}
}

// Create makes a key where none is given.
func TestCreateMakesKeys(t *testing.T) {
	s := newSession(t)
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	given, err := create(s, newItem{id: "given", Name: "x"})
	if err != nil || given.ID != "given" {
		t.Errorf("created %+v, %v", given, err)
	}
	made, err := create(s, newItem{Name: "y"})
	if err != nil || !shape.MatchString(made.ID) {
		t.Errorf("created %+v, %v", made, err)
	}
	rows, err := createMany(s, newItem{id: "many", Name: "z"}, newItem{Name: "u"}, newItem{Name: "v"})
	if err != nil || rows[0].ID != "many" || !shape.MatchString(rows[1].ID) || !shape.MatchString(rows[2].ID) || rows[1].ID == rows[2].ID {
		t.Errorf("created %+v, %v", rows, err)
	}
}

func TestNewKeyIsUnique(t *testing.T) {
	now := time.Now()
	var mu sync.Mutex
	seen := map[string]bool{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 2000 {
				key := newKey(now)
				mu.Lock()
				if seen[key] {
					t.Errorf("%s twice", key)
				}
				seen[key] = true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
}

var instants = []time.Time{
	time.Unix(0, 0),
	time.Unix(-1, 0),
	time.Unix(-1, 999_000_000),
	time.Date(2026, 3, 1, 12, 30, 15, 123_456_789, time.FixedZone("", -7*3600)),
	time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
	{},
}

// Instants come back in UTC, to the precision of their encoding.
func TestInstants(t *testing.T) {
	s := newSession(t)
	for _, e := range []struct {
		name  string
		bind  func(time.Time) any
		field func(*time.Time) any
		null  func(**time.Time) any
		floor func(time.Time) time.Time
	}{
		{"unix", bindUnix, unixField, unixOrNull, func(t time.Time) time.Time { return time.Unix(t.Unix(), 0) }},
		{"unix_ms", bindUnixMilli, unixMilliField, unixMilliOrNull, func(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()) }},
		{"text", bindISO, isoField, isoOrNull, func(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()) }},
	} {
		for _, instant := range instants {
			var got time.Time
			var null *time.Time
			if err := scan(t.Context(), s, []any{e.field(&got), e.null(&null)}, `SELECT ?1, ?1`, e.bind(instant)); err != nil {
				t.Errorf("%s of %v: %v", e.name, instant, err)
				continue
			}
			if want := e.floor(instant); !got.Equal(want) || got.Location() != time.UTC || null == nil || *null != got {
				t.Errorf("%s: %v and %v, want %v", e.name, got, null, want.UTC())
			}
			if value := valueOf(e.field(&got)); value != e.bind(instant) || valueOf(e.null(&null)) != value {
				t.Errorf("%s of %v is written as %v and %v, want %v", e.name, instant, value, valueOf(e.null(&null)), e.bind(instant))
			}
		}
		for _, unreadable := range []any{"soon", "", "2026-02-30T00:00:00Z", 1.5, []byte("x"), "1700000000"} {
			got := time.Unix(1, 0)
			err := scan(t.Context(), s, []any{e.field(&got)}, `SELECT ?1`, unreadable)
			if err == nil || got.IsZero() {
				t.Errorf("%s of %v is %v, %v, want an error", e.name, unreadable, got, err)
			}
		}
		var got time.Time
		if err := scan(t.Context(), s, []any{e.field(&got)}, `SELECT NULL`); err == nil {
			t.Errorf("%s of NULL is no error", e.name)
		}
		null := &got
		if err := scan(t.Context(), s, []any{e.null(&null)}, `SELECT NULL`); err != nil || null != nil {
			t.Errorf("%s of NULL: %v, %v, want nil", e.name, null, err)
		}
	}
	var got time.Time
	if err := scan(t.Context(), s, []any{isoField(&got)}, `SELECT 1700000000`); err == nil {
		t.Error("a number was read as text")
	}
	if err := scan(t.Context(), s, []any{isoField(&got)}, `SELECT '2026-03-01 12:00:00'`); err != nil || !got.Equal(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("what CURRENT_TIMESTAMP writes: %v, %v", got, err)
	}
}

// A driver that parses DATETIME itself yields the zero time where it fails.
func TestInstantsThatTheDriverParsed(t *testing.T) {
	s := newSession(t)
	for _, statement := range []string{
		`CREATE TABLE event (good DATETIME, bad DATETIME, seconds TIMESTAMP)`,
		`INSERT INTO event VALUES ('2026-03-01T12:00:00.250Z', 'soon', 1700000000)`,
	} {
		if _, err := s.exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var got time.Time
	if err := scan(t.Context(), s, []any{isoField(&got)}, `SELECT good FROM event`); err != nil || !got.Equal(time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)) {
		t.Errorf("good is %v, %v", got, err)
	}
	if err := scan(t.Context(), s, []any{unixField(&got)}, `SELECT seconds FROM event`); err != nil || got.Unix() != 1700000000 {
		t.Errorf("seconds are %v, %v", got, err)
	}
	if err := scan(t.Context(), s, []any{isoField(&got)}, `SELECT bad FROM event`); err == nil || got.IsZero() {
		t.Errorf("bad is %v, %v, want an error", got, err)
	}
}

// As text, instants order as time does.
func TestTextOrderIsTimeOrder(t *testing.T) {
	sorted := slices.SortedFunc(slices.Values(instants), time.Time.Compare)
	var texts []string
	for _, instant := range sorted {
		texts = append(texts, bindISO(instant).(string))
	}
	if !slices.IsSorted(texts) {
		t.Errorf("out of order: %q", texts)
	}
}

func TestOptionalValues(t *testing.T) {
	text, empty, never, zero, one := "x", "", time.Time{}, int64(0), int64(1)
	for name, c := range map[string][2]any{
		"optional":          {optional(bindText, &text), "x"},
		"optional nil":      {optional(bindText[string], nil), nil},
		"defaulted":         {valueOf(defaulted{&text, "y"}), "x"},
		"defaulted empty":   {valueOf(defaulted{&empty, "y"}), nil},
		"defaulted integer": {valueOf(defaulted{&one, nil}), int64(1)},
		"defaulted zero":    {valueOf(defaulted{&zero, int64(5)}), nil},
		"defaulted never":   {valueOf(defaulted{unixField(&never), nil}), nil},
		"JSON":              {bindJSON(json.RawMessage(`{}`)), "{}"},
		"no JSON":           {bindJSON(json.RawMessage(nil)), nil},
		"secret":            {bindText(Secret("s")), "s"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s = %#v, want %#v", name, c[0], c[1])
		}
	}
}
