-- Create table user
CREATE TABLE "user" (
  id             TEXT    NOT NULL PRIMARY KEY,
  name           TEXT    NOT NULL,
  email          TEXT    NOT NULL, -- in lower case
  email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  image          TEXT,
  -- The default serves a Better Auth without its anonymous plugin, which does
  -- not know this column.
  is_anonymous   INTEGER NOT NULL DEFAULT 0 CHECK (is_anonymous IN (0, 1)),
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
);
-- Create table identity
CREATE TABLE identity (
  id                       TEXT    NOT NULL PRIMARY KEY,
  user_id                  TEXT    NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  provider_id              TEXT    NOT NULL, -- 'credential' for a password
  account_id               TEXT    NOT NULL, -- the user's id with the provider
  password                 TEXT,             -- hashed; 'credential' only
  access_token             TEXT,
  refresh_token            TEXT,
  id_token                 TEXT,
  access_token_expires_at  INTEGER,
  refresh_token_expires_at INTEGER,
  scope                    TEXT,
  created_at               INTEGER NOT NULL,
  updated_at               INTEGER NOT NULL
);
-- Create table organization
CREATE TABLE organization (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  slug       TEXT    NOT NULL, -- the organization in URLs
  logo       TEXT,
  metadata   TEXT,             -- JSON
  created_at INTEGER NOT NULL
);
-- Create table invitation
CREATE TABLE invitation (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  inviter_id      TEXT    NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  email           TEXT    NOT NULL, -- in lower case
  role            TEXT,             -- several are joined by commas
  -- Teams to join as well. Not a foreign key: it may hold several ids, joined
  -- by commas, and a team may be deleted before the invitation is accepted.
  team_id         TEXT,
  -- There is no status 'expired': expires_at says so.
  status          TEXT    NOT NULL DEFAULT 'pending'
                  CHECK (status IN ('pending', 'accepted', 'rejected', 'canceled')),
  expires_at      INTEGER NOT NULL,
  created_at      INTEGER NOT NULL
);
-- Create table member
CREATE TABLE member (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  user_id         TEXT    NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  -- owner, admin, member or a role of organization_role; several are joined
  -- by commas, hence no CHECK.
  role            TEXT    NOT NULL DEFAULT 'member',
  created_at      INTEGER NOT NULL
);
-- Create table organization_role
CREATE TABLE organization_role (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  role            TEXT    NOT NULL,
  permission      TEXT    NOT NULL, -- JSON: actions by resource
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER
);
-- Create table product
CREATE TABLE product (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name            TEXT    NOT NULL,
  description     TEXT,
  sku             TEXT,
  price           INTEGER NOT NULL, -- in cents
  -- NULL once the user is gone: the product stays with its organization.
  created_by      TEXT    REFERENCES "user" (id) ON DELETE SET NULL,
  updated_by      TEXT    REFERENCES "user" (id) ON DELETE SET NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER
);
-- Create table rate_limit
CREATE TABLE rate_limit (
  id           TEXT    NOT NULL PRIMARY KEY,
  "key"        TEXT    NOT NULL, -- address and path
  count        INTEGER NOT NULL,
  last_request INTEGER NOT NULL  -- unix milliseconds, unlike everything else
);
-- Create table session
CREATE TABLE session (
  id         TEXT    NOT NULL PRIMARY KEY,
  user_id    TEXT    NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  token      TEXT    NOT NULL, -- in plain text: whoever reads it is signed in
  expires_at INTEGER NOT NULL,
  ip_address TEXT,
  user_agent TEXT,
  -- What the user looked at last; no proof of membership. These two are not
  -- foreign keys, because Better Auth deletes organizations and teams while
  -- sessions still name them.
  active_organization_id TEXT,
  active_team_id         TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
-- Create table team
CREATE TABLE team (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name            TEXT    NOT NULL,
  member_count    INTEGER NOT NULL DEFAULT 0, -- kept by Better Auth
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER
);
-- Create table team_member
CREATE TABLE team_member (
  id             TEXT NOT NULL PRIMARY KEY,
  team_id        TEXT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  user_id        TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  -- A hash of team and user with which Better Auth keeps two requests at once
  -- from adding a member twice.
  membership_key TEXT,
  created_at     INTEGER
);
-- Create table verification
CREATE TABLE verification (
  id         TEXT    NOT NULL PRIMARY KEY,
  identifier TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX identity_user_id_idx ON identity (user_id);
CREATE INDEX identity_provider_id_account_id_idx ON identity (provider_id, account_id);
CREATE INDEX invitation_organization_id_idx ON invitation (organization_id);
CREATE INDEX invitation_inviter_id_idx ON invitation (inviter_id);
CREATE INDEX invitation_email_idx ON invitation (email);
CREATE UNIQUE INDEX member_organization_id_user_id_key ON member (organization_id, user_id);
CREATE INDEX member_user_id_idx ON member (user_id);
CREATE UNIQUE INDEX organization_slug_key ON organization (slug);
CREATE INDEX organization_role_organization_id_role_idx ON organization_role (organization_id, role);
CREATE INDEX organization_role_role_idx ON organization_role (role);
CREATE INDEX product_organization_id_created_at_id_idx ON product (organization_id, created_at, id);
CREATE INDEX product_created_by_idx ON product (created_by);
CREATE INDEX product_updated_by_idx ON product (updated_by);
CREATE UNIQUE INDEX product_organization_id_sku_key ON product (organization_id, sku)
WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX rate_limit_key_key ON rate_limit ("key");
CREATE UNIQUE INDEX session_token_key ON session (token);
CREATE INDEX session_user_id_idx ON session (user_id);
CREATE INDEX team_organization_id_idx ON team (organization_id);
CREATE UNIQUE INDEX team_member_membership_key_key ON team_member (membership_key);
CREATE INDEX team_member_team_id_user_id_idx ON team_member (team_id, user_id);
CREATE INDEX team_member_user_id_idx ON team_member (user_id);
CREATE UNIQUE INDEX user_email_key ON "user" (email);
CREATE INDEX verification_identifier_idx ON verification (identifier);
