package plan

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Job is what rowhouse does with a column by itself.
type Job int

// The jobs. Columns with one have no setter and no field in the input.
const (
	NoJob Job = iota
	TenantColumn
	KeyColumn
	CreatedAt
	UpdatedAt
	CreatedBy
	UpdatedBy
	Version
	DeletedAt
	DeletionID
	Generated
)

// Column is one column of a planned table.
type Column struct {
	Name     string // in the schema
	SQL      string // quoted where needed
	Field    string // Go field
	Argument string // Go argument
	JSON     string // name in JSON
	Job      Job
	Key      bool // part of the primary key

	Type     Type
	Nullable bool
	Exact    bool   // values that are equal are the same, to the byte
	AsStored bool   // read past the driver, which would convert it
	Blob     bool   // may hold BLOBs
	Loose    bool   // text, and yet the table lets it be a BLOB
	Default  string // the DEFAULT's SQL; "" without one
	Input    InputField

	References []*Reference // to test when the column is set

	source *model.Column
}

// InputField is how the field of the input struct stands for the column.
type InputField struct {
	Pointer bool // nil means NULL, or the column's default
	Default bool // missing (nil or zero) means the column's default
}

// Type is a Go type and its way into and out of the database.
type Type struct {
	Package string // import path; "" for predeclared and generated types
	Name    string // "string", "ProductID", "Time"
	Slice   bool   // nil stands for NULL, so no pointer is needed
	Text    bool   // has Contains and HasPrefix

	Bind      string // function of the runtime that yields the driver's value
	Field     string // function of the runtime that makes a field of an address; "" where the address is one
	NullField string // the same for the address of a pointer
	Base      string // predeclared type behind a generated one, to scan into directly; "" elsewhere
}

// crosses reports whether the column could name another tenant's row, if no
// statement tested it.
func (c *Column) crosses() bool {
	return slices.ContainsFunc(c.References, func(r *Reference) bool { return !r.OnlyAlive })
}

// Pointer reports whether a nullable column of the type is a pointer.
func (c *Column) Pointer() bool { return c.Nullable && !c.Type.Slice }

// RowJSON is the column's name in the JSON of a row: a secret has none.
func (c *Column) RowJSON() string {
	if c.Secret() {
		return "-"
	}
	return c.JSON
}

// Secret reports whether the column holds a secret.
func (c *Column) Secret() bool { return c.Type == secretType }

// Settable reports whether Update may change the column.
func (c *Column) Settable() bool { return c.Job == NoJob && !c.Key }

var (
	textType    = Type{Name: "string", Text: true, Bind: "bindText", NullField: "textOrNull"}
	integerType = Type{Name: "int64", Bind: "bindInteger", NullField: "integerOrNull"}
	realType    = Type{Name: "float64", Bind: "bindReal", NullField: "realOrNull"}
	boolType    = Type{Name: "bool", Bind: "bindBool", NullField: "boolOrNull"}
	blobType    = Type{Name: "[]byte", Slice: true, Bind: "bindBlob"}
	jsonType    = Type{Package: "encoding/json", Name: "RawMessage", Slice: true, Bind: "bindJSON", Base: "[]byte", Field: "jsonField"}
	secretType  = Type{Name: "Secret", Bind: "bindText", Base: "string", NullField: "textOrNull"}
)

// instantType is time.Time in an encoding.
func instantType(encoding config.TimeEncoding) Type {
	t := Type{Package: "time", Name: "Time"}
	switch encoding {
	case config.TimeUnixMilli:
		t.Bind, t.Field, t.NullField = "bindUnixMilli", "unixMilliField", "unixMilliOrNull"
	case config.TimeText:
		t.Bind, t.Field, t.NullField = "bindISO", "isoField", "isoOrNull"
	default:
		t.Bind, t.Field, t.NullField = "bindUnix", "unixField", "unixOrNull"
	}
	return t
}

// named is a generated type over a base type.
func named(base Type, name string) Type {
	if base.Package == "" && base.Base == "" && !base.Slice {
		base.Base = base.Name
	}
	base.Name = name
	return base
}

// customType is the Go type of a go_type option: "int32", "*" is not allowed,
// "example.com/money.Amount". database/sql converts it, through its Valuer and
// Scanner where it has them.
func customType(goType string) (Type, error) {
	path, name := "", goType
	if dot := strings.LastIndexByte(goType, '.'); dot >= 0 {
		path, name = goType[:dot], goType[dot+1:]
	}
	if !token.IsIdentifier(name) || path == "" && !predeclared[name] || path != "" && !token.IsExported(name) {
		return Type{}, fmt.Errorf(`go_type %q is not a Go type; write it as "int32" or "example.com/money.Amount"`, goType)
	}
	return Type{Package: path, Name: name, Bind: "bindValue", Field: "customField", NullField: "customOrNull"}, nil
}

// instantDeclarations are declared types that mean an instant.
func declaredInstant(declared string) bool {
	switch strings.ToUpper(declared) {
	case "TIMESTAMP", "DATETIME", "DATE":
		return true
	}
	return false
}

// columnType decides the Go type of a column, from its option, its foreign
// key, its constraints and its declared type, in this order.
func (p *planner) columnType(t *Table, c *model.Column) (Type, error) {
	option := p.option(t.source, c)
	affinity := p.dialect.affinity(c.Type)
	switch {
	case t.Class.Log && strings.EqualFold(c.Name, t.Class.Column):
		if id, ok := p.idType(p.Owners.Root, p.Owners.Root.Column(p.Owners.RootKey), nil); ok {
			return id, nil
		}
	case t.Class.Log && (c.Name == "before" || c.Name == "after"):
		return jsonType, nil
	case t.Class.Log && c.Name == "created_at":
		return instantType(config.TimeUnixMilli), nil
	case option.GoType != "":
		return customType(option.GoType)
	case option.Time != "":
		return instantType(option.Time), nil
	case option.JSON:
		return jsonType, nil
	case p.isSensitive(t, c) && affinity == sqlite.AffinityText:
		return secretType, nil
	}
	if id, ok := p.idType(t.source, c, nil); ok {
		return id, nil
	}
	if typ, ok := p.constrainedType(t, c, affinity); ok {
		return typ, nil
	}
	return declaredType(c, affinity)
}

// constrainedType decides the types that a CHECK or a name tell.
func (p *planner) constrainedType(t *Table, c *model.Column, affinity sqlite.Affinity) (Type, bool) {
	declared := strings.ToUpper(c.Type)
	values := t.checks[strings.ToLower(c.Name)]
	switch {
	case strings.HasPrefix(declared, "BOOL"), affinity == sqlite.AffinityInteger && values.isBool():
		return boolType, true
	case declaredInstant(declared), p.namedInstant(c, affinity):
		return instantType(p.Options.Time), true
	case strings.HasPrefix(declared, "JSON"), values.json:
		return jsonType, true
	case affinity == sqlite.AffinityText && len(values.texts) > 0:
		return p.enum(t, c, values.texts), true
	}
	return Type{}, false
}

// namedInstant reports whether the name says that the column is an instant:
// *_at, stored as the options say.
func (p *planner) namedInstant(c *model.Column, affinity sqlite.Affinity) bool {
	if !strings.HasSuffix(strings.ToLower(c.Name), "_at") {
		return false
	}
	if p.Options.Time == config.TimeText {
		return affinity == sqlite.AffinityText
	}
	return affinity == sqlite.AffinityInteger
}

// instantStorage is the declared type of instants as the options store them.
func (p *planner) instantStorage() string {
	if p.Options.Time == config.TimeText {
		return "TEXT"
	}
	return "INTEGER"
}

func declaredType(c *model.Column, affinity sqlite.Affinity) (Type, error) {
	switch {
	case strings.EqualFold(c.Type, "ANY"):
		return Type{}, fmt.Errorf("column %s is declared ANY, which has no Go type; declare the type that it holds, or set its go_type in sqlc.yaml", c.Name)
	case affinity == sqlite.AffinityText:
		return textType, nil
	case affinity == sqlite.AffinityInteger:
		return integerType, nil
	case affinity == sqlite.AffinityReal, affinity == sqlite.AffinityNumeric:
		return realType, nil
	}
	return blobType, nil
}

// isSensitive reports whether the column holds a secret: by option, the
// password, or a token or secret of a table about authentication.
func (p *planner) isSensitive(t *Table, c *model.Column) bool {
	name := strings.ToLower(t.Name + "." + c.Name)
	for _, sensitive := range p.Options.Sensitive {
		if strings.ToLower(sensitive) == name {
			return true
		}
	}
	if name == "identity.password" {
		return true
	}
	column := strings.ToLower(c.Name)
	return p.isAuth(t) && (strings.Contains(column, "token") || strings.Contains(column, "secret"))
}

// isAuth reports whether a table is about authentication: a private one, or
// one that belongs to users alone.
func (p *planner) isAuth(t *Table) bool {
	if t.Class.Private {
		return true
	}
	if t.Class.Kind != tenancy.Global {
		return false
	}
	for _, key := range t.source.ForeignKeys {
		if p.Owners.Users != nil && strings.EqualFold(key.Table, p.Owners.Users.Name) {
			return true
		}
	}
	return false
}

// option returns the options of a column.
func (p *planner) option(t *model.Table, c *model.Column) config.ColumnOptions {
	for name, option := range p.Options.Columns {
		if strings.EqualFold(name, t.Name+"."+c.Name) {
			return option
		}
	}
	return config.ColumnOptions{}
}

// isExact reports whether two values of a column that are equal are the same,
// to the byte.
func (p *planner) isExact(c *Column) bool {
	switch p.dialect.affinity(c.source.Type) {
	case sqlite.AffinityText:
		return c.Type.Bind == "bindText" && strings.EqualFold(c.source.Collation, "BINARY")
	case sqlite.AffinityInteger:
		return c.Type.Bind == "bindInteger"
	}
	return false
}

// ByColumn reports whether JSON cannot carry what the column may hold: values
// of a type that only database/sql can make, a BLOB that is read as something
// else, and text that is generated, which the database would take for JSON if a function
// of JSON's made it.
func (c *Column) ByColumn() bool {
	return c.Type.Bind == "bindValue" || c.Blob && c.Type.Bind != "bindBlob" || c.Job == Generated && c.isText()
}

func (c *Column) isText() bool { return c.Type.Bind == "bindText" || c.Type.Bind == "bindJSON" }

// DefaultLiteral returns the value of a DEFAULT that is a literal: a string,
// an int64, a float64, or nil for NULL.
func (c *Column) DefaultLiteral() (value any, ok bool) {
	text := strings.TrimSpace(c.Default)
	for strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		text = strings.TrimSpace(text[1 : len(text)-1])
	}
	switch strings.ToUpper(text) {
	case "NULL":
		return nil, true
	case "TRUE":
		return int64(1), true
	case "FALSE":
		return int64(0), true
	}
	if inner, quoted := strings.CutPrefix(text, "'"); quoted && strings.HasSuffix(inner, "'") {
		inner = strings.TrimSuffix(inner, "'")
		if unescaped := strings.ReplaceAll(inner, "''", ""); !strings.Contains(unescaped, "'") {
			return strings.ReplaceAll(inner, "''", "'"), true
		}
		return nil, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	if strings.Trim(text, "+-0123456789.") == "" {
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return x, true
		}
	}
	return nil, false
}

// knowsDefault reports whether a DEFAULT is a literal of the column's own type.
func (c *Column) knowsDefault() bool {
	value, ok := c.DefaultLiteral()
	switch value.(type) {
	case string:
		return slices.Contains([]string{"bindText", "bindISO", "bindJSON"}, c.Type.Bind)
	case int64:
		return slices.Contains([]string{"bindInteger", "bindBool", "bindUnix", "bindUnixMilli", "bindReal"}, c.Type.Bind)
	case float64:
		return c.Type.Bind == "bindReal"
	}
	return ok // NULL
}
