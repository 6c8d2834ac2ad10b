package model

import "sort"

// Query is one statement of queries/*.sql as sqlc analysed it.
type Query struct {
	Name     string
	Cmd      string   // ":one", ":many", ":iter", ":exec", ":execrows"
	Text     string   // rewritten by sqlc: * expanded, parameters numbered
	Comments []string // the lines above the statement, without "--"
	Pos      Position // of its "-- name:" line
	Params   []QueryParam
	Columns  []QueryColumn

	// InsertInto is the table an INSERT writes to; "" otherwise.
	InsertInto string

	// Can are the permissions that a scope's role must have: "product:update".
	Can []string

	Places []Place // where the words of Text come from, in order
	Scope  Scope
}

// Place says where in the user's file a part of a query's text comes from.
type Place struct {
	Offset int // in Text, in bytes
	Pos    Position
}

// At returns the position in the user's file of an offset in Text.
func (q *Query) At(offset int) Position {
	after := sort.Search(len(q.Places), func(i int) bool { return q.Places[i].Offset > offset })
	if after == 0 {
		return q.Pos
	}
	return q.Places[after-1].Pos
}

// Scope says from where a query may be called, and why.
type Scope struct {
	Kind   ScopeKind
	Reason string // of System: why the query is not tied to a tenant
	Proof  string // of Tenant and Actor: what ties it, in one line

	// Tenant and Actor are the numbers of the parameters that the scope
	// itself binds; 0 for none.
	Tenant, Actor int
}

// ScopeKind is a kind of scope.
type ScopeKind int

// The kinds. The zero value is the one for queries that nothing is known of.
const (
	System ScopeKind = iota // all tenants
	Tenant                  // one tenant
	Actor                   // the acting user
)

// QueryParam is a parameter of a query.
type QueryParam struct {
	Number   int    // N of ?N, from 1
	Name     string // of the argument; "" when sqlc found none
	Slice    bool   // sqlc.slice
	Optional bool   // sqlc.narg: may be NULL, whatever it is compared with
	Pos      Position
	QueryType
}

// QueryColumn is a result column of a query.
type QueryColumn struct {
	Name  string
	Embed string // the table of sqlc.embed(table); "" otherwise
	Pos   Position
	QueryType
}

// QueryType is what a parameter or a result column holds, by the rules of SQL.
type QueryType struct {
	Kind    Kind
	NotNull bool

	// Origins are the table columns that the values come from or go to, where
	// there is nothing else that they could be; but for Literals, values that
	// the query itself puts in their place, as in coalesce(status, 'new').
	Origins  []ColumnRef
	Literals []string
}

// ColumnRef names a column of a table.
type ColumnRef struct{ Table, Column string }

// Kind is how a database sees a value.
type Kind string

// The kinds. A value of the kind Any may be of any other.
const (
	Any     Kind = "any"
	Integer Kind = "integer"
	Real    Kind = "real"
	Text    Kind = "text"
	Blob    Kind = "blob"
	Bool    Kind = "bool"
	JSON    Kind = "json"
)
