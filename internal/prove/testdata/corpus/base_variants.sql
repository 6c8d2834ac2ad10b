-- Variants of common statements over schema base.sql.

-- name: Variant1
-- safe
SELECT p.*, sum(p.price) OVER () FROM product p WHERE p.organization_id = @organization_id AND EXISTS (SELECT 1 FROM member WHERE member.organization_id = p.organization_id AND member.user_id = @user_id);
-- name: Variant2
-- safe
SELECT * FROM product WHERE organization_id = (SELECT organization_id FROM member WHERE organization_id = @organization_id AND user_id = @user_id);
-- name: Variant3
-- safe
INSERT INTO team_member (id, team_id, user_id) VALUES (@id, (SELECT id FROM team WHERE id = @team AND organization_id = @organization_id), @user_id);
-- name: Variant4
-- safe
DELETE FROM team_member WHERE id = @id AND EXISTS (SELECT 1 FROM team t WHERE t.id = team_member.team_id AND t.organization_id = @organization_id);
-- name: Variant5
-- safe
WITH t AS (SELECT id FROM team WHERE organization_id = @organization_id) DELETE FROM team_member WHERE team_id IN t;
-- name: Variant6
-- safe
SELECT * FROM product NATURAL JOIN (SELECT @organization_id AS organization_id);
-- name: Variant7
-- safe
SELECT u.* FROM user u WHERE u.id = (SELECT created_by FROM product WHERE id = @id AND organization_id = @organization_id);
-- name: Variant8
-- safe
SELECT CASE WHEN EXISTS (SELECT 1 FROM member WHERE organization_id = @organization_id AND user_id = @u) THEN (SELECT name FROM user WHERE id = @u) END;
-- name: Variant9
-- safe
SELECT p.id FROM product p, team t WHERE (p.organization_id, t.organization_id) = (@organization_id, @organization_id);
-- name: Variant10
-- safe
SELECT count(*) FROM (SELECT DISTINCT category_id FROM product WHERE organization_id = @organization_id);
-- name: Variant11
-- safe
SELECT * FROM team t WHERE t.organization_id = @organization_id AND (SELECT count(*) FROM team_member tm WHERE tm.team_id = t.id) > 3;
-- name: Variant12
-- safe
SELECT name FROM product WHERE organization_id = @organization_id GROUP BY name HAVING count(*) > 1;
-- name: Variant13
-- safe
SELECT t.*, u.name lead FROM team t LEFT JOIN team_member tm ON tm.id = (SELECT x.id FROM team_member x WHERE x.team_id = t.id ORDER BY x.created_at LIMIT 1) LEFT JOIN user u ON u.id = tm.user_id WHERE t.organization_id = @organization_id;
-- name: Variant14
-- safe
UPDATE team SET name = @name FROM organization o WHERE o.id = team.organization_id AND o.id = @organization_id AND team.id = @id;
-- name: Variant15
-- safe
UPDATE member SET role = CASE WHEN user_id = @owner THEN 'owner' ELSE 'member' END WHERE organization_id = @organization_id;
-- name: Variant16
-- safe
UPDATE product SET assignee_id = NULL, updated_by = @user_id WHERE organization_id = @organization_id AND assignee_id NOT IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: Variant17
-- safe
UPDATE product SET assignee_id = m.user_id FROM member m WHERE m.organization_id = product.organization_id AND m.user_id = @a AND product.id = @id AND product.organization_id = @organization_id;
-- name: Variant18
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by, assignee_id) SELECT @id, @organization_id, @sku, @name, @user_id, (SELECT user_id FROM member WHERE organization_id = @organization_id AND user_id = @a) WHERE NOT EXISTS (SELECT 1 FROM product WHERE organization_id = @organization_id AND sku = @sku);
-- name: Variant19
-- safe
WITH ranked AS (SELECT id, row_number() OVER (PARTITION BY organization_id, sku ORDER BY created_at) n FROM product WHERE organization_id = @organization_id) DELETE FROM product WHERE organization_id = @organization_id AND id IN (SELECT id FROM ranked WHERE n > 1);
-- name: Variant20
-- safe
SELECT u.name, p.n FROM member m JOIN user u ON u.id = m.user_id LEFT JOIN (SELECT created_by, organization_id, count(*) n FROM product GROUP BY created_by, organization_id) p ON p.created_by = u.id AND p.organization_id = m.organization_id WHERE m.organization_id = @organization_id;
-- name: Variant21
-- safe
SELECT * FROM (SELECT 'p' k, id, organization_id FROM product UNION ALL SELECT 't', id, organization_id FROM team) WHERE organization_id = @organization_id ORDER BY k;
-- name: Variant22
-- safe
SELECT a.day, count(p.id) FROM (SELECT DISTINCT created_at / 86400 AS day FROM product WHERE organization_id = @organization_id) a LEFT JOIN product p ON p.created_at / 86400 = a.day AND p.organization_id = @organization_id GROUP BY a.day;
-- name: Variant23
-- safe
SELECT i.* FROM invitation i WHERE i.organization_id = @organization_id AND NOT EXISTS (SELECT 1 FROM member m JOIN user u ON u.id = m.user_id WHERE m.organization_id = i.organization_id AND u.email = i.email);
-- name: Variant24
-- safe
SELECT p.name FROM product p WHERE p.organization_id = @organization_id AND p.category_id IN (SELECT id FROM category WHERE organization_id = @organization_id AND deleted_at IS NULL UNION SELECT parent_id FROM category WHERE organization_id = @organization_id);
-- name: Variant25
-- safe
SELECT o.name FROM organization AS o WHERE o.id = @organization_id AND o.id IN (SELECT m.organization_id FROM member m WHERE m.user_id = @user_id);
-- name: Variant26
-- safe
SELECT json_group_array(json_object('id', t.id, 'members', (SELECT json_group_array(u.name) FROM team_member tm JOIN user u ON u.id = tm.user_id WHERE tm.team_id = t.id))) FROM team t WHERE t.organization_id = @organization_id;
-- name: Variant27
-- safe
SELECT * FROM product WHERE organization_id = @organization_id AND id > coalesce((SELECT id FROM product WHERE id = @after AND organization_id = @organization_id), '');
-- name: Variant28
-- safe
SELECT u.id FROM user u WHERE u.id IN (SELECT user_id FROM member WHERE organization_id = @organization_id UNION SELECT inviter_id FROM invitation WHERE organization_id = @organization_id);
-- name: Variant29
-- safe
SELECT first_value(name) OVER (PARTITION BY category_id ORDER BY price), ntile(4) OVER (ORDER BY price) FROM product WHERE organization_id = @organization_id;
-- name: Variant30
-- safe
SELECT tm.* FROM team_member tm JOIN team t ON t.id = tm.team_id JOIN organization o ON o.id = t.organization_id WHERE o.id = @organization_id AND o.slug = @slug;
-- name: Variant31
-- safe
SELECT tm.user_id FROM team_member AS tm INNER JOIN team AS t USING (created_at) WHERE t.organization_id = @organization_id AND tm.team_id = t.id;
-- name: Variant32
-- safe
SELECT m.* FROM member m WHERE m.organization_id = @organization_id AND m.user_id IN (SELECT tm.user_id FROM team_member tm JOIN team t ON t.id = tm.team_id WHERE t.organization_id = m.organization_id);
-- name: Variant33
-- safe
SELECT (SELECT count(*) FROM product WHERE organization_id = @organization_id) AS products, (SELECT count(*) FROM member WHERE organization_id = @organization_id) AS members;
-- name: Variant34
-- safe
SELECT 1 WHERE EXISTS (SELECT 1 FROM member WHERE organization_id = @organization_id AND user_id = @user_id AND role IN ('owner', 'admin'));
-- name: Variant35
-- safe
INSERT INTO invitation (id, organization_id, email, inviter_id) SELECT @id, m.organization_id, @email, m.user_id FROM member m WHERE m.organization_id = @organization_id AND m.user_id = @user_id AND m.role = 'admin' RETURNING *;
-- name: Variant36
-- safe
INSERT INTO member (id, organization_id, user_id, role) SELECT @id, i.organization_id, @user_id, i.role FROM invitation i WHERE i.id = @inv AND i.organization_id = @organization_id AND i.status = 'pending';
-- name: Variant37
-- unsafe: the cascade through category sets products of others to NULL
DELETE FROM organization WHERE id = @organization_id;
-- name: Variant38
-- safe
UPDATE product SET category_id = iif(@c IS NULL, NULL, (SELECT id FROM category WHERE id = @c AND organization_id = @organization_id)) WHERE organization_id = @organization_id AND id = @id;
-- name: Variant39
-- safe
UPDATE product SET (category_id, price) = (SELECT c.id, @p FROM category c WHERE c.organization_id = @organization_id AND c.id = @c) WHERE organization_id = @organization_id AND id = @id;
-- name: Variant40
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @n, @user_id) ON CONFLICT (organization_id, sku) DO UPDATE SET name = excluded.name, updated_by = excluded.created_by, version = product.version + 1 WHERE product.version = @v;
-- name: Variant41
-- safe
WITH RECURSIVE t(id, parent_id, path) AS (SELECT c.id, c.parent_id, c.name FROM category c WHERE c.organization_id = @organization_id AND c.parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, t.path || '/' || c.name FROM t JOIN category c ON c.parent_id = t.id AND c.organization_id = @organization_id) SELECT t.path, (SELECT count(*) FROM product p WHERE p.category_id = t.id AND p.organization_id = @organization_id) FROM t;
-- name: Variant55
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE organization_id = @organization_id OR EXISTS (SELECT 1 FROM member WHERE organization_id = @organization_id);
-- name: Variant56
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT x.* FROM (SELECT organization_id, name FROM product UNION ALL SELECT @organization_id, name FROM team) x WHERE x.organization_id = @organization_id;
-- name: Variant57
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM (SELECT organization_id, max(price) m FROM product GROUP BY organization_id COLLATE NOCASE) WHERE organization_id = @organization_id;
-- name: Variant58
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM (SELECT DISTINCT sku COLLATE NOCASE, organization_id FROM product LIMIT 3) WHERE organization_id = @organization_id;
-- name: Variant59
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT t.id FROM team t LEFT JOIN (SELECT team_id, count(*) n FROM team_member) c ON c.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: Variant60
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT p.* FROM organization o LEFT JOIN product p ON p.organization_id = o.id AND o.id = @organization_id;
-- name: Variant61
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT p.* FROM product p LEFT JOIN organization o ON o.id = @organization_id WHERE p.organization_id IS o.id OR o.id IS NULL;
-- name: Variant62
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT EXISTS (SELECT 1 FROM user u JOIN member m ON m.user_id = u.id WHERE u.email = @e);
-- name: Variant63
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM member m WHERE m.organization_id = @organization_id AND (SELECT count(*) FROM team_member tm WHERE tm.user_id = m.user_id) > 0;
-- name: Variant64
-- unsafe: reads or names rows that nothing ties to the tenant
INSERT INTO team_member (id, team_id, user_id) SELECT @id, @team, @user_id FROM team WHERE organization_id = @organization_id;
-- name: Variant65
-- unsafe: reads or names rows that nothing ties to the tenant
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT id, @organization_id, sku, name, @user_id FROM product WHERE organization_id = @src;
-- name: Variant66
-- unsafe: reads or names rows that nothing ties to the tenant
UPDATE team_member SET user_id = @u WHERE team_id IN (SELECT id FROM team WHERE organization_id = @organization_id);
-- name: Variant67
-- unsafe: reads or names rows that nothing ties to the tenant
UPDATE product SET assignee_id = u.id FROM user u WHERE u.email = @email AND product.organization_id = @organization_id;
-- name: Variant68
-- unsafe: reads or names rows that nothing ties to the tenant
UPDATE product SET name = excluded.name WHERE organization_id = @organization_id;
-- name: Variant69
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT max(m.organization_id), p.id FROM product p, member m WHERE m.organization_id = @organization_id AND p.created_by = m.user_id;
-- name: Variant70
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT p.id FROM product p JOIN team t ON t.id = p.organization_id WHERE t.organization_id = @organization_id;
-- name: Variant71
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE organization_id = @organization_id UNION SELECT p.* FROM product p JOIN category c ON c.id = p.category_id WHERE c.organization_id = @organization_id;
-- name: Variant72
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product p WHERE p.organization_id = @organization_id IS TRUE OR 1;
-- name: Variant73
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE organization_id = @organization_id = 0;
-- name: Variant74
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE (organization_id = @organization_id) IS NOT TRUE;
-- name: Variant75
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE (organization_id = @organization_id) IN (0, 1);
-- name: Variant76
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE iif(@f, organization_id = @organization_id, 1);
-- name: Variant77
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product GROUP BY organization_id HAVING organization_id = @organization_id OR count(*) > 1;
-- name: Variant78
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT organization_id, (SELECT count(*) FROM product q WHERE q.organization_id >= p.organization_id) FROM product p WHERE p.organization_id = @organization_id;
-- name: KeepOrClearCategory
-- safe
UPDATE product SET category_id = CASE WHEN @clear THEN NULL ELSE category_id END, price = @price WHERE id = @id AND organization_id = @organization_id;
-- name: AssignMemberOrKeep
-- safe
UPDATE product SET assignee_id = coalesce((SELECT user_id FROM member WHERE organization_id = @organization_id AND user_id = @a), assignee_id) WHERE id = @id AND organization_id = @organization_id;
-- name: CopyOneKeyToAnother
-- unsafe: the creator may no longer be a member
UPDATE product SET assignee_id = created_by WHERE id = @id AND organization_id = @organization_id;
-- name: Variant201
-- safe
SELECT * FROM product p WHERE p.organization_id = (SELECT @organization_id);
-- name: Variant202
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product p WHERE p.organization_id = (SELECT @organization_id UNION SELECT id FROM organization);
-- name: Variant203
-- safe
SELECT * FROM product p WHERE p.organization_id IN (VALUES (@organization_id));
-- name: Variant204
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product p WHERE p.organization_id IN (VALUES (@organization_id), (@other));
-- name: Variant205
-- safe
SELECT * FROM product WHERE (organization_id, id) IN (SELECT @organization_id, value FROM json_each(@ids));
-- name: Variant206
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT x.* FROM (SELECT @organization_id AS organization_id, sku, count(*) FROM product GROUP BY 1, 2) x WHERE x.organization_id = @organization_id;
-- name: Variant207
-- safe
SELECT * FROM (SELECT organization_id FROM product UNION SELECT id FROM organization) WHERE organization_id = @organization_id;
-- name: Variant208
-- safe: actor
WITH x AS (SELECT organization_id FROM member WHERE user_id = @user_id LIMIT 1) SELECT * FROM product WHERE organization_id = (SELECT organization_id FROM x);
-- name: Variant209
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT a.* FROM product a, product b WHERE a.organization_id = b.organization_id AND b.id = @id;
-- name: Variant210
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE @organization_id IN (organization_id, @x);
-- name: Variant211
-- safe
UPDATE product SET organization_id = (SELECT organization_id FROM product p2 WHERE p2.id = product.id) WHERE organization_id = @organization_id;
-- name: Variant212
-- safe
DELETE FROM product WHERE rowid IN (SELECT rowid FROM product WHERE organization_id = @organization_id ORDER BY created_at LIMIT 10);
-- name: Variant213
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT * FROM product WHERE organization_id = @organization_id LIMIT @l OFFSET (SELECT count(*) FROM product);
-- name: Variant214
-- unsafe: reads or names rows that nothing ties to the tenant
VALUES ((SELECT count(*) FROM product));
-- name: Variant215
-- safe
SELECT t.id, (SELECT n FROM (SELECT count(*) n FROM team_member tm WHERE tm.team_id = t.id)) FROM team t WHERE t.organization_id = @organization_id;
-- name: Variant216
-- safe
SELECT t.name, x.name FROM team t LEFT JOIN (SELECT tm.team_id, u.name FROM team_member tm JOIN user u ON u.id = tm.user_id) x ON x.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: Variant217
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT t.name, x.user_id FROM team t LEFT JOIN (SELECT * FROM team_member LIMIT 5) x ON x.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: Variant218
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT count(*) FILTER (WHERE price > (SELECT avg(price) FROM product)) FROM product WHERE organization_id = @organization_id;
-- name: Variant219
-- unsafe: reads or names rows that nothing ties to the tenant
INSERT INTO team (id, organization_id, name) VALUES (@id, @organization_id, @name) ON CONFLICT (organization_id, name) DO UPDATE SET name = (SELECT name FROM team WHERE id = @other);
-- name: Variant220
-- unsafe: reads or names rows that nothing ties to the tenant
WITH src AS (SELECT * FROM team) INSERT INTO team (id, organization_id, name) SELECT @id, @organization_id, name FROM src;
-- name: Variant221
-- safe
SELECT product.name FROM team AS product WHERE product.organization_id = @organization_id;
-- name: Variant222
-- unsafe: reads or names rows that nothing ties to the tenant
SELECT team.name FROM product AS team JOIN team AS product ON team.name = product.name WHERE team.organization_id = @organization_id;
-- name: Variant223
-- safe
SELECT p.id, e.value FROM product p LEFT JOIN json_each(p.attributes) e ON e.key = @k WHERE p.organization_id = @organization_id;
-- name: Variant224
-- safe
SELECT t.id FROM team t WHERE t.organization_id = @organization_id AND t.id NOT IN (SELECT team_id FROM team_member tm JOIN team x ON x.id = tm.team_id WHERE x.organization_id = @organization_id);
-- name: Variant225
-- safe
SELECT p.*, c.name FROM product AS p LEFT OUTER JOIN category AS c ON (p.category_id = c.id AND c.organization_id = @organization_id) WHERE p.organization_id = @organization_id AND p.deleted_at IS NULL AND (c.id IS NULL OR c.deleted_at IS NULL);
-- name: Variant226
-- safe
SELECT m.user_id, u.name, count(p.id) FROM member m JOIN user u ON u.id = m.user_id LEFT JOIN product p ON p.created_by = m.user_id AND p.organization_id = m.organization_id AND p.deleted_at IS NULL WHERE m.organization_id = @organization_id GROUP BY m.user_id, u.name;
-- name: Variant227
-- safe
INSERT INTO category (id, organization_id, name, parent_id) SELECT @id, @organization_id, @name, p.id FROM (SELECT 1) LEFT JOIN category p ON p.id = @parent AND p.organization_id = @organization_id;
-- name: Variant228
-- safe
INSERT INTO category (id, organization_id, name, parent_id) SELECT @id, c.organization_id, @name, c.parent_id FROM category c WHERE c.id = @sibling AND c.organization_id = @organization_id AND EXISTS (SELECT 1 FROM category q WHERE q.id = c.parent_id AND q.organization_id = c.organization_id);
-- name: Variant229
-- safe
UPDATE invitation SET status = 'expired' WHERE organization_id = @organization_id AND expires_at < unixepoch() AND status = 'pending' RETURNING id, email;
-- name: Variant230
-- safe: actor
SELECT o.id, o.name, m.role, (SELECT count(*) FROM member x WHERE x.organization_id = m.organization_id) FROM member m JOIN organization o ON o.id = m.organization_id WHERE m.user_id = @user_id;
-- name: Variant231
-- safe: actor
SELECT t.id, t.name, o.name FROM team_member tm JOIN team t ON t.id = tm.team_id JOIN organization o ON o.id = t.organization_id WHERE tm.user_id = @user_id;
-- name: Variant232
-- safe: actor
SELECT o.name FROM organization o JOIN member m ON m.organization_id = o.id AND m.user_id = @user_id WHERE o.id <> @organization_id;
-- name: Variant233
-- safe
UPDATE member SET role = 'owner' WHERE id = @member AND organization_id = @organization_id AND EXISTS (SELECT 1 FROM member me WHERE me.organization_id = member.organization_id AND me.user_id = @user_id AND me.role = 'owner');
-- name: Variant234
-- safe
SELECT p.sku, lag(p.price, 1, 0) OVER win AS prev FROM product p WHERE p.organization_id = @organization_id WINDOW win AS (PARTITION BY p.category_id ORDER BY p.created_at) ORDER BY prev NULLS LAST;
-- name: Variant235
-- safe
SELECT p.id FROM product p WHERE p.organization_id = @organization_id AND p.price = (SELECT min(price) FROM product x WHERE x.organization_id = @organization_id AND x.category_id = p.category_id);
-- name: Variant236
-- safe
WITH counts AS (SELECT team_id, count(*) AS n FROM team_member GROUP BY team_id) SELECT t.name, c.n FROM team t JOIN counts c ON c.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: Variant237
-- unsafe: reads or names rows that nothing ties to the tenant
WITH counts AS (SELECT user_id, count(*) AS n FROM team_member GROUP BY user_id) SELECT m.user_id, c.n FROM member m JOIN counts c ON c.user_id = m.user_id WHERE m.organization_id = @organization_id;
-- name: Variant238
-- safe
WITH per AS (SELECT t.organization_id, tm.user_id, count(*) AS n FROM team_member tm JOIN team t ON t.id = tm.team_id GROUP BY t.organization_id, tm.user_id) SELECT u.name, per.n FROM per JOIN user u ON u.id = per.user_id WHERE per.organization_id = @organization_id;
-- name: Variant239
-- safe
WITH RECURSIVE nums(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM nums WHERE n < 10) SELECT n FROM nums;
-- name: Variant240
-- safe
WITH RECURSIVE chain(id, parent_id, lvl) AS (SELECT id, parent_id, 1 FROM category WHERE organization_id = @organization_id AND id = @id UNION ALL SELECT c.id, c.parent_id, chain.lvl + 1 FROM chain, category c WHERE c.id = chain.parent_id AND c.organization_id = @organization_id AND chain.lvl < 20) SELECT c.name FROM chain JOIN category c ON c.id = chain.id ORDER BY lvl DESC;
-- name: UnqualifiedNamesBesideAnOuterJoin
-- safe
SELECT tm.*, u.name FROM team_member tm LEFT JOIN user u ON u.id = tm.user_id WHERE tm.team_id IN (SELECT id FROM team WHERE organization_id = @organization_id);
-- name: QualifiedNamesBesideAnOuterJoin
-- safe
SELECT tm.*, u.name FROM team_member tm LEFT JOIN user u ON u.id = tm.user_id WHERE EXISTS (SELECT 1 FROM team t WHERE t.id = tm.team_id AND t.organization_id = @organization_id);
-- name: OuterNameBesideAnOuterJoin
-- unsafe: the subquery's u is the outer one, which may be missing
SELECT t.name FROM team t LEFT JOIN user u ON u.name = t.name WHERE t.organization_id = @organization_id AND EXISTS (SELECT 1 FROM member m WHERE m.organization_id = @organization_id AND m.user_id IS u.id);
