package runtime

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// auditLog is how the triggers that write the audit log get to know who acts:
// a transaction tells them before it writes, and forgets before it commits.
type auditLog struct {
	triggers []string
	tell     string              // statement: ?1 acts at ?2; nothing is to be logged where ?1 is NULL
	forget   string              // statement: nobody acts
	bind     func(time.Time) any // an instant, as stored
}

// withAuditLog is the option of Open by which a generated package says that
// it has a log.
func withAuditLog(log *auditLog) Option {
	return func(d *shared) { d.log = log }
}

// check returns ErrInvalid for a database without the triggers.
func (l *auditLog) check(ctx context.Context, d *shared) error {
	present, err := schemaNames(ctx, d.handle, triggersQuery)
	if err != nil {
		return err
	}
	for _, name := range l.triggers {
		if !present[strings.ToLower(name)] {
			return fmt.Errorf("%w: the database lacks trigger %s, without which changes are not logged; "+
				"bring it up to the schema that this package was generated from", ErrInvalid, name)
		}
	}
	return nil
}

// recording says which statements on a table the log has to know the actor of.
type recording uint8

const (
	recordsRemoval recording = iota + 1 // those that remove rows: logged rows may go along
	recordsAll                          // all that write
)

// actor is who acts, as the log names it; "" if no one knows.
func (s *session) actor() string {
	switch {
	case !isZero(s.user):
		return fmt.Sprint(s.user)
	case s.reason != "":
		return "system: " + s.reason
	}
	return ""
}

// isUntold reports whether the log has to be told who writes to a table.
func (s *session) isUntold(t *table, to access) bool {
	return s.mustTell(t.recording == recordsAll || t.recording == recordsRemoval && to == toRemove)
}

// mustTell reports whether the log has to be told who acts: where a statement
// may be logged, and in a transaction where it would take another for that.
func (s *session) mustTell(records bool) bool {
	switch {
	case s.db.log == nil, s.telling:
		return false
	case s.db.in == nil:
		return records && s.actor() != ""
	}
	return records || !s.db.in.isTold("")
}

// told runs f with the session in a transaction in which the log knows who acts.
// Meanwhile nobody else acts in it.
func (s *session) told(ctx context.Context, f func(*session) error) error {
	if s.db.in == nil {
		return s.inTx(ctx, func(s *session) error { return s.told(ctx, f) })
	}
	if err := s.db.tell(ctx, s.actor()); err != nil {
		return failed("audit", "", err)
	}
	defer s.db.in.leave()
	inner := *s
	inner.telling = true
	return f(&inner)
}

// asNobody runs f with a session that no one acts in: whoever acted last in the
// transaction does not count.
func (s *session) asNobody(ctx context.Context, f func(*session) error) error {
	if s.mustTell(true) {
		return s.told(ctx, f)
	}
	return f(s)
}

// recorded returns the session for a query of one's own that writes.
func (s *session) recorded() *session {
	c := *s
	c.records = true
	return &c
}

// tell makes an actor, "" for nobody, the one of what the transaction writes
// until begun.leave.
func (d *database) tell(ctx context.Context, actor string) (err error) {
	if d.in.enter(actor) {
		return nil
	}
	if actor == "" {
		_, err = d.exec(ctx, d.log.forget, nil)
	} else {
		_, err = d.exec(ctx, d.log.tell, []any{actor, d.log.bind(d.in.now)})
	}
	if err != nil {
		d.in.leave()
		return err
	}
	d.in.setTold(actor)
	return nil
}

// silence has the transaction log nothing from now on.
func (d *database) silence(ctx context.Context) error {
	if d.log == nil {
		return nil
	}
	_, err := d.exec(ctx, d.log.tell, []any{nil, nil})
	d.in.setTold(unknownActor)
	return err
}

// forget leaves no actor behind.
func (d *database) forget(ctx context.Context) error {
	if d.log == nil || d.in.isTold("") {
		return nil
	}
	_, err := d.exec(ctx, d.log.forget, nil)
	if err == nil {
		d.in.setTold("")
	}
	return err
}

// unknownActor stands for an actor that is none of those who tell.
const unknownActor = "\x00"

// enter waits until no other actor is writing, and reports whether the log
// knows this one already.
func (b *begun) enter(actor string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for b.writing > 0 && b.told != actor {
		b.idle.Wait()
	}
	b.writing++
	if b.told == actor {
		return true
	}
	b.told = unknownActor // until it is told, nobody else may write
	return false
}

// leave ends what enter began.
func (b *begun) leave() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.writing--
	b.idle.Broadcast()
}

// isTold reports whether the log takes an actor for who acts.
func (b *begun) isTold(actor string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.told == actor
}

func (b *begun) setTold(actor string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.told = actor
	b.idle.Broadcast()
}
