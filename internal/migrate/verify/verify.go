// Package verify judges a folder of migrations, without a database:
//
//	atlas.sum → replay and try each file → compare with the schema files → findings
package verify

import (
	"context"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/migrate"
	"github.com/rowhouse/rowhouse/internal/migrate/drift"
	"github.com/rowhouse/rowhouse/internal/migrate/lint"
	"github.com/rowhouse/rowhouse/internal/migrate/plan"
	"github.com/rowhouse/rowhouse/internal/migrate/transaction"
	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/report"
)

// Run judges the migrations without a database: that they are what atlas.sum
// says, can be applied one after the other, lose no rows that they do not drop
// by name, and make what the schema files say, if there are any.
func Run(ctx context.Context, p *migrate.Project) ([]report.Finding, error) {
	v := &verification{project: p}
	v.problems(lint.BadSum, p.Directory.CheckSum())
	latest, err := v.files(ctx)
	if !v.problems(lint.Inapplicable, err) {
		return nil, err
	}
	if len(v.findings) == 0 && len(p.Env.Schema) > 0 {
		desired, err := p.Desired(ctx)
		if err != nil {
			return nil, err
		}
		defer desired.Close()
		for _, d := range plan.JoinKeys(plan.Compare(latest, desired.Schema)) {
			v.problems(drift.SchemaAhead, model.Problems{drift.NotInMigrations(d)})
		}
	}
	return report.Sort(v.findings), nil
}

// verification collects what is wrong.
type verification struct {
	project  *migrate.Project
	findings []report.Finding
}

// problems makes findings of model.Problems, and reports whether the error is
// nil or such.
func (v *verification) problems(rule report.Rule, err error) bool {
	found, ok := report.OfError(rule, err)
	v.findings = append(v.findings, found...)
	return ok
}

// files replays and tries all migrations, and returns what they make. It
// returns model.Problems when one cannot be applied.
func (v *verification) files(ctx context.Context) (*model.Schema, error) {
	timeline, err := atlas.NewTimeline(ctx)
	if err != nil {
		return nil, err
	}
	defer timeline.Close()
	schema := &model.Schema{}
	for _, file := range v.project.Directory.Files() {
		edit, err := timeline.Next(ctx, file)
		if err != nil {
			return nil, err
		}
		m := v.project.Directory.Named(file.Name)
		v.problems(lint.Inapplicable, m.CheckMode())
		v.problems(lint.Inapplicable, transaction.Check(m, edit.Statements))
		v.problems(lint.Inapplicable, edit.Keys.Err())
		t, err := plan.TryApply(ctx, edit, m)
		if err != nil {
			return nil, err
		}
		v.problems(lint.LosesRows, t.Losses().Err())
		schema = edit.To
	}
	return schema, nil
}
