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

// mainSchema may stand before the name of a table or view, as SQLite itself
// calls the schema of a database.
const mainSchema = "main."

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
	for glob := range strings.SplitSeq(strings.TrimPrefix(text, mainSchema), ".") {
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
	return ""
}

// isForParts reports whether the pattern names parts of tables, which Atlas
// can leave out.
func (p pattern) isForParts() bool {
	if len(p.globs) == 1 {
		return slices.ContainsFunc(p.kinds, func(kind string) bool { return kind != tableKind && kind != viewKind })
	}
	return len(p.globs) != 2 || !slices.Equal(p.kinds, []string{triggerKind})
}

// readExclude reads the patterns of attribute exclude. Those that name a part
// of a table, such as a column, mean something to the atlas CLI alone: it is
// noted that they change nothing here.
func (c *config) readExclude(body *hclsyntax.Body, resource *schemahcl.Resource, env *Env) {
	const key = "exclude"
	attribute, ok := resource.Attr(key)
	if !ok {
		return
	}
	const fix = `write it as ["table", "view_*", "*.name[type=trigger]"]`
	pos := c.at(body.Attributes[key].Expr.Range())
	patterns, err := attribute.Strings()
	if err != nil {
		c.problems.Add(pos, fix, "%s is not a list of patterns", key)
	}
	for _, text := range patterns {
		p := readPattern(text)
		switch reason := p.wrong(); {
		case reason != "":
			c.problems.Add(pos, fix, "%q %s", text, reason)
		case p.isForParts():
			env.Ignored.Add(pos, "exclude the whole table, or remove the pattern",
				"%q in exclude is for parts of tables, and rowhouse compares tables as a whole: it leaves out no more than triggers of that name", text)
		}
	}
	env.Exclude = patterns
}
