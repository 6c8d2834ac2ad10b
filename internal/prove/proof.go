package prove

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sqlc-dev/meyer/ast"
)

// maxWork bounds one attempt, in units of about a microsecond.
const maxWork = 50_000

// exhausted ends an attempt that took too much work.
type exhausted struct{}

// proof is one attempt at one statement.
type proof struct {
	*Prover
	params   Params
	by       By
	text     string
	findings []Finding
	steps    []string

	quiet    int               // attempts that may fail without a finding
	rejected int               // rejections while quiet
	bodies   map[any]bool      // derived tables proven by themselves, or not
	stack    []any             // bodies being opened
	removals map[*table]bool   // tables whose rows may be deleted, or not
	general  map[*trigger]bool // triggers proven for every row, or not
	firing   []*trigger        // triggers being proven for one write
	places   []place           // where findings in another text are reported
	ctes     map[*ast.CTE]*recursion
	keys     int
	work     int
}

// place is where a statement runs into the text of a view or trigger.
type place struct {
	offset int
	prefix string
}

func (p *proof) spend(units int) {
	if p.work += units; p.work > maxWork {
		panic(exhausted{})
	}
}

// freshKey names a value that nothing is known about.
func (p *proof) freshKey() string {
	p.keys++
	return "value " + strconv.Itoa(p.keys)
}

// reject records why the statement is not proven.
func (p *proof) reject(offset int, fix, format string, args ...any) {
	p.find(Finding{Offset: offset, Message: fmt.Sprintf(format, args...), Fix: fix})
}

func (p *proof) find(finding Finding) {
	p.rejected++
	if p.quiet > 0 {
		return
	}
	if len(p.places) > 0 {
		finding.Offset = p.places[0].offset
		for _, place := range slices.Backward(p.places) {
			finding.Message = place.prefix + finding.Message
		}
	}
	same := func(f Finding) bool { return f.Offset == finding.Offset && f.Message == finding.Message }
	if !slices.ContainsFunc(p.findings, same) {
		p.findings = append(p.findings, finding)
	}
}

// quietly makes an attempt that may fail.
func (p *proof) quietly(attempt func() bool) bool {
	p.quiet++
	rejected, steps := p.rejected, len(p.steps)
	ok := attempt() && p.rejected == rejected
	if !ok {
		p.steps = p.steps[:steps]
	}
	p.rejected = rejected
	p.quiet--
	return ok
}

// enter guards against a body that contains itself.
func (p *proof) enter(src *source, key any) (leave func(), ok bool) {
	if slices.Contains(p.stack, key) {
		p.reject(src.offset, "", "%s refers to itself", src.label)
		return nil, false
	}
	p.stack = append(p.stack, key)
	places := p.places
	if v, ok := key.(*view); ok {
		p.places = append(slices.Clip(places), place{offset: src.offset, prefix: "view " + quoteName(v.name) + ": "})
	}
	return func() { p.stack, p.places = p.stack[:len(p.stack)-1], places }, true
}

// closed reports whether a derived table depends on visible rows alone
// whatever the query around it asks for.
func (p *proof) closed(src *source) bool {
	for level := src.env; level != nil; level = level.parent {
		if len(level.sources) > 0 {
			return false
		}
	}
	if ok, known := p.bodies[src.key]; known {
		return ok
	}
	leave, ok := p.enter(src, src.key)
	if !ok {
		return false
	}
	defer leave()
	p.bodies[src.key] = p.quietly(func() bool { return newFacts(p).local(src.body, src.env, nil) })
	return p.bodies[src.key]
}

// param reads a parameter.
func (p *proof) param(e *ast.BindParam) operand {
	name := spelling(e)
	o := operand{kind: constantValue, text: name}
	if p.by == Tenant && slices.Contains(p.params.Tenant, name) {
		o.text, o.marks = "tenant", isTenant
	}
	if slices.Contains(p.params.Actor, name) {
		o.text, o.marks = "actor", isActor
	}
	return o
}

// spelling is a parameter as Params names it.
func spelling(e *ast.BindParam) string {
	if e.Kind == ast.ParamAnon || e.Kind == ast.ParamNumber {
		return "?" + strconv.Itoa(e.Number)
	}
	return e.Raw
}
