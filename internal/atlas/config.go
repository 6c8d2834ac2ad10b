package atlas

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/rowhouse/rowhouse/internal/model"
)

// ConfigFile is the name of Atlas's configuration in the project's folder.
const ConfigFile = "atlas.hcl"

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
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil, fmt.Errorf("%s: a body of type %T", ConfigFile, file.Body)
	}
	c.body = body
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
