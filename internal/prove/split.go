package prove

// maxSplits bounds the case distinctions of one goal.
const maxSplits = 64

// provable reports whether the goal follows from the facts, by cases where
// one of several alternatives holds.
func (f *facts) provable(goal func(*facts) bool) bool {
	if f.dead || goal(f) {
		return true
	}
	f.chase()
	if f.dead || goal(f) {
		return true
	}
	splits := maxSplits
	return f.cases(goal, &splits)
}

func (f *facts) cases(goal func(*facts) bool, splits *int) bool {
	if len(f.either) == 0 {
		return false
	}
	alternatives := f.either[0]
	for _, alternative := range alternatives {
		if *splits--; *splits < 0 {
			return false
		}
		g := f.clone()
		g.either = g.either[1:]
		alternative(g)
		g.settle()
		g.chase()
		if !g.dead && !goal(g) && !g.cases(goal, splits) {
			return false
		}
	}
	return true
}
