package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// estate is what the generated code knows of all that belongs to a tenant: to
// export it, to import it and to erase it. In all texts ?1 is the tenant.
type estate struct {
	tenant   string    // the tenant's own table
	users    string    // the table of users, who belong to no tenant
	find     string    // the tenant's own row, also where it is deleted
	holdings []holding // the tenant's own table first, then parents before children
	inbound  []keyTest // rows of others that name rows of the tenant
}

// holding is a table of an estate.
type holding struct {
	name    string       // as in the schema
	sql     string       // as statements spell it
	row     reflect.Type // of the generated package
	columns []holdingColumn
	key     []string // as statements spell it
	rows    string   // FROM … WHERE of all that is the tenant's, deleted rows too

	everyones string    // the row with key ?1, if it is no tenant's; "" where there are no such rows
	anonymise string    // UPDATE of the rows when the tenant is gone; "" where they go with it
	broken    []keyTest // rows of the tenant that name rows out of reach
	loosen    []string  // UPDATEs, so that no key forbids to delete the rows in this order
}

// holdingColumn is a column of an estate that is written.
type holdingColumn struct {
	name     string // as in the schema
	sql      string // as statements spell it
	declared string // type and constraints, as far as archives depend on them
	ids      string // the table whose ids it holds; "" for other values
	is       holdingKind
}

// holdingKind says what an archive has to know of a column.
type holdingKind uint8

const (
	isSensitive holdingKind = 1 << iota // left out of archives that were not asked for secrets
	isRequired                          // must be given: it is NOT NULL and has no default
)

// keyTest finds a row whose foreign key is wrong.
type keyTest struct {
	table   string
	columns string // of the key, with commas
	find    string // SELECT: it yields a row where there is one
}

// own is the column that holds the table's own ids, -1 without one.
func (h *holding) own() int {
	for i, c := range h.columns {
		if c.ids == h.name && len(h.key) == 1 && h.key[0] == c.sql {
			return i
		}
	}
	return -1
}

// count returns the statement that counts the rows.
func (h *holding) count() string { return "SELECT count(*)" + h.rows }

// first returns the statement that yields a row where there is one.
func (h *holding) first() string { return "SELECT 1" + h.rows + "\nLIMIT 1" }

// TableRows is how many rows of a table there were.
type TableRows struct {
	Table string `json:"table"` // as in the schema
	Rows  int64  `json:"rows"`
}

// TenantReport says what was exported, imported or erased.
type TenantReport struct {
	// Tables are all tables of the tenant, also those without rows: its own
	// first, then parents before children, in the same order every time.
	Tables []TableRows
	// SHA256 is the archive's, in hexadecimal digits: of all its lines but
	// the last. Empty for an erasure.
	SHA256 string
}

// Total returns how many rows there were in all tables.
func (r TenantReport) Total() int64 {
	var n int64
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// tenantKey returns a tenant's key as a driver takes it, and fails where there
// is none to be found by it.
func tenantKey(op string, e *estate, tenant any) (any, error) {
	key, err := driver.DefaultParameterConverter.ConvertValue(tenant)
	if err != nil {
		return nil, failed(op, e.tenant, err)
	}
	if isZero(key) {
		return nil, failed(op, e.tenant, sql.ErrNoRows)
	}
	return key, nil
}

// once scans the only row of a statement in a transaction that is not to be kept
// prepared. Returns sql.ErrNoRows if there is none.
func (d *database) once(ctx context.Context, text string, args []any, to ...any) error {
	rows, err := d.in.tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := scanFirst(rows, to); err != nil {
		return err
	}
	return rows.Close()
}

// do runs statements in a transaction that are not to be kept prepared, each
// with the same arguments.
func (d *database) do(ctx context.Context, statements []string, args ...any) error {
	for _, text := range statements {
		if _, err := d.in.tx.ExecContext(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// yields reports whether a statement has a row.
func (d *database) yields(ctx context.Context, text string, args ...any) (bool, error) {
	var found int
	err := d.once(ctx, text, args, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// counts returns how many rows there are in each table of an estate.
func (d *database) counts(ctx context.Context, op string, e *estate, tenant any) ([]TableRows, error) {
	var counts []TableRows
	for i := range e.holdings {
		h := &e.holdings[i]
		rows := TableRows{Table: h.name}
		if err := d.once(ctx, h.count(), []any{tenant}, &rows.Rows); err != nil {
			return nil, failed(op, h.name, err)
		}
		counts = append(counts, rows)
	}
	return counts, nil
}

// test returns ErrReference for the first test that finds a row.
func (d *database) test(ctx context.Context, op string, tests []keyTest, tenant any) error {
	for _, t := range tests {
		found, err := d.yields(ctx, t.find, tenant)
		if err != nil {
			return failed(op, t.table, err)
		}
		if found {
			return &Error{Op: op, Table: t.table, Column: t.columns, Err: ErrReference}
		}
	}
	return nil
}

// comparableKey returns a value of a row as the key of a map.
func comparableKey(value any) any {
	if blob, ok := value.([]byte); ok {
		return fmt.Sprintf("blob %x", blob)
	}
	return value
}

// described is how a column stands in the header of an archive.
func (c *holdingColumn) described() string { return strings.TrimSpace(c.name + " " + c.declared) }
