package migrate

import (
	"context"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
)

// liveProject makes a project in a folder of its own. The archive holds
// migrations by their names.
func liveProject(t *testing.T, archive string) *Project {
	t.Helper()
	return openProject(t, migratetest.Project(t, archive))
}

func openProject(tb testing.TB, root string) *Project {
	tb.Helper()
	p, err := Open(root, "local", nil)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// mustApply applies what is pending.
func mustApply(t *testing.T, p *Project, options ApplyOptions) []string {
	t.Helper()
	applied, err := p.Apply(t.Context(), p.Env.URL, options)
	if err != nil {
		t.Fatal(err)
	}
	return versions(applied)
}

func versions(applied []Applied) []string {
	var found []string
	for _, a := range applied {
		found = append(found, a.Version)
	}
	return found
}

// applyError applies what is pending, and returns the error it must have.
func applyError(ctx context.Context, t *testing.T, p *Project, options ApplyOptions) string {
	t.Helper()
	applied, err := p.Apply(ctx, p.Env.URL, options)
	if err == nil {
		t.Fatalf("applied %v, want an error", versions(applied))
	}
	return err.Error()
}
