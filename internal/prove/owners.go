package prove

// An owner decides which rows a proof may see. The same proof serves a
// tenant and an acting user; they differ in what owns a row.

// visible reports whether the row may be read.
func (f *facts) visible(r int32) bool {
	if f.rows[r].given {
		return true
	}
	t := f.rows[r].table
	switch t.owner {
	case public:
		return true
	case person:
		return f.visibleUser(f.col(r, t.user))
	case personal:
		return t.user >= 0 && f.visibleUser(f.col(r, t.user))
	case owned:
		if f.ownedTerm(f.col(r, t.tenant)) || t.shared && f.has(f.col(r, t.tenant), isNull) {
			return true
		}
	case ownedByPath:
		if p := f.pathParent(r); p >= 0 && f.visible(p) {
			return true
		}
	default:
		return false
	}
	return f.proof.by == Actor && f.actorsOwn(r)
}

// writable reports whether the row belongs to the tenant: what may be
// written, and what may be named by the tenant's rows.
func (f *facts) writable(r int32) bool {
	t := f.rows[r].table
	if f.rows[r].given && f.proof.by == Tenant && (t.owner == owned || t.owner == ownedByPath) && !t.shared {
		return true
	}
	switch t.owner {
	case owned:
		if f.ownedTerm(f.col(r, t.tenant)) {
			return true
		}
	case ownedByPath:
		if p := f.pathParent(r); p >= 0 && f.writable(p) {
			return true
		}
	case personal, person:
		return f.proof.by == Actor && t.user >= 0 && f.has(f.col(r, t.user), isActor)
	default:
		return false
	}
	return f.proof.by == Actor && f.namesActor(r)
}

// pathParent returns the row that owns r, or -1.
func (f *facts) pathParent(r int32) int32 {
	t := f.rows[r].table
	if t.path < 0 || !t.refs[t.path].sound {
		return -1
	}
	return f.parent(r, t.path)
}

// ownedTerm reports whether the value is the key of the tenant, or of a
// tenant that the actor is a member of.
func (f *facts) ownedTerm(t term) bool {
	if f.has(t, isTenant) {
		return true
	}
	return f.class(t, func(m term) bool {
		id := f.nodes[m].row
		if id < 0 || !f.exists(id) || !f.rows[id].stored {
			return false
		}
		return f.proof.by == Actor && f.rows[id].table == f.proof.members &&
			m == f.col(id, f.proof.memberTenant) && f.namesActor(id)
	})
}

// namesActor reports whether the row is the acting user's by its own user
// column.
func (f *facts) namesActor(r int32) bool {
	user := f.rows[r].table.user
	return user >= 0 && f.rows[r].table != f.proof.users && f.has(f.col(r, user), isActor)
}

// actorsOwn reports whether the row is the acting user's, or on the path
// from such a row to its tenant.
func (f *facts) actorsOwn(r int32) bool {
	if f.namesActor(r) {
		return true
	}
	target := f.rows[r].table
	for i := range f.rows {
		child := int32(i)
		t := f.rows[i].table
		if !f.rows[i].stored || !f.exists(child) || child == r {
			continue
		}
		if t.path >= 0 && t.refs[t.path].target == target && t.refs[t.path].sound &&
			f.agree(child, t.refs[t.path].columns, r, t.refs[t.path].to) && f.actorsOwn(child) {
			return true
		}
		if target == f.proof.root && t != target && t.tenant >= 0 &&
			f.same(f.col(child, t.tenant), f.col(r, target.tenant)) && f.actorsOwn(child) {
			return true
		}
	}
	return false
}

// visibleUser reports whether the value is the key of the acting user, or of
// a user that a visible row of the tenant names.
func (f *facts) visibleUser(t term) bool {
	if f.has(t, isActor) {
		return true
	}
	return f.class(t, func(m term) bool {
		id := f.nodes[m].row
		if id < 0 || !f.exists(id) || !f.rows[id].stored {
			return false
		}
		r := &f.rows[id]
		if r.table.owner != owned && r.table.owner != ownedByPath {
			return false
		}
		column := int(m - r.first)
		for i := range r.table.refs {
			ref := &r.table.refs[i]
			if ref.names(f.proof.users) && ref.columns[0] == column {
				return f.visible(id)
			}
		}
		return false
	})
}

// member reports whether the value is the key of a member of the row's
// tenant.
func (f *facts) member(t term, r int32) bool {
	return f.class(t, func(m term) bool {
		id := f.nodes[m].row
		return id >= 0 && f.rows[id].table == f.proof.members && f.rows[id].stored && f.exists(id) &&
			m == f.col(id, f.proof.members.user) && f.writable(id) && f.sameTenant(id, r)
	})
}

// sameTenant reports whether two rows, both of tenants that the proof is
// about, are of the same one.
func (f *facts) sameTenant(a, b int32) bool {
	if f.proof.by == Tenant {
		return true
	}
	ta, tb := f.tenantOf(a), f.tenantOf(b)
	return ta > 0 && tb > 0 && f.same(ta, tb)
}

// tenantOf returns the term of the tenant's key in the row or in the row its
// path leads to; 0 where the path is not known.
func (f *facts) tenantOf(r int32) term {
	if t := f.rows[r].table; t.tenant >= 0 {
		return f.col(r, t.tenant)
	}
	if p := f.pathParent(r); p >= 0 {
		return f.tenantOf(p)
	}
	return 0
}

// bind makes the row one of the tenant's, of which nothing else is known.
func (f *facts) bind(r int32) {
	t := f.rows[r].table
	switch {
	case t.owner == ownedByPath:
		if p := f.pathParent(r); p >= 0 {
			f.bind(p)
		}
	case t.owner == owned && f.proof.by == Tenant:
		f.equal(f.col(r, t.tenant), f.constant("tenant", f.proof.tenantAffinity, isTenant|notNull))
	case t.owner == owned:
		m := f.addRow(f.proof.members, 0, true)
		f.equal(f.col(m, f.proof.members.user), f.constant("actor", f.proof.userAffinity, isActor|notNull))
		f.equal(f.col(m, f.proof.memberTenant), f.col(r, t.tenant))
	case t.user >= 0 && f.proof.by == Actor:
		f.equal(f.col(r, t.user), f.constant("actor", f.proof.userAffinity, isActor|notNull))
	}
}
