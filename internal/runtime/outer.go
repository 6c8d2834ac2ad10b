package runtime

import "database/sql"

// present scans a column that is never NULL in a row of a table, and so tells
// whether an outer join found one: *to is the row then, and nil otherwise.
func present[R any](to **R, row *R, column sql.Scanner) sql.Scanner {
	return scanFunc(func(src any) error {
		*to = nil
		if src != nil {
			*to = row
		}
		return column.Scan(src)
	})
}

// unlessNull scans a column of such a row. NULL leaves *to as it is: then the
// whole row is missing.
func unlessNull[V any](to *V) sql.Scanner {
	return scanUnlessNull(scanFunc(func(src any) error {
		var v sql.Null[V]
		err := v.Scan(src)
		*to = v.V
		return err
	}))
}

// scanUnlessNull is unlessNull for a column that is not scanned directly.
func scanUnlessNull(column sql.Scanner) sql.Scanner {
	return scanFunc(func(src any) error {
		if src == nil {
			return nil
		}
		return column.Scan(src)
	})
}

// scanFunc is a function as a sql.Scanner.
type scanFunc func(src any) error

func (f scanFunc) Scan(src any) error { return f(src) }
