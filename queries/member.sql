-- MembershipByRole returns the membership of a user in an organization if it
-- has the role, alone or among others: "admin" is found in "admin,member".
-- name: MembershipByRole :one
SELECT *
FROM member
WHERE organization_id = @organization_id
  AND user_id = @user_id
  AND instr(',' || role || ',', ',' || CAST(@role AS TEXT) || ',') > 0;

-- MembershipsOfUser returns the organizations that a user belongs to, each
-- with the user's role there.
-- name: MembershipsOfUser :many
SELECT sqlc.embed(organization), member.role, member.created_at AS member_since
FROM member
JOIN organization ON organization.id = member.organization_id
WHERE member.user_id = @user_id
ORDER BY organization.name, organization.id;

-- CountMembersByRole counts the members of an organization, role by role.
-- name: CountMembersByRole :many
SELECT role, count(*) AS members
FROM member
WHERE organization_id = @organization_id
GROUP BY role
ORDER BY members DESC, role;
