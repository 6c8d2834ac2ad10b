package atlas

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rowhouse/rowhouse/internal/model"
)

func TestReadEnv(t *testing.T) {
	t.Setenv("SHOP_URL", "sqlite://shop.db")
	root := project(t, `
		variable "token" {
		  type = string
		}
		variable "folder" {
		  type    = string
		  default = "schema"
		}
		locals {
		  dir = "file://${var.folder}"
		}
		env "local" {
		  src = [local.dir, "file://more/extra.sql"]
		  url = getenv("SHOP_URL")
		  dev = "sqlite://${atlas.env}?mode=memory"
		  migration {
		    dir = "file://migrations?format=atlas"
		  }
		  lint { anything = true }
		}
		env "prod" {
		  schema {
		    src = local.dir
		  }
		  url = "libsql://shop?authToken=${var.token}"
		}
		lint {
		  git {
		    base = "main"
		  }
		}
	`)
	for _, test := range []struct {
		env       string
		variables map[string]string
		want      Env
	}{
		{"local", nil, Env{
			Name: "local", Schema: []string{"schema", "more/extra.sql"}, Dev: "sqlite://local?mode=memory",
			URL: "sqlite://shop.db", Migrations: "migrations",
		}},
		{"local", map[string]string{"folder": "db/schema"}, Env{
			Name: "local", Schema: []string{"db/schema", "more/extra.sql"}, Dev: "sqlite://local?mode=memory",
			URL: "sqlite://shop.db", Migrations: "migrations",
		}},
		{"prod", map[string]string{"token": "t"}, Env{
			Name: "prod", Schema: []string{"schema"}, URL: "libsql://shop?authToken=t",
		}},
	} {
		got, err := ReadEnv(root, test.env, test.variables)
		if err != nil {
			t.Fatalf("%s: %v", test.env, err)
		}
		if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s %v:\n got %+v\nwant %+v", test.env, test.variables, *got, test.want)
		}
	}
	if err := CheckConfig(root); err != nil {
		t.Errorf("CheckConfig: %v", err)
	}
}

// TestReadEnvOwn reads the file of this repository, with and without the
// variable it looks at.
func TestReadEnvOwn(t *testing.T) {
	want := Env{
		Name: DefaultEnv, Schema: []string{"schema"}, Dev: "sqlite://dev?mode=memory&_fk=1",
		URL: "sqlite://app.db?_fk=1", Migrations: "migrations",
	}
	for _, url := range []string{"", "sqlite://other.db"} {
		t.Setenv("DATABASE_URL", url)
		if url != "" {
			want.URL = url
		}
		got, err := ReadEnv("../..", DefaultEnv, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("got %+v, want %+v", *got, want)
		}
	}
}

func TestReadEnvErrors(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
	}{
		{
			"syntax", `env "local" {
  src = "file://schema
}
`,
			`atlas.hcl:2:23: Invalid multi-line string; Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \n escape to represent a newline character or use the "heredoc" multi-line template syntax`,
		},
		{
			"unknown keys", `envs "local" {}
key = 1
env "local" {
  sorce = "file://schema"
  ur1   = ""
  migrations {}
  migration {
    folder = "file://migrations"
  }
}
variable "x" {
  typ = string
}
env {}
env "a" "b" {}
`,
			`atlas.hcl:1:1: unknown block "envs" at the top of the file; did you mean "env"?
atlas.hcl:2:1: unknown attribute "key" at the top of the file; known here: atlas, data, diff, docker, env, format, lint, locals, test, variable
atlas.hcl:4:3: unknown attribute "sorce" in env "local"; did you mean "src"?
atlas.hcl:5:3: unknown attribute "ur1" in env "local"; did you mean "url"?
atlas.hcl:6:3: unknown block "migrations" in env "local"; did you mean "migration"?
atlas.hcl:8:5: unknown attribute "folder" in migration; known here: baseline, dir, exclude, exec_order, format, lock_timeout, repo, revisions_schema
atlas.hcl:12:3: unknown attribute "typ" in variable "x"; did you mean "type"?
atlas.hcl:14:1: block "env" has 0 names instead of 1; write env "name" { … }
atlas.hcl:15:1: block "env" has 2 names instead of 1; write env "name" { … }`,
		},
		{
			"no such env", `env "locl" {}`,
			`atlas.hcl: there is no env "local"; did you mean "locl"?`,
		},
		{
			"no env", ``,
			`atlas.hcl: there is no env "local"; add the block, or choose another with --env`,
		},
		{
			"unknown reference", `env "local" {
  src = "file://${var.folder}"
}`,
			`atlas.hcl:2:22: Unsupported attribute; This object does not have an attribute named "folder"`,
		},
		{
			"unknown function", `env "local" {
  url = getenvv("X")
}`,
			`atlas.hcl:2:9: Call to unknown function; There is no function named "getenvv"`,
		},
		{
			"missing value", `variable "token" {
  type = string
}
env "local" {
  url = var.token
}`,
			`atlas.hcl:4:1: env "local": missing value for required variable "token"; give it a default`,
		},
		{
			"types", `env "local" {
  src = [1, 2]
  url = 3
  dev = ["x"]
  migration {
    dir = "migrations"
  }
}`,
			`atlas.hcl:2:9: src is not a folder; write it as "file://folder" or ["file://folder", "file://file.sql"]
atlas.hcl:3:9: url is not a text; write it as "text"
atlas.hcl:4:9: dev is not a text; write it as "text"
atlas.hcl:6:11: dir is not a folder: "migrations"; write it as "file://folder"`,
		},
		{
			"schemas of other kinds", `env "local" {
  src = "ent://schema"
}`,
			`atlas.hcl:2:9: src is not a folder: "ent://schema"; write it as "file://folder"`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadEnv(project(t, test.text), DefaultEnv, nil)
			var config *ConfigError
			if !errors.As(err, &config) {
				t.Fatalf("not a *ConfigError: %v", err)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestReadEnvMissing(t *testing.T) {
	_, err := ReadEnv(t.TempDir(), DefaultEnv, nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not fs.ErrNotExist: %v", err)
	}
	want := `atlas.hcl: no such file or folder; create it, with a block env "local"`
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if err := CheckConfig(t.TempDir()); err != nil {
		t.Errorf("CheckConfig without the file: %v", err)
	}
	var problems model.Problems
	if err := CheckConfig(project(t, "x = 1")); !errors.As(err, &problems) || len(problems) != 1 {
		t.Errorf("CheckConfig of a wrong file: %v", err)
	}
}

// project returns a folder with an atlas.hcl.
func project(t *testing.T, text string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, ConfigFile), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// TestReadEnvMigration reads the options of a migration block, with the names
// that the atlas CLI defines.
func TestReadEnvMigration(t *testing.T) {
	const file = "env \"local\" {\n  migration {\n    dir = \"file://m\"\n    exec_order = %s\n    lock_timeout = \"%s\"\n    baseline = \"2026\"\n  }\n}\n"
	for _, test := range []struct{ order, timeout, want string }{
		{"LINEAR_SKIP", "5s", "linear-skip 5s 2026"},
		{`"non-linear"`, "1m", "non-linear 1m0s 2026"},
		{`"odd"`, "5", `atlas.hcl:4:18: unknown exec_order "odd"; write LINEAR, LINEAR_SKIP or NON_LINEAR` + "\n" +
			`atlas.hcl:5:20: lock_timeout is no duration: "5"; write it as "10s"`},
	} {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, ConfigFile), fmt.Appendf(nil, file, test.order, test.timeout), 0o644); err != nil {
			t.Fatal(err)
		}
		env, err := ReadEnv(root, "local", nil)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(env.Order, " ", env.LockTimeout, " ", env.Baseline)
		}
		if got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}
