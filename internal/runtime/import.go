package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// ImportOption changes how an archive becomes rows.
type ImportOption func(*importing)

// importing is what the options of an import ask for.
type importing struct {
	newIDs  bool
	mapped  map[any]any               // users, by the key that they have in the archive
	changes map[reflect.Type][]change // by type of row
}

// NewIDs has an import make a copy: every row gets a new id, and what names it
// by a foreign key follows. The audit log, if there is one, is left out. Keys that contain the tenant's stay as they are
// beside it, and so does what is no foreign key. New numbers are above those
// that the table has and, with AUTOINCREMENT, has had.
func NewIDs() ImportOption { return func(i *importing) { i.newIDs = true } }

// WithChanges has an import set columns of all rows of a table to other values
// than the archive's: what is unique among all tenants, or was left out.
func WithChanges[R any](changes ...Change[R]) ImportOption {
	return func(i *importing) {
		row := reflect.TypeFor[R]()
		if i.changes == nil {
			i.changes = map[reflect.Type][]change{}
		}
		for _, c := range changes {
			i.changes[row] = append(i.changes[row], c.change)
		}
	}
}

// mapUsers is the body of a generated option.
func mapUsers[K comparable](users map[K]K, bind func(K) any) ImportOption {
	return func(i *importing) {
		if i.mapped == nil {
			i.mapped = map[any]any{}
		}
		for from, to := range users {
			key, err := driver.DefaultParameterConverter.ConvertValue(bind(from))
			if err == nil { // else no stored value is like it
				i.mapped[comparableKey(key)] = bind(to)
			}
		}
	}
}

// load makes rows of an archive, in one transaction, and sets the field id to
// the tenant's key. Rows are read one by one.
func (s *session) load(ctx context.Context, e *estate, id any, from io.Reader, options []ImportOption) (report TenantReport, err error) {
	const op = "import"
	if err := s.check(op, e.tenant); err != nil {
		return TenantReport{}, err
	}
	if from == nil {
		return TenantReport{}, invalid(op, e.tenant, "the reader is nil")
	}
	i := importer{estate: e, from: newArchiveReader(from), index: map[string]int{}}
	for _, option := range options {
		if option != nil {
			option(&i.importing)
		}
	}
	if err := i.checkChanges(); err != nil {
		return TenantReport{}, err
	}
	if err := i.readHeader(); err != nil {
		return TenantReport{}, err
	}
	if err := s.db.inTx(ctx, func(db *database) error { return failed(op, e.tenant, i.run(ctx, db)) }); err != nil {
		return TenantReport{}, err
	}
	return i.report, failed(op, e.tenant, assign(id, i.tenant))
}

// checkChanges returns ErrInvalid for changes of a table that is no tenant's,
// and for zero ones.
func (i *importer) checkChanges() error {
	for row, changes := range i.changes {
		if !slices.ContainsFunc(i.holdings, func(h holding) bool { return h.row == row }) {
			return invalid("import", i.estate.tenant, "changes of rows that are no "+i.estate.tenant+"'s")
		}
		if changed(changes, "") >= 0 {
			return invalid("import", i.estate.tenant, "zero Change")
		}
	}
	return nil
}

// importer makes rows of an archive.
type importer struct {
	*estate
	importing
	from   *archiveReader
	db     *database
	old    any // the tenant's key in the archive
	tenant any // its key here
	parts  []incoming
	index  map[string]int // of parts, by table
	ids    *cloner        // nil where ids stay
	report TenantReport
}

// incoming is a table of an archive, whose rows come in.
type incoming struct {
	*holding
	read   []*holdingColumn // in the order of the archive's values
	insert *sql.Stmt        // nil before the first row
	values []any            // of the row that is read, and then those of changes
	set    []int            // of each change, which of the values it replaces
	kept   []int            // which of the values no change replaces
	given  []any            // those values
	line   []byte           // the same as a line
	rows   int64            // how many were read
	made   lineSum          // the lines of the rows that were made
}

func (i *importer) run(ctx context.Context, db *database) (err error) {
	i.db = db
	if err := db.do(ctx, []string{deferKeys}); err != nil {
		return err
	}
	if err := db.silence(ctx); err != nil {
		return err
	}
	if err := i.enter(ctx); err != nil {
		return err
	}
	end, err := i.readRows(ctx)
	if err != nil {
		return err
	}
	if err := i.close(ctx); err != nil {
		return err
	}
	if i.report.SHA256, err = i.from.verify(end); err != nil {
		return err
	}
	if err := i.verify(ctx, end); err != nil {
		return err
	}
	return db.forget(ctx)
}

// enter decides on the tenant's key, and fails if there is such a tenant.
func (i *importer) enter(ctx context.Context) (err error) {
	if i.tenant = i.old; i.newIDs {
		if i.ids, err = newCloner(ctx, i.db, i.estate); err != nil {
			return err
		}
		i.tenant, err = i.ids.fresh(ctx, 0, i.old)
		return err
	}
	found, err := i.db.yields(ctx, i.find, i.tenant)
	if found {
		return &Error{Op: "import", Table: i.estate.tenant, Column: i.estate.tenant + "." + i.holdings[0].columns[i.holdings[0].own()].name, Err: ErrConflict}
	}
	for _, p := range i.parts {
		if err != nil || p.anonymise == "" {
			continue // such rows do not outlive the tenant
		}
		if found, err = i.db.yields(ctx, p.first(), i.tenant); found {
			return &Error{Op: "import", Table: p.name, Err: fmt.Errorf("%w: rows of the %s are left, though it is gone; erase it first", ErrConflict, i.estate.tenant)}
		}
	}
	return err
}

// close gives up what is of no use after the rows. What fails before is given
// up with the transaction.
func (i *importer) close(ctx context.Context) error {
	var failures []error
	for _, p := range i.parts {
		if p.insert != nil {
			failures = append(failures, p.insert.Close())
		}
	}
	if i.ids != nil {
		failures = append(failures, i.ids.close(ctx))
	}
	return errors.Join(failures...)
}

// readHeader reads the header and compares it with the schema.
func (i *importer) readHeader() error {
	header, err := i.from.header()
	if err != nil {
		return err
	}
	if header.Tenant != i.estate.tenant {
		return damaged(i.estate.tenant, "the archive is of another schema")
	}
	id := decoder{text: string(header.ID)}
	if i.old, err = id.archived(); err != nil || id.end() != nil || isZero(i.old) {
		return damaged(i.estate.tenant, "the archive's id is malformed")
	}
	for n := range max(len(header.Tables), len(i.holdings)) {
		switch {
		case n >= len(header.Tables):
			return otherSchema(i.holdings[n].name, "")
		case n >= len(i.holdings) || header.Tables[n].Table != i.holdings[n].name:
			return otherSchema(header.Tables[n].Table, "")
		}
		p, err := i.incoming(&i.holdings[n], header.Tables[n])
		if err != nil {
			return err
		}
		i.index[p.name] = len(i.parts)
		i.parts = append(i.parts, p)
	}
	return nil
}

func otherSchema(table, column string) error {
	return &Error{Op: "import", Table: table, Column: column, Err: fmt.Errorf("%w: the archive is of another schema", ErrInvalid)}
}

// incoming compares a table of the archive with the schema.
func (i *importer) incoming(h *holding, header archivePart) (incoming, error) {
	p := incoming{holding: h}
	own := h.part(true)
	if own.Fingerprint != header.Fingerprint || !slices.Equal(own.Columns, header.Columns) {
		return p, otherSchema(h.name, difference(own.Columns, header.Columns))
	}
	for n := range h.columns {
		c := &h.columns[n]
		isOut := slices.Contains(header.LeftOut, c.name)
		if isOut && c.is&isSensitive == 0 {
			return p, otherSchema(h.name, c.name)
		}
		if !isOut {
			p.read = append(p.read, c)
		}
	}
	return p, nil
}

// difference is the name of the first column that differs.
func difference(own, other []string) string {
	for n := range max(len(own), len(other)) {
		switch {
		case n >= len(own):
			return nameOf(other[n])
		case n >= len(other) || own[n] != other[n] && !slices.Contains(other, own[n]):
			return nameOf(own[n])
		case own[n] != other[n]:
			return nameOf(other[n])
		}
	}
	return ""
}

func nameOf(described string) string {
	name, _, _ := strings.Cut(described, " ")
	return name
}

func (i *importer) readRows(ctx context.Context) (*archiveEnd, error) {
	for {
		line, end, err := i.from.row()
		if err != nil || end != nil {
			return end, err
		}
		if err := i.readRow(ctx, &decoder{text: line}); err != nil {
			return nil, err
		}
	}
}

func (i *importer) readRow(ctx context.Context, d *decoder) error {
	if d.expect('[') != nil {
		return damaged("", "a line of the archive is no row")
	}
	name, err := d.string()
	if err != nil {
		return damaged("", "a line of the archive is no row")
	}
	n, known := i.index[name]
	if !known {
		return damaged("", "a row of the archive is of no table in its header")
	}
	p := &i.parts[n]
	if err := p.prepare(ctx, i); err != nil {
		return err
	}
	for at, c := range p.read {
		if p.values[at], err = i.value(ctx, d, c); err != nil {
			return failed("import", p.name, err)
		}
	}
	if d.expect(']') != nil || d.end() != nil {
		return damaged(p.name, "a row of the archive is malformed")
	}
	for at, c := range i.changes[p.row] {
		p.values[p.set[at]] = c.value
	}
	p.rows++
	if i.leavesOut(p) {
		return nil
	}
	if _, err := p.insert.ExecContext(ctx, p.values...); err != nil {
		return i.explained(ctx, p, err)
	}
	for at, value := range p.kept {
		p.given[at] = p.values[value]
	}
	if p.line, err = p.appendLine(p.line[:0], p.given); err != nil {
		return failed("import", p.name, err)
	}
	p.made.add(p.line)
	return nil
}

// explained is the error of a row that could not be made. It tells of a
// conflict with what a trigger has written: a row of another table, or one
// that nobody else can have made.
func (i *importer) explained(ctx context.Context, p *incoming, err error) error {
	err = failed("import", p.name, err)
	var failure *Error
	if !errors.Is(err, ErrConflict) || !errors.As(err, &failure) {
		return err
	}
	for n := range i.parts {
		if other := &i.parts[n]; other != p && strings.HasPrefix(failure.Column, other.name+".") {
			failure.Table, failure.Err = other.name, errTriggerConflicts
			return err
		}
	}
	var rows int64
	if i.db.once(ctx, p.count(), []any{i.tenant}, &rows) == nil && rows > p.made.lines {
		failure.Err = errTriggerConflicts
	}
	return err
}

// What triggers of the schema do to imports.
var (
	errTriggerConflicts = fmt.Errorf("%w: a trigger of the schema has written rows of this table", ErrConflict)
	errTriggerAdds      = fmt.Errorf("%w: there are more rows than in the archive: a trigger of the schema has written them", ErrInvalid)
	errTriggerChanges   = fmt.Errorf("%w: rows are not stored as imported: a trigger of the schema has changed them", ErrInvalid)
)

// leavesOut reports whether the rows of a table are not made: a copy has no
// history yet, and that of the tenant that it is of names other rows.
func (i *importer) leavesOut(p *incoming) bool { return i.newIDs && p.anonymise != "" }

// value reads a value, and puts the id that it has here in place of another.
func (i *importer) value(ctx context.Context, d *decoder, c *holdingColumn) (any, error) {
	if d.expect(',') != nil {
		return nil, fmt.Errorf("%w: a row of the archive is malformed", ErrInvalid)
	}
	value, err := d.archived()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: a row of the archive is malformed", ErrInvalid)
	case value == nil || c.ids == "":
		return value, nil
	case c.ids == i.estate.tenant:
		if comparableKey(value) == comparableKey(i.old) {
			return i.tenant, nil
		}
		return value, nil
	case c.ids == i.users:
		if user, mapped := i.mapped[comparableKey(value)]; mapped {
			return user, nil
		}
		return value, nil
	case i.ids == nil:
		return value, nil
	}
	return i.ids.id(ctx, i.index[c.ids], value)
}

// prepare prepares the INSERT for the first row. Returns ErrInvalid if a
// column that must be given is in neither the archive nor the changes.
func (p *incoming) prepare(ctx context.Context, i *importer) (err error) {
	if p.insert != nil {
		return nil
	}
	var columns []string
	for _, c := range p.read {
		columns = append(columns, c.sql)
	}
	for _, change := range i.changes[p.row] {
		at := slices.Index(columns, change.column)
		if at < 0 {
			at = len(columns)
			columns = append(columns, change.column)
		}
		p.set = append(p.set, at)
	}
	for _, c := range p.columns {
		if c.is&isRequired != 0 && !slices.Contains(columns, c.sql) {
			return &Error{Op: "import", Table: p.name, Column: c.name, Err: fmt.Errorf("%w: the archive is without secrets", ErrInvalid)}
		}
	}
	for at := range p.read {
		if !slices.Contains(p.set, at) {
			p.kept = append(p.kept, at)
		}
	}
	p.values, p.given = make([]any, len(columns)), make([]any, len(p.kept))
	p.insert, err = i.db.in.tx.PrepareContext(ctx, insertOrFail(p.sql, columns))
	return failed("import", p.name, err)
}

// verify compares the rows with the archive's counts, looks for such as belong
// to another tenant or name rows out of reach, and compares what is stored with
// what was to be.
func (i *importer) verify(ctx context.Context, end *archiveEnd) (err error) {
	for n, p := range i.parts {
		if n >= len(end.Rows) || end.Rows[n] != (TableRows{p.name, p.rows}) {
			return damaged(p.name, "the archive's counts are wrong")
		}
	}
	if i.parts[0].rows != 1 {
		return damaged(i.estate.tenant, "the archive is without the row of the "+i.estate.tenant)
	}
	for _, p := range i.parts {
		if err := i.db.test(ctx, "import", p.broken, i.tenant); err != nil {
			return err
		}
	}
	for n := range i.parts {
		p := &i.parts[n]
		there, err := i.stored(ctx, p)
		switch {
		case err != nil:
			return failed("import", p.name, err)
		case there.lines < p.made.lines:
			return damaged(p.name, "a row of the archive is of another "+i.estate.tenant+", or a trigger of the schema has removed it")
		case there.lines > p.made.lines:
			return &Error{Op: "import", Table: p.name, Err: errTriggerAdds}
		case there != p.made:
			return &Error{Op: "import", Table: p.name, Err: errTriggerChanges}
		}
		i.report.Tables = append(i.report.Tables, TableRows{p.name, there.lines})
	}
	return nil
}

// stored are the lines of a table's rows as they are by now, but for columns
// that are changed on purpose.
func (i *importer) stored(ctx context.Context, p *incoming) (there lineSum, err error) {
	if p.made.lines == 0 {
		err = i.db.once(ctx, p.count(), []any{i.tenant}, &there.lines)
		return there, err
	}
	var columns []string
	for _, at := range p.kept {
		columns = append(columns, p.read[at].sql)
	}
	err = p.lines(ctx, i.db, columns, "", i.tenant, func(line []byte) error {
		there.add(line)
		return nil
	})
	return there, err
}
