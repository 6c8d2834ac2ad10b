package runtime

import (
	"errors"
	"strings"
	"testing"
)

// someRoles are the roles of a program.
var someRoles = permissionSets(map[string][]string{
	"writer": {"item:read", "item:update"},
	"reader": {"item:read"},
	"nobody": {},
})

func TestGrants(t *testing.T) {
	for _, c := range []struct{ roles, stored, want string }{
		{"", "", ""},
		{"reader", "", "item:read"},
		{"reader,writer", "", "item:read item:update"},
		{"reader,", "", "item:read"},
		{" reader", "", ""},
		{"Reader", "", ""},
		{"reader,unknown", "", "item:read"},
		{"buyer", `[["buyer", "{\"item\": [\"create\"]}"]]`, "item:create"},
		{"reader,buyer", `[["buyer", "{\"item\": [\"create\"]}"]]`, "item:create item:read"},
		{"buyer", `[["buyer", "{\"item\": [\"create\"]}"], ["buyer", "{\"item\": [\"update\"]}"]]`, "item:create item:update"},
		{"buyer", `[["seller", "{\"item\": [\"create\"]}"]]`, ""},
		{"nobody", `[["nobody", "{\"item\": [\"create\"]}"]]`, ""},
		{"", `[["", "{\"item\": [\"create\"]}"]]`, ""},
		{"buyer", `[["buyer", "{\"item\": \"create\"}"], ["buyer", "{\"item\": [\"read\"]"], ["buyer", "{\"item\": [\"read\"]} x"]]`, ""},
		{"buyer", `[["buyer", 3]]`, ""},
		{"buyer", `no JSON`, ""},
	} {
		g := grantsOf(c.roles, someRoles, c.stored)
		var got []string
		for _, permission := range []string{"item:create", "item:read", "item:update", "item:remove"} {
			if g.has(permission) != g.has(permission+ownRows) {
				t.Errorf("%q: all rows and one's own differ in %s", c.roles, permission)
			}
			if g.has(permission) {
				got = append(got, permission)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q with %s permit %q, want %q", c.roles, c.stored, got, c.want)
		}
	}
}

// FuzzStoredSet: whatever is stored, it permits nothing that it does not spell.
func FuzzStoredSet(f *testing.F) {
	f.Add(`{"item": ["read", "update:own"]}`)
	f.Add(`{"item": ["read"], "tag": 3}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		for permission := range storedSet(text) {
			resource, _, found := strings.Cut(permission, ":")
			if !found {
				t.Errorf("%q permits %q", text, permission)
			}
			if isPlain := !strings.ContainsAny(text, `\`) && text == strings.ToValidUTF8(text, ""); isPlain && !strings.Contains(text, resource) {
				t.Errorf("%q permits %q", text, permission)
			}
		}
	})
}

// TestPermitFailsClosed: a table that no permission is known of is nobody's,
// but where there are no roles.
func TestPermitFailsClosed(t *testing.T) {
	s := newSession(t)
	if _, err := get(s, "1"); errors.Is(err, ErrForbidden) {
		t.Errorf("without roles: %v", err)
	}
	s.granted = grantsOf("writer", someRoles, "")
	_, err := get(s, "1")
	wantError(t, err, ErrForbidden, "get item: forbidden")
	_, err = where(s).count(t.Context())
	wantError(t, err, ErrForbidden, "count item: forbidden")
}
