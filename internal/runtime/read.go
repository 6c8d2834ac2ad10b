package runtime

import (
	"context"
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"time"
)

// reading reads the rows of a query, or of a relation, with all relations
// below it. One statement reads them all: each reading is a column of it, in
// which the database has put the rows as JSON. What JSON cannot carry is read
// column by column, by a statement of its own.
type reading struct {
	session  *session
	query    *query   // nil for a single row that a statement yields
	load     *load    // nil for the rows of the query itself
	parent   *reading // nil likewise
	table    *table
	row      reflect.Type
	children []*reading

	elements []element  // what is read of each row, in order
	selected *selection // that the elements are; nil if they are none of the template's
	slots    int        // how many elements are keys
	of, own  []int      // the keys that bring the parent's rows and these together
	at       []int      // the field of the parent's rows
	alias    string     // of a reading that stands in the rows of its parent
	given    any        // the keys of the rows to read; nil for those of the query
	byColumn bool

	template *template
	text     sql.NullString // the rows, as the database has put them
	decoder  decoder
	into     reflect.Value // the field in the parent's template, where it stands in its rows
	rows     reflect.Value // the slice that was read
	keys     [][]string    // how the keys are spelled, by slot and row
}

// element is one value of a row that is read.
type element struct {
	name   string // of the column; "" for another expression
	is     columnKind
	sql    string   // the expression
	json   string   // the same in a JSON array
	field  any      // where the value goes; nil for a mere key
	usual  usual    // the same, where it is one of the usual fields
	slot   int      // which key it is; -1 for none
	place  bool     // a cursor tells it, so that it is spelled with its type
	joined *reading // the value says whether there is a row of this one, whose elements follow
	known  bool     // the value is the key by which the row was joined
}

// usual is a field of one of the usual kinds, for which decoding takes no
// detour.
type usual struct {
	text     *string
	nullText textPointer
	integer  *int64
	unix     *time.Time
}

// aim sets where the value goes.
func (e *element) aim(field any) {
	e.field = field
	switch f := field.(type) {
	case *string:
		e.usual.text = f
	case textPointer:
		e.usual.nullText = f
	case *int64:
		e.usual.integer = f
	case unixTime:
		e.usual.unix = f.to
	}
}

// read reads the rows of a query into a slice. It returns the values of the
// columns in want as well, by column and row. After an error the slice is nil.
func (q *query) read(ctx context.Context, rows reflect.Value, want ...string) (keys [][]string, err error) {
	if len(q.has.with) > 0 && q.isPart() {
		q = q.refined() // several subqueries have to agree on which rows these are
		q.has.order = q.total()
	}
	root := &reading{session: q.session, query: q, table: q.table, row: rows.Type().Elem(), rows: rows}
	defer func() {
		root.release()
		if err != nil {
			rows.SetZero()
		}
	}()
	if err := root.plan(); err != nil {
		return nil, err
	}
	var wanted []int
	for _, column := range want {
		slot := root.slot(column)
		wanted = append(wanted, slot)
		for i := range root.elements { // a cursor has to tell a BLOB from the same bytes as text
			e := &root.elements[i]
			if e.slot != slot {
				continue
			}
			if e.place = true; e.is&isLoose != 0 {
				e.json, root.selected = unlessBlob(e.sql), nil
			}
		}
	}
	if err := root.run(ctx); err != nil {
		return nil, err
	}
	root.bringTogether()
	for _, slot := range wanted {
		keys = append(keys, root.keys[slot])
	}
	return keys, nil
}

// refined is how the rows are refined.
func (r *reading) refined() *refinement {
	if r.load != nil {
		return &r.load.has
	}
	return &r.query.has
}

// plan lists the elements of a reading and of those below.
func (r *reading) plan() error {
	r.table.prepare()
	r.template = r.table.template(r.row)
	has := r.refined()
	columns, selected := r.table.listed, r.template.listed
	if r.load == nil && r.query.deleted != areHidden {
		columns, selected = r.table.shown, r.template.shown
	}
	if has.columns == nil {
		r.take(selected)
	} else {
		for _, name := range has.columns {
			if i := r.table.index(name); slices.Contains(columns, i) {
				e := r.table.columns[i].element(r.table.sql)
				e.aim(r.template.fields[i])
				r.add(e)
			}
		}
		if len(r.elements) == 0 && len(has.columns) > 0 { // all are known, but how many rows there are
			r.add(r.table.columns[0].element(r.table.sql))
		}
	}
	if err := r.know(has.columns); err != nil {
		return err
	}
	for _, l := range has.with {
		if err := r.planChild(l); err != nil {
			return err
		}
	}
	return nil
}

// take reads a selection of the template, which several readings may share.
func (r *reading) take(s *selection) {
	n := len(s.elements)
	r.elements, r.selected = s.elements[:n:n], s
	r.byColumn = s.byColumn || !r.session.db.exactReals && slices.ContainsFunc(r.elements, func(e element) bool { return e.isReal() })
}

func (e *element) isReal() bool { return e.is&isReal != 0 }

// know sets what is known of a row without reading it: its tenant.
func (r *reading) know(columns []string) error {
	for i, c := range r.table.columns {
		if c.has(isTenant) && r.table.scoped && (columns == nil || slices.Contains(columns, c.name)) {
			if err := assign(r.template.fields[i], r.session.tenant); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reading) add(e element) {
	r.elements, r.selected = append(r.elements, e), nil
	if e.is&isOther != 0 || e.isReal() && !r.session.db.exactReals || len(r.elements) > maxJSON {
		r.byColumn = true
	}
}

// slot returns the key that a column is, reading the column if nothing does.
func (r *reading) slot(column string) int {
	i := slices.IndexFunc(r.elements, func(e element) bool { return e.name == column })
	if i < 0 {
		return r.addKey(r.table.columns[r.table.index(column)].element(r.table.sql))
	}
	if r.elements[i].slot < 0 {
		if r.slots == 0 {
			r.elements = slices.Clone(r.elements)
		}
		r.elements[i].slot = r.slots
		r.slots++
	}
	return r.elements[i].slot
}

// addKey adds an element that is a key.
func (r *reading) addKey(e element) int {
	e.slot = r.slots
	r.slots++
	r.add(e)
	return e.slot
}

// planChild plans a relation that is loaded with the rows.
func (r *reading) planChild(l *load) error {
	to, _ := r.row.FieldByName(l.relation.field)
	child := &reading{
		session: r.session, query: r.query, load: l, parent: r,
		table: l.relation.target, row: to.Type.Elem(), at: to.Index,
	}
	r.children = append(r.children, child)
	if err := child.plan(); err != nil {
		return err
	}
	switch {
	case r.joins(child):
		r.join(child)
	case l.relation.implied && r.session.tenant != nil:
	default:
		for _, column := range l.relation.from {
			child.of = append(child.of, r.slot(column))
		}
		for i, column := range l.relation.to {
			if l.relation.exact && l.relation.through == nil {
				child.own = append(child.own, child.slot(column))
			} else {
				child.own = append(child.own, child.addKey(element{sql: keyName(i), json: keyName(i)}))
			}
		}
	}
	return nil
}

// joins reports whether a row of the child can stand in each row: there is
// one at most, to the byte, and it is read as it is. Where several rows may
// lead to the same one, below the rows of the query itself, it is read on its
// own, once for all.
func (r *reading) joins(child *reading) bool {
	relation := child.load.relation
	if r.load != nil && !(r.load.isWhole() && r.table.isUnique(relation.from)) {
		return false
	}
	return r.given == nil && !relation.many && relation.exact && relation.through == nil && child.load.isPlain() &&
		!r.byColumn && !child.byColumn && len(r.elements)+len(child.elements) < maxJSON
}

// join puts the elements of the child into the rows. What the key says is not
// read again.
func (r *reading) join(child *reading) {
	relation := child.load.relation
	child.alias = `"with.` + relation.field + `"`
	child.into = r.template.value.FieldByIndex(child.at)
	key := ""
	if len(relation.to) == 1 {
		key = relation.to[0]
		child.of = []int{r.slot(relation.from[0])}
	}
	present := child.alias + "." + relation.to[0] + " IS NOT NULL"
	r.add(element{sql: present, json: present, slot: -1, joined: child})
	joined := child.elements
	child.elements = nil
	for _, e := range joined {
		if e.name == key {
			e.known = true
			child.elements = append(child.elements, e)
			continue
		}
		column := child.table.columns[child.table.index(e.name)].element(child.alias)
		column.aim(e.field)
		column.name = ""
		child.elements = append(child.elements, column)
		r.add(column)
	}
}

// array is the JSON array of a row.
func (r *reading) array() string {
	if r.selected != nil {
		return r.selected.array
	}
	return arrayOf(r.elements)
}

// list is the SELECT list of a row.
func (r *reading) list() string {
	if r.selected != nil {
		return r.selected.list
	}
	return listOf(r.elements)
}

func arrayOf(elements []element) string {
	list := make([]string, len(elements))
	for i := range elements {
		list[i] = elements[i].json
	}
	return jsonArray(list)
}

func listOf(elements []element) string {
	list := make([]string, len(elements))
	for i := range elements {
		list[i] = elements[i].sql
	}
	return strings.Join(list, ", ")
}

// run reads all rows.
func (r *reading) run(ctx context.Context) error {
	var all [8]*reading
	readings := r.columns(all[:0])
	together := readings[:0:len(readings)]
	var apart []*reading
	for _, one := range readings {
		if one.byColumn {
			apart = append(apart, one)
		} else {
			together = append(together, one)
		}
	}
	err := r.runTogether(ctx, together)
	if notJSON(err) {
		err, apart = nil, append(apart, together...)
	}
	for _, one := range apart {
		if err != nil {
			return err
		}
		err = one.runApart(ctx)
	}
	return err
}

// columns appends the readings that are columns of the statement.
func (r *reading) columns(to []*reading) []*reading {
	if r.alias == "" {
		to = append(to, r)
	}
	for _, child := range r.children {
		to = child.columns(to)
	}
	return to
}

// runTogether reads rows as JSON, by one statement.
func (r *reading) runTogether(ctx context.Context, readings []*reading) error {
	if len(readings) == 0 {
		return nil
	}
	w := r.query.writer()
	defer w.free()
	for i, one := range readings {
		if len(readings) > 1 {
			w.text([]string{"SELECT (", ",\n("}[min(i, 1)])
		}
		one.writeJSON(w)
		if len(readings) > 1 {
			w.text(")")
		}
		w.to = append(w.to, &one.text)
	}
	if err := r.session.db.scanWritten(ctx, w); err != nil {
		return err
	}
	for _, one := range readings {
		if err := one.decode(one.text.String); err != nil {
			return err
		}
	}
	return nil
}

// runApart reads rows column by column.
func (r *reading) runApart(ctx context.Context) error {
	w := r.query.writer()
	defer w.free()
	w.text("SELECT " + r.list())
	r.writeSource(w, true)
	rows, err := r.session.query(ctx, string(w.sql), w.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	r.start(0)
	from := newColumns(len(r.elements))
	for rows.Next() {
		if err := from.scan(rows); err != nil {
			return err
		}
		if err := r.readRow(from, 1); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *reading) writeJSON(w *writer) {
	if r.inOrder() {
		w.texts("SELECT ", aggregate, `"page.row"`, aggregated, "\nFROM (SELECT ", r.array(), ` AS "page.row"`)
		r.query.writeRows(w)
		r.query.writeWindow(w)
		w.text(")")
		return
	}
	w.texts("SELECT ", aggregate, r.array(), aggregated)
	r.writeSource(w, true)
}
