-- Roles that an organization made up for itself, besides owner, admin and
-- member. Better Auth's dynamic access control keeps them here.
CREATE TABLE organization_role (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  role            TEXT    NOT NULL,
  permission      TEXT    NOT NULL, -- JSON: actions by resource
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER
);

CREATE INDEX organization_role_organization_id_role_idx ON organization_role (organization_id, role);
CREATE INDEX organization_role_role_idx ON organization_role (role);
