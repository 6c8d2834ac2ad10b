package prove

import "testing"

// BenchmarkProve1000 proves a thousand statements of the corpus, parsing
// included. The budget is 100 ms.
func BenchmarkProve1000(b *testing.B) {
	all := worlds(b)
	samples := corpus(b)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 1000 {
			s := samples[i%len(samples)]
			w := all[s.world]
			w.prover.Prove(s.text, w.params)
		}
	}
}
