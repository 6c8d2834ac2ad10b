package bun

import "github.com/rowhouse/rowhouse/bench/contest"

func neutralProduct(p product) contest.Product {
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

func neutralProductWithCreator(p product) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: neutralProduct(p)}
	if u := p.Creator; u != nil {
		row.Creator = &contest.Creator{ID: u.ID, Name: u.Name, Email: u.Email}
	}
	return row
}

func neutralUser(u *user) contest.User {
	return contest.User{
		ID:            u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Image:         u.Image,
		IsAnonymous:   u.IsAnonymous,
		CreatedAt:     u.CreatedAt,
		UpdatedAt:     u.UpdatedAt,
	}
}

func neutralOrganization(o *organization) contest.Organization {
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

func neutralMember(m *member) contest.Member {
	return contest.Member{
		ID:             m.ID,
		OrganizationID: m.OrganizationID,
		UserID:         m.UserID,
		Role:           m.Role,
		CreatedAt:      m.CreatedAt,
		User:           neutralUser(m.User),
	}
}

func neutralTeam(t *team) contest.Team {
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

func neutralTeamMember(m *teamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey,
		CreatedAt:     m.CreatedAt,
		User:          neutralUser(m.User),
	}
}
