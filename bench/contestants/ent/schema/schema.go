// Package schema describes the tables to ent. Instants stay unix seconds: ent
// knows time.Time as DATETIME text alone.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

// table names the table of a type.
func table(name string) []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: name}}
}

// User is a row of table user.
type User struct{ ent.Schema }

// Annotations of User.
func (User) Annotations() []schema.Annotation { return table("user") }

// Fields of User.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("name"),
		field.String("email"),
		field.Bool("email_verified").Default(false),
		field.String("image").Optional().Nillable(),
		field.Bool("is_anonymous").Default(false),
		field.Int64("created_at"),
		field.Int64("updated_at"),
	}
}

// Organization is a row of table organization.
type Organization struct{ ent.Schema }

// Annotations of Organization.
func (Organization) Annotations() []schema.Annotation { return table("organization") }

// Fields of Organization.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("name"),
		field.String("slug"),
		field.String("logo").Optional().Nillable(),
		field.String("metadata").Optional().Nillable(),
		field.Int64("created_at"),
	}
}

// Edges of Organization.
func (Organization) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("members", Member.Type),
		edge.To("teams", Team.Type),
	}
}

// Member is a row of table member.
type Member struct{ ent.Schema }

// Annotations of Member.
func (Member) Annotations() []schema.Annotation { return table("member") }

// Fields of Member.
func (Member) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("organization_id"),
		field.String("user_id"),
		field.String("role").Default("member"),
		field.Int64("created_at"),
	}
}

// Edges of Member.
func (Member) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("organization", Organization.Type).Ref("members").Field("organization_id").Unique().Required(),
		edge.To("user", User.Type).Field("user_id").Unique().Required(),
	}
}

// Team is a row of table team.
type Team struct{ ent.Schema }

// Annotations of Team.
func (Team) Annotations() []schema.Annotation { return table("team") }

// Fields of Team.
func (Team) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("organization_id"),
		field.String("name"),
		field.Int64("member_count").Default(0),
		field.Int64("created_at"),
		field.Int64("updated_at").Optional().Nillable(),
	}
}

// Edges of Team.
func (Team) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("organization", Organization.Type).Ref("teams").Field("organization_id").Unique().Required(),
		edge.To("members", TeamMember.Type),
	}
}

// TeamMember is a row of table team_member.
type TeamMember struct{ ent.Schema }

// Annotations of TeamMember.
func (TeamMember) Annotations() []schema.Annotation { return table("team_member") }

// Fields of TeamMember.
func (TeamMember) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("team_id"),
		field.String("user_id"),
		field.String("membership_key").Optional().Nillable(),
		field.Int64("created_at").Optional().Nillable(),
	}
}

// Edges of TeamMember.
func (TeamMember) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("team", Team.Type).Ref("members").Field("team_id").Unique().Required(),
		edge.To("user", User.Type).Field("user_id").Unique().Required(),
	}
}

// Product is a row of table product.
type Product struct{ ent.Schema }

// Annotations of Product.
func (Product) Annotations() []schema.Annotation { return table("product") }

// Fields of Product.
func (Product) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("organization_id"),
		field.String("name"),
		field.String("description").Optional().Nillable(),
		field.String("sku").Optional().Nillable(),
		field.Int64("price"),
		field.String("created_by").Optional().Nillable(),
		field.String("updated_by").Optional().Nillable(),
		field.Int64("created_at"),
		field.Int64("updated_at"),
		field.Int64("deleted_at").Optional().Nillable(),
	}
}

// Edges of Product.
func (Product) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("creator", User.Type).Field("created_by").Unique(),
	}
}
