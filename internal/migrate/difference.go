package migrate

import "github.com/rowhouse/rowhouse/internal/model"

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
// To are its definitions, in the same normal form; "" where it is not there.
// The definition of a whole table is the SQL that makes it.
type Difference struct {
	Kind     Kind
	Table    string // that it belongs to; "" for a view
	Name     string // of a table, column, index, view or trigger; else "" or the constraint's
	From, To string
	Pos      model.Position // of To, or where that is unknown, of From
}

// Compare returns what is different between two schemas, in the order of
// their objects; nothing when a database of the one is a database of the
// other. The order of columns is not compared: it cannot be seen by a
// statement that names them.
func Compare(from, to *model.Schema) []Difference {
	panic("written in shape.go")
}
