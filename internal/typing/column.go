package typing

import (
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/sqlite"
)

// tableColumns are the columns of a table of the schema.
func tableColumns(t *model.Table) []column {
	var columns []column
	for _, c := range t.Columns {
		if c.Hidden {
			continue
		}
		columns = append(columns, column{name: c.Name, value: value{
			kind:    declaredKind(c.Type),
			notNull: c.NotNull,
			origins: []model.ColumnRef{{Table: t.Name, Column: c.Name}},
		}})
	}
	return columns
}

// declaredKind is the kind of a column's values. A column of dates may hold
// text or numbers; only the plan knows.
func declaredKind(declared string) model.Kind {
	declared = strings.ToUpper(declared)
	switch {
	case strings.HasPrefix(declared, "BOOL"):
		return model.Bool
	case strings.HasPrefix(declared, "JSON"):
		return model.JSON
	case declared == "", declared == "ANY", strings.HasPrefix(declared, "DATE"), strings.HasPrefix(declared, "TIME"):
		return model.Any
	}
	return affinity(declared)
}

// castKind is the kind of CAST's results. BOOLEAN is a number to SQLite; who
// writes it promises that it is 0 or 1.
func castKind(declared string) model.Kind {
	declared = strings.ToUpper(declared)
	switch {
	case strings.HasPrefix(declared, "BOOL"):
		return model.Bool
	case strings.HasPrefix(declared, "JSON"), strings.HasPrefix(declared, "DATE"), strings.HasPrefix(declared, "TIME"):
		return model.Any // SQLite makes numbers of what is none
	}
	return affinity(declared)
}

// affinity is the kind that a declared type asks for. What may be an integer
// or not can be read as a real number.
func affinity(declared string) model.Kind {
	switch sqlite.AffinityOf(declared) {
	case sqlite.AffinityInteger:
		return model.Integer
	case sqlite.AffinityText:
		return model.Text
	case sqlite.AffinityBlob:
		return model.Blob
	}
	return model.Real
}

// rowid is the value of a table's rowid.
func rowid(t *model.Table) value {
	v := always(model.Integer)
	if t.RowidKey() {
		v.origins = []model.ColumnRef{{Table: t.Name, Column: t.Column(t.PrimaryKey[0]).Name}}
	}
	return v
}

func isRowid(name string) bool {
	switch strings.ToLower(name) {
	case "rowid", "oid", "_rowid_":
		return true
	}
	return false
}
