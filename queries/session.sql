-- SessionByToken returns a session that has not expired, with its user. The
-- token is what the signed cookie holds before the dot; check the signature
-- first. The session's active organization proves no membership.
-- name: SessionByToken :one
-- rowhouse:unscoped the user is not known before the session is
SELECT sqlc.embed(session), sqlc.embed(user)
FROM session
JOIN user ON user.id = session.user_id
WHERE session.token = @token
  AND session.expires_at > @now;

-- DeleteExpiredSessions removes the sessions that no longer sign anyone in,
-- and returns how many there were.
-- name: DeleteExpiredSessions :execrows
-- rowhouse:unscoped housekeeping
DELETE FROM session
WHERE expires_at <= @now;
