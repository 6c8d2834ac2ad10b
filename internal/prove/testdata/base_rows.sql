-- Four tenants whose keys differ by case, by a wildcard and by a suffix; the
-- one the tests act for comes last. Plain keys name rows of other tenants.
INSERT INTO country VALUES ('de', 'Germany'), ('fr', 'France');
INSERT INTO user (id, name, email, image, created_at, updated_at) VALUES
  ('u4', 'Dora', 'dora@example.com', 'i4', 4, 4), ('u5', 'Emil', 'EMIL@example.com', NULL, 5, 5),
  ('u6', 'Fritz', 'fritz@example.com', 'i6', 6, 6), ('u7', 'Gabi', 'gabi@example.com', NULL, 7, 7),
  ('u8', 'Ada', 'ada2@example.com', NULL, 8, 8), ('U1', 'Ada', 'ADA_@example.com', NULL, 9, 9),
  ('u1', 'Ada', 'ada@example.com', 'i1', 1, 1), ('u2', 'Ben', 'ben@example.com', NULL, 2, 2),
  ('u3', 'Cleo', 'cleo@example.com', NULL, 3, 3);
INSERT INTO preference (user_id, theme, locale) VALUES ('u4', 'dark', 'de'), ('u5', 'light', NULL), ('u6', 'dark', 'fr'),
  ('u8', 'blue', NULL), ('u2', 'dark', 'fr'), ('u1', 'light', 'de');
INSERT INTO session VALUES ('s5', 'tok5', 'u5', 'ORG_A', 99), ('s1', 'tok1', 'u1', 'org_a', 99);
INSERT INTO identity VALUES ('i5', 'u5', 'password', 'pw5'), ('i1', 'u1', 'password', 'pw1');
INSERT INTO verification VALUES ('v1', 'dora@example.com', 'x'), ('v2', 'ada@example.com', 'y');
INSERT INTO organization VALUES
  ('ORG_A', 'Acme', 'acme-b', '{}', 2), ('orgXa', 'Acme', 'acme-x', NULL, 4), ('org_a2', 'Beta', 'beta', NULL, 3),
  ('org_a', 'Acme', 'acme', '{"x":1}', 1);
INSERT INTO member VALUES
  ('mb1', 'ORG_A', 'u4', 'owner', 1), ('mb2', 'ORG_A', 'u5', 'admin', 2), ('mb3', 'ORG_A', 'u2', 'member', 3),
  ('mx1', 'orgXa', 'u6', 'owner', 1), ('mx2', 'orgXa', 'U1', 'admin', 1),
  ('md1', 'org_a2', 'u1', 'owner', 5), ('md2', 'org_a2', 'u7', 'admin', 6),
  ('ma3', 'org_a', 'u3', 'member', 3), ('ma2', 'org_a', 'u2', 'admin', 2), ('ma1', 'org_a', 'u1', 'owner', 1);
INSERT INTO team VALUES
  ('tb1', 'ORG_A', 'Sales', 1), ('tb2', 'ORG_A', 'Ops', 2), ('tx1', 'orgXa', 'Sales', 1), ('td1', 'org_a2', 'Sales', 1),
  ('ta3', 'org_a', 'Empty', 3), ('ta2', 'org_a', 'Ops', 2), ('ta1', 'org_a', 'Sales', 1);
INSERT INTO team_member VALUES
  ('tmb1', 'tb1', 'u4', 1), ('tmb2', 'tb1', 'u5', 2), ('tmb3', 'tb2', 'u2', 3), ('tmx1', 'tx1', 'u6', 1), ('tmd1', 'td1', 'u1', 1),
  ('tma3', 'ta2', 'u2', 3), ('tma2', 'ta1', 'u2', 2), ('tma1', 'ta1', 'u1', 1);
INSERT INTO category VALUES
  ('cb1', 'ORG_A', 'Lamps', NULL, NULL), ('cb2', 'ORG_A', 'Desks', 'cb1', NULL), ('cb3', 'ORG_A', 'Odd', 'ca1', NULL),
  ('cx1', 'orgXa', 'Lamps', NULL, NULL), ('cx2', 'orgXa', 'Desk lamps', 'cx1', 7), ('cd1', 'org_a2', 'Lamps', NULL, NULL),
  ('ca4', 'org_a', 'Strays', 'cb1', NULL), ('ca3', 'org_a', 'Chairs', NULL, 5), ('ca2', 'org_a', 'Desk lamps', 'ca1', NULL),
  ('ca1', 'org_a', 'Lamps', NULL, NULL);
INSERT INTO product (id, organization_id, sku, name, description, price, stock, category_id, assignee_id, attributes, created_at, updated_at, created_by, updated_by, deleted_at, version) VALUES
  ('pb1', 'ORG_A', 'sku1', 'Lamp', 'b', 10, 5, 'cb1', 'u5', '{"color":"red"}', 1, 1, 'u4', 'u4', NULL, 1),
  ('pb2', 'ORG_A', 'sku2', 'Desk', NULL, 999, 0, 'ca1', 'u1', '{}', 2, 2, 'u2', NULL, 5, 2),
  ('pb3', 'ORG_A', 'sku9', 'Sales', NULL, 7, 3, 'ca3', NULL, '{}', 9, 9, 'u2', NULL, NULL, 2),
  ('px1', 'orgXa', 'sku1', 'Lamp', 'x', 20, 9, 'cx1', NULL, '{"size":3}', 1, 1, 'u6', 'u6', NULL, 1),
  ('pd1', 'org_a2', 'sku1', 'Lamp', 'd', 15, 2, 'cd1', 'u1', '{}', 3, 3, 'u1', NULL, NULL, 1),
  ('pa4', 'org_a', 'sku4', 'Stray', NULL, 40, 0, 'cb1', 'u5', '{}', 4, 4, 'u4', NULL, NULL, 1),
  ('pa3', 'org_a', 'sku3', 'Chair', 'gone', 30, 3, NULL, NULL, '{"color":"red"}', 3, 3, 'u1', 'u2', 9, 3),
  ('pa2', 'org_a', 'sku2', 'Desk lamp', NULL, 20, 0, 'ca2', 'u3', '{"size":2}', 2, 2, 'u2', NULL, NULL, 2),
  ('pa1', 'org_a', 'sku1', 'Lamp', 'a', 10, 5, 'ca1', 'u2', '{"color":"blue","size":1}', 1, 1, 'u1', 'u1', NULL, 1);
INSERT INTO invitation VALUES
  ('ib1', 'ORG_A', 'ada@example.com', 'member', 'tb1', 'pending', 99999999999, 'u4'),
  ('ib2', 'ORG_A', 'x@example.com', NULL, 'ta1', 'pending', 99999999999, 'u5'),
  ('ix1', 'orgXa', 'dora@example.com', 'member', 'tx1', 'accepted', 1, 'u6'),
  ('ia3', 'org_a', 'gabi@example.com', 'admin', 'tb2', 'pending', 99999999999, 'u2'),
  ('ia2', 'org_a', 'dora@example.com', NULL, NULL, 'expired', 1, 'u1'),
  ('ia1', 'org_a', 'emil@example.com', 'member', 'ta1', 'pending', 99999999999, 'u1');
