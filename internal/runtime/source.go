// Package runtime is the Go code that every generated package carries: what
// is the same in each project. It is compiled and tested here, and written
// beside the generated code by internal/emit, so that the generated package
// imports nothing outside the standard library.
package runtime

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"sync"
)

// Source holds the files to carry along. This file is not one of them.
//
//go:embed archive.go auditlog.go clone.go column.go database.go deletion.go erase.go error.go estate.go export.go field.go import.go instant.go invitation.go json.go key.go limit.go load.go many.go outer.go page.go permission.go predicate.go purge.go query.go reach.go read.go relation.go rows.go secret.go session.go sqlite.go stream.go table.go transaction.go update.go version.go write.go
var Source embed.FS

// Names returns every name that Source declares in the package, and so takes
// away from generated code.
var Names = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	entries, err := Source.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, entry := range entries {
		text, err := Source.ReadFile(entry.Name())
		if err != nil {
			panic(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), text, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for _, decl := range file.Decls {
			declared(names, decl)
		}
	}
	return names
})

func declared(names map[string]bool, decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			names[decl.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names[spec.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names[name.Name] = true
				}
			}
		}
	}
}
