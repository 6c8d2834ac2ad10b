-- People, whichever organizations they belong to. One of Better Auth's
-- tables: columns you add must be nullable or have a default, or its sign-up
-- fails. Better to add them in a file of your own, which has to come after
-- this one by name, such as user_profile.sql:
--
--   ALTER TABLE "user" ADD COLUMN phone_number TEXT;
--
-- In all of these files instants are unix seconds and booleans are 0 or 1.
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

CREATE UNIQUE INDEX user_email_key ON "user" (email);
