-- Tenants. Every row of a tenant leads here by foreign keys, and goes with
-- its organization.
CREATE TABLE organization (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  slug       TEXT    NOT NULL, -- the organization in URLs
  logo       TEXT,
  metadata   TEXT,             -- JSON
  created_at INTEGER NOT NULL
);

-- rowhouse:ignore RH101 slugs are addresses, which all organizations share
CREATE UNIQUE INDEX organization_slug_key ON organization (slug);
