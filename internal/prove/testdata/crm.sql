-- A user's own schema: keys that carry the tenant, deep paths, shared rows,
-- trees, views, triggers, cascades, generated columns, odd names.
CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE
);
CREATE TABLE session (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user (id), secret TEXT NOT NULL);
CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL DEFAULT 'free');
CREATE TABLE membership (
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  user_id INTEGER NOT NULL REFERENCES user (id),
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) WITHOUT ROWID;
CREATE TABLE currency (code TEXT PRIMARY KEY NOT NULL, rate REAL NOT NULL);
CREATE TABLE tax_rate (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER REFERENCES tenant (id),
  name TEXT NOT NULL,
  percent REAL NOT NULL
);
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL COLLATE NOCASE,
  owner_id INTEGER,
  parent_id INTEGER,
  currency TEXT REFERENCES currency (code),
  label TEXT GENERATED ALWAYS AS (name || ' #' || id) VIRTUAL,
  deleted_at INTEGER,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES membership (tenant_id, user_id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
);
CREATE TABLE deal (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  amount INTEGER NOT NULL DEFAULT 0,
  stage TEXT NOT NULL DEFAULT 'open' CHECK (stage IN ('open', 'won', 'lost')),
  tax_rate_id INTEGER REFERENCES tax_rate (id),
  closed_at INTEGER,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX deal_open_title ON deal (tenant_id, title) WHERE stage = 'open';
CREATE TABLE quote (
  id INTEGER PRIMARY KEY,
  deal_id INTEGER NOT NULL REFERENCES deal (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  UNIQUE (deal_id, number)
);
CREATE TABLE quote_line (
  id INTEGER PRIMARY KEY,
  quote_id INTEGER NOT NULL REFERENCES quote (id) ON DELETE CASCADE,
  description TEXT NOT NULL,
  amount INTEGER NOT NULL
);
CREATE TABLE line_note (
  id INTEGER PRIMARY KEY,
  quote_line_id INTEGER NOT NULL REFERENCES quote_line (id) ON DELETE CASCADE,
  body TEXT NOT NULL
);
CREATE TABLE "order" (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  deal_id INTEGER,
  "group" TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  FOREIGN KEY (tenant_id, deal_id) REFERENCES deal (tenant_id, id)
);
CREATE TABLE tag (
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  color TEXT,
  PRIMARY KEY (tenant_id, name)
) WITHOUT ROWID;
CREATE TABLE account_tag (
  tenant_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, tag),
  FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, tag) REFERENCES tag (tenant_id, name) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  subject TEXT NOT NULL,
  subject_id INTEGER,
  at INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE counter (
  name TEXT PRIMARY KEY NOT NULL,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  value INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE folder (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  parent_id INTEGER REFERENCES folder (id) ON DELETE CASCADE,
  name TEXT NOT NULL
);
CREATE TABLE ticket (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  status TEXT NOT NULL DEFAULT 'open',
  body TEXT NOT NULL,
  updates INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE setting (
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  key TEXT NOT NULL,
  value TEXT,
  UNIQUE (tenant_id, key) ON CONFLICT REPLACE
);
CREATE TABLE mystery (id INTEGER PRIMARY KEY, data TEXT);

CREATE VIEW deal_summary AS
  SELECT tenant_id, stage, count(*) AS deals, sum(amount) AS total FROM deal GROUP BY tenant_id, stage;
CREATE VIEW open_deal AS
  SELECT d.id, d.tenant_id, d.title, d.amount, a.name AS account
  FROM deal d JOIN account a ON a.tenant_id = d.tenant_id AND a.id = d.account_id
  WHERE d.stage = 'open';
CREATE VIEW grand_total (total) AS SELECT sum(amount) FROM deal;
CREATE VIEW ranked_deal AS
  SELECT id, tenant_id, title, rank() OVER (ORDER BY amount DESC) AS place,
         rank() OVER (PARTITION BY tenant_id ORDER BY amount DESC) AS tenant_place
  FROM deal;
CREATE VIEW tenant_rank AS
  SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY amount DESC) AS place FROM deal;

CREATE TRIGGER deal_audit AFTER INSERT ON deal BEGIN
  INSERT INTO audit (tenant_id, subject, subject_id) VALUES (NEW.tenant_id, 'deal', NEW.id);
END;
CREATE TRIGGER deal_stage AFTER UPDATE OF stage ON deal WHEN NEW.stage <> OLD.stage BEGIN
  INSERT INTO audit (tenant_id, subject, subject_id) VALUES (NEW.tenant_id, NEW.stage, NEW.id);
END;
CREATE TRIGGER ticket_touch AFTER UPDATE OF body ON ticket BEGIN
  UPDATE ticket SET updates = updates + 1 WHERE id = NEW.id;
END;
CREATE TRIGGER ticket_closed AFTER UPDATE OF status ON ticket BEGIN
  UPDATE counter SET value = value + 1 WHERE name = 'closed';
END;
CREATE TRIGGER order_guard BEFORE INSERT ON "order"
  WHEN NEW.deal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deal WHERE id = NEW.deal_id AND tenant_id = NEW.tenant_id) BEGIN
  SELECT RAISE(ABORT, 'deal of another tenant');
END;
