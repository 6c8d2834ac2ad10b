package plan

import (
	"strings"
	"testing"
)

// invitable is a schema in the shape of Better Auth's.
const invitable = `ALTER TABLE user ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
CREATE TABLE invitation (
  id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id),
  inviter_id TEXT NOT NULL REFERENCES user (id), email TEXT NOT NULL, role TEXT, team_id TEXT,
  status TEXT NOT NULL DEFAULT 'pending', expires_at INTEGER NOT NULL
);
CREATE TABLE team (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id));
CREATE TABLE team_member (
  id TEXT NOT NULL PRIMARY KEY, team_id TEXT NOT NULL REFERENCES team (id), user_id TEXT NOT NULL REFERENCES user (id)
);`

func TestInvitations(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		is, teams      bool
	}{
		{"Better Auth's", "", "", true, true},
		{"more that need not be given", "team_id TEXT,", "team_id TEXT, note TEXT, n INTEGER NOT NULL DEFAULT 0,", true, true},
		{"a list of states", "DEFAULT 'pending'", "CHECK (status IN ('pending', 'accepted'))", true, true},
		{"a role that must be given", "role TEXT, team_id", "role TEXT NOT NULL, team_id", true, true},
		{"no teams named", "team_id TEXT,", "", true, false},
		{"a key in place of a list", "team_id TEXT,", "team_id TEXT REFERENCES team (id),", true, false},
		{"no table of teams", "CREATE TABLE team (id TEXT", "CREATE TABLE squad (id TEXT", true, false},
		{"more of a team's member", "team_id TEXT NOT NULL", "shirt INTEGER NOT NULL, team_id TEXT NOT NULL", true, false},
		{"no table", "TABLE invitation", "TABLE offer", false, false},
		{"no inviter", "inviter_id TEXT NOT NULL REFERENCES user (id),", "", false, false},
		{"an inviter who is no user", "inviter_id TEXT NOT NULL REFERENCES user (id)", "inviter_id TEXT NOT NULL", false, false},
		{"no address", "email TEXT NOT NULL, role", "role", false, false},
		{"no instant", "expires_at INTEGER", "expires INTEGER", false, false},
		{"no role of members", "role TEXT NOT NULL DEFAULT 'member'", "title TEXT", false, false},
		{"no address of users", "COLUMN email TEXT", "COLUMN mail TEXT", false, false},
		{"more that must be given", "team_id TEXT,", "team_id TEXT, note TEXT NOT NULL,", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema := strings.Replace(invitable, c.old, c.new, 1)
			if c.name == "no table of teams" {
				schema = strings.Replace(schema, "REFERENCES team", "REFERENCES squad", 1)
			}
			p, err := planOf(t, schema, nil)
			if err != nil {
				t.Fatal(err)
			}
			i := p.Invitations
			if is, teams := i != nil, i != nil && i.TeamMembers != nil; is != c.is || teams != c.teams {
				t.Errorf("invitations %v, with teams %v; want %v, %v", is, teams, c.is, c.teams)
			}
		})
	}
}

// TestInviting: where the isolation test tries invitations, and on which deletions.
func TestInviting(t *testing.T) {
	const deleted = "ADD COLUMN deleted_at INTEGER; ALTER TABLE %s ADD COLUMN deletion_id TEXT; "
	marks := func(tables ...string) string {
		var text string
		for _, table := range tables {
			text += "ALTER TABLE " + table + " " + strings.ReplaceAll(deleted, "%s", table)
		}
		return text
	}
	for _, c := range []struct {
		name, more  string
		is          bool
		gone, again int
		left        bool
	}{
		{"nothing is marked", "", true, 0, 0, false},
		{"all is marked", marks("invitation", "member", "organization", "team", "team_member", "user"), true, 3, 3, true},
		{"members are marked", marks("member"), true, 0, 1, false},
		{"members of teams are marked", marks("team_member"), true, 0, 0, true},
		{"a user once in a team", marks("team_member") + "CREATE UNIQUE INDEX i ON team_member (team_id, user_id)", true, 0, 0, false},
		{"an address once a tenant", marks("invitation") + "CREATE UNIQUE INDEX i ON invitation (organization_id, email)", true, 1, 0, false},
		{"an address once", "CREATE UNIQUE INDEX i ON invitation (email)", false, 0, 0, false},
		{"a user in one tenant", "CREATE UNIQUE INDEX i ON member (user_id)", false, 0, 0, false},
		{"a user in one team", "CREATE UNIQUE INDEX i ON team_member (user_id)", false, 0, 0, false},
		{"a key that stays NULL", marks("team_member") + "ALTER TABLE team_member ADD COLUMN n TEXT; CREATE UNIQUE INDEX i ON team_member (n)", true, 0, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := planOf(t, invitable+c.more, nil)
			if err != nil {
				t.Fatal(err)
			}
			in := p.Isolation.Inviting
			if is := in != nil; is != c.is {
				t.Fatalf("tried: %v, want %v", is, c.is)
			}
			if in != nil && (len(in.Gone) != c.gone || len(in.Again) != c.again || (in.Left != nil) != c.left) {
				t.Errorf("%d and %d deletions, left %v; want %d and %d, %v", len(in.Gone), len(in.Again), in.Left, c.gone, c.again, c.left)
			}
		})
	}
}
