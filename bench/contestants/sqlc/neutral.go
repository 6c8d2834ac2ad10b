package sqlc

import (
	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlc/db"
)

func neutralProduct(p db.Product) contest.Product { return contest.Product(p) }

func neutralProductWithCreator(p db.ListProductsWithCreatorRow) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: contest.Product{
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
	}}
	if p.CreatorID != nil {
		row.Creator = &contest.Creator{ID: *p.CreatorID, Name: *p.CreatorName, Email: *p.CreatorEmail}
	}
	return row
}

func neutralOrganization(o *organization) contest.Organization {
	return contest.Organization{
		ID:        o.ID,
		Name:      o.Name,
		Slug:      o.Slug,
		Logo:      o.Logo,
		Metadata:  o.Metadata,
		CreatedAt: o.CreatedAt,
		Members:   contest.All(o.members, neutralMember),
		Teams:     contest.All(o.teams, neutralTeam),
	}
}

func neutralMember(m member) contest.Member {
	return contest.Member{
		ID:             m.ID,
		OrganizationID: m.OrganizationID,
		UserID:         m.UserID,
		Role:           m.Role,
		CreatedAt:      m.CreatedAt,
		User:           contest.User(*m.user),
	}
}

func neutralTeam(t team) contest.Team {
	return contest.Team{
		ID:             t.ID,
		OrganizationID: t.OrganizationID,
		Name:           t.Name,
		MemberCount:    t.MemberCount,
		CreatedAt:      t.CreatedAt,
		UpdatedAt:      t.UpdatedAt,
		Members:        contest.All(t.members, neutralTeamMember),
	}
}

func neutralTeamMember(m teamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey,
		CreatedAt:     m.CreatedAt,
		User:          contest.User(*m.user),
	}
}
