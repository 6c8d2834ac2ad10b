package runtime

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The states of an invitation, as Better Auth spells them. That one has
// expired is no state: its instant says so.
const (
	invitationPending  = "pending"
	invitationAccepted = "accepted"
	invitationRejected = "rejected"
	invitationCanceled = "canceled"
)

// invitationTables is how a schema keeps who is invited, and what that becomes.
type invitationTables struct {
	table       *table
	members     *table
	teamMembers *table // nil where an invitation names no teams

	role    string // columns of the invitation
	teams   string
	status  string
	expires string
	user    string // the column of members that names the user
	bind    func(time.Time) any

	taken   string // SELECT: a row if address ?2, in lower case, is invited to tenant ?1 at ?3, or a member's
	found   string // SELECT: tenant, role, teams, status and whether open at ?3, of invitation ?1 if it is to user ?2
	open    string // SELECT: the invitations to user ?1 that are open at ?2
	joins   string // SELECT: a row if team ?2 is tenant ?1's, and user ?3 is not in it; "" without teams
	missing string // SELECT: a row if one of the teams ?2, a JSON list, is not tenant ?1's; "" without teams

	roles       map[string]permissionSet // what each permits
	permissions []string                 // all that there are
	stored      string                   // SELECT: of roles ?2, a list with commas, what those of tenant ?1's own permit; "" without such
}

// offer is what an invitation is to be.
type offer struct {
	email, role string
	ttl         time.Duration
	teams       []string // each once
	input       func(email, teams string, expires time.Time) any
}

// invitation is one that is to who acts.
type invitation struct {
	tenant, role, teams, status string
	isOpen                      bool // it has not expired
}

// joining makes the inputs of what an invitation becomes.
type joining struct {
	member func(role string) any
	team   func(id string) (row, input any) // and where to read the row; nil without teams
}

// invite adds an invitation, which the offer's input makes of the address in
// lower case, the teams with commas, and the instant at which it expires. It
// reads it into the pointer at an address.
func (s *session) invite(ctx context.Context, i *invitationTables, row any, o offer) error {
	const op = "invite"
	if err := s.checkUser(op); err != nil {
		return err
	}
	if _, err := s.permit(op, i.table, toCreate); err != nil { // before it tells who is there
		return err
	}
	if err := o.check(op, i); err != nil {
		return err
	}
	if err := s.mayGive(ctx, op, i, o.role); err != nil {
		return err
	}
	email := lowered(o.email)
	return s.inTx(ctx, func(s *session) error {
		isTaken, err := s.db.yields(ctx, i.taken, s.tenant, email, i.bind(s.now()))
		switch {
		case err != nil:
			return failed(op, i.table.name, err)
		case isTaken:
			return &Error{Op: op, Table: i.table.name, Err: ErrConflict}
		}
		if err := s.checkTeams(ctx, op, i, o.teams); err != nil {
			return err
		}
		return s.create(ctx, i.table, row, o.input(email, strings.Join(o.teams, ","), s.now().Add(o.ttl)))
	})
}

// check returns ErrInvalid for what no invitation can be.
func (o offer) check(op string, i *invitationTables) error {
	switch {
	case o.email == "":
		return invalid(op, i.table.name, "no address")
	case strings.ContainsFunc(o.email, isBlank):
		return invalid(op, i.table.name, "a blank or control character in the address")
	case o.role == "":
		return invalid(op, i.table.name, "no role")
	case !isListOfRoles(o.role):
		return invalid(op, i.table.name, "an empty role, or blanks around one")
	case o.ttl <= 0:
		return invalid(op, i.table.name, "it would have expired")
	case slices.ContainsFunc(o.teams, func(id string) bool { return strings.Contains(id, ",") }):
		return invalid(op, i.table.name, "a comma in a team's id")
	}
	return nil
}

// isBlank reports whether no address has the character. What else is one, only
// whoever delivers mail to it can tell.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// isListOfRoles reports whether each role of a list with commas can be one that
// a member has: roles are compared as they are.
func isListOfRoles(roles string) bool {
	for role := range strings.SplitSeq(roles, ",") {
		if role == "" || strings.TrimFunc(role, isBlank) != role {
			return false
		}
	}
	return true
}

// lowered is an address in lower case, as the database compares it: it knows
// the letters of ASCII alone.
func lowered(address string) string {
	text := []byte(address)
	for i, b := range text {
		if 'A' <= b && b <= 'Z' {
			text[i] = b + 'a' - 'A'
		}
	}
	return string(text)
}

// mayGive returns ErrForbidden for roles, a list with commas, that together
// permit everything, unless those of who acts do so too. The tenant's own roles
// are read only if it depends on them.
func (s *session) mayGive(ctx context.Context, op string, i *invitationTables, roles string) error {
	if s.granted == nil {
		return nil
	}
	lacking := s.granted.lacking(i.permissions)
	if lacking == "" {
		return nil
	}
	given := grantsOf(roles, i.roles, "")
	if i.stored != "" && given.lacking(i.permissions) != "" && isAnyUnknown(roles, i.roles) {
		var stored string
		if err := s.db.scan(ctx, i.stored, []any{s.tenant, roles}, []any{&stored}); err != nil {
			return failed(op, i.table.name, err)
		}
		given = grantsOf(roles, i.roles, stored)
	}
	if given.lacking(i.permissions) != "" {
		return nil
	}
	return &Error{Op: op, Table: i.table.name, Column: i.role, Permission: lacking, Err: ErrForbidden}
}

// isAnyUnknown reports whether one of some roles, a list with commas, is not known.
func isAnyUnknown(roles string, known map[string]permissionSet) bool {
	for role := range strings.SplitSeq(roles, ",") {
		if _, ok := known[role]; !ok {
			return true
		}
	}
	return false
}

// checkTeams returns ErrReference unless all teams are the tenant's.
func (s *session) checkTeams(ctx context.Context, op string, i *invitationTables, teams []string) error {
	if len(teams) == 0 {
		return nil
	}
	isMissing, err := s.db.yields(ctx, i.missing, s.tenant, list(bindText, teams))
	if err != nil {
		return failed(op, i.table.name, err)
	}
	if isMissing {
		return &Error{Op: op, Table: i.table.name, Column: i.teams, Err: ErrReference}
	}
	return nil
}

// distinct are keys as texts, in their order, each once.
func distinct[K ~string](keys []K) []string {
	var texts []string
	for _, key := range keys {
		if text := string(key); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// unlessEmpty is a text for a column that is NULL rather than empty.
func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// accept makes who acts a member, as an invitation says, and reads the
// membership into the pointer at an address. The transaction has the write
// lock, so that of several at once all but one find the first one's member.
func (s *session) accept(ctx context.Context, i *invitationTables, row any, id string, as joining) error {
	const op = "accept"
	return s.answer(ctx, op, i, id, func(s *session, one invitation) error {
		if one.status == invitationAccepted {
			err := s.membership(ctx, i, row)
			if errors.Is(err, ErrNotFound) { // left since
				return i.closed(op, i.status)
			}
			return err
		}
		if one.status != invitationPending {
			return i.closed(op, i.status)
		}
		if !one.isOpen {
			return i.closed(op, i.expires)
		}
		err := s.membership(ctx, i, row)
		if errors.Is(err, ErrNotFound) {
			err = s.create(ctx, i.members, row, as.member(one.role))
		}
		if err != nil {
			return err
		}
		if err := s.joinTeams(ctx, op, i, one.teams, as); err != nil {
			return err
		}
		return s.settle(ctx, op, i, id, invitationAccepted)
	})
}

// reject has an invitation to who acts be rejected.
func (s *session) reject(ctx context.Context, i *invitationTables, id string) error {
	const op = "reject"
	return s.answer(ctx, op, i, id, func(s *session, _ invitation) error {
		return s.settle(ctx, op, i, id, invitationRejected)
	})
}

// cancel has an invitation of the tenant be canceled.
func (s *session) cancel(ctx context.Context, i *invitationTables, id string) error {
	const op = "cancel"
	if _, err := s.permit(op, i.table, toUpdate); err != nil {
		return err
	}
	return s.inTx(ctx, func(s *session) error { return s.settle(ctx, op, i, id, invitationCanceled) })
}

// answer runs f in a transaction, with an invitation to who acts and a session
// of its tenant. ErrNotFound tells no more of another's than that.
func (s *session) answer(ctx context.Context, op string, i *invitationTables, id string, f func(*session, invitation) error) error {
	if err := s.checkUser(op); err != nil {
		return err
	}
	return s.inTx(ctx, func(s *session) error {
		var one invitation
		err := s.db.scan(ctx, i.found, []any{id, s.user, i.bind(s.now())},
			[]any{&one.tenant, &one.role, &one.teams, &one.status, &one.isOpen})
		if err != nil {
			return failed(op, i.table.name, err)
		}
		return f(&session{db: s.db, tenant: one.tenant, user: s.user}, one)
	})
}

// settle gives a pending invitation of the tenant another status.
func (s *session) settle(ctx context.Context, op string, i *invitationTables, id, status string) error {
	q := newQuery(s, i.table)
	q.filter(comparison{i.table.key[0], " = ", id})
	pending := q.refined()
	pending.filter(comparison{i.status, " = ", invitationPending})
	n, err := pending.update(ctx, []change{{column: i.status, value: status}})
	if err != nil || n > 0 {
		return err
	}
	if q, err = q.permitted(op, toUpdate); err != nil {
		return err
	}
	if n, err = q.matches(ctx); err != nil {
		return failed(op, i.table.name, err)
	}
	if n == 0 {
		return &Error{Op: op, Table: i.table.name, Err: ErrNotFound}
	}
	return i.closed(op, i.status)
}

// membership reads the membership of who acts into the pointer at an address.
func (s *session) membership(ctx context.Context, i *invitationTables, row any) error {
	q := newQuery(s, i.members)
	q.filter(comparison{i.user, " = ", s.user})
	return q.first(ctx, row)
}

// joinTeams adds who acts to those teams, a list of ids with commas, that there are still.
func (s *session) joinTeams(ctx context.Context, op string, i *invitationTables, teams string, as joining) error {
	if i.teamMembers == nil {
		return nil
	}
	for id := range strings.SplitSeq(teams, ",") {
		joins, err := s.db.yields(ctx, i.joins, s.tenant, id, s.user)
		if err != nil {
			return failed(op, i.teamMembers.name, err)
		}
		if !joins {
			continue
		}
		row, input := as.team(id)
		if err := s.create(ctx, i.teamMembers, row, input); err != nil {
			return err
		}
	}
	return nil
}

// closed says by which of its columns an invitation is not open any more.
func (i *invitationTables) closed(op, column string) error {
	return &Error{Op: op, Table: i.table.name, Column: column, Err: ErrConflict}
}

// invitedTo reads the open invitations to who acts.
func invitedTo[R any](ctx context.Context, s *session, i *invitationTables, fields func(row any) []any) ([]R, error) {
	const op = "list"
	if err := s.checkUser(op); err != nil {
		return nil, err
	}
	rows, err := collect[R](ctx, s, fields, i.open, s.user, i.bind(s.now()))
	return rows, failed(op, i.table.name, err)
}
