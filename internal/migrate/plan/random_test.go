package plan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rowhouse/rowhouse/internal/migrate/migratetest"
)

// TestRandomPlans plans the way between random schemas whose tables reference
// each other in every way. Verify judges each plan with rows; a change that
// no row is in the way of must not be refused.
func TestRandomPlans(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := migratetest.NewRandomSchema(r)
		before := s.SQL()
		for range 1 + r.IntN(4) {
			s.Change(r)
		}
		after := s.SQL()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			plan := planTexts(t, before, after)
			if plan.Refuses != nil && !s.MayRefuse {
				t.Errorf("refused: %v\nbefore:\n%s\nafter:\n%s\nplan:\n%s", plan.Refuses, before, after, plan.SQL())
			}
		})
	}
}
