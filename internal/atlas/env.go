package atlas

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ariga.io/atlas/schemahcl"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/rowhouse/rowhouse/internal/model"
)

// ConfigFile is the name of Atlas's configuration in the project's folder.
const ConfigFile = "atlas.hcl"

// DefaultEnv is the environment that is meant where none is named.
const DefaultEnv = "local"

// Env is one env block of atlas.hcl. What the block does not set is empty.
type Env struct {
	Name       string
	Schema     []string // src: files and folders, relative to the project
	Dev        string   // URL of an empty database to replay in
	URL        string   // of the database to migrate
	Migrations string   // migration.dir: a folder, relative to the project
}

// CheckConfig reports what is wrong with the atlas.hcl of a project as a
// *ConfigError: text that is no HCL, and keys that mean nothing. A project
// without the file is fine.
func CheckConfig(root string) error {
	c, err := readConfig(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.err()
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

// config is a parsed atlas.hcl, and what is wrong with it.
type config struct {
	parser   *hclparse.Parser
	text     string
	body     *hclsyntax.Body
	problems model.Problems
}

// readConfig reads and checks the file. Its error is for a file that cannot be
// read at all.
func readConfig(root string) (*config, error) {
	text, err := os.ReadFile(filepath.Join(root, ConfigFile))
	if err != nil {
		var problems model.Problems
		problems.Add(model.Position{File: ConfigFile}, `create it, with a block env "local"`, "%s", reason(err))
		return nil, configError(problems, err)
	}
	c := &config{parser: hclparse.NewParser(), text: string(text)}
	file, diagnostics := c.parser.ParseHCL(text, ConfigFile)
	if diagnostics.HasErrors() {
		c.diagnose(diagnostics[:1]) // the others mostly follow from it
		return c, nil
	}
	c.body = file.Body.(*hclsyntax.Body)
	c.check(c.body, "at the top of the file", fileKeys)
	return c, nil
}

// err returns the problems as an error.
func (c *config) err() error {
	return configError(c.problems, nil)
}

// at returns where a range starts, with columns in bytes.
func (c *config) at(r hcl.Range) model.Position {
	return model.At(ConfigFile, c.text, r.Start.Byte)
}

// diagnose adds HCL's own complaints.
func (c *config) diagnose(diagnostics hcl.Diagnostics) {
	for _, d := range diagnostics {
		p := model.Problem{Pos: model.Position{File: ConfigFile}, Message: d.Summary, Fix: strings.TrimSuffix(d.Detail, ".")}
		if d.Subject != nil {
			p.Pos = c.at(*d.Subject)
		}
		c.problems = append(c.problems, p)
	}
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
	c.problems.Add(model.Position{File: ConfigFile}, orElse(nearest(name, names), "add the block, or choose another with --env"),
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
		schemahcl.WithVariables(map[string]cty.Value{"atlas": cty.ObjectVal(map[string]cty.Value{"env": cty.StringVal(name)})}),
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
	for _, src := range c.textsOf(block.Body, &spec.Extra, "src") {
		env.Schema = append(env.Schema, c.folder(block.Body, "src", src))
	}
	for _, migration := range block.Body.Blocks {
		if resource, ok := spec.Extra.Resource("migration"); ok && migration.Type == "migration" {
			env.Migrations = c.folder(migration.Body, "dir", c.textOf(migration.Body, resource, "dir"))
		}
	}
	return env
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

// textsOf returns the value of an attribute that is a text or a list of texts.
func (c *config) textsOf(body *hclsyntax.Body, resource *schemahcl.Resource, key string) []string {
	attribute, ok := resource.Attr(key)
	if !ok {
		return nil
	}
	if text, err := attribute.String(); err == nil {
		return []string{text}
	}
	texts, err := attribute.Strings()
	if err != nil {
		c.problems.Add(c.at(body.Attributes[key].Expr.Range()), `write it as "text" or ["text", "text"]`, "%s is not a list of texts", key)
	}
	return texts
}

// folder returns the path of a file URL.
func (c *config) folder(body *hclsyntax.Body, key, url string) string {
	path, ok := strings.CutPrefix(url, "file://")
	if attribute := body.Attributes[key]; attribute != nil && (!ok || path == "") {
		c.problems.Add(c.at(attribute.Expr.Range()), `write it as "file://folder"`, "%s is not a folder: %q", key, url)
	}
	path, _, _ = strings.Cut(path, "?")
	return filepath.ToSlash(filepath.Clean(path))
}
