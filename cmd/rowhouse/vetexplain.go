package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rowhouse/rowhouse/internal/model"
	"github.com/rowhouse/rowhouse/internal/pipeline"
	"github.com/rowhouse/rowhouse/internal/report"
	"github.com/rowhouse/rowhouse/internal/spell"
)

// explain writes the proof of one query of the project in folder root.
func explain(ctx context.Context, root, name string, w io.Writer) error {
	all, err := vetTargets(ctx, root)
	if err != nil {
		return err
	}
	var names []string
	for _, v := range all {
		for _, q := range v.queries {
			if q.Name != name {
				names = append(names, q.Name)
				continue
			}
			q.explain(w)
			if len(q.problems) > 0 {
				return findingsError{fmt.Errorf("query %s is not proven", name)}
			}
			return nil
		}
	}
	for _, v := range all {
		if len(names) == 0 && report.Failed(v.findings) {
			_ = report.Write(w, report.Text, v.findings)
			return failure(v.findings)
		}
	}
	fix := spell.DidYouMean(name, names)
	if fix == "" {
		fix = "rowhouse vet lists them"
	}
	return fmt.Errorf("there is no query %q; %s", name, fix)
}

// explain writes what is known of the query, step by step.
func (q vettedQuery) explain(w io.Writer) {
	switch {
	case len(q.problems) > 0:
		fmt.Fprintf(w, "%s (%s) is not proven:\n", q.Name, q.Pos)
		for _, p := range q.problems {
			fmt.Fprintf(w, "  %s: %s\n", p.Pos, strings.TrimPrefix(p.Message, "query "+q.Name+": "))
			fmt.Fprintf(w, "    %s\n", p.Fix)
		}
		return
	case q.Scope.Kind == model.System:
		fmt.Fprintf(w, "%s (%s) is unscoped: %s\n", q.Name, q.Pos, q.Scope.Reason)
		fmt.Fprintln(w, "  it is a method of System.Queries, and nothing is proven of it")
		return
	case q.Scope.Kind == model.Actor:
		fmt.Fprintf(w, "%s (%s) is proven for the acting user:\n", q.Name, q.Pos)
	case q.Scope.Kind == model.Tenant:
		fmt.Fprintf(w, "%s (%s) is proven for one tenant:\n", q.Name, q.Pos)
	}
	for step := range strings.SplitSeq(q.Scope.Proof, "; ") {
		fmt.Fprintf(w, "  %s\n", pipeline.Named(q.Query, step))
	}
	for _, p := range q.Params {
		if p.Number == q.Scope.Tenant || p.Number == q.Scope.Actor {
			fmt.Fprintf(w, "  @%s is bound by the scope, and never by the caller\n", p.Name)
		}
	}
}
