package runtime

// outer is a field of a row that an outer join may leave out.
type outer struct {
	field   any
	present func(bool) // whether the join found a row, from a column that is never NULL in one; nil for other columns
}

// present reads a column that is never NULL in a row of a table, and so tells
// whether an outer join found one: *to is the row then, and nil otherwise.
func present[R any](to **R, row *R, field any) outer {
	return outer{field, func(found bool) {
		*to = nil
		if found {
			*to = row
		}
	}}
}

// unlessNull reads a column of such a row. NULL leaves the field as it is:
// then the whole row is missing.
func unlessNull(field any) outer { return outer{field: field} }

func (o outer) assign(src any) error {
	if o.present != nil {
		o.present(src != nil)
	}
	if src == nil {
		return nil
	}
	return assign(o.field, src)
}
