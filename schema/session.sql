-- Who is signed in, where. A row past its expires_at is not a session.
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

CREATE UNIQUE INDEX session_token_key ON session (token);
CREATE INDEX session_user_id_idx ON session (user_id);
