package plan

import (
	"fmt"
	"strconv"

	"github.com/rowhouse/rowhouse/internal/model"
)

// scopeNames are fields and methods of Scope, System and Actor, so that no
// table's plural may be one of them.
var scopeNames = []string{"Queries", "Role", "InTx", "Can", "Require", "Enter", "System", "Reason", logRows}

// names is the register of package-level names of the generated package.
type names struct {
	taken map[string]string // Go name → what has it; "" for rowhouse itself
}

func newNames(reserved map[string]bool) *names {
	n := &names{taken: map[string]string{}}
	for name := range reserved {
		n.taken[name] = ""
	}
	for _, name := range append([]string{"enterSQL", "inTenantSQL", "organizationsSQL", "expectedColumns", "tenantEstate", "tenantInvitations", "storeAuditLog", "newScope", "newSystem", "Store", "Scope", "System", "Actor", "Open", "SystemQueries", "ScopeQueries", "ActorQueries"}, scopeNames...) {
		n.taken[name] = ""
	}
	return n
}

// roleNames are the names of rowhouse itself where there are roles.
var roleNames = []string{"Permission", "rolePermissions"}

// reserve takes names for rowhouse itself.
func (n *names) reserve(names ...string) {
	for _, name := range names {
		n.taken[name] = ""
	}
}

// isReserved reports whether rowhouse itself has the name.
func (n *names) isReserved(name string) bool {
	owner, ok := n.taken[name]
	return ok && owner == ""
}

// claim takes a name for what, and returns a problem if it is gone.
func (n *names) claim(name, what string, pos model.Position) (model.Problem, bool) {
	owner, ok := n.taken[name]
	if !ok {
		n.taken[name] = what
		return model.Problem{}, true
	}
	if owner == "" {
		owner = "rowhouse itself"
	}
	return model.Problem{
		Pos:     pos,
		Message: fmt.Sprintf("%s needs the Go name %s, which %s has", what, name, owner),
		Fix:     "rename one of them",
	}, false
}

// fresh takes the name, or else the first of name2, name3, … that is free.
func (n *names) fresh(name, what string) string {
	free := name
	for i := 2; ; i++ {
		if _, taken := n.taken[free]; !taken {
			n.taken[free] = what
			return free
		}
		free = name + strconv.Itoa(i)
	}
}
