package bob

import (
	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/bob/db"
)

func neutralProduct(p *db.Product) contest.Product {
	return contest.Product{
		ID:             p.ID,
		OrganizationID: p.OrganizationID,
		Name:           p.Name,
		Description:    p.Description.Ptr(),
		SKU:            p.Sku.Ptr(),
		Price:          p.Price,
		CreatedBy:      p.CreatedBy.Ptr(),
		UpdatedBy:      p.UpdatedBy.Ptr(),
		CreatedAt:      p.CreatedAt,
		UpdatedAt:      p.UpdatedAt,
		DeletedAt:      p.DeletedAt.Ptr(),
	}
}

func neutralProductWithCreator(p *db.Product) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: neutralProduct(p)}
	if p.R.CreatedByUser != nil {
		u := p.R.CreatedByUser
		row.Creator = &contest.Creator{ID: u.ID, Name: u.Name, Email: u.Email}
	}
	return row
}

func neutralUser(u *db.User) contest.User {
	return contest.User{
		ID:            u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified != 0,
		Image:         u.Image.Ptr(),
		IsAnonymous:   u.IsAnonymous != 0,
		CreatedAt:     u.CreatedAt,
		UpdatedAt:     u.UpdatedAt,
	}
}

func neutralOrganization(o *db.Organization) contest.Organization {
	return contest.Organization{
		ID:        o.ID,
		Name:      o.Name,
		Slug:      o.Slug,
		Logo:      o.Logo.Ptr(),
		Metadata:  o.Metadata.Ptr(),
		CreatedAt: o.CreatedAt,
		Members:   contest.All(o.R.Members, neutralMember),
		Teams:     contest.All(o.R.Teams, neutralTeam),
	}
}

func neutralMember(m *db.Member) contest.Member {
	return contest.Member{
		ID:             m.ID,
		OrganizationID: m.OrganizationID,
		UserID:         m.UserID,
		Role:           m.Role,
		CreatedAt:      m.CreatedAt,
		User:           neutralUser(m.R.User),
	}
}

func neutralTeam(t *db.Team) contest.Team {
	return contest.Team{
		ID:             t.ID,
		OrganizationID: t.OrganizationID,
		Name:           t.Name,
		MemberCount:    t.MemberCount,
		CreatedAt:      t.CreatedAt,
		UpdatedAt:      t.UpdatedAt.Ptr(),
		Members:        contest.All(t.R.TeamMembers, neutralTeamMember),
	}
}

func neutralTeamMember(m *db.TeamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey.Ptr(),
		CreatedAt:     m.CreatedAt.Ptr(),
		User:          neutralUser(m.R.User),
	}
}
