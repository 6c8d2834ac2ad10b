// Package config reads the configuration of a project: the part of sqlc.yaml
// that concerns rowhouse. There is no configuration file of rowhouse's own.
package config

import "github.com/rowhouse/rowhouse/internal/model"

// Options are the plugin options of rowhouse in sqlc.yaml, documented key by
// key in docs/configuration.md.
type Options struct {
	Package       string                     `yaml:"package"`        // name of the generated package
	Tenant        Tenant                     `yaml:"tenant"`         // what a tenant is
	UserTable     string                     `yaml:"user_table"`     // whose rows are people
	GlobalTables  []string                   `yaml:"global_tables"`  // tables without a tenant, besides those of users
	PrivateTables []string                   `yaml:"private_tables"` // never reachable from a tenant's query
	SharedTables  []string                   `yaml:"shared_tables"`  // owned tables whose rows without a tenant are everyone's
	BridgeTables  []string                   `yaml:"bridge_tables"`  // owned tables that may name users who are not members
	SoftDelete    string                     `yaml:"soft_delete"`    // column that marks a row as deleted
	DeletionID    string                     `yaml:"deletion_id"`    // column that says which deletion took a row
	Audit         Audit                      `yaml:"audit"`          // columns that say who and when
	AuditLog      []string                   `yaml:"audit_log"`      // tables whose changes triggers write down
	Version       string                     `yaml:"version"`        // column counted up by every update
	Time          TimeEncoding               `yaml:"time"`           // how instants are stored
	JSONCase      JSONCase                   `yaml:"json_case"`      // how JSON names are spelled
	TypedIDs      bool                       `yaml:"typed_ids"`      // one Go type for each table's key
	Sensitive     []string                   `yaml:"sensitive"`      // "table.column" of further secrets
	Columns       map[string]ColumnOptions   `yaml:"columns"`        // by "table.column"
	Relations     map[string]RelationOptions `yaml:"relations"`      // by "table.column" of a foreign key
	Roles         map[string][]Permission    `yaml:"roles"`          // what each role permits; empty where membership alone counts
	DynamicRoles  bool                       `yaml:"dynamic_roles"`  // further roles are rows of the database

	// Where the options roles and dynamic_roles are; a file alone where the lines are not known.
	RolesPos        model.Position `yaml:"-"`
	DynamicRolesPos model.Position `yaml:"-"`
}

// Tenant names the tables and the column that make rows a tenant's.
type Tenant struct {
	Table   string `yaml:"table"`   // one row a tenant
	Column  string `yaml:"column"`  // in owned tables, references Table
	Members string `yaml:"members"` // which users belong to which tenant
}

// Audit names the columns that generated code fills.
type Audit struct {
	CreatedAt string `yaml:"created_at"`
	UpdatedAt string `yaml:"updated_at"`
	CreatedBy string `yaml:"created_by"`
	UpdatedBy string `yaml:"updated_by"`
}

// ColumnOptions override what the schema says of one column.
type ColumnOptions struct {
	Time   TimeEncoding `yaml:"time"`    // the column holds instants, stored so
	JSON   bool         `yaml:"json"`    // the column holds JSON
	GoType string       `yaml:"go_type"` // "int32", or "example.com/money.Amount"
	Name   string       `yaml:"name"`    // the Go name
}

// RelationOptions name the two relations that a foreign key makes.
type RelationOptions struct {
	Name    string `yaml:"name"`    // the Go name, on the table of the key
	Reverse string `yaml:"reverse"` // the Go name, on the table that the key references
}

// Permission is what a role permits: "product:update", "invoice:read:own", with
// * for any table or action.
type Permission struct {
	Text string
	Pos  model.Position // a file alone where the lines are not known
}

// TimeEncoding is how an instant is stored.
type TimeEncoding string

// The encodings of instants.
const (
	TimeUnix      TimeEncoding = "unix"    // seconds since 1970, as INTEGER
	TimeUnixMilli TimeEncoding = "unix_ms" // milliseconds since 1970, as INTEGER
	TimeText      TimeEncoding = "text"    // ISO 8601 in UTC with milliseconds, as TEXT
)

// JSONCase is how column names are spelled in JSON.
type JSONCase string

// The spellings of JSON names.
const (
	JSONCamel JSONCase = "camel"
	JSONSnake JSONCase = "snake"
)

// Default returns the options of a project that sets none.
func Default() Options {
	return Options{
		Package:       "gen",
		Tenant:        Tenant{Table: "organization", Column: "organization_id", Members: "member"},
		UserTable:     "user",
		PrivateTables: []string{"session", "identity", "verification"},
		BridgeTables:  []string{"invitation"},
		SoftDelete:    "deleted_at",
		DeletionID:    "deletion_id",
		Audit: Audit{
			CreatedAt: "created_at",
			UpdatedAt: "updated_at",
			CreatedBy: "created_by",
			UpdatedBy: "updated_by",
		},
		Version:  "version",
		Time:     TimeUnix,
		JSONCase: JSONCamel,
		TypedIDs: true,
	}
}
