package config

import (
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// UnmarshalYAML reads a permission and remembers where it stands.
func (p *Permission) UnmarshalYAML(n *yaml.Node) error {
	n = resolve(n)
	p.Text, p.Pos.Line, p.Pos.Column = n.Value, n.Line, n.Column
	return nil
}

// roles completes the positions of roles and permissions, and reports dynamic
// roles where there are no others: then nobody could be the first to make one.
func (c *checker) roles(n *yaml.Node, options *Options) {
	if len(options.Roles) > 0 {
		options.RolesPos = c.pos(keyNode(n, "roles"))
	}
	if options.DynamicRoles {
		options.DynamicRolesPos = c.pos(keyNode(n, "dynamic_roles"))
	}
	for _, permissions := range options.Roles {
		for i := range permissions {
			pos := &permissions[i].Pos
			if pos.File = c.file; !c.located {
				pos.Line, pos.Column = 0, 0
			}
		}
	}
	if options.DynamicRoles && len(options.Roles) == 0 {
		c.add(get(n, "dynamic_roles"), `add the roles that every tenant has, as in roles: { owner: ["*"] }`,
			"\"dynamic_roles\" without \"roles\"")
	}
}

// checkRole accepts what can be one of several roles of a member, which a
// list with commas names, and makes a Go name.
func checkRole(role string) (cause, fix string) {
	named := strings.ContainsFunc(role, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if !named || strings.ContainsAny(role, ", \t\n") {
		return "\"" + role + "\" cannot be a role", "write a name with letters, without commas and blanks, as in \"admin\""
	}
	return "", ""
}

// checkPermission accepts the form of a permission. Which tables there are,
// the schema says.
func checkPermission(value string) (cause, fix string) {
	parts := strings.Split(value, ":")
	formed := value == "*" || len(parts) == 2 || len(parts) == 3 && parts[2] == "own"
	for _, part := range parts {
		if part == "" || strings.ContainsAny(part, " \t\n,") || strings.Contains(part, "*") && part != "*" {
			formed = false
		}
	}
	if !formed {
		return "\"" + value + "\" is not a permission",
			"write \"table:action\" or \"table:action:own\", as in \"product:update\", or \"*\" for everything"
	}
	return "", ""
}
