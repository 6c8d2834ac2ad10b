-- Which users belong to which organizations. This table decides who may
-- enter a tenant.
CREATE TABLE member (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  user_id         TEXT    NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  -- owner, admin, member or a role of organization_role; several are joined
  -- by commas, hence no CHECK.
  role            TEXT    NOT NULL DEFAULT 'member',
  created_at      INTEGER NOT NULL
);

CREATE UNIQUE INDEX member_organization_id_user_id_key ON member (organization_id, user_id);
CREATE INDEX member_user_id_idx ON member (user_id);
