package atlas

import (
	"slices"
	"testing"
)

func TestExclude(t *testing.T) {
	root := project(t, `env "local" { exclude = ["Audit_*", "seen[type=view]", "two[type=table|view]", "*.log_*[type=trigger]", "\"a b\""] }`)
	env, err := ReadEnv(root, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]bool{ // as a table, as a view
		"audit_log": {true, true},
		"audit":     {false, false},
		"SEEN":      {false, true},
		"two":       {true, true},
		"a b":       {true, true},
		"log_t":     {false, false},
	} {
		if got := []bool{env.ExcludesTable(name), env.ExcludesView(name)}; !slices.Equal(got, want) {
			t.Errorf("%s is excluded as table, view: %v, want %v", name, got, want)
		}
	}
	if !env.ExcludesTrigger("t", "log_insert") || env.ExcludesTrigger("t", "audit_log") || env.ExcludesTable("t") {
		t.Error("triggers are excluded by their own patterns, alone")
	}
}

func TestExcludeErrors(t *testing.T) {
	const fix = `; write it as ["table", "view_*", "*.name[type=trigger]"]`
	for text, want := range map[string]string{
		`"x"`:                 `atlas.hcl:1:25: exclude is not a list of patterns` + fix,
		`["[x"]`:              `atlas.hcl:1:25: "[x" is no pattern` + fix,
		`[""]`:                `atlas.hcl:1:25: "" is no pattern` + fix,
		`["t.a"]`:             `atlas.hcl:1:25: "t.a" is for a part of a table that is always compared` + fix,
		`["t.*[type=index]"]`: `atlas.hcl:1:25: "t.*[type=index]" is for a part of a table that is always compared` + fix,
		`["main.t.a"]`:        `atlas.hcl:1:25: "main.t.a" is for a part of a table that is always compared` + fix,
	} {
		_, err := ReadEnv(project(t, `env "local" { exclude = `+text+` }`), "local", nil)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
