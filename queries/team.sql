-- TeamsOfUser returns the teams that a user belongs to, in all organizations.
-- name: TeamsOfUser :many
SELECT team.*
FROM team_member
JOIN team ON team.id = team_member.team_id
WHERE team_member.user_id = @user_id
ORDER BY team.organization_id, team.name, team.id;

-- TeamsOfMember returns the teams of one organization that a user belongs to.
-- name: TeamsOfMember :many
SELECT team.*
FROM team_member
JOIN team ON team.id = team_member.team_id
WHERE team.organization_id = @organization_id
  AND team_member.user_id = @user_id
ORDER BY team.name, team.id;
