package runtime

import (
	"slices"
	"strconv"
)

// writeSource writes the FROM and WHERE that yield the rows, in their order,
// with the readings that stand in them, if these are wanted.
func (r *reading) writeSource(w *writer, joins bool) {
	joins = joins && slices.ContainsFunc(r.children, func(c *reading) bool { return c.alias != "" })
	switch {
	case r.load != nil:
		r.writeRelated(w, joins)
	case r.given != nil:
		r.writeGiven(w)
	default:
		r.writeQueried(w, joins)
	}
}

// writeJoins writes the joins of the readings that stand in the rows.
func (r *reading) writeJoins(w *writer) {
	for _, child := range r.children {
		if child.alias != "" {
			child.writeJoin(w)
		}
	}
}

// writeQueried writes the rows of the query. An order that no index yields is
// sorted with nothing but the rows' places in the table, which are few bytes.
func (r *reading) writeQueried(w *writer, joins bool) {
	q, t := r.query, r.table
	switch {
	case !q.isWindow() && !joins:
		q.writeRows(w)
		return
	case q.isWindow() && t.rowid != "":
		w.texts("\nFROM (SELECT ", t.rowid, ` AS "page.row"`)
		q.writeRows(w)
		q.writeWindow(w)
		w.texts(`) AS "page." CROSS JOIN `, t.sql, " ON ", t.sql, ".", t.rowid, ` = "page.row"`)
	default:
		w.text("\nFROM (SELECT *")
		q.writeRows(w)
		q.writeWindow(w)
		w.texts(") AS ", t.sql)
	}
	if joins {
		r.writeJoins(w)
	}
}

// inOrder reports whether the rows come as they are wanted, so that each can be
// made JSON at once.
func (r *reading) inOrder() bool {
	return r.load == nil && r.given == nil && r.query.isWindow() && r.table.isSorted(r.query.has.order) &&
		!slices.ContainsFunc(r.children, func(c *reading) bool { return c.alias != "" })
}

// writeJoin writes the join of a reading that stands in the rows of its parent.
func (r *reading) writeJoin(w *writer) {
	from := r.table.sql
	if conditions := r.conditions(); conditions != "" {
		from = "(SELECT * FROM " + r.table.sql + " WHERE " + conditions + ")"
	}
	w.text("\nLEFT JOIN " + from + " AS " + r.alias + " ON ")
	for i, column := range r.load.relation.to {
		if i > 0 {
			w.text(" AND ")
		}
		w.text(r.alias + "." + column + " = " + r.parent.table.sql + "." + r.load.relation.from[i])
	}
}

// conditions restrict the rows that a relation leads to.
func (r *reading) conditions() string {
	if r.session.tenant == nil || r.load.relation.owned {
		return r.table.alive
	}
	return join(r.table.owner, r.table.alive)
}

// writeRelated writes the rows that a relation leads to.
func (r *reading) writeRelated(w *writer, joins bool) {
	has := r.load.has
	implied := r.load.relation.implied && r.session.tenant != nil
	keys := ""
	for i := range r.own {
		keys += ", " + keyName(i)
	}
	switch {
	case has.limit != nil:
		w.text("\nFROM (SELECT * FROM (SELECT " + r.table.sql + ".*" + keys + ", row_number() OVER (")
		if !implied {
			w.text("PARTITION BY " + keys[2:])
		}
		w.orderBy(append(slices.Clip(has.order), r.table.orderKey...))
		w.text(`) AS "of.row"`)
		r.writeReached(w, implied, joins)
		w.text(`)` + "\n" + `WHERE "of.row" <= `)
		w.argument(*has.limit)
		w.text("\n" + `ORDER BY "of.row" LIMIT ` + unlimited + ") AS " + r.table.sql)
	case len(has.order) > 0:
		w.text("\nFROM (SELECT " + r.table.sql + ".*" + keys)
		r.writeReached(w, implied, joins)
		w.orderBy(has.order)
		w.text("\nLIMIT " + unlimited + ") AS " + r.table.sql)
	default:
		r.writeReached(w, implied, joins)
	}
}

// writeReached writes the rows that the rows of the parent lead to.
func (r *reading) writeReached(w *writer, implied, joins bool) {
	relation := r.load.relation
	if implied {
		w.text("\nFROM " + r.table.sql)
	} else {
		w.text("\nFROM (")
		to := relation.to
		if relation.through == nil {
			r.parent.writeKeys(w, relation.from, relation.many && r.parent.repeats() || !relation.many && relation.exact)
		} else {
			r.writeThrough(w)
			to = relation.through.to
		}
		w.text(`) AS "of."` + "\nJOIN " + r.table.sql + " ON ")
		for i, column := range to {
			if i > 0 {
				w.text(" AND ")
			}
			switch column := r.table.sql + "." + column; {
			case relation.through != nil:
				w.text(column + " = " + throughName(i))
			case relation.many: // compared as what is referenced is, which so comes first
				w.text(keyName(i) + " = " + column)
			default:
				w.text(column + " = " + keyName(i))
			}
		}
	}
	if joins {
		r.writeJoins(w)
	}
	w.where(r.conditions(), r.load.has.where)
}

// repeats reports whether one row may be among the rows several times: the
// caller may have it so, and several rows may share one behind a join table.
func (r *reading) repeats() bool {
	return r.given != nil || r.load != nil && r.load.relation.through != nil
}

// writeKeys writes the statement that yields columns of the rows, as keys.
func (r *reading) writeKeys(w *writer, columns []string, distinct bool) {
	w.text("SELECT ")
	if distinct {
		w.text("DISTINCT ")
	}
	for i, column := range columns {
		if i > 0 {
			w.text(", ")
		}
		w.text(r.table.sql + "." + column + " AS " + keyName(i))
	}
	r.writeSource(w, false)
}

// throughName is what a statement calls the ith key of the target that a join
// table has.
func throughName(i int) string { return `"through.` + strconv.Itoa(i) + `"` }

// writeThrough writes the statement that yields the pairs of a join table.
func (r *reading) writeThrough(w *writer) {
	relation, table := r.load.relation, r.load.relation.through.table
	w.text("SELECT DISTINCT ")
	for i := range relation.to {
		w.text(keyName(i) + ", ")
	}
	for i, column := range relation.through.from {
		if i > 0 {
			w.text(", ")
		}
		w.text(table.sql + "." + column + " AS " + throughName(i))
	}
	w.text("\nFROM (")
	r.parent.writeKeys(w, relation.from, true)
	w.text(`) AS "of."` + "\nJOIN " + table.sql + " ON ")
	for i, column := range relation.to {
		if i > 0 {
			w.text(" AND ")
		}
		w.text(keyName(i) + " = " + table.sql + "." + column)
	}
	owner := table.owner
	if r.session.tenant == nil {
		owner = ""
	}
	w.where(join(owner, table.alive), r.load.pairs)
}

// keyName is what a statement calls the ith key of the rows that others lead to.
func keyName(i int) string { return `"of.` + strconv.Itoa(i) + `"` }

// writeGiven writes the rows with the given keys, as far as they are within
// reach; "given.row" is the place of its key among them.
func (r *reading) writeGiven(w *writer) {
	key := r.table.orderKey
	w.text("\nFROM (SELECT key AS \"given.row\"")
	for i := range key {
		value := "value"
		if len(key) > 1 {
			value = elementOf("value", i)
		}
		if r.table.has(key[i].column, isBlob) {
			value = ofHexadecimal(value)
		}
		w.text(", " + value + ` AS "given.` + strconv.Itoa(i) + `"`)
	}
	w.text(" FROM " + listed(w.bind(r.given)) + `) AS "given." CROSS JOIN (SELECT *`)
	r.query.writeRows(w)
	w.text(") AS " + r.table.sql + " ON ")
	for i, k := range key {
		if i > 0 {
			w.text(" AND ")
		}
		w.text(r.table.sql + "." + k.column + ` = "given.` + strconv.Itoa(i) + `"`)
	}
}
