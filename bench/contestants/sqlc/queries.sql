-- name: GetProduct :one
SELECT * FROM product
WHERE id = ? AND organization_id = ? AND deleted_at IS NULL;

-- name: ListProducts :many
SELECT * FROM product
WHERE organization_id = ? AND deleted_at IS NULL
ORDER BY created_at DESC, id DESC
LIMIT ?;

-- name: ListProductsWithCreator :many
SELECT p.*, u.id AS creator_id, u.name AS creator_name, u.email AS creator_email
FROM product p
LEFT JOIN user u ON u.id = p.created_by
WHERE p.organization_id = ? AND p.deleted_at IS NULL
ORDER BY p.created_at DESC, p.id DESC
LIMIT ?;

-- name: NextProducts :many
SELECT * FROM product
WHERE organization_id = @organization_id AND deleted_at IS NULL
  AND (created_at, id) < (@created_at, CAST(@id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @size;

-- name: InsertProduct :exec
INSERT INTO product (id, organization_id, name, description, sku, price,
  created_by, updated_by, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: UpdatePrice :one
UPDATE product
SET price = ?, updated_at = ?, updated_by = ?
WHERE id = ? AND organization_id = ? AND deleted_at IS NULL
RETURNING *;

-- name: GetOrganization :one
SELECT * FROM organization WHERE id = ?;

-- name: ListMembers :many
SELECT * FROM member WHERE organization_id = ?;

-- name: ListTeams :many
SELECT * FROM team WHERE organization_id = ?;

-- name: ListTeamMembers :many
SELECT m.* FROM team_member m
JOIN team t ON t.id = m.team_id
WHERE t.organization_id = ?;

-- name: ListUsers :many
SELECT * FROM user
WHERE id IN (
  SELECT m.user_id FROM member m WHERE m.organization_id = @organization_id
  UNION
  SELECT tm.user_id FROM team_member tm JOIN team t ON t.id = tm.team_id WHERE t.organization_id = @organization_id
);

-- name: FilterNewestFirst :many
SELECT * FROM product
WHERE organization_id = @organization_id AND deleted_at IS NULL
  AND (CAST(sqlc.narg(price_below) AS INTEGER) IS NULL OR price < sqlc.narg(price_below))
  AND (CAST(sqlc.narg(name_contains) AS TEXT) IS NULL OR instr(name, sqlc.narg(name_contains)) > 0)
  AND (CAST(sqlc.narg(sku_prefix) AS TEXT) IS NULL OR instr(sku, sqlc.narg(sku_prefix)) = 1)
ORDER BY created_at DESC, id DESC
LIMIT @size;

-- name: FilterCheapestFirst :many
SELECT * FROM product
WHERE organization_id = @organization_id AND deleted_at IS NULL
  AND (CAST(sqlc.narg(price_below) AS INTEGER) IS NULL OR price < sqlc.narg(price_below))
  AND (CAST(sqlc.narg(name_contains) AS TEXT) IS NULL OR instr(name, sqlc.narg(name_contains)) > 0)
  AND (CAST(sqlc.narg(sku_prefix) AS TEXT) IS NULL OR instr(sku, sqlc.narg(sku_prefix)) = 1)
ORDER BY price, id
LIMIT @size;

-- name: FilterByName :many
SELECT * FROM product
WHERE organization_id = @organization_id AND deleted_at IS NULL
  AND (CAST(sqlc.narg(price_below) AS INTEGER) IS NULL OR price < sqlc.narg(price_below))
  AND (CAST(sqlc.narg(name_contains) AS TEXT) IS NULL OR instr(name, sqlc.narg(name_contains)) > 0)
  AND (CAST(sqlc.narg(sku_prefix) AS TEXT) IS NULL OR instr(sku, sqlc.narg(sku_prefix)) = 1)
ORDER BY name, id
LIMIT @size;
