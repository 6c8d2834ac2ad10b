-- Groups within an organization.
CREATE TABLE team (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name            TEXT    NOT NULL,
  member_count    INTEGER NOT NULL DEFAULT 0, -- kept by Better Auth
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER
);

CREATE INDEX team_organization_id_idx ON team (organization_id);
