// Package tenancy says whose every table's rows are: a tenant's, a user's,
// or everyone's. The prover and the plan build on the same answer.
package tenancy

import (
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Kind is the kind of a table's ownership.
type Kind int

// The kinds. The zero value fails closed: nothing is generated for, and
// nothing is proven about, an unclassified table.
const (
	Unclassified Kind = iota
	Root              // the tenant table itself
	Owned             // rows belong to a tenant
	Global            // rows belong to a user, or to no one
)

// Class is the ownership of one table.
type Class struct {
	Table *model.Table
	Kind  Kind

	// Column is the tenant column of an Owned table that has one, and the
	// key of the Root. Empty where rows are owned by path.
	Column string
	// Path is the NOT NULL foreign key that leads one step towards the
	// tenant, of an Owned table without a tenant column of its own.
	Path *model.ForeignKey

	Log     bool // the audit log, which triggers write alone; a row of no tenant has NULL in its tenant column
	Helper  bool // a table of those triggers' own; nothing is generated for it
	Shared  bool // rows whose tenant column is NULL are everyone's
	Bridge  bool // rows may name users who are not members
	Private bool // never reachable from a tenant's query
}

// The tables that the option audit_log adds to a schema, and the view of what
// the next entry has.
const (
	LogTable   = "audit_log"
	ActorTable = "audit_actor"
	GoneTable  = "audit_gone"
	NextView   = "audit_log_next"
)

// Map is the ownership of all tables of a schema.
type Map struct {
	Root    *model.Table
	Users   *model.Table
	Members *model.Table

	RootKey string // the tenant table's key column
	UserKey string // the user table's key column

	// MemberTenant and MemberUser are the columns of Members that name the
	// tenant and the user.
	MemberTenant string
	MemberUser   string

	classes map[*model.Table]*Class
}

// Of returns the ownership of a table of the schema; its Kind is
// Unclassified where the schema does not say.
func (m *Map) Of(t *model.Table) *Class {
	if class := m.classes[t]; class != nil {
		return class
	}
	return &Class{Table: t}
}

// Classify derives the ownership of every table from the schema's keys and
// the options. Problems name every table that the schema leaves unclear;
// the map is usable all the same, with those tables Unclassified. The map is
// nil only where the tenant, user or members table is missing or unusable.
func Classify(schema *model.Schema, options config.Options) (*Map, model.Problems) {
	c := &classifier{
		schema:  schema,
		options: options,
		m:       &Map{classes: map[*model.Table]*Class{}},
	}
	c.checkNames()
	if !c.anchors() {
		return nil, c.problems
	}
	c.listed()
	c.direct()
	c.paths()
	c.users()
	c.unclear()
	if !c.members() {
		return nil, c.problems
	}
	return c.m, c.problems
}
