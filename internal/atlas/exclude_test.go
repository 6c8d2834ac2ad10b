package atlas

import (
	"fmt"
	"slices"
	"testing"
)

func TestExclude(t *testing.T) {
	root := project(t, `env "local" { exclude = ["Audit_*", "seen[type=view]", "two[type=table|view]", "*.log_*[type=trigger]", "\"a b\"", "main.shadow_*"] }`)
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
		"shadow_t":  {true, true},
	} {
		if got := []bool{env.ExcludesTable(name), env.ExcludesView(name)}; !slices.Equal(got, want) {
			t.Errorf("%s is excluded as table, view: %v, want %v", name, got, want)
		}
	}
	if len(env.Ignored) > 0 {
		t.Errorf("ignored: %v", env.Ignored)
	}
	if !env.ExcludesTrigger("t", "log_insert") || env.ExcludesTrigger("t", "audit_log") || env.ExcludesTable("t") {
		t.Error("triggers are excluded by their own patterns, alone")
	}
}

func TestExcludeErrors(t *testing.T) {
	const fix = `; write it as ["table", "view_*", "*.name[type=trigger]"]`
	for text, want := range map[string]string{
		`"x"`:    `atlas.hcl:1:25: exclude is not a list of patterns` + fix,
		`["[x"]`: `atlas.hcl:1:25: "[x" is no pattern` + fix,
		`[""]`:   `atlas.hcl:1:25: "" is no pattern` + fix,
	} {
		_, err := ReadEnv(project(t, `env "local" { exclude = `+text+` }`), "local", nil)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestExcludeParts: what Atlas can leave out and rowhouse cannot is noted, and
// nothing fails for it.
func TestExcludeParts(t *testing.T) {
	for _, text := range []string{"t.x_*", "*.*", "t.*[type=index]", "main.t.a", "*[type=trigger]"} {
		env, err := ReadEnv(project(t, `env "local" { exclude = ["`+text+`"] }`), "local", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("atlas.hcl:1:25: %q in exclude is for parts of tables, and rowhouse compares tables as a whole: "+
			"it leaves out no more than triggers of that name; exclude the whole table, or remove the pattern", text)
		if got := env.Ignored.Error(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if env.ExcludesTable("t") || env.ExcludesView("t") {
			t.Errorf("%s excludes the whole table", text)
		}
	}
}

func TestIsBookkeeping(t *testing.T) {
	for _, name := range []string{
		"__drizzle_migrations", "_prisma_migrations", "_sqlx_migrations", "__diesel_schema_migrations", "knex_migrations", "knex_migrations_lock",
		"kysely_migration", "kysely_migration_lock", "flyway_schema_history", "alembic_version", "django_migrations", "gorp_migrations", "SequelizeMeta",
		"ar_internal_metadata", "_litestream_seq", "_litestream_lock", "schema_migrations", "goose_db_version", "d1_migrations", "_cf_KV",
		"sqlite_sequence", "atlas_schema_revisions",
	} {
		if !IsBookkeeping(name) {
			t.Errorf("%s is taken for a table of the schema", name)
		}
	}
	if IsBookkeeping("migrations") || IsBookkeeping("cf_zone") {
		t.Error("any table is taken for one of a tool")
	}
}
