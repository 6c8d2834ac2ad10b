-- Three tenants; the one the tests act for comes last and has the highest
-- ids, so that new ids are the same with and without the others.
INSERT INTO currency VALUES ('EUR', 1.0), ('USD', 1.1);
INSERT INTO user VALUES (4, 'Dora', 'dora@example.com'), (5, 'Emil', 'emil@example.com'), (6, 'Fritz', 'fritz@example.com'),
  (1, 'Ada', 'ada@example.com'), (2, 'Ben', 'ben@example.com'), (900, 'Cleo', 'cleo@example.com');
INSERT INTO session VALUES (1, 4, 'x'), (2, 1, 'y');
INSERT INTO tenant VALUES (2, 'Acme', 'pro'), (3, 'Beta', 'free'), (10, 'Acme', 'pro'), (1, 'Acme', 'free');
INSERT INTO membership VALUES (2, 4, 'owner'), (2, 5, 'admin'), (2, 2, 'member'), (3, 1, 'owner'), (3, 6, 'admin'), (10, 6, 'owner'),
  (1, 900, 'member'), (1, 2, 'admin'), (1, 1, 'owner');
INSERT INTO tax_rate VALUES (1, NULL, 'VAT', 19.0), (2, NULL, 'None', 0.0), (3, 2, 'Special', 5.0), (4, 3, 'VAT', 7.0), (5, 10, 'VAT', 8.0),
  (901, 1, 'Own', 6.0);
INSERT INTO account (id, tenant_id, name, owner_id, parent_id, currency, deleted_at) VALUES
  (20, 2, 'Big', 4, NULL, 'EUR', NULL), (21, 2, 'Small', 5, 20, 'USD', NULL), (30, 3, 'big', 1, NULL, NULL, NULL), (100, 10, 'BIG', 6, NULL, 'EUR', 3),
  (10, 1, 'Big', 1, NULL, 'EUR', NULL), (11, 1, 'Small', 2, 10, 'USD', NULL), (12, 1, 'Tiny', NULL, 11, NULL, 4), (902, 1, 'Last', 900, NULL, 'EUR', NULL);
INSERT INTO deal (id, tenant_id, account_id, title, amount, stage, tax_rate_id, closed_at) VALUES
  (200, 2, 20, 'Lamps', 500, 'open', 3, NULL), (201, 2, 21, 'Desks', 50, 'won', 1, 5), (300, 3, 30, 'Lamps', 70, 'won', 4, 6), (110, 10, 100, 'Lamps', 9, 'lost', NULL, 7),
  (100, 1, 10, 'Lamps', 100, 'open', 1, NULL), (101, 1, 11, 'Desks', 20, 'won', 3, 3), (102, 1, 10, 'Chairs', 300, 'lost', NULL, 4), (903, 1, 902, 'Sofa', 70, 'won', 901, 9);
INSERT INTO quote VALUES (20, 200, 1), (21, 201, 100), (30, 300, 1), (10, 100, 1), (11, 101, 1), (12, 100, 2), (904, 903, 200);
INSERT INTO quote_line VALUES (20, 20, 'b', 5), (21, 21, 'b', 7), (30, 30, 'd', 9), (10, 10, 'a', 1), (11, 10, 'a', 2), (12, 11, 'a', 3), (905, 12, 'z', 20);
INSERT INTO line_note VALUES (20, 20, 'nb'), (30, 30, 'nd'), (10, 10, 'na'), (906, 12, 'nz');
INSERT INTO "order" VALUES (20, 2, 200, 'x', 5), (30, 3, 300, 'y', 6), (10, 1, 100, 'x', 7), (11, 1, NULL, 'x', 8), (907, 1, 101, 'y', 9);
INSERT INTO tag VALUES (2, 'hot', 'red'), (2, 'cold', NULL), (3, 'hot', 'pink'), (1, 'cold', 'blue'), (1, 'hot', 'orange');
INSERT INTO account_tag VALUES (2, 20, 'hot'), (3, 30, 'hot'), (1, 10, 'hot'), (1, 11, 'cold');
INSERT INTO audit VALUES (20, 2, 'deal', 200, 1), (30, 3, 'deal', 300, 1), (10, 1, 'deal', 100, 1), (908, 1, 'won', 101, 2);
INSERT INTO counter VALUES ('closed', 2, 5), ('opened', 3, 1), ('mine', 1, 2);
INSERT INTO folder VALUES (20, 2, NULL, 'Root'), (21, 2, 10, 'Stray'), (30, 3, NULL, 'Root'), (10, 1, NULL, 'Root'), (11, 1, 10, 'Sub'), (12, 1, 20, 'Odd'), (909, 1, 11, 'Deep');
INSERT INTO ticket VALUES (20, 2, 'open', 'b', 0), (30, 3, 'closed', 'd', 0), (10, 1, 'open', 'a', 0), (910, 1, 'closed', 'z', 1);
INSERT INTO setting VALUES (2, 'k', 'vb'), (3, 'k', 'vd'), (1, 'l', 'x'), (1, 'k', 'va');
INSERT INTO mystery VALUES (1, 'm'), (911, 'n');
