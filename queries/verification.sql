-- DeleteExpiredVerifications removes codes and tokens that are no longer
-- accepted, and returns how many there were.
-- name: DeleteExpiredVerifications :execrows
-- rowhouse:unscoped housekeeping
DELETE FROM verification
WHERE expires_at <= @now;
