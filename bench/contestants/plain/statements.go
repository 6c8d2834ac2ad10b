package plain

import "github.com/rowhouse/rowhouse/bench/contest"

const (
	productColumns = `id, organization_id, name, description, sku, price, created_by, updated_by,
	created_at, updated_at, deleted_at`

	selectProducts = `SELECT ` + productColumns + `
FROM product
WHERE organization_id = ? AND deleted_at IS NULL`

	newestFirst = `
ORDER BY created_at DESC, id DESC`
)

// The statements of the workloads; FilterProducts goes on with more
// conditions, OrderBy and LIMIT.
const (
	GetProduct = `SELECT ` + productColumns + `
FROM product
WHERE id = ? AND organization_id = ? AND deleted_at IS NULL`

	ListProducts = selectProducts + newestFirst + `
LIMIT ?`

	NextPage = selectProducts + ` AND (created_at, id) < (?, ?)` + newestFirst + `
LIMIT ?`

	FilterProducts = selectProducts

	ListProductsWithCreator = `SELECT p.id, p.organization_id, p.name, p.description, p.sku, p.price,
	p.created_by, p.updated_by, p.created_at, p.updated_at, p.deleted_at, u.id, u.name, u.email
FROM product p
LEFT JOIN "user" u ON u.id = p.created_by
WHERE p.organization_id = ? AND p.deleted_at IS NULL
ORDER BY p.created_at DESC, p.id DESC
LIMIT ?`

	InsertProduct = `INSERT INTO product (id, organization_id, name, description, sku, price,
	created_by, updated_by, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	UpdatePrice = `UPDATE product
SET price = ?, updated_at = ?, updated_by = ?
WHERE id = ? AND organization_id = ? AND deleted_at IS NULL
RETURNING ` + productColumns

	GetOrganization = `SELECT id, name, slug, logo, metadata, created_at
FROM organization
WHERE id = ?`

	ListMembers = `SELECT id, organization_id, user_id, role, created_at
FROM member
WHERE organization_id = ?`

	ListTeams = `SELECT id, organization_id, name, member_count, created_at, updated_at
FROM team
WHERE organization_id = ?`

	ListTeamMembers = `SELECT m.id, m.team_id, m.user_id, m.membership_key, m.created_at
FROM team_member m
JOIN team t ON t.id = m.team_id
WHERE t.organization_id = ?`

	// ListUsers reads the users of members and of team members: nothing says that
	// the latter are among the former.
	ListUsers = `SELECT id, name, email, email_verified, image, is_anonymous, created_at, updated_at
FROM "user"
WHERE id IN (
	SELECT user_id FROM member WHERE organization_id = ?1
	UNION
	SELECT m.user_id FROM team_member m JOIN team t ON t.id = m.team_id WHERE t.organization_id = ?1
)`
)

// OrderBy is the clause of an order.
func OrderBy(o contest.Order) string {
	switch o {
	case contest.CheapestFirst:
		return " ORDER BY price, id"
	case contest.ByName:
		return " ORDER BY name, id"
	default:
		return " ORDER BY created_at DESC, id DESC"
	}
}
