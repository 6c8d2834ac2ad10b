package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/rowhouse/rowhouse/internal/model"
)

// checker compares values with shapes and collects what does not fit.
type checker struct {
	file string
	// located is false where the text is not the user's own file, so that its
	// lines would mislead.
	located  bool
	problems model.Problems
}

func (c *checker) pos(n *yaml.Node) model.Position {
	if !c.located || n == nil {
		return model.Position{File: c.file}
	}
	return model.Position{File: c.file, Line: n.Line, Column: n.Column}
}

func (c *checker) add(n *yaml.Node, fix, format string, args ...any) {
	c.problems.Add(c.pos(n), fix, format, args...)
}

// check compares the value of a key with its shape.
func (c *checker) check(key string, n *yaml.Node, s shape) {
	n = resolve(n)
	if s.kind != anything && n.ShortTag() == "!!null" {
		c.add(n, `remove the key, or write "", [] or {} for nothing`, "%q has no value", key)
		return
	}
	switch s.kind {
	case scalar, text, boolean:
		c.checkScalar(key, n, s)
	case paths:
		if n.Kind == yaml.SequenceNode {
			s = listOf(shape{kind: scalar})
			c.checkList(key, n, s)
			return
		}
		c.checkScalar(key, n, shape{kind: scalar})
	case list:
		c.checkList(key, n, s)
	case object, mapping:
		c.checkObject(key, n, s)
	case anything:
	}
}

func (c *checker) checkScalar(key string, n *yaml.Node, s shape) {
	if n.Kind != yaml.ScalarNode {
		c.add(n, "", "%q must be %s, not %s", key, s.kind, describe(n))
		return
	}
	if want := map[kind]string{text: "!!str", boolean: "!!bool"}[s.kind]; want != "" && n.ShortTag() != want {
		fix := fmt.Sprintf("write %s: true or %s: false", key, key)
		if s.kind == text {
			fix = "put it in quotes"
		}
		if s.kind == text && n.Value == "false" {
			fix = fmt.Sprintf(`write %s: "" to turn it off`, key)
		}
		c.add(n, fix, "%q must be %s, not %s", key, s.kind, describe(n))
		return
	}
	if s.check != nil {
		if cause, fix := s.check(n.Value); cause != "" {
			c.add(n, fix, "%q: %s", key, cause)
		}
	}
}

func (c *checker) checkList(key string, n *yaml.Node, s shape) {
	if n.Kind != yaml.SequenceNode {
		item := n.Value
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			item = strconv.Quote(item)
		}
		c.add(n, fmt.Sprintf("write %s: [%s]", key, item), "%q must be a list, not %s", key, describe(n))
		return
	}
	for _, item := range n.Content {
		c.check(key, item, *s.elem)
	}
}

func (c *checker) checkObject(key string, n *yaml.Node, s shape) {
	if n.Kind != yaml.MappingNode {
		c.add(n, "", "%q must be %s, not %s", key, s.kind, describe(n))
		return
	}
	for _, f := range c.fields(n) {
		if s.kind == mapping {
			if cause, fix := s.checkKey(f.key.Value); cause != "" {
				c.add(f.key, fix, "%q: %s", key, cause)
			}
			c.check(f.key.Value, f.value, *s.elem)
			continue
		}
		known, ok := s.fields[f.key.Value]
		if !ok {
			c.add(f.key, suggestion(f.key.Value, slices.Collect(maps.Keys(s.fields))),
				"unknown key %q", f.key.Value)
			continue
		}
		c.check(f.key.Value, f.value, known)
	}
}

// field is one key of a mapping with its value.
type field struct{ key, value *yaml.Node }

// fields returns the keys of a mapping, those merged in with << behind its
// own, and reports keys that appear twice.
func (c *checker) fields(n *yaml.Node) []field {
	var own, merged []field
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		if key.ShortTag() == "!!merge" {
			merged = append(merged, c.mergedFields(value)...)
			continue
		}
		if first := seen[key.Value]; first != nil {
			c.add(key, "keep one of them", "key %q appears twice, first in line %d", key.Value, first.Line)
			continue
		}
		seen[key.Value] = key
		own = append(own, field{key, value})
	}
	for _, f := range merged {
		if seen[f.key.Value] == nil {
			own = append(own, f)
			seen[f.key.Value] = f.key
		}
	}
	return own
}

// mergedFields returns the keys that a << brings in. It does not follow
// further ones, which sqlc's own files have no use for.
func (c *checker) mergedFields(value *yaml.Node) []field {
	var fields []field
	if value.Kind != yaml.MappingNode {
		c.add(value, "name one anchor of a mapping, as in <<: *base", "<< must merge a mapping, not %s", describe(value))
		return nil
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		key := resolve(value.Content[i])
		if key.ShortTag() == "!!merge" {
			c.add(key, "merge each mapping where it is needed", "<< inside a merged mapping is not supported")
			continue
		}
		fields = append(fields, field{key, resolve(value.Content[i+1])})
	}
	return fields
}

// keyNode returns the key of a field of an object, nil without one.
func keyNode(n *yaml.Node, key string) *yaml.Node {
	for _, f := range new(checker).fields(resolve(n)) {
		if f.key.Value == key {
			return f.key
		}
	}
	return nil
}

// get returns the value of a key of a mapping, or nil.
func get(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	for _, f := range new(checker).fields(resolve(n)) {
		if f.key.Value == key {
			return f.value
		}
	}
	return nil
}

// items returns the elements of a list; none for nil.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		out[i] = resolve(item)
	}
	return out
}

// value returns a scalar's text; "" for nil.
func value(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func (k kind) String() string {
	switch k {
	case scalar, text:
		return "text"
	case boolean:
		return "true or false"
	case list:
		return "a list"
	case paths:
		return "a path or a list of paths"
	case object, mapping:
		return "a mapping of keys to values"
	}
	return "anything"
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch n.ShortTag() {
	case "!!str":
		return "the text " + strconv.Quote(n.Value)
	case "!!bool":
		return n.Value
	case "!!int", "!!float":
		return "the number " + n.Value
	}
	return strconv.Quote(n.Value)
}
