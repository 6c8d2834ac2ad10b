package atlas

import (
	"slices"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

// betterAuth lists the columns that Better Auth 1.7 reads and writes, with its
// organization, teams, dynamic access control and anonymous plugins, and rate
// limits in the database; its table "account" is ours "identity". A column
// ends in "?" where Better Auth may write NULL.
var betterAuth = map[string]string{
	"user":              "id name email email_verified image? is_anonymous created_at updated_at",
	"session":           "id expires_at token created_at updated_at ip_address? user_agent? user_id active_organization_id? active_team_id?",
	"identity":          "id account_id provider_id user_id access_token? refresh_token? id_token? access_token_expires_at? refresh_token_expires_at? scope? password? created_at updated_at",
	"verification":      "id identifier value expires_at created_at updated_at",
	"rate_limit":        "id key count last_request",
	"organization":      "id name slug logo? created_at metadata?",
	"organization_role": "id organization_id role permission created_at updated_at?",
	"member":            "id organization_id user_id role created_at",
	"invitation":        "id organization_id email role? team_id? status expires_at created_at inviter_id",
	"team":              "id name member_count organization_id created_at updated_at?",
	"team_member":       "id team_id user_id membership_key? created_at?",
}

// TestBaseColumns compares the base schema with what Better Auth needs.
func TestBaseColumns(t *testing.T) {
	schema := base(t)
	for name, columns := range betterAuth {
		table := schema.Table(name)
		if table == nil {
			t.Errorf("no table %q", name)
			continue
		}
		needed := strings.Fields(columns)
		for _, column := range needed {
			column, nullable := strings.CutSuffix(column, "?")
			switch c := table.Column(column); {
			case c == nil:
				t.Errorf("%s has no column %s", name, column)
			case c.NotNull == nullable:
				t.Errorf("%s.%s: NOT NULL is %v", name, column, c.NotNull)
			}
		}
		if len(table.Columns) != len(needed) {
			t.Errorf("%s has %d columns, Better Auth knows %d", name, len(table.Columns), len(needed))
		}
	}
}

// TestBaseUniques names what must be unique for sign-in and membership to be
// sound.
func TestBaseUniques(t *testing.T) {
	schema := base(t)
	for table, columns := range map[string][]string{
		"user":         {"email"},
		"session":      {"token"},
		"organization": {"slug"},
		"member":       {"organization_id", "user_id"},
		"team_member":  {"membership_key"},
		"rate_limit":   {"key"},
	} {
		if !isKey(schema.Table(table), columns) {
			t.Errorf("%s %v is not unique", table, columns)
		}
	}
}

// TestBaseReferences checks that every reference is indexed, and goes with
// what it references: Better Auth relies on cascades. Only the product
// outlives the users who made it.
func TestBaseReferences(t *testing.T) {
	for _, table := range base(t).Tables {
		for _, key := range table.ForeignKeys {
			indexed := slices.ContainsFunc(table.Indexes, func(x *model.Index) bool {
				return x.Columns[0].Name == key.Columns[0] && x.Where == ""
			})
			if !indexed {
				t.Errorf("%s.%s has no index", table.Name, key.Columns[0])
			}
			want := "CASCADE"
			if table.Name == "product" && key.Table == "user" {
				want = "SET NULL"
			}
			if key.OnDelete != want {
				t.Errorf("%s.%s: ON DELETE %s, want %s", table.Name, key.Columns[0], key.OnDelete, want)
			}
		}
	}
	for _, free := range []string{"session.active_organization_id", "session.active_team_id", "invitation.team_id"} {
		table, column, _ := strings.Cut(free, ".")
		for _, key := range base(t).Table(table).ForeignKeys {
			if slices.Contains(key.Columns, column) {
				t.Errorf("%s has a foreign key: Better Auth could not delete organizations", free)
			}
		}
	}
}

// base returns the schema of this repository.
func base(t *testing.T) *model.Schema {
	t.Helper()
	schema, err := Load(t.Context(), "../..", []string{"schema"})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
