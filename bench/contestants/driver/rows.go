package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"time"

	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

// statement is a prepared statement as the driver has it.
type statement struct {
	query driver.StmtQueryContext
	exec  driver.StmtExecContext
}

func (s *statement) run(ctx context.Context, args ...driver.Value) error {
	_, err := s.exec.ExecContext(ctx, numbered(args))
	return err
}

func numbered(args []driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
	}
	return named
}

// each reads all rows of a statement. The driver gives texts as strings of
// their own and integers as int64, so values may be kept.
func (s *statement) each(ctx context.Context, row func([]driver.Value), args ...driver.Value) (err error) {
	rows, err := s.query.QueryContext(ctx, numbered(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make([]driver.Value, len(rows.Columns()))
	for {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row(values)
	}
}

func collect[R any](ctx context.Context, s *statement, read func([]driver.Value) R, args ...driver.Value) ([]R, error) {
	var all []R
	err := s.each(ctx, func(values []driver.Value) { all = append(all, read(values)) }, args...)
	return all, err
}

func one[R any](ctx context.Context, s *statement, read func([]driver.Value) R, args ...driver.Value) (R, error) {
	var first R
	found := false
	err := s.each(ctx, func(values []driver.Value) { first, found = read(values), true }, args...)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return first, err
}

func product(v []driver.Value) plain.Product {
	return plain.Product{
		ID:             v[0].(string),
		OrganizationID: v[1].(string),
		Name:           v[2].(string),
		Description:    text(v[3]),
		SKU:            text(v[4]),
		Price:          v[5].(int64),
		CreatedBy:      text(v[6]),
		UpdatedBy:      text(v[7]),
		CreatedAt:      plain.Instant(v[8].(int64)),
		UpdatedAt:      plain.Instant(v[9].(int64)),
		DeletedAt:      instant(v[10]),
	}
}

func productWithCreator(v []driver.Value) plain.ProductWithCreator {
	p := plain.ProductWithCreator{Product: product(v)}
	if id, ok := v[11].(string); ok {
		p.Creator = &plain.Creator{ID: id, Name: v[12].(string), Email: v[13].(string)}
	}
	return p
}

func user(v []driver.Value) plain.User {
	return plain.User{
		ID:            v[0].(string),
		Name:          v[1].(string),
		Email:         v[2].(string),
		EmailVerified: v[3].(int64) != 0,
		Image:         text(v[4]),
		IsAnonymous:   v[5].(int64) != 0,
		CreatedAt:     plain.Instant(v[6].(int64)),
		UpdatedAt:     plain.Instant(v[7].(int64)),
	}
}

func organization(v []driver.Value) plain.Organization {
	return plain.Organization{
		ID:        v[0].(string),
		Name:      v[1].(string),
		Slug:      v[2].(string),
		Logo:      text(v[3]),
		Metadata:  text(v[4]),
		CreatedAt: plain.Instant(v[5].(int64)),
	}
}

func member(v []driver.Value) plain.Member {
	return plain.Member{
		ID:             v[0].(string),
		OrganizationID: v[1].(string),
		UserID:         v[2].(string),
		Role:           v[3].(string),
		CreatedAt:      plain.Instant(v[4].(int64)),
	}
}

func team(v []driver.Value) plain.Team {
	return plain.Team{
		ID:             v[0].(string),
		OrganizationID: v[1].(string),
		Name:           v[2].(string),
		MemberCount:    v[3].(int64),
		CreatedAt:      plain.Instant(v[4].(int64)),
		UpdatedAt:      instant(v[5]),
	}
}

func teamMember(v []driver.Value) plain.TeamMember {
	return plain.TeamMember{
		ID:            v[0].(string),
		TeamID:        v[1].(string),
		UserID:        v[2].(string),
		MembershipKey: text(v[3]),
		CreatedAt:     instant(v[4]),
	}
}

func text(v driver.Value) *string {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	return &s
}

func instant(v driver.Value) *time.Time {
	n, ok := v.(int64)
	if !ok {
		return nil
	}
	t := plain.Instant(n)
	return &t
}

// nullable is an argument that is NULL without a text.
func nullable(text *string) driver.Value {
	if text == nil {
		return nil
	}
	return *text
}
