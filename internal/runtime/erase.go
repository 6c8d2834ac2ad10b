package runtime

import (
	"context"
	"database/sql"
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
func (e *estate) erase(ctx context.Context, db *database, tenant any) ([]TableRows, error) {
	const op = "erase"
	found, err := db.yields(ctx, e.find, tenant)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, sql.ErrNoRows
	}
	if err := db.test(ctx, op, e.inbound, tenant); err != nil {
		return nil, err
	}
	counts, err := db.counts(ctx, op, e, tenant)
	if err != nil {
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
	var last []holding // what does not go
	for _, h := range slices.Backward(e.holdings) {
		if h.anonymise != "" {
			last = append(last, h)
			continue
		}
		if err := db.do(ctx, []string{"DELETE" + h.rows}, tenant); err != nil {
			return nil, failed(op, h.name, err)
		}
	}
	for _, h := range last {
		if err := db.do(ctx, []string{h.anonymise}, tenant); err != nil {
			return nil, failed(op, h.name, err)
		}
	}
	return counts, db.forget(ctx)
}
