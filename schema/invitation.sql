-- Invitations to join an organization. The invited need not be users yet.
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

CREATE INDEX invitation_organization_id_idx ON invitation (organization_id);
CREATE INDEX invitation_inviter_id_idx ON invitation (inviter_id);
CREATE INDEX invitation_email_idx ON invitation (email);
