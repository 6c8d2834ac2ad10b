package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
)

// step records what ties a row.
func (p *proof) step(f *facts, src *source) {
	if why := f.why(src.row); why != "" {
		line := src.label + ": " + why
		if !slices.Contains(p.steps, line) {
			p.steps = append(p.steps, line)
		}
	}
}

// why says in one line what ties a row to the tenant.
func (f *facts) why(r int32) string {
	t := f.rows[r].table
	switch {
	case t.owner == public:
		return ""
	case t.owner == owned && f.has(f.col(r, t.tenant), isTenant):
		return fmt.Sprintf("%s = %s", t.Columns[t.tenant].Name, f.proof.tenantParam())
	case t.owner == owned && t.shared:
		return fmt.Sprintf("%s is NULL or %s", t.Columns[t.tenant].Name, f.proof.tenantParam())
	case t.owner == owned && f.ownedTerm(f.col(r, t.tenant)):
		return fmt.Sprintf("%s is that of a membership of %s", t.Columns[t.tenant].Name, f.proof.actorParam())
	case t.owner == ownedByPath:
		ref := t.refs[t.path]
		return fmt.Sprintf("(%s) names a row of %q that is tied", strings.Join(ref.key.Columns, ", "), ref.target.Name)
	case t.user >= 0 && f.has(f.col(r, t.user), isActor):
		return fmt.Sprintf("%s = %s", t.Columns[t.user].Name, f.proof.actorParam())
	case t.owner == person || t.owner == personal:
		return fmt.Sprintf("%s is named by a row that is tied", t.Columns[t.user].Name)
	}
	return "tied in every case"
}

func (p *proof) tenantParam() string { return first(p.params.Tenant, "the tenant parameter") }
func (p *proof) actorParam() string  { return first(p.params.Actor, "the acting user") }

func first(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return names[0]
}

// unbound records that a reference is not tied, with the predicate that
// would tie it.
func (p *proof) unbound(src *source) {
	finding := Finding{Offset: src.offset, Reference: src.label}
	t := src.table
	name := src.name
	if name == model.Fold(t.Name) {
		name = quoteName(t.Name)
	}
	if p.by == Actor {
		p.find(p.unboundActor(finding, t, name))
		return
	}
	switch t.owner {
	case private:
		finding.Message = fmt.Sprintf("%s is private: no query of a tenant may reach it", src.label)
	case unclassified:
		finding.Message = fmt.Sprintf("%s is neither owned by a tenant nor global", src.label)
		finding.Fix = fmt.Sprintf("give %q a tenant column, or list it under global_tables", t.Name)
	case person, personal:
		finding.Message = fmt.Sprintf("%s is not reached through a row of the tenant", src.label)
		finding.Fix = p.joinMember(t, name)
	case ownedByPath:
		finding.Message = fmt.Sprintf("%s is not tied to the tenant", src.label)
		finding.Fix = "add AND " + p.pathPredicate(t, name)
	default:
		finding.Message = fmt.Sprintf("%s is not tied to the tenant", src.label)
		finding.Fix = fmt.Sprintf("add AND %s.%s = %s", name, quoteName(t.Columns[t.tenant].Name), p.tenantParam())
	}
	p.find(finding)
}

func (p *proof) unboundActor(finding Finding, t *table, name string) Finding {
	finding.Message = fmt.Sprintf("%s is not tied to the acting user", finding.Reference)
	m := p.members
	switch {
	case t.user >= 0 && t.owner != private:
		finding.Fix = fmt.Sprintf("add AND %s.%s = %s", name, quoteName(t.Columns[t.user].Name), p.actorParam())
	case t.owner == owned:
		finding.Fix = fmt.Sprintf("add AND %s.%s IN (SELECT %s FROM %s WHERE %s = %s)", name, quoteName(t.Columns[t.tenant].Name),
			quoteName(m.Columns[p.memberTenant].Name), quoteName(m.Name), quoteName(m.Columns[m.user].Name), p.actorParam())
	}
	return finding
}

// joinMember is the fix for a user that no row of the tenant names.
func (p *proof) joinMember(t *table, name string) string {
	if t.user < 0 || p.members == nil {
		return ""
	}
	m := p.members
	return fmt.Sprintf("add AND %s.%s IN (SELECT %s FROM %s WHERE %s = %s)", name, quoteName(t.Columns[t.user].Name),
		quoteName(m.Columns[m.user].Name), quoteName(m.Name), quoteName(m.Columns[p.memberTenant].Name), p.tenantParam())
}

// pathPredicate ties a row that is owned by path.
func (p *proof) pathPredicate(t *table, name string) string {
	if t.path < 0 {
		return "a predicate on its path to the tenant"
	}
	ref := t.refs[t.path]
	inner := ref.target
	condition := ""
	switch {
	case inner.owner == ownedByPath:
		condition = p.pathPredicate(inner, quoteName(inner.Name))
	case inner.tenant >= 0:
		condition = fmt.Sprintf("%s = %s", quoteName(inner.Columns[inner.tenant].Name), p.tenantParam())
	}
	var columns, to []string
	for i := range ref.columns {
		columns = append(columns, name+"."+quoteName(t.Columns[ref.columns[i]].Name))
		to = append(to, quoteName(inner.Columns[ref.to[i]].Name))
	}
	left := strings.Join(columns, ", ")
	if len(columns) > 1 {
		left = "(" + left + ")"
	}
	return fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s)", left, strings.Join(to, ", "), quoteName(inner.Name), condition)
}

// quoteName quotes a name where SQL needs it.
func quoteName(name string) string {
	plain := name != "" && !reserved[model.Fold(name)]
	for i, c := range []byte(name) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		plain = plain && (letter || i > 0 && '0' <= c && c <= '9')
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

var reserved = words(`add all alter and as autoincrement between case check collate commit constraint create default
	deferrable delete distinct drop else escape except exists foreign from group having in index insert intersect into
	is isnull join limit not notnull null on or order primary references select set table then to transaction union
	unique update using values when where`)

// unknownTable says why a name is no table of the schema.
func (p *proof) unknownTable(name string) string {
	switch {
	case strings.HasPrefix(name, "sqlite_"), strings.HasPrefix(name, "pragma_"), name == "dbstat":
		return fmt.Sprintf("%s describes the whole database, every tenant's part of it", name)
	}
	return fmt.Sprintf("table %q is not in the schema", name)
}
