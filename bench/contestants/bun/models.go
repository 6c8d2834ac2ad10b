package bun

import "github.com/uptrace/bun"

type user struct {
	bun.BaseModel `bun:"table:user"`

	ID            string `bun:",pk"`
	Name          string
	Email         string
	EmailVerified bool
	Image         *string
	IsAnonymous   bool
	CreatedAt     int64
	UpdatedAt     int64
}

type organization struct {
	bun.BaseModel `bun:"table:organization"`

	ID        string `bun:",pk"`
	Name      string
	Slug      string
	Logo      *string
	Metadata  *string
	CreatedAt int64
	Members   []*member `bun:"rel:has-many,join:id=organization_id"`
	Teams     []*team   `bun:"rel:has-many,join:id=organization_id"`
}

type member struct {
	bun.BaseModel `bun:"table:member"`

	ID             string `bun:",pk"`
	OrganizationID string
	UserID         string
	Role           string
	CreatedAt      int64
	User           *user `bun:"rel:belongs-to,join:user_id=id"`
}

type team struct {
	bun.BaseModel `bun:"table:team"`

	ID             string `bun:",pk"`
	OrganizationID string
	Name           string
	MemberCount    int64
	CreatedAt      int64
	UpdatedAt      *int64
	Members        []*teamMember `bun:"rel:has-many,join:id=team_id"`
}

type teamMember struct {
	bun.BaseModel `bun:"table:team_member"`

	ID            string `bun:",pk"`
	TeamID        string
	UserID        string
	MembershipKey *string
	CreatedAt     *int64
	User          *user `bun:"rel:belongs-to,join:user_id=id"`
}

// product has a plain deleted_at: bun's own soft deletion knows no unix
// seconds that may be NULL.
type product struct {
	bun.BaseModel `bun:"table:product"`

	ID             string `bun:",pk"`
	OrganizationID string
	Name           string
	Description    *string
	SKU            *string `bun:"sku"`
	Price          int64
	CreatedBy      *string
	UpdatedBy      *string
	CreatedAt      int64
	UpdatedAt      int64
	DeletedAt      *int64
	Creator        *user `bun:"rel:belongs-to,join:created_by=id"`
}
