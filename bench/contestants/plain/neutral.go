package plain

import (
	"time"

	"github.com/rowhouse/rowhouse/bench/contest"
)

// NeutralProduct makes a neutral row.
func NeutralProduct(p Product) contest.Product {
	return contest.Product{
		ID:             p.ID,
		OrganizationID: p.OrganizationID,
		Name:           p.Name,
		Description:    p.Description,
		SKU:            p.SKU,
		Price:          p.Price,
		CreatedBy:      p.CreatedBy,
		UpdatedBy:      p.UpdatedBy,
		CreatedAt:      p.CreatedAt.Unix(),
		UpdatedAt:      p.UpdatedAt.Unix(),
		DeletedAt:      unix(p.DeletedAt),
	}
}

// NeutralProductWithCreator makes a neutral row.
func NeutralProductWithCreator(p ProductWithCreator) contest.ProductWithCreator {
	return contest.ProductWithCreator{
		Product: NeutralProduct(p.Product),
		Creator: (*contest.Creator)(p.Creator),
	}
}

func neutralUser(u *User) contest.User {
	return contest.User{
		ID:            u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Image:         u.Image,
		IsAnonymous:   u.IsAnonymous,
		CreatedAt:     u.CreatedAt.Unix(),
		UpdatedAt:     u.UpdatedAt.Unix(),
	}
}

// NeutralOrganization makes a neutral row of each row in it.
func NeutralOrganization(o *Organization) contest.Organization {
	return contest.Organization{
		ID:        o.ID,
		Name:      o.Name,
		Slug:      o.Slug,
		Logo:      o.Logo,
		Metadata:  o.Metadata,
		CreatedAt: o.CreatedAt.Unix(),
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
		CreatedAt:      m.CreatedAt.Unix(),
		User:           neutralUser(m.User),
	}
}

func neutralTeam(t Team) contest.Team {
	return contest.Team{
		ID:             t.ID,
		OrganizationID: t.OrganizationID,
		Name:           t.Name,
		MemberCount:    t.MemberCount,
		CreatedAt:      t.CreatedAt.Unix(),
		UpdatedAt:      unix(t.UpdatedAt),
		Members:        contest.All(t.Members, neutralTeamMember),
	}
}

func neutralTeamMember(m TeamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            m.ID,
		TeamID:        m.TeamID,
		UserID:        m.UserID,
		MembershipKey: m.MembershipKey,
		CreatedAt:     unix(m.CreatedAt),
		User:          neutralUser(m.User),
	}
}

func unix(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.Unix()
	return &n
}
