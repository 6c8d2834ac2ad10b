-- LatestProducts returns the newest products of an organization.
-- name: LatestProducts :many
SELECT *
FROM product
WHERE organization_id = @organization_id
  AND deleted_at IS NULL
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

-- ProductsWithCreator returns the products of an organization with who made
-- them. The creator is missing once the account is gone.
-- name: ProductsWithCreator :many
SELECT
  product.id,
  product.name,
  product.price,
  creator.id    AS creator_id,
  creator.name  AS creator_name,
  creator.email AS creator_email
FROM product
LEFT JOIN user AS creator ON creator.id = product.created_by
WHERE product.organization_id = @organization_id
  AND product.deleted_at IS NULL
ORDER BY product.created_at DESC, product.id DESC
LIMIT @max_rows;
