// Package report shows results: as tables, as JSON and as a chart.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/rowhouse/rowhouse/bench/harness"
)

// Table prints the results of one workload, in their order.
func Table(out io.Writer, results []harness.Result) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\tratio\tlow\thigh\tCPU\twall\tallocs\tstatements\t\n", results[0].Workload)
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t%s\t%s\t%.0f\t%.4g\t\n",
			r.Contestant, r.Ratio, r.Low, r.High, duration(r.CPU), duration(r.Wall), r.Allocs, r.Statements)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// duration is a number of nanoseconds with three digits or so.
func duration(ns int64) string {
	d := time.Duration(ns)
	switch {
	case d < 100*time.Microsecond:
		return d.Round(10 * time.Nanosecond).String()
	case d < time.Millisecond:
		return d.Round(100 * time.Nanosecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

// JSON writes results as a list, one a line.
func JSON(out io.Writer, results []harness.Result) error {
	for i, r := range results {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		open, end := " ", ","
		if i == 0 {
			open = "["
		}
		if i == len(results)-1 {
			end = "]"
		}
		if _, err := fmt.Fprintf(out, "%s%s%s\n", open, line, end); err != nil {
			return err
		}
	}
	return nil
}
