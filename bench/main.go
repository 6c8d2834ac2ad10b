// Command bench runs rowhouse beside other ways to reach SQLite from Go, on
// the same work. README.md says what is measured, and how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rowhouse/rowhouse/bench/contestants/bob"
	"github.com/rowhouse/rowhouse/bench/contestants/bun"
	"github.com/rowhouse/rowhouse/bench/contestants/driver"
	"github.com/rowhouse/rowhouse/bench/contestants/ent"
	"github.com/rowhouse/rowhouse/bench/contestants/gorm"
	"github.com/rowhouse/rowhouse/bench/contestants/hand"
	"github.com/rowhouse/rowhouse/bench/contestants/jet"
	"github.com/rowhouse/rowhouse/bench/contestants/rowhouse"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlboiler"
	"github.com/rowhouse/rowhouse/bench/contestants/sqlc"
	"github.com/rowhouse/rowhouse/bench/dataset"
	"github.com/rowhouse/rowhouse/bench/harness"
	"github.com/rowhouse/rowhouse/bench/report"
)

var entrants = []harness.Entrant{
	{Name: harness.Base, Open: hand.Open},
	{Name: "driver", Open: driver.Open},
	{Name: "rowhouse", Open: rowhouse.Open},
	{Name: "sqlc", Open: sqlc.Open},
	{Name: "ent", Open: ent.Open},
	{Name: "gorm", Open: gorm.Open},
	{Name: "bun", Open: bun.Open},
	{Name: "sqlboiler", Open: sqlboiler.Open},
	{Name: "bob", Open: bob.Open},
	{Name: "jet", Open: jet.Open},
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	o := parse()
	data := dataset.Generate()
	workloads, err := o.workloads(data)
	if err != nil {
		return err
	}
	entrants, err := o.entrants()
	if err != nil {
		return err
	}
	arena, err := harness.NewArena(ctx, data, "../schema")
	if err != nil {
		return err
	}
	defer func() { _ = arena.Close() }()

	counts, err := arena.Verify(ctx, entrants, workloads)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "verified: %d contestants return and store the same rows in %d workloads\n\n", len(entrants), len(workloads))

	var all []harness.Result
	err = arena.Measure(ctx, entrants, workloads, o.plan(), func(w harness.Workload, s harness.Samples) error {
		results := harness.Results(w, s, counts)
		all = append(all, results...)
		return report.Table(out, results)
	})
	if err != nil || o.output == "" {
		return err
	}
	return write(o.output, all)
}

// options are the flags of the command.
type options struct {
	quick                bool
	workload, contestant string
	rounds               int
	output               string
}

func parse() options {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "verify, and run one short round")
	flag.StringVar(&o.workload, "workload", "", "run this `workload` alone")
	flag.StringVar(&o.contestant, "contestant", "", "run this `contestant` alone, beside "+harness.Base)
	flag.IntVar(&o.rounds, "rounds", 11, "measure that many `rounds`")
	flag.StringVar(&o.output, "o", "", "write the results to this `file.json`, and a chart to file.svg")
	flag.Parse()
	return o
}

func (o options) plan() harness.Plan {
	if o.quick {
		return harness.Plan{Rounds: 1, Turn: 20 * time.Millisecond}
	}
	return harness.Plan{Rounds: max(1, o.rounds), Turn: 80 * time.Millisecond}
}

func (o options) workloads(data *dataset.Dataset) ([]harness.Workload, error) {
	all := harness.Workloads(data)
	if o.workload == "" {
		return all, nil
	}
	var names []string
	for _, w := range all {
		if w.Name == o.workload {
			return []harness.Workload{w}, nil
		}
		names = append(names, w.Name)
	}
	return nil, fmt.Errorf("no workload %q; there are %s", o.workload, strings.Join(names, ", "))
}

func (o options) entrants() ([]harness.Entrant, error) {
	if o.contestant == "" {
		return entrants, nil
	}
	var names []string
	for _, e := range entrants {
		names = append(names, e.Name)
	}
	if !slices.Contains(names, o.contestant) {
		return nil, fmt.Errorf("no contestant %q; there are %s", o.contestant, strings.Join(names, ", "))
	}
	return slices.DeleteFunc(slices.Clone(entrants), func(e harness.Entrant) bool {
		return e.Name != harness.Base && e.Name != o.contestant
	}), nil
}

// write writes the results to a file, and their chart beside it.
func write(file string, results []harness.Result) error {
	if err := create(file, results, report.JSON); err != nil {
		return err
	}
	return create(strings.TrimSuffix(file, ".json")+".svg", results, report.Chart)
}

func create(file string, results []harness.Result, fill func(io.Writer, []harness.Result) error) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(fill(f, results), f.Close())
}
