package migratetest

// Losing is a rebuild as it is often written by hand: right without foreign
// keys, but not where they are on.
const Losing = `-- 1_first.sql --
CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);
-- 2_second.sql --
CREATE TABLE new_p (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO new_p (id, name) SELECT id, ifnull(name, '') FROM p;
DROP TABLE p;
ALTER TABLE new_p RENAME TO p;
`
