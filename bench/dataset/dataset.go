package dataset

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rowhouse/rowhouse/bench/contest"
)

// Sizes of the database. Large is read by all workloads but filter, which
// reads Medium: among 10,000 rows the scan of the filter would be all that is
// measured. The others are there to be left out of every answer.
const (
	users = 300

	largeMembers   = 200
	largeTeams     = 20
	largeProducts  = 10_500
	mediumProducts = 1_050
	otherTenants   = 3
	otherMembers   = 50
	otherTeams     = 3
	otherProducts  = 315

	teamMembers       = 20
	deletedEvery      = 21 // of that many products, one is deleted
	productsPerSecond = 3  // so that created_at alone does not order them
)

// Dataset is the content of the database.
type Dataset struct {
	Users         []contest.User
	Organizations []contest.Organization
	Products      []contest.Product
}

// start is when the first row was stored.
var start = contest.Now.Add(-365 * 24 * time.Hour).Unix()

// Generate returns the content; the same on every call.
func Generate() *Dataset {
	g := &generator{random: rand.New(rand.NewPCG(1, 2))}
	d := &Dataset{}
	for i := range users {
		d.Users = append(d.Users, g.user(i))
	}
	sizes := []size{
		{members: largeMembers, teams: largeTeams, products: largeProducts},
		{members: otherMembers, teams: otherTeams, products: mediumProducts},
	}
	for range otherTenants {
		sizes = append(sizes, size{members: otherMembers, teams: otherTeams, products: otherProducts})
	}
	for i, s := range sizes {
		organization := g.organization(i, s, d.Users)
		d.Organizations = append(d.Organizations, organization)
		for n := range s.products {
			d.Products = append(d.Products, g.product(organization, n))
		}
	}
	return d
}

// Large is the organization of 10,000 products that are not deleted, 200 members and 20 teams.
func (d *Dataset) Large() contest.Organization { return d.Organizations[0] }

// Medium is the organization of 1,000 products that are not deleted.
func (d *Dataset) Medium() contest.Organization { return d.Organizations[1] }

// Everywhere is a user who is a member of every organization.
func (d *Dataset) Everywhere() contest.User { return d.Users[0] }

type size struct{ members, teams, products int }

type generator struct{ random *rand.Rand }

// key returns a key as UUIDv7 makes them: in the order of time, and random beyond.
func (g *generator) key(unix int64) string {
	high, low := g.random.Uint64(), g.random.Uint64()
	ms := uint64(unix)*1000 + high>>54%1000
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x",
		ms>>16, ms&0xffff, high&0xfff, low>>48&0x3fff|0x8000, low&0xffff_ffff_ffff)
}

// sometimes returns the text in three of four cases, and nil, which is NULL, otherwise.
func (g *generator) sometimes(text string) *string {
	if g.random.IntN(4) == 0 {
		return nil
	}
	return &text
}

func (g *generator) user(i int) contest.User {
	return contest.User{
		ID:            g.key(start),
		Name:          fmt.Sprintf("%s %s", pick(g, givenNames), pick(g, familyNames)),
		Email:         fmt.Sprintf("user%d@example.com", i),
		EmailVerified: i%3 != 0,
		Image:         g.sometimes(fmt.Sprintf("https://example.com/avatars/%d.png", i)),
		IsAnonymous:   i%50 == 49,
		CreatedAt:     start + int64(i),
		UpdatedAt:     start + int64(i)*2,
	}
}

func (g *generator) organization(i int, s size, all []contest.User) contest.Organization {
	at := start + int64(i)
	o := contest.Organization{
		ID:        g.key(at),
		Name:      fmt.Sprintf("Organization %d", i),
		Slug:      fmt.Sprintf("organization-%d", i),
		Logo:      g.sometimes(fmt.Sprintf("https://example.com/logos/%d.svg", i)),
		Metadata:  g.sometimes(`{"plan":"team"}`),
		CreatedAt: at,
	}
	for m, user := range g.people(all, s.members) {
		at := at + int64(m)
		role := "member"
		if m == 0 {
			role = "owner"
		}
		o.Members = append(o.Members, contest.Member{
			ID: g.key(at), OrganizationID: o.ID, UserID: user.ID, Role: role, CreatedAt: at, User: user,
		})
	}
	for t := range s.teams {
		o.Teams = append(o.Teams, g.team(o, t))
	}
	return o
}

// people returns the user who is everywhere, and others.
func (g *generator) people(all []contest.User, n int) []contest.User {
	chosen := []contest.User{all[0]}
	for _, i := range g.random.Perm(len(all) - 1)[:n-1] {
		chosen = append(chosen, all[i+1])
	}
	return chosen
}

func (g *generator) team(o contest.Organization, i int) contest.Team {
	at := o.CreatedAt + int64(i)
	team := contest.Team{
		ID: g.key(at), OrganizationID: o.ID, Name: fmt.Sprintf("Team %d", i), MemberCount: teamMembers, CreatedAt: at,
	}
	if i%2 == 0 {
		updated := at + 100
		team.UpdatedAt = &updated
	}
	for _, m := range g.random.Perm(len(o.Members))[:teamMembers] {
		user := o.Members[m].User
		joined := at + int64(m)
		team.Members = append(team.Members, contest.TeamMember{
			ID: g.key(joined), TeamID: team.ID, UserID: user.ID,
			MembershipKey: g.sometimes(team.ID + user.ID), CreatedAt: &joined, User: user,
		})
	}
	return team
}

func (g *generator) product(o contest.Organization, i int) contest.Product {
	at := start + 3600 + int64(i/productsPerSecond)
	creator := o.Members[g.random.IntN(len(o.Members))].UserID
	p := contest.Product{
		ID:             g.key(at),
		OrganizationID: o.ID,
		Name:           fmt.Sprintf("%s %s %d", pick(g, materials), pick(g, things), i),
		Description:    g.sometimes(pick(g, descriptions)),
		SKU:            g.sometimes(fmt.Sprintf("%s-%05d", pick(g, series), i)),
		Price:          int64(100 + g.random.IntN(20_000)),
		CreatedBy:      &creator,
		UpdatedBy:      &creator,
		CreatedAt:      at,
		UpdatedAt:      at + int64(g.random.IntN(10_000)),
	}
	// As after the creator's account was deleted.
	if i%40 == 7 {
		p.CreatedBy, p.UpdatedBy = nil, nil
	}
	if i%deletedEvery == 0 {
		p.DeletedAt = &p.UpdatedAt
	}
	return p
}

func pick(g *generator, words []string) string { return words[g.random.IntN(len(words))] }

var (
	givenNames  = []string{"Ada", "Bob", "Chen", "Dara", "Émile", "Fatima", "Grace", "Hiro"}
	familyNames = []string{"Abbas", "Brown", "Costa", "Diaz", "Eriksen", "Fischer", "Garcia", "Håkansson"}
	materials   = []string{"oak", "steel", "linen", "brass", "glass", "wool", "cork", "walnut"}
	things      = []string{"lamp", "chair", "shelf", "table", "bowl", "clock", "vase", "stool"}
	series      = []string{"HOME", "WORK", "YARD", "LOFT"}

	descriptions = []string{
		"Made to order in two weeks, with a warranty of five years.",
		"For indoors. Clean with a dry cloth.",
		"The \"classic\" of 1962, in a new edition:\nsmaller, lighter, and with spare parts.",
		"Part of a set; the other parts are sold separately, and in other colours than this one.",
	}
)
