// Package plan decides what will exist: from the schema, its ownership and
// the analysed queries to Go names, Go types, methods and the text of every
// statement. All decisions live here; internal/emit only writes them down.
//
//	schema/*.sql + queries/*.sql → model → plan → emit → files
package plan

import (
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/runtime"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Plan is everything that a generated package will hold.
type Plan struct {
	Package string
	Tables  []*Table     // in the order of the schema
	Queries []*QueryFile // in the order of the files

	Tenant *Table
	Users  *Table

	Enter         string // statement: the role of user ?2 in tenant ?1
	Role          bool   // the members table has a role to read
	InTenant      string // statement: whether tenant ?1 exists
	Organizations string // statement: the tenants of user ?1
	Roles         *Roles // nil where membership alone counts
	Isolation     *Isolation
	Estate        *Estate
	AuditLog      *AuditLog    // nil where nothing is logged
	RateLimit     *RateLimit   // nil where no table counts requests
	Invitations   *Invitations // nil where the schema has none of Better Auth's shape
	Methods       Methods      // names that follow the tenant's and the user's table
}

// Methods are the names of methods that contain a table's name.
type Methods struct {
	TenantID   string // OrganizationID
	UserID     string // UserID
	InTenant   string // InOrganization
	TenantRow  string // Organization
	TenantRows string // Organizations
	Update     string // UpdateOrganization
	Export     string // ExportOrganization
	Import     string // ImportOrganization
	Erase      string // EraseOrganization
	Report     string // OrganizationReport
	MapUsers   string // MapUsers
}

// Input is what a plan is made from.
type Input struct {
	Schema  *model.Schema
	Owners  *tenancy.Map
	Queries []*model.Query
	Options config.Options
}

// New decides on everything that the input asks for. The error is the
// model.Problems that stand in the way, all at once; a *config.Error where it is
// the option roles.
func New(in Input) (*Plan, error) {
	p := &planner{
		Input:   in,
		dialect: sqliteDialect,
		tables:  map[*model.Table]*Table{},
		names:   newNames(runtime.Names()),
		files:   map[string]int{},
		plan:    &Plan{Package: in.Options.Package},
	}
	if len(in.Options.Roles) > 0 {
		p.names.reserve(roleNames...)
	}
	p.checkOptions()
	p.checkAuditLog()
	p.planTables()
	p.planScope()
	if len(p.problems) == 0 {
		p.planRoles()
	}
	if len(p.problems) == 0 && len(p.misconfigured) > 0 {
		return nil, config.AsError(p.misconfigured)
	}
	if len(p.problems) == 0 {
		p.plan.RateLimit = p.planRateLimit()
		p.plan.AuditLog = p.planAuditLog()
	}
	if len(p.problems) == 0 { // queries build on the tables' types
		p.planQueries()
	}
	if err := p.problems.Err(); err != nil {
		return nil, err
	}
	p.plan.Estate = p.planEstate()
	p.plan.Invitations = p.planInvitations()
	p.plan.Isolation = p.planIsolation()
	return p.plan, nil
}

// planner carries the state of New from step to step.
type planner struct {
	Input
	dialect  dialect
	names    *names
	files    map[string]int // names of files in use
	plan     *Plan
	tables   map[*model.Table]*Table
	problems model.Problems

	misconfigured model.Problems // what is wrong with the option roles
}
