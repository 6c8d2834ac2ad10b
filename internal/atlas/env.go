package atlas

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// DefaultEnv is the environment that is meant where none is named.
const DefaultEnv = "local"

// Env is one env block of atlas.hcl. What the block does not set is empty.
type Env struct {
	Name       string
	Schema     []string       // src: files and folders, relative to the project
	Dev        string         // URL of an empty database to replay in
	URL        string         // of the database to migrate
	Exclude    []string       // patterns of what is left to others: see ExcludesTable
	Ignored    model.Problems // what the block says and rowhouse does nothing about
	Migrations string         // migration.dir: a folder, relative to the project

	Order       Order         // migration.exec_order
	LockTimeout time.Duration // migration.lock_timeout; 0 where it is not set
	Baseline    string        // migration.baseline: the version of a database without history
}

// ReadEnv returns an environment of the project's atlas.hcl, evaluated with
// values for its variables. It returns a *ConfigError when the file is not
// there (then errors.Is fs.ErrNotExist), is wrong, or has no such env.
func ReadEnv(root, name string, variables map[string]string) (*Env, error) {
	c, err := readConfig(root)
	if err != nil {
		return nil, err
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	block := c.env(name)
	if block == nil {
		return nil, c.err()
	}
	c.keepOnly(block)
	env := c.evaluate(block, variables)
	if err := c.err(); err != nil {
		return nil, err
	}
	return env, nil
}

// env finds the block of an environment.
func (c *config) env(name string) *hclsyntax.Block {
	var names []string
	for _, block := range c.body.Blocks {
		if block.Type != "env" || len(block.Labels) != 1 {
			continue
		}
		if block.Labels[0] == name {
			return block
		}
		names = append(names, block.Labels[0])
	}
	c.problems.Add(model.Position{File: ConfigFile}, orElse(spell.DidYouMean(name, names), "add the block, or choose another with --env"),
		"there is no env %q", name)
	return nil
}

// keepOnly removes the other environments, and the variables that only they
// use: they need no values now.
func (c *config) keepOnly(env *hclsyntax.Block) {
	used := map[string]bool{}
	note := func(body *hclsyntax.Body) {
		for _, traversal := range bodyVariables(body) {
			if step, ok := traversal[min(1, len(traversal)-1)].(hcl.TraverseAttr); ok && traversal.RootName() == "var" {
				used[step.Name] = true
			}
		}
	}
	note(env.Body)
	for _, block := range c.body.Blocks {
		if block.Type == "locals" {
			note(block.Body)
		}
	}
	kept := hclsyntax.Blocks{env}
	for _, block := range c.body.Blocks {
		if block.Type == "locals" || block.Type == "variable" && used[block.Labels[0]] {
			kept = append(kept, block)
		}
	}
	c.body.Blocks = kept
	c.body.Attributes = nil
}

// bodyVariables returns the references in a body and the blocks in it.
func bodyVariables(body *hclsyntax.Body) []hcl.Traversal {
	var found []hcl.Traversal
	for _, attribute := range body.Attributes {
		found = append(found, attribute.Expr.Variables()...)
	}
	for _, block := range body.Blocks {
		found = append(found, bodyVariables(block.Body)...)
	}
	return found
}

// envSpec is what Atlas evaluates an env block into.
type envSpec struct {
	Name string `spec:"name,name"`
	schemahcl.DefaultExtension
}

// evaluate computes the values of a block. Atlas does it, so that the file
// means the same to both.
func (c *config) evaluate(block *hclsyntax.Block, variables map[string]string) *Env {
	name := block.Labels[0]
	var file struct {
		Envs []*envSpec `spec:"env"`
	}
	values := map[string]cty.Value{}
	for key, value := range variables {
		values[key] = cty.StringVal(value)
	}
	state := schemahcl.New(
		schemahcl.WithVariables(constants(name)),
		schemahcl.WithFunctions(map[string]function.Function{"getenv": getenv}),
	)
	if err := state.Eval(c.parser, &file, values); err != nil {
		c.evaluationFailed(block, err)
		return nil
	}
	if len(file.Envs) != 1 {
		c.problems.Add(c.at(block.DefRange()), "write one block for each environment", "env %q is %d environments", name, len(file.Envs))
		return nil
	}
	return c.decode(block, name, file.Envs[0])
}

// constants are the names that a file may use without defining them: the
// environment, and the values of exec_order.
func constants(env string) map[string]cty.Value {
	names := map[string]cty.Value{"atlas": cty.ObjectVal(map[string]cty.Value{"env": cty.StringVal(env)})}
	for order := range execOrders {
		names[strings.ToUpper(strings.ReplaceAll(string(order), "-", "_"))] = cty.StringVal(string(order))
	}
	return names
}

func (c *config) evaluationFailed(block *hclsyntax.Block, err error) {
	var diagnostics hcl.Diagnostics
	if errors.As(err, &diagnostics) {
		c.diagnose(diagnostics)
		return
	}
	fix := ""
	if strings.HasPrefix(err.Error(), "missing value for required variable") {
		fix = "give it a default"
	}
	c.problems.Add(c.at(block.DefRange()), fix, "env %q: %s", block.Labels[0], err)
}

// getenv is the function of that name in the atlas CLI.
var getenv = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "key", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.StringVal(os.Getenv(args[0].AsString())), nil
	},
})

// decode reads the values of an env block.
func (c *config) decode(block *hclsyntax.Block, name string, spec *envSpec) *Env {
	env := &Env{Name: name}
	env.URL = c.textOf(block.Body, &spec.Extra, "url")
	env.Dev = c.textOf(block.Body, &spec.Extra, "dev")
	c.readExclude(block.Body, &spec.Extra, env)
	env.Schema = c.foldersOf(block.Body, &spec.Extra, "src")
	for _, inner := range block.Body.Blocks {
		resource, ok := spec.Extra.Resource(inner.Type)
		switch {
		case !ok:
		case inner.Type == "schema": // newer spelling of src
			env.Schema = append(env.Schema, c.foldersOf(inner.Body, resource, "src")...)
		case inner.Type == "migration":
			c.decodeMigration(inner.Body, resource, env)
		}
	}
	return env
}

// decodeMigration reads the values of a migration block.
func (c *config) decodeMigration(body *hclsyntax.Body, resource *schemahcl.Resource, env *Env) {
	if dirs := c.foldersOf(body, resource, "dir"); len(dirs) > 0 {
		env.Migrations = dirs[0]
	}
	env.Baseline = c.textOf(body, resource, "baseline")
	if text := c.textOf(body, resource, "exec_order"); text != "" {
		env.Order = Order(text)
		if _, ok := execOrders[env.Order]; !ok {
			c.problems.Add(c.at(body.Attributes["exec_order"].Expr.Range()), "write LINEAR, LINEAR_SKIP or NON_LINEAR", "unknown exec_order %q", text)
		}
	}
	if text := c.textOf(body, resource, "lock_timeout"); text != "" {
		timeout, err := time.ParseDuration(text)
		if err != nil {
			c.problems.Add(c.at(body.Attributes["lock_timeout"].Expr.Range()), `write it as "10s"`, "lock_timeout is no duration: %q", text)
		}
		env.LockTimeout = timeout
	}
}

// textOf returns the value of an attribute that is one text; "" without one.
func (c *config) textOf(body *hclsyntax.Body, resource *schemahcl.Resource, key string) string {
	attribute, ok := resource.Attr(key)
	if !ok {
		return ""
	}
	text, err := attribute.String()
	if err != nil {
		c.problems.Add(c.at(body.Attributes[key].Expr.Range()), `write it as "text"`, "%s is not a text", key)
	}
	return text
}

// foldersOf returns the paths of an attribute that is a file URL, or a list of
// them.
func (c *config) foldersOf(body *hclsyntax.Body, resource *schemahcl.Resource, key string) []string {
	attribute, ok := resource.Attr(key)
	if !ok {
		return nil
	}
	pos := c.at(body.Attributes[key].Expr.Range())
	urls, err := attribute.Strings()
	if err != nil {
		var url string
		if url, err = attribute.String(); err != nil {
			c.problems.Add(pos, `write it as "file://folder" or ["file://folder", "file://file.sql"]`, "%s is not a folder", key)
			return nil
		}
		urls = []string{url}
	}
	var folders []string
	for _, url := range urls {
		path, ok := strings.CutPrefix(url, "file://")
		if path, _, _ = strings.Cut(path, "?"); !ok || path == "" {
			c.problems.Add(pos, `write it as "file://folder"`, "%s is not a folder: %q", key, url)
			continue
		}
		folders = append(folders, filepath.ToSlash(filepath.Clean(path)))
	}
	return folders
}
