package model

// Query is one statement of queries/*.sql as sqlc analysed it.
type Query struct {
	Name     string
	Cmd      string   // ":one", ":many", ":exec", ":execrows", …
	Text     string   // rewritten by sqlc: * expanded, parameters numbered
	Comments []string // the lines above the statement, without "--"
	Pos      Position // of its "-- name:" line
	Params   []QueryParam
	Columns  []QueryColumn

	// InsertInto is the table an INSERT writes to; "" otherwise.
	InsertInto string
}

// QueryParam is a parameter of a query.
type QueryParam struct {
	Number int    // N of ?N, from 1
	Name   string // of the argument; "" when sqlc found none
	Type   string // sqlc's type for it, lower case: "text", "integer", "any"
	Slice  bool   // sqlc.slice
	QueryOrigin
}

// QueryColumn is a result column of a query.
type QueryColumn struct {
	Name  string
	Type  string
	Embed string // the table of sqlc.embed(table); "" otherwise
	QueryOrigin
}

// QueryOrigin names the table column that a parameter is compared to or a
// result column is read from. Empty for expressions.
type QueryOrigin struct {
	Table   string
	Column  string
	NotNull bool
}
