// Package spell finds the name that a misspelled one most likely stands for.
package spell

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// DidYouMean returns `did you mean "x"?` for the nearest of known, compared
// without regard to case; "" when none is near enough for a slip of the pen.
func DidYouMean(word string, known []string) string {
	best, least := "", 1+min(3, len(word)/2)
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance counts letters to change, but letters that merely changed places
// as one slip.
func distance(a, b string) int {
	d := levenshtein.Distance(a, b, nil)
	if d == 2 && letters(a) == letters(b) {
		return 1
	}
	return d
}

func letters(word string) string {
	runes := []rune(word)
	slices.Sort(runes)
	return string(runes)
}
