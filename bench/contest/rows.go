package contest

import (
	"slices"
	"strings"
)

// Rows as all contestants' answers are compared: instants are unix seconds,
// what is NULL in the database is nil. They are made outside the timed part,
// from whatever structs a contestant's library gives.

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
	CreatedAt      int64
	UpdatedAt      int64
	DeletedAt      *int64
}

// Creator is as much of a user as list_creator asks for.
type Creator struct {
	ID    string
	Name  string
	Email string
}

// ProductWithCreator is a row of list_creator; Creator is nil where created_by is NULL.
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
	CreatedAt     int64
	UpdatedAt     int64
}

// Organization is the answer to nested.
type Organization struct {
	ID        string
	Name      string
	Slug      string
	Logo      *string
	Metadata  *string
	CreatedAt int64
	Members   []Member
	Teams     []Team
}

// Sort orders the lists in it by id.
func (o *Organization) Sort() {
	slices.SortFunc(o.Members, func(a, b Member) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(o.Teams, func(a, b Team) int { return strings.Compare(a.ID, b.ID) })
	for _, t := range o.Teams {
		slices.SortFunc(t.Members, func(a, b TeamMember) int { return strings.Compare(a.ID, b.ID) })
	}
}

// Member is a row of table member, with its user.
type Member struct {
	ID             string
	OrganizationID string
	UserID         string
	Role           string
	CreatedAt      int64
	User           User
}

// Team is a row of table team, with its members.
type Team struct {
	ID             string
	OrganizationID string
	Name           string
	MemberCount    int64
	CreatedAt      int64
	UpdatedAt      *int64
	Members        []TeamMember
}

// TeamMember is a row of table team_member, with its user.
type TeamMember struct {
	ID            string
	TeamID        string
	UserID        string
	MembershipKey *string
	CreatedAt     *int64
	User          User
}
