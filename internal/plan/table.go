package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Table is one table of the schema and all that is generated for it.
type Table struct {
	Name  string // in the schema
	SQL   string // quoted where needed
	Rowid string // the column that finds a row fastest; "" without one
	File  string // "product_table.go"
	Class *tenancy.Class

	Row       string // Product
	Rows      string // Products: the variable of columns, the field of Scope or System
	New       string // NewProduct
	Handle    string // ProductTable
	Query     string // ProductQuery
	Fields    string // ProductColumns
	Predicate string // ProductPredicate
	Ordering  string // ProductOrdering
	Change    string // ProductChange
	Relation  string // ProductRelation
	Private   string // product: the prefix of unexported names

	ID         *Type // ProductID; nil where no column identifies rows by itself
	IDBase     Type  // what it is underneath
	Enums      []*Enum
	Columns    []*Column
	Keys       []*Column // the arguments of Get, in key order
	NewKey     *Column   // the key that rowhouse or the database makes; nil where the caller gives all
	Needs      Needs
	SoftDelete *Column  // nil where Delete removes rows
	Deletion   *Column  // says which deletion took a row; nil without one
	Version    *Column  // counted up by every update; nil without one
	Dependents []*Table // whose rows a deletion takes along, each behind those that its rows depend on
	Recursive  bool     // rows depend on others of the same table
	References []*Reference
	Relations  []*Relation
	Statements Statements
	Recording  Recording

	source  *model.Table
	checks  map[string]allowed
	parents []parent
}

// Scoped reports whether statements on the table take the tenant as their
// first parameter.
func (t *Table) Scoped() bool { return t.Class.Kind == tenancy.Owned }

// ReadOnly reports whether nothing but triggers writes the table.
func (t *Table) ReadOnly() bool { return t.Class.Log }

// Updatable reports whether there is a column that Update may change.
func (t *Table) Updatable() bool {
	return !t.ReadOnly() && slices.ContainsFunc(t.Columns, (*Column).Settable)
}

// column returns the planned column of that name, or nil.
func (t *Table) column(name string) *Column {
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// RelationVar is the variable of the runtime's relation.
func (t *Table) RelationVar(r *Relation) string { return r.variable }

// Creator is the column that names who made a row; nil without one.
func (t *Table) Creator() *Column { return t.job(CreatedBy) }

// MadeBy are the columns that say who made a row, and cannot be NULL.
func (t *Table) MadeBy() []*Column { return t.signed(CreatedBy, UpdatedBy) }

// ChangedBy are those that say who changed one.
func (t *Table) ChangedBy() []*Column { return t.signed(UpdatedBy) }

// RemovedBy are those of a row that is marked as deleted.
func (t *Table) RemovedBy() []*Column {
	if t.SoftDelete == nil {
		return nil
	}
	return t.ChangedBy()
}

func (t *Table) signed(jobs ...Job) []*Column {
	var columns []*Column
	for _, job := range jobs {
		if c := t.job(job); c != nil && !c.Nullable {
			columns = append(columns, c)
		}
	}
	return columns
}

// job returns the column with a job, or nil.
func (t *Table) job(job Job) *Column {
	for _, c := range t.Columns {
		if c.Job == job {
			return c
		}
	}
	return nil
}

// Enum is a string type of the values that a CHECK allows.
type Enum struct {
	Name   string
	Column string // table.column
	Values []EnumValue
}

// EnumValue is one constant of an Enum.
type EnumValue struct{ Name, Value string }

// Reference is a foreign key whose new values the writing statement tests.
type Reference struct {
	Var     string // productCategoryID: the variable of the runtime's reference
	Columns []*Column
	Test    string // with {0}, {1}, … for the values of Columns
	Self    bool   // it names a row of the same table

	OnlyAlive bool // the test is only that the row is not deleted
}

// planTables plans all tables: names first, since key types refer to each
// other, then columns, then statements.
func (p *planner) planTables() {
	for _, source := range p.Schema.Tables {
		if class := p.Owners.Of(source); source.Virtual || class.Helper || class.Kind == tenancy.Unclassified {
			continue
		}
		if t := p.planNames(source); t != nil {
			p.tables[source] = t
			p.plan.Tables = append(p.plan.Tables, t)
		}
	}
	for _, t := range p.plan.Tables {
		p.planColumns(t)
	}
	if len(p.problems) > 0 {
		return
	}
	if p.planDependents(); len(p.problems) > 0 {
		return
	}
	for _, t := range p.plan.Tables {
		p.planReferences(t)
		t.Statements = p.statements(t)
	}
	p.planRelations()
	for _, t := range p.plan.Tables { // now that all names are taken that an argument could hide
		for _, c := range t.Columns {
			c.Argument = p.argument(c.Name)
		}
	}
	p.plan.Tenant, p.plan.Users = p.tables[p.Owners.Root], p.tables[p.Owners.Users]
}

// planNames decides the names that a table brings into the package.
func (p *planner) planNames(source *model.Table) *Table {
	row, rows, file := p.rowNames(source)
	if row == "" {
		p.problems.Add(source.Pos, "rename the table", "table %q has no letter to make a Go name of", source.Name)
		return nil
	}
	t := &Table{
		Name: source.Name, SQL: p.dialect.quote(source.Name), Rowid: p.dialect.rowid(source), Class: p.Owners.Of(source), source: source,
		Row: row, Rows: rows, New: "New" + row, Handle: row + "Table", Query: row + "Query", Fields: row + "Columns",
		Predicate: row + "Predicate", Ordering: row + "Ordering", Change: row + "Change", Relation: row + "Relation",
		File:    unique(p.files, fileName(file)) + "_table.go", // Abc and ABC are one file
		Private: unexported(row),
		checks:  allowedValues(source),
	}
	if len(source.PrimaryKey) == 0 {
		p.problems.Add(source.Pos, `add one, such as "id TEXT PRIMARY KEY NOT NULL"`,
			"table %q has no primary key, so its rows cannot be told apart", source.Name)
		return nil
	}
	if replaces(source) {
		p.problems.Add(source.Pos, "remove it, and use Upsert",
			"table %q says ON CONFLICT REPLACE, by which a write deletes the rows that it conflicts with, whoever's they are", t.Name)
		return nil
	}
	claimed := []string{
		t.Row, t.Rows, t.New, t.Handle, t.Query, t.Fields, t.Predicate, t.Ordering, t.Change, t.Relation,
	}
	for _, unexported := range []string{"Table", "Fields", "Input"} {
		claimed = append(claimed, t.Private+unexported)
	}
	if own := p.ownKey(source); own != nil && p.Options.TypedIDs && p.option(source, own).GoType == "" && p.isIdentifier(own) {
		if base, err := declaredType(own, p.dialect.affinity(own.Type)); err == nil && !base.Slice {
			id := named(base, row+"ID")
			t.ID, t.IDBase = &id, base
			claimed = append(claimed, id.Name)
		}
	}
	for _, name := range claimed {
		if problem, ok := p.names.claim(name, "table "+strconv.Quote(source.Name), source.Pos); !ok {
			p.problems = append(p.problems, problem)
			return nil
		}
	}
	return t
}

// rowNames are the names of one row, of many, and of their file.
func (p *planner) rowNames(source *model.Table) (row, rows, file string) {
	if p.Owners.Of(source).Log {
		delete(p.names.taken, logRows) // it is reserved for this
		return logRow, logRows, logRows
	}
	row, rows = exported(singular(source.Name)), exported(plural(source.Name))
	if row == "" {
		return "", "", ""
	}
	if rows == row {
		rows += "Rows" // equipment
	}
	if p.names.isReserved(row) {
		row += "Row" // a table named store
	}
	if p.names.isReserved(rows) {
		rows += "Rows"
	}
	return row, rows, row
}

// planColumns decides the columns of a table.
func (p *planner) planColumns(t *Table) {
	fields := map[string]string{"WithID": "the method WithID"}
	for _, source := range t.source.Columns {
		if source.Hidden {
			continue
		}
		c := &Column{
			Name: source.Name, SQL: p.dialect.quote(source.Name), source: source,
			Field:    p.fieldName(t.source, source),
			JSON:     p.jsonName(source.Name),
			Key:      model.HasName(t.source.PrimaryKey, source.Name),
			Nullable: !source.NotNull,
			Default:  defaultValue(source.Default),
		}
		c.Nullable = c.Nullable && !c.Key
		if owner := fields[c.Field]; owner != "" || c.Field == "" {
			p.nameProblem(t.source, source, c.Field, owner)
			continue
		}
		fields[c.Field] = "column " + source.Name
		var err error
		c.Type, err = p.columnType(t, source)
		if err == nil && c.Type.Bind == "bindUnixMilli" && declaredInstant(source.Type) {
			err = fmt.Errorf("column %s is declared %s, where drivers take small integers for seconds; declare it INTEGER to hold milliseconds",
				source.Name, source.Type)
		}
		if err != nil {
			p.problems.Add(source.Pos, "", "table %q: %v", t.Name, err)
			continue
		}
		// Some drivers parse columns that are declared so, and take what
		// they cannot read for the zero time.
		c.AsStored = declaredInstant(source.Type) && c.Type == instantType(config.TimeText)
		c.Exact = p.isExact(c)
		c.Blob = p.dialect.affinity(source.Type) == sqlite.AffinityBlob
		c.Loose = p.dialect.affinity(source.Type) == sqlite.AffinityText && !t.source.Strict
		t.Columns = append(t.Columns, c)
	}
	p.planJobs(t)
	p.planKey(t)
	for _, c := range t.Columns {
		c.Input = inputField(c)
	}
}

func (p *planner) fieldName(t *model.Table, c *model.Column) string {
	if name := p.option(t, c).Name; name != "" {
		return name
	}
	return exported(c.Name)
}

func (p *planner) nameProblem(t *model.Table, c *model.Column, field, owner string) {
	fix := fmt.Sprintf("set another in sqlc.yaml: columns: { %q: { name: … } }", t.Name+"."+c.Name)
	if field == "" {
		p.problems.Add(c.Pos, fix, "column %q of table %q has no letter to make a Go name of", c.Name, t.Name)
		return
	}
	p.problems.Add(c.Pos, fix, "column %q of table %q needs the Go name %s, which %s has", c.Name, t.Name, field, owner)
}

func (p *planner) jsonName(column string) string {
	if p.Options.JSONCase == "snake" {
		return column
	}
	return camel(column)
}

// planJobs gives the columns with a job their job.
func (p *planner) planJobs(t *Table) {
	audit := p.Options.Audit
	for _, c := range t.Columns {
		is := func(name string) bool { return name != "" && strings.EqualFold(c.Name, name) }
		instant := c.Type.Package == "time"
		switch {
		case c.source.Generated:
			c.Job = Generated
		case t.Scoped() && is(t.Class.Column):
			c.Job = TenantColumn
		case c.Key:
		case is(p.Options.SoftDelete):
			if !instant || !c.Nullable {
				p.problems.Add(c.source.Pos, fmt.Sprintf("declare it %s without NOT NULL, or name another column in the option soft_delete", p.instantStorage()),
					"column %s of table %q marks deleted rows, so it must hold an instant or NULL", c.Name, t.Name)
			}
			c.Job, t.SoftDelete = DeletedAt, c
		case is(audit.CreatedAt) && instant:
			c.Job = CreatedAt
		case is(audit.UpdatedAt) && instant:
			c.Job = UpdatedAt
		case is(audit.CreatedBy) && p.referencesUser(t, c):
			c.Job = CreatedBy
		case is(audit.UpdatedBy) && p.referencesUser(t, c):
			c.Job = UpdatedBy
		case is(p.Options.Version) && p.dialect.affinity(c.source.Type) == sqlite.AffinityInteger && !c.Nullable:
			c.Job, t.Version = Version, c
		}
	}
	p.planDeletion(t)
}

func (p *planner) referencesUser(t *Table, c *Column) bool {
	for _, key := range t.source.ForeignKeys {
		if len(key.Columns) == 1 && strings.EqualFold(key.Columns[0], c.Name) &&
			strings.EqualFold(key.Table, p.Owners.Users.Name) && strings.EqualFold(key.RefColumns[0], p.Owners.UserKey) {
			return true
		}
	}
	return false
}

// planKey decides the key's arguments, and which key is made rather than given.
func (p *planner) planKey(t *Table) {
	for _, key := range p.keyColumns(t.source) {
		if c := t.column(key.Name); c != nil {
			t.Keys = append(t.Keys, c)
		}
	}
	own := p.ownKey(t.source)
	if own == nil {
		return
	}
	c := t.column(own.Name)
	text := c != nil && (c.Type.Name == "string" || c.Type.Base == "string") && c.Type.Name != "Secret"
	if c != nil && (text || t.source.RowidKey()) {
		c.Job, t.NewKey = KeyColumn, c
	}
}

// inputField decides how a missing value reads in the input struct.
func inputField(c *Column) InputField {
	switch {
	case c.Nullable:
		return InputField{Pointer: !c.Type.Slice, Default: c.Default != ""}
	case c.Default == "":
		return InputField{}
	case c.Type.Slice, c.Type.Package == "time":
		return InputField{Default: true}
	case isText(c.Type):
		return InputField{Default: c.Default != "''" && c.Default != `""`}
	case isZero(c.Default):
		return InputField{}
	}
	return InputField{Pointer: true, Default: true} // false and 0 are values of their own
}

func isText(t Type) bool { return t.Bind == "bindText" }

// isZero reports whether a DEFAULT is what Go takes for a missing value anyway.
func isZero(expr string) bool {
	switch strings.ToUpper(strings.Trim(expr, "()+ ")) {
	case "0", "0.0", "FALSE":
		return true
	}
	return false
}

// enum makes a string type of a CHECK's values, or plain text where no Go
// name can be made of one.
func (p *planner) enum(t *Table, c *model.Column, values []string) Type {
	e := &Enum{Name: t.Row + p.fieldName(t.source, c), Column: t.Name + "." + c.Name}
	if _, taken := p.names.taken[e.Name]; taken {
		e.Name += "Value" // beside a table invitation_status
	}
	seen := map[string]bool{}
	for _, value := range values {
		name := e.Name + joined(value)
		if value == "" {
			name = e.Name + "Empty"
		}
		if name == e.Name || seen[name] {
			return textType
		}
		seen[name] = true
		e.Values = append(e.Values, EnumValue{name, value})
	}
	claimed := []string{e.Name}
	for _, v := range e.Values {
		claimed = append(claimed, v.Name)
	}
	for _, name := range claimed {
		if problem, ok := p.names.claim(name, "the values of column "+e.Column, c.Pos); !ok {
			p.problems = append(p.problems, problem)
		}
	}
	t.Enums = append(t.Enums, e)
	return named(textType, e.Name)
}
