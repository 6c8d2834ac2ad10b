-- How often a client called an endpoint of Better Auth; used where its rate
-- limits are kept in the database.
CREATE TABLE rate_limit (
  id           TEXT    NOT NULL PRIMARY KEY,
  "key"        TEXT    NOT NULL, -- address and path
  count        INTEGER NOT NULL,
  last_request INTEGER NOT NULL  -- unix milliseconds, unlike everything else
);

CREATE UNIQUE INDEX rate_limit_key_key ON rate_limit ("key");
