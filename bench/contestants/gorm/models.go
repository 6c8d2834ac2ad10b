package gorm

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

// TableName is the table's.
func (User) TableName() string { return "user" }

// Organization is a row of table organization.
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

// TableName is the table's.
func (Organization) TableName() string { return "organization" }

// Member is a row of table member.
type Member struct {
	ID             string
	OrganizationID string
	UserID         string
	Role           string
	CreatedAt      int64
	User           User
}

// TableName is the table's.
func (Member) TableName() string { return "member" }

// Team is a row of table team.
type Team struct {
	ID             string
	OrganizationID string
	Name           string
	MemberCount    int64
	CreatedAt      int64
	UpdatedAt      *int64
	Members        []TeamMember
}

// TableName is the table's.
func (Team) TableName() string { return "team" }

// TeamMember is a row of table team_member.
type TeamMember struct {
	ID            string
	TeamID        string
	UserID        string
	MembershipKey *string
	CreatedAt     *int64
	User          User
}

// TableName is the table's.
func (TeamMember) TableName() string { return "team_member" }

// Product is a row of table product. DeletedAt is a plain column: GORM's own
// soft deletion knows no unix seconds that may be NULL.
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
	Creator        *User `gorm:"foreignKey:CreatedBy"`
}

// TableName is the table's.
func (Product) TableName() string { return "product" }
