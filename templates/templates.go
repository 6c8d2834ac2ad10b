// Package templates holds what rowhouse init writes besides the base: the
// files that are the new project's own.
package templates

import "embed"

// Files are text/template files; the names of the files they become are
// theirs without ".tmpl". They are executed with the fields of
// starter.Project.
//
//go:embed *.tmpl
var Files embed.FS
