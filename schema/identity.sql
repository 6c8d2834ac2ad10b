-- The ways in which a user can sign in: a password, or an account with an
-- OAuth provider. Better Auth calls this table "account".
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

CREATE INDEX identity_user_id_idx ON identity (user_id);
CREATE INDEX identity_provider_id_account_id_idx ON identity (provider_id, account_id);
