package atlas

import (
	"path"
	"slices"
	"strings"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rowhouse/rowhouse/internal/model"
)

// The kinds of objects that exclude may name, as Atlas spells them.
const (
	tableKind   = "table"
	viewKind    = "view"
	triggerKind = "trigger"
)

// ExcludesTable reports whether the environment leaves a table to others, with
// all that belongs to it.
func (e *Env) ExcludesTable(name string) bool { return e.excludes(tableKind, name) }

// ExcludesView reports the same of a view.
func (e *Env) ExcludesView(name string) bool { return e.excludes(viewKind, name) }

// ExcludesTrigger reports the same of a trigger alone.
func (e *Env) ExcludesTrigger(table, name string) bool { return e.excludes(triggerKind, table, name) }

func (e *Env) excludes(kind string, names ...string) bool {
	return slices.ContainsFunc(e.Exclude, func(text string) bool { return readPattern(text).matches(kind, names) })
}

// pattern is a value of exclude: globs of a table or view, or of a trigger of
// one, "*.audit_*[type=trigger]".
type pattern struct {
	globs []string
	kinds []string // behind "type="; none for all
}

func readPattern(text string) pattern {
	var p pattern
	if start := strings.Index(text, "[type="); start >= 0 && strings.HasSuffix(text, "]") {
		p.kinds = strings.Split(text[start+len("[type="):len(text)-1], "|")
		text = text[:start]
	}
	for glob := range strings.SplitSeq(text, ".") {
		p.globs = append(p.globs, model.Fold(strings.Trim(glob, `"`)))
	}
	return p
}

func (p pattern) matches(kind string, names []string) bool {
	if len(p.globs) != len(names) || len(p.kinds) > 0 && !slices.Contains(p.kinds, kind) {
		return false
	}
	for i, glob := range p.globs {
		if ok, err := path.Match(glob, model.Fold(names[i])); !ok || err != nil {
			return false
		}
	}
	return true
}

// wrong says why a pattern cannot be used; "" where it can.
func (p pattern) wrong() string {
	for _, glob := range p.globs {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return "is no pattern"
		}
	}
	onTriggers := slices.Equal(p.kinds, []string{triggerKind})
	switch {
	case len(p.globs) == 1 && !slices.ContainsFunc(p.kinds, func(kind string) bool { return kind != tableKind && kind != viewKind }):
		return ""
	case len(p.globs) == 2 && onTriggers:
		return ""
	}
	return "is for a part of a table that is always compared"
}

// patternsOf returns the patterns of attribute exclude.
func (c *config) patternsOf(body *hclsyntax.Body, resource *schemahcl.Resource) []string {
	const key = "exclude"
	attribute, ok := resource.Attr(key)
	if !ok {
		return nil
	}
	const fix = `write it as ["table", "view_*", "*.name[type=trigger]"]`
	pos := c.at(body.Attributes[key].Expr.Range())
	patterns, err := attribute.Strings()
	if err != nil {
		c.problems.Add(pos, fix, "%s is not a list of patterns", key)
	}
	for _, text := range patterns {
		if reason := readPattern(text).wrong(); reason != "" {
			c.problems.Add(pos, fix, "%q %s", text, reason)
		}
	}
	return patterns
}
