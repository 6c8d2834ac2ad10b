package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"
)

// tool is a generator, installed in the folder bin.
type tool struct {
	name     string
	command  []string // program and arguments, in the folder of the project
	output   string   // folder that it writes to
	ownCache bool     // keeps a cache for the user; each project gets an empty one

	// files are what it reads besides the schema, by name.
	files func(tables []string) (map[string]string, error)
}

var tools = []tool{
	{
		name:     "rowhouse",
		command:  []string{"rowhouse", "generate"},
		output:   "gen",
		ownCache: true,
		files:    withQueries("sqlc.yaml", rowhouseConfig),
	},
	{
		name:    "sqlc",
		command: []string{"sqlc", "generate"},
		output:  "db",
		files:   withQueries("sqlc.yaml", sqlcConfig),
	},
	{
		name:    "ent",
		command: []string{"ent", "generate", "./ent/schema"},
		output:  "ent",
		files:   entFiles,
	},
	{
		name:    "sqlboiler",
		command: []string{"sqlboiler", "sqlite3"},
		output:  "db",
		files:   config("sqlboiler.toml", sqlboilerConfig),
	},
	{
		name:    "bob",
		command: []string{"bobgen-sqlite"},
		output:  "db",
		files:   config("bobgen.yaml", bobConfig),
	},
}

func choose(name string) ([]tool, error) {
	if name == "" {
		return tools, nil
	}
	var names []string
	for _, t := range tools {
		if t.name == name {
			return []tool{t}, nil
		}
		names = append(names, t.name)
	}
	return nil, fmt.Errorf("no tool %q; there are %s", name, strings.Join(names, ", "))
}

const rowhouseConfig = `version: "2"
plugins:
  - name: rowhouse
    process: { cmd: rowhouse, format: json }
sql:
  - engine: sqlite
    schema: schema
    queries: queries
    codegen:
      - { plugin: rowhouse, out: gen }
`

const sqlcConfig = `version: "2"
sql:
  - engine: sqlite
    schema: schema
    queries: queries
    gen:
      go: { package: db, out: db, emit_prepared_queries: true, emit_pointers_for_null_types: true }
`

const sqlboilerConfig = `output = "db"
pkgname = "db"
wipe = true
no-tests = true
no-hooks = true
no-auto-timestamps = true

[sqlite3]
dbname = "schema.db"
`

const bobConfig = `sqlite: { dsn: schema.db, driver: github.com/mattn/go-sqlite3 }
plugins:
  models: { destination: db, pkgname: db }
  dbinfo: { disabled: true }
  factory: { disabled: true }
  dberrors: { disabled: true }
  enums: { disabled: true }
  joins: { disabled: true }
no_tests: true
`

// config is for tools that read one file besides the schema.
func config(name, text string) func([]string) (map[string]string, error) {
	return func([]string) (map[string]string, error) {
		return map[string]string{name: text}, nil
	}
}

// withQueries is for tools that read queries too.
func withQueries(name, text string) func([]string) (map[string]string, error) {
	return func(tables []string) (map[string]string, error) {
		return map[string]string{name: text, "queries/items.sql": queries(tables)}, nil
	}
}

//go:embed ent.go.tmpl
var entText string

var entTemplate = template.Must(template.New("ent").Parse(entText))

// entType is a table as the template of ent's schema needs it.
type entType struct {
	Table, Type, Edge string // Edge is how others name the edge to its rows
	Parent            *entType
	Children          []*entType
}

// entFiles is the schema in Go, with the edges of a table's references in both
// directions, as the others have them.
func entFiles(tables []string) (map[string]string, error) {
	types := make([]*entType, len(tables))
	for i, table := range tables {
		name := typeName(table)
		types[i] = &entType{Table: table, Type: name, Edge: strings.ToLower(name) + "s"}
		types[i].Parent = types[parent(i)]
		types[i].Parent.Children = append(types[i].Parent.Children, types[i])
	}
	var text bytes.Buffer
	if err := entTemplate.Execute(&text, types); err != nil {
		return nil, err
	}
	// The second file tells ent which package it is in.
	return map[string]string{"ent/schema/schema.go": text.String(), "ent/generate.go": "package ent\n"}, nil
}
