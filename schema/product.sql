-- An example of a table of your own: change it, or delete it.
--
-- organization_id makes its rows a tenant's. deleted_at makes deletion soft;
-- created_*, updated_* are filled in. Generated code takes care of them all.
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

-- It ends in the key, so that pages by created_at need no sorting.
CREATE INDEX product_organization_id_created_at_id_idx ON product (organization_id, created_at, id);
CREATE INDEX product_created_by_idx ON product (created_by);
CREATE INDEX product_updated_by_idx ON product (updated_by);

-- Within an organization no two products have one sku, the deleted aside.
CREATE UNIQUE INDEX product_organization_id_sku_key ON product (organization_id, sku)
WHERE deleted_at IS NULL;
