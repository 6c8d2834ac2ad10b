package jet

import (
	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/jet/db/model"
)

func neutralProduct(p model.Product) contest.Product {
	return contest.Product{
		ID:             p.ID,
		OrganizationID: p.OrganizationID,
		Name:           p.Name,
		Description:    p.Description,
		SKU:            p.Sku,
		Price:          int64(p.Price),
		CreatedBy:      p.CreatedBy,
		UpdatedBy:      p.UpdatedBy,
		CreatedAt:      int64(p.CreatedAt),
		UpdatedAt:      int64(p.UpdatedAt),
		DeletedAt:      long(p.DeletedAt),
	}
}

func neutralProductWithCreator(p productWithCreator) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: neutralProduct(p.Product)}
	if u := p.Creator; u != nil {
		row.Creator = &contest.Creator{ID: u.ID, Name: u.Name, Email: u.Email}
	}
	return row
}

func neutralUser(u model.User) contest.User {
	return contest.User{
		ID:            u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified != 0,
		Image:         u.Image,
		IsAnonymous:   u.IsAnonymous != 0,
		CreatedAt:     int64(u.CreatedAt),
		UpdatedAt:     int64(u.UpdatedAt),
	}
}

func neutralOrganization(t *tree) contest.Organization {
	return contest.Organization{
		ID:        t.ID,
		Name:      t.Name,
		Slug:      t.Slug,
		Logo:      t.Logo,
		Metadata:  t.Metadata,
		CreatedAt: int64(t.CreatedAt),
		Members:   contest.All(t.Members, neutralMember),
		Teams:     contest.All(t.teams, neutralTeam),
	}
}

func neutralMember(m member) contest.Member {
	return contest.Member{
		ID:             m.ID,
		OrganizationID: m.OrganizationID,
		UserID:         m.UserID,
		Role:           m.Role,
		CreatedAt:      int64(m.CreatedAt),
		User:           neutralUser(m.User),
	}
}

func neutralTeam(t team) contest.Team {
	return contest.Team{
		ID:             t.ID,
		OrganizationID: t.OrganizationID,
		Name:           t.Name,
		MemberCount:    int64(t.MemberCount),
		CreatedAt:      int64(t.CreatedAt),
		UpdatedAt:      long(t.UpdatedAt),
		Members:        contest.All(t.Members, neutralTeamMember),
	}
}

func neutralTeamMember(m teamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey,
		CreatedAt:     long(m.CreatedAt),
		User:          neutralUser(m.User),
	}
}

func long(n *int32) *int64 {
	if n == nil {
		return nil
	}
	m := int64(*n)
	return &m
}
