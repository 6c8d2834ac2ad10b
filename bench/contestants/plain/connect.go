package plain

// Connect puts the rows below an organization together by their keys: its
// members and teams, which are there already, users, and members of teams.
func Connect(o *Organization, users []User, teamMembers []TeamMember) {
	userByID := make(map[string]*User, len(users))
	for i := range users {
		userByID[users[i].ID] = &users[i]
	}
	for i := range o.Members {
		o.Members[i].User = userByID[o.Members[i].UserID]
	}
	teamByID := make(map[string]*Team, len(o.Teams))
	for i := range o.Teams {
		teamByID[o.Teams[i].ID] = &o.Teams[i]
	}
	for _, m := range teamMembers {
		m.User = userByID[m.UserID]
		t := teamByID[m.TeamID]
		t.Members = append(t.Members, m)
	}
}
