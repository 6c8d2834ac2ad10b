package harness

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/rowhouse/rowhouse/bench/contest"
)

// Base is the name of the contestant whose rows are right, and whose time is 1.
const Base = "hand"

// Statements are how many statements a contestant runs in one call of a
// workload, by workload and contestant; an average over the cycle of inputs.
type Statements map[string]map[string]float64

// Verify runs all workloads with all inputs and compares each contestant's
// rows, and what it stored, with those of Base. The error lists all that differ.
func (a *Arena) Verify(ctx context.Context, entrants []Entrant, workloads []Workload) (Statements, error) {
	counts := Statements{}
	for _, w := range workloads {
		counts[w.Name] = map[string]float64{}
	}
	var want map[string]record
	var problems []error
	for _, e := range entrants {
		got, err := a.record(ctx, e, workloads)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if e.Name == Base {
			want = got
		}
		for _, w := range workloads {
			counts[w.Name][e.Name] = got[w.Name].statements
			if err := compare(want[w.Name], got[w.Name]); err != nil {
				problems = append(problems, fmt.Errorf("%s: %s: %w", e.Name, w.Name, err))
			}
		}
	}
	return counts, errors.Join(problems...)
}

// record is what a contestant did in a workload.
type record struct {
	answers    []any      // by input
	stored     [][]string // by input: what the database holds after it
	statements float64    // for one call
}

// record runs all workloads on a database of their own, through the counting driver.
func (a *Arena) record(ctx context.Context, e Entrant, workloads []Workload) (map[string]record, error) {
	dsn, err := a.copy(e.Name + "-verify")
	if err != nil {
		return nil, err
	}
	counter := newCounter(dsn)
	p, err := a.enter(ctx, e, sql.OpenDB(counter))
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.db.Close() }()
	records := map[string]record{}
	for _, w := range workloads {
		r, err := p.record(ctx, w)
		if err != nil {
			return nil, err
		}
		r.statements, err = p.count(ctx, w, counter)
		if err != nil {
			return nil, err
		}
		records[w.Name] = r
	}
	return records, nil
}

func (p *player) record(ctx context.Context, w Workload) (record, error) {
	var r record
	op := w.of(p.Contestant)
	for input := range w.inputs {
		answer, err := op.answer(ctx, input)
		if err != nil {
			return r, fmt.Errorf("%s: %s: %w", p.name, w.Name, err)
		}
		r.answers = append(r.answers, answer)
		if w.writes {
			stored, err := p.stored(ctx)
			if err != nil {
				return r, fmt.Errorf("%s: %s: %w", p.name, w.Name, err)
			}
			r.stored = append(r.stored, stored)
		}
		if w.undo != "" {
			if err := p.undo(ctx, w); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// count runs the cycle of inputs once more, when all that is prepared on first
// use is prepared.
func (p *player) count(ctx context.Context, w Workload, c *counter) (float64, error) {
	var total int64
	op := w.of(p.Contestant)
	for input := range w.inputs {
		before := c.executed.Load()
		if err := op.run(ctx, input); err != nil {
			return 0, fmt.Errorf("%s: %s: %w", p.name, w.Name, err)
		}
		total += c.executed.Load() - before
		if w.undo != "" {
			if err := p.undo(ctx, w); err != nil {
				return 0, err
			}
		}
	}
	return float64(total) / float64(w.inputs), nil
}

// stored returns the products that were written since the database was
// filled, each column as an SQL literal: 1 is not '1'.
func (p *player) stored(ctx context.Context) ([]string, error) {
	rows, err := p.db.QueryContext(ctx, `SELECT concat_ws(' ', quote(id), quote(organization_id), quote(name),
		quote(description), quote(sku), quote(price), quote(created_by), quote(updated_by),
		quote(created_at), quote(updated_at), quote(deleted_at))
		FROM product WHERE updated_at = ? ORDER BY id`, contest.Now.Unix())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var literals string
		if err := rows.Scan(&literals); err != nil {
			return nil, err
		}
		all = append(all, literals)
	}
	return all, rows.Err()
}

func compare(want, got record) error {
	for input := range want.answers {
		if diff := cmp.Diff(sorted(want.answers[input]), sorted(got.answers[input])); diff != "" {
			return fmt.Errorf("other rows than %s with input %d (-%s +this):\n%s", Base, input, Base, start(diff))
		}
	}
	if diff := cmp.Diff(want.stored, got.stored); diff != "" {
		return fmt.Errorf("stores other rows than %s (-%s +this):\n%s", Base, Base, start(diff))
	}
	return nil
}

// start is the first lines of a difference, which can be as long as the answers.
func start(diff string) string {
	const most = 30
	lines := strings.SplitAfterN(diff, "\n", most+1)
	if len(lines) > most {
		lines[most] = "…\n"
	}
	return strings.Join(lines, "")
}

// sorted orders the lists of nested, for which no order is asked; other
// answers stay as they are.
func sorted(answer any) any {
	o, ok := answer.(contest.Organization)
	if !ok {
		return answer
	}
	o.Sort()
	return o
}
