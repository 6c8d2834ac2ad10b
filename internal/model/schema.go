// Package model holds what rowhouse read: the schema as the database knows it
// and the queries as sqlc analysed them.
//
// It is the first station of the pipeline
//
//	schema/*.sql + queries/*.sql → model → plan → emit → files
//
// and depends on nothing, so that readers (internal/atlas, internal/sqlc) and
// consumers (internal/plan, internal/prove) never meet.
package model

import "strings"

// Schema is a whole database schema. Objects are in creation order.
type Schema struct {
	Tables   []*Table
	Views    []*View
	Triggers []*Trigger
}

// Table returns the table of that name, compared as SQL compares names
// (ASCII case-insensitively), or nil.
func (s *Schema) Table(name string) *Table {
	for _, t := range s.Tables {
		if strings.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// View returns the view of that name, or nil.
func (s *Schema) View(name string) *View {
	for _, v := range s.Views {
		if strings.EqualFold(v.Name, name) {
			return v
		}
	}
	return nil
}

// Table is one ordinary or virtual table.
type Table struct {
	Name    string
	Pos     Position // of its CREATE TABLE
	Columns []*Column

	// PrimaryKey lists the key's columns in key order; empty without a key.
	PrimaryKey  []string
	Indexes     []*Index
	ForeignKeys []*ForeignKey
	Checks      []Check

	Strict       bool
	WithoutRowid bool
	Virtual      bool   // CREATE VIRTUAL TABLE
	SQL          string // the statement as the database stores it
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// RowidKey reports whether the primary key is an alias of the rowid, so that
// the database numbers new rows itself: a single INTEGER PRIMARY KEY of a
// rowid table.
func (t *Table) RowidKey() bool {
	if t.WithoutRowid || len(t.PrimaryKey) != 1 {
		return false
	}
	key := t.Column(t.PrimaryKey[0])
	return key != nil && strings.EqualFold(key.Type, "INTEGER") && !t.hasKeyIndex()
}

// hasKeyIndex reports whether the primary key has an index of its own, which
// SQLite makes exactly when the key is not the rowid
// (INTEGER PRIMARY KEY DESC is the well-known case).
func (t *Table) hasKeyIndex() bool {
	for _, index := range t.Indexes {
		if index.Origin == OriginPrimaryKey {
			return true
		}
	}
	return false
}

// Column is one column of a table.
type Column struct {
	Name      string
	Pos       Position // of its definition
	Type      string   // as declared: "INTEGER", "VARCHAR(20)", ""
	NotNull   bool     // NOT NULL declared, or enforced as part of a key
	Default   string   // the DEFAULT expression's SQL; "" without one
	Generated bool     // GENERATED ALWAYS AS: never written
	Hidden    bool     // hidden column of a virtual table
	Collation string   // "BINARY", "NOCASE", "RTRIM" or a user's own
}

// Origin says which clause made an index.
type Origin string

// The origins, as PRAGMA index_list spells them.
const (
	OriginCreateIndex Origin = "c"
	OriginUnique      Origin = "u"
	OriginPrimaryKey  Origin = "pk"
)

// Index is an index, also one that a UNIQUE or PRIMARY KEY clause made.
type Index struct {
	Name    string
	Pos     Position // of its CREATE INDEX; of the table otherwise
	Unique  bool
	Origin  Origin
	Columns []IndexColumn
	Where   string // a partial index's predicate; "" without one
	SQL     string // "" where a clause made it
}

// IndexColumn is one term of an index.
type IndexColumn struct {
	Name      string // "" for an expression
	Collation string
	Desc      bool
}

// ForeignKey is a reference from Columns to RefColumns of Table, pairwise.
type ForeignKey struct {
	Columns    []string
	Table      string
	RefColumns []string // always spelled out, also where the schema leaves them to the primary key
	OnUpdate   string   // "NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"
	OnDelete   string
	Deferred   bool // DEFERRABLE INITIALLY DEFERRED
}

// Check is a CHECK constraint, of a column or the table.
type Check struct {
	Name   string // "" without one
	Column string // "" for a table constraint
	Expr   string // SQL between the parentheses
}

// View is a view with the columns it yields.
type View struct {
	Name    string
	Pos     Position
	Columns []*Column
	SQL     string
}

// Trigger is a trigger on a table or view.
type Trigger struct {
	Name  string
	Pos   Position
	Table string
	SQL   string
}

// Part returns the part of a schema with some tables and views, and what
// belongs to them.
func (s *Schema) Part(table, view func(name string) bool) *Schema {
	part := &Schema{}
	for _, t := range s.Tables {
		if table(t.Name) {
			part.Tables = append(part.Tables, t)
		}
	}
	for _, v := range s.Views {
		if view(v.Name) {
			part.Views = append(part.Views, v)
		}
	}
	for _, t := range s.Triggers {
		if part.Table(t.Table) != nil || part.View(t.Table) != nil {
			part.Triggers = append(part.Triggers, t)
		}
	}
	return part
}
