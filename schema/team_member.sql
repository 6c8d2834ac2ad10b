-- Which users belong to which teams. Owned by path: its organization is its
-- team's.
CREATE TABLE team_member (
  id             TEXT NOT NULL PRIMARY KEY,
  team_id        TEXT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  user_id        TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  -- A hash of team and user with which Better Auth keeps two requests at once
  -- from adding a member twice.
  membership_key TEXT,
  created_at     INTEGER
);

-- rowhouse:ignore RH101 a hash of team and user, made only by those who know both
CREATE UNIQUE INDEX team_member_membership_key_key ON team_member (membership_key);
CREATE INDEX team_member_team_id_user_id_idx ON team_member (team_id, user_id);
CREATE INDEX team_member_user_id_idx ON team_member (user_id);
