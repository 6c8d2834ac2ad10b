// Package migrate changes databases without losing what is in them: it plans
// the way from one schema to another, proves the plan by replay, applies it,
// and finds where a database has drifted from what it should be.
//
//	migrations   → replay ┐
//	                      ├ compare → plan → verify with rows → file → apply
//	schema files → replay ┘
//
// It needs atlas.hcl alone, and takes any schema of SQLite: who owns the rows
// of a table is of no concern here.
package migrate
