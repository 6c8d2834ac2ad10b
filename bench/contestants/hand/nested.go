package hand

import (
	"context"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

// nested reads each table once, and puts the rows together by key: joined to
// its memberships, a user would be read again with each of them.
func (s *store) nested(ctx context.Context, in contest.Organized) (*plain.Organization, error) {
	o, err := readOrganization(s.organization.QueryRowContext(ctx, in.Organization))
	if err != nil {
		return nil, err
	}
	users, err := all(ctx, s.users, readUsers, o.ID)
	if err != nil {
		return nil, err
	}
	o.Members, err = all(ctx, s.members, readMembers, o.ID)
	if err != nil {
		return nil, err
	}
	o.Teams, err = all(ctx, s.teams, readTeams, o.ID)
	if err != nil {
		return nil, err
	}
	teamMembers, err := all(ctx, s.teamMembers, readTeamMembers, o.ID)
	if err != nil {
		return nil, err
	}
	plain.Connect(o, users, teamMembers)
	return o, nil
}
