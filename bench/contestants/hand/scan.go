package hand

import (
	"context"
	"database/sql"
	"time"

	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

// all runs a statement and reads its rows.
func all[R any](
	ctx context.Context,
	stmt *sql.Stmt,
	read func(*sql.Rows) ([]R, error),
	args ...any,
) ([]R, error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	result, err := read(rows)
	if err != nil {
		return nil, err
	}
	return result, rows.Err()
}

func readProduct(row *sql.Row) (plain.Product, error) {
	var p plain.Product
	var created, updated int64
	var deleted sql.NullInt64
	err := row.Scan(
		&p.ID, &p.OrganizationID, &p.Name, &p.Description, &p.SKU, &p.Price,
		&p.CreatedBy, &p.UpdatedBy, &created, &updated, &deleted,
	)
	p.CreatedAt, p.UpdatedAt, p.DeletedAt = plain.Instant(created), plain.Instant(updated), nullInstant(deleted)
	return p, err
}

func readProducts(rows *sql.Rows) ([]plain.Product, error) {
	var products []plain.Product
	var created, updated int64
	var deleted sql.NullInt64
	for rows.Next() {
		var p plain.Product
		err := rows.Scan(
			&p.ID, &p.OrganizationID, &p.Name, &p.Description, &p.SKU, &p.Price,
			&p.CreatedBy, &p.UpdatedBy, &created, &updated, &deleted,
		)
		if err != nil {
			return nil, err
		}
		p.CreatedAt, p.UpdatedAt, p.DeletedAt = plain.Instant(created), plain.Instant(updated), nullInstant(deleted)
		products = append(products, p)
	}
	return products, nil
}

func readProductsWithCreator(rows *sql.Rows) ([]plain.ProductWithCreator, error) {
	var products []plain.ProductWithCreator
	var created, updated int64
	var deleted sql.NullInt64
	var id, name, email sql.NullString
	for rows.Next() {
		var p plain.ProductWithCreator
		err := rows.Scan(
			&p.ID, &p.OrganizationID, &p.Name, &p.Description, &p.SKU, &p.Price,
			&p.CreatedBy, &p.UpdatedBy, &created, &updated, &deleted,
			&id, &name, &email,
		)
		if err != nil {
			return nil, err
		}
		p.CreatedAt, p.UpdatedAt, p.DeletedAt = plain.Instant(created), plain.Instant(updated), nullInstant(deleted)
		if id.Valid {
			p.Creator = &plain.Creator{ID: id.String, Name: name.String, Email: email.String}
		}
		products = append(products, p)
	}
	return products, nil
}

func readUsers(rows *sql.Rows) ([]plain.User, error) {
	var users []plain.User
	var created, updated int64
	for rows.Next() {
		var u plain.User
		err := rows.Scan(&u.ID, &u.Name, &u.Email, &u.EmailVerified, &u.Image, &u.IsAnonymous, &created, &updated)
		if err != nil {
			return nil, err
		}
		u.CreatedAt, u.UpdatedAt = plain.Instant(created), plain.Instant(updated)
		users = append(users, u)
	}
	return users, nil
}

func readOrganization(row *sql.Row) (*plain.Organization, error) {
	var o plain.Organization
	var created int64
	err := row.Scan(&o.ID, &o.Name, &o.Slug, &o.Logo, &o.Metadata, &created)
	o.CreatedAt = plain.Instant(created)
	return &o, err
}

func readMembers(rows *sql.Rows) ([]plain.Member, error) {
	var members []plain.Member
	var created int64
	for rows.Next() {
		var m plain.Member
		if err := rows.Scan(&m.ID, &m.OrganizationID, &m.UserID, &m.Role, &created); err != nil {
			return nil, err
		}
		m.CreatedAt = plain.Instant(created)
		members = append(members, m)
	}
	return members, nil
}

func readTeams(rows *sql.Rows) ([]plain.Team, error) {
	var teams []plain.Team
	var created int64
	var updated sql.NullInt64
	for rows.Next() {
		var t plain.Team
		if err := rows.Scan(&t.ID, &t.OrganizationID, &t.Name, &t.MemberCount, &created, &updated); err != nil {
			return nil, err
		}
		t.CreatedAt, t.UpdatedAt = plain.Instant(created), nullInstant(updated)
		teams = append(teams, t)
	}
	return teams, nil
}

func readTeamMembers(rows *sql.Rows) ([]plain.TeamMember, error) {
	var members []plain.TeamMember
	var created sql.NullInt64
	for rows.Next() {
		var m plain.TeamMember
		if err := rows.Scan(&m.ID, &m.TeamID, &m.UserID, &m.MembershipKey, &created); err != nil {
			return nil, err
		}
		m.CreatedAt = nullInstant(created)
		members = append(members, m)
	}
	return members, nil
}

func nullInstant(unix sql.NullInt64) *time.Time {
	if !unix.Valid {
		return nil
	}
	t := plain.Instant(unix.Int64)
	return &t
}
