package atlas

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// keys are the attributes and blocks that a body of atlas.hcl may have. The
// value of a block is nil where rowhouse leaves its inside to Atlas.
type keys struct {
	any        bool // attributes of any name
	attributes []string
	blocks     map[string]*block
}

// block says how many names a block has, and what is in it.
type block struct {
	labels int
	keys   *keys
}

// fileKeys describes atlas.hcl as the atlas CLI reads it.
var fileKeys = &keys{blocks: map[string]*block{
	"atlas":    {},
	"data":     {labels: 2},
	"diff":     {},
	"docker":   {labels: 2},
	"env":      {labels: 1, keys: envKeys},
	"format":   {},
	"lint":     {},
	"locals":   {keys: &keys{any: true}},
	"test":     {},
	"variable": {labels: 1, keys: &keys{attributes: []string{"default", "description", "type"}}},
}}

var envKeys = &keys{
	attributes: []string{"dev", "exclude", "schemas", "src", "url"},
	blocks: map[string]*block{
		"diff":   {},
		"format": {},
		"lint":   {},
		"log":    {},
		"migration": {keys: &keys{
			attributes: []string{"baseline", "dir", "exclude", "exec_order", "format", "lock_timeout", "revisions_schema"},
			blocks:     map[string]*block{"repo": {}},
		}},
		"schema": {},
		"test":   {},
	},
}

// check reports every key of a body that is not known.
func (c *config) check(body *hclsyntax.Body, where string, known *keys) {
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		if !known.any && !slices.Contains(known.attributes, name) {
			c.unknown(body.Attributes[name].NameRange.Start.Byte, "attribute", name, where, known)
		}
	}
	for _, b := range body.Blocks {
		c.checkBlock(b, where, known)
	}
}

func (c *config) checkBlock(b *hclsyntax.Block, where string, known *keys) {
	expected, ok := known.blocks[b.Type]
	if !ok {
		c.unknown(b.TypeRange.Start.Byte, "block", b.Type, where, known)
		return
	}
	if len(b.Labels) != expected.labels {
		c.problems.Add(c.at(b.TypeRange), "write "+b.Type+strings.Repeat(` "name"`, expected.labels)+" { … }",
			"block %q has %d names instead of %d", b.Type, len(b.Labels), expected.labels)
		return
	}
	if expected.keys != nil {
		c.check(b.Body, "in "+strings.Join(append([]string{b.Type}, quoted(b.Labels)...), " "), expected.keys)
	}
}

// unknown reports a key, with the nearest one that is known there.
func (c *config) unknown(offset int, kind, name, where string, known *keys) {
	names := append(slices.Sorted(maps.Keys(known.blocks)), known.attributes...)
	slices.Sort(names)
	fix := orElse(spell.DidYouMean(name, names), "known here: "+strings.Join(names, ", "))
	c.problems.Add(model.At(ConfigFile, c.text, offset), fix, "unknown %s %q %s", kind, name, where)
}

func quoted(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, fmt.Sprintf("%q", name))
	}
	return out
}
