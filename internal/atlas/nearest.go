package atlas

import (
	"fmt"

	"github.com/agext/levenshtein"
)

// nearest returns `did you mean "x"?` for the candidate that a misspelled
// name most likely stands for; "" when none is close.
func nearest(name string, candidates []string) string {
	best, distance := "", 1+min(3, len(name)/2)
	for _, candidate := range candidates {
		if d := levenshtein.Distance(fold(name), fold(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// orElse returns text, or other where it is empty.
func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
