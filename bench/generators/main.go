// Command generators times rowhouse generate beside other generators, on
// schemas of several sizes, and the go command on what they generated.
// The README in the folder above says what is measured.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// result is what was measured of a tool on a schema.
type result struct {
	Tool      string `json:"tool"`
	Tables    int    `json:"tables"`
	Lines     int    `json:"lines"` // of generated Go, tests aside
	Cold      usage  `json:"cold"`
	Unchanged usage  `json:"unchanged"`
	Build     *usage `json:"build,omitempty"` // of go build
}

func run(ctx context.Context, out io.Writer) error {
	sizes := flag.String("tables", "10,100,500", "generate for schemas of these `sizes`")
	build := flag.Int("build", 100, "measure go build for the schema of that `size`")
	only := flag.String("tool", "", "run this `tool` alone")
	output := flag.String("o", "generators.json", "write the results to this `file`; none if empty")
	flag.Parse()

	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	var results []result
	for size := range strings.SplitSeq("2,"+*sizes, ",") {
		tables, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("-tables: %w", err)
		}
		for _, t := range chosen {
			r, err := measure(ctx, t, tables, tables == *build)
			if err != nil {
				return fmt.Errorf("%s on %d tables: %w", t.name, tables, err)
			}
			results = append(results, r)
		}
	}
	// The first size only brings programs and packages into the caches.
	results = results[len(chosen):]
	if err := table(out, results); err != nil || *output == "" {
		return err
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(*output, append(text, '\n'), 0o644)
}

// measure runs a tool twice on a schema of its own, and go build if asked.
func measure(ctx context.Context, t tool, tables int, build bool) (r result, err error) {
	p, err := newProject(ctx, t, tables)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(p.folder)) }()
	r = result{Tool: t.name, Tables: tables}
	if r.Cold, err = p.generate(ctx); err != nil {
		return r, err
	}
	if r.Unchanged, err = p.generate(ctx); err != nil {
		return r, err
	}
	if r.Lines, err = p.lines(); err != nil || !build {
		return r, err
	}
	built, err := p.build(ctx)
	r.Build = &built
	return r, err
}

func table(out io.Writer, results []result) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "tables\ttool\tlines\tcold\tCPU\tmemory\tunchanged\tCPU\tmemory\tgo build\tCPU\tmemory\t")
	for i, r := range results {
		if i > 0 && r.Tables != results[i-1].Tables {
			fmt.Fprintln(t, strings.Repeat("\t", 12))
		}
		fmt.Fprintf(t, "%d\t%s\t%d\t%s\t%s\t%s\t\n", r.Tables, r.Tool, r.Lines, &r.Cold, &r.Unchanged, r.Build)
	}
	return t.Flush()
}
