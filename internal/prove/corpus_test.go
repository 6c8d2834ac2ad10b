package prove

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is one statement of the corpus with the verdict its meaning demands.
type sample struct {
	world  string // base or crm
	name   string
	safe   bool
	actor  bool // safe for the acting user rather than for a tenant
	reason string
	text   string
}

// corpus reads testdata/corpus. Each statement stands under two comments:
//
//	-- name: CountAll
//	-- unsafe: counts all tenants
func corpus(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/corpus/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	var samples []sample
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		world, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".sql"), "_")
		for _, part := range strings.Split(string(text), "-- name: ")[1:] {
			samples = append(samples, readSample(t, world, part))
		}
	}
	return samples
}

func readSample(t testing.TB, world, part string) sample {
	name, rest, _ := strings.Cut(part, "\n")
	label, text, ok := strings.Cut(rest, "\n")
	verdict, reason, _ := strings.Cut(strings.TrimPrefix(label, "-- "), ": ")
	if !ok || verdict != "safe" && verdict != "unsafe" || verdict == "unsafe" && reason == "" {
		t.Fatalf("%s: want a line -- safe or -- unsafe: reason, got %q", name, label)
	}
	return sample{
		world: world, name: name, safe: verdict == "safe", actor: verdict == "safe" && reason == "actor",
		reason: reason, text: strings.TrimSpace(text),
	}
}

func worlds(t testing.TB) map[string]*world {
	return map[string]*world{"base": loadWorld(t, "base"), "crm": loadWorld(t, "crm")}
}

// TestCorpus holds the prover to the labels: it proves no unsafe statement,
// and at most three in a hundred safe ones are false alarms.
func TestCorpus(t *testing.T) {
	all := worlds(t)
	seen := map[string]bool{}
	safe, alarms := 0, 0
	var missed []string
	for _, s := range corpus(t) {
		if seen[s.world+s.name] {
			t.Errorf("two statements are called %s", s.name)
		}
		seen[s.world+s.name] = true
		w := all[s.world]
		v := w.prover.Prove(s.text, w.params)
		switch {
		case v.Proven && !s.safe:
			t.Errorf("%s is proven by %v, yet unsafe: %s\n%s\n%s", s.name, v.By, s.reason, s.text, strings.Join(v.Steps, "\n"))
		case !v.Proven && len(v.Findings) == 0:
			t.Errorf("%s is not proven, and nothing says why", s.name)
		case s.safe:
			safe++
			if !v.Proven || s.actor != (v.By == Actor) {
				alarms++
				missed = append(missed, fmt.Sprintf("%s: %v\n%s", s.name, v.Findings, s.text))
			}
		}
	}
	rate := 100 * float64(alarms) / float64(safe)
	t.Logf("%d statements, %d safe, %d false alarms (%.1f%%)", len(seen), safe, alarms, rate)
	for _, m := range missed {
		t.Log("false alarm: ", m)
	}
	if rate > 3 {
		t.Errorf("%.1f%% of the safe statements are not proven; 3%% is the limit", rate)
	}
}
