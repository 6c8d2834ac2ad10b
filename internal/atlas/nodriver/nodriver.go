// Package nodriver keeps github.com/mattn/go-sqlite3 from registering itself
// with database/sql. Import it, for its effect alone, in a program that also
// contains sqlc: sqlc brings another SQLite driver of the same name, and the
// second registration would panic before main runs. Package atlas needs no
// registration.
package nodriver

import _ "unsafe" // for go:linkname

// driverName is the variable that go-sqlite3 offers its users to set at link
// time, which `go install` cannot do.
//
//go:linkname driverName github.com/mattn/go-sqlite3.driverName
var driverName string

// Packages that are ready are initialised in the order of their import paths
// (Go specification, "Program initialization"). This one imports nothing and
// so is ready at once; go-sqlite3 has to wait for database/sql, which waits
// for reflect, sync and unicode, all of which sort after this path.
func init() { driverName = "" }
