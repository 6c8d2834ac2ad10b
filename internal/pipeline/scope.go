package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/prove"
	"github.com/rowhouse/rowhouse/internal/sqlite"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// The comments that say from where a query may be called.
const (
	unscopedMark = "rowhouse:unscoped" // from System alone
	canMark      = "rowhouse:can"      // by roles with these permissions
)

// Scope proves every query, and says in its Scope from where it may be
// called. A query that is neither proven nor marked as unscoped is a problem,
// at the reference that nothing ties to the tenant.
func Scope(queries []*model.Query, prover *prove.Prover, options config.Options) model.Problems {
	var problems model.Problems
	for _, q := range queries {
		problems = append(problems, unknownMarks(q)...)
		problems = append(problems, forged(q, options)...)
		wanted := can(q)
		reason, marked := unscoped(q)
		switch {
		case marked && reason == "":
			problems.Add(q.Pos, "write -- "+unscopedMark+" and why", "query %s does not say why it is unscoped", q.Name)
		case marked:
			q.Scope = model.Scope{Kind: model.System, Reason: reason}
		default:
			problems = append(problems, scope(q, prover, options)...)
		}
		if wanted {
			problems = append(problems, checkCan(q, options)...)
		}
	}
	return problems
}

// forged reports a query that writes what the triggers of the audit log alone
// may write.
func forged(q *model.Query, options config.Options) model.Problems {
	var problems model.Problems
	written, _ := sqlite.WrittenBy(q.Text)
	if len(options.AuditLog) > 0 && model.HasName([]string{tenancy.LogTable, tenancy.ActorTable, tenancy.GoneTable}, written.Table) {
		problems.Add(q.Pos, "remove it", "query %s writes table %q, which the triggers of the audit log write alone", q.Name, written.Table)
	}
	return problems
}

// can takes the marks that name permissions out of a query's comments.
func can(q *model.Query) (marked bool) {
	var others []string
	for _, line := range q.Comments {
		mark, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if mark != canMark {
			others = append(others, line)
			continue
		}
		marked = true
		q.Can = append(q.Can, strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })...)
	}
	q.Comments = others
	return marked
}

// checkCan reports a mark that would not be enforced: roles are what a Scope
// has, and only where the options say what they permit.
func checkCan(q *model.Query, options config.Options) model.Problems {
	var problems model.Problems
	switch {
	case len(q.Can) == 0:
		problems.Add(q.Pos, "write -- "+canMark+" and what it needs, as in product:update", "query %s: %s names no permission", q.Name, canMark)
	case len(options.Roles) == 0:
		problems.Add(q.Pos, "remove it, or set roles in sqlc.yaml", "query %s: %s has no meaning without roles", q.Name, canMark)
	case q.Scope.Kind == model.Actor:
		problems.Add(q.Pos, "remove it", "query %s: %s has no meaning for a user who has entered no %s", q.Name, canMark, options.Tenant.Table)
	case q.Scope.Kind == model.System && q.Scope.Reason != "":
		problems.Add(q.Pos, "remove it", "query %s: %s has no meaning for a query of System's", q.Name, canMark)
	}
	return problems
}

// marks are the comments that rowhouse understands.
var marks = []string{unscopedMark, canMark, "rowhouse:ignore", "rowhouse:with-deleted"}

// unknownMarks reports comments that ask for what this version does not do:
// a permission that is not enforced must not look as if it were.
func unknownMarks(q *model.Query) model.Problems {
	var problems model.Problems
	for _, line := range q.Comments {
		mark, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(mark, "rowhouse:") && !slices.Contains(marks, mark) {
			problems.Add(q.Pos, "remove it; what it asks for would not be done. Known are "+strings.Join(marks, ", "),
				"query %s: the mark %s is not supported by this version of rowhouse", q.Name, mark)
		}
	}
	return problems
}

// unscoped takes the mark out of a query's comments and returns its reason.
func unscoped(q *model.Query) (reason string, marked bool) {
	for i, line := range q.Comments {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), unscopedMark); ok {
			q.Comments = append(q.Comments[:i:i], q.Comments[i+1:]...)
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// scope tries the least that could prove a query: by the tenant alone, so
// that a user in it is any user; by tenant and acting user; by that user.
func scope(q *model.Query, prover *prove.Prover, options config.Options) model.Problems {
	tenant := parameter(q, options.Tenant.Column)
	actor := parameter(q, options.UserTable+"_id")
	tenantParam := spelled(tenant)
	if tenant == 0 {
		tenantParam = []string{"@" + options.Tenant.Column} // for the fix to name
	}
	attempts := []model.Scope{{Kind: model.Tenant, Tenant: tenant}}
	if actor != 0 {
		attempts = append(attempts,
			model.Scope{Kind: model.Tenant, Tenant: tenant, Actor: actor},
			model.Scope{Kind: model.Actor, Actor: actor})
	}
	var first prove.Verdict
	for i, attempt := range attempts {
		verdict := prover.Prove(q.Text, prove.Params{Tenant: tenantParam, Actor: spelled(attempt.Actor)})
		if verdict.Proven && (verdict.By == prove.Tenant) == (attempt.Kind == model.Tenant) {
			attempt.Proof = strings.Join(verdict.Steps, "; ")
			q.Scope = attempt
			return nil
		}
		if i == 0 {
			first = verdict
		}
	}
	return unproven(q, first)
}

func unproven(q *model.Query, verdict prove.Verdict) model.Problems {
	var problems model.Problems
	for _, f := range verdict.Findings {
		fix := Named(q, f.Fix)
		if fix != "" {
			fix += ", "
		}
		problems.Add(q.At(f.Offset), fix+"or mark the query -- "+unscopedMark+" and why", "query %s: %s", q.Name, f.Message)
	}
	return problems
}

// Named puts the names of a query's parameters in the place of ?1, ?2, … in
// what was said about its text.
func Named(q *model.Query, text string) string {
	var pairs []string
	for _, p := range slices.Backward(q.Params) { // ?12 before ?1
		pairs = append(pairs, fmt.Sprintf("?%d", p.Number), "@"+p.Name)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// parameter returns the number of the parameter of that name, 0 without one.
func parameter(q *model.Query, name string) int {
	for _, p := range q.Params {
		if strings.EqualFold(p.Name, name) && !p.Slice {
			return p.Number
		}
	}
	return 0
}

// spelled is a parameter as it stands in the text of a query.
func spelled(number int) []string {
	if number == 0 {
		return nil
	}
	return []string{fmt.Sprintf("?%d", number)}
}
