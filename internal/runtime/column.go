package runtime

// Column is a column of the rows R, with values V. What it makes fits
// queries of R and nothing else. Columns come from the generated variables.
//
// Comparisons are SQL's: a NULL is neither equal to nor different from any
// value; IsNull and NotNull find it. Between includes both ends. In without
// values matches nothing, and NotIn leaves NULL out.
type Column[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
}

// The operations of columns are fields that hold functions, not methods, and
// each type lists all of its own: methods, and types within types, are
// compiled once more for every column of a schema.

// TextColumn is a Column of text. Upper and lower case differ, and no
// character is special.
type TextColumn[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
	Contains, HasPrefix      func(text string) Predicate[R]
}

// Field is a Column that Update may set.
type Field[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
	Set                      func(V) Change[R]
}

// NullableField is a Field that may be NULL.
type NullableField[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
	Set                      func(V) Change[R]
	SetNull                  func() Change[R]
}

// TextField is a TextColumn that Update may set.
type TextField[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
	Contains, HasPrefix      func(text string) Predicate[R]
	Set                      func(V) Change[R]
}

// NullableTextField is a TextField that may be NULL.
type NullableTextField[R, V any] struct {
	named[R]
	Eq, NE, LT, LTE, GT, GTE func(V) Predicate[R]
	Between                  func(low, high V) Predicate[R]
	In, NotIn                func(values ...V) Predicate[R]
	IsNull, NotNull          func() Predicate[R]
	Asc, Desc                func() Ordering[R]
	Contains, HasPrefix      func(text string) Predicate[R]
	Set                      func(V) Change[R]
	SetNull                  func() Change[R]
}

// Selectable is any column of the rows R: for Select, and for the conflict of
// an Upsert.
type Selectable[R any] interface{ column(row R) string }

// named is a column's name, as statements spell it.
type named[R any] struct{ name string }

func (n *named[R]) column(R) string { return n.name }

// operations are what all columns have.
type operations[R, V any] struct {
	compare func(operator string) func(V) Predicate[R]
	between func(low, high V) Predicate[R]
	among   func(negated bool) func(...V) Predicate[R]
	null    func(operator string) func() Predicate[R]
	order   func(descending bool) func() Ordering[R]
}

func operate[R, V any](name string, bind func(V) any) operations[R, V] {
	return operations[R, V]{
		compare: func(operator string) func(V) Predicate[R] {
			return func(v V) Predicate[R] { return Predicate[R]{comparison{name, operator, bind(v)}} }
		},
		between: func(low, high V) Predicate[R] {
			return Predicate[R]{between{name, bind(low), bind(high)}}
		},
		among: func(negated bool) func(...V) Predicate[R] {
			return func(values ...V) Predicate[R] {
				var t test = membership{name, list(bind, values)}
				if negated {
					t = negation{t}
				}
				return Predicate[R]{t}
			}
		},
		null: func(operator string) func() Predicate[R] {
			return func() Predicate[R] { return Predicate[R]{nullness(name + operator)} }
		},
		order: func(descending bool) func() Ordering[R] {
			return func() Ordering[R] { return Ordering[R]{term{name, descending}} }
		},
	}
}

func column[R, V any](name string, bind func(V) any) *Column[R, V] {
	o := operate[R](name, bind)
	return &Column[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
	}
}

func textColumn[R, V any](name string, bind func(V) any) *TextColumn[R, V] {
	o := operate[R](name, bind)
	return &TextColumn[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
		Contains: matching[R](name, contains), HasPrefix: matching[R](name, startsWith),
	}
}

func field[R, V any](name string, bind func(V) any, references ...*reference) *Field[R, V] {
	o := operate[R](name, bind)
	return &Field[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
		Set: setter[R](name, bind, references),
	}
}

func nullableField[R, V any](name string, bind func(V) any, references ...*reference) *NullableField[R, V] {
	o := operate[R](name, bind)
	return &NullableField[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
		Set:     setter[R](name, bind, references),
		SetNull: nullSetter[R](name),
	}
}

func textField[R, V any](name string, bind func(V) any, references ...*reference) *TextField[R, V] {
	o := operate[R](name, bind)
	return &TextField[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
		Contains: matching[R](name, contains), HasPrefix: matching[R](name, startsWith),
		Set: setter[R](name, bind, references),
	}
}

func nullableTextField[R, V any](name string, bind func(V) any, references ...*reference) *NullableTextField[R, V] {
	o := operate[R](name, bind)
	return &NullableTextField[R, V]{
		named: named[R]{name},
		Eq:    o.compare(" = "), NE: o.compare(" <> "),
		LT: o.compare(" < "), LTE: o.compare(" <= "), GT: o.compare(" > "), GTE: o.compare(" >= "),
		Between: o.between, In: o.among(false), NotIn: o.among(true),
		IsNull: o.null(" IS NULL"), NotNull: o.null(" IS NOT NULL"),
		Asc: o.order(false), Desc: o.order(true),
		Contains: matching[R](name, contains), HasPrefix: matching[R](name, startsWith),
		Set:     setter[R](name, bind, references),
		SetNull: nullSetter[R](name),
	}
}

func matching[R any](name string, match func(column, parameter string) string) func(string) Predicate[R] {
	return func(part string) Predicate[R] { return Predicate[R]{search{name, part, match}} }
}

func setter[R, V any](name string, bind func(V) any, references []*reference) func(V) Change[R] {
	return func(v V) Change[R] { return Change[R]{change{name, bind(v), references}} }
}

func nullSetter[R any](name string) func() Change[R] {
	return func() Change[R] { return Change[R]{change{column: name}} }
}

func bindText[V ~string](v V) any   { return string(v) }
func bindInteger[V ~int64](v V) any { return int64(v) }
func bindReal[V ~float64](v V) any  { return float64(v) }
func bindBool[V ~bool](v V) any     { return bool(v) }
func bindBlob[V ~[]byte](v V) any   { return []byte(v) }
func bindValue[V any](v V) any      { return v }

// bindJSON stores JSON as text, and no JSON at all as NULL.
func bindJSON[V ~[]byte](v V) any {
	if v == nil {
		return nil
	}
	return string(v)
}
