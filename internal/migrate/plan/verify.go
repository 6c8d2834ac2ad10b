package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/atlas"
	"github.com/rowhouse/rowhouse/internal/database"
	"github.com/rowhouse/rowhouse/internal/migrate/sqltext"
	"github.com/rowhouse/rowhouse/internal/model"
)

// VerifyError says why a plan must not be carried out.
type VerifyError struct {
	Step      Step         // that fails; the zero value if all run
	Err       error        // SQLite's, of that step
	Remainder []Difference // what is still different afterwards
	Missing   []string     // what the sample had, and the result has not
}

// Error returns all that is wrong, a line each.
func (e *VerifyError) Error() string {
	var lines []string
	if e.Err != nil {
		lines = append(lines, fmt.Sprintf("a statement fails: %v\n  %s", e.Err, strings.ReplaceAll(e.Step.SQL, "\n", "\n  ")))
	}
	for _, d := range e.Remainder {
		lines = append(lines, "still different: "+d.String())
	}
	for _, m := range e.Missing {
		lines = append(lines, "lost: "+m)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the error of the step that fails.
func (e *VerifyError) Unwrap() error { return e.Err }

// Verify runs the plan on copies of from that are filled with rows, in one
// transaction with foreign keys on. It returns a *VerifyError when the plan
// fails, when it does not lead to the schema to, or when a row or value is
// missing that is not among the plan's losses.
//
// A plan may fail on rows that cannot satisfy the new schema, such as NULLs in
// a column that becomes NOT NULL. That loses nothing, and such rows may not
// be there: the plan is right if it works without them. What it fails on is
// then in p.Refuses.
func (p *Plan) Verify(ctx context.Context, from, to *State) error {
	changed := descendants(from.Schema, p.touched)
	related := ancestors(from.Schema, changed)
	others := slices.DeleteFunc(slices.Clone(related), func(name string) bool { return changed[name] })
	for _, sample := range []struct {
		tables []string
		rows   int
	}{
		{related, sampleRows},
		{related, sampleRows - 1}, // without the row that has NULLs
		{others, sampleRows},
	} {
		err := p.verifyOn(ctx, from, to, sample.tables, sample.rows)
		var failure *VerifyError
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &failure) || !failure.refusesRows():
			return err
		case p.Refuses == nil:
			p.Refuses = failure
		}
	}
	return p.Refuses
}

// refusesRows reports whether a step failed because of the values in rows.
func (e *VerifyError) refusesRows() bool {
	return e.Err != nil && database.IsConstraint(e.Err) && !strings.Contains(e.Err.Error(), everyRowIsKept)
}

// verifyOn verifies the plan on some rows in some tables.
func (p *Plan) verifyOn(ctx context.Context, from, to *State, tables []string, rows int) error {
	db, err := from.DB.Copy(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := p.fill(ctx, db, from.Schema, to, tables, rows); err != nil {
		return err
	}
	before, err := snapshot(ctx, db, from.Schema)
	if err != nil {
		return err
	}
	if err := p.run(ctx, db); err != nil {
		return err
	}
	schema, err := atlas.Inspect(ctx, db)
	if err != nil {
		return err
	}
	failure := &VerifyError{Remainder: Compare(schema, to.Schema)}
	after, err := snapshot(ctx, db, schema)
	if err != nil {
		return err
	}
	failure.Missing = missing(before, after, p.Renames, p.Losses)
	if len(failure.Remainder)+len(failure.Missing) > 0 {
		return failure
	}
	return nil
}

// fill fills a copy of from with rows that satisfy to as well, where there
// are such rows.
func (p *Plan) fill(ctx context.Context, db *database.DB, from *model.Schema, to *State, tables []string, rows int) error {
	later, err := to.DB.Copy(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = later.Close() }()
	for _, t := range to.Schema.Triggers {
		if err := later.Exec(ctx, "DROP TRIGGER "+sqltext.Quote(t.Name)); err != nil {
			return err
		}
	}
	if err := later.Exec(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return err
	}
	s := newSampler(db, from)
	s.laterDB, s.laterCol, s.later = later, p.Renames.OldColumn, map[string]*model.Table{}
	for _, t := range to.Schema.Tables {
		s.later[model.Fold(p.Renames.OldTable(t.Name))] = t
	}
	return s.fill(ctx, tables, rows)
}

// run runs the plan in one transaction. Its error is a *VerifyError.
func (p *Plan) run(ctx context.Context, db *database.DB) error {
	steps := slices.Concat([]Step{{SQL: "BEGIN IMMEDIATE"}}, p.Steps, []Step{{SQL: "COMMIT"}})
	for _, step := range steps {
		if err := db.Exec(ctx, step.SQL); err != nil {
			return &VerifyError{Step: step, Err: err}
		}
	}
	return nil
}

// descendants returns tables and all that reference them, over any number of
// foreign keys.
func descendants(s *model.Schema, names map[string]bool) map[string]bool {
	found := maps.Clone(names)
	for again := true; again; {
		again = false
		for _, t := range s.Tables {
			if !found[model.Fold(t.Name)] && references(t, found) {
				found[model.Fold(t.Name)], again = true, true
			}
		}
	}
	return found
}

// ancestors returns tables and all that they reference.
func ancestors(s *model.Schema, names map[string]bool) []string {
	found := maps.Clone(names)
	tables := tablesByName(s)
	pending := slices.Collect(maps.Keys(names))
	for len(pending) > 0 {
		t := tables[pending[0]]
		pending = pending[1:]
		if t == nil {
			continue
		}
		for _, key := range t.ForeignKeys {
			if parent := model.Fold(key.Table); !found[parent] {
				found[parent] = true
				pending = append(pending, parent)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
