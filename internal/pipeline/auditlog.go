package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/emit"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/plan"
	"github.com/rowhouse/rowhouse/internal/tenancy"
)

// auditLogFile is the file of the schema that the option audit_log makes.
const auditLogFile = "audit_log.sql"

// SchemaFolder is the folder of a target's schema that generated files of the
// schema go to, as in sqlc.yaml: the first that is one. It is "" without any.
func SchemaFolder(root string, target config.Target) string {
	i := slices.IndexFunc(target.Schema, func(path string) bool { return atlas.IsFolder(root, path) })
	if i < 0 {
		return ""
	}
	return target.Schema[i]
}

// openSchema replays the schema, and returns the files that make it. They hold
// the tables of the audit log as they are to be generated, whatever is there,
// and not its triggers: these follow from all other tables, and no proof needs
// them. The caller closes the database.
func openSchema(ctx context.Context, root string, target config.Target) (*atlas.Database, []model.File, error) {
	all, err := atlas.ReadFiles(root, target.Schema)
	if err != nil {
		return nil, nil, err
	}
	files, err := atlas.Imported(slices.DeleteFunc(slices.Clone(all), isGenerated))
	if err != nil {
		return nil, nil, err
	}
	if len(target.Options.AuditLog) > 0 {
		return withAuditLog(ctx, root, target, files)
	}
	database, err := atlas.OpenFiles(ctx, files)
	if err == nil && len(database.Schema.Tables) == 0 {
		database.Close()
		return nil, nil, atlas.NoTable(all)
	}
	return database, files, err
}

// auditLogName is the name of the log's file. It returns model.Problems where it
// cannot be made.
func auditLogName(root string, target config.Target, files []model.File) (string, error) {
	var problems model.Problems
	folder := SchemaFolder(root, target)
	name := path.Join(folder, auditLogFile)
	switch {
	case folder == "":
		problems.Add(model.Position{File: "sqlc.yaml"}, "put the files into a folder, and name that",
			"option audit_log makes the file %s, for which sql.schema names no folder", auditLogFile)
	case slices.ContainsFunc(files, func(file model.File) bool { return file.Name == name }):
		problems.Add(model.Position{File: name}, "give it another name",
			"option audit_log makes this file, and what is there was not generated")
	}
	return name, problems.Err()
}

// withAuditLog replays the schema with the tables of the log.
func withAuditLog(ctx context.Context, root string, target config.Target, files []model.File) (*atlas.Database, []model.File, error) {
	name, err := auditLogName(root, target, files)
	if err != nil {
		return nil, nil, err
	}
	for declared := "TEXT"; ; {
		text, err := emit.AuditLog(plan.NewAuditLog(target.Options, declared))
		if err != nil {
			return nil, nil, err
		}
		with := append([]model.File{{Name: name, Text: string(text)}}, files...)
		database, err := atlas.OpenFiles(ctx, with)
		if err != nil {
			return nil, nil, cmp.Or(checkLogNames(ctx, files), err)
		}
		key := tenantKey(database.Schema, target.Options)
		if key == nil || key.Type == declared {
			return database, with, nil
		}
		database.Close()
		declared = key.Type
	}
}

// checkLogNames returns model.Problems for what is called like a table or view of
// the log.
func checkLogNames(ctx context.Context, files []model.File) error {
	database, err := atlas.OpenFiles(ctx, files)
	if err != nil {
		return err // what is wrong is not the log's
	}
	defer database.Close()
	var problems model.Problems
	for _, name := range []string{tenancy.LogTable, tenancy.ActorTable, tenancy.GoneTable, tenancy.NextView} {
		var pos model.Position
		if t := database.Schema.Table(name); t != nil {
			pos = t.Pos
		} else if v := database.Schema.View(name); v != nil {
			pos = v.Pos
		} else {
			continue
		}
		problems.Add(pos, "rename it", "%q is the name of a table that option audit_log makes", name)
	}
	return problems.Err()
}

// tenantKey is the key of the tenant table, nil where there is none of one column.
func tenantKey(schema *model.Schema, options config.Options) *model.Column {
	t := schema.Table(options.Tenant.Table)
	if t == nil || len(t.PrimaryKey) != 1 {
		return nil
	}
	return t.Column(t.PrimaryKey[0])
}

// isGenerated reports whether a file of the schema was generated.
func isGenerated(file model.File) bool {
	return path.Base(file.Name) == auditLogFile && strings.HasPrefix(file.Text, emit.SQLHeader+"\n")
}

// StaleAuditLog says that the file of the audit log is not what the schema asks
// for; nil where it is, and where more is wrong, which is for others to tell.
func StaleAuditLog(ctx context.Context, root string, target config.Target) model.Problems {
	present, _ := atlas.ReadFiles(root, target.Schema)
	if len(target.Options.AuditLog) == 0 && !slices.ContainsFunc(present, isGenerated) {
		return nil
	}
	if planned, err := planTarget(ctx, root, target, func([]model.File) ([]*model.Query, error) { return nil, nil }); err == nil {
		wanted, _ := schemaFiles(planned)
		return staleAuditLog(root, target, present, wanted, "run rowhouse generate")
	}
	return nil
}

// staleAuditLog says that, of the files that are present, the one of the log is
// not as it has to be.
func staleAuditLog(root string, target config.Target, present []model.File, files map[string][]byte, fix string) model.Problems {
	i := slices.IndexFunc(present, isGenerated)
	want, wanted := files[auditLogFile]
	if wanted == (i >= 0) && (!wanted || bytes.Equal(want, []byte(present[i].Text))) {
		return nil
	}
	var problems model.Problems
	problems.Add(model.Position{File: path.Join(SchemaFolder(root, target), auditLogFile)}, fix, "the audit log is stale")
	return problems
}
