// Package migrate changes databases without losing what is in them: it has a
// project's next migration planned and proven, applies migrations, undoes
// them, says which are applied, and pushes a schema without any.
//
//	migrations   → replay ┐
//	                      ├ compare → plan → verify with rows → file → apply
//	schema files → replay ┘
//
// The packages below it are its stations and its judges. Each knows only those
// above it here:
//
//	sqltext      the text of SQL
//	transaction  statements that are not for a transaction
//	plan         compare, plan, verify and try with rows, all in memory
//	d1, rows     what D1 refuses; rows that break a constraint
//	migrate      projects and live databases: diff, apply, down, status, push
//	lint         what may go wrong when migrations are applied
//	drift        how a live database differs from what it should be
//	verify       whether the migrations are right, without a database
//	export       the migrations for other tools
//
// It needs atlas.hcl alone, and takes any schema of SQLite: who owns the rows
// of a table is of no concern here.
package migrate
