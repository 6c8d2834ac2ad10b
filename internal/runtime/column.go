package runtime

// Column is a column of the rows R, with values V. It makes predicates and
// orders for queries of R and of nothing else.
//
// A zero Column matches nothing. Comparisons are SQL's: a NULL is neither equal to nor different from any
// value; IsNull and NotNull find it.
type Column[R, V any] struct {
	name string
	bind func(V) any
}

// Eq matches rows in which the column equals v.
func (c Column[R, V]) Eq(v V) Predicate[R] { return c.compare(" = ", v) }

// NE matches rows in which the column has a value other than v.
func (c Column[R, V]) NE(v V) Predicate[R] { return c.compare(" <> ", v) }

// LT matches rows in which the column is less than v.
func (c Column[R, V]) LT(v V) Predicate[R] { return c.compare(" < ", v) }

// LTE matches rows in which the column is at most v.
func (c Column[R, V]) LTE(v V) Predicate[R] { return c.compare(" <= ", v) }

// GT matches rows in which the column is greater than v.
func (c Column[R, V]) GT(v V) Predicate[R] { return c.compare(" > ", v) }

// GTE matches rows in which the column is at least v.
func (c Column[R, V]) GTE(v V) Predicate[R] { return c.compare(" >= ", v) }

// Between matches rows in which the column lies between low and high, both included.
func (c Column[R, V]) Between(low, high V) Predicate[R] {
	return And(c.GTE(low), c.LTE(high))
}

// In matches rows in which the column has one of the values; none without values.
func (c Column[R, V]) In(values ...V) Predicate[R] {
	if c.bind == nil {
		return Predicate[R]{}
	}
	return Predicate[R]{membership{column: c.name, values: list(c.bind, values)}}
}

// NotIn matches rows in which the column has a value that is none of these.
func (c Column[R, V]) NotIn(values ...V) Predicate[R] { return Not(c.In(values...)) }

// IsNull matches rows in which the column is NULL.
func (c Column[R, V]) IsNull() Predicate[R] { return c.nullness(" IS NULL") }

// NotNull matches rows in which the column is not NULL.
func (c Column[R, V]) NotNull() Predicate[R] { return c.nullness(" IS NOT NULL") }

// Asc orders rows by the column, smallest first.
func (c Column[R, V]) Asc() Ordering[R] { return c.ordering("") }

// Desc orders rows by the column, largest first.
func (c Column[R, V]) Desc() Ordering[R] { return c.ordering(" DESC") }

func (c Column[R, V]) nullness(operator string) Predicate[R] {
	if c.name == "" {
		return Predicate[R]{}
	}
	return Predicate[R]{nullness(c.name + operator)}
}

func (c Column[R, V]) ordering(direction string) Ordering[R] {
	if c.name == "" {
		return Ordering[R]{}
	}
	return Ordering[R]{c.name + direction}
}

func (c Column[R, V]) set(v V, references []*reference) Change[R] {
	if c.bind == nil {
		return Change[R]{}
	}
	return Change[R]{change{c.name, c.bind(v), references}}
}

func (c Column[R, V]) compare(operator string, v V) Predicate[R] {
	if c.bind == nil {
		return Predicate[R]{}
	}
	return Predicate[R]{comparison{column: c.name, operator: operator, value: c.bind(v)}}
}

// TextColumn is a Column of text.
type TextColumn[R, V any] struct{ Column[R, V] }

// Contains matches rows in which the text contains part. Upper and lower case differ.
func (c TextColumn[R, V]) Contains(part string) Predicate[R] {
	return c.search(part, contains)
}

// HasPrefix matches rows in which the text begins with prefix. Upper and lower case differ.
func (c TextColumn[R, V]) HasPrefix(prefix string) Predicate[R] {
	return c.search(prefix, startsWith)
}

func (c TextColumn[R, V]) search(part string, test func(column, parameter string) string) Predicate[R] {
	if c.name == "" {
		return Predicate[R]{}
	}
	return Predicate[R]{search{column: c.name, part: part, test: test}}
}

// Field is a Column that Update may set.
type Field[R, V any] struct {
	Column[R, V]
	references []*reference
}

// Set changes the column to v.
func (f Field[R, V]) Set(v V) Change[R] { return f.set(v, f.references) }

// NullableField is a Field that may be NULL.
type NullableField[R, V any] struct{ Field[R, V] }

// SetNull changes the column to NULL.
func (f NullableField[R, V]) SetNull() Change[R] { return Change[R]{change{column: f.name}} }

// TextField is a TextColumn that Update may set.
type TextField[R, V any] struct {
	TextColumn[R, V]
	references []*reference
}

// Set changes the column to v.
func (f TextField[R, V]) Set(v V) Change[R] { return f.set(v, f.references) }

// NullableTextField is a TextField that may be NULL.
type NullableTextField[R, V any] struct{ TextField[R, V] }

// SetNull changes the column to NULL.
func (f NullableTextField[R, V]) SetNull() Change[R] { return Change[R]{change{column: f.name}} }

func column[R, V any](name string, bind func(V) any) Column[R, V] {
	return Column[R, V]{name, bind}
}

func textColumn[R, V any](name string, bind func(V) any) TextColumn[R, V] {
	return TextColumn[R, V]{column[R](name, bind)}
}

func field[R, V any](name string, bind func(V) any, references ...*reference) Field[R, V] {
	return Field[R, V]{column[R](name, bind), references}
}

func nullableField[R, V any](name string, bind func(V) any, references ...*reference) NullableField[R, V] {
	return NullableField[R, V]{field[R](name, bind, references...)}
}

func textField[R, V any](name string, bind func(V) any, references ...*reference) TextField[R, V] {
	return TextField[R, V]{textColumn[R](name, bind), references}
}

func nullableTextField[R, V any](name string, bind func(V) any, references ...*reference) NullableTextField[R, V] {
	return NullableTextField[R, V]{textField[R](name, bind, references...)}
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
