package runtime

import (
	"encoding/json"
	"slices"
	"strings"
)

// access is what a method does with the rows of a table.
type access int

const (
	toCreate access = iota
	toRead
	toUpdate
	toRemove
)

// needed are the permissions for each access to a table; "" where no role has one.
type needed [4]string

// signatures are the columns, by access, that say who acts and cannot be NULL;
// "" where there are none.
type signatures [4]string

// ownRows ends a permission for the rows that the user has made.
const ownRows = ":own"

// permissionSet is what one role permits.
type permissionSet map[string]bool

// add adds a permission; one for all rows is one for the user's own too.
func (p permissionSet) add(permission string) {
	p[permission] = true
	p[permission+ownRows] = true
}

// permissionSets makes a set of the permissions of each role.
func permissionSets[R, P ~string](roles map[R][]P) map[string]permissionSet {
	sets := make(map[string]permissionSet, len(roles))
	for role, permissions := range roles {
		set := permissionSet{}
		for _, permission := range permissions {
			set.add(string(permission))
		}
		sets[string(role)] = set
	}
	return sets
}

// grants is what the roles of a member permit together. Nil permits
// everything: there are no roles, or it is a Scope of System's.
type grants struct{ sets []permissionSet }

func (g *grants) has(permission string) bool {
	for _, set := range g.sets {
		if set[permission] {
			return true
		}
	}
	return false
}

// lacking returns the first of some permissions that the roles do not have; ""
// if they have all.
func (g *grants) lacking(permissions []string) string {
	for _, permission := range permissions {
		if !g.has(permission) {
			return permission
		}
	}
	return ""
}

// grantsOf returns what a member's roles, a list with commas, permit. Roles
// that are not known the tenant may have made up: stored is a JSON list of
// pairs of such a role and what it permits. All others permit nothing.
func grantsOf(roles string, known map[string]permissionSet, stored string) *grants {
	g := &grants{}
	var others []string
	for role := range strings.SplitSeq(roles, ",") {
		if set, ok := known[role]; ok {
			g.sets = append(g.sets, set)
		} else if role != "" {
			others = append(others, role)
		}
	}
	if len(others) == 0 || stored == "" {
		return g
	}
	var rows [][2]string
	if json.Unmarshal([]byte(stored), &rows) != nil {
		return g
	}
	for _, row := range rows {
		if slices.Contains(others, row[0]) {
			g.sets = append(g.sets, storedSet(row[1]))
		}
	}
	return g
}

// storedSet reads what a role of a tenant's own permits: a JSON object of
// actions by resource. Anything else permits nothing.
func storedSet(text string) permissionSet {
	var actions map[string][]string
	if json.Unmarshal([]byte(text), &actions) != nil {
		return nil
	}
	set := permissionSet{}
	for resource, list := range actions {
		for _, action := range list {
			set.add(resource + ":" + action)
		}
	}
	return set
}

// can reports whether the session has a permission.
func (s *session) can(permission string) bool {
	return s != nil && s.db != nil && (s.granted == nil || s.granted.has(permission))
}

// require is check for what needs permissions. It returns ErrForbidden for the
// first that the session does not have.
func require[P ~string](s *session, op string, permissions ...P) error {
	if err := s.check(op, ""); err != nil {
		return err
	}
	for _, permission := range permissions {
		if !s.can(string(permission)) {
			return &Error{Op: op, Permission: string(permission), Err: ErrForbidden}
		}
	}
	return nil
}

// permit is check for an access to a table. It returns ErrForbidden where the
// roles do not permit it, and own where they do so for the user's own rows alone.
func (s *session) permit(op string, t *table, to access) (own bool, err error) {
	if err := s.check(op, t.name); err != nil {
		return false, err
	}
	if s.granted == nil {
		return false, nil
	}
	permission := t.needs[to]
	switch {
	case permission == "":
	case s.granted.has(permission):
		return false, nil
	case t.creator != "" && s.granted.has(permission+ownRows):
		return true, nil
	}
	return false, &Error{Op: op, Table: t.name, Permission: permission, Err: ErrForbidden}
}

// permitSigned is permit for a statement that writes who acts. It returns
// ErrInvalid where no user does, and the columns for it cannot be NULL.
func (s *session) permitSigned(op string, t *table, to access) (own bool, err error) {
	if own, err = s.permit(op, t, to); err == nil {
		err = s.sign(op, t, to)
	}
	return own, err
}

// sign returns ErrInvalid if an access must say who acts, and no user does.
func (s *session) sign(op string, t *table, to access) error {
	if t.signed[to] == "" || !isZero(s.user) {
		return nil
	}
	return &Error{Op: op, Table: t.name, Column: t.signed[to], Err: errUnsigned}
}

// made is the condition, to follow others, that a row is the user's own; ""
// where all rows will do.
func (s *session) made(w *writer, t *table, own bool) string {
	if !own {
		return ""
	}
	return "\n  AND " + t.sql + "." + t.creator + " = " + w.bind(s.user)
}

// isOwn is the test that a row is the user's own.
func (s *session) isOwn(t *table) test {
	return comparison{t.sql + "." + t.creator, " = ", s.user}
}

// permitted is check for an access to the rows of a query. It returns the query
// of those rows, and of what is loaded with them, that the roles permit.
func (q *query) permitted(op string, to access) (*query, error) {
	if err := q.check(op); err != nil {
		return nil, err
	}
	s := q.session
	if s.granted == nil {
		return q, nil
	}
	own, err := s.permit(op, q.table, to)
	if err != nil {
		return nil, err
	}
	q = q.refined()
	if own {
		q.filter(s.isOwn(q.table))
	}
	if to == toRead {
		q.has.with, err = s.permittedLoads(op, q.has.with)
	}
	return q, err
}

// permittedLoads returns the loads of those rows that the roles permit to read.
func (s *session) permittedLoads(op string, loads []*load) ([]*load, error) {
	list := make([]*load, len(loads))
	for i, l := range loads {
		one := &load{relation: l.relation, has: l.has.copy()}
		own, err := s.permit(op, l.relation.target, toRead)
		if err != nil {
			return nil, err
		}
		if own {
			one.has.where = append(one.has.where, s.isOwn(l.relation.target))
		}
		if through := l.relation.through; through != nil {
			if own, err = s.permit(op, through.table, toRead); err != nil {
				return nil, err
			}
			if own {
				one.pairs = []test{s.isOwn(through.table)}
			}
		}
		if one.has.with, err = s.permittedLoads(op, l.has.with); err != nil {
			return nil, err
		}
		list[i] = one
	}
	return list, nil
}
