package runtime

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// erase deletes all that belongs to a tenant, children before parents, and
// the tenant itself, in one transaction.
func (s *session) erase(ctx context.Context, e *estate, tenant any) (report TenantReport, err error) {
	const op = "erase"
	if err := s.check(op, e.tenant); err != nil {
		return TenantReport{}, err
	}
	key, err := tenantKey(op, e, tenant)
	if err != nil {
		return TenantReport{}, err
	}
	err = s.db.inTx(ctx, func(db *database) error {
		report.Tables, err = e.erase(ctx, db, key)
		return failed(op, e.tenant, err)
	})
	if err != nil {
		return TenantReport{}, err
	}
	return report, nil
}

// erase deletes the rows and returns how many they were. They are counted
// before, since the database does not tell how many went along with others.
// Where the tenant itself is gone, there may be some that are not deleted with it.
func (e *estate) erase(ctx context.Context, db *database, tenant any) ([]TableRows, error) {
	const op = "erase"
	counts, err := db.counts(ctx, op, e, tenant)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(counts, func(t TableRows) bool { return t.Rows > 0 }) {
		return nil, sql.ErrNoRows
	}
	if err := db.test(ctx, op, e.inbound, tenant); err != nil {
		return nil, err
	}
	if err := db.do(ctx, []string{deferKeys}); err != nil {
		return nil, err
	}
	if err := db.silence(ctx); err != nil {
		return nil, err
	}
	for i := range e.holdings {
		if err := db.do(ctx, e.holdings[i].loosen, tenant); err != nil {
			return nil, failed(op, e.holdings[i].name, err)
		}
	}
	// Deletions have triggers of the schema write rows, such as those of a
	// history, also where all have been deleted: they go before the tenant does.
	own, others := e.holdings[0], e.holdings[1:]
	for _, all := range [][]holding{others, others, {own}} {
		for _, h := range slices.Backward(all) {
			if h.anonymise != "" {
				continue // it stays
			}
			if err := db.do(ctx, []string{"DELETE" + h.rows}, tenant); err != nil {
				return nil, failed(op, h.name, err)
			}
		}
	}
	for _, h := range e.holdings {
		if h.anonymise == "" {
			continue
		}
		if err := db.do(ctx, []string{h.anonymise}, tenant); err != nil {
			return nil, failed(op, h.name, err)
		}
	}
	if err := e.testErased(ctx, db, tenant); err != nil {
		return nil, err
	}
	return counts, db.forget(ctx)
}

// testErased returns ErrReference if there are rows of a tenant that is gone.
func (e *estate) testErased(ctx context.Context, db *database, tenant any) error {
	for i := range e.holdings {
		h := &e.holdings[i]
		left, err := db.yields(ctx, h.first(), tenant)
		if err != nil {
			return failed("erase", h.name, err)
		}
		if left {
			return &Error{Op: "erase", Table: h.name, Err: errTriggerLeaves}
		}
	}
	return nil
}

// errTriggerLeaves: what is deleted comes back.
var errTriggerLeaves = fmt.Errorf("%w: a trigger of the schema has written rows of this table again", ErrReference)
