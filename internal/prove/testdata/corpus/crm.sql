-- Statements over schema crm.sql.

-- name: Accounts
-- safe
SELECT id, name, label FROM account WHERE tenant_id = @tenant_id AND deleted_at IS NULL ORDER BY name;
-- name: DealsWithAccount
-- safe
SELECT d.title, a.name FROM deal d JOIN account a ON a.id = d.account_id WHERE d.tenant_id = @tenant_id;
-- name: DealsOfAccountSide
-- safe
SELECT d.title FROM account a JOIN deal d ON d.account_id = a.id WHERE a.tenant_id = @tenant_id;
-- name: DealsWithTenantFromAccount
-- safe
SELECT a.name, (SELECT sum(amount) FROM deal d WHERE d.account_id = a.id) AS volume FROM account a WHERE a.tenant_id = @tenant_id;
-- name: ParentAccount
-- safe
SELECT a.name, p.name FROM account a LEFT JOIN account p ON p.id = a.parent_id WHERE a.tenant_id = @tenant_id;
-- name: ChildAccounts
-- safe
SELECT c.* FROM account p JOIN account c ON c.parent_id = p.id WHERE p.id = @id AND p.tenant_id = @tenant_id;
-- name: AccountTree
-- safe
WITH RECURSIVE tree (id, depth) AS (SELECT id, 0 FROM account WHERE id = @root AND tenant_id = @tenant_id UNION ALL SELECT a.id, depth + 1 FROM account a JOIN tree ON a.parent_id = tree.id) SELECT a.name, tree.depth FROM tree JOIN account a ON a.id = tree.id;
-- name: AccountAncestors
-- safe
WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM account WHERE id = @id AND tenant_id = @tenant_id UNION SELECT a.id, a.parent_id FROM account a JOIN up ON a.id = up.parent_id) SELECT id FROM up;
-- name: AccountOwner
-- safe
SELECT a.name, u.name FROM account a JOIN user u ON u.id = a.owner_id JOIN membership m ON m.user_id = u.id AND m.tenant_id = a.tenant_id WHERE a.tenant_id = @tenant_id;
-- name: Quotes
-- safe
SELECT q.* FROM quote q JOIN deal d ON d.id = q.deal_id WHERE d.tenant_id = @tenant_id;
-- name: QuoteLines
-- safe
SELECT l.description, l.amount FROM quote_line l JOIN quote q ON q.id = l.quote_id JOIN deal d ON d.id = q.deal_id WHERE d.tenant_id = @tenant_id AND q.id = @quote;
-- name: LineNotes
-- safe
SELECT n.body FROM line_note n JOIN quote_line l ON l.id = n.quote_line_id JOIN quote q ON q.id = l.quote_id JOIN deal d ON d.id = q.deal_id AND d.tenant_id = @tenant_id;
-- name: LineNotesIn
-- safe
SELECT * FROM line_note WHERE quote_line_id IN (SELECT id FROM quote_line WHERE quote_id IN (SELECT id FROM quote WHERE deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id)));
-- name: LineNotesDown
-- safe
SELECT d.id, count(n.id) FROM deal d LEFT JOIN quote q ON q.deal_id = d.id LEFT JOIN quote_line l ON l.quote_id = q.id LEFT JOIN line_note n ON n.quote_line_id = l.id WHERE d.tenant_id = @tenant_id GROUP BY d.id;
-- name: QuoteTotals
-- safe
SELECT q.id, (SELECT sum(l.amount) FROM quote_line l WHERE l.quote_id = q.id) AS total FROM quote q WHERE q.deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id AND stage = 'open');
-- name: DealOfQuoteLine
-- safe
SELECT d.* FROM deal d WHERE d.tenant_id = @tenant_id AND d.id = (SELECT q.deal_id FROM quote q JOIN deal x ON x.id = q.deal_id WHERE q.id = @quote AND x.tenant_id = @tenant_id);
-- name: TaxRatesShared
-- safe
SELECT * FROM tax_rate WHERE tenant_id = @tenant_id OR tenant_id IS NULL ORDER BY name;
-- name: TaxRatesOwn
-- safe
SELECT * FROM tax_rate WHERE tenant_id = @tenant_id;
-- name: TaxRatesGlobal
-- safe
SELECT * FROM tax_rate WHERE tenant_id IS NULL;
-- name: TaxRatesCoalesce
-- safe
SELECT * FROM tax_rate WHERE coalesce(tenant_id, @tenant_id) = @tenant_id;
-- name: DealTaxRate
-- safe
SELECT d.title, t.percent FROM deal d LEFT JOIN tax_rate t ON t.id = d.tax_rate_id AND (t.tenant_id IS NULL OR t.tenant_id = d.tenant_id) WHERE d.tenant_id = @tenant_id;
-- name: CurrencyOfAccount
-- safe
SELECT a.name, c.rate FROM account a LEFT JOIN currency c ON c.code = a.currency WHERE a.tenant_id = @tenant_id;
-- name: Orders
-- safe
SELECT "group", sum(total) FROM "order" WHERE tenant_id = @tenant_id GROUP BY "group";
-- name: OrdersWithDeals
-- safe
SELECT o.id, d.title FROM "order" o LEFT JOIN deal d ON d.id = o.deal_id WHERE o.tenant_id = @tenant_id;
-- name: OrdersNaturalKey
-- safe
SELECT o.id, d.title FROM "order" o JOIN deal d USING (tenant_id) WHERE tenant_id = @tenant_id AND d.id = o.deal_id;
-- name: TagsOfAccount
-- safe
SELECT t.name, t.color FROM account_tag x JOIN tag t ON t.tenant_id = x.tenant_id AND t.name = x.tag WHERE x.tenant_id = @tenant_id AND x.account_id = @account;
-- name: AccountsByTag
-- safe
SELECT a.* FROM account a JOIN account_tag x ON x.account_id = a.id WHERE a.tenant_id = @tenant_id AND x.tag = @tag;
-- name: AccountTagsNatural
-- safe
SELECT a.name, x.tag FROM account a JOIN account_tag x ON (x.tenant_id, x.account_id) = (a.tenant_id, a.id) WHERE a.tenant_id = @tenant_id;
-- name: DealSummaryView
-- safe
SELECT stage, deals, total FROM deal_summary WHERE tenant_id = @tenant_id;
-- name: OpenDealView
-- safe
SELECT * FROM open_deal WHERE tenant_id = @tenant_id ORDER BY amount DESC;
-- name: TenantRankView
-- safe
SELECT r.place, d.title FROM tenant_rank r JOIN deal d ON d.id = r.id WHERE r.tenant_id = @tenant_id;
-- name: Members
-- safe
SELECT u.id, u.name, m.role FROM membership m JOIN user u ON u.id = m.user_id WHERE m.tenant_id = @tenant_id;
-- name: TenantItself
-- safe
SELECT t.name, t.plan, count(m.user_id) FROM tenant t JOIN membership m ON m.tenant_id = t.id WHERE t.id = @tenant_id GROUP BY t.id, t.name;
-- name: Pipeline
-- safe
SELECT stage, count(*) AS n, sum(amount) AS total, round(100.0 * sum(amount) / sum(sum(amount)) OVER (), 1) AS share FROM deal WHERE tenant_id = @tenant_id GROUP BY stage;
-- name: RunningTotal
-- safe
SELECT id, amount, sum(amount) OVER (ORDER BY id) AS running, lag(amount) OVER (ORDER BY id) AS previous FROM deal WHERE tenant_id = @tenant_id;
-- name: CtePipeline
-- safe
WITH won AS (SELECT account_id, sum(amount) AS total FROM deal WHERE tenant_id = @tenant_id AND stage = 'won' GROUP BY account_id) SELECT a.name, won.total FROM won JOIN account a ON a.id = won.account_id AND a.tenant_id = @tenant_id ORDER BY won.total DESC LIMIT 5;
-- name: CtePipelineKey
-- safe
WITH won AS (SELECT account_id, sum(amount) AS total FROM deal WHERE tenant_id = @tenant_id AND stage = 'won' GROUP BY account_id) SELECT a.name, won.total FROM won JOIN account a ON a.id = won.account_id;
-- name: TopDeal
-- safe
SELECT a.name, (SELECT d.title FROM deal d WHERE d.account_id = a.id AND d.tenant_id = a.tenant_id ORDER BY d.amount DESC LIMIT 1) FROM account a WHERE a.tenant_id = @tenant_id;
-- name: Folders
-- safe
SELECT * FROM folder WHERE tenant_id = @tenant_id AND parent_id IS NULL;
-- name: FolderTree
-- safe
WITH RECURSIVE t AS (SELECT id, tenant_id, name FROM folder WHERE tenant_id = @tenant_id AND parent_id IS NULL UNION ALL SELECT f.id, f.tenant_id, f.name FROM folder f JOIN t ON f.parent_id = t.id AND f.tenant_id = t.tenant_id) SELECT name FROM t;
-- name: Settings
-- safe
SELECT key, value FROM setting WHERE tenant_id = @tenant_id;
-- name: CastInteger
-- safe
SELECT * FROM deal WHERE tenant_id = CAST(@tenant_id AS INTEGER);
-- name: RowidOfDeal
-- safe
SELECT q.rowid FROM quote q JOIN deal d ON d.rowid = q.deal_id WHERE d.tenant_id = @tenant_id;
-- name: AuditLog
-- safe
SELECT subject, subject_id, at FROM audit WHERE tenant_id = @tenant_id ORDER BY id DESC LIMIT 100;
-- name: NotExistsDeals
-- safe
SELECT a.id FROM account a WHERE a.tenant_id = @tenant_id AND NOT EXISTS (SELECT 1 FROM deal d WHERE d.account_id = a.id AND d.closed_at IS NULL);
-- name: ViewInSubquery
-- safe
SELECT (SELECT total FROM deal_summary s WHERE s.tenant_id = t.id AND s.stage = 'won') AS won FROM tenant t WHERE t.id = @tenant_id;
-- name: MyTenants
-- safe: actor
SELECT t.id, t.name FROM tenant t JOIN membership m ON m.tenant_id = t.id WHERE m.user_id = @user_id;
-- name: MyDeals
-- safe: actor
SELECT d.title FROM membership m JOIN deal d ON d.tenant_id = m.tenant_id WHERE m.user_id = @user_id;

-- name: UpdateDeal
-- safe
UPDATE deal SET title = @title, amount = @amount WHERE id = @id AND tenant_id = @tenant_id;
-- name: WinDeal
-- safe
UPDATE deal SET stage = 'won', closed_at = unixepoch() WHERE id = @id AND tenant_id = @tenant_id RETURNING *;
-- name: MoveDeal
-- safe
UPDATE deal SET account_id = @account WHERE id = @id AND tenant_id = @tenant_id;
-- name: ReparentAccount
-- safe
UPDATE account SET parent_id = @parent WHERE id = @id AND tenant_id = @tenant_id;
-- name: AssignOwner
-- safe
UPDATE account SET owner_id = @owner WHERE id = @id AND tenant_id = @tenant_id;
-- name: UpdateQuoteLine
-- safe
UPDATE quote_line SET amount = @amount WHERE id = @id AND quote_id IN (SELECT q.id FROM quote q JOIN deal d ON d.id = q.deal_id WHERE d.tenant_id = @tenant_id);
-- name: RenameTag
-- safe
UPDATE tag SET name = @new WHERE tenant_id = @tenant_id AND name = @old;
-- name: TouchTicket
-- safe
UPDATE ticket SET body = @body WHERE id = @id AND tenant_id = @tenant_id;
-- name: SetOwnTaxRate
-- safe
UPDATE tax_rate SET percent = @percent WHERE id = @id AND tenant_id = @tenant_id;
-- name: UseSharedTaxRate
-- safe
UPDATE deal SET tax_rate_id = (SELECT id FROM tax_rate WHERE id = @rate AND (tenant_id = @tenant_id OR tenant_id IS NULL)) WHERE id = @id AND tenant_id = @tenant_id;
-- name: DeleteDeal
-- safe
DELETE FROM deal WHERE id = @id AND tenant_id = @tenant_id;
-- name: DeleteAccount
-- safe
DELETE FROM account WHERE id = @id AND tenant_id = @tenant_id;
-- name: DeleteTag
-- safe
DELETE FROM tag WHERE name = @name AND tenant_id = @tenant_id;
-- name: DeleteQuote
-- safe
DELETE FROM quote WHERE id = @id AND deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id);
-- name: InsertDeal
-- safe
INSERT INTO deal (tenant_id, account_id, title, amount) VALUES (@tenant_id, @account, @title, @amount) RETURNING id;
-- name: InsertAccount
-- safe
INSERT INTO account (tenant_id, name, parent_id, owner_id, currency) VALUES (@tenant_id, @name, @parent, @owner, @currency);
-- name: InsertQuote
-- safe
INSERT INTO quote (deal_id, number) SELECT d.id, coalesce((SELECT max(number) FROM quote WHERE deal_id = d.id), 0) + 1 FROM deal d WHERE d.id = @deal AND d.tenant_id = @tenant_id;
-- name: InsertQuoteLine
-- safe
INSERT INTO quote_line (quote_id, description, amount) SELECT q.id, @description, @amount FROM quote q JOIN deal d ON d.id = q.deal_id WHERE q.id = @quote AND d.tenant_id = @tenant_id;
-- name: InsertOrderGuarded
-- safe
INSERT INTO "order" (tenant_id, deal_id, total) VALUES (@tenant_id, @deal, @total);
-- name: InsertAccountTag
-- safe
INSERT INTO account_tag (tenant_id, account_id, tag) VALUES (@tenant_id, @account, @tag) ON CONFLICT DO NOTHING;
-- name: UpsertTag
-- safe
INSERT INTO tag (tenant_id, name, color) VALUES (@tenant_id, @name, @color) ON CONFLICT (tenant_id, name) DO UPDATE SET color = excluded.color;
-- name: ReplaceTag
-- safe
INSERT OR REPLACE INTO tag (tenant_id, name, color) VALUES (@tenant_id, @name, @color);
-- name: PutSetting
-- safe
INSERT INTO setting (tenant_id, key, value) VALUES (@tenant_id, @key, @value);
-- name: InsertTaxRate
-- safe
INSERT INTO tax_rate (tenant_id, name, percent) VALUES (@tenant_id, @name, @percent);
-- name: CopyDeals
-- safe
INSERT INTO deal (tenant_id, account_id, title, amount) SELECT tenant_id, account_id, title || ' copy', amount FROM deal WHERE tenant_id = @tenant_id AND account_id = @account;
-- name: UpsertOpenDeal
-- safe
INSERT INTO deal (tenant_id, account_id, title) VALUES (@tenant_id, @account, @title) ON CONFLICT (tenant_id, title) WHERE stage = 'open' DO UPDATE SET account_id = excluded.account_id;
-- name: CreateTicket
-- safe
INSERT INTO ticket (tenant_id, body) VALUES (@tenant_id, @body);

-- name: DealOtherTenant
-- unsafe: a hostile parameter
SELECT * FROM deal WHERE tenant_id = @other;
-- name: QuoteById
-- unsafe: owned by path, and the path is not followed
SELECT * FROM quote WHERE id = @id;
-- name: QuoteLinesOfQuote
-- unsafe: the quote is any tenant's
SELECT l.* FROM quote_line l JOIN quote q ON q.id = l.quote_id WHERE q.number = @number;
-- name: NotesOneStepShort
-- unsafe: the path stops before the tenant
SELECT n.* FROM line_note n JOIN quote_line l ON l.id = n.quote_line_id JOIN quote q ON q.id = l.quote_id WHERE q.deal_id = @deal;
-- name: QuoteJoinedByNumber
-- unsafe: joined on a column that is no key
SELECT q.* FROM quote q JOIN deal d ON d.id = q.number WHERE d.tenant_id = @tenant_id;
-- name: DealTaxRatePlain
-- unsafe: a plain key may name another tenant's rate
SELECT d.title, t.percent FROM deal d LEFT JOIN tax_rate t ON t.id = d.tax_rate_id WHERE d.tenant_id = @tenant_id;
-- name: TaxRatesAll
-- unsafe: other tenants' rates
SELECT * FROM tax_rate;
-- name: TaxRatesNotNull
-- unsafe: other tenants' rates
SELECT * FROM tax_rate WHERE tenant_id IS NULL OR tenant_id > 0;
-- name: TaxRateCoalesceOther
-- unsafe: the NULL rows are fine, the rest is not
SELECT * FROM tax_rate WHERE coalesce(tenant_id, @x) = @x;
-- name: AccountByNameNocase
-- unsafe: the name says nothing of the tenant
SELECT * FROM account WHERE name = @name;
-- name: FolderChildren
-- unsafe: a plain key lets another tenant's folder name ours
SELECT c.* FROM folder p JOIN folder c ON c.parent_id = p.id WHERE p.tenant_id = @tenant_id;
-- name: FolderTreePlain
-- unsafe: a step may reach another tenant's folder
WITH RECURSIVE t (id) AS (SELECT id FROM folder WHERE tenant_id = @tenant_id UNION ALL SELECT f.id FROM folder f JOIN t ON f.parent_id = t.id) SELECT id FROM t;
-- name: GrandTotalView
-- unsafe: sums all tenants
SELECT total FROM grand_total;
-- name: DealSummaryAll
-- unsafe: every tenant's summary
SELECT * FROM deal_summary;
-- name: DealSummaryByStage
-- unsafe: every tenant's summary
SELECT tenant_id, total FROM deal_summary WHERE stage = 'won';
-- name: RankedDealView
-- unsafe: one of its windows spans tenants
SELECT title, tenant_place FROM ranked_deal WHERE tenant_id = @tenant_id;
-- name: OpenDealViewAll
-- unsafe: every tenant's deals
SELECT title FROM open_deal WHERE account = @account;
-- name: OwnerPlain
-- unsafe: nothing makes the id an owner's
SELECT u.name FROM user u WHERE u.id = @owner;
-- name: TagByName
-- unsafe: every tenant has such a tag
SELECT t.color FROM account_tag x JOIN tag t ON t.name = x.tag WHERE x.tenant_id = @tenant_id;
-- name: AccountTagWrongTenant
-- unsafe: the tag is not tied, only the account's id
SELECT x.* FROM account_tag x WHERE x.account_id = @account;
-- name: Mystery
-- unsafe: nothing says whose its rows are
SELECT * FROM mystery;
-- name: MysteryScoped
-- unsafe: nothing says whose its rows are
SELECT m.* FROM mystery m JOIN deal d ON d.id = m.id WHERE d.tenant_id = @tenant_id;
-- name: SessionSecret
-- unsafe: private
SELECT secret FROM session WHERE user_id = @user_id;
-- name: TextTenant
-- unsafe: the comparison is of text made from the number
SELECT * FROM deal WHERE tenant_id || '' LIKE @tenant_id || '%';
-- name: TenantPlusZero
-- unsafe: arithmetic takes different values for one
SELECT * FROM deal WHERE abs(tenant_id) = abs(@tenant_id);
-- name: DefaultCounter
-- unsafe: the counter may be another tenant's
UPDATE counter SET value = value + 1 WHERE name = @name;
-- name: CloseTicket
-- unsafe: a trigger counts in whatever counter has the name
UPDATE ticket SET status = 'closed' WHERE id = @id AND tenant_id = @tenant_id;
-- name: UpdateSharedTaxRate
-- unsafe: rows without a tenant are everyone's
UPDATE tax_rate SET percent = @percent WHERE id = @id AND (tenant_id = @tenant_id OR tenant_id IS NULL);
-- name: DeleteSharedTaxRate
-- unsafe: rows without a tenant are everyone's
DELETE FROM tax_rate WHERE tenant_id IS NULL;
-- name: InsertSharedTaxRate
-- unsafe: a row without a tenant is everyone's
INSERT INTO tax_rate (name, percent) VALUES (@name, @percent);
-- name: GiveTaxRateAway
-- unsafe: the row becomes everyone's
UPDATE tax_rate SET tenant_id = NULL WHERE id = @id AND tenant_id = @tenant_id;
-- name: HostileTaxRate
-- unsafe: the rate may be another tenant's
UPDATE deal SET tax_rate_id = @rate WHERE id = @id AND tenant_id = @tenant_id;
-- name: DeleteFolder
-- unsafe: the cascade follows a plain key into other tenants
DELETE FROM folder WHERE id = @id AND tenant_id = @tenant_id;
-- name: MoveFolder
-- unsafe: the parent may be another tenant's
UPDATE folder SET parent_id = @parent WHERE id = @id AND tenant_id = @tenant_id;
-- name: InsertQuoteHostile
-- unsafe: the deal may be another tenant's
INSERT INTO quote (deal_id, number) VALUES (@deal, @number);
-- name: MoveQuote
-- unsafe: the deal may be another tenant's
UPDATE quote SET deal_id = @deal WHERE id = @id AND deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id);
-- name: UpsertCounter
-- unsafe: the conflict target lacks the tenant
INSERT INTO counter (name, tenant_id, value) VALUES (@name, @tenant_id, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
-- name: IgnoreCounter
-- unsafe: whether it is stored depends on other tenants
INSERT INTO counter (name, tenant_id, value) VALUES (@name, @tenant_id, 1) ON CONFLICT (name) DO NOTHING;
-- name: ReplaceDealById
-- unsafe: the id may be another tenant's deal
INSERT OR REPLACE INTO deal (id, tenant_id, account_id, title) VALUES (@id, @tenant_id, @account, @title);
-- name: WriteView
-- unsafe: writes to views are not understood
UPDATE open_deal SET title = @title WHERE tenant_id = @tenant_id;
-- name: InsertAuditOther
-- unsafe: another tenant's log
INSERT INTO audit (tenant_id, subject) VALUES (@other, @subject);
-- name: InsertOrderOther
-- unsafe: another tenant's order
INSERT INTO "order" (tenant_id, deal_id) SELECT d.tenant_id, d.id FROM deal d WHERE d.id = @deal;
-- name: RenameTenantKey
-- unsafe: the tenant changes its key
UPDATE tenant SET id = @new WHERE id = @tenant_id;
-- name: UpdateMystery
-- unsafe: nothing says whose its rows are
UPDATE mystery SET data = @data WHERE id = @id;
