-- Variants of common statements over schema crm.sql.

-- name: Variant42
-- safe
SELECT a.* FROM account a WHERE a.tenant_id = @tenant_id AND a.id IN (SELECT account_id FROM deal WHERE stage = 'won' AND tenant_id = a.tenant_id);
-- name: Variant43
-- safe
SELECT d.* FROM deal d WHERE EXISTS (SELECT 1 FROM account a WHERE a.id = d.account_id AND a.tenant_id = @tenant_id);
-- name: Variant44
-- safe
SELECT x.account_id FROM account_tag x WHERE x.tenant_id = @tenant_id AND x.tag IN (SELECT name FROM tag WHERE tenant_id = @tenant_id AND color = 'red');
-- name: Variant45
-- safe
UPDATE quote SET number = number + 1 WHERE deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id);
-- name: Variant46
-- safe
UPDATE quote_line SET amount = 0 FROM quote q JOIN deal d ON d.id = q.deal_id WHERE q.id = quote_line.quote_id AND d.tenant_id = @tenant_id;
-- name: Variant47
-- safe
UPDATE quote SET deal_id = (SELECT id FROM deal WHERE id = @d AND tenant_id = @tenant_id) WHERE id = @id AND deal_id IN (SELECT id FROM deal WHERE tenant_id = @tenant_id);
-- name: Variant48
-- safe
SELECT n.* FROM line_note n WHERE EXISTS (SELECT 1 FROM quote_line l, quote q, deal d WHERE l.id = n.quote_line_id AND q.id = l.quote_id AND d.id = q.deal_id AND d.tenant_id = @tenant_id);
-- name: Variant49
-- safe
SELECT s.* FROM deal_summary s JOIN tenant t ON t.id = s.tenant_id WHERE t.id = @tenant_id;
-- name: Variant50
-- safe
WITH v AS (SELECT * FROM open_deal) SELECT * FROM v WHERE tenant_id = @tenant_id;
-- name: Variant51
-- safe
SELECT * FROM (SELECT * FROM tax_rate WHERE tenant_id IS NULL UNION ALL SELECT * FROM tax_rate WHERE tenant_id = @tenant_id);
-- name: Variant52
-- safe
SELECT * FROM tax_rate WHERE ifnull(tenant_id, @tenant_id) = @tenant_id;
-- name: Variant53
-- safe
SELECT * FROM tax_rate WHERE tenant_id IN (SELECT id FROM tenant WHERE id = @tenant_id) OR tenant_id IS NULL;
-- name: Variant54
-- safe
SELECT d.title, coalesce(t.percent, 0) FROM deal d LEFT JOIN tax_rate t ON t.id = d.tax_rate_id AND coalesce(t.tenant_id, d.tenant_id) = d.tenant_id WHERE d.tenant_id = @tenant_id;
-- name: Variant79
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT q.* FROM quote q LEFT JOIN deal d ON d.id = q.deal_id AND d.tenant_id = @tenant_id;
-- name: Variant80
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT t.* FROM tag t WHERE t.name IN (SELECT tag FROM account_tag WHERE tenant_id = @tenant_id);
-- name: Variant81
-- unsafe: reads or names rows that nothing ties to the tenant
INSERT INTO deal (tenant_id, account_id, title, tax_rate_id) SELECT tenant_id, account_id, title, tax_rate_id FROM deal WHERE tenant_id = @tenant_id;
-- name: Variant82
-- unsafe: reads or names rows that nothing ties to the tenant
UPDATE tax_rate SET name = @n WHERE coalesce(tenant_id, @tenant_id) = @tenant_id;
-- name: Variant83
-- safe
DELETE FROM tenant WHERE id = @tenant_id;
-- name: Variant84
-- unsafe: reads or names rows that nothing ties to the tenant
INSERT INTO setting (tenant_id, key) SELECT tenant_id, key FROM setting;
-- name: Variant85
-- unsafe: reads or names rows that nothing ties to the tenant
UPDATE account SET tenant_id = @t WHERE id = @id AND tenant_id = @tenant_id;
-- name: Variant241
-- safe
WITH RECURSIVE t(id, tenant_id) AS (SELECT id, tenant_id FROM account WHERE parent_id IS NULL AND tenant_id = @tenant_id UNION ALL SELECT a.id, a.tenant_id FROM account a JOIN t ON a.parent_id = t.id AND a.tenant_id = t.tenant_id) SELECT d.title FROM t JOIN deal d ON d.account_id = t.id AND d.tenant_id = t.tenant_id;
-- name: Variant242
-- safe
UPDATE deal SET stage = 'lost' WHERE tenant_id = @tenant_id AND account_id IN (SELECT id FROM account WHERE deleted_at IS NOT NULL AND tenant_id = @tenant_id);
-- name: Variant243
-- safe
INSERT INTO quote_line (quote_id, description, amount) SELECT (SELECT q.id FROM quote q JOIN deal d ON d.id = q.deal_id WHERE q.id = @q AND d.tenant_id = @tenant_id), value ->> 'd', value ->> 'a' FROM json_each(@lines);
-- name: Variant244
-- safe
SELECT u.name, a.name FROM account a JOIN user u ON u.id = a.owner_id WHERE a.tenant_id = @tenant_id;
-- name: Variant245
-- safe
SELECT l.* FROM quote_line l WHERE (SELECT d.tenant_id FROM deal d JOIN quote q ON q.deal_id = d.id WHERE q.id = l.quote_id) = @tenant_id;
-- name: Variant246
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT l.* FROM quote_line l WHERE (SELECT d.tenant_id FROM deal d JOIN quote q ON q.deal_id = d.id WHERE q.number = l.quote_id) = @tenant_id;
-- name: Variant247
-- safe
SELECT * FROM deal_summary d WHERE d.tenant_id IN (SELECT tenant_id FROM membership WHERE tenant_id = @tenant_id AND user_id = @user_id);
-- name: Variant248
-- safe
INSERT INTO deal (tenant_id, account_id, title, amount) VALUES (@tenant_id, @a, @t, 1) ON CONFLICT (tenant_id, title) WHERE stage = 'open' DO UPDATE SET amount = amount + excluded.amount RETURNING id, amount;
