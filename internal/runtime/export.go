package runtime

import (
	"context"
	"database/sql"
	"io"
	"strings"
)

// ExportOption changes what an export holds.
type ExportOption func(*exporting)

// exporting is what the options of an export ask for.
type exporting struct{ secrets bool }

// WithSecrets has an export hold secrets too: passwords, tokens and what the
// option sensitive lists. It leaves them out otherwise.
func WithSecrets() ExportOption { return func(e *exporting) { e.secrets = true } }

// export writes all that belongs to a tenant as an archive, as it is at one
// instant. Rows are read one by one.
func (s *session) export(ctx context.Context, e *estate, tenant any, to io.Writer, options []ExportOption) (TenantReport, error) {
	const op = "export"
	if err := s.check(op, e.tenant); err != nil {
		return TenantReport{}, err
	}
	key, err := tenantKey(op, e, tenant)
	if err != nil {
		return TenantReport{}, err
	}
	if to == nil {
		return TenantReport{}, invalid(op, e.tenant, "the writer is nil")
	}
	x := exporter{estate: e, tenant: key, to: newArchiveWriter(to)}
	for _, option := range options {
		if option != nil {
			option(&x.exporting)
		}
	}
	err = s.db.snapshot(ctx, func(db *database) error { return x.write(ctx, s.on(db)) })
	if err != nil {
		return TenantReport{}, failed(op, e.tenant, err)
	}
	return x.report, nil
}

// exporter writes an archive.
type exporter struct {
	*estate
	exporting
	tenant any
	to     *archiveWriter
	report TenantReport
}

func (x *exporter) write(ctx context.Context, s *session) error {
	found, err := s.db.yields(ctx, x.find, x.tenant)
	if err != nil {
		return err
	}
	if !found {
		return sql.ErrNoRows
	}
	if err := x.writeHeader(s); err != nil {
		return err
	}
	for i := range x.holdings {
		h := &x.holdings[i]
		n, err := x.writeRows(ctx, s, h)
		if err != nil {
			return failed("export", h.name, err)
		}
		x.report.Tables = append(x.report.Tables, TableRows{h.name, n})
	}
	x.report.SHA256, err = x.to.end(x.report.Tables)
	return err
}

func (x *exporter) writeHeader(s *session) error {
	id, err := appendArchived(nil, x.tenant)
	if err != nil {
		return err
	}
	header := archiveHeader{Archive: archiveVersion, Tenant: x.estate.tenant, ID: id, At: s.now()}
	for i := range x.holdings {
		header.Tables = append(header.Tables, x.holdings[i].part(x.secrets))
	}
	return x.to.object(header)
}

// writeRows writes the rows of a table and returns how many they are.
func (x *exporter) writeRows(ctx context.Context, s *session, h *holding) (n int64, err error) {
	var columns, order []string
	for _, c := range h.columns {
		if c.is&isSensitive == 0 || x.secrets {
			columns = append(columns, c.sql)
		}
	}
	for _, c := range h.key {
		order = append(order, h.sql+"."+c)
	}
	err = h.lines(ctx, s.db, columns, "\nORDER BY "+strings.Join(order, ", "), x.tenant, func(line []byte) error {
		n++
		return x.to.line(line)
	})
	return n, err
}

// lines reads columns of the rows, each row as a line of an archive without
// its end. Values are read as stored: drivers would convert some.
func (h *holding) lines(ctx context.Context, db *database, columns []string, order string, tenant any, f func(line []byte) error) error {
	var list []string
	for _, c := range columns {
		list = append(list, stored(h.sql+"."+c))
	}
	rows, err := db.query(ctx, "SELECT "+strings.Join(list, ", ")+h.rows+order, []any{tenant})
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var line []byte
	from := newColumns(len(columns))
	for rows.Next() {
		if err := from.scan(rows); err != nil {
			return err
		}
		if line, err = h.appendLine(line[:0], from.row); err != nil {
			return err
		}
		if err := f(line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// appendLine appends a row as a line of an archive without its end.
func (h *holding) appendLine(to []byte, values []any) (line []byte, err error) {
	line = appendJSONText(append(to, '['), h.name)
	for _, value := range values {
		if line, err = appendArchived(append(line, ','), value); err != nil {
			return nil, err
		}
	}
	return append(line, ']'), nil
}
