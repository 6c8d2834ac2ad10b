-- PendingInvitations returns the invitations that a person may still accept,
-- the newest first. Emails are stored in lower case.
-- name: PendingInvitations :many
-- rowhouse:unscoped who is invited is not a member yet
SELECT
  invitation.id,
  invitation.organization_id,
  invitation.role,
  invitation.expires_at,
  organization.name AS organization_name,
  inviter.name      AS inviter_name
FROM invitation
JOIN organization ON organization.id = invitation.organization_id
JOIN user AS inviter ON inviter.id = invitation.inviter_id
WHERE invitation.email = @email
  AND invitation.status = 'pending'
  AND invitation.expires_at > @now
ORDER BY invitation.created_at DESC, invitation.id DESC;
