package harness

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Result is what was measured of a contestant in a workload.
type Result struct {
	Workload   string  `json:"workload"`
	Contestant string  `json:"contestant"`
	Ratio      float64 `json:"ratio"` // CPU time to that of Base in the same round: the median of the rounds,
	Low        float64 `json:"low"`   // the least
	High       float64 `json:"high"`  // and the most
	Allocs     float64 `json:"allocs"`
	Statements float64 `json:"statements"`
	CPU        int64   `json:"ns"`      // of one call, the median of the rounds
	Wall       int64   `json:"wall_ns"` // likewise
}

// Results sums up the samples of a workload, the least ratio first.
func Results(w Workload, samples Samples, counts Statements) []Result {
	var results []Result
	for name, rounds := range samples {
		var ratios, allocs []float64
		var cpu, wall []time.Duration
		for i, s := range rounds {
			ratios = append(ratios, float64(s.CPU)/float64(samples[Base][i].CPU))
			allocs = append(allocs, s.Allocs)
			cpu = append(cpu, s.CPU)
			wall = append(wall, s.Wall)
		}
		results = append(results, Result{
			Workload:   w.Name,
			Contestant: name,
			Ratio:      rounded(median(ratios)),
			Low:        rounded(slices.Min(ratios)),
			High:       rounded(slices.Max(ratios)),
			Allocs:     math.Round(median(allocs)),
			Statements: counts[w.Name][name],
			CPU:        median(cpu).Nanoseconds(),
			Wall:       median(wall).Nanoseconds(),
		})
	}
	slices.SortFunc(results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Ratio, b.Ratio), cmp.Compare(a.Contestant, b.Contestant))
	})
	return results
}

// rounded keeps three digits after the point.
func rounded(ratio float64) float64 { return math.Round(ratio*1000) / 1000 }
