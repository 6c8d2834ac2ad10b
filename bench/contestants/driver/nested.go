package driver

import (
	"context"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/plain"
)

// nested reads each table once, and puts the rows together by key.
func (s *store) nested(ctx context.Context, in contest.Organized) (*plain.Organization, error) {
	o, err := one(ctx, s.organization, organization, in.Organization)
	if err != nil {
		return nil, err
	}
	users, err := collect(ctx, s.users, user, o.ID)
	if err != nil {
		return nil, err
	}
	o.Members, err = collect(ctx, s.members, member, o.ID)
	if err != nil {
		return nil, err
	}
	o.Teams, err = collect(ctx, s.teams, team, o.ID)
	if err != nil {
		return nil, err
	}
	teamMembers, err := collect(ctx, s.teamMembers, teamMember, o.ID)
	if err != nil {
		return nil, err
	}
	plain.Connect(&o, users, teamMembers)
	return &o, nil
}
