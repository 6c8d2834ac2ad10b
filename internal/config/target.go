package config

import (
	"path"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// pluginCommand is the executable by which sqlc knows rowhouse.
const pluginCommand = "rowhouse"

// pasteFix shows the least configuration that works.
const pasteFix = `make it look like this:

version: "2"
plugins:
  - name: rowhouse
    process: { cmd: rowhouse, format: json }
sql:
  - engine: sqlite
    schema: schema
    queries: queries
    codegen:
      - plugin: rowhouse
        out: gen
`

// targets reads the codegen entries that are rowhouse's.
func (c *checker) targets(root *yaml.Node) []Target {
	c.checkVersion(root)
	plugins := c.plugins(root)
	var targets []Target
	outs := map[string]int{}
	for _, block := range items(get(root, "sql")) {
		for _, entry := range items(get(block, "codegen")) {
			if !plugins[value(get(entry, "plugin"))] {
				continue
			}
			target := c.target(block, entry)
			if line, taken := outs[target.Out]; taken && target.Out != "" {
				c.add(entry, "give each a folder of its own", "%q is also written by the entry in line %d", target.Out, line)
			}
			outs[target.Out] = entry.Line
			targets = append(targets, target)
		}
	}
	return targets
}

func (c *checker) checkVersion(root *yaml.Node) {
	version := get(root, "version")
	if version == nil {
		c.add(root, `add the line version: "2"`, "the key \"version\" is missing")
	} else if version.Value != "2" {
		c.add(version, `write version: "2"`, "version %q of sqlc's configuration is not supported", version.Value)
	}
}

// plugins returns, for each plugin's name, whether it is rowhouse; and
// reports codegen entries of a plugin that is not there.
func (c *checker) plugins(root *yaml.Node) map[string]bool {
	plugins := map[string]bool{}
	var names []string
	for _, plugin := range items(get(root, "plugins")) {
		name, process := value(get(plugin, "name")), get(plugin, "process")
		command := strings.TrimSuffix(filepath.Base(filepath.FromSlash(value(get(process, "cmd")))), ".exe")
		ours := process != nil && command == pluginCommand
		if ours && value(get(process, "format")) != "json" {
			c.add(process, "write process: { cmd: rowhouse, format: json }", "rowhouse speaks to sqlc in JSON alone")
		}
		if options := get(get(root, "options"), name); ours && options != nil && len(options.Content) > 0 {
			c.add(options, "move them to \"options\" of the codegen entry",
				"options of rowhouse belong to one package each, so they are not read from here")
		}
		plugins[name] = ours
		names = append(names, name)
	}
	for _, block := range items(get(root, "sql")) {
		for _, entry := range items(get(block, "codegen")) {
			name := get(entry, "plugin")
			if _, known := plugins[value(name)]; known {
				continue
			}
			if name == nil {
				c.add(entry, "add plugin: rowhouse", "the key \"plugin\" is missing")
				continue
			}
			fix := suggestion(value(name), names)
			if len(names) == 0 {
				fix = "declare it: plugins: [{ name: rowhouse, process: { cmd: rowhouse, format: json } }]"
			}
			c.add(name, fix, "unknown plugin %q", value(name))
		}
	}
	return plugins
}

// target reads one codegen entry of a block under sql.
func (c *checker) target(block, entry *yaml.Node) Target {
	target := c.source(block)
	target.Pos = c.pos(entry)
	target.Out = c.out(entry)
	if options := get(entry, "options"); options != nil {
		target.Options = c.options(options)
	}
	return target
}

// source reads what a block under sql says without its entries.
func (c *checker) source(block *yaml.Node) Target {
	target := Target{
		Pos:     c.pos(block),
		Engine:  value(get(block, "engine")),
		Schema:  c.paths(block, "schema"),
		Queries: c.paths(block, "queries"),
		Options: Default(),
	}
	if target.Engine != "sqlite" {
		c.engine(block)
	}
	if len(target.Schema) == 0 && get(block, "schema") == nil {
		c.add(block, "add schema: schema, the folder of the CREATE TABLE statements", "the key \"schema\" is missing")
	}
	return target
}

func (c *checker) engine(block *yaml.Node) {
	engine := get(block, "engine")
	switch value(engine) {
	case "":
		c.add(block, "add engine: sqlite", "the key \"engine\" is missing")
	case "postgresql":
		c.add(engine, "write engine: sqlite", "engine \"postgresql\" comes with a later version of rowhouse")
	default:
		c.add(engine, "write engine: sqlite", "engine %q is not supported", engine.Value)
	}
}

// paths reads a path or a list of paths. They must stay inside the project,
// since the project is what is copied for sqlc and named in messages.
func (c *checker) paths(block *yaml.Node, key string) []string {
	n := get(block, key)
	nodes := items(n)
	if n != nil && n.Kind == yaml.ScalarNode {
		nodes = []*yaml.Node{n}
	}
	var out []string
	for _, node := range nodes {
		p := filepath.ToSlash(node.Value)
		if !inside(p) {
			c.add(node, "write a path relative to this file, and keep this file above its SQL",
				"%q: path %q leads out of the project", key, node.Value)
			continue
		}
		out = append(out, path.Clean(p))
	}
	return out
}

// out reads the folder of the generated package. It must be a folder of its
// own inside the project: rowhouse owns every file in it, and removes those
// that it no longer generates.
func (c *checker) out(entry *yaml.Node) string {
	n := get(entry, "out")
	if value(n) == "" {
		c.add(entry, "add out: gen, the folder of the generated package", "the key \"out\" is missing")
		return ""
	}
	p := filepath.ToSlash(n.Value)
	if !inside(p) || path.Clean(p) == "." {
		c.add(n, "write a folder below this file, as in out: gen",
			"\"out\": %q is not a folder of its own inside the project", n.Value)
		return ""
	}
	return path.Clean(p)
}

func inside(p string) bool {
	return p != "" && !path.IsAbs(p) && filepath.IsLocal(filepath.FromSlash(p))
}

// options reads the plugin's options over their defaults. The result is
// meaningless where problems were reported.
func (c *checker) options(n *yaml.Node) Options {
	options := Default()
	if n.ShortTag() == "!!null" {
		return options
	}
	before := len(c.problems)
	c.check("options", n, optionsShape)
	if len(c.problems) > before {
		return options
	}
	if err := n.Decode(&options); err != nil {
		c.add(n, "", "options: %v", err)
	}
	c.roles(n, &options)
	return options
}

// ParseOptions reads the options as sqlc hands them to its plugins, as JSON.
// Empty text means the defaults. Every error is an *Error; its positions name
// sqlc.yaml alone, since the lines are lost on the way through sqlc.
func ParseOptions(text []byte) (Options, error) {
	c := &checker{file: fileNames[0]}
	if len(text) == 0 {
		return Default(), nil
	}
	root := c.document(text)
	if root == nil {
		return Options{}, AsError(c.problems)
	}
	options := c.options(root)
	if err := AsError(c.problems); err != nil {
		return Options{}, err
	}
	return options, nil
}
