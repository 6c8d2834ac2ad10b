// Package prove says whether a SQL statement stays within one tenant, for
// every database that satisfies the schema's constraints, or names what
// could leave it.
//
// It stands between the readers and the plan: plan makes a method of a proven
// query only, and vet prints what this package found. It depends on model,
// config and tenancy, and on meyer for the syntax tree; it never looks at a
// database.
//
// # Meaning
//
// A statement is proven when its result and the rows it stores are the same
// whether or not rows of other tenants exist; when every row it writes
// belonged to the tenant before and belongs to it after; and when no row of
// the tenant comes to name a row of another tenant over a plain foreign key,
// or a user who is not a member (bridge tables and the acting user aside).
//
// # Method
//
// For each SELECT the facts that hold of every combination of rows its
// conditions let through are collected in a congruence closure: equalities
// of columns and parameters, values that are not NULL, and alternatives where
// an OR leaves the choice. A chase over the schema's keys adds what they
// imply: rows that agree on a unique key are one row, a foreign key that is
// not NULL has a parent. Then every row in the combination must be visible:
// by its tenant column, by the path of keys that owns it, or, for users, by a
// visible row that names it. All facts are statements that stay true when
// rows are added to the database; therefore the combinations let through are
// the same with and without the other tenants' rows, and so is all that is
// computed from them. Derived tables, views and common table expressions are
// proven for the rows the query around them asks for; null-extended sides of
// outer joins by their ON clause alone; recursion by induction; writes by the
// image of the row before and after, with conflicts, cascades and triggers.
//
// Whatever is not understood is not proven.
//
// # Premises
//
// Foreign keys are enforced and not deferred, the tenant parameter is the
// verified tenant and never NULL, and functions have SQLite's meaning. Errors
// are outside: a statement that fails because of another tenant's row, for a
// unique key that leaves out the tenant, tells that the row exists.
package prove

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// Params names the bind parameters whose values are verified, spelled as in
// the statement: "@organization_id", "?2". A bare ? is spelled by its number.
// All other parameters may hold anything.
type Params struct {
	Tenant []string // the tenant; never NULL
	Actor  []string // the acting user; never NULL
}

// By is what scopes a statement.
type By int

// The scopes.
const (
	Tenant By = iota // the rows of one tenant
	Actor            // the rows of the acting user, and of the tenants it is a member of
)

// String returns the scope's name.
func (b By) String() string {
	if b == Actor {
		return "actor"
	}
	return "tenant"
}

// Verdict is the answer for one statement.
type Verdict struct {
	Proven   bool
	By       By        // what scopes it, where proven
	Steps    []string  // where proven: what ties each reference, one line each
	Findings []Finding // where not proven: at least one
}

// Finding is a place that keeps a statement from being proven.
type Finding struct {
	Offset    int    // in the statement's text, in bytes
	Reference string // what is not tied: `"member" AS m`; may be empty
	Message   string // the cause, without a final full stop
	Fix       string // SQL to add or use, or advice; may be empty
}

// String returns "cause; fix".
func (f Finding) String() string {
	if f.Fix == "" {
		return f.Message
	}
	return f.Message + "; " + f.Fix
}

// Prover proves statements against one schema. It is safe for concurrent use.
type Prover struct {
	*catalog
	options config.Options
	owners  *tenancy.Map
	root    *table
}

// New returns a prover for the schema. Without owners nothing but statements
// that touch no table is proven.
func New(schema *model.Schema, owners *tenancy.Map, options config.Options) *Prover {
	p := &Prover{catalog: newCatalog(schema, owners, options), options: options, owners: owners}
	if owners != nil {
		p.root = p.tables[model.Fold(owners.Root.Name)]
	}
	return p
}

// Prove proves one statement, as the tenant's or as the acting user's, or
// says what is missing.
func (p *Prover) Prove(text string, params Params) Verdict {
	if at := strings.IndexByte(text, 0); at >= 0 {
		return Verdict{Findings: []Finding{{Offset: at, Message: "the statement contains a NUL byte"}}}
	}
	stmts, err := parser.ParseString(text)
	if err != nil {
		return unreadable(err)
	}
	if len(stmts) != 1 {
		return Verdict{Findings: []Finding{{Message: fmt.Sprintf("expected one statement, found %d", len(stmts))}}}
	}
	if name, ok := shared(stmts[0], params); ok {
		return Verdict{Findings: []Finding{{
			Message: fmt.Sprintf("%s and another parameter have the same number, so one value is bound to both", name),
			Fix:     "name all parameters, or number them all",
		}}}
	}
	by, other := Tenant, Actor
	if usesAny(stmts[0], params.Actor) && !usesAny(stmts[0], params.Tenant) {
		by, other = Actor, Tenant
	}
	verdict := p.prove(stmts[0], text, params, by)
	if verdict.Proven || len(params.Actor) == 0 {
		return verdict
	}
	if second := p.prove(stmts[0], text, params, other); second.Proven {
		return second
	}
	return verdict
}

func unreadable(err error) Verdict {
	finding := Finding{Message: "the statement cannot be read: " + err.Error()}
	var e *parser.Error
	if errors.As(err, &e) {
		finding.Message, finding.Offset = "the statement cannot be read: "+e.Message, max(e.Offset, 0)
	}
	return Verdict{Findings: []Finding{finding}}
}

// usesAny reports whether a statement has one of the parameters.
func usesAny(stmt ast.Stmt, names []string) bool {
	found := false
	ast.Walk(stmt, func(n ast.Node) bool {
		if param, ok := n.(*ast.BindParam); ok {
			found = found || slices.Contains(names, spelling(param))
		}
		return !found
	})
	return found
}

// shared reports whether a verified parameter is bound under another
// spelling too: ?1 is the first named parameter.
func shared(stmt ast.Stmt, params Params) (string, bool) {
	spelled := map[int][]string{}
	ast.Walk(stmt, func(n ast.Node) bool {
		if param, ok := n.(*ast.BindParam); ok && !slices.Contains(spelled[param.Number], spelling(param)) {
			spelled[param.Number] = append(spelled[param.Number], spelling(param))
		}
		return true
	})
	for _, number := range slices.Sorted(maps.Keys(spelled)) {
		names := spelled[number]
		for _, name := range names {
			if len(names) > 1 && (slices.Contains(params.Tenant, name) || slices.Contains(params.Actor, name)) {
				return name, true
			}
		}
	}
	return "", false
}

// prove makes one attempt.
func (p *Prover) prove(stmt ast.Stmt, text string, params Params, by By) (verdict Verdict) {
	run := &proof{Prover: p, params: params, by: by, text: text, bodies: map[any]bool{}}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exhausted); !ok {
				panic(r)
			}
			verdict = Verdict{Findings: []Finding{{Offset: stmt.Pos(), Message: "the statement is too complex to prove", Fix: "split it into simpler statements"}}}
		}
	}()
	ok := newFacts(run).statement(stmt)
	switch {
	case ok && len(run.findings) == 0:
		return Verdict{Proven: true, By: by, Steps: run.steps}
	case len(run.findings) == 0:
		run.reject(stmt.Pos(), "", "the statement could not be proven to stay within the tenant")
	}
	return Verdict{By: by, Findings: run.findings}
}

// statement proves a statement of any kind.
func (f *facts) statement(stmt ast.Stmt) bool {
	switch s := stmt.(type) {
	case *ast.SelectStmt:
		return f.local(s, nil, nil)
	case *ast.InsertStmt:
		return f.insert(s, nil)
	case *ast.UpdateStmt:
		return f.update(s, nil)
	case *ast.DeleteStmt:
		return f.delete(s, nil)
	}
	f.proof.reject(stmt.Pos(), "", "only SELECT, INSERT, UPDATE and DELETE can be proven")
	return false
}
