-- Codes and tokens that were sent out and are awaited back: to verify an
-- email address, to reset a password. No foreign key: the identifier may be
-- an address that no user has yet.
CREATE TABLE verification (
  id         TEXT    NOT NULL PRIMARY KEY,
  identifier TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE INDEX verification_identifier_idx ON verification (identifier);
