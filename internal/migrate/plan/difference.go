package plan

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Kind is a kind of object of a schema.
type Kind string

// The kinds.
const (
	Table      Kind = "table" // as a whole, or its options
	Column     Kind = "column"
	PrimaryKey Kind = "primary key"
	Unique     Kind = "unique constraint"
	Check      Kind = "check"
	ForeignKey Kind = "foreign key"
	Index      Kind = "index"
	View       Kind = "view"
	Trigger    Kind = "trigger"
)

// Difference is one object that two schemas do not have in common. From and
// To are its definitions on one line each; "" exactly where it is not there.
// The definition of a whole table is the SQL that makes it.
type Difference struct {
	Kind     Kind
	Table    string // that it belongs to; "" for a view
	Name     string // of a table, column, index, view or trigger; else "" or the constraint's
	From, To string
	Pos      model.Position // of To, or where that is unknown, of From
}

// String says what differs, as "column product.price: INTEGER → INTEGER NOT
// NULL".
func (d Difference) String() string {
	switch {
	case d.From == "":
		return d.Subject() + " is not there: " + d.To
	case d.To == "":
		return d.Subject() + " should not be there: " + d.From
	}
	return d.Subject() + ": " + d.From + " → " + d.To
}

// change says what a plan does about the difference.
func (d Difference) change() string {
	switch {
	case d.From == "":
		return "new " + d.Subject() + ": " + d.To
	case d.To == "":
		return "without " + d.Subject() + ": " + d.From
	}
	return d.String()
}

// Subject names what differs, as "column product.price".
func (d Difference) Subject() string {
	switch {
	case d.Kind == Column:
		return string(d.Kind) + " " + d.Table + "." + d.Name
	case d.Name != "":
		return string(d.Kind) + " " + d.Name
	}
	return string(d.Kind) + " of table " + d.Table
}

// Compare returns what is different between two schemas, in the order of
// their objects; nothing when a database of the one is a database of the
// other. The order of columns is not compared: it cannot be seen by a
// statement that names them.
func Compare(from, to *model.Schema) []Difference {
	c := &comparison{names: sqltext.NamesIn(from, to)}
	compareObjects(c, from.Tables, to.Tables, tableObject)
	tables := tablesByName(from)
	for _, table := range to.Tables {
		if before := tables[model.Fold(table.Name)]; before != nil && before.SQL != table.SQL {
			c.differences = append(c.differences, compareTables(shapeOf(before), shapeOf(table))...)
		}
	}
	compareObjects(c, indexesOf(from), indexesOf(to), indexObject)
	compareObjects(c, from.Views, to.Views, viewObject)
	compareObjects(c, from.Triggers, to.Triggers, triggerObject)
	return c.differences
}

// tablesByName returns the tables of a schema by their folded names.
func tablesByName(s *model.Schema) map[string]*model.Table {
	tables := map[string]*model.Table{}
	for _, t := range s.Tables {
		tables[model.Fold(t.Name)] = t
	}
	return tables
}

// object is what all objects with a name of their own have.
type object struct {
	kind        Kind
	table, name string
	sql         string // what is compared; "" for a table, which is compared by its parts
	text        string // what is shown
	pos         model.Position
}

func tableObject(t *model.Table) object {
	return object{kind: Table, table: t.Name, name: t.Name, text: sqltext.Plain(t.SQL), pos: t.Pos}
}

func indexObject(i tableIndex) object {
	return object{Index, i.table, i.Name, i.SQL, sqltext.Plain(i.SQL), i.Pos}
}

func viewObject(v *model.View) object {
	return object{View, "", v.Name, v.SQL, sqltext.Plain(v.SQL), v.Pos}
}

func triggerObject(t *model.Trigger) object {
	return object{Trigger, t.Table, t.Name, t.SQL, sqltext.Plain(t.SQL), t.Pos}
}

// tableIndex is an index that a CREATE INDEX made, and its table.
type tableIndex struct {
	*model.Index
	table string
}

func indexesOf(s *model.Schema) []tableIndex {
	var found []tableIndex
	for _, t := range s.Tables {
		for _, index := range t.Indexes {
			if index.SQL != "" {
				found = append(found, tableIndex{index, t.Name})
			}
		}
	}
	return found
}

type comparison struct {
	names       sqltext.Names
	differences []Difference
}

// compareObjects compares objects of one kind by their names.
func compareObjects[T any](c *comparison, from, to []T, describe func(T) object) {
	before := map[string]object{}
	for _, x := range from {
		o := describe(x)
		before[model.Fold(o.name)] = o
	}
	after := map[string]bool{}
	for _, x := range to {
		o := describe(x)
		after[model.Fold(o.name)] = true
		old, ok := before[model.Fold(o.name)]
		if !ok {
			c.add(object{}, o)
		} else if !same(c.names, old, o) {
			c.add(old, o)
		}
	}
	for _, x := range from {
		if o := describe(x); !after[model.Fold(o.name)] {
			c.add(o, object{})
		}
	}
}

// same reports whether two definitions of an object mean the same.
func same(n sqltext.Names, a, b object) bool {
	return a.sql == b.sql || normalDefinition(n, a) == normalDefinition(n, b)
}

// normalDefinition returns the definition of an index, view or trigger in normal
// form.
func normalDefinition(n sqltext.Names, o object) string {
	text := n.Normal(o.sql)
	switch o.kind {
	case Index:
		return sqltext.Without(text, "asc")
	case Trigger:
		return strings.Replace(sqltext.Without(text, "before"), " for each row ", " ", 1)
	case Table, Column, PrimaryKey, Unique, Check, ForeignKey, View:
	}
	return text
}

func (c *comparison) add(from, to object) {
	o := to
	if o.name == "" {
		o = from
	}
	c.differences = append(c.differences, Difference{o.kind, o.table, o.name, from.text, to.text, o.pos})
}

// compareTables returns the parts that two tables do not have in common.
func compareTables(from, to *shape) []Difference {
	var found []Difference
	add := func(before, after part) {
		p := after
		if after == (part{}) {
			p = before
		}
		if p.kind == Table {
			p.name = to.table.Name
		}
		found = append(found, Difference{p.kind, to.table.Name, p.name, before.text, after.text, p.pos})
	}
	if from.options.normal != to.options.normal {
		add(from.options, to.options)
	}
	for _, column := range to.columns {
		if before, _ := from.column(model.Fold(column.name)); before.normal != column.normal || before.kind == "" {
			add(before, column)
		}
	}
	for _, column := range from.columns {
		if _, ok := to.column(model.Fold(column.name)); !ok {
			add(column, part{})
		}
	}
	removed := missingParts(from.rules, to.rules)
	for _, rule := range missingParts(to.rules, from.rules) {
		i := slices.IndexFunc(removed, func(r part) bool { return r.kind == rule.kind && r.name == rule.name })
		if i < 0 || rule.name == "" && rule.kind != PrimaryKey {
			add(part{}, rule)
			continue
		}
		add(removed[i], rule)
		removed = slices.Delete(removed, i, i+1)
	}
	for _, rule := range removed {
		add(rule, part{})
	}
	return found
}

// missingParts returns the parts that are not among others.
func missingParts(parts, others []part) []part {
	var missing []part
	for _, p := range parts {
		if !slices.ContainsFunc(others, func(o part) bool { return o.normal == p.normal }) {
			missing = append(missing, p)
		}
	}
	return missing
}

// JoinKeys makes one difference of a foreign key that is missing and one that
// is extra, where both are of the same columns.
func JoinKeys(differences []Difference) []Difference {
	columns := func(key string) string { return key[:max(0, strings.Index(key, " REFERENCES "))] }
	for i, missing := range differences {
		if missing.Kind != ForeignKey || missing.From != "" {
			continue
		}
		extra := slices.IndexFunc(differences, func(d Difference) bool {
			return d.Kind == ForeignKey && d.Table == missing.Table && d.To == "" && columns(d.From) == columns(missing.To)
		})
		if extra >= 0 {
			differences[i].From = differences[extra].From
			differences[extra] = Difference{}
		}
	}
	return slices.DeleteFunc(differences, func(d Difference) bool { return d == Difference{} })
}
