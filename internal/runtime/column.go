package runtime

// Column is a column of the rows R, with values V. What it makes fits
// queries of R and nothing else. Columns come from the generated variables;
// their fields are functions, not methods, since each method would be
// compiled once more for every column of a schema.
//
// Comparisons are SQL's: a NULL is neither equal to nor different from any
// value; IsNull and NotNull find it.
type Column[R, V any] struct {
	Eq      func(V) Predicate[R]           // equal to the value
	NE      func(V) Predicate[R]           // different from the value
	LT      func(V) Predicate[R]           // less than the value
	LTE     func(V) Predicate[R]           // at most the value
	GT      func(V) Predicate[R]           // greater than the value
	GTE     func(V) Predicate[R]           // at least the value
	Between func(low, high V) Predicate[R] // between both, which are included
	In      func(values ...V) Predicate[R] // one of the values; never without values
	NotIn   func(values ...V) Predicate[R] // a value, but none of these
	IsNull  func() Predicate[R]            // NULL
	NotNull func() Predicate[R]            // not NULL
	Asc     func() Ordering[R]             // smallest first
	Desc    func() Ordering[R]             // largest first
}

// TextColumn is a Column of text. Upper and lower case differ.
type TextColumn[R, V any] struct {
	Column[R, V]
	Contains  func(part string) Predicate[R]
	HasPrefix func(prefix string) Predicate[R]
}

// Field is a Column that Update may set.
type Field[R, V any] struct {
	Column[R, V]
	Set func(V) Change[R]
}

// NullableField is a Field that may be NULL.
type NullableField[R, V any] struct {
	Field[R, V]
	SetNull func() Change[R]
}

// TextField is a TextColumn that Update may set.
type TextField[R, V any] struct {
	TextColumn[R, V]
	Set func(V) Change[R]
}

// NullableTextField is a TextField that may be NULL.
type NullableTextField[R, V any] struct {
	TextField[R, V]
	SetNull func() Change[R]
}

func column[R, V any](name string, bind func(V) any) Column[R, V] {
	compare := func(operator string) func(V) Predicate[R] {
		return func(v V) Predicate[R] { return Predicate[R]{comparison{name, operator, bind(v)}} }
	}
	null := func(operator string) func() Predicate[R] {
		return func() Predicate[R] { return Predicate[R]{nullness(name + operator)} }
	}
	order := func(direction string) func() Ordering[R] {
		return func() Ordering[R] { return Ordering[R]{name + direction} }
	}
	among := func(values []V) test { return membership{name, list(bind, values)} }
	return Column[R, V]{
		Eq:  compare(" = "),
		NE:  compare(" <> "),
		LT:  compare(" < "),
		LTE: compare(" <= "),
		GT:  compare(" > "),
		GTE: compare(" >= "),
		Between: func(low, high V) Predicate[R] {
			return Predicate[R]{between{name, bind(low), bind(high)}}
		},
		In:      func(values ...V) Predicate[R] { return Predicate[R]{among(values)} },
		NotIn:   func(values ...V) Predicate[R] { return Predicate[R]{negation{among(values)}} },
		IsNull:  null(" IS NULL"),
		NotNull: null(" IS NOT NULL"),
		Asc:     order(""),
		Desc:    order(" DESC"),
	}
}

func textColumn[R, V any](name string, bind func(V) any) TextColumn[R, V] {
	matching := func(match func(column, parameter string) string) func(string) Predicate[R] {
		return func(part string) Predicate[R] { return Predicate[R]{search{name, part, match}} }
	}
	return TextColumn[R, V]{column[R](name, bind), matching(contains), matching(startsWith)}
}

func setter[R, V any](name string, bind func(V) any, references []*reference) func(V) Change[R] {
	return func(v V) Change[R] { return Change[R]{change{name, bind(v), references}} }
}

func nullSetter[R any](name string) func() Change[R] {
	return func() Change[R] { return Change[R]{change{column: name}} }
}

func field[R, V any](name string, bind func(V) any, references ...*reference) Field[R, V] {
	return Field[R, V]{column[R](name, bind), setter[R](name, bind, references)}
}

func nullableField[R, V any](name string, bind func(V) any, references ...*reference) NullableField[R, V] {
	return NullableField[R, V]{field[R](name, bind, references...), nullSetter[R](name)}
}

func textField[R, V any](name string, bind func(V) any, references ...*reference) TextField[R, V] {
	return TextField[R, V]{textColumn[R](name, bind), setter[R](name, bind, references)}
}

func nullableTextField[R, V any](name string, bind func(V) any, references ...*reference) NullableTextField[R, V] {
	return NullableTextField[R, V]{textField[R](name, bind, references...), nullSetter[R](name)}
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
