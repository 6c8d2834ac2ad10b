-- OrganizationBySlug returns the organization that a URL names. It says
-- nothing of who may enter.
-- name: OrganizationBySlug :one
-- rowhouse:unscoped a URL is resolved before membership is known
SELECT *
FROM organization
WHERE slug = @slug;
