package drift

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
)

// push brings the project's database to a new schema.
func push(t *testing.T, p *migrate.Project, schema string) {
	t.Helper()
	migratetest.WriteFile(t, filepath.Join(p.Root, "schema", "all.sql"), schema)
	planned, err := p.PlanPush(t.Context(), p.Env.URL, migrate.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := planned.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestPush goes through every change that plans are tested with: afterwards
// there is no drift, and nothing left to push.
func TestPush(t *testing.T) {
	for _, test := range migratetest.Features {
		t.Run(test.Name, func(t *testing.T) {
			p := openProject(t, migratetest.Unmigrated(t, test.Before))
			push(t, p, test.Before)
			migratetest.Exec(t, p.Root, "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO d1_migrations (name) VALUES ('x')")
			push(t, p, test.After)
			if drift := mustDrift(t, p); len(drift.Findings) > 0 || drift.Source != "schema files" {
				t.Errorf("the database still differs from the %s:\n%s", drift.Source, drift.found())
			}
			again, err := p.PlanPush(t.Context(), p.Env.URL, migrate.PushOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !again.Empty() {
				t.Errorf("there is still to push\n%s", again.SQL())
			}
			if got := migratetest.Texts(t, migratetest.Open(t, p.Root), "SELECT name FROM d1_migrations"); !slices.Equal(got, []string{"x"}) {
				t.Errorf("the table of a tool has %q", got)
			}
		})
	}
}
