package gorm

import "github.com/rowhouse/rowhouse/bench/contest"

func neutralProduct(p Product) contest.Product {
	return contest.Product{
		ID:             p.ID,
		OrganizationID: p.OrganizationID,
		Name:           p.Name,
		Description:    p.Description,
		SKU:            p.SKU,
		Price:          p.Price,
		CreatedBy:      p.CreatedBy,
		UpdatedBy:      p.UpdatedBy,
		CreatedAt:      p.CreatedAt,
		UpdatedAt:      p.UpdatedAt,
		DeletedAt:      p.DeletedAt,
	}
}

func neutralProductWithCreator(p Product) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: neutralProduct(p)}
	if u := p.Creator; u != nil {
		row.Creator = &contest.Creator{ID: u.ID, Name: u.Name, Email: u.Email}
	}
	return row
}

func neutralOrganization(o *Organization) contest.Organization {
	return contest.Organization{
		ID:        o.ID,
		Name:      o.Name,
		Slug:      o.Slug,
		Logo:      o.Logo,
		Metadata:  o.Metadata,
		CreatedAt: o.CreatedAt,
		Members:   contest.All(o.Members, neutralMember),
		Teams:     contest.All(o.Teams, neutralTeam),
	}
}

func neutralMember(m Member) contest.Member {
	return contest.Member{
		ID:             m.ID,
		OrganizationID: m.OrganizationID,
		UserID:         m.UserID,
		Role:           m.Role,
		CreatedAt:      m.CreatedAt,
		User:           contest.User(m.User),
	}
}

func neutralTeam(t Team) contest.Team {
	return contest.Team{
		ID:             t.ID,
		OrganizationID: t.OrganizationID,
		Name:           t.Name,
		MemberCount:    t.MemberCount,
		CreatedAt:      t.CreatedAt,
		UpdatedAt:      t.UpdatedAt,
		Members:        contest.All(t.Members, neutralTeamMember),
	}
}

func neutralTeamMember(m TeamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey,
		CreatedAt:     m.CreatedAt,
		User:          contest.User(m.User),
	}
}
