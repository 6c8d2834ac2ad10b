package prove

// maxDepth bounds how many keys the chase follows away from the rows that
// the statement names.
const maxDepth = 6

// chase draws the conclusions that the schema's keys allow until there are
// no more: rows that agree on a unique key are the same row, and a row whose
// foreign key is not NULL has a parent.
func (f *facts) chase() {
	for f.dirty && !f.dead {
		f.dirty = false
		f.mergeRows()
		f.addParents()
	}
}

func (f *facts) mergeRows() {
	f.proof.spend(1 + len(f.rows)*len(f.rows)/100)
	for i := range f.rows {
		if !f.rows[i].stored || !f.exists(int32(i)) {
			continue
		}
		for j := i + 1; j < len(f.rows); j++ {
			if f.rows[j].table == f.rows[i].table && f.rows[j].stored && f.exists(int32(j)) {
				f.mergeIfSame(int32(i), int32(j))
			}
		}
	}
}

func (f *facts) mergeIfSame(i, j int32) {
	for _, key := range f.rows[i].table.keys {
		if !f.agree(i, key, j, key) {
			continue
		}
		for c := range len(f.rows[i].table.columns) + 1 {
			f.equal(f.col(i, c), f.col(j, c))
		}
		if f.rows[i].given != f.rows[j].given {
			f.rows[i].given, f.rows[j].given = true, true
		}
		return
	}
}

// agree reports whether two rows hold the same values, none NULL, in those
// columns.
func (f *facts) agree(a int32, as []int, b int32, bs []int) bool {
	for k := range as {
		x := f.col(a, as[k])
		if !f.same(x, f.col(b, bs[k])) || !f.has(x, notNull) {
			return false
		}
	}
	return true
}

func (f *facts) addParents() {
	for i := 0; i < len(f.rows); i++ { //nolint:intrange // rows are added on the way
		r := f.rows[i]
		if !r.stored || !f.exists(int32(i)) || r.depth >= maxDepth {
			continue
		}
		for k := range r.table.refs {
			if r.table.refs[k].useful && f.rows[i].chased&(1<<k) == 0 && k < 64 {
				f.parent(int32(i), k)
			}
		}
	}
}

// parent returns the row that a foreign key names, or -1 where the key may
// be NULL.
func (f *facts) parent(child int32, k int) int32 {
	ref := &f.rows[child].table.refs[k]
	for _, c := range ref.columns {
		if !f.has(f.col(child, c), notNull) {
			return -1
		}
	}
	f.rows[child].chased |= 1 << k
	for i := range f.rows {
		if f.rows[i].table == ref.target && f.rows[i].stored && f.exists(int32(i)) &&
			f.agree(child, ref.columns, int32(i), ref.to) {
			return int32(i)
		}
	}
	parent := f.addRow(ref.target, 0, true)
	f.rows[parent].depth = f.rows[child].depth + 1
	for i, c := range ref.columns {
		f.equal(f.col(child, c), f.col(parent, ref.to[i]))
	}
	return parent
}
