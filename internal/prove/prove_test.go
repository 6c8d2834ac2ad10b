package prove

import (
	"sync"
	"testing"

	"github.com/rowhouse/rowhouse/internal/config"
)

// TestWithoutOwners fails closed: without ownership no table is readable.
func TestWithoutOwners(t *testing.T) {
	w := loadWorld(t, "base")
	p := New(w.schema, nil, config.Default())
	for _, s := range corpus(t) {
		if v := p.Prove(s.text, w.params); v.Proven && s.name != "NoTable" && len(v.Steps) > 0 {
			t.Errorf("%s is proven without ownership: %v", s.name, v.Steps)
		}
	}
	if v := p.Prove("SELECT * FROM country", w.params); v.Proven {
		t.Error("an unclassified table is readable")
	}
}

// TestConcurrent shares one prover.
func TestConcurrent(t *testing.T) {
	all := worlds(t)
	samples := corpus(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, s := range samples {
				w := all[s.world]
				if v := w.prover.Prove(s.text, w.params); v.Proven != s.safe {
					t.Errorf("%s: %v", s.name, v)
				}
			}
		})
	}
	wg.Wait()
}
