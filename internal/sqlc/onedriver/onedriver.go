// Package onedriver lets sqlc and github.com/mattn/go-sqlite3 live in one
// binary.
//
// sqlc links github.com/ncruces/go-sqlite3/driver for its command "vet", which
// rowhouse never runs. Both drivers register themselves as "sqlite3" when the
// program starts, and the second to do so panics. The ncruces driver skips
// that when its variable driverName is empty, which is meant to be set by the
// linker; a program that people "go install" cannot ask for linker flags, so
// it is set here instead.
//
// Go initializes packages in the order of their import paths once all they
// import is initialized. This package imports nothing, and sorts before
// github.com/tetratelabs/wazero, which the ncruces driver imports: so it is
// always first.
package onedriver

import _ "unsafe" // for go:linkname

//go:linkname driverName github.com/ncruces/go-sqlite3/driver.driverName
var driverName string

func init() { driverName = "" }
