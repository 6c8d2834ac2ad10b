package rowhouse

import (
	"time"

	"github.com/rowhouse/rowhouse/bench/contest"
	"github.com/rowhouse/rowhouse/gen"
)

func neutralProduct(p *gen.Product) contest.Product {
	return contest.Product{
		ID:             string(p.ID),
		OrganizationID: string(p.OrganizationID),
		Name:           p.Name,
		Description:    p.Description,
		SKU:            p.SKU,
		Price:          p.Price,
		CreatedBy:      (*string)(p.CreatedBy),
		UpdatedBy:      (*string)(p.UpdatedBy),
		CreatedAt:      p.CreatedAt.Unix(),
		UpdatedAt:      p.UpdatedAt.Unix(),
		DeletedAt:      unix(p.DeletedAt),
	}
}

// neutralProductOf is neutralProduct for the rows of a list.
func neutralProductOf(p gen.Product) contest.Product { return neutralProduct(&p) }

func neutralProductWithCreator(p gen.Product) contest.ProductWithCreator {
	row := contest.ProductWithCreator{Product: neutralProduct(&p)}
	if u := p.Creator; u != nil {
		row.Creator = &contest.Creator{ID: string(u.ID), Name: u.Name, Email: u.Email}
	}
	return row
}

func neutralUser(u *gen.User) contest.User {
	return contest.User{
		ID:            string(u.ID),
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Image:         u.Image,
		IsAnonymous:   u.IsAnonymous,
		CreatedAt:     u.CreatedAt.Unix(),
		UpdatedAt:     u.UpdatedAt.Unix(),
	}
}

func neutralOrganization(o *gen.Organization) contest.Organization {
	row := contest.Organization{
		ID:        string(o.ID),
		Name:      o.Name,
		Slug:      o.Slug,
		Logo:      o.Logo,
		CreatedAt: o.CreatedAt.Unix(),
		Members:   contest.All(o.Members, neutralMember),
		Teams:     contest.All(o.Teams, neutralTeam),
	}
	if o.Metadata != nil {
		metadata := string(o.Metadata)
		row.Metadata = &metadata
	}
	return row
}

func neutralMember(m gen.Member) contest.Member {
	return contest.Member{
		ID:             string(m.ID),
		OrganizationID: string(m.OrganizationID),
		UserID:         string(m.UserID),
		Role:           m.Role,
		CreatedAt:      m.CreatedAt.Unix(),
		User:           neutralUser(m.User),
	}
}

func neutralTeam(t gen.Team) contest.Team {
	return contest.Team{
		ID:             string(t.ID),
		OrganizationID: string(t.OrganizationID),
		Name:           t.Name,
		MemberCount:    t.MemberCount,
		CreatedAt:      t.CreatedAt.Unix(),
		UpdatedAt:      unix(t.UpdatedAt),
		Members:        contest.All(t.Members, neutralTeamMember),
	}
}

func neutralTeamMember(m gen.TeamMember) contest.TeamMember {
	return contest.TeamMember{
		ID:            string(m.ID),
		TeamID:        string(m.TeamID),
		UserID:        string(m.UserID),
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
