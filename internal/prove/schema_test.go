package prove

import (
	"os"
	"testing"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// world is a schema of testdata with its options and prover.
type world struct {
	name    string
	ddl     string
	options config.Options
	prover  *Prover
	params  Params
	schema  *model.Schema
	owners  *tenancy.Map
}

func baseOptions() config.Options {
	o := config.Default()
	o.GlobalTables = []string{"country"}
	return o
}

func crmOptions() config.Options {
	o := config.Default()
	o.Tenant = config.Tenant{Table: "tenant", Column: "tenant_id", Members: "membership"}
	o.GlobalTables = []string{"currency"}
	o.SharedTables = []string{"tax_rate"}
	o.BridgeTables = nil
	return o
}

func loadWorld(t testing.TB, name string) *world {
	t.Helper()
	w := &world{name: name}
	switch name {
	case "base":
		w.options = baseOptions()
		w.params = Params{Tenant: []string{"@organization_id"}, Actor: []string{"@user_id"}}
	case "crm":
		w.options = crmOptions()
		w.params = Params{Tenant: []string{"@tenant_id"}, Actor: []string{"@user_id"}}
	}
	text, err := os.ReadFile("testdata/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	w.ddl = string(text)
	w.schema = readSchema(t, w.ddl)
	owners, problems := tenancy.Classify(w.schema, w.options)
	if owners == nil {
		t.Fatal(problems)
	}
	w.owners = owners
	w.prover = New(w.schema, owners, w.options)
	return w
}

// readSchema reads a schema as rowhouse does.
func readSchema(t testing.TB, ddl string) *model.Schema {
	t.Helper()
	schema, err := atlas.Replay(t.Context(), []atlas.File{{Name: "schema.sql", Text: ddl}})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
