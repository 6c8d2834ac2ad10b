package sqlc

import (
	"context"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlc/db"
)

// What nested returns; sqlc's own structs have no relations.
type (
	organization struct {
		db.Organization

		members []member
		teams   []team
	}
	member struct {
		db.Member

		user *db.User
	}
	team struct {
		db.Team

		members []teamMember
	}
	teamMember struct {
		db.TeamMember

		user *db.User
	}
)

// nested reads each table once, and puts the rows together by key.
func (s *store) nested(ctx context.Context, in contest.Organized) (*organization, error) {
	row, err := s.queries.GetOrganization(ctx, in.Organization)
	if err != nil {
		return nil, err
	}
	users, err := s.users(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	members, err := s.queries.ListMembers(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	o := &organization{Organization: row, members: make([]member, len(members))}
	for i, m := range members {
		o.members[i] = member{m, users[m.UserID]}
	}
	o.teams, err = s.teams(ctx, row.ID, users)
	return o, err
}

func (s *store) users(ctx context.Context, organization string) (map[string]*db.User, error) {
	users, err := s.queries.ListUsers(ctx, organization)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*db.User, len(users))
	for i := range users {
		byID[users[i].ID] = &users[i]
	}
	return byID, nil
}

func (s *store) teams(ctx context.Context, organization string, users map[string]*db.User) ([]team, error) {
	rows, err := s.queries.ListTeams(ctx, organization)
	if err != nil {
		return nil, err
	}
	members, err := s.queries.ListTeamMembers(ctx, organization)
	if err != nil {
		return nil, err
	}
	teams := make([]team, len(rows))
	byID := make(map[string]*team, len(rows))
	for i, row := range rows {
		teams[i].Team = row
		byID[row.ID] = &teams[i]
	}
	for _, m := range members {
		t := byID[m.TeamID]
		t.members = append(t.members, teamMember{m, users[m.UserID]})
	}
	return teams, nil
}
