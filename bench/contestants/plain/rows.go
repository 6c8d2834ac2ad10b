// Package plain has the structs that one writes by hand for the tables. The
// contestants without a library between them and the driver share them.
package plain

import (
	"time"

	"github.com/rowhouse/rowhouse/bench/contest"
)

// Product is a row of table product.
type Product struct {
	ID             string
	OrganizationID string
	Name           string
	Description    *string
	SKU            *string
	Price          int64
	CreatedBy      *string
	UpdatedBy      *string
	CreatedAt      time.Time
	UpdatedAt      time.Time
	DeletedAt      *time.Time
}

// Creator is the part of a user that list_creator reads.
type Creator struct {
	ID    string
	Name  string
	Email string
}

// ProductWithCreator is a product with who created it, nil if no one is known.
type ProductWithCreator struct {
	Product

	Creator *Creator
}

// User is a row of table user.
type User struct {
	ID            string
	Name          string
	Email         string
	EmailVerified bool
	Image         *string
	IsAnonymous   bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Organization is a row of table organization, with its members and teams.
type Organization struct {
	ID        string
	Name      string
	Slug      string
	Logo      *string
	Metadata  *string
	CreatedAt time.Time
	Members   []Member
	Teams     []Team
}

// Member is a row of table member, with its user.
type Member struct {
	ID             string
	OrganizationID string
	UserID         string
	Role           string
	CreatedAt      time.Time
	User           *User
}

// Team is a row of table team, with its members.
type Team struct {
	ID             string
	OrganizationID string
	Name           string
	MemberCount    int64
	CreatedAt      time.Time
	UpdatedAt      *time.Time
	Members        []TeamMember
}

// TeamMember is a row of table team_member, with its user.
type TeamMember struct {
	ID            string
	TeamID        string
	UserID        string
	MembershipKey *string
	CreatedAt     *time.Time
	User          *User
}

// Instant is the instant of a column in unix seconds.
func Instant(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

// NewProducts are the rows that an input of insert becomes.
func NewProducts(in contest.Insert) []Product {
	products := make([]Product, len(in.Products))
	for i, p := range in.Products {
		products[i] = Product{
			ID:             p.ID,
			OrganizationID: in.Organization,
			Name:           p.Name,
			Description:    p.Description,
			SKU:            p.SKU,
			Price:          p.Price,
			CreatedBy:      &in.User,
			UpdatedBy:      &in.User,
			CreatedAt:      contest.Now,
			UpdatedAt:      contest.Now,
		}
	}
	return products
}
